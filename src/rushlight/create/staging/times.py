"""When the shots of a performed screenplay are seen."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import Narration, Staging
from rushlight.artifacts.staging import ShotTimes
from rushlight.core.run import current_run

__all__ = ["shot_times"]


def shot_times(staging: Staging, narration: Narration) -> tuple[ShotTimes, ...]:
    """When every shot begins and ends: the staging's clock, with the lengths that its lines were spoken in.

    Lines that the narration does not have, because it was made of something else, take no time; that is noted.
    """
    spoken: dict[str, list[Fraction]] = {}
    for line in narration.lines:
        spoken.setdefault(line.beat_id, []).append(line.end - line.start)
    lengths = []
    for shot in staging.shots:
        known = spoken.get(shot.id, [])[: len(shot.lines)]
        if len(known) < len(shot.lines):
            current_run().note_weak(f"The narration does not speak all lines of shot {shot.label}; perform it again.")
        lengths.append([*known, *[Fraction(0)] * (len(shot.lines) - len(known))])
    return staging.clock(lengths)
