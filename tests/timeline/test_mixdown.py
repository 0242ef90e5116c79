from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.media.encode import write_wav
from rushlight.media.sound import read_sound, true_peak_dbtp
from rushlight.timeline.cutfile import MediaFinder
from rushlight.timeline.mixdown import CEILING_DBTP, mix_down

from .media import RATE, gap, media_item, still, timeline_of, tone

SECOND = 48_000


def mixed(*items: otio.core.Composable, tracks: int = 1) -> np.ndarray:
    timeline = timeline_of(sounds=items)
    for _ in range(tracks - 1):
        timeline.tracks.append(timeline.tracks[0].deepcopy())
    found = mix_down(timeline, RATE, MediaFinder(Path("/")))
    assert found is not None
    return found


def test_sound_is_placed_on_the_very_sample(tmp_path: Path) -> None:
    sound = mixed(gap(7), media_item(tone(tmp_path / "t.wav"), 12), gap(5))
    first = 7 * SECOND // 12
    assert sound.shape == (2 * SECOND, 2)
    assert not sound[:first].any()
    np.testing.assert_array_equal(sound[first : first + SECOND], np.float32(0.25))
    assert not sound[first + SECOND :].any()


def test_only_the_part_asked_for_is_heard(tmp_path: Path) -> None:
    ramp = tone(tmp_path / "t.wav", 2.0)
    item = media_item(ramp, 12)
    item.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(6, 12), otio.opentime.RationalTime(3, 12))
    assert mixed(item).shape == (SECOND // 4, 2)


def test_many_clips_of_one_file_sound_as_each_alone(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    draw = np.random.default_rng(3)
    write_wav(path, draw.uniform(-0.2, 0.2, (70 * 44_100, 2)).astype(np.float32), 44_100)
    file, items, wanted = FileRef.of(path), [], []
    for number in range(12):
        item = media_item(file, 12)
        start = 59 * 12 + number if number < 6 else (number - 5) * 100 + 1
        item.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(start, 12), item.source_range.duration)
        items.append(item)
        wanted.append(read_sound(path, start=Fraction(start, 12), duration=Fraction(1)))
    np.testing.assert_array_equal(mixed(*items), np.concatenate(wanted))


def level_at(sound: np.ndarray, seconds: float) -> float:
    return float(sound[round(seconds * SECOND), 0])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"gain_db": -20.0}, {0.0: 0.025, 0.9: 0.025}),
        ({"gain_db": [[0, 0], [1, -20]]}, {0.0: 0.25, 0.5: 0.25 / 10**0.5, 0.999: 0.025}),
        ({"fade_in_seconds": 0.5}, {0.0: 0.0, 0.25: 0.125, 0.5: 0.25, 0.9: 0.25}),
        ({"fade_out_seconds": 0.5}, {0.1: 0.25, 0.5: 0.25, 0.75: 0.125, 0.9999: 0.0}),
    ],
)
def test_gains_and_fades(tmp_path: Path, settings: dict[str, Any], expected: dict[float, float]) -> None:
    sound = mixed(media_item(tone(tmp_path / "t.wav"), 12, **settings))
    for seconds, level in expected.items():
        assert level_at(sound, seconds) == pytest.approx(level, rel=0.01, abs=1e-4)


def test_tracks_add_up_and_stay_under_the_ceiling(tmp_path: Path) -> None:
    item = media_item(tone(tmp_path / "t.wav", level=0.4), 12)
    quiet = mixed(item.deepcopy(), tracks=2)
    assert level_at(quiet, 0.5) == pytest.approx(0.8, abs=1e-4)
    loud = mixed(item, tracks=4)
    assert true_peak_dbtp(loud, SECOND) <= CEILING_DBTP + 0.1


def test_disabled_clips_are_silent_and_no_sound_is_none(tmp_path: Path) -> None:
    item = media_item(tone(tmp_path / "t.wav"), 12)
    item.enabled = False
    assert mix_down(timeline_of(sounds=(item,)), RATE, MediaFinder(tmp_path)) is None
    timeline = timeline_of(sounds=(media_item(tone(tmp_path / "t.wav"), 12),))
    for track in timeline.audio_tracks():
        track.enabled = False
    assert mix_down(timeline, RATE, MediaFinder(tmp_path)) is None
    assert mix_down(timeline_of(media_item(still(tmp_path / "a.png"), 12)), RATE, MediaFinder(tmp_path)) is None


def test_a_graphic_on_a_sound_track_is_refused(tmp_path: Path) -> None:
    def nothing(clip: otio.schema.Clip) -> FileRef | None:
        return None

    with pytest.raises(InputError, match="graphic"):
        mix_down(timeline_of(sounds=(media_item(tone(tmp_path / "t.wav"), 12),)), RATE, nothing)
