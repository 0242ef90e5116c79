"""Checkpoints of a log as signed notes, and the co-signatures of witnesses.

Reference:
    C2SP signed-note, tlog-checkpoint and tlog-cosignature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rushlight.core.errors import InputError

__all__ = ["Checkpoint", "NoteSigner", "Signature", "parse_checkpoint", "public_key_text", "verifies"]

_NOTE_KEY, _COSIGNATURE_KEY = 1, 4
_LONGEST = 1_000_000
_LINE = re.compile(r"^— (\S+) ([A-Za-z0-9+/]+=*)$")


@dataclass(frozen=True)
class Signature:
    """One line under a note: who signed, with which key, and the bytes."""

    name: str
    key_hash: bytes
    signature: bytes

    def line(self) -> str:
        """As it stands in the note."""
        return f"— {self.name} {base64.b64encode(self.key_hash + self.signature).decode()}\n"


@dataclass(frozen=True)
class Checkpoint:
    """The size and root of a log at a moment, and who signed them."""

    origin: str
    """The log's name."""
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def text(self) -> str:
        """The whole note."""
        return f"{self.body}\n{''.join(signature.line() for signature in self.signatures)}"


def _key_hash(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def public_key_text(name: str, public: bytes, *, is_witness: bool = False) -> str:
    """A public key in the form that verifiers are given: name, key hash, and the key."""
    kind = _COSIGNATURE_KEY if is_witness else _NOTE_KEY
    key = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{_key_hash(name, kind, public).hex()}+{key}"


@dataclass(frozen=True)
class NoteSigner:
    """A name and an Ed25519 key that sign checkpoints, as the log itself or as a witness."""

    name: str
    key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not self.name or re.search(r"[\s+]", self.name):
            raise InputError(f"{self.name!r} is no name for a log.", hint="Use letters, digits, dots and slashes.")

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with the log's signature added."""
        made = Signature(
            self.name, _key_hash(self.name, _NOTE_KEY, self.public), self.key.sign(checkpoint.body.encode())
        )
        return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, (*checkpoint.signatures, made))

    def cosign(self, checkpoint: Checkpoint, at: int) -> Checkpoint:
        """The checkpoint with a witness's signature added; `at` is the time in seconds since 1970."""
        message = f"cosignature/v1\ntime {at}\n{checkpoint.body}".encode()
        content = struct.pack(">Q", at) + self.key.sign(message)
        made = Signature(self.name, _key_hash(self.name, _COSIGNATURE_KEY, self.public), content)
        return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, (*checkpoint.signatures, made))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint. Signatures are not checked here; ask `verifies`.

    Raises:
        InputError: it is no checkpoint.
    """
    wrong = InputError("This is no checkpoint of a ledger.", hint="Give the file as it was written.")
    if len(text) > _LONGEST or "\n\n" not in text:
        raise wrong
    body, _, below = text.partition("\n\n")
    lines = body.split("\n")
    if len(lines) < 3 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
        raise wrong
    signatures = []
    try:
        root = base64.b64decode(lines[2], validate=True)
        for line in below.splitlines():
            found = _LINE.match(line)
            if found is None:
                raise wrong
            content = base64.b64decode(found[2], validate=True)
            signatures.append(Signature(found[1], content[:4], content[4:]))
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    if len(root) != 32:
        raise wrong
    return Checkpoint(lines[0], int(lines[1]), root, tuple(signatures))


def verifies(checkpoint: Checkpoint, key: str) -> bool:
    """Whether one of the signatures under a checkpoint is by this key, as `public_key_text` writes it.

    Raises:
        InputError: this is no public key.
    """
    try:
        name, _, encoded = key.strip().split("+", 2)
        decoded = base64.b64decode(encoded, validate=True)
        kind, public = decoded[0], Ed25519PublicKey.from_public_bytes(decoded[1:])
    except (ValueError, IndexError) as error:
        raise InputError("This is no public key of a ledger.", hint="It looks like NAME+HASH+KEY.") from error
    wanted = _key_hash(name, kind, decoded[1:])
    for signature in checkpoint.signatures:
        if signature.name != name or signature.key_hash != wanted:
            continue
        message, content = checkpoint.body.encode(), signature.signature
        if kind == _COSIGNATURE_KEY:
            if len(content) != 72:
                continue
            (at,) = struct.unpack_from(">Q", content)
            message, content = f"cosignature/v1\ntime {at}\n".encode() + message, content[8:]
        try:
            public.verify(content, message)
        except InvalidSignature:
            continue
        return True
    return False
