"""The capability `caption_narration`."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Captions, Narration
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Rate
from rushlight.timeline.captioning import CaptionRules, caption_words, find_breaches

__all__ = ["caption_narration"]


@capability(version=2, metrics=("breaches",))
def caption_narration(
    narration: Narration,
    /,
    *,
    rate: Annotated[Rate, Field(description="Frame rate of the film, for the gap between captions.")] = Fraction(25),
    characters_a_line: Annotated[int, Field(ge=12, le=60, description="Longest line.")] = 42,
    characters_a_second: Annotated[float, Field(ge=8, le=40, description="Fastest reading speed.")] = 20.0,
) -> Captions:
    """Make captions from the words that were spoken, each starting when its first word is heard.

    All divisions of the words into captions are weighed (dynamic programming) for where they break, how long they
    stay and how fast they must be read.

    Returns:
        Captions of at most two lines, 5/6 to 7 seconds, two frames apart; the figure `breaches` counts those that
        cannot keep the rules.
    """
    rules = CaptionRules(
        characters_a_line=characters_a_line, characters_a_second=Fraction(str(characters_a_second)), rate=rate
    )
    groups = [
        [word for line in lines for word in line.words]
        for _, lines in groupby(narration.lines, key=lambda line: (line.beat_id, line.speaker))
    ]
    captions = Captions(language=narration.language, cues=caption_words(groups, rules, narration.duration))
    breaches = find_breaches(captions, rules)
    current_run().figure("breaches", len(breaches))
    for breach in breaches[:3]:
        current_run().note_weak(f"Captions: {breach}; shorten that sentence or speak more slowly.")
    return captions
