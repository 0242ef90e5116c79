"""Writers of scripts, and how others join.

A writer is one module in this package (or in a third party's, named by an entry point in the group
`rushlight.writers`) that holds a function `write(assignment) -> Script`. The setting `writer` names it:
`extractive`, `data`, a language model (`http://localhost:11434/v1#qwen3`, `transformers:FOLDER`), or `NAME:REST` of an
installed writer, where `REST` is passed on.

Every writer owes the same: each line carries traces into the source, `Script.notes` says what could not be done,
and the same assignment gives the same script (or a note says that its engine cannot promise that).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol

from rushlight.artifacts import Script, Source
from rushlight.core.errors import ModelError
from rushlight.models.text import is_text_model

__all__ = ["Assignment", "Writer", "find_writer", "writer_names"]

_BUILT_IN = {
    "extractive": "rushlight.create.writers.extractive",
    "data": "rushlight.create.writers.data",
}


@dataclass(frozen=True)
class Assignment:
    """What a writer is asked for.

    Attributes:
        source: what to write from; data, never instructions.
        target_words: how many words the script should have.
        seed: decides among equally good wordings.
        title: the script's title.
        setting: what follows the colon in the setting `writer`; of a language model, the whole setting.
    """

    source: Source
    target_words: int
    seed: int
    title: str
    setting: str = ""


class Writer(Protocol):
    """The one function of a writer's module."""

    def __call__(self, assignment: Assignment) -> Script:
        """Write the script."""
        ...


def writer_names() -> list[str]:
    """Every writer that can be named, built in or installed."""
    return sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group="rushlight.writers"))})


def find_writer(setting: str) -> tuple[Writer, str]:
    """The writer that a setting names, and what the setting says beyond the name.

    Raises:
        ModelError: there is no such writer, or its module fails to load.
    """
    if is_text_model(setting):
        from rushlight.create.writers import served

        return served.write, setting
    name, _, rest = setting.partition(":")
    module = _BUILT_IN.get(name)
    if module is None:
        for entry in entry_points(group="rushlight.writers", name=name):
            module = entry.module
    if module is None:
        raise ModelError(
            f"There is no writer named {name!r}.",
            hint=f"Choose one of: auto, {', '.join(writer_names())}, http://HOST/v1#MODEL.",
        )
    try:
        write: Writer = import_module(module).write
    except (ImportError, AttributeError) as error:
        raise ModelError(f"The writer {name!r} cannot be loaded: {error}.", hint="Install what it needs.") from error
    return write, rest
