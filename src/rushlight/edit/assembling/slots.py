"""Filling a row of slots, each of an exact length and a wanted tension, with moments of footage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.assembling.material import HALF, Footage, Key, Moment, jump_between

__all__ = ["Slot", "SlotFiller", "tension_of"]

# What a cost of one is: a tension missed by half of its range. A picture like the last two, or a shot shown before,
# costs part of that.
_MISSED, _ALIKE, _AGAIN, _BACKWARDS = 4.0, 0.5, 0.35, 0.12
# Halving a slot that no shot is long enough for, so often at most.
_HALVINGS = 2


@dataclass(frozen=True)
class Slot:
    """A place of the cut."""

    seconds: Fraction
    tension: float
    """Wanted, 0 to 1: the share of all footage in which less happens."""


def tension_of(footage: Footage) -> dict[Key, NDArray[np.float64]]:
    """Tension in each half second of every shot: how much happens there, as a rank among all footage, 0 to 1."""
    felt = {
        key: np.array(row.interest or (0.0,), np.float64) + 0.15 * (row.arousal + 1)
        for key, row in footage.rows.items()
    }
    together = np.sort(np.concatenate(list(felt.values())))
    span = max(len(together) - 1, 1)
    return {
        key: (np.searchsorted(together, values, "left") + np.searchsorted(together, values, "right") - 1) / 2 / span
        for key, values in felt.items()
    }


@dataclass
class SlotFiller:
    """Takes slots in order and gives each the moment that fits best; what was used is not used again."""

    footage: Footage
    jump_cut_distance: float
    rng: np.random.Generator
    allowance: dict[tuple[int, int | None], Fraction] = field(default_factory=dict)
    """What is left to use of each (source, scene); scenes that are not named have no limit."""
    chance: float = 0.0
    """How much chance has a say, as a standard deviation of the cost."""
    used: dict[Key, list[tuple[Fraction, Fraction]]] = field(default_factory=dict)
    chosen: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tension = tension_of(self.footage)
        self._furthest = max((end for _, end in self.footage.limits.values()), default=Fraction(1))

    def fill(self, slots: Sequence[Slot], halve: Callable[[Fraction, Fraction], Fraction | None]) -> Fraction:
        """Fill all slots.

        Args:
            slots: in order.
            halve: where, between two times of the cut, a slot may be parted; None when it may not.

        Returns:
            Seconds that could not be filled.
        """
        at, lacking = Fraction(0), Fraction(0)
        for slot in slots:
            lacking += self._filled(slot, at, halve, _HALVINGS)
            at += slot.seconds
        return lacking

    def _filled(
        self, slot: Slot, at: Fraction, halve: Callable[[Fraction, Fraction], Fraction | None], halvings: int
    ) -> Fraction:
        found = self._best(slot)
        if found is not None:
            self.chosen.append(found)
            self.used.setdefault(found.key, []).append((found.start, found.end))
            scene = (found.source, self.footage.scenes[found.key])
            if scene in self.allowance:
                self.allowance[scene] -= found.seconds
            return Fraction(0)
        middle = halve(at, at + slot.seconds) if halvings else None
        if middle is None or not at < middle < at + slot.seconds:
            return slot.seconds
        first, second = replace(slot, seconds=middle - at), replace(slot, seconds=at + slot.seconds - middle)
        return self._filled(first, at, halve, halvings - 1) + self._filled(second, middle, halve, halvings - 1)

    def _best(self, slot: Slot) -> Moment | None:
        last = self.chosen[-1] if self.chosen else None
        best: tuple[float, Moment] | None = None
        for one in self._offers(slot.seconds):
            if last is not None and jump_between(last, one, self.footage, self.jump_cut_distance):
                continue
            cost = _MISSED * (one.value - slot.tension) ** 2 + _AGAIN * len(self.used.get(one.key, ()))
            cost += _ALIKE * max((self.footage.alike(one.key, other.key) for other in self.chosen[-2:]), default=0.0)
            if last is not None and (one.source, one.start) < (last.source, last.start):
                cost += _BACKWARDS
            cost += self.chance * float(self.rng.standard_normal())
            if best is None or cost < best[0]:
                best = cost, one
        return best[1] if best else None

    def _offers(self, seconds: Fraction) -> Iterator[Moment]:
        """Every stretch of a length that is still free, in steps of half a second."""
        for key in self.footage.keys:
            first, last = self.footage.limits[key]
            left = self.allowance.get((key[0], self.footage.scenes[key]))
            if last - first < seconds or (left is not None and left < seconds):
                continue
            tension, used, start = self._tension[key], self.used.get(key, ()), first
            while True:
                start = min(start, last - seconds)
                if all(start >= b or start + seconds <= a for a, b in used):
                    low = int((start - first) / HALF)
                    high = max(int(-(-(start + seconds - first) // HALF)), low + 1)
                    part = tension[min(low, len(tension) - 1) : high]
                    yield Moment(*key, start, start + seconds, float(part.mean()))
                if start >= last - seconds:
                    break
                start += HALF
