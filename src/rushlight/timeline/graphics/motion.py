"""Values that change over time: keyframes with easing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["EASINGS", "Change", "steady"]


def _ease_out(x: float) -> float:
    return 1 - (1 - x) ** 3


def _ease_in(x: float) -> float:
    return x**3


def _ease_in_out(x: float) -> float:
    return x * x * (3 - 2 * x)


def _overshoot(x: float) -> float:
    return 1 + 2.2 * (x - 1) ** 3 + 1.2 * (x - 1) ** 2


EASINGS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "out": _ease_out,
    "in": _ease_in,
    "in_out": _ease_in_out,
    "overshoot": _overshoot,
    "hold": lambda x: 0.0,
}


@dataclass(frozen=True)
class Change:
    """A value over time, in seconds from the start of its clip.

    Attributes:
        keys: (seconds, value, easing from this key to the next), in order of time.
    """

    keys: tuple[tuple[float, float, str], ...]

    @classmethod
    def between(cls, start: float, seconds: float, before: float, after: float, ease: str = "out") -> Change:
        """From one value to another within some seconds."""
        return cls(((start, before, ease), (start + max(seconds, 1e-6), after, "linear")))

    def then(self, start: float, seconds: float, after: float, ease: str = "in") -> Change:
        """Go on to another value later."""
        last = self.keys[-1][1]
        return Change((*self.keys, (start, last, ease), (start + max(seconds, 1e-6), after, "linear")))

    def at(self, seconds: float) -> float:
        """The value at a time."""
        place = bisect_right([key[0] for key in self.keys], seconds) - 1
        if place < 0:
            return self.keys[0][1]
        if place >= len(self.keys) - 1:
            return self.keys[-1][1]
        (start, before, ease), (end, after, _) = self.keys[place], self.keys[place + 1]
        return before + (after - before) * EASINGS[ease]((seconds - start) / (end - start))


def steady(value: float) -> Change:
    """A value that never changes."""
    return Change(((0.0, value, "linear"),))


def latest(changes: Sequence[Change]) -> float:
    """When the last of some changes comes to rest."""
    return max((change.keys[-1][0] for change in changes), default=0.0)
