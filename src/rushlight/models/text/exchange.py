"""One HTTP request that cannot hang, flood or wander: limits on time and bytes, no redirect to elsewhere."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

__all__ = ["BrokenError", "FloodError", "Reply", "SlowError", "StrayError", "UnreachableError", "exchange"]

_SAME_HOST_REDIRECTS = 2


class BrokenError(Exception):
    """The connection broke, or what came is not HTTP; worth trying again."""


class UnreachableError(BrokenError):
    """Nothing answers there."""


class SlowError(BrokenError):
    """The answer was not complete in time."""


class FloodError(Exception):
    """More bytes came than any answer has."""


class StrayError(Exception):
    """The server leads to another place; `host` says which."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


@dataclass(frozen=True)
class Reply:
    """What came back, unpacked."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass
class _Watch:
    """Shuts a connection when its time is over or the person cancels.

    Timeouts of the client start anew with every byte; a server that drips one now and then would hold it for ever.
    """

    seconds: float
    is_cancelled: Callable[[], bool]
    sockets: list[Any] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    late: bool = False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Told by the client of each step; keeps the connections it opens."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.sockets.append(info["return_value"].get_extra_info("socket"))

    def __enter__(self) -> _Watch:
        self.thread = threading.Thread(target=self._wait, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self.thread.join()

    def _wait(self) -> None:
        deadline = time.monotonic() + self.seconds
        while not self.over.wait(min(0.1, max(deadline - time.monotonic(), 0.001))):
            if time.monotonic() < deadline and not self.is_cancelled():
                continue
            self.late = True
            for socket in list(self.sockets):
                with suppress(OSError, ValueError):
                    socket.shutdown(2)
            # A connection opened only now is caught in the next round.


def exchange(
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    body: bytes | None,
    connect_seconds: float,
    seconds: float,
    most_bytes: int,
    direct: bool,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Reply:
    """Send one request and read the whole answer.

    Args:
        method: `GET` or `POST`.
        url: where to.
        headers: beside those that every request has; they go to this host alone.
        body: JSON, or nothing.
        connect_seconds: for connecting.
        seconds: for everything, to the last byte.
        most_bytes: of the body, packed or unpacked.
        direct: whether to pass by the proxies of the environment, as for this machine.
        is_cancelled: asked ten times a second; when true, the connection is closed.

    Raises:
        BrokenError: the connection failed; `UnreachableError` and `SlowError` say how.
        FloodError: the answer is too long.
        StrayError: the server redirects to another host.
    """
    asked = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close", **headers}
    if body is not None:
        asked["Content-Type"] = "application/json"
    timeout = httpx.Timeout(seconds, connect=min(connect_seconds, seconds))
    with (
        _Watch(seconds, is_cancelled) as watch,
        _errors_told(watch),
        httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not direct) as client,
    ):
        for _ in range(_SAME_HOST_REDIRECTS + 1):
            request = client.build_request(method, url, headers=asked, content=body)
            request.extensions["trace"] = watch.trace
            response = client.send(request, stream=True)
            try:
                if response.status_code // 100 != 3:
                    read = _body(response, most_bytes)
                    if watch.late:
                        # A body of no stated length ends where the connection was shut, and looks whole.
                        raise SlowError("the answer took too long")
                    return Reply(response.status_code, response.headers, read)
                url = _next_url(url, response)
            finally:
                response.close()
    raise StrayError(urlsplit(url).hostname or "")


@contextmanager
def _errors_told(watch: _Watch) -> Iterator[None]:
    """Errors of the client in our words; `from None`, as theirs may carry requests."""
    try:
        yield
    except httpx.ConnectTimeout:
        raise UnreachableError("it does not answer") from None
    except httpx.ConnectError as error:
        raise UnreachableError(_cause(error)) from None
    except httpx.TimeoutException:
        raise SlowError("the answer took too long") from None
    except httpx.HTTPError as error:
        if watch.late:
            raise SlowError("the answer took too long") from None
        raise BrokenError(f"the connection broke ({type(error).__name__})") from None
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise BrokenError(f"its answer is not HTTP ({type(error).__name__})") from None


def _cause(error: httpx.ConnectError) -> str:
    text = str(error).lower()
    if "refused" in text:
        return "the connection is refused"
    if "certificate" in text or "ssl" in text:
        return "its certificate cannot be checked"
    if "name" in text or "getaddrinfo" in text:
        return "there is no such host"
    return "it cannot be reached"


def _next_url(url: str, response: httpx.Response) -> str:
    """The address that a redirect leads to, if it is this same server and the request stays as it is."""
    target = urljoin(url, str(response.headers.get("Location", "")))
    before, after = urlsplit(url), urlsplit(target)
    same = (before.scheme, before.netloc) == (after.scheme, after.netloc)
    if not same or response.status_code not in (307, 308):
        raise StrayError(after.hostname or "nowhere")
    return target


def _body(response: httpx.Response, most_bytes: int) -> bytes:
    """The body, at most so long, packed and unpacked: a few packed kilobytes can unpack to gigabytes."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise BrokenError("its answer is packed in a way that was not asked for")
    unpacker = zlib.decompressobj(wbits=47) if packing not in ("identity", "") else None
    parts: list[bytes] = []
    came = kept = 0
    for block in response.iter_raw(65536):
        came += len(block)
        if unpacker is not None:
            try:
                block = unpacker.decompress(block, most_bytes - kept + 1)
            except zlib.error:
                raise BrokenError("its answer cannot be unpacked") from None
        kept += len(block)
        if max(came, kept) > most_bytes:
            raise FloodError
        parts.append(block)
    return b"".join(parts)
