"""Burned captions: looks, speaker colours, words filled in the direction they are read, and letters no font has."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Captions, Cue, Word
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.media.colour import i420_to_rgb
from rushlight.timeline.build import FilmFormat, caption_track
from rushlight.timeline.graphics import Stage
from rushlight.timeline.graphics.caption_looks import reads_from, undrawn_signs
from rushlight.timeline.graphics.overlays import draw_overlay
from rushlight.timeline.graphics.scene import blank
from rushlight.timeline.style import load_style

SIZE = (640, 360)
LINE = "The keeper winds the clock."


def drawn(seconds: float = 0.0, size: tuple[int, int] = SIZE, **graphic: object) -> np.ndarray:
    canvas = blank(*size)
    canvas[: size[1]] = 120
    whole = {"kind": "styled_caption", "lines": [LINE], **graphic}
    draw_overlay(whole, Stage(*size, load_style("house"), 3.0, 0)).draw_over(canvas, seconds)
    return i420_to_rgb(canvas).astype(int)


def bright(picture: np.ndarray) -> np.ndarray:
    """Where letters are filled in yellow."""
    return (picture[..., 0] - picture[..., 2] > 60) & (picture[..., 0] > 150)


@pytest.mark.parametrize("look", ["boxed", "outline", "plain"])
@pytest.mark.parametrize("size", [SIZE, (360, 640), (1080, 1080)])
def test_every_look_stays_in_its_place(look: str, size: tuple[int, int]) -> None:
    picture = drawn(look=look, size=size, lines=[LINE, "Every Monday, whatever the weather."])
    changed = np.abs(picture - picture[0, 0]).max(axis=2) > 12
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert rows[0] > size[1] * 0.55
    assert size[0] * 0.04 < columns[0]
    assert columns[-1] < size[0] * 0.96
    assert abs((columns[0] + columns[-1]) / 2 - size[0] / 2) < size[0] * 0.02


def test_letters_are_filled_up_to_the_word_that_is_heard() -> None:
    fills = [[0, 0, 3, 0.0, 0.5], [0, 4, 10, 0.5, 1.0], [0, 11, 16, 1.0, 1.5]]
    reached = []
    for seconds in (0.05, 0.5, 1.0, 1.5):
        columns = np.flatnonzero(bright(drawn(seconds, look="outline", ink="#ffd166", fills=fills)).any(axis=0))
        reached.append(int(columns[-1]) if len(columns) else 0)
    assert reached == sorted(set(reached))
    assert reached[-1] < 420  # "the clock." is not yet heard


def test_lines_from_right_to_left_are_filled_from_the_right() -> None:
    assert reads_from("ضوء of the") == "right"
    assert reads_from("«אור»") == "right"
    assert reads_from("12 lights") == "left"
    assert reads_from("…") == "left"


def test_letters_that_no_font_has_are_told() -> None:
    assert (
        undrawn_signs(["Plain — words²", "\U000f0001a\U000f0000"], "Source Sans Pro Semibold") == "\U000f0000\U000f0001"
    )


def cue(text: str, start: int, speaker: str = "") -> Cue:
    begin = Fraction(start)
    words, at = [], begin
    for word in text.split():
        words.append(Word(text=word, start=at, end=at + Fraction(1, 4)))
        at += Fraction(1, 4)
    return Cue(start=begin, end=begin + 2, lines=(text,), speaker=speaker, words=tuple(words))


def test_captions_without_a_font_are_left_out_and_told(tmp_path: Path) -> None:
    captions = Captions(cues=(cue("Hello there", 0), cue("\U000f0000\U000f0001", 3)))
    run = Run(scratch=tmp_path)
    with running(run):
        track = caption_track(captions, FilmFormat(*SIZE, Fraction(25)), 200)
    assert len(track.find_clips()) == 1
    assert any("no font" in said for said in run.weak)


def test_a_karaoke_track_carries_words_and_colours(tmp_path: Path) -> None:
    captions = Captions(cues=(cue("Hello there", 0, "Anna"), cue("Good day", 3, "Ben")))
    with running(Run(scratch=tmp_path)):
        track = caption_track(
            captions, FilmFormat(*SIZE, Fraction(25)), 200, {"Anna": "#ffd166"}, look="outline", karaoke=True
        )
    graphics = [clip.media_reference.parameters["graphic"] for clip in track.find_clips()]
    assert graphics[0]["ink"] == "#ffd166"
    assert [list(fill) for fill in graphics[0]["fills"]] == [[0, 0, 5, 0.0, 0.25], [0, 6, 11, 0.25, 0.5]]


def test_an_unknown_look_is_refused() -> None:
    with pytest.raises(InputError, match="no look"):
        drawn(look="neon")
