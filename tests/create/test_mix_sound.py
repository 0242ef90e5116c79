from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import lfilter

from rushlight.artifacts import Audio, Narration, NarrationLine, Word
from rushlight.core.artifact import FileRef
from rushlight.core.capability import find_capability
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.mix_sound import mix_sound
from rushlight.media.encode import write_wav
from rushlight.media.loudness import integrated_loudness_lufs, short_term_loudness_lufs, true_peak_dbtp

RATE = 48000


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path) -> Iterator[None]:
    """New files go where pytest clears them away."""
    with running(Run(scratch=tmp_path / "run")):
        yield


def spoken_noise(seconds: float, level: float, seed: int) -> np.ndarray:
    """Noise with the spectrum and the syllables of speech, roughly."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    noise = lfilter([1], [1, -0.97], rng.standard_normal(len(time)))
    return (level * noise / noise.std() * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def narrated(tmp_path: Path, *lines: tuple[float, float, float]) -> Narration:
    """Lines of (start, length, level), each of two words with a short pause between them."""
    total = max(start + length for start, length, _ in lines) + 0.5
    sound = np.zeros((int(total * RATE), 1), dtype=np.float32)
    spoken = []
    for number, (start, length, level) in enumerate(lines):
        words = []
        for half in range(2):
            first = Fraction(start).limit_denominator(1000) + half * Fraction(length).limit_denominator(1000) / 2
            last = first + Fraction(length).limit_denominator(1000) / 2 - Fraction(1, 10)
            at = round(first * RATE)
            burst = spoken_noise(float(last - first), level, number * 2 + half)
            sound[at : at + len(burst), 0] += burst
            words.append(Word(text="word", start=first, end=last))
        spoken.append(
            NarrationLine(
                beat_id=f"b{number}",
                index=0,
                speaker="one",
                start=words[0].start,
                end=words[-1].end,
                words=tuple(words),
            )
        )
    path = tmp_path / "speech.wav"
    write_wav(path, sound, RATE)
    return Narration(
        audio=FileRef.of(path, "audio/wav"),
        sample_rate=RATE,
        duration=Fraction(len(sound), RATE),
        lines=tuple(spoken),
        voices={"one": "test"},
    )


def music(tmp_path: Path, seconds: float, *, swell: float = 1.0, name: str = "music.wav") -> Audio:
    """Steady noise that grows by the factor `swell` from head to tail."""
    count = int(seconds * RATE)
    noise = np.random.default_rng(9).standard_normal((count, 2)) * np.geomspace(0.1, 0.1 * swell, count)[:, None]
    path = tmp_path / name
    write_wav(path, lfilter([1], [1, -0.9], noise, axis=0).astype(np.float32) * 0.4, RATE)
    return Audio(file=FileRef.of(path, "audio/wav"), sample_rate=RATE, channels=2, duration=Fraction(count, RATE))


def samples(audio: Audio, stem: str = "") -> np.ndarray:
    return wavfile.read(audio.stems[stem].path if stem else audio.file.path)[1]


def momentary(audio: Audio, stem: str, at: float, seconds: float = 0.4) -> float:
    """Loudness in a window, measured by the meter of the media layer, not by the mixer's own."""
    sound = samples(audio, stem)[int(at * RATE) : int((at + seconds) * RATE)]
    return float(short_term_loudness_lufs(sound, RATE, window_seconds=seconds)[0])


@pytest.mark.parametrize("target", [-14.0, -16.0, -23.0, -24.0])
def test_the_mix_meets_loudness_peak_and_length(tmp_path: Path, target: float) -> None:
    length = Fraction(20 * 30000, 30000) + Fraction(1001, 30000)
    audio = mix_sound(
        narrated(tmp_path, (2, 4, 0.1), (7, 4, 0.02), (14, 3, 0.2)),
        music(tmp_path, 25),
        target_lufs=target,
        duration=length,
    )
    sound = samples(audio)
    assert sound.shape == (round(length * RATE), 2)
    assert integrated_loudness_lufs(sound, RATE) == pytest.approx(target, abs=0.5)
    assert true_peak_dbtp(sound, RATE) <= -1.0
    assert audio.figures["integrated_lufs"] == pytest.approx(integrated_loudness_lufs(sound, RATE), abs=0.01)
    assert np.abs(sound[-1]).max() < 1e-3, "music cut at the film's end"


