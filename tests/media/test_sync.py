"""Picture against sound, through everything: written, joined, muxed, read back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.media.colour import blank_i420, i420_planes
from rushlight.media.decode import VideoReader
from rushlight.media.encode import VideoWriter, join_segments, mux, write_wav
from rushlight.media.sound import read_sound

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60000, 1001)]
FLASHES = (0, 17, 40, 71, 95)
FRAMES = 100


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("pieces", [1, 3])
def test_flash_and_click_coincide(tmp_path: Path, rate: Fraction, pieces: int) -> None:
    black, white = blank_i420(96, 64), blank_i420(96, 64, (255, 255, 255))
    edges = [FRAMES * index // pieces for index in range(pieces + 1)]
    segments = []
    for first, end in zip(edges, edges[1:], strict=False):
        segments.append(tmp_path / f"{first}.mp4")
        with VideoWriter(segments[-1], width_px=96, height_px=64, rate=rate) as writer:
            for number in range(first, end):
                writer.write(white if number in FLASHES else black)
    film = tmp_path / "joined.mp4"
    join_segments(segments, film, rate=rate)
    sound = np.zeros((round(FRAMES / rate * 48_000), 2), np.float32)
    for number in FLASHES:
        sound[round(number / rate * 48_000)] = 0.9
    write_wav(tmp_path / "s.wav", sound, 48_000)
    mux(film, tmp_path / "s.wav", tmp_path / "out.mp4")

    with VideoReader(tmp_path / "out.mp4", width_px=96, height_px=64, rate=rate) as video:
        levels = [i420_planes(frame)[0].mean() for frame in video.frames(Fraction(0), FRAMES)]
    seen = [number for number, level in enumerate(levels) if level > 120]
    assert seen == list(FLASHES)
    heard = np.abs(read_sound(tmp_path / "out.mp4")[:, 0])
    assert len(heard) == len(sound)
    half = int(5 / rate * 48_000)
    for number in seen:
        at = round(number / rate * 48_000)
        low = max(0, at - half)
        click = low + int(heard[low : at + half].argmax())
        # One frame is the limit; encoder delay left in would already be 1024 samples off.
        assert abs(click - at) <= 2
