"""The capability `write_outline`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rushlight.artifacts import Outline
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.storytellers import find_storyteller
from rushlight.models.text import text_model_revision

__all__ = ["write_outline"]

_MOST_CHARACTERS = 4000


def _revision(parameters: object) -> str:
    return text_model_revision(str(getattr(parameters, "writer", "")))


@capability(version=1, metrics=("scenes", "characters"), revision=_revision)
def write_outline(
    outline: Outline | None = None,
    /,
    *,
    premise: Annotated[str, Field(description="What the story is about, in a sentence or two.")] = "",
    structure: Annotated[
        str, Field(description="three_act, save_the_cat, kishotenketsu, news_pyramid or explainer.")
    ] = "three_act",
    scenes: Annotated[int, Field(ge=1, le=60, description="How many scenes.")] = 8,
    writer: Annotated[
        str, Field(description="Who invents: grammar, house/NAME, http://HOST/v1#MODEL or transformers:FOLDER.")
    ] = "grammar",
    language: Annotated[str, Field(description="Language as a code, such as en or de.")] = "en",
    again: Annotated[
        Literal["", "logline", "characters", "beats", "scenes"],
        Field(description="Which level of the given outline to make again, with all below it."),
    ] = "",
    seed: Annotated[int, Field(ge=0, description="Chooses among equally good stories.")] = 0,
) -> Outline:
    """Invent a story in levels: logline, characters, beats, scenes.

    Given an outline, what stands above the first missing level (or the one named by `again`) stays, and so does
    everything a person wrote at any level.

    Raises:
        InputError: no premise, no such structure, or too long a premise.
        ModelError: there is no such writer, or it cannot be reached.
    """
    premise = premise.strip() or (outline.premise if outline else "")
    if not premise:
        raise InputError("A story needs a premise.", hint="Say in a sentence what it is about: --premise '…'.")
    if len(premise) > _MOST_CHARACTERS:
        raise InputError(
            f"The premise has {len(premise)} characters; {_MOST_CHARACTERS} are read.",
            hint="Say it in a few sentences.",
        )
    if outline and not again and all((outline.logline, outline.characters, outline.beats, outline.scenes)):
        return _measured(outline, ("Nothing was missing in the outline; `again` says which level to make anew.",))
    storyteller = find_storyteller(writer)
    keep = _without(outline, again) if outline else None
    made = storyteller.outline(premise, structure=structure, scenes=scenes, language=language, seed=seed, keep=keep)
    return _measured(made, made.notes)


def _measured(outline: Outline, notes: tuple[str, ...]) -> Outline:
    run = current_run()
    run.figure("scenes", len(outline.scenes))
    run.figure("characters", len(outline.characters))
    for note in notes:
        run.note_weak(note)
    return outline


_LEVELS = ("logline", "characters", "beats", "scenes")


def _without(outline: Outline, again: str) -> Outline:
    """The outline without what the writer wrote at a level and below; a level that is a person's alone stays whole."""
    if not again:
        return outline
    changed: dict[str, object] = {}
    for level in _LEVELS[_LEVELS.index(again) :]:
        if level == "logline":
            if outline.logline_author != "person":
                changed |= {"logline": ""}
        else:
            changed[level] = tuple(item for item in getattr(outline, level) if item.author == "person")
    return outline.model_copy(update=changed)