@pytest.mark.parametrize("swell", [0.05, 1.0, 20.0])
def test_the_bed_lies_under_every_line_and_comes_up_where_nobody_speaks(tmp_path: Path, swell: float) -> None:
    lines = ((3, 4, 0.1), (7.6, 4, 0.03), (16, 3, 0.3))
    audio = mix_sound(narrated(tmp_path, *lines), music(tmp_path, 24, swell=swell), duration=Fraction(24))
    for start, length, _ in lines:
        for at in np.arange(start, start + length - 1.5, 0.5):
            margin = momentary(audio, "speech", at, 1.5) - momentary(audio, "music", at, 1.5)
            assert margin >= 8, f"at {at:g} s the bed lies {margin:.1f} LU under speech"
    assert audio.figures["bed_under_speech_lu"] >= 9.5
    assert audio.figures["bed_under_speech_least_lu"] >= 9
    if swell == 1.0:
        under, over = momentary(audio, "music", 9.5), momentary(audio, "music", 13.5)
        assert over - under > 5, "it stays down in a long gap"
        assert momentary(audio, "music", 1.5) - under > 5, "it stays down at the head"
        assert momentary(audio, "music", 22) - under > 5, "it stays down at the tail"
        assert abs(momentary(audio, "music", 7.0) - under) < 2, "it pumps between sentences"


def test_lines_are_levelled(tmp_path: Path) -> None:
    audio = mix_sound(narrated(tmp_path, (1, 3, 0.3), (5, 3, 0.05), (9, 3, 0.1)), None)
    levels = [momentary(audio, "speech", at, 2.5) for at in (1.1, 5.1, 9.1)]
    assert max(levels) - min(levels) < 1.0


def test_another_depth_can_be_asked_for(tmp_path: Path) -> None:
    narration, bed = narrated(tmp_path, (2, 5, 0.1)), music(tmp_path, 10)
    deep = mix_sound(narration, bed, bed_under_speech_lu=20.0)
    assert deep.figures["bed_under_speech_lu"] == pytest.approx(20, abs=1)


def test_stems_add_up_to_the_mix(tmp_path: Path) -> None:
    effect = music(tmp_path, 1, name="effect.wav")
    audio = mix_sound(
        narrated(tmp_path, (1, 3, 0.2)), music(tmp_path, 8), (effect, effect), effect_starts=(Fraction(5), Fraction(6))
    )
    assert set(audio.stems) == {"speech", "music", "effects"}
    total = sum(samples(audio, stem).astype(np.float64) for stem in audio.stems)
    np.testing.assert_allclose(total, samples(audio), atol=1e-5)
    placed = samples(audio, "effects")
    assert not placed[: 5 * RATE].any()
    assert placed[5 * RATE + 4800 : 7 * RATE - 4800].any()
    assert not placed[7 * RATE :].any()
    under = audio.figures["speech_lufs"] - momentary(audio, "effects", 5.3)
    assert under == pytest.approx(4, abs=2)


def test_any_part_may_be_missing(tmp_path: Path) -> None:
    narration, bed = narrated(tmp_path, (1, 3, 0.2)), music(tmp_path, 6)
    for audio in (mix_sound(narration, None), mix_sound(None, bed), mix_sound(None, None, (bed,))):
        assert audio.figures["integrated_lufs"] == pytest.approx(-14, abs=0.5)
        assert true_peak_dbtp(samples(audio), RATE) <= -1
    assert mix_sound(narration, None, duration=Fraction(10)).duration == 10
    assert len(samples(mix_sound(None, bed, duration=Fraction(9)))) == 9 * RATE
    with pytest.raises(InputError, match="nothing to mix"):
        mix_sound(None, None)
    with pytest.raises(InputError, match="effect starts"):
        mix_sound(None, bed, (bed,), effect_starts=(Fraction(1), Fraction(2)))


def test_silence_is_kept_and_said(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    write_wav(path, np.zeros((RATE * 3, 2), dtype=np.float32), RATE)
    silent = Audio(file=FileRef.of(path, "audio/wav"), sample_rate=RATE, channels=2, duration=Fraction(3))
    run = Run(scratch=tmp_path / "run")
    with running(run):
        audio = mix_sound(None, silent)
    assert not samples(audio).any()
    assert any("silent" in message for message in run.weak)


def test_figures_reach_the_record(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path / "run")
    with running(run):
        audio = mix_sound(narrated(tmp_path, (1, 3, 0.2)), music(tmp_path, 6))
    assert run.figures == audio.figures
    assert set(find_capability("mix_sound").metrics) <= set(run.figures)


def test_same_input_same_samples(tmp_path: Path) -> None:
    narration, bed = narrated(tmp_path, (1, 2, 0.2)), music(tmp_path, 4)
    assert mix_sound(narration, bed).file.sha256 == mix_sound(narration, bed).file.sha256
