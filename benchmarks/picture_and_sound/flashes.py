"""A film of flashes and clicks that should coincide, laid, rendered and read back the way any film is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from rushlight.artifacts import Audio, Panel, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.core.run import Run, running
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.render_film import render_film
from rushlight.media.decode import VideoReader
from rushlight.media.encode import write_wav
from rushlight.media.sound import read_sound

__all__ = ["Error", "measure_flashes"]

SAMPLE_RATE = 48_000
WIDTH_PX, HEIGHT_PX = 128, 72
FLASH_SECONDS = Fraction(1, 4)


@dataclass(frozen=True)
class Error:
    """One flash: when it was wanted, and its first bright frame less the click's onset, in frames."""

    seconds: Fraction
    frames: float


def measure_flashes(folder: Path, rate: Fraction, times: list[Fraction], duration: Fraction) -> list[Error]:
    """Render a film with a flash and a click at each of these times and read both back from the MP4.

    Raises:
        AssertionError: a flash or a click is missing.
    """
    colours = {}
    for name, level in (("black", 0), ("white", 255)):
        path = folder / f"{name}.png"
        Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (level, level, level)).save(path)
        colours[name] = FileRef.of(path, "image/png")
    edges = [Fraction(0), *(edge for at in times for edge in (at, at + FLASH_SECONDS)), duration]
    panels = tuple(
        Panel(
            beat_id=f"b{number}", start=start, end=end, form="still", file=colours["white" if number % 2 else "black"]
        )
        for number, (start, end) in enumerate(zip(edges, edges[1:], strict=False))
    )
    sound = np.zeros((round(duration * SAMPLE_RATE), 2), np.float32)
    for at in times:
        sound[round(at * SAMPLE_RATE)] = 0.8
    path = folder / "clicks.wav"
    write_wav(path, sound, SAMPLE_RATE)
    mix = Audio(file=FileRef.of(path, "audio/wav"), sample_rate=SAMPLE_RATE, channels=2, duration=duration)
    with running(Run(scratch=folder)):
        cut = lay_timeline(
            Storyboard(panels=panels, duration=duration), mix, None, width_px=WIDTH_PX, height_px=HEIGHT_PX, rate=rate,
            transition_seconds=Fraction(0),
        )  # fmt: skip
        film = render_film(cut)
    return _read_back(film.file.path, rate, times)


def _read_back(film: Path, rate: Fraction, times: list[Fraction]) -> list[Error]:
    heard = np.abs(read_sound(film)[:, 0])
    found = []
    with VideoReader(film, width_px=WIDTH_PX, height_px=HEIGHT_PX, rate=rate) as video:
        for at in times:
            first = max(int(at * rate) - 5, 0)
            levels = [frame[:HEIGHT_PX].mean() for frame in video.frames(first / rate, 11)]
            bright = next(index for index, level in enumerate(levels) if level > 120)
            assert bright > 0, f"the flash at {float(at)} s is more than 5 frames early"
            low = max(round((at - Fraction(1, 10)) * SAMPLE_RATE), 0)
            part = heard[low : low + SAMPLE_RATE // 5]
            assert part.max() > 0.1, f"no click at {float(at)} s"
            click = Fraction(low + int(part.argmax()), SAMPLE_RATE)
            found.append(Error(at, float(((first + bright) / rate - click) * rate)))
    return found
