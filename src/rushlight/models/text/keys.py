"""Keys of served models: found by the host they belong to, sent to no other, shown nowhere."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

from rushlight.core.errors import ModelError
from rushlight.models.text.endpoint import Endpoint

__all__ = ["Key", "find_key", "key_variables"]

_SHOWN = 8
"""A run of this many characters of a key is as good as the key to whoever finds it."""


class Key:
    """A key that does not show itself: neither `repr` nor `str` nor pickling gives it away."""

    __slots__ = ("_value", "host")

    def __init__(self, value: str, host: str) -> None:
        self._value, self.host = value, host

    def __repr__(self) -> str:
        return f"<key for {self.host}>"

    def __reduce__(self) -> str:
        raise TypeError("A key is not stored.")

    def header(self) -> dict[str, str]:
        """The request header that carries it."""
        return {"Authorization": f"Bearer {self._value}"}

    def hide(self, text: str) -> str:
        """The text with the key, and every longer piece of it, replaced."""
        value, plain = _folded(self._value), _folded(text)
        size = min(_SHOWN, len(value))
        pieces = {value[at : at + size] for at in range(len(value) - size + 1)}
        hidden = [False] * len(text)
        for at in range(len(text) - size + 1):
            if plain[at : at + size] in pieces:
                hidden[at : at + size] = [True] * size
        shown: list[str] = []
        for char, secret in zip(text, hidden, strict=True):
            if not secret:
                shown.append(char)
            elif not shown or shown[-1] != "•":
                shown.append("•")
        return "".join(shown)


def _folded(text: str) -> str:
    """Letter case and what host names put for `_` let go, character by character."""
    return "".join("-" if char == "_" else char.lower() if char.isascii() else char for char in text)


def key_variables(endpoint: Endpoint) -> tuple[str, ...]:
    """Environment variables that may hold the key of a host, the most special first.

    `.` becomes `_` and `-` becomes `__`, so that no two hosts share a variable: a key of `api.example.org` cannot be
    drawn out by a setting that names `api-example.org`.
    """
    if ":" in endpoint.host:
        return ()
    host = endpoint.host.upper().replace("-", "__").replace(".", "_")
    names = [f"RUSHLIGHT_KEY_{host}_{endpoint.port}"] if endpoint.port else []
    names.append(f"RUSHLIGHT_KEY_{host}")
    if endpoint.host == "api.openai.com":
        names.append("OPENAI_API_KEY")
    return tuple(names)


def find_key(endpoint: Endpoint) -> Key | None:
    """The key for an endpoint, from the environment or else the system's keyring (service `rushlight`).

    Raises:
        ModelError: there is a key, but it would travel in the open, or it is not text that a header can carry.
    """
    value = next((os.environ[name] for name in key_variables(endpoint) if os.environ.get(name, "").strip()), "")
    value = (value or _from_keyring(endpoint.host)).strip()
    if not value:
        return None
    if not endpoint.is_private:
        raise ModelError(
            f"The key for {endpoint.host} would travel unencrypted over http.",
            hint="Use https, or unset the key if this server needs none.",
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ModelError(
            f"The key for {endpoint.host} holds characters that no key has.", hint="Set it again, without line breaks."
        )
    return Key(value, endpoint.host)


def _from_keyring(host: str) -> str:
    if find_spec("keyring") is None:
        return ""
    try:
        found = import_module("keyring").get_password("rushlight", host)
    except Exception:  # A locked or broken keyring is no keyring, and its errors come from many packages.
        return ""
    return found if isinstance(found, str) else ""
