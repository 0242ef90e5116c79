"""The capability `plan_scene_music`."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import MusicPlan, Narration, Section, Staging
from rushlight.core.capability import capability
from rushlight.create.staging.times import shot_times

__all__ = ["plan_scene_music"]

_SHORTEST = Fraction(8)


@capability(version=1)
def plan_scene_music(staging: Staging, narration: Narration, /) -> MusicPlan:
    """Draw the film's emotional curve from the moods of its scenes, speech and silence alike.

    Returns:
        A `MusicPlan` from zero to the film's end, without gaps; scenes of less than eight seconds go with the one
        before, their moods weighed by length.
    """
    times = shot_times(staging, narration)
    sections: list[Section] = []
    for scene in staging.scenes:
        ends = [when.end for shot, when in zip(staging.shots, times, strict=True) if shot.scene == scene.index]
        start = sections[-1].end if sections else Fraction(0)
        end = max(ends, default=start)
        if scene is staging.scenes[-1]:
            end = narration.duration
        if end <= start:
            continue
        if sections and (end - start < _SHORTEST or sections[-1].end - sections[-1].start < _SHORTEST):
            last = sections[-1]
            part = float((end - start) / (end - last.start))
            sections[-1] = last.model_copy(
                update={
                    "end": end,
                    "valence": last.valence + (scene.valence - last.valence) * part,
                    "arousal": last.arousal + (scene.arousal - last.arousal) * part,
                }
            )
        else:
            sections.append(
                Section(start=start, end=end, valence=scene.valence, arousal=scene.arousal, label=scene.place.lower())
            )
    return MusicPlan(duration=narration.duration, sections=tuple(sections))
