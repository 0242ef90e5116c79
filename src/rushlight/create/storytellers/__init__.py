"""Storytellers: who invents when there is no source to write from, and how others join.

A storyteller is one module in this package (or in a third party's, named by an entry point in the group
`rushlight.storytellers`) that holds a function `load(setting) -> Storyteller`. The setting names it: `grammar`,
`house/NAME` (a model trained on the user's own screenplays), `http://localhost:11434/v1#qwen3` (any OpenAI-compatible
endpoint) or `transformers:FOLDER` (a model folder on this machine).

Every storyteller owes the same: the same request with the same seed gives the same answer (as far as its engine can
promise that, and it says so when it cannot), what a person wrote is kept as it is, and `notes` say what could not be
done.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol

from rushlight.artifacts.outline import Idea, Outline
from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import ModelError

__all__ = ["Storyteller", "find_storyteller", "storyteller_names"]

_BUILT_IN = {
    "grammar": "rushlight.create.storytellers.grammar",
    "house": "rushlight.create.storytellers.house",
    "http": "rushlight.create.storytellers.served",
    "https": "rushlight.create.storytellers.served",
    "transformers": "rushlight.create.storytellers.served",
}


class Storyteller(Protocol):
    """What a storyteller can be asked for. `seed` decides among equally good answers."""

    name: str
    """As in the setting, without secrets: `grammar`, `http://localhost:11434/v1#qwen3`."""
    revision: str
    """Version or hash of what answers, for records."""
    note: str
    """What a reader should know of everything it writes, such as `formulaic`; empty when nothing."""

    def ideas(self, premise: str, count: int, *, language: str, seed: int) -> tuple[Idea, ...]:
        """`count` variations of a premise, as unlike one another as it can make them."""
        ...

    def outline(
        self, premise: str, *, structure: str, scenes: int, language: str, seed: int, keep: Outline | None
    ) -> Outline:
        """A story of about `scenes` scenes. Of `keep`, all that has `author == "person"` stays as it is, and what
        stands above the first level that is missing or asked for again stays too."""
        ...

    def scene(
        self, outline: Outline, scene_id: str, before: tuple[Element, ...], *, words: int, tone: str, seed: int
    ) -> tuple[Element, ...]:
        """One scene, heading first, of about `words` words, given the elements of the scenes written so far.
        `tone` describes how dialogue should sound (see `rushlight.create.tone`); empty for the storyteller's own."""
        ...

    def rewrite(self, screenplay: Screenplay, first: int, last: int, *, wish: str, seed: int) -> tuple[Element, ...]:
        """Other words for `screenplay.elements[first:last]`; `wish` says in a person's words what should change."""
        ...


def storyteller_names() -> list[str]:
    """Every storyteller that can be named, built in or installed."""
    return sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group="rushlight.storytellers"))})


def find_storyteller(setting: str) -> Storyteller:
    """The storyteller that a setting names.

    Raises:
        ModelError: there is none of this name, or it cannot be loaded.
    """
    name = setting.partition(":")[0].partition("/")[0]
    module = _BUILT_IN.get(name)
    if module is None:
        for entry in entry_points(group="rushlight.storytellers", name=name):
            module = entry.module
    if module is None:
        raise ModelError(
            f"There is no storyteller named {name!r}.", hint=f"Choose one of: {', '.join(storyteller_names())}."
        )
    try:
        loaded: Storyteller = import_module(module).load(setting)
    except (ImportError, AttributeError) as error:
        raise ModelError(f"{name} cannot be loaded: {error}.", hint="Install what it needs.") from error
    return loaded
