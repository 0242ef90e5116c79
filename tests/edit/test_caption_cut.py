"""Captions of a cut; what they must hold stands with the cut itself in test_lay_cut."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import EditList, EditSpan, TranscriptWord
from rushlight.edit.caption_cut import caption_cut


def test_speakers_do_not_share_a_caption_and_empty_words_are_not_shown() -> None:
    words = (
        TranscriptWord(text="Hello.", start=Fraction(1, 2), end=Fraction(1), speaker="A"),
        TranscriptWord(text="", start=Fraction(1), end=Fraction(3, 2), speaker="A"),
        TranscriptWord(text="Welcome.", start=Fraction(2), end=Fraction(3), speaker="B"),
    )
    captions = caption_cut(EditList(spans=(EditSpan(start=0, end=4, words=words),), sources=("a",)))
    assert [cue.lines for cue in captions.cues] == [("Hello.",), ("Welcome.",)]
    assert captions.cues[1].start == 2
