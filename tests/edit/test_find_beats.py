from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Beats
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene

RATE = 22_050


def drums(tempo: float, bar: int, seconds: float = 20, offset: float = 0.2) -> np.ndarray:
    """A low drum on each downbeat and a high one on the other beats, with quiet ones between them."""
    rng = np.random.default_rng(3)
    sound = 0.002 * rng.normal(size=int(seconds * RATE))
    for count, half in enumerate(np.arange(offset, seconds - 0.3, 30 / tempo)):
        beat, off = divmod(count, 2)
        pitch, loud = (70, 0.8) if beat % bar == 0 else (220, 0.5)
        if off:
            pitch, loud = 900, 0.08
        times = np.arange(int(0.12 * RATE)) / RATE
        at = int(half * RATE)
        sound[at : at + len(times)] += loud * np.sin(2 * np.pi * pitch * times) * np.exp(-times * 30)
    return sound


def beats_of(sound: np.ndarray, tmp_path: Path) -> Beats:
    write_wav(tmp_path / "music.wav", sound.astype(np.float32)[:, None], RATE)
    made = create_project(tmp_path / "p").run("find_beats", probe(tmp_path / "music.wav"))
    assert isinstance(made, Beats)
    return made


@pytest.mark.parametrize(("tempo", "bar"), [(84, 4), (120, 4), (132, 3)])
def test_beats_and_bars_are_found(tmp_path: Path, tempo: float, bar: int) -> None:
    found = beats_of(drums(tempo, bar), tmp_path)
    assert found.tempo_bpm == pytest.approx(tempo, rel=0.02)
    assert found.beats_a_bar == bar
    true = np.arange(0.2, 19.6, 60 / tempo)
    times = np.array([float(beat.at) for beat in found.beats])
    nearest = np.abs(times[:, None] - true[None, :]).min(axis=0)
    assert (nearest[2:-1] < 0.035).all()
    downbeats = np.array([float(beat.at) for beat in found.beats if beat.place == 1])
    assert np.abs(downbeats[:, None] - true[::bar][None, :]).min(axis=1)[1:].max() < 0.05
    assert found.confidence > 0.5
    assert found.as_csv().startswith("seconds,beat\n")


def test_noise_is_hardly_believed(tmp_path: Path) -> None:
    found = beats_of(0.1 * np.random.default_rng(1).normal(size=10 * RATE), tmp_path)
    assert found.confidence < 0.5


def test_silence_and_a_moment_have_no_beats(tmp_path: Path) -> None:
    assert beats_of(np.zeros(6 * RATE), tmp_path).beats == ()
    (tmp_path / "short").mkdir()
    assert beats_of(drums(120, 4, seconds=1.0), tmp_path / "short").beats == ()


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no sound"):
        create_project(tmp_path / "p").run("find_beats", probe(film(tmp_path / "film.mp4", scene(1, 10))))
