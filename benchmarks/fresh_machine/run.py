"""From a fresh clone to a film on a bare Debian 12 with only Python, make, git and certificates (needs root).

`tests/fresh/run.sh` makes the machine with debootstrap and runs `make demo` in it: wall seconds from clone to film
with the package cache as the network gives it, seconds of the film itself, and the size of what was installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run it and write RESULTS.md."""
    done = subprocess.run(
        ["bash", str(ROOT / "tests" / "fresh" / "run.sh")],
        env={**os.environ, "FRESH_COMMANDS": "make demo"},
        capture_output=True,
        text=True,
        check=False,
    )
    text = done.stdout + done.stderr
    took = re.search(r"took (\d+) s; installed size (\d+) MB", text)
    if done.returncode or took is None:
        print(text[-2000:])
        return 1
    film = sum(float(seconds) for seconds in re.findall(r"✓ .*?(\d+\.\d) s", text))
    rows = [
        ["what", "measured", "target"],
        ["fresh clone to film", f"{took.group(1)} s", "≤ 240 s"],
        ["the film itself (30 s, 1280×720)", f"{film:.1f} s", "≤ 40 s"],
        ["installed size", f"{took.group(2)} MB", "< 1200 MB"],
    ]
    write_results(__file__, __doc__ or "", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
