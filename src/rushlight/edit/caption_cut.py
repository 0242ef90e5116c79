"""The capability `caption_cut`."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Captions, Word
from rushlight.artifacts.edit_list import EditList
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Rate
from rushlight.timeline.captioning import CaptionRules, caption_words, find_breaches

__all__ = ["caption_cut"]


@capability(version=1, metrics=("breaches",))
def caption_cut(
    edits: EditList,
    /,
    *,
    language: Annotated[str, Field(description="Language of what is said.")] = "en",
    rate: Annotated[Rate, Field(description="Frame rate of the cut, for the gap between captions.")] = Fraction(25),
    characters_a_line: Annotated[int, Field(ge=12, le=60, description="Longest line.")] = 42,
    characters_a_second: Annotated[float, Field(ge=8, le=40, description="Fastest reading speed.")] = 20.0,
) -> Captions:
    """Caption a cut from the words that its edit list keeps, on the cut's own clock.

    Captions follow every edit: what is cut out is in none, and corrected words are shown corrected.

    Raises:
        InputError: the edit list has no words.
    """
    rules = CaptionRules(
        characters_a_line=characters_a_line, characters_a_second=Fraction(str(characters_a_second)), rate=rate
    )
    words: list[tuple[str, Word]] = []
    at = Fraction(0)
    for span in edits.spans:
        for word in span.words:
            if not word.text:
                continue
            start = at + max(word.start - span.start, Fraction(0))
            end = at + min(word.end - span.start, span.duration)
            if end > start:
                words.append((word.speaker, Word(text=word.text, start=start, end=end)))
        at += span.duration
    if not words:
        raise InputError("This cut has no words to caption.", hint="Transcribe the recording first.")
    groups = [[word for _, word in said] for _, said in groupby(words, key=lambda item: item[0])]
    # A caption begins with its first word, and holds one speaker's words alone.
    speakers = {word.start: speaker for speaker, word in words}
    cues = (cue.model_copy(update={"speaker": speakers.get(cue.start, "")}) for cue in caption_words(groups, rules, at))
    captions = Captions(language=language, cues=tuple(cues))
    breaches = find_breaches(captions, rules)
    current_run().figure("breaches", len(breaches))
    for breach in breaches[:3]:
        current_run().note_weak(f"Captions: {breach}.")
    return captions
