"""Where a served model is and how much may be asked of it, read from one setting.

`http://localhost:11434/v1#qwen3` names the endpoint and, after the `#`, the model. Limits may follow it, parted by
commas: `https://api.example.org/v1#large,seconds=300,requests=40,cost_eur=0.50`. A key is no part of it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from rushlight.core.errors import InputError

__all__ = ["Endpoint", "Limits", "read_endpoint"]

_MODEL = re.compile(r"[\w./:@+-]{1,200}")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_HINT = "Write http://HOST/v1#MODEL, such as http://localhost:11434/v1#qwen3."


@dataclass(frozen=True)
class Limits:
    """How much may be asked of a model before Rushlight gives up.

    Attributes:
        seconds: for all requests of one step together, waiting included.
        requests: how many, repeated ones included.
        tokens: sent and received, as the server counts them, else as estimated.
        cost_eur: 0 for no limit; needs prices.
        eur_per_million_in: price of a million tokens sent; `eur_per_million_out` likewise for tokens received.
        request_seconds: for one request from connecting to the last byte, however slowly it drips.
        connect_seconds: for connecting.
        per_minute: requests a minute; 0 for no limit.
        backoff_seconds: first wait after a failure; doubled each time, with jitter.
        answer_bytes: of one answer, packed or unpacked.
    """

    seconds: float = 1800.0
    requests: int = 200
    tokens: int = 1_000_000
    cost_eur: float = 0.0
    eur_per_million_in: float = 0.0
    eur_per_million_out: float = 0.0
    request_seconds: float = 300.0
    connect_seconds: float = 10.0
    per_minute: float = 0.0
    backoff_seconds: float = 1.0
    answer_bytes: int = 2_000_000


@dataclass(frozen=True)
class Endpoint:
    """A served model.

    Attributes:
        url: up to `/v1`, without a slash at the end.
        host: lower case, without port.
        port: as written; 0 for the scheme's own.
        model: as the server calls it.
    """

    url: str
    host: str
    port: int
    model: str
    limits: Limits = Limits()

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along: https, or this machine itself."""
        return self.url.startswith("https://") or self.is_loopback

    @property
    def name(self) -> str:
        """Address and model, as in the setting."""
        return f"{self.url}#{self.model}"


def read_endpoint(setting: str) -> Endpoint:
    """Read a setting. What is refused is never repeated in the error, as it may hold a secret.

    Raises:
        InputError: not http or https, a name or password or query in the address, no model, or a wrong limit.
    """
    address, _, rest = setting.partition("#")
    model, *options = rest.split(",")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port or 0
    except ValueError as error:
        raise InputError("This is not the address of a model.", hint=_HINT) from error
    if parts.scheme not in ("http", "https") or not _is_host(host) or re.search(r"[\s\\\x00-\x1f]", address):
        raise InputError("This is not the address of a model.", hint=_HINT)
    if parts.username is not None or parts.password is not None or parts.query:
        raise InputError(
            "The address of a model may hold no name, password or query.",
            hint="Put the key in the environment instead: see docs/how-to/use-a-language-model.md.",
        )
    if not _MODEL.fullmatch(model):
        raise InputError(f"The setting does not say which model to use at {host}.", hint=_HINT)
    shown = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    return Endpoint(url, host, port, model, _limits(options))


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return bool(ipaddress.IPv6Address(host))
        except ValueError:
            return False
    return len(host) <= 253 and bool(_HOST.fullmatch(host))


def _limits(options: list[str]) -> Limits:
    known: dict[str, type[int] | type[float]] = {
        item.name: int if item.type in (int, "int") else float for item in fields(Limits)
    }
    given: dict[str, float] = {}
    for option in options:
        name, _, text = option.strip().partition("=")
        if name not in known:
            raise InputError(f"A model has no limit called {name[:40]!r}.", hint=f"Known are {', '.join(known)}.")
        try:
            value = known[name](text)
        except ValueError as error:
            raise InputError(f"The limit {name} is a number.", hint=f"Write, for example, {name}=60.") from error
        free = name in ("cost_eur", "eur_per_million_in", "eur_per_million_out", "per_minute", "backoff_seconds")
        if not (0 <= value < 1e12) or (value == 0 and not free):
            raise InputError(f"The limit {name} must be above zero.", hint=f"Write, for example, {name}=60.")
        given[name] = value
    limits = replace(Limits(), **given)  # type: ignore[arg-type]
    if limits.cost_eur and not (limits.eur_per_million_in or limits.eur_per_million_out):
        raise InputError(
            "A limit on cost needs prices.", hint="Add eur_per_million_in=… and eur_per_million_out=… to the setting."
        )
    return limits
