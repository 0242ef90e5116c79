"""Whisper on a server of one's own: whisper.cpp's `/inference`, on this machine or over https."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError, ModelError
from rushlight.models.recogniser import HeardWord
from rushlight.models.whisper_json import words_of_whisper

__all__ = ["WhisperServer", "load"]

RATE = 16_000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT = httpx.Timeout(600.0, connect=10.0)
_MOST_BYTES = 16 << 20


def load(rest: str) -> WhisperServer:
    """The recogniser `whisper.cpp http://localhost:8080`.

    Raises:
        ModelError: no address, or one that would send the recording over a network in the clear.
    """
    try:
        parts = urlsplit(rest)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise ModelError(
            f"{rest!r} is not the address of a server.", hint="Write it as 'whisper.cpp http://localhost:8080'."
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ModelError(
            f"Recordings are not sent to {host} unencrypted.", hint="Use https, or a server on this machine."
        )
    return WhisperServer(rest.rstrip("/"))


class WhisperServer:
    """A whisper.cpp server; word times come from the server where it gives them."""

    licence = "MIT"
    draft = False
    revision = ""

    def __init__(self, address: str) -> None:
        self.name, self._address, self.exact_times = f"whisper.cpp {address}", address, True

    def recognise(
        self, samples: NDArray[np.float32], *, words: Sequence[str] = (), language: str = "en"
    ) -> list[HeardWord]:
        """Write down one stretch of speech; see `Recogniser.recognise`.

        Raises:
            ModelError: the server cannot be reached, refuses, or answers something else than a transcript.
        """
        form = {"response_format": "verbose_json", "temperature": "0.0", "language": language.split("-")[0]}
        if words:
            form["prompt"] = ", ".join(words)
        answer = self._ask(form, _wave(samples))
        try:
            if isinstance(answer, dict) and "segments" not in answer and isinstance(answer.get("text"), str):
                # Servers before word times were added answer with text alone.
                length = len(samples) / RATE
                answer = {"segments": [{"text": answer["text"], "start": 0.0, "end": length}]}
            heard, exact = words_of_whisper(answer)
        except InputError as error:
            raise ModelError(f"The server's answer is no transcript: {error.message}", where=self._address) from error
        self.exact_times = self.exact_times and exact
        return heard

    def _ask(self, form: dict[str, str], sound: bytes) -> Any:
        host = urlsplit(self._address).hostname or ""
        address = f"{self._address}/inference"
        try:
            with (
                httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=host not in _LOOPBACK) as client,
                client.stream("POST", address, data=form, files={"file": ("speech.wav", sound, "audio/wav")}) as reply,
            ):
                if reply.status_code != httpx.codes.OK:
                    raise ModelError(f"The server refused with status {reply.status_code}.", where=address)
                body = bytearray()
                for part in reply.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise ModelError("The server's answer is longer than any transcript.", where=address)
            return json.loads(body)
        except httpx.HTTPError as error:
            raise ModelError(
                "The speech server does not answer.", where=address, hint="Start whisper-server, or check the address."
            ) from error
        except (ValueError, RecursionError) as error:
            raise ModelError("The server's answer is not JSON.", where=address) from error


def _wave(samples: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
