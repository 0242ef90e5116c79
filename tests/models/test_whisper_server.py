from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.models.whisper_server import load

SOUND = np.zeros(1600, np.float32)


@contextmanager
def _server(answer: bytes, status: int = 200) -> Iterator[tuple[str, list[bytes]]]:
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path.encode() + b" " + self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


def test_words_with_times_come_back_and_own_words_are_sent() -> None:
    words = [{"word": " Hello", "start": 0.1, "end": 0.4, "probability": 0.9}]
    with _server(json.dumps({"segments": [{"text": " Hello", "words": words}]}).encode()) as (address, seen):
        recogniser = load(address)
        (heard,) = recogniser.recognise(SOUND, words=("Zelenka",))
    assert (heard.text, heard.start, heard.confidence) == ("Hello", 0.1, 0.9)
    assert recogniser.exact_times
    assert seen[0].startswith(b"/inference ")
    assert b"Zelenka" in seen[0]
    assert b"RIFF" in seen[0]


def test_text_alone_gets_estimated_times() -> None:
    with _server(b'{"text": "Hello there"}') as (address, _):
        recogniser = load(address)
        assert [word.text for word in recogniser.recognise(SOUND)] == ["Hello", "there"]
    assert not recogniser.exact_times


@pytest.mark.parametrize(("answer", "status"), [(b"oops", 200), (b"{}", 200), (b"[1]", 200), (b"{}", 500)])
def test_answers_that_are_no_transcript_are_errors(answer: bytes, status: int) -> None:
    with _server(answer, status) as (address, _), pytest.raises(ModelError):
        load(address).recognise(SOUND)


@pytest.mark.parametrize("address", ["", "ftp://localhost", "http://example.com", "http://u:p@localhost", "http://[::"])
def test_addresses_that_are_none_or_not_safe_are_refused(address: str) -> None:
    with pytest.raises(ModelError):
        load(address)


def test_nobody_answering_is_said() -> None:
    with pytest.raises(ModelError, match="does not answer"):
        load("http://127.0.0.1:9").recognise(SOUND)
