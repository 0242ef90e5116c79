"""A flash and a click stay together through laying, rendering and reading back; the benchmark does every rate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from benchmarks.picture_and_sound.flashes import measure_flashes


def test_flash_and_click_stay_together(tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    times = [Fraction(1, 2), 40 / rate, Fraction(2317, 1000), Fraction(7, 2)]
    errors = measure_flashes(tmp_path, rate, times, Fraction(4))
    assert max(abs(error.frames) for error in errors) <= 0.51
    assert abs(errors[1].frames) < 0.01
