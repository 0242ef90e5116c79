"""What edits of a transcript mean."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Transcript, TranscriptWord
from rushlight.core.errors import InputError
from rushlight.timeline.transcriptfile import read_edits, transcript_to_text

TEXT = "So, hello everyone. Um today we look at the old harbour and its three lamps. Nobody lights them any more."


def transcript(text: str = TEXT, speakers: str = "A") -> Transcript:
    words = [
        TranscriptWord(
            text=word,
            start=Fraction(n, 2),
            end=Fraction(n, 2) + Fraction(2, 5),
            speaker=speakers[n // 40 % len(speakers)],
        )
        for n, word in enumerate(text.split())
    ]
    return Transcript(words=tuple(words), duration=Fraction(len(words), 2) + 1)


def test_left_alone_it_asks_for_nothing() -> None:
    said = transcript(TEXT * 20, "AB")
    text = transcript_to_text(said, "a.mp4")
    assert "[0:20] B:" in text
    edits = read_edits(text, said)
    assert edits.words == [(n, word.text) for n, word in enumerate(said.words)]
    assert (edits.deleted, edits.moved, edits.corrected, edits.unsaid) == (0, 0, 0, [])


def test_delete() -> None:
    edits = read_edits(transcript_to_text(transcript(), "a").replace(" Um", ""), transcript())
    assert [place for place, _ in edits.words] == [0, 1, 2, *range(4, 20)]
    assert edits.deleted == 1


def test_correct() -> None:
    said = transcript()
    edits = read_edits(
        transcript_to_text(said, "a").replace("harbour", "Harbor,").replace("three lamps", "4 lights"), said
    )
    assert edits.words[10] == (10, "Harbor,")
    assert edits.words[13:15] == [(13, "4"), (14, "lights.")]
    assert edits.corrected == 3
    assert edits.deleted == 0
    more = read_edits(transcript_to_text(said, "a").replace("old harbour", "very old port of Lindmark"), said)
    assert [place for place, _ in more.words] == list(range(20))
    assert " ".join(written for _, written in more.words[9:11]) == "old port of Lindmark"
    assert more.unsaid == ["very"]
    fewer = read_edits(transcript_to_text(said, "a").replace("any more", "now"), said)
    assert [place for place, _ in fewer.words] == list(range(20))
    assert [written for _, written in fewer.words[18:]] == ["", "now."]


def test_move() -> None:
    said = transcript()
    text = "Nobody lights them any more. So, hello everyone. Um today we look at the old harbour and its three lamps."
    edits = read_edits(text, said)
    assert [place for place, _ in edits.words] == [*range(15, 20), *range(15)]
    assert edits.moved == 5
    assert not edits.deleted


def test_what_nobody_said_is_left_out_and_named() -> None:
    said = transcript()
    edits = read_edits(transcript_to_text(said, "a").replace("hello everyone.", "hello everyone. Buy our lamps!"), said)
    assert [place for place, _ in edits.words] == list(range(20))
    assert edits.unsaid == ["Buy our lamps!"]


def test_marks_of_ours_in_the_words_stay_words() -> None:
    said = transcript("#one [two] \\three four: five")
    assert read_edits(transcript_to_text(said, "a"), said).words == [(n, w.text) for n, w in enumerate(said.words)]


def test_of_equal_words_those_stay_that_stand_together() -> None:
    said = transcript("we saw the lamp and then the ship and the sea")
    edits = read_edits("we saw the ship and the sea", said)
    assert [place for place, _ in edits.words] == [0, 1, 6, 7, 8, 9, 10]
    assert edits.deleted == 4


def test_nothing_left() -> None:
    with pytest.raises(InputError, match="No word"):
        read_edits("# gone\n", transcript())
    with pytest.raises(InputError, match="too long"):
        read_edits("a " * 3_000_000, transcript())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_random_deletions_are_found_exactly(seed: int, count: int) -> None:
    draw = Random(seed)
    said = transcript(" ".join(draw.choice("red green blue the of lamp sea ship is was".split()) for _ in range(count)))
    kept = [n for n in range(count) if draw.random() < 0.7] or [0]
    edits = read_edits(" ".join(said.words[n].text for n in kept), said)
    # Equal words cannot be told apart; what is kept must read the same, each from its own place.
    assert [said.words[place].text for place, _ in edits.words] == [said.words[n].text for n in kept]
    assert len({place for place, _ in edits.words}) == len(kept)
