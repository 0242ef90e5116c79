"""The capability `rewrite_screenplay`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from rushlight.artifacts import Element, Screenplay
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import current_run
from rushlight.models.text import text_model_revision
from rushlight.timeline.screenplay.annotations import (
    Annotation,
    annotations_of,
    note_element,
    pinned_places,
    split_annotations,
    with_annotations,
)
from rushlight.timeline.screenplay.fountain import write_fountain
from rushlight.timeline.screenplay.places import find_place

if TYPE_CHECKING:
    from rushlight.create.storytellers import Storyteller

__all__ = ["rewrite_screenplay"]


def _revision(parameters: object) -> str:
    return text_model_revision(str(getattr(parameters, "writer", "")))


@capability(version=1, metrics=("rewritten", "kept"), revision=_revision)
def rewrite_screenplay(
    screenplay: Screenplay,
    /,
    *,
    address: Annotated[
        str, Field(description="What to write anew: s2.4 a paragraph, s2.4-7 a beat, s2 a scene.")
    ] = "s1",
    wish: Annotated[str, Field(max_length=2000, description="In your words, what should change.")] = "",
    writer: Annotated[
        str, Field(description="Who writes: grammar, house/NAME, http://HOST/v1#MODEL or transformers:FOLDER.")
    ] = "grammar",
    alternatives: Annotated[int, Field(ge=1, le=5, description="How many wordings; the first one is put in.")] = 1,
    person_wrote: Annotated[tuple[str, ...], Field(description="Places a person wrote, which stay as they are.")] = (),
    replace_own: Annotated[
        bool,
        Field(description="Also what is pinned or a person wrote; that wording becomes an alternative."),
    ] = False,
    seed: Annotated[int, Field(ge=0, description="Chooses among equally good wordings.")] = 0,
) -> Screenplay:
    """Write a paragraph, a beat or a scene of a screenplay anew; the old wording stays as an alternative.

    Pinned paragraphs and those a person wrote stay as they are: in a scene, what stands between them is written anew.
    Alternatives are notes (`[[alt: …]]`) right after what they could replace.

    Returns:
        The screenplay with the new wording.

    Raises:
        InputError: there is no such place, or everything there is pinned or a person's.
        ModelError: there is no such writer, it cannot be reached, or it wrote nothing of use.
    """
    from rushlight.create.storytellers import find_storyteller

    first, last = find_place(screenplay, address)
    held = frozenset() if replace_own else _held(screenplay, person_wrote)
    stretches = [one for one in _stretches(screenplay, first, last, held) if _has_words(screenplay, one)]
    if not stretches:
        raise InputError(
            "What stands there is pinned or a person wrote it.",
            where=address,
            hint="It stays as it is. With --replace-own it is written anew, and its wording kept as an alternative.",
        )
    storyteller = find_storyteller(writer)
    run = current_run()
    run.use_model(storyteller.name, storyteller.revision)
    for number, (start, end) in enumerate(reversed(stretches)):
        run.progress(number / len(stretches), "Writing")
        screenplay = _rewritten(screenplay, start, end, storyteller, wish, alternatives, seed)
    run.figure("rewritten", sum(end - start for start, end in stretches))
    run.figure("kept", len([at for at in range(first, last) if at in held]))
    if storyteller.note:
        run.note_weak(f"{storyteller.name}: {storyteller.note}")
    return screenplay


def _held(screenplay: Screenplay, person_wrote: Sequence[str]) -> frozenset[int]:
    own = (find_place(screenplay, address) for address in person_wrote)
    return pinned_places(screenplay) | frozenset(at for first, last in own for at in range(first, last))


def _stretches(screenplay: Screenplay, first: int, last: int, held: frozenset[int]) -> Iterator[tuple[int, int]]:
    """What may be written anew, in stretches; notes stay with what they follow."""
    start: int | None = None
    for at in range(first, last + 1):
        free = at < last and at not in held and screenplay.elements[at].kind not in ("note", "boneyard")
        if free and start is None:
            start = at
        elif not free and start is not None:
            yield start, at
            start = None


def _has_words(screenplay: Screenplay, stretch: tuple[int, int]) -> bool:
    elements = screenplay.elements[stretch[0] : stretch[1]]
    return any(element.kind not in ("section", "page_break") for element in elements)


def _rewritten(
    screenplay: Screenplay, start: int, end: int, storyteller: Storyteller, wish: str, count: int, seed: int
) -> Screenplay:
    old = screenplay.elements[start:end]
    # Notes at the paragraphs' ends are between people, and no words of the story.
    shown = (*screenplay.elements[:start], *_bare(old), *screenplay.elements[end:])
    told = screenplay.model_copy(update={"elements": shown})
    wordings: list[tuple[Element, ...]] = []
    # Some seeds give a wording that stands already, so a few more than asked for are tried.
    for number in range(count * 3):
        new = _usable(storyteller.rewrite(told, start, end, wish=wish, seed=seed + number), old)
        if new and new != _bare(old) and new not in wordings:
            wordings.append(new)
        if len(wordings) == count:
            break
    if not wordings:
        raise ModelError(
            f"{storyteller.name} gave no other wording.", hint="Try another seed, another wish or another writer."
        )
    chosen, *others = wordings
    new_elements = _placed(screenplay, start, end, chosen, others, storyteller.name)
    elements = (*screenplay.elements[:start], *new_elements, *screenplay.elements[end:])
    return screenplay.model_copy(update={"elements": elements})


def _bare(elements: Sequence[Element]) -> tuple[Element, ...]:
    """Elements as a storyteller would give them: words alone."""
    return tuple(
        Element(
            kind=element.kind, text=split_annotations(element.text)[0], scene_number=element.scene_number,
            dual=element.dual, depth=element.depth,
        )
        for element in elements
    )  # fmt: skip


def _usable(new: Sequence[Element], old: Sequence[Element]) -> tuple[Element, ...]:
    """What a storyteller gave, without notes and layout; scenes stay one scene, a paragraph stays of its kind."""
    found = [element for element in _bare(new) if element.kind not in ("note", "boneyard") and element.text.strip()]
    if not any(element.kind == "scene_heading" for element in old):
        found = [element for element in found if element.kind != "scene_heading"]
    if len(old) == 1:
        found = [element for element in found if element.kind == old[0].kind][:1]
        found = [
            element.model_copy(update={"scene_number": old[0].scene_number, "dual": old[0].dual, "depth": old[0].depth})
            for element in found
        ]
    return tuple(found)


def _placed(
    screenplay: Screenplay,
    start: int,
    end: int,
    chosen: tuple[Element, ...],
    others: Sequence[tuple[Element, ...]],
    writer: str,
) -> tuple[Element, ...]:
    """The new wording, with the old one and the others as alternatives, and every comment kept."""
    old = screenplay.elements[start:end]
    before = [note for element in old for note in split_annotations(element.text)[1]]
    comments = [note for note in before if note.kind == "comment"]
    earlier = [note for note in before if note.kind == "alt"]
    if len(old) == 1 and len(chosen) == 1:
        layout = old[0].layout if "\n" not in old[0].text + chosen[0].text else ""
        known = [note for note in annotations_of(screenplay, start) if note.kind == "alt"]
        alternatives = [
            Annotation("alt", _bare(old)[0].text),
            *(Annotation("alt", wording[0].text, writer) for wording in others),
        ]
        fresh = [one for one in alternatives if one.text not in {note.text for note in known}]
        notes = [*comments, *earlier, *fresh]
        return (chosen[0].model_copy(update={"text": with_annotations(chosen[0].text, notes), "layout": layout}),)
    size = len(chosen)
    kept = [Annotation("alt", _as_fountain(old), span=size)]
    kept += [Annotation("alt", _as_fountain(wording), writer, size) for wording in others]
    return chosen + tuple(note_element(note) for note in (*comments, *earlier, *kept))


def _as_fountain(elements: Sequence[Element]) -> str:
    return write_fountain(Screenplay(elements=_bare(elements))).strip("\n")
