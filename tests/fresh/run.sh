#!/usr/bin/env bash
# Proves the two commands on a bare machine: a minimal Debian 12 with Python, make, git and certificates, nothing else.
# Needs root, debootstrap and a way to Debian's and Python's package servers (the machine's own settings are used).
set -euo pipefail
repository="$(cd "$(dirname "$0")/../.." && pwd)"
root="${FRESH_ROOT:-/var/tmp/rushlight-fresh}"
commands="${FRESH_COMMANDS:-make demo && make test}"

if ! command -v debootstrap >/dev/null; then
  echo "debootstrap is not installed: apt-get install debootstrap" >&2
  exit 6
fi
mirror="$(grep -rhE '^(deb |URIs:)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null \
  | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ' || true)"
if [ ! -x "$root/usr/bin/make" ]; then
  rm -rf "$root"
  debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates bookworm "$root" ${mirror:-} >"$root.log" 2>&1 || {
    tail -n 5 "$root.log" >&2
    exit 6
  }
fi

finish() { umount -l "$root/proc" "$root/dev" 2>/dev/null || true; }
trap finish EXIT
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
# Name servers, certificates and package settings of this machine, so that the same servers are reached.
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
  if [ -f "$file" ]; then mkdir -p "$root$(dirname "$file")"; cp -L "$file" "$root$file"; fi
done
settings="$(env | grep -E '^(PIP_|SSL_|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|REQUESTS_CA_BUNDLE)' | sed "s/'/'\\\\''/g; s/=\(.*\)/='\1'/; s/^/export /" || true)"
cache="$root/root/.cache/pip"; mkdir -p "$cache"
rm -rf "$root/work" && mkdir -p "$root/work"
git clone --quiet --no-hardlinks "$repository" "$root/work/rushlight"
chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 /bin/bash -c "
  $settings
  git config --global --add safe.directory '*'
  cd /work/rushlight
  start=\$(date +%s)
  $commands
  echo \"took \$(( \$(date +%s) - start )) s; installed size \$(du -sm .venv | cut -f1) MB\"
"
