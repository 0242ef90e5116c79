"""Cutting out what was found, at points that nobody hears."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest

from rushlight.artifacts import EditSpan, Finding, Findings, Media, TranscriptWord
from rushlight.artifacts.findings import FindingKind
from rushlight.core.errors import InputError
from rushlight.edit.joins import STEP, levels_db, quiet_point, quietest_stretch, snap_to_frames
from rushlight.edit.plan_cut import cut_out, plan_cut
from tests.edit.recordings import RATE, recording, transcript


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return recording(tmp_path_factory.mktemp("plan"))


def found(media: Media, *places: tuple[FindingKind, str, str], keep: bool = False) -> Findings:
    return Findings(
        findings=tuple(
            Finding(kind=kind, start=Fraction(start), end=Fraction(end), confidence=0.9, keep=keep)
            for kind, start, end in places
        ),
        duration=media.duration,
    )


def test_what_was_found_is_cut_out_between_words(media: Media) -> None:
    said = transcript(media)
    edits = plan_cut(media, found(media, ("filler", "1.05", "1.45"), ("silence", "3.4", "3.6")), said)
    assert len(edits.spans) >= 2
    words = [word.text for span in edits.spans for word in span.words]
    assert words == "one two four five six seven eight nine ten eleven twelve".split()
    for span in edits.spans:
        assert (span.duration * RATE).denominator == 1
        for word in said.words:
            for edge in (span.start, span.end):
                assert not word.start < edge < word.end, (span, word)
    assert edits.duration < media.duration - Fraction(3, 10)
    assert edits.sources == (media.file.sha256,)


def test_what_a_person_keeps_stays(media: Media) -> None:
    edits = plan_cut(media, found(media, ("filler", "1.05", "1.45"), keep=True), transcript(media))
    assert edits.duration == media.duration
    assert plan_cut(media, found(media, ("filler", "1.05", "1.45")), removed=("silence",)).duration == media.duration


def test_margins_are_kept_of_silences_only_towards_speech(media: Media) -> None:
    edits = plan_cut(
        media, found(media, ("silence", "0", "1.08"), ("silence", "3.42", "4.08")), margin_seconds=Fraction(1, 5)
    )
    assert abs(edits.spans[0].start - (Fraction("1.08") - Fraction(1, 5))) <= Fraction(16, 100)
    gap = edits.spans[1].start - edits.spans[0].end
    assert abs(gap - (Fraction("0.66") - Fraction(2, 5))) <= Fraction(32, 100)


def test_nothing_left_and_nothing_heard(media: Media, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing of this recording"):
        plan_cut(media, found(media, ("filler", "0", str(float(media.duration)))))
    with pytest.raises(InputError, match="no sound"):
        plan_cut(media.model_copy(update={"sound": None}), found(media, ("filler", "0", "1")))


def test_random_holes_leave_whole_words_whole_frames_and_the_right_order() -> None:
    draw = Random(5)
    words = [
        TranscriptWord(text=str(n), start=Fraction(n, 2) + Fraction(1, 10), end=Fraction(n, 2) + Fraction(4, 10))
        for n in range(120)
    ]
    duration = Fraction(60)
    levels = np.full(60 * 200 + 1, -60.0)
    for word in words:
        levels[int(word.start / STEP) : int(word.end / STEP) + 1] = -12
    for _ in range(60):
        holes = []
        for _ in range(draw.randint(1, 30)):
            start = Fraction(draw.randint(0, 59_000), 1000)
            holes.append((start, start + Fraction(draw.randint(20, 2500), 1000), "x"))
        rate = draw.choice([Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001), Fraction(60)])
        whole = EditSpan(start=Fraction(0), end=duration, words=tuple(words))
        spans = cut_out(whole, duration, holes, levels, rate, words)
        for span in spans:
            assert (span.duration * rate).denominator == 1 or span.end == duration
            assert 0 <= span.start < span.end <= duration
            for word in words:
                assert not any(word.start < edge < word.end for edge in (span.start, span.end))
        for before, after in zip(spans, spans[1:], strict=False):
            assert before.end <= after.start + 1 / rate
        kept = [word.text for span in spans for word in span.words]
        assert kept == sorted(set(kept), key=int)


def test_quiet_points() -> None:
    levels = np.full(400, -20.0)
    levels[100:110] = -70
    at = Fraction(45, 100)
    assert 100 * STEP <= quiet_point(levels, at, Fraction(0), Fraction(2)) < 110 * STEP
    assert quiet_point(levels, at, Fraction(0), Fraction(2), reach=Fraction(1, 100)) != at + 1
    # A word that ends after the quiet place keeps the cut away from it.
    assert quiet_point(levels, at, Fraction(60, 100), Fraction(2)) >= Fraction(60, 100)
    assert quiet_point(levels, at, Fraction(9, 10), Fraction(8, 10)) == Fraction(85, 100)


def test_frames() -> None:
    levels = np.full(1000, -50.0)
    end = snap_to_frames(Fraction(1, 7), Fraction(2), Fraction(25), levels, Fraction(1), Fraction(3))
    assert ((end - Fraction(1, 7)) * 25).denominator == 1
    assert abs(end - 2) <= Fraction(1, 25)
    assert snap_to_frames(
        Fraction(1), Fraction(101, 100), Fraction(25), levels, Fraction(0), Fraction(9)
    ) == 1 + Fraction(1, 25)


def test_levels_and_rooms() -> None:
    samples = np.zeros((16_000, 1), dtype=np.float32)
    samples[8000:] = 0.1
    levels = levels_db(samples, 16_000)
    assert len(levels) == 201
    assert levels[50] < -110
    assert levels[150] == pytest.approx(-20, abs=0.01)
    assert quietest_stretch(levels) is None or quietest_stretch(levels)[0] >= Fraction(1, 2) - STEP
    hiss = np.random.default_rng(0).standard_normal((32_000, 1)).astype(np.float32) * 0.001
    hiss[4000:20_000] += 0.2
    start, _ = quietest_stretch(levels_db(hiss, 16_000))
    assert start >= Fraction(20_000, 16_000) - STEP
    assert quietest_stretch(levels_db(hiss, 16_000), avoid=[(Fraction(0), Fraction(2))]) is None
