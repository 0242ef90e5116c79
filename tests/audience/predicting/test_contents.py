from __future__ import annotations

import math
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rushlight.audience.predicting.contents import SAID, describe, look_at
from rushlight.audience.predicting.creatives import Creative
from rushlight.core.errors import InputError
from rushlight.media.encode import VideoWriter
from rushlight.media.probe import probe

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[4] / "shared" / "fixtures"))


def picture(path: Path, colour: tuple[int, int, int], *, marked: bool = False) -> Path:
    pixels = np.full((90, 160, 3), colour, np.uint8)
    if marked:
        pixels[30:60, 100:140] = (250, 30, 30)
    Image.fromarray(pixels).save(path)
    return path


def test_light_and_colour_are_measured(tmp_path: Path) -> None:
    dark, bright = (look_at(probe(picture(tmp_path / f"{value}.png", (value, value, value)))) for value in (40, 220))
    warm = look_at(probe(picture(tmp_path / "warm.png", (220, 120, 40), marked=True)))
    assert dark["brightness"] == pytest.approx(40 / 255, abs=0.01)
    assert bright["brightness"] == pytest.approx(220 / 255, abs=0.01)
    assert dark["colourfulness"] < 0.01 < 0.2 < warm["colourfulness"]
    assert warm["warmth"] > 0.5 > abs(dark["warmth"])
    assert dark["contrast"] < 0.01 < warm["contrast"]
    assert all(math.isfinite(value) for look in (dark, bright, warm) for value in look.values())
    assert set(warm) <= set(SAID)


def test_a_face_is_seen() -> None:
    path = FIXTURES / "images" / "astronaut.png"
    if not path.is_file():
        pytest.skip("no real pictures here: set RUSHLIGHT_FIXTURES to a folder of them")
    with_face, without = look_at(probe(path)), look_at(probe(FIXTURES / "images" / "coffee.png"))
    assert with_face["faces"] == pytest.approx(math.log(2))
    assert with_face["face size"] > 0.1
    assert (without["faces"], without["face size"]) == (0.0, 0.0)


def test_a_film_has_a_length_motion_and_cuts(tmp_path: Path) -> None:
    path = tmp_path / "trailer.mp4"
    with VideoWriter(path, width_px=64, height_px=48, rate=Fraction(12)) as writer:
        for number in range(48):
            frame = np.full((72, 64), 40 if number // 12 % 2 else 210, np.uint8)
            frame[48:] = 128
            writer.write(frame)
    look = look_at(probe(path))
    assert look["seconds"] == pytest.approx(math.log1p(4), abs=0.02)
    assert look["cuts"] == pytest.approx(math.log1p(45), abs=0.05)
    assert look["motion"] < 0.01
    assert 0.3 < look["brightness"] < 0.7
    assert set(look) <= set(SAID)


def test_words_and_style_are_read() -> None:
    rows = [
        Creative("t", "a", text="How did YOU find 3 ghosts?"), Creative("t", "b", text="The keeper: a winter's tale"),
        *(Creative(f"t{n}", "a", text="storm over the harbour") for n in range(5)),
        *(Creative(f"t{n}", "b", text="calm over the harbour") for n in range(5)),
    ]  # fmt: skip
    found, vocabulary = describe(rows, {})
    first, second = (dict(zip(found.names, row, strict=True)) for row in found.values[:2])
    assert vocabulary == ("calm", "storm")
    assert (first["question"], first["number"], first["address"], first["asking word"]) == (1, 1, 1, 1)
    assert (second["question"], second["number"], second["two parts"]) == (0, 0, 1)
    assert first["capitals"] > second["capitals"]
    assert dict(zip(found.names, found.groups, strict=True))["word storm"] == "words"


def test_a_picture_that_was_not_given_is_named(tmp_path: Path) -> None:
    given = {"there.png": probe(picture(tmp_path / "there.png", (9, 9, 9)))}
    rows = [Creative("t", "a", picture="there.png"), Creative("t", "b", picture="away.png")]
    with pytest.raises(InputError, match=r"'away.png' was not given"):
        describe(rows, given)
    found, _ = describe(rows[:1], given)
    assert set(found.groups) == {"picture"}
