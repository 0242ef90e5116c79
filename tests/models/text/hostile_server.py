"""An OpenAI-compatible server on this machine that misbehaves on request, in every way that was thought of.

Behind it sits a stand-in for a model: it reads the conversation and the schema, and fills the schema with what it finds
(sentences and facts by their numbers). It can be honest, lie, or obey orders that stand in the article.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Brain = Callable[[str, dict[str, Any]], Any]
"""What the model says, from the conversation as one text and the schema; text is sent as it is, else as JSON."""

BOMB = gzip.compress(b" " * 40_000_000, 1)
"""Under 200 kB that unpack to 40 MB."""
NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


def fill(schema: dict[str, Any], conversation: str, name: str = "", place: int = 0) -> Any:
    """A value of a schema, made of the numbered sentences of the conversation."""
    sentences = [(int(number), text) for number, text in NUMBERED.findall(conversation)] or [(1, "Nothing is said.")]
    number, text = sentences[place % len(sentences)]
    kind = schema.get("type")
    if kind == "object":
        return {key: fill(item, conversation, key, place) for key, item in schema["properties"].items()}
    if kind == "array":
        most = schema.get("maxItems", 3)
        if name == "sentences" and most > 5:
            # A plan: each beat takes the next four sentences.
            return [number for number, _ in sentences[4 * place : 4 * place + 4]] or [number]
        count = 1 if name == "sentences" else min(max(schema.get("minItems", 0), min(len(sentences), 4)), most)
        return [fill(schema["items"], conversation, name, place + step) for step in range(count)]
    if kind in ("integer", "number"):
        low = schema.get("minimum", 1)
        return number if name in ("sentences", "fact", "number") else min(max(30, low), schema.get("maximum", 30))
    if kind == "boolean":
        return True
    if "enum" in schema:
        return schema["enum"][place % len(schema["enum"])]
    if name in ("text", "line", "summary", "logline"):
        return text[: schema.get("maxLength", 400)]
    return " ".join(text.rstrip(".").split()[:4])[: schema.get("maxLength", 400)]


def honest(conversation: str, schema: dict[str, Any]) -> Any:
    """Says what the sentences say."""
    return fill(schema, conversation)


def changed(edit: Callable[[str], str]) -> Brain:
    """A model whose every word on a line went through `edit`."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: edit(item) if key in ("text", "line") and isinstance(item, str) else walk(item)
                for key, item in value.items()
            }
        return [walk(item) for item in value] if isinstance(value, list) else value

    return lambda conversation, schema: walk(fill(schema, conversation))


def shifted(value: Any) -> Any:
    """Every value of another type than asked for, in ways that cannot be put right."""
    if isinstance(value, dict):
        return {key: shifted(item) for key, item in value.items()}
    if isinstance(value, list):
        return {"items": [shifted(item) for item in value]}
    return [value, None] if isinstance(value, str) else "several"


def beyond(value: Any) -> Any:
    """Numbers far out of bounds, texts far too long."""
    if isinstance(value, dict):
        return {key: beyond(item) for key, item in value.items()}
    if isinstance(value, list):
        return [beyond(item) for item in value] * 40
    return value * 60 if isinstance(value, str) else 10**9


