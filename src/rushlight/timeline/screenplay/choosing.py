"""Putting an alternative in the place of what stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError
from rushlight.timeline.screenplay.annotations import (
    Annotation,
    annotate,
    annotations_of,
    note_element,
    read_note,
    split_annotations,
    with_annotations,
)
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from rushlight.timeline.screenplay.places import find_place

__all__ = ["Alternative", "add_note", "alternatives_of", "choose", "remove_pins"]


class Alternative(NamedTuple):
    """Another wording for something in a screenplay."""

    address: str
    number: int
    """From 1, among the alternatives of this place."""
    author: str
    text: str


def add_note(screenplay: Screenplay, address: str, note: Annotation) -> Screenplay:
    """Note something at every paragraph of a place, once.

    Raises:
        InputError: nothing stands there.
    """
    first, last = find_place(screenplay, address)
    elements = list(screenplay.elements)
    for at in range(first, last):
        element = elements[at]
        notes = split_annotations(element.text)[1]
        if element.kind not in ("note", "boneyard", "page_break") and note not in notes:
            elements[at] = annotate(element, (*notes, note))
    return screenplay.model_copy(update={"elements": tuple(elements)})


def remove_pins(screenplay: Screenplay, address: str) -> Screenplay:
    """Take the pins off a place: at the ends of its paragraphs, and as notes of their own.

    Raises:
        InputError: nothing stands there.
    """
    first, last = find_place(screenplay, address)
    while last < len(screenplay.elements) and screenplay.elements[last].kind == "note":
        last += 1
    kept: list[Element] = []
    for at, element in enumerate(screenplay.elements):
        if first <= at < last:
            if element.kind == "note" and read_note(element.text).kind == "pin":
                continue
            if element.kind not in ("note", "boneyard"):
                notes = split_annotations(element.text)[1]
                if any(note.kind == "pin" for note in notes):
                    element = annotate(element, [note for note in notes if note.kind != "pin"])
        kept.append(element)
    return screenplay.model_copy(update={"elements": tuple(kept)})


def alternatives_of(screenplay: Screenplay) -> Iterator[Alternative]:
    """Every alternative in a screenplay, with the place it is for."""
    addresses = screenplay.addresses()
    for at in range(len(screenplay.elements)):
        found = [note for note in annotations_of(screenplay, at) if note.kind == "alt"]
        for number, note in enumerate(found, 1):
            first = _first_of(screenplay, at, note.span)
            place = addresses[at] if first == at else f"{addresses[first]}-{addresses[at].partition('.')[2]}"
            yield Alternative(place, number, note.author, note.text)


def _first_of(screenplay: Screenplay, last: int, span: int) -> int:
    """Where the stretch begins that an alternative noted at `last` is for, within its scene."""
    at = last
    while span > 1 and at > 0 and screenplay.elements[at - 1].kind != "scene_heading":
        at -= 1
        span -= screenplay.elements[at].kind not in ("note", "boneyard")
    return at


def choose(screenplay: Screenplay, address: str, number: int) -> Screenplay:
    """Put an alternative in; what stood there becomes one.

    Args:
        screenplay: a screenplay with alternatives.
        address: the place, as `alternatives_of` gives it.
        number: which of its alternatives, from 1.

    Raises:
        InputError: nothing stands there, or it has no such alternative.
    """
    _, last = find_place(screenplay, address)
    at = last - 1
    found = [note for note in annotations_of(screenplay, at) if note.kind == "alt"]
    if not 1 <= number <= len(found):
        raise InputError(
            f"There is no alternative {number} there; there are {len(found)}.",
            where=address,
            hint="`rushlight script alternatives` lists them.",
        )
    note = found[number - 1]
    return _choose_one(screenplay, at, note) if note.span == 1 else _choose_stretch(screenplay, at, note)


def _choose_one(screenplay: Screenplay, at: int, note: Annotation) -> Screenplay:
    elements = list(screenplay.elements)
    words, own = split_annotations(elements[at].text)
    swapped = Annotation("alt", words)
    if note in own:
        notes = [swapped if one == note else one for one in own]
    else:
        notes = list(own)
        place = _note_place(elements, at, note)
        elements[place] = note_element(swapped)
    elements[at] = elements[at].model_copy(update={"text": with_annotations(note.text, notes)})
    return screenplay.model_copy(update={"elements": tuple(elements)})


def _choose_stretch(screenplay: Screenplay, at: int, note: Annotation) -> Screenplay:
    first = _first_of(screenplay, at, note.span)
    old = screenplay.elements[first : at + 1]
    new = parse_fountain(note.text + "\n").elements
    elements = list(screenplay.elements)
    place = _note_place(elements, at, note)
    said = write_fountain(Screenplay(elements=tuple(element.model_copy(update={"layout": ""}) for element in old)))
    swapped = Annotation("alt", said.strip("\n"), span=max(len(new), 1))
    elements[place] = note_element(swapped)
    elements[first : at + 1] = new
    return screenplay.model_copy(update={"elements": tuple(elements)})


def _note_place(elements: list[Element], at: int, note: Annotation) -> int:
    return next(
        place
        for place in range(at + 1, len(elements))
        if elements[place].kind == "note" and read_note(elements[place].text) == note
    )
