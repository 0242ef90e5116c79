"""From the odds of each gap to transitions, and how transitions are scored against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rushlight.media.stretches import runs

__all__ = ["KINDS", "Found", "Score", "Thresholds", "find_transitions", "score"]

Floats = NDArray[np.float32]
KINDS = ("none", "cut", "dissolve", "fade", "wipe")


@dataclass(frozen=True)
class Thresholds:
    """How sure the network must be."""

    cut: float = 0.5
    gradual: float = 0.5
    """What the surest gap of a gradual transition must reach."""
    edge: float = 0.3
    """What every gap of a gradual transition must reach."""
    least_gaps: int = 4
    """A shorter gradual transition is none, or a cut when its surest gap says so."""
    bridged_gaps: int = 3
    """Pieces of one gradual transition may be this far apart."""

    def shifted(self, by: float) -> Thresholds:
        """The same, asking for more certainty (or, below 0, less)."""
        raised = {name: min(max(getattr(self, name) + by, 0.02), 0.98) for name in ("cut", "gradual")}
        return replace(self, **raised, edge=min(self.edge, raised["gradual"]))


@dataclass(frozen=True)
class Found:
    """A transition: the last frame of the old shot alone, the first of the new one alone, and how sure it is."""

    start: int
    end: int
    kind: str
    probability: float


def find_transitions(odds: Floats, thresholds: Thresholds = Thresholds()) -> list[Found]:
    """Transitions in a film.

    Args:
        odds: log odds of each kind for each gap between frames, (gaps, 5), in the order of `KINDS`.
        thresholds: how sure to be.

    Returns:
        Transitions in order; none overlap.
    """
    if not len(odds):
        return []
    shifted = np.exp(odds - odds.max(axis=1, keepdims=True))
    share = shifted / shifted.sum(axis=1, keepdims=True)
    gradual = share[:, 2:].sum(axis=1)
    found = []
    for first, end in runs(gradual >= thresholds.edge, bridged=thresholds.bridged_gaps):
        kind = KINDS[2 + int(share[first:end, 2:].sum(axis=0).argmax())]
        surest = float(gradual[first:end].max())
        if surest >= thresholds.gradual and end - first >= thresholds.least_gaps:
            found.append(Found(first, end, kind, surest))
    taken = np.zeros(len(odds) + 2, bool)
    for one in found:
        taken[one.start : one.end] = True
    # What is not gradual may still be a cut, also when it was too short to be a dissolve.
    cut = share[:, 1] + np.where(_short(gradual, thresholds), gradual, 0)
    for gap in np.flatnonzero(cut >= thresholds.cut):
        near = cut[max(gap - 2, 0) : gap + 3]
        if cut[gap] == near.max() and not taken[max(gap - 1, 0) : gap + 2].any():
            found.append(Found(int(gap), int(gap) + 1, "cut", float(cut[gap])))
            taken[gap] = True
    return sorted(found, key=lambda one: one.start)


def _short(gradual: Floats, thresholds: Thresholds) -> NDArray[np.bool_]:
    """Gaps in runs too short to be gradual transitions, where doubt between kinds is doubt about a cut's kind."""
    short = np.zeros(len(gradual), bool)
    for first, end in runs(gradual >= thresholds.edge, bridged=thresholds.bridged_gaps):
        short[first:end] = end - first < thresholds.least_gaps
    return short


@dataclass(frozen=True)
class Score:
    """Hits, misses and false alarms."""

    hits: int
    misses: int
    false_alarms: int

    @property
    def recall(self) -> float:
        """Hits of all there are; 1 where there are none."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 1.0

    @property
    def precision(self) -> float:
        """Hits of all found; 1 where none are."""
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0

    def __add__(self, other: Score) -> Score:
        return Score(self.hits + other.hits, self.misses + other.misses, self.false_alarms + other.false_alarms)


def score(
    truth: Sequence[tuple[int, int]], found: Sequence[tuple[int, int]], tolerance: int = 2
) -> tuple[Score, list[int], list[int]]:
    """Match what was found with the truth, one to one, where they overlap within some frames.

    Returns:
        The score; for each of the truth the place of its match in `found`, or −1; places in `found` without a match.
    """
    matches, used = [], set()
    for start, end in truth:
        able = [
            place
            for place, (a, b) in enumerate(found)
            if place not in used and a <= end + tolerance - 1 and b >= start - tolerance + 1
        ]
        best = max(able, key=lambda place: min(found[place][1], end) - max(found[place][0], start), default=-1)
        matches.append(best)
        if best >= 0:
            used.add(best)
    extra = [place for place in range(len(found)) if place not in used]
    hits = sum(place >= 0 for place in matches)
    return Score(hits, len(matches) - hits, len(extra)), matches, extra
