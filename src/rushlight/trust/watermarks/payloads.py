"""Payloads as people type them, and keys as they keep them."""

from __future__ import annotations

from pathlib import Path

from rushlight.core.errors import InputError

__all__ = ["key_of", "payload_of", "shown"]

_MOST_KEY_BYTES = 4096


def payload_of(text: str, sha256: str) -> int:
    """The payload that a person gave, or the first 64 bits of the file's own hash.

    Raises:
        InputError: not 1 to 16 hex digits.
    """
    given = text or sha256[:16]
    try:
        if len(given) > 16 or set(given.lower()) - set("0123456789abcdef"):
            raise ValueError
        return int(given, 16)
    except ValueError as error:
        raise InputError(
            f"A payload is 1 to 16 hex digits, not {given!r}.", hint="For example 00c0ffee12345678."
        ) from error


def shown(payload: int) -> str:
    """A payload as 16 hex digits."""
    return f"{payload:016x}"


def key_of(path: str) -> bytes:
    """The secret in a key file; none for marks that everybody may read.

    Raises:
        InputError: it cannot be read, or is no secret.
    """
    if not path:
        return b""
    try:
        with Path(path).open("rb") as file:
            secret = file.read(_MOST_KEY_BYTES + 1)
    except OSError as error:
        raise InputError("This key file cannot be read.", path=path, hint="Give a file with a secret in it.") from error
    if not 16 <= len(secret) <= _MOST_KEY_BYTES:
        raise InputError("A key has 16 to 4096 bytes.", path=path, hint="`head -c 32 /dev/urandom > key` makes one.")
    return secret
