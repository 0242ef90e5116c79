"""Synced recordings on one timeline, with their drift taken out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.edit.lay_synced import lay_synced
from rushlight.edit.sync_recordings import sync_recordings
from rushlight.media.delay import RATE, find_delay, stretch
from rushlight.media.sound import read_sound
from rushlight.timeline.cutfile import read_timeline, seconds_of
from tests.edit.test_sync_recordings import event, recording


def test_synced_recordings_lie_on_one_clock(tmp_path: Path) -> None:
    whole = event(60, 5)
    camera = recording(tmp_path, "camera", whole[: 40 * RATE])
    recorder = recording(tmp_path, "recorder", stretch(whole, 1 / (1 + 145e-6), 5 * RATE, 40 * RATE))
    with running(Run(scratch=tmp_path / "scratch")) as run:
        sync = sync_recordings((camera, recorder))
        cut = lay_synced(sync, (camera, recorder), sound_from=2)
    assert run.figures["resampled"] == 1
    tracks = read_timeline(cut.file.path).tracks
    assert [track.enabled for track in tracks] == [False, True]
    assert abs(seconds_of(tracks[1][0].duration()) - 5) < Fraction(1, 2000)
    moved = next(file for file in cut.media if file.path.name == "recorder-synced.wav")
    sound = read_sound(moved.path, sample_rate=RATE, channels=1)[:, 0]
    again = find_delay(whole[5 * RATE :], sound)
    assert abs(again.drift_ppm) < 3
    assert abs(again.offset_seconds) < 0.0005


def test_recordings_of_the_sync_must_be_given(tmp_path: Path) -> None:
    one, two = recording(tmp_path, "one", event(20, 1)), recording(tmp_path, "two", event(20, 2))
    with running(Run(scratch=tmp_path / "scratch")):
        sync = sync_recordings((one,))
        with pytest.raises(InputError, match="not given"):
            lay_synced(sync, (two,))
        with pytest.raises(InputError, match="nothing to sync"):
            sync_recordings(())
