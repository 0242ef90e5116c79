"""The capability `write_screenplay`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Outline, Screenplay
from rushlight.artifacts.screenplay import Element, TitleField
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.storytellers import Storyteller, find_storyteller
from rushlight.models.text import text_model_revision

__all__ = ["write_screenplay"]


def _revision(parameters: object) -> str:
    return text_model_revision(str(getattr(parameters, "writer", "")))


@capability(version=1, metrics=("scenes", "words"), revision=_revision)
def write_screenplay(
    outline: Outline,
    screenplay: Screenplay | None = None,
    /,
    *,
    writer: Annotated[
        str, Field(description="Who writes: grammar, house/NAME, http://HOST/v1#MODEL or transformers:FOLDER.")
    ] = "grammar",
    words_per_scene: Annotated[int, Field(ge=20, le=2000, description="About how many words a scene has.")] = 150,
    tone: Annotated[str, Field(description="How dialogue should sound; empty for the writer's own.")] = "",
    only: Annotated[
        str, Field(description="Id of one scene, such as s03, to write again; the given screenplay keeps the others.")
    ] = "",
    seed: Annotated[int, Field(ge=0, description="Chooses among equally good words.")] = 0,
) -> Screenplay:
    """Write the scenes of an outline as a screenplay, each knowing those before it.

    Scenes are numbered as in the outline. With `only`, one scene of the given screenplay is written again and every
    other element stays as it is.

    Raises:
        InputError: the outline has no scenes, or `only` names none of them, or none of the screenplay.
        ModelError: there is no such writer, or it cannot be reached.
    """
    if not outline.scenes:
        raise InputError("This outline has no scenes.", hint="Run `rushlight create write-outline` on it first.")
    ids = [scene.id for scene in outline.scenes]
    if only and only not in ids:
        raise InputError(f"The outline has no scene {only!r}.", hint=f"It has {', '.join(ids)}.")
    storyteller = find_storyteller(writer)
    if only and screenplay is None:
        raise InputError("To write one scene again, the others are needed.", hint="Give the screenplay too.")
    if only and screenplay is not None:
        made = _with_scene(outline, screenplay, only, storyteller, words_per_scene, tone, seed)
    else:
        made = _whole(outline, storyteller, words_per_scene, tone, seed)
    run = current_run()
    run.figure("scenes", len(made.scenes()))
    run.figure("words", sum(len(element.text.split()) for element in made.elements))
    for note in made.notes:
        run.note_weak(note)
    return made


def _whole(outline: Outline, storyteller: Storyteller, words: int, tone: str, seed: int) -> Screenplay:
    elements: list[Element] = []
    for number, scene in enumerate(outline.scenes, 1):
        current_run().progress((number - 1) / len(outline.scenes), f"scene {number} of {len(outline.scenes)}")
        elements += _scene(outline, scene.id, tuple(elements), storyteller, words, tone, seed)
    return Screenplay(
        title_page=(TitleField(key="Title", lines=(outline.title or "Untitled",)),),
        elements=tuple(elements),
        language=outline.language,
        writer=storyteller.name,
        notes=(storyteller.note,) if storyteller.note else (),
    )


def _scene(
    outline: Outline,
    scene_id: str,
    before: tuple[Element, ...],
    storyteller: Storyteller,
    words: int,
    tone: str,
    seed: int,
) -> tuple[Element, ...]:
    place = [scene.id for scene in outline.scenes].index(scene_id) + 1
    # A scene keeps its words when another is written again: its seed hangs on its place alone.
    heading, *rest = storyteller.scene(outline, scene_id, before, words=words, tone=tone, seed=seed + 7919 * place)
    return (heading.model_copy(update={"scene_number": str(place)}), *rest)


def _with_scene(
    outline: Outline, screenplay: Screenplay, only: str, storyteller: Storyteller, words: int, tone: str, seed: int
) -> Screenplay:
    number = str([scene.id for scene in outline.scenes].index(only) + 1)
    old = next((scene for scene in screenplay.scenes() if scene.index and scene.number == number), None)
    if old is None:
        raise InputError(
            f"The screenplay has no scene numbered {number}, which {only} would be.",
            hint="Write the whole screenplay again, or give that scene its number.",
        )
    before, after = screenplay.elements[: old.first], screenplay.elements[old.body + len(old.elements) :]
    new = _scene(outline, only, before, storyteller, words, tone, seed)
    return screenplay.model_copy(update={"elements": (*before, *new, *after)})
