"""Footage as it is chosen from: shots with their limits, their likeness to each other, and how much happens in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import EditList, EditSpan, Media, Shots
from rushlight.artifacts.shot_table import COLOURS_SECONDS, ShotDescription, ShotTable
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.seeing.colours import hellinger_table

__all__ = ["HALF", "Footage", "Key", "Moment", "edit_list_of", "footage_of", "jump_between"]

HALF = Fraction(1, 2)
"""Interest is known for each half second."""

Key = tuple[int, int]
"""A shot, or a part of a long one: the recording's number and the part's within it, both from 0."""

# A shot longer than this is offered in parts of about this length, for it may hold more than one thing to show.
_PART_SECONDS = Fraction(8)
# Going on in the same shot after leaving out less than this is seen as a jump whatever the colours say.
_SKIPPED_SECONDS = Fraction(3, 2)


@dataclass(frozen=True)
class Moment:
    """A stretch of one shot that might be used."""

    source: int
    part: int
    start: Fraction
    end: Fraction
    value: float = 0.0

    @property
    def key(self) -> Key:
        """Its shot, or part of one."""
        return self.source, self.part

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Footage:
    """All shots that are long enough to be used."""

    keys: tuple[Key, ...]
    limits: dict[Key, tuple[Fraction, Fraction]]
    """When each shot may be used, on its recording's clock."""
    rows: dict[Key, ShotDescription]
    scenes: dict[Key, int | None]
    shots: dict[Key, int]
    """Which shot of its recording each part belongs to, from 0."""
    likeness: NDArray[np.float64]
    """How alike the colours of two shots are, 0 to 1, in the order of `keys`."""

    def alike(self, one: Key, other: Key) -> float:
        """How alike two shots are, 0 to 1."""
        return float(self.likeness[self._places[one], self._places[other]])

    def row(self, moment: Moment) -> NDArray[np.float64]:
        """How alike the shot of a moment is to every shot."""
        return np.asarray(self.likeness[self._places[moment.key]])

    @cached_property
    def _places(self) -> dict[Key, int]:
        return {key: place for place, key in enumerate(self.keys)}


def footage_of(
    media: Sequence[Media], shots: Sequence[Shots], tables: Sequence[ShotTable], *, shortest: Fraction
) -> Footage:
    """All shots of at least a length.

    Raises:
        InputError: nothing is given, shots and tables of other footage, or no shot is long enough.
    """
    if not media or not len(media) == len(shots) == len(tables):
        raise InputError(
            "Give the shots and the table of every recording.", hint="Run detect-shots and describe-shots."
        )
    keys, limits, rows, scenes, numbers = [], {}, {}, {}, {}
    for source, (found, table) in enumerate(zip(shots, tables, strict=True)):
        if len(found.shots) != len(table.rows):
            raise InputError(f"The table of recording {source + 1} is of other shots.", hint="Describe it again.")
        part = 0
        for number, (shot, row) in enumerate(zip(found.shots, table.rows, strict=True)):
            if shot.end - shot.start < shortest:
                continue
            for start, end, described in _parts(shot.start, shot.end, row):
                key = (source, part)
                keys.append(key)
                limits[key], rows[key], scenes[key], numbers[key] = (start, end), described, shot.scene, number
                part += 1
    if not keys:
        raise InputError("There is no shot long enough to use.", hint="Give longer footage.")
    apart = hellinger_table([rows[key].colours for key in keys])
    return Footage(tuple(keys), limits, rows, scenes, numbers, 1 - apart)


def _parts(
    start: Fraction, end: Fraction, row: ShotDescription
) -> Iterator[tuple[Fraction, Fraction, ShotDescription]]:
    """A shot whole, or a long one in parts of whole stretches of known colours."""
    count = int((end - start) / _PART_SECONDS)
    if count < 2 or not row.colours_over_time:
        yield start, end, row
        return
    step = int(_PART_SECONDS / COLOURS_SECONDS)
    halves = int(_PART_SECONDS / HALF)
    for number in range(count):
        last = number == count - 1
        first, after = start + number * _PART_SECONDS, end if last else start + (number + 1) * _PART_SECONDS
        known = row.colours_over_time[number * step : None if last else (number + 1) * step]
        changes = {
            "interest": row.interest[number * halves : None if last else (number + 1) * halves],
            "colours": tuple(np.mean(known or (row.colours,), axis=0).tolist()),
        }
        yield first, after, row.model_copy(update=changes)


def jump_between(before: Moment, after: Moment, footage: Footage, jump_cut_distance: float) -> bool:
    """Whether a cut between two moments would jump: one recording, nearly the same picture."""
    if before.source != after.source or jump_cut_distance <= 0:
        return False
    skipped = after.start - before.end
    if footage.shots[before.key] == footage.shots[after.key] and 0 <= skipped < _SKIPPED_SECONDS:
        return True
    return 1 - footage.alike(before.key, after.key) < jump_cut_distance


def edit_list_of(chosen: Sequence[Moment], media: Sequence[Media], footage: Footage, short: Fraction) -> EditList:
    """The chosen stretches as an edit list; what is lacking of the wanted length is noted."""
    notes = []
    if short > 0:
        notes.append(f"The footage that could be used is {float(short):.2f} s shorter than what was wanted.")
        current_run().note_weak(notes[-1])
    spans: list[EditSpan] = []
    for one in chosen:
        # Parts of a shot that follow each other are one stretch.
        if spans and spans[-1].source == one.source and spans[-1].end == one.start:
            spans[-1] = spans[-1].model_copy(update={"end": one.end})
        else:
            spans.append(EditSpan(source=one.source, start=one.start, end=one.end, reason=_reason(one, footage)))
    current_run().figure("stretches", float(len(spans)))
    current_run().figure("seconds", float(sum((span.duration for span in spans), Fraction(0))))
    return EditList(spans=tuple(spans), sources=tuple(item.file.sha256 for item in media), notes=tuple(notes))


def _reason(one: Moment, footage: Footage) -> str:
    row = footage.rows[one.key]
    told = [
        (row.arousal, "lively"), (row.novelty - 0.3, "unlike the rest"),
        (0.6 if row.faces else 0.0, "somebody is seen"),
        (row.speech_share or 0.0, "somebody speaks"), (row.subject_motion * 4, "something moves"),
    ]  # fmt: skip
    best = max(told, key=lambda item: item[0])
    return f"shot {footage.shots[one.key] + 1}: {best[1]}"
