"""Text models behind any OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp's server, LM Studio, hosted ones.

The server is not trusted: it may answer slowly, endlessly, wrongly or not at all, and what it says is data. Nothing but
the conversation and, to its own host, the key is sent to it; tools are never offered.
"""

from __future__ import annotations

import email.utils
import json
import math
import random
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from rushlight.core.errors import LimitError, ModelError
from rushlight.core.run import current_run
from rushlight.models.text import Answer, Message
from rushlight.models.text.endpoint import Endpoint, read_endpoint
from rushlight.models.text.exchange import (
    BrokenError,
    FloodError,
    Reply,
    SlowError,
    StrayError,
    UnreachableError,
    exchange,
)
from rushlight.models.text.keys import find_key, key_variables

__all__ = ["ServedModel", "load"]

_TRIES = 5
"""How often one request is sent before its failure is final."""
_SLOW_TRIES = 2
_LONGEST_WAIT = 60.0
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_FORMS = ("json_schema", "json_object", "text")
"""How JSON is asked for, from the strictest down; servers differ in what they take."""
_ENOUGH_TOKENS = 64
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def load(setting: str) -> ServedModel:
    """The model that a setting names.

    Raises:
        InputError: the setting is not well formed.
        ModelError: its key would travel unencrypted.
    """
    return ServedModel(read_endpoint(setting))