@dataclass
class Behaviour:
    """How the server behaves.

    Attributes:
        fault: see `_Handler.faults`; empty for none.
        times: how many requests it strikes, from the first; 0 for all of them.
        brain: the model behind it.
        key: the key it wants; empty for none.
        elsewhere: where a redirect leads.
        refuses: names of request fields it answers 400 to.
        seen: headers of every request.
        asked: bodies of every request for words.
    """

    fault: str = ""
    times: int = 0
    brain: Brain = honest
    key: str = ""
    elsewhere: str = ""
    refuses: tuple[str, ...] = ()
    retry_after: str = "0"
    seen: list[dict[str, str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour: Behaviour

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.behaviour.seen.append(dict(self.headers.items()))
        self._json(200, {"data": [{"id": "tiny"}, {"id": "large"}]})

    def do_POST(self) -> None:
        behaviour = self.behaviour
        behaviour.seen.append(dict(self.headers.items()))
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        behaviour.asked.append(asked)
        given = self.headers.get("Authorization", "")
        if behaviour.key and given != f"Bearer {behaviour.key}":
            return self._error(401, f"Incorrect API key provided: {given}")
        if asked["model"] not in ("tiny", "large"):
            return self._error(404, f"model {asked['model']!r} not found")
        for name in behaviour.refuses:
            if name in asked or name == asked.get("response_format", {}).get("type"):
                return self._error(400, f"Unsupported: {name}")
        if behaviour.fault and (not behaviour.times or len(behaviour.asked) <= behaviour.times):
            return getattr(self, f"_{behaviour.fault}")(asked)
        return self._say(self._thought(asked))

    # --- good answers -------------------------------------------------------------------------------------------

    def _thought(self, asked: dict[str, Any]) -> Any:
        conversation = "\n".join(message["content"] for message in asked["messages"])
        wanted = re.findall(r"Its schema:\n(\{.*)", asked["messages"][-1]["content"])
        wanted = wanted or re.findall(r"Its schema:\n(\{.*)", conversation)
        return self.behaviour.brain(conversation, json.loads(wanted[-1]))

    def _say(self, value: Any, **extra: Any) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **extra}
        usage = {"prompt_tokens": 100, "completion_tokens": 50}
        self._json(200, {"model": "tiny-2026", "system_fingerprint": "fp1", "choices": [choice], "usage": usage})

    def _json(self, status: int, value: Any, **headers: str) -> None:
        self._send(status, json.dumps(value).encode(), **{"Content-Type": "application/json", **headers})

    def _error(self, status: int, message: str, **headers: str) -> None:
        self._json(status, {"error": {"message": message}}, **headers)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # --- faults -------------------------------------------------------------------------------------------------

    def _chatter(self, asked: dict[str, Any]) -> None:
        text = json.dumps(self._thought(asked), indent=1)
        text = re.sub(r"\}\s*\]", "},\n]", text)
        self._say(f'<think>{{"no": 1}} Let me see.</think>Sure! Here it is:\n```json\n{text}\n```\nAnything else?')

    def _malformed(self, asked: dict[str, Any]) -> None:
        self._say(json.dumps(self._thought(asked)).replace(":", " =>").replace('"', "'"))

    def _prose(self, asked: dict[str, Any]) -> None:
        self._say("I am sorry, but I would rather talk about something else.")

    def _wrong_types(self, asked: dict[str, Any]) -> None:
        self._say(shifted(self._thought(asked)))

    def _out_of_bounds(self, asked: dict[str, Any]) -> None:
        self._say(beyond(self._thought(asked)))

    def _truncated(self, asked: dict[str, Any]) -> None:
        text = json.dumps(self._thought(asked))
        self._say(text[: len(text) * 2 // 3], finish_reason="length")

    def _empty(self, asked: dict[str, Any]) -> None:
        self._say("")

    def _surrogates(self, asked: dict[str, Any]) -> None:
        edited = changed(lambda text: text.replace(" ", " \ud800\u202e\u0000", 1))
        conversation = "\n".join(message["content"] for message in asked["messages"])
        self._say(edited(conversation, json.loads(re.findall(r"Its schema:\n(\{.*)", conversation)[0])))

    def _deep(self, asked: dict[str, Any]) -> None:
        self._say("[" * 100_000 + "{" * 100_000)

    def _shape(self, asked: dict[str, Any]) -> None:
        self._json(200, {"choices": "none", "usage": {"prompt_tokens": "many"}})

    def _busy(self, asked: dict[str, Any]) -> None:
        self._error(429, "slow down")

    def _busy_after(self, asked: dict[str, Any]) -> None:
        self._error(429, "slow down", Retry_After=self.behaviour.retry_after)

    def _broken(self, asked: dict[str, Any]) -> None:
        self._error(500, "internal")

    def _reset(self, asked: dict[str, Any]) -> None:
        self.close_connection = True
        self.connection.close()

    def _half(self, asked: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"choices": [')
        self.close_connection = True

    def _silent(self, asked: dict[str, Any]) -> None:
        self.behaviour.over.wait(30)
        self.close_connection = True

    def _drip(self, asked: dict[str, Any]) -> None:
        self.send_response(200)
        self.end_headers()
        self._forever(b" ", 0.02)

    def _drip_head(self, asked: dict[str, Any]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._forever(b"x", 0.02)

    def _endless(self, asked: dict[str, Any]) -> None:
        self.send_response(200)
        self.end_headers()
        self._forever(b'{"choices": [' * 5000, 0)

    def _forever(self, piece: bytes, pause: float) -> None:
        self.close_connection = True
        try:
            while not self.behaviour.over.is_set():
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass

    def _bomb(self, asked: dict[str, Any]) -> None:
        self._send(200, BOMB, Content_Encoding="gzip")

    def _packed(self, asked: dict[str, Any]) -> None:
        choice = {"message": {"content": json.dumps(self._thought(asked))}}
        self._send(200, gzip.compress(json.dumps({"choices": [choice]}).encode()), Content_Encoding="gzip")

    def _page(self, asked: dict[str, Any]) -> None:
        self._send(200, b"<!doctype html><h1>Welcome</h1>", Content_Type="text/html")

    def _noise(self, asked: dict[str, Any]) -> None:
        self.wfile.write(b"\x00\xff not HTTP at all \r\n\r\n")
        self.close_connection = True

    def _redirect(self, asked: dict[str, Any]) -> None:
        self._send(307, b"", Location=self.behaviour.elsewhere)

    def _key_in_text(self, asked: dict[str, Any]) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        conversation = "\n".join(message["content"] for message in asked["messages"])
        schema = json.loads(re.findall(r"Its schema:\n(\{.*)", conversation)[0])
        text = json.dumps(changed(lambda line: f"{line} The key is {key}.")(conversation, schema))
        # Written as escapes, the key is not in the bytes of the answer, only in what they mean.
        hidden = text.replace(key, "".join(f"\\u{ord(char):04x}" for char in key))
        self._say(hidden if len(self.behaviour.asked) % 2 else text)

    def _key_in_model(self, asked: dict[str, Any]) -> None:
        key = self.headers.get("Authorization", "")
        choice = {"message": {"content": json.dumps(self._thought(asked))}}
        self._json(200, {"model": key, "system_fingerprint": key, "choices": [choice]})

    def _key_in_error(self, asked: dict[str, Any]) -> None:
        self._error(403, f"Not allowed: {self.headers.get('Authorization')}")

    def _key_in_error_500(self, asked: dict[str, Any]) -> None:
        self._error(500, f"Failed for {self.headers.get('Authorization')}")

    def _key_in_location(self, asked: dict[str, Any]) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self._send(302, b"", Location=f"http://{key.lower().replace('_', '-')}.example/{key}")


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """Serve a behaviour; gives the address up to `/v1`."""
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        behaviour.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
