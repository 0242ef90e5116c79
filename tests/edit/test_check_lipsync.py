"""Films of flashes and clicks, and of a mouth that moves with bursts of sound, shifted by known offsets."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.media import Media
from rushlight.core.run import Run, running
from rushlight.edit.check_lipsync import check_lipsync
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe

RATE = Fraction(25)
SIZE = (128, 72)


def film(folder: Path, levels: np.ndarray, sound: np.ndarray, name: str = "film") -> Media:
    """A film whose frame n has a grey of `levels[n]` in its middle, with this sound at 48 kHz."""
    picture, wav, out = folder / "p.mp4", folder / "s.wav", folder / f"{name}.mp4"
    with VideoWriter(picture, width_px=SIZE[0], height_px=SIZE[1], rate=RATE, crf=8) as writer:
        for level in levels:
            rgb = np.full((SIZE[1], SIZE[0], 3), 30, np.uint8)
            rgb[10:60, 20:100] = level
            writer.write(rgb_to_i420(rgb))
    write_wav(wav, np.repeat(sound.astype(np.float32)[:, None], 2, axis=1), 48_000)
    mux(picture, sound=wav, out=out)
    return probe(out)


def flashes(folder: Path, late: float, count: int = 6) -> Media:
    levels, sound = np.full(25 * 12, 20), np.zeros(48_000 * 12)
    draw = np.random.default_rng(3)
    for number in range(count):
        frame = 30 + 40 * number + int(draw.integers(12))
        levels[frame : frame + 3] = 250
        at = round((frame / 25 + late) * 48_000)
        sound[at : at + 480] = 0.7 * draw.standard_normal(480).clip(-1, 1)
    return film(folder, levels, sound)


@pytest.mark.parametrize("late", [0.0, 0.12, -0.2, 0.6])
def test_flashes_and_clicks_are_found_to_the_hundredth(tmp_path: Path, late: float) -> None:
    with running(Run(scratch=tmp_path / "scratch")):
        found = check_lipsync(flashes(tmp_path, late))
    assert found.method == "events"
    assert found.offset is not None
    assert abs(float(found.offset) - late) <= 0.01
    assert found.confidence > 0.9


@pytest.mark.parametrize("late", [0.08, -0.24])
def test_movement_is_matched_with_sound(tmp_path: Path, late: float) -> None:
    draw = np.random.default_rng(5)
    levels, sound = np.full(25 * 20, 60.0), 0.002 * draw.standard_normal(48_000 * 20)
    at = 0.5
    while at < 18.5:
        length = float(draw.uniform(0.12, 0.3))
        first, last = round(at * 25), round((at + length) * 25)
        levels[first:last] = draw.uniform(75, 95)
        begin = round((at + late) * 48_000)
        burst = round(length * 48_000)
        tone = np.sin(2 * np.pi * draw.uniform(200, 800) * np.arange(burst) / 48_000)
        sound[begin : begin + burst] += 0.2 * tone * np.hanning(burst) ** 0.3
        at += length + float(draw.uniform(0.15, 0.7))
    with running(Run(scratch=tmp_path / "scratch")):
        found = check_lipsync(film(tmp_path, levels.astype(np.uint8), sound))
    assert found.method == "motion"
    assert found.offset is not None, found.reason
    assert abs(float(found.offset) - late) <= 0.04


def test_abstains_when_sound_and_picture_have_nothing_in_common(tmp_path: Path) -> None:
    draw = np.random.default_rng(6)
    media = film(tmp_path, draw.integers(50, 90, 250).astype(np.uint8), 0.1 * draw.standard_normal(480_000))
    run = Run(scratch=tmp_path / "scratch")
    with running(run):
        assert check_lipsync(media).offset is None
    assert run.weak


def test_a_still_is_not_judged(tmp_path: Path) -> None:
    from tests.timeline.media import still

    with running(Run(scratch=tmp_path)):
        assert check_lipsync(probe(still(tmp_path / "s.png").path)).offset is None
