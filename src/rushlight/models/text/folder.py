"""Text models in a local folder in the form of `transformers`: `transformers:FOLDER`.

Nothing is fetched, no code from the folder is run, and weights are read from safetensors alone. Answers are held to
their JSON schema token by token: a token that would break it cannot be drawn, and when the token limit comes near,
the shortest way to the end is taken. So an answer is whole and well formed however weak the model is; whether it means
anything is another matter.

Reference:
    Willard, Louf 2023, "Efficient guided generation for large language models"; the grammar engine is llguidance.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from inspect import signature
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.artifact import file_sha256
from rushlight.core.errors import LimitError, ModelError
from rushlight.core.run import current_run
from rushlight.models.text import Answer, Message
from rushlight.models.text.endpoint import Limits

__all__ = ["FolderModel", "load", "revision_of"]

_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt", ".pickle")
_CLOSING = '"}],:1234567890.etfn'
"""Characters that lead to the end of a JSON value soonest, in this order."""
_TOP_SHARE = 0.95
_MODULES = ("torch", "transformers", "llguidance")


def load(setting: str) -> FolderModel:
    """The model that a setting names; weights are read at the first question.

    Raises:
        ModelError: a package is missing, there is no such folder, or its files are refused.
    """
    folder = _folder(setting)
    missing = [name for name in _MODULES if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"A model in a folder needs {', '.join(missing)}.", hint="Run `pip install 'rushlight[local-models]'`."
        )
    _check(folder)
    return FolderModel(setting, folder)


def revision_of(setting: str) -> str:
    """A hash of all that decides what the folder's model says.

    Raises:
        ModelError: there is no such folder, or its files are refused.
    """
    folder = _folder(setting)
    _check(folder)
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.json"), *folder.glob("*.jinja")]):
        state = path.stat()
        digest.update(f"{path.name} {_hash(path, state.st_size, state.st_mtime_ns)}\n".encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=256)
def _hash(path: Path, _size: int, _changed: int) -> str:
    return file_sha256(path)


def _folder(setting: str) -> Path:
    folder = Path(setting.partition(":")[2]).expanduser()
    if not setting.partition(":")[2] or not folder.is_dir():
        raise ModelError("There is no such model folder.", path=folder, hint="Write transformers:FOLDER.")
    return folder


def _check(folder: Path) -> None:
    """Refuse what could run code: pickled weights, and models that bring their own program."""
    names = [path.name for path in folder.iterdir()]
    if not any(name.endswith(".safetensors") for name in names):
        if any(name.lower().endswith(_PICKLES) for name in names):
            raise ModelError(
                "The weights in this folder are pickles, which can run any program, and are refused.",
                path=folder,
                hint="Use the model's safetensors files, or convert them with `save_pretrained(…)`.",
            )
        raise ModelError("This folder holds no safetensors weights.", path=folder, hint="Give a model's own folder.")
    for name in ("config.json", "tokenizer_config.json"):
        if "auto_map" in _json(folder / name, needed=name == "config.json"):
            raise ModelError(
                "This model brings a program of its own, which is not run.",
                path=folder / name,
                hint="Use a model whose architecture transformers knows.",
            )
    for file in _json(folder / "model.safetensors.index.json", needed=False).get("weight_map", {}).values():
        if not isinstance(file, str) or PurePosixPath(file).name != file or not file.endswith(".safetensors"):
            raise ModelError(
                "The index of this model names files that are not its own weights.", path=folder, hint="Get it again."
            )


def _json(path: Path, *, needed: bool) -> dict[str, Any]:
    if not path.is_file() and not needed:
        return {}
    try:
        if path.stat().st_size > 50_000_000:
            raise ValueError("too long")
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError("This file of the model cannot be read.", path=path, hint="Get the model again.") from error
    if not isinstance(value, dict):
        raise ModelError("This file of the model is not in the expected form.", path=path, hint="Get the model again.")
    return value


class FolderModel:
    """A model on this machine; the graphics card is used where there is one."""

    repeatable = True

    def __init__(self, setting: str, folder: Path) -> None:
        self.name, self.folder, self.limits = setting, folder, Limits()
        self.revision = revision_of(setting)
        self.requests = self.tokens_in = self.tokens_out = 0
        self._started = time.monotonic()
        self._loaded: tuple[Any, Any, Any] | None = None
        self._reported = False

    def without_secrets(self, text: str) -> str:
        """The text as it is: a folder knows no secret."""
        return text

    def report(self) -> None:
        """Note the model, and what it has used so far, in the current run."""
        run = current_run()
        if not self._reported:
            run.use_model(self.name, self.revision, "")
            self._reported = True
        run.figure("model_requests", self.requests)
        run.figure("model_tokens_in", self.tokens_in)
        run.figure("model_tokens_out", self.tokens_out)

    def answer(
        self,
        messages: Sequence[Message],
        schema: dict[str, Any],
        *,
        seed: int,
        temperature: float = 0.7,
        most_tokens: int = 2000,
    ) -> Answer:
        """Draw an answer token by token, held to the schema; see `TextModel`."""
        model, tokenizer, grammar_tokens = self._load()
        self._within_budget()
        prompt = _prompt(tokenizer, messages)
        guide = _Guide(grammar_tokens, schema)
        most_tokens = max(most_tokens, 3 * guide.reserve)
        longest = getattr(model.config, "max_position_embeddings", 0) or 1 << 30
        if len(prompt) + most_tokens > longest:
            most_tokens = longest - len(prompt)
        if most_tokens < 2 * guide.reserve:
            raise ModelError(
                f"{self.name} cannot take so long a text ({len(prompt)} tokens of {longest}).",
                hint="Use a model with a longer context, or a shorter source.",
            )
        drawn = self._draw(model, prompt, guide, seed, temperature, most_tokens)
        self.requests += 1
        self.tokens_in += len(prompt)
        self.tokens_out += len(drawn)
        return Answer(tokenizer.decode(drawn, skip_special_tokens=True), whole=guide.is_complete)

    def _draw(
        self, model: Any, prompt: list[int], guide: _Guide, seed: int, temperature: float, most_tokens: int
    ) -> list[int]:
        import torch

        chooser = np.random.default_rng(seed)
        run = current_run()
        drawn: list[int] = []
        # What was read before: later versions of transformers call it `cache`.
        name = "cache" if "cache" in signature(model.forward).parameters else "past_key_values"
        with torch.inference_mode():
            step = torch.tensor([prompt], device=model.device)
            kept = None
            while len(drawn) < most_tokens and not guide.is_complete:
                if run.is_cancelled():
                    run.progress(0)
                self._within_budget()
                out = model(input_ids=step, use_cache=True, **{name: kept})
                kept = getattr(out, name)
                logits = out.logits[0, -1].float().cpu().numpy()
                hurry = most_tokens - len(drawn) <= guide.reserve
                token = guide.close() if hurry else guide.choose(logits, temperature, chooser)
                if token is None:
                    break
                drawn.append(token)
                step = torch.tensor([[token]], device=model.device)
        return drawn

    def _within_budget(self) -> None:
        if time.monotonic() - self._started > self.limits.seconds:
            raise LimitError(
                f"The budget of {self.limits.seconds:g} seconds for {self.name} is used up.",
                hint="Use a smaller model, or a shorter source.",
            )

    def _load(self) -> tuple[Any, Any, Any]:
        if self._loaded is None:
            import torch
            from llguidance.hf import from_tokenizer
            from transformers import AutoModelForCausalLM, AutoTokenizer

            safe = {"local_files_only": True, "trust_remote_code": False}
            try:
                tokenizer: Any = AutoTokenizer.from_pretrained(self.folder, **safe)
                model: Any = AutoModelForCausalLM.from_pretrained(
                    self.folder, use_safetensors=True, dtype="auto", **safe
                )
                tokens = from_tokenizer(tokenizer, n_vocab=max(model.config.vocab_size, len(tokenizer)))
            except Exception as error:  # Broken folders raise errors of many packages.
                raise ModelError(
                    f"This model cannot be loaded ({type(error).__name__}).",
                    path=self.folder,
                    hint="Check that it is a text model that transformers can load, with a fast tokenizer.",
                ) from error
            device = "cuda" if torch.cuda.is_available() else "cpu"
            self._loaded = (model.to(device).eval(), tokenizer, tokens)
        return self._loaded


def _prompt(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The conversation in tokens: by the model's chat template, else with plain names before each turn."""
    turns = [{"role": message.role, "content": message.text} for message in messages]
    if getattr(tokenizer, "chat_template", None):
        system = "\n\n".join(message.text for message in messages if message.role == "system")
        rest = [turn for turn in turns if turn["role"] != "system"]
        folded = [{**rest[0], "content": f"{system}\n\n{rest[0]['content']}"}, *rest[1:]] if rest else turns
        # Some templates know no system turn and raise errors of their own.
        for attempt in (turns, folded):
            try:
                text = tokenizer.apply_chat_template(attempt, tokenize=False, add_generation_prompt=True)
                return list(tokenizer(text, add_special_tokens=False)["input_ids"])
            except Exception:  # noqa: S112
                continue
    names = {"system": "System", "user": "User", "assistant": "Assistant"}
    text = "\n\n".join(f"{names[message.role]}: {message.text}" for message in messages) + "\n\nAssistant: "
    return list(tokenizer(text)["input_ids"])


