"""What of a recording is lost: stretches that cannot be decoded, and what a file that was cut short no longer has."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = ["Damage", "look_for_damage"]

Parts = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Damage:
    """Stretches that are lost, in seconds from the file's second 0.

    Attributes:
        picture: start and end of each stretch without a true picture.
        sound: of each without sound.
        ends: when what there is of the file ends.
        stated: how long the file says it is.
    """

    picture: Parts
    sound: Parts
    ends: Fraction
    stated: Fraction


def look_for_damage(
    path: Path,
    *,
    whole: bool = True,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Callable[[Fraction], None] | None = None,
) -> Damage:
    """Read a recording to its end in a guarded process.

    A picture counts as lost from the first frame that does not decode to the next key frame that does: what is drawn
    between rests on it. Damage that a decoder does not notice, such as a wrong byte inside a picture, is not seen.

    Args:
        path: the recording.
        whole: decode every frame; else only key frames, some tens of times faster.
        limits: what the file may cost.
        on_progress: told now and then up to which second it was read.

    Raises:
        MediaError: nothing of it can be read.
        LimitError: it costs too much.
    """
    with GuardedProcess("damage", path, limits=limits, task={"whole": whole}) as process:
        kind, payload = process.receive()
        while kind == b"P":
            if on_progress is not None:
                on_progress(Fraction(payload.decode()))
            kind, payload = process.receive()
    said = json.loads(payload)
    return Damage(
        _parts(said.get("picture", [])), _parts(said.get("sound", [])), Fraction(said["ends"]), Fraction(said["stated"])
    )


def _parts(said: list[list[str]]) -> Parts:
    return tuple((max(Fraction(start), Fraction(0)), Fraction(end)) for start, end in said)
