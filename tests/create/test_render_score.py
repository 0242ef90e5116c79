from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from rushlight.artifacts import Audio, MusicPlan, Note, Score, Section
from rushlight.core.capability import find_capability
from rushlight.core.errors import InputError, LimitError
from rushlight.core.run import Run, running
from rushlight.create.compose_music import compose_music
from rushlight.create.render_score import render_score
from rushlight.media.loudness import integrated_loudness_lufs, true_peak_dbtp
from rushlight.timeline.music.listening import closing_bass_pitch_class, estimate_tempo
from rushlight.timeline.music.midi import score_from_midi

GENRES = ("cinematic", "ambient", "acoustic", "electronic", "documentary")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path) -> Iterator[None]:
    """New files go where pytest clears them away."""
    with running(Run(scratch=tmp_path / "run")):
        yield


def composed(genre: str, seconds: Fraction | int = 16, seed: int = 1) -> Score:
    seconds = Fraction(seconds)
    sections = (
        Section(start=Fraction(0), end=seconds / 2, valence=0.2, arousal=0.2),
        Section(start=seconds / 2, end=seconds, valence=0.4, arousal=0.8),
    )
    return compose_music(MusicPlan(duration=seconds, sections=sections), genre=genre, seed=seed)


def samples(audio: Audio, stem: str = "") -> np.ndarray:
    return wavfile.read(audio.stems[stem].path if stem else audio.file.path)[1]


@pytest.mark.parametrize("genre", GENRES)
def test_music_fills_the_film_and_can_be_heard_to_close(genre: str) -> None:
    score = composed(genre, Fraction(5005, 300))
    audio = render_score(score)
    sound = samples(audio)
    assert sound.shape == (round(Fraction(5005, 300) * 48000), 2)
    assert sound.dtype == np.float32
    assert np.abs(sound[-1]).max() < 1e-4, "cut off"
    assert np.abs(sound[-4800:]).max() < 0.1 * np.abs(sound).max()
    assert np.abs(sound.mean(axis=0)).max() < 1e-4, "DC"
    assert estimate_tempo(sound, 48000).bpm == pytest.approx(float(score.tempo_bpm), rel=0.005)
    assert closing_bass_pitch_class(sound, 48000) == score.tonic
    assert audio.figures["integrated_lufs"] == pytest.approx(integrated_loudness_lufs(sound, 48000), abs=0.05)
    assert true_peak_dbtp(sound, 48000) <= -1.4
    half = len(sound) // 2
    assert np.sqrt((sound[half : -48000 * 3] ** 2).mean()) > 1.3 * np.sqrt((sound[:half] ** 2).mean())


def test_the_bed_leaves_room_for_speech() -> None:
    for genre in GENRES:
        sound = samples(render_score(composed(genre, 8, seed=4))).mean(axis=1)
        power = np.abs(np.fft.rfft(sound)) ** 2
        bins = np.fft.rfftfreq(len(sound), 1 / 48000)
        assert power[(bins > 1000) & (bins < 4000)].sum() < 0.25 * power.sum(), genre
        assert power[bins > 4000].sum() < 0.05 * power.sum(), genre


def test_stems_add_up_and_the_midi_file_holds_the_score() -> None:
    score = composed("cinematic", 12)
    audio = render_score(score)
    tracks = set(audio.stems) - {"midi"}
    assert tracks == {note.track for note in score.notes}
    total = sum(samples(audio, track).astype(np.float64) for track in tracks)
    np.testing.assert_allclose(total, samples(audio), atol=1e-5)
    assert audio.stems["midi"].media_type == "audio/midi"
    assert len(score_from_midi(audio.stems["midi"].path).notes) == len(score.notes)


def test_same_seed_same_samples_another_seed_others() -> None:
    score = composed("acoustic", 6)
    first, again, other = (render_score(score, seed=seed).file.sha256 for seed in (3, 3, 4))
    assert first == again
    assert first != other


@pytest.mark.parametrize("rate", [22050, 44100, 96000])
def test_other_sample_rates(rate: int) -> None:
    score = composed("electronic", Fraction(7, 2))
    audio = render_score(score, sample_rate=rate)
    assert len(samples(audio)) == round(Fraction(7, 2) * rate)
    assert audio.sample_rate == rate


def test_a_beat_is_where_the_score_puts_it() -> None:
    notes = tuple(
        Note(track="p", pitch=36, start_beats=Fraction(beat), duration_beats=Fraction(1, 4), velocity=100)
        for beat in (1, 2, 5)
    )
    score = composed("electronic", 4).model_copy(
        update={"notes": notes, "instruments": {"p": "kit"}, "tempo_bpm": Fraction(90), "chords": ()}
    )
    level = np.abs(samples(render_score(score))).max(axis=1)
    for beat in (1, 2, 5):
        at = round(beat * 60 / 90 * 48000)
        assert level[at : at + 2400].max() > 20 * level[at - 480 : at].max()


def test_unknown_instruments_and_endless_scores_are_refused() -> None:
    score = composed("cinematic", 4)
    with pytest.raises(InputError, match="kazoo"):
        render_score(score.model_copy(update={"instruments": {**score.instruments, "bass": "kazoo"}}))
    with pytest.raises(LimitError, match="an hour"):
        render_score(score.model_copy(update={"duration": Fraction(8000)}))


def test_provenance_is_stated() -> None:
    found = find_capability("render_score")
    assert (found.action, found.source_type) == ("c2pa.created", "algorithmicMedia")