class _Guide:
    """Which tokens may come next under a schema, and which of them ends soonest."""

    def __init__(self, tokens: Any, schema: dict[str, Any]) -> None:
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides={"whitespace_flexible": False})
        self._matcher = LLMatcher(tokens, grammar)
        if self._matcher.is_error():
            raise ModelError("This form cannot be asked of a model in a folder.", hint="Use a served model.")
        singles = (tokens.tokenize_str(char) for char in _CLOSING)
        self._closing = [found[0] for found in singles if len(found) == 1]
        self.reserve = 2 * len(json.dumps(_least(schema))) + 64
        """Tokens that surely suffice to end: no token is shorter than a byte."""

    @property
    def is_complete(self) -> bool:
        """Whether the answer is a whole value of the schema, and can only end."""
        return bool(self._matcher.is_stopped())

    def choose(self, logits: NDArray[np.float32], temperature: float, chooser: np.random.Generator) -> int | None:
        """Draw one of the tokens that may come next, among those that make up most of the probability."""
        allowed = self._allowed()[: len(logits)]
        if not len(allowed):
            return None
        scores = logits[allowed].astype(np.float64) / max(temperature, 1e-3)
        weights = np.exp(scores - scores.max())
        weights /= weights.sum()
        order = np.argsort(-weights, kind="stable")
        most = order[: int(np.searchsorted(np.cumsum(weights[order]), _TOP_SHARE)) + 1]
        chance = weights[most] / weights[most].sum()
        return self._take(int(allowed[most[chooser.choice(len(most), p=chance)]]))

    def close(self) -> int | None:
        """Take the token that ends the answer soonest."""
        allowed = self._allowed()
        if not len(allowed):
            return None
        known = set(allowed.tolist())
        return self._take(next((token for token in self._closing if token in known), int(allowed[0])))

    def _allowed(self) -> NDArray[np.int64]:
        if self._matcher.is_stopped() or self._matcher.is_error():
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.frombuffer(self._matcher.compute_logit_bias(), dtype=np.uint8))

    def _take(self, token: int) -> int | None:
        return token if self._matcher.consume_token(token) else None


def _least(schema: dict[str, Any]) -> Any:
    """The shortest value of a schema, with one item in each list."""
    kind = schema.get("type")
    if kind == "object":
        return {name: _least(item) for name, item in schema["properties"].items()}
    if kind == "array":
        return [_least(schema["items"])] * max(schema.get("minItems", 0), 1)
    if kind in ("integer", "number"):
        return 10**6
    if kind == "boolean":
        return False
    if choices := schema.get("enum"):
        return max(choices, key=len)
    return "x" * max(schema.get("minLength", 0), 1)
