"""When the shots of a performed screenplay are seen."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import Narration, Staging
from rushlight.artifacts.staging import ShotTimes

__all__ = ["shot_times"]


def shot_times(staging: Staging, narration: Narration) -> tuple[ShotTimes, ...]:
    """When every shot begins and ends: the staging's clock, with the lengths that its lines were spoken in."""
    lengths: dict[str, list[Fraction]] = {}
    for line in narration.lines:
        lengths.setdefault(line.beat_id, []).append(line.end - line.start)
    return staging.clock([lengths.get(shot.id, []) for shot in staging.shots])
