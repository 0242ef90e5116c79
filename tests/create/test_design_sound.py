"""Sound effects on the clock."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import SoundCue, SoundCues
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.create.design_sound import design_sound
from rushlight.media.encode import read_wav, write_wav

from .screenplays import performed


def cue(sound: str, start: str, end: str, kind: str = "spot", **more: object) -> SoundCue:
    return SoundCue(start=Fraction(start), end=Fraction(end), sound=sound, kind=kind, scene=0, why="test", **more)  # type: ignore[arg-type]


def designed(*cues: SoundCue, seconds: int = 6) -> np.ndarray:
    audio = design_sound(SoundCues(duration=Fraction(seconds), cues=cues))
    samples, rate = read_wav(audio.file.path)
    assert rate == 48_000
    assert samples.shape == (seconds * rate, 2)
    stems = sum(read_wav(file.path)[0] for file in audio.stems.values())
    np.testing.assert_allclose(stems, samples, atol=1e-5)
    return samples


def test_a_sound_is_heard_from_its_time_on() -> None:
    samples = designed(cue("knock", "2", "3"))
    assert np.abs(samples[: 2 * 48_000]).max() == 0
    assert np.abs(samples[2 * 48_000 : 3 * 48_000]).max() > 0.02


def test_levels_differ_as_asked() -> None:
    loud, soft = (designed(cue("knock", "1", "2", level_db=level)) for level in (-6.0, -18.0))
    assert 20 * np.log10(np.std(loud) / np.std(soft)) == pytest.approx(12, abs=0.2)


def test_pan_moves_the_sound() -> None:
    samples = designed(cue("phone", "1", "3", pan=-0.8))
    assert np.std(samples[:, 0]) > 3 * np.std(samples[:, 1])


def test_a_bed_is_looped_without_holes_and_fades() -> None:
    samples = designed(cue("rain", "0", "30", "bed", fade_in_seconds=0.6, fade_out_seconds=0.6), seconds=30)
    levels = [np.std(part) for part in np.array_split(samples[48_000:-48_000], 56)]
    assert min(levels) > 0.6 * max(levels)
    assert np.std(samples[:480]) < 0.2 * np.mean(levels)


def test_beds_go_down_under_speech() -> None:
    _, _, narration = performed("night_shift")
    cues = SoundCues(duration=narration.duration, cues=(cue("rain", "0", "14", "bed"),))
    plain, _ = read_wav(design_sound(cues).file.path)
    ducked, _ = read_wav(design_sound(cues, narration).file.path)
    word = narration.lines[0].words[0]
    part = slice(round(word.start * 48_000), round(word.end * 48_000))
    assert 20 * np.log10(np.std(plain[part]) / np.std(ducked[part])) == pytest.approx(6, abs=0.5)


def test_own_files_are_played(tmp_path: Path) -> None:
    path = tmp_path / "bell.wav"
    tone = np.sin(2 * np.pi * 880 * np.arange(24_000) / 48_000).astype(np.float32)
    write_wav(path, np.stack([tone, tone], axis=1), 48_000)
    samples = designed(cue("phone", "1", "2", file=FileRef.of(path)))
    spectrum = np.abs(np.fft.rfft(samples[:, 0]))
    assert abs(np.argmax(spectrum) * 48_000 / len(samples) - 880) < 2


def test_wrong_cues_are_one_clear_sentence() -> None:
    with pytest.raises(InputError, match="no sound 'kazoo'"):
        designed(cue("kazoo", "1", "2"))
    with pytest.raises(InputError, match="ends before it starts"):
        designed(cue("rain", "2", "1"))


def test_no_cues_are_silence() -> None:
    assert np.abs(designed()).max() == 0
