"""The capability `plan_music`."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import MusicPlan, Narration, Script, Section
from rushlight.core.capability import capability

__all__ = ["plan_music"]

# Sections shorter than this are joined: music that turns more often sounds restless.
_SHORTEST = Fraction(7)


@capability(version=1)
def plan_music(script: Script, narration: Narration, /) -> MusicPlan:
    """Draw the film's emotional curve from the moods of its beats and the times at which they are spoken.

    Returns:
        A `MusicPlan` from zero to the narration's end, without gaps; short neighbours are joined, their moods
        weighed by length.
    """
    moods = {beat.id: (beat.valence, beat.arousal, beat.role) for beat in script.beats}
    starts: list[tuple[Fraction, str]] = []
    for line in narration.lines:
        if not starts or starts[-1][1] != line.beat_id:
            starts.append((line.start if starts else Fraction(0), line.beat_id))
    ends = [start for start, _ in starts[1:]] + [narration.duration]
    sections: list[Section] = []
    for (start, beat), end in zip(starts, ends, strict=True):
        valence, arousal, role = moods[beat]
        last = sections[-1] if sections else None
        if last is not None and (last.end - last.start < _SHORTEST or end - start < _SHORTEST / 2):
            whole, part = float(end - last.start), float(end - start)
            sections[-1] = Section(
                start=last.start,
                end=end,
                valence=last.valence + (valence - last.valence) * part / whole,
                arousal=last.arousal + (arousal - last.arousal) * part / whole,
                label=last.label,
            )
        else:
            sections.append(Section(start=start, end=end, valence=valence, arousal=arousal, label=role))
    return MusicPlan(duration=narration.duration, sections=tuple(sections))
