"""Text models: one interface over served endpoints and local folders, chosen by a setting.

`http://localhost:11434/v1#qwen3` is a served model (any OpenAI-compatible endpoint, see `served`);
`transformers:FOLDER` a folder on this machine (see `folder`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol

from rushlight.core.errors import ModelError

__all__ = ["Answer", "Message", "TextModel", "is_text_model", "load_text_model", "text_model_revision"]

_LOADERS = {
    "http": "rushlight.models.text.served",
    "https": "rushlight.models.text.served",
    "transformers": "rushlight.models.text.folder",
}


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True)
class Answer:
    """What a model said.

    Attributes:
        text: its words; not trusted in any way.
        whole: False when it was cut off at the token limit.
    """

    text: str
    whole: bool = True


class TextModel(Protocol):
    """Something that answers in words."""

    name: str
    """The setting it was loaded by, which holds no secret."""
    revision: str
    """As the server reports it, or a hash of the weights; may be empty until the first answer."""
    repeatable: bool
    """Whether the same request with the same seed surely gives the same answer."""

    def answer(
        self,
        messages: Sequence[Message],
        schema: dict[str, Any],
        *,
        seed: int,
        temperature: float = 0.7,
        most_tokens: int = 2000,
    ) -> Answer:
        """Answer with JSON of this schema, as far as the engine can be held to it.

        Raises:
            ModelError: it cannot be reached, refuses, or keeps failing.
            LimitError: the budget of time, requests, tokens or money is used up.
        """
        ...

    def without_secrets(self, text: str) -> str:
        """A text with everything taken out that only this model's connection may know."""
        ...

    def report(self) -> None:
        """Note this model, and what it has used so far, in the current run."""
        ...


def is_text_model(setting: str) -> bool:
    """Whether a setting names a text model at all."""
    return setting.partition(":")[0].lower() in _LOADERS and ":" in setting


def load_text_model(setting: str) -> TextModel:
    """The text model that a setting names; nothing is asked of a server yet.

    Raises:
        InputError: the setting is not well formed.
        ModelError: it names no text model, or its package or files are missing.
    """
    module = _LOADERS.get(setting.partition(":")[0].lower())
    if module is None:
        raise ModelError(
            "This setting names no text model.",
            hint="Write http://HOST/v1#MODEL for a server, or transformers:FOLDER for a folder.",
        )
    model: TextModel = import_module(module).load(setting)
    return model


def text_model_revision(setting: str) -> str:
    """What of a text model is known without asking it: a hash of local weights, for the cache key."""
    if setting.partition(":")[0].lower() != "transformers":
        return ""
    revision: str = import_module(_LOADERS["transformers"]).revision_of(setting)
    return revision
