"""A real HTTP server on this machine that misbehaves on request."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Plan:
    """What the server serves and how it misbehaves."""

    body: bytes
    break_after: list[int] = field(default_factory=list)
    """For each request in turn, after how many bytes of the answer the connection is cut."""
    ranges: bool = True
    etag: str = '"one"'
    status: int = 200
    location: str = ""
    extra: bytes = b""
    """Sent after the body, without a stated length."""
    stated_length: int | None = None
    seen: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(plan: Plan) -> Iterator[str]:
    """Serve a plan; gives the address of the folder."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            plan.seen.append(dict(self.headers.items()))
            if plan.location:
                self.send_response(302)
                self.send_header("Location", plan.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if plan.status != 200:
                self.send_error(plan.status)
                return
            body, first = plan.body, 0
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            same = self.headers.get("If-Range") in (None, plan.etag)
            if asked and plan.ranges and same:
                first = int(asked[1])
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            self.send_header("ETag", plan.etag)
            if plan.extra:
                self.send_header("Connection", "close")
            else:
                self.send_header("Content-Length", str(plan.stated_length or len(body) - first))
            self.end_headers()
            part = body[first:] + plan.extra
            if plan.break_after:
                part = part[: plan.break_after.pop(0)]
                self.close_connection = True
            self.wfile.write(part)
            if plan.extra:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