class ServedModel:
    """A model behind an endpoint; one object holds the budget of one step.

    Args:
        endpoint: where it is, and what may be asked of it.
        clock: seconds that only grow.
        sleep: waits so many seconds.
    """

    repeatable = False

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.endpoint, self.limits = endpoint, endpoint.limits
        self.name = endpoint.name
        self.revision = ""
        self._key = find_key(endpoint)
        self._clock, self._sleep = clock, sleep
        self._started = clock()
        self._sent: float | None = None
        self._form = 0
        self._dropped: set[str] = set()
        self.requests = self.tokens_in = self.tokens_out = 0
        self._answered = self._estimated = self._reported = False

    # --- what it has used -------------------------------------------------------------------------------------

    @property
    def cost_eur(self) -> float:
        """What the tokens so far cost, by the prices in the setting."""
        paid = self.tokens_in * self.limits.eur_per_million_in + self.tokens_out * self.limits.eur_per_million_out
        return paid / 1e6

    def without_secrets(self, text: str) -> str:
        """A text without the key, should the server have echoed it."""
        return self._key.hide(text) if self._key else text

    def report(self) -> None:
        """Note the model, and requests, tokens and cost so far, in the current run."""
        run = current_run()
        if not self._reported:
            run.use_model(self.name, self.revision, "")
            self._reported = True
        run.figure("model_requests", self.requests)
        run.figure("model_tokens_in", self.tokens_in)
        run.figure("model_tokens_out", self.tokens_out)
        if self.cost_eur:
            run.figure("model_cost_eur", self.cost_eur)
        if self._estimated:
            run.note_weak(f"{self.name} does not count tokens; their number is an estimate.")

    # --- asking -----------------------------------------------------------------------------------------------

    def answer(
        self,
        messages: Sequence[Message],
        schema: dict[str, Any],
        *,
        seed: int,
        temperature: float = 0.7,
        most_tokens: int = 2000,
    ) -> Answer:
        """Send a conversation and return what the model says; see `TextModel`."""
        asked: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "temperature": temperature,
            "seed": seed % 2**31,
            "stream": False,
        }
        chooser = random.Random(seed)  # noqa: S311 - jitter, not secrets
        failures = slow = 0
        while True:
            payload = self._payload(asked, schema, most_tokens)
            try:
                reply = self._exchange("POST", "/chat/completions", json.dumps(payload).encode())
                if reply.status == 200:
                    return self._read(reply, payload)
                if reply.status in (400, 422) and self._ask_for_less(reply):
                    continue
                if reply.status not in _BUSY:
                    raise self._refusal(reply)
                trouble, pause = f"it answers {reply.status}{self._said(reply)}", _retry_after(reply)
            except UnreachableError as error:
                if not self._answered:
                    raise self._unreachable(error) from None
                trouble, pause = str(error), None
            except BrokenError as error:
                trouble, pause = str(error), None
                slow += isinstance(error, SlowError)
            failures += 1
            if failures >= _TRIES or slow >= _SLOW_TRIES:
                raise ModelError(
                    f"{self.name} keeps failing: {trouble}.",
                    hint="Try again later, use another model, or give it more time (request_seconds=… in the setting).",
                )
            self._wait(pause if pause is not None else self._backoff(failures, chooser), trouble)

    def models(self) -> tuple[str, ...]:
        """Names of the models that the server says it has; empty when it does not say.

        Raises:
            ModelError: it cannot be reached, or does not accept the key.
        """
        try:
            reply = self._exchange("GET", "/models", None)
        except UnreachableError as error:
            raise self._unreachable(error) from None
        except BrokenError as error:
            raise ModelError(f"{self.name} does not answer well: {error}.", hint="Check the address.") from None
        if reply.status in (401, 403):
            raise self._refusal(reply)
        try:
            listed = json.loads(reply.body)["data"]
            names = [str(item["id"]) for item in listed if isinstance(item, dict)]
        except (ValueError, TypeError, KeyError, RecursionError):
            return ()
        return tuple(self._shown(name, 80) for name in names[:1000])

    def _payload(self, asked: dict[str, Any], schema: dict[str, Any], most_tokens: int) -> dict[str, Any]:
        """The request as this server takes it, within what is left of the budget."""
        payload = {name: value for name, value in asked.items() if name not in self._dropped}
        form = _FORMS[self._form]
        if form == "json_schema":
            described = {"name": "answer", "strict": True, "schema": schema}
            payload["response_format"] = {"type": form, "json_schema": described}
        elif form == "json_object":
            payload["response_format"] = {"type": form}
        left = self.limits.tokens - self.tokens_in - self.tokens_out
        if self.limits.cost_eur:
            price = max(self.limits.eur_per_million_in, self.limits.eur_per_million_out)
            left = min(left, int((self.limits.cost_eur - self.cost_eur) * 1e6 / price))
        left -= _estimate(*(message["content"] for message in asked["messages"]))
        if left < _ENOUGH_TOKENS:
            what = "of money" if self.limits.cost_eur and self.limits.tokens > self.tokens_in else "of tokens"
            raise LimitError(
                f"The budget {what} for {self.name} is used up.", hint="Raise tokens=… or cost_eur=… in the setting."
            )
        name = "max_completion_tokens" if "max_tokens" in self._dropped else "max_tokens"
        payload[name] = min(most_tokens, left)
        return payload

    def _exchange(self, method: str, path: str, body: bytes | None) -> Reply:
        """One request within all limits; counts it."""
        run = current_run()
        if run.is_cancelled():
            run.progress(0)
        if self.requests >= self.limits.requests:
            raise LimitError(
                f"The budget of {self.limits.requests} requests to {self.name} is used up.",
                hint="Raise requests=… in the setting.",
            )
        if self.limits.per_minute and self._sent is not None:
            self._wait(self._sent + 60 / self.limits.per_minute - self._clock(), "the rate limit is kept")
        left = self._seconds_left()
        self._sent = self._clock()
        self.requests += 1
        try:
            return exchange(
                method,
                self.endpoint.url + path,
                headers=self._key.header() if self._key else {},
                body=body,
                connect_seconds=self.limits.connect_seconds,
                seconds=min(self.limits.request_seconds, left),
                most_bytes=self.limits.answer_bytes,
                direct=self.endpoint.is_loopback,
                is_cancelled=run.is_cancelled,
            )
        except FloodError:
            raise ModelError(
                f"{self.name} answers with more than {self.limits.answer_bytes} bytes.",
                hint="This is no answer of a text model; check the address.",
            ) from None
        except StrayError as error:
            raise ModelError(
                f"{self.name} redirects to {self._shown(error.host, 100)}, and nothing is sent elsewhere.",
                hint="If that is the right place, name it in the setting.",
            ) from None
        finally:
            if run.is_cancelled():
                run.progress(0)

    def _seconds_left(self) -> float:
        left = self._started + self.limits.seconds - self._clock()
        if left <= 0:
            raise LimitError(
                f"The budget of {self.limits.seconds:g} seconds for {self.name} is used up.",
                hint="Raise seconds=… in the setting, or use a faster model.",
            )
        return left

    def _wait(self, seconds: float, why: str) -> None:
        if seconds >= self._seconds_left():
            raise LimitError(
                f"{self.name} wants {seconds:.0f} seconds of waiting ({why}), and less is left of the budget.",
                hint="Try again later, or raise seconds=… in the setting.",
            )
        run, until = current_run(), self._clock() + seconds
        while (left := until - self._clock()) > 0:
            if run.is_cancelled():
                run.progress(0)
            self._sleep(min(left, 0.25))

    def _backoff(self, failures: int, chooser: random.Random) -> float:
        """Doubled with each failure; jitter keeps many clients from coming back at the same moment."""
        return min(self.limits.backoff_seconds * 2.0 ** (failures - 1), _LONGEST_WAIT) * (0.5 + chooser.random())

    # --- reading ----------------------------------------------------------------------------------------------

    def _read(self, reply: Reply, payload: dict[str, Any]) -> Answer:
        try:
            said = json.loads(reply.body)
            choice = said["choices"][0]
            text = _words(choice["message"])
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            raise BrokenError("its answer is not that of an OpenAI-compatible server") from None
        self._answered = True
        text = self.without_secrets(text)
        self._count(said.get("usage"), payload, text)
        if not self.revision:
            names = (said.get("model"), said.get("system_fingerprint"))
            self.revision = " ".join(self._shown(name, 80) for name in names if isinstance(name, str) and name)
        return Answer(text, whole=choice.get("finish_reason") != "length")

    def _count(self, usage: object, payload: dict[str, Any], text: str) -> None:
        estimates = (_estimate(*(message["content"] for message in payload["messages"])), _estimate(text))
        counted = []
        for name, estimate in zip(("prompt_tokens", "completion_tokens"), estimates, strict=True):
            value = usage.get(name) if isinstance(usage, dict) else None
            known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000_000
            self._estimated |= not known
            counted.append(value if known and isinstance(value, int) else estimate)
        self.tokens_in += counted[0]
        self.tokens_out += counted[1]

    def _ask_for_less(self, reply: Reply) -> bool:
        """After a refusal: leave out what the server names as unknown, else ask for JSON less strictly."""
        complaint = reply.body[:20_000].decode("utf-8", "replace").lower()
        for name in ("max_tokens", "temperature", "seed"):
            if re.search(rf"\b{name}\b", complaint) and name not in self._dropped:
                self._dropped.add(name)
                return True
        if self._form + 1 < len(_FORMS):
            self._form += 1
            return True
        return False

    def _refusal(self, reply: Reply) -> ModelError:
        status, said = reply.status, self._said(reply)
        if status in (401, 403):
            names = key_variables(self.endpoint)
            known = "does not accept the key" if self._key else "wants a key"
            where = f"Set {names[-1]}" if names else "Put the key into the keyring"
            return ModelError(f"{self.name} {known} ({status}).", hint=f"{where} to a key for this server.")
        if status == 404:
            return ModelError(f"{self.name} is not there (404{said}).", hint=self._what_there_is())
        if status == 413 or (status in (400, 422) and "context" in said):
            return ModelError(f"{self.name} cannot take so long a text ({status}{said}).", hint="Use a larger model.")
        return ModelError(f"{self.name} refuses ({status}{said}).", hint="Check the address and the model's name.")

    def _what_there_is(self) -> str:
        try:
            names = self.models()
        except (ModelError, LimitError):
            names = ()
        if names and self.endpoint.model not in names:
            return f"The server has: {', '.join(names[:8])}."
        return "Check the address (it mostly ends in /v1) and the model's name; Ollama gets one by `ollama pull MODEL`."

    def _unreachable(self, error: UnreachableError) -> ModelError:
        return ModelError(
            f"No model answers at {self.endpoint.url}: {error}.",
            hint="Start the server (for Ollama: `ollama serve`), or correct the address in the setting.",
        )

    def _said(self, reply: Reply) -> str:
        """The server's own words on an error, short and without secrets; empty when there are none."""
        try:
            said = json.loads(reply.body[:200_000])
        except (ValueError, RecursionError):
            return ""
        error = said.get("error", said) if isinstance(said, dict) else None
        text = error.get("message") if isinstance(error, dict) else error
        return f": {self._shown(text, 160)}" if isinstance(text, str) and text.strip() else ""

    def _shown(self, text: str, length: int) -> str:
        shown = " ".join(_CONTROLS.sub(" ", self.without_secrets(text)).split())
        shown = shown.encode("utf-8", "replace").decode("utf-8")
        return shown if len(shown) <= length else f"{shown[: length - 1]}…"


def _words(message: dict[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
    if not isinstance(content, str):
        raise TypeError("no words")
    return content


def _estimate(*texts: str) -> int:
    """Tokens of texts, roughly: four bytes of UTF-8 each."""
    return sum(math.ceil(len(text.encode("utf-8", "replace")) / 4) + 4 for text in texts)


def _retry_after(reply: Reply) -> float | None:
    """Seconds that the server asks to wait; None when it does not say, or says nothing that can be read."""
    text = reply.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return max(moment.timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
