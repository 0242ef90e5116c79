"""Whether a spliced picture decodes without a fault wherever a copied piece meets one that was encoded again."""

from __future__ import annotations

import json
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushlight.media.sandbox import GuardedProcess
from rushlight.media.splice import Picture

__all__ = ["faulty_seam"]

_FRAMES_BEFORE, _FRAMES_AFTER = 4, 12


def faulty_seam(path: Path, picture: Picture, *, workers: int = 1) -> str:
    """Empty when every frame around every join is decoded once and in order; else what is wrong, in words.

    Args:
        path: the file that the picture was written to.
        picture: what was written.
        workers: processes that decode at once.
    """
    scale, times = picture.track.timescale, picture.times
    last = len(times) - 1
    windows = []
    for join in picture.joins:
        first, end = max(join - _FRAMES_BEFORE, 0), min(join + _FRAMES_AFTER, last)
        windows.append((first, end))
    asked = [(str(Fraction(int(times[a]), scale)), str(Fraction(int(times[b]), scale))) for a, b in windows]
    for (first, end), answer in zip(windows, _decoded(path, asked, max(workers, 1)), strict=True):
        wanted = [str(Fraction(int(time), scale)) for time in times[first:end]]
        if answer["errors"] or answer["shown"] != wanted:
            return f"frames around {float(Fraction(int(times[first]), scale)):.3f} s do not decode one after the other"
    return ""


def _decoded(path: Path, windows: list[tuple[str, str]], workers: int) -> list[dict[str, Any]]:
    """What is decoded in each window; neighbouring ones go to different processes."""
    answers: list[dict[str, Any]] = [{}] * len(windows)
    with ExitStack() as stack:
        busy = [
            (shift, stack.enter_context(GuardedProcess("seams", path, task={"windows": windows[shift::workers]})))
            for shift in range(min(workers, len(windows)))
        ]
        for shift, process in busy:
            for number in range(shift, len(windows), workers):
                answers[number] = json.loads(process.receive()[1])
    return answers
