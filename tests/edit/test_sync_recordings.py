"""Recordings of one event by devices of different clocks, levels and noise; and of different events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.media import Media
from rushlight.core.run import Run, running
from rushlight.edit.sync_recordings import sync_recordings
from rushlight.media.delay import RATE, find_delay, stretch
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe


def event(seconds: float, seed: int) -> np.ndarray:
    """Syllables of noise and tone, like speech none is like another; float32, (n,) at `RATE`."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE))
    at = 0
    while at < len(sound) - RATE:
        length = int(draw.uniform(0.1, 0.4) * RATE)
        tone = np.sin(2 * np.pi * np.cumsum(draw.uniform(100, 300) * np.ones(length)) / RATE)
        part = (draw.standard_normal(length) * draw.uniform(0.1, 0.5) + tone) * np.hanning(length)
        sound[at : at + length] += 0.2 * part
        at += length + int(draw.uniform(0.02, 0.5) * RATE)
    return sound.astype(np.float32)


def noisy(sound: np.ndarray, db: float, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return (sound + draw.standard_normal(len(sound)) * np.std(sound) * 10 ** (-db / 20)).astype(np.float32)


def recording(folder: Path, name: str, sound: np.ndarray) -> Media:
    write_wav(folder / f"{name}.wav", sound[:, None].astype(np.float32), RATE)
    return probe(folder / f"{name}.wav")


@pytest.mark.parametrize(("offset", "ppm"), [(7.1234, 145.0), (-5.5, -120.0), (0.0, 0.0)])
def test_offset_and_drift_are_found(offset: float, ppm: float) -> None:
    whole = event(70, 1)
    reference = noisy(whole[10 * RATE : 50 * RATE], 10, 2)
    other = noisy(stretch(whole, 1 / (1 + ppm * 1e-6), (10 + offset) * RATE, 30 * RATE), 6, 3) * 0.05
    found = find_delay(reference, other)
    assert found.confidence > 0.8, found.reason
    assert abs(found.offset_seconds - offset) < 0.0005
    assert abs(found.drift_ppm - ppm) < 8


@pytest.mark.parametrize("seed", range(3))
def test_strangers_are_not_placed(seed: int) -> None:
    found = find_delay(noisy(event(30, 10 + seed), 20, 1), noisy(event(25, 20 + seed), 20, 2))
    assert found.confidence == 0


def test_what_repeats_is_not_guessed() -> None:
    loop = np.tile(event(5, 3)[: 4 * RATE], 10)
    found = find_delay(noisy(loop, 20, 1), noisy(loop[6 * RATE : 26 * RATE], 20, 2))
    assert found.confidence == 0
    assert "several places" in found.reason


def test_stretching_keeps_a_tone() -> None:
    time = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 3000 * time).astype(np.float32)
    made = stretch(tone, 1.000145)[1000:47_000]
    wanted = np.sin(2 * np.pi * 3000 * (np.arange(48_010) / 1.000145) / 48_000)[1000:47_000]
    assert 20 * np.log10(np.std(made - wanted) / np.std(wanted)) < -90


def test_recordings_that_never_meet_the_first_are_placed_by_others(tmp_path: Path) -> None:
    whole = event(80, 4)
    parts = {"a": (0, 30), "b": (20, 55), "c": (42, 75)}
    media = tuple(recording(tmp_path, name, whole[s * RATE : e * RATE]) for name, (s, e) in parts.items())
    media += (recording(tmp_path, "stranger", event(20, 9)),)
    run = Run(scratch=tmp_path / "scratch")
    with running(run):
        found = sync_recordings(media, drift=False)
    offsets = [item.offset for item in found.recordings]
    assert [round(float(offset), 3) for offset in offsets[:3] if offset is not None] == [0.0, 20.0, 42.0]
    assert offsets[3] is None
    assert any("stranger" in said for said in run.weak)
    assert "by recording 2" in found.as_text()
