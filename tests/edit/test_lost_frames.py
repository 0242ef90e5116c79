from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

from rushlight.edit.faults.flashing import flashing_spans
from rushlight.edit.faults.lost_frames import LostFrames, gaps_in_time, jumps_together
from tests.edit.test_check_quality import moving
from tests.edit.test_detect_shots import scene


def jumps(frames: list[np.ndarray]) -> list[int]:
    found = LostFrames()
    for frame in frames:
        found.look(np.asarray(cv2.cvtColor(np.asarray(frame, np.uint8), cv2.COLOR_RGB2GRAY), np.uint8))
    return found.jumps


def test_a_jump_is_told_at_its_frame() -> None:
    frames = moving(3, 80)
    assert jumps(frames) == []
    del frames[40:47]
    assert jumps(frames) == [40]


def test_a_cut_is_no_loss() -> None:
    assert jumps([*moving(3, 40), *moving(8, 40)]) == []


def test_a_flash_and_a_caption_are_no_loss() -> None:
    frames = moving(5, 60)
    flashed = [*frames[:30], np.clip(frames[30].astype(int) + 90, 0, 255).astype(np.uint8), *frames[31:]]
    assert jumps(flashed) == []
    still = scene(6, 1)[0]
    high, wide = still.shape[:2]
    titled = still.copy()
    titled[high * 3 // 4 : high * 7 // 8, wide // 8 : -wide // 8] = 250
    assert jumps([still] * 30 + [titled] * 30) == []


def test_even_jumps_are_a_change_of_rate() -> None:
    even, uneven = jumps_together([10, 20, 30, 40, 50], 25), jumps_together([11, 24, 31, 44, 57], 25)
    assert [one.severity for one in even] == ["note"]
    assert "change of frame rate" in even[0].reason
    assert [one.severity for one in uneven] == ["warning"]
    assert len(jumps_together([10, 200], 25)) == 2


def test_holes_in_the_stamps_are_found_unless_the_rate_varies() -> None:
    steady = [Fraction(n, 25) for n in range(60)]
    (found,) = gaps_in_time(steady[:30] + steady[33:])
    assert "3 frames are missing" in found.reason
    assert (found.first, found.end) == (29, 31)
    rng = np.random.default_rng(1)
    varied = np.cumsum(rng.uniform(0.02, 0.2, 60))
    assert gaps_in_time([Fraction(float(time)).limit_denominator(1000) for time in varied]) == []
    assert gaps_in_time(steady[:1] + steady[3:]) == []  # how a camera starts


def test_what_moves_is_no_flash_and_what_flashes_is() -> None:
    seconds = np.arange(50) / 25
    light = np.full((50, 6, 8), 0.1)
    red = np.zeros_like(light)
    swinging = light.copy()
    swinging[::4, :, :4] = swinging[1::4, :, :4] = 0.6
    swinging[2::4, :, 4:] = swinging[3::4, :, 4:] = 0.6
    assert flashing_spans(swinging, red, seconds) == []
    flashing = light.copy()
    flashing[::4] = flashing[1::4] = 0.6
    ((first, end, severity, reason),) = flashing_spans(flashing, red, seconds)
    assert severity == "error"
    assert "flashes within a second" in reason
    assert end - first > 40
