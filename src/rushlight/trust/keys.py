"""The keys a person signs with: in files that only they can read, or in the system's keyring."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import platformdirs
from cryptography import x509

from rushlight.core.errors import InputError, ModelError, StorageError
from rushlight.core.store import storage_explained
from rushlight.trust.certificates import fingerprint, make_chain, read_chain, renew_leaf

__all__ = ["Identity", "KeyFolder", "keys_folder"]

_SERVICE = "rushlight"
# Renewed this long before it ends, so that no film is signed with a certificate about to run out.
_RENEW_BEFORE = timedelta(days=30)


def keys_folder() -> Path:
    """Where keys lie: `RUSHLIGHT_KEYS`, else the user's data folder. Never inside a project, which may be shared."""
    named = os.environ.get("RUSHLIGHT_KEYS")
    return Path(named) if named else platformdirs.user_data_path("rushlight") / "keys"


@dataclass(frozen=True)
class Identity:
    """Who signs: a chain of certificates and the key of its leaf. The key is never shown."""

    name: str
    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)
    root: bytes = b""
    """The root to trust, for a chain of our own."""

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that belongs to the key."""
        return x509.load_pem_x509_certificates(self.chain)[0]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the leaf certificate, in hex."""
        return fingerprint(self.leaf)


class KeyFolder:
    """A folder (0700) with `identity.json` (public), and keys in files (0600) or in the keyring.

    Args:
        folder: where; `keys_folder()` when not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or keys_folder()

    @property
    def exists(self) -> bool:
        """Whether there is an identity here."""
        return (self.folder / "identity.json").is_file()

    def identity(self) -> Identity:
        """Who signs; a local chain whose leaf is about to end gets a new leaf first.

        Raises:
            ModelError: there are no keys yet.
            StorageError: the key can be read by others, or is gone.
        """
        about = self._about()
        chain = self._read("chain.pem")
        leaf = x509.load_pem_x509_certificates(chain)[0]
        if about["kind"] == "local" and leaf.not_valid_after_utc - _RENEW_BEFORE < datetime.now(UTC):
            chain, key = renew_leaf(about["name"], self._read("intermediate.pem"), self._secret("intermediate", about))
            self._keep_secret("leaf", key, about)
            self._write("chain.pem", chain)
        root = self._read("root.pem") if about["kind"] == "local" else b""
        return Identity(about["name"], about["algorithm"], chain, self._secret("leaf", about), root)

    def anchors(self) -> bytes:
        """The roots this person trusts, as PEM: their own, and those they added. Empty when there are none."""
        parts = [self._read(name) for name in ("root.pem", "trusted.pem") if (self.folder / name).is_file()]
        return b"".join(parts)

    def make(self, name: str, *, in_keyring: bool = False, replace: bool = False) -> Identity:
        """Make a local root, intermediate and leaf.

        Raises:
            InputError: there are keys already, or the name is empty.
            ModelError: there is no keyring to use.
        """
        self._refuse_second(replace)
        if not name.strip():
            raise InputError("Whoever signs needs a name.", hint="Give --name, such as your own or your house's.")
        made = make_chain(name.strip())
        about = {"kind": "local", "name": name.strip(), "algorithm": "es256", "in_keyring": in_keyring}
        secrets = {"root": made.root_key, "intermediate": made.intermediate_key, "leaf": made.key}
        public = {"root.pem": made.root, "intermediate.pem": made.intermediate, "chain.pem": made.chain}
        self._write_all(about, public, secrets)
        return self.identity()

    def take(
        self, chain: bytes, key: bytes, *, password: bytes | None = None, in_keyring: bool = False,
        replace: bool = False,
    ) -> Identity:  # fmt: skip
        """Take a bought certificate and its key over.

        Raises:
            InputError: there are keys already, or the certificate cannot sign credentials.
        """
        self._refuse_second(replace)
        checked, plain, algorithm = read_chain(chain, key, password)
        subject = x509.load_pem_x509_certificates(checked)[0].subject.rfc4514_string()
        about = {"kind": "bought", "name": subject, "algorithm": algorithm, "in_keyring": in_keyring}
        self._write_all(about, {"chain.pem": checked}, {"leaf": plain})
        (self.folder / "root.pem").unlink(missing_ok=True)
        return self.identity()

    def trust(self, anchors: bytes) -> int:
        """Trust further roots, such as a published trust list; returns how many there are in it.

        Raises:
            InputError: this is no PEM list of certificates.
        """
        try:
            found = x509.load_pem_x509_certificates(anchors)
        except ValueError as error:
            raise InputError("This is no list of certificates.", hint="Give a PEM file.") from error
        known = self._read("trusted.pem") if (self.folder / "trusted.pem").is_file() else b""
        self._write("trusted.pem", known + anchors.strip() + b"\n")
        return len(found)

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A further secret kept beside the keys, in a file; made on first use.

        Raises:
            StorageError: others can read it.
        """
        about = {"in_keyring": False}
        if not (self.folder / f"{name}.key").exists():
            with storage_explained(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                self.folder.chmod(0o700)
            self._write(f"{name}.key", make())
        return self._secret(name, about)

    def _refuse_second(self, replace: bool) -> None:
        if self.exists and not replace:
            raise InputError(
                "There are keys already.", path=self.folder, hint="What they signed stays valid; --replace makes new."
            )

    def _about(self) -> dict[str, Any]:
        try:
            about: dict[str, Any] = json.loads((self.folder / "identity.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ModelError("There are no keys to sign with.", hint="`rushlight trust keys` makes them.") from error
        except (ValueError, OSError) as error:
            raise StorageError(
                "The description of the keys is damaged.", path=self.folder / "identity.json",
                hint="`rushlight trust keys --replace` makes new ones.",
            ) from error  # fmt: skip
        return about

    # -- files and secrets ---------------------------------------------------------------------

    def _write_all(self, about: dict[str, Any], public: dict[str, bytes], secrets: dict[str, bytes]) -> None:
        with storage_explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
        for name, secret in secrets.items():
            self._keep_secret(name, secret, about)
        for name, content in public.items():
            self._write(name, content)
        # Last, so that a kill on the way leaves no half identity.
        self._write("identity.json", json.dumps(about, indent=1, ensure_ascii=False).encode())

    def _keep_secret(self, name: str, secret: bytes, about: dict[str, Any]) -> None:
        if about["in_keyring"]:
            _keyring().set_password(_SERVICE, f"{self.folder}:{name}", secret.decode())
        else:
            self._write(f"{name}.key", secret)

    def _secret(self, name: str, about: dict[str, Any]) -> bytes:
        if about["in_keyring"]:
            secret = _keyring().get_password(_SERVICE, f"{self.folder}:{name}")
            if secret is None:
                raise StorageError("The key is not in the keyring any more.", hint="`rushlight trust keys --replace`.")
            return str(secret).encode()
        path = self.folder / f"{name}.key"
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError as error:
            raise StorageError("The key is gone.", path=path, hint="Bring it back, or make new keys.") from error
        if mode & 0o077:
            raise StorageError("Others can read this key.", path=path, hint=f"chmod 600 {path}")
        return self._read(path.name)

    def _read(self, name: str) -> bytes:
        with storage_explained(self.folder / name):
            return (self.folder / name).read_bytes()

    def _write(self, name: str, content: bytes) -> None:
        """Write beside and rename; the file is 0600 from its first byte."""
        path = self.folder / name
        beside = self.folder / f".writing-{os.getpid()}-{name}"
        with storage_explained(path):
            try:
                handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)


def _keyring() -> Any:
    try:
        import keyring
    except ImportError as error:
        raise ModelError(
            "No keyring library is installed.", hint="pip install keyring, or keep keys in files."
        ) from error
    try:
        if keyring.get_keyring().priority <= 0:
            raise ModelError("This system has no keyring.", hint="Keep the keys in files, which is the default.")
    except AttributeError:
        pass
    return keyring
