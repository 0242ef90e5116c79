"""Places in a screenplay as people name them."""

from __future__ import annotations

import re

from rushlight.artifacts.screenplay import Screenplay
from rushlight.core.errors import InputError

__all__ = ["find_place"]

_ADDRESS = re.compile(r"s(\d{1,6})(?:\.(\d{1,6})(?:\s*-\s*(?:s(\d{1,6})\.)?(\d{1,6}))?)?$", re.IGNORECASE)


def find_place(screenplay: Screenplay, address: str) -> tuple[int, int]:
    """The elements that an address names, as places from and up to (not with) in `Screenplay.elements`.

    `s2.4` is one element, `s2.4-7` a beat of four, `s2.0` the heading of scene 2, `s2` all of it but the heading.

    Raises:
        InputError: it is no address, or nothing stands there.
    """
    match = _ADDRESS.match(address.strip())
    hint = "Write s2.4 for the fourth paragraph of scene 2, s2.4-7 for several, s2 for the scene."
    if match is None:
        raise InputError(f"{address!r} is no place in a screenplay.", hint=hint)
    number, first, other, last = match.groups()
    scenes = {scene.index: scene for scene in screenplay.scenes()}
    scene = scenes.get(int(number))
    if scene is None:
        raise InputError(f"There is no scene {number}; the last one is {max(scenes, default=0)}.", hint=hint)
    if other is not None and other != number:
        raise InputError("A stretch lies within one scene.", hint=hint)
    size = len(scene.elements)
    start, end = (1, size) if first is None else (int(first), int(last or first))
    lowest = 0 if scene.index else 1
    if not lowest <= start <= end <= size or (size == 0 and start > 0):
        raise InputError(f"Scene {number} has paragraphs {lowest} to {size}.", where=address, hint=hint)
    return scene.body + start - 1, scene.body + end
