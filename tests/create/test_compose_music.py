from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import MusicPlan, Note, Score, Section
from rushlight.core.errors import InputError
from rushlight.create.compose_music import compose_music
from rushlight.timeline.music.melody import MELODY_RANGE
from rushlight.timeline.music.styles import STYLES
from rushlight.timeline.music.theory import Chord, chord_of, scale_for
from rushlight.timeline.music.voicing import ALTO, BASS, SOPRANO, TENOR, parallels

GENRES = tuple(STYLES)


def film(duration: Fraction | int, *moods: tuple[float, float]) -> MusicPlan:
    """A film of equally long sections with these (valence, arousal)."""
    duration = Fraction(duration)
    edges = [duration * i / max(len(moods), 1) for i in range(len(moods) + 1)]
    sections = tuple(
        Section(start=a, end=b, valence=valence, arousal=arousal)
        for (a, b), (valence, arousal) in zip(pairwise(edges), moods, strict=False)
    )
    return MusicPlan(duration=duration, sections=sections)


@st.composite
def films(draw: st.DrawFn, longest_seconds: int = 150) -> MusicPlan:
    frames = draw(st.integers(30, longest_seconds * 30))
    cuts = draw(st.lists(st.integers(1, frames - 1), max_size=6, unique=True))
    edges = [Fraction(n, 30) for n in [0, *sorted(cuts), frames]]
    sections = tuple(
        Section(start=a, end=b, valence=draw(st.floats(-1, 1)), arousal=draw(st.floats(0, 1)))
        for a, b in pairwise(edges)
    )
    return MusicPlan(duration=edges[-1], sections=sections)


def total_beats(score: Score) -> Fraction:
    return score.duration * score.tempo_bpm / 60


def chords_of(score: Score) -> list[tuple[Fraction, Fraction, Chord]]:
    """Start and end in beats, and the chord."""
    starts = [Fraction(start) for start, _ in score.chords]
    ends = [*starts[1:], total_beats(score)]
    spelled = [chord_of(numeral, score.tonic, score.mode) for _, numeral in score.chords]
    return list(zip(starts, ends, spelled, strict=True))


def track(score: Score, name: str) -> list[Note]:
    return [note for note in score.notes if note.track == name]


def sounding(notes: list[Note], beat: Fraction) -> list[int]:
    return sorted(n.pitch for n in notes if n.start_beats <= beat < n.start_beats + n.duration_beats)


@settings(max_examples=60, deadline=None)
@given(plan=films(), genre=st.sampled_from(GENRES), seed=st.integers(0, 10**6))
def test_fits_the_film_and_closes_on_the_tonic(plan: MusicPlan, genre: str, seed: int) -> None:
    score = compose_music(plan, genre=genre, seed=seed)
    beats = total_beats(score)
    assert beats.denominator == 1
    assert all(n.start_beats >= 0 and n.start_beats + n.duration_beats <= beats for n in score.notes)
    assert max(n.start_beats + n.duration_beats for n in score.notes) == beats
    assert all((section.start * score.tempo_bpm / 60).denominator == 1 for section in score.sections)
    assert score.sections[0].start == 0
    assert score.sections[-1].end == score.duration
    assert all(a.end == b.start for a, b in pairwise(score.sections))
    chords = chords_of(score)
    assert chords[-1][2].root == score.tonic
    if len(chords) > 1:
        assert score.chords[-2][1] in ("V", "V7")
    if len(chords) > 2:
        assert chords[0][2].root == score.tonic
    closing = [n.pitch for n in score.notes if n.start_beats >= chords[-1][0] and n.track != "percussion"]
    assert min(closing) % 12 == score.tonic
    assert {pitch % 12 for pitch in closing} <= set(chords[-1][2].tones)


@settings(max_examples=40, deadline=None)
@given(plan=films(), seed=st.integers(0, 10**6))
def test_outer_voices_never_move_in_parallel_fifths_or_octaves(plan: MusicPlan, seed: int) -> None:
    score = compose_music(plan, genre="cinematic", seed=seed)
    bass, pad, tune = track(score, "bass"), track(score, "pad"), track(score, "melody")
    for (before, _, _), (after, _, _) in pairwise(chords_of(score)):
        lows = sounding(bass, before), sounding(bass, after)
        tops = sounding(pad, before), sounding(pad, after)
        if all(lows) and all(tops):
            assert parallels((lows[0][0], tops[0][-1]), (lows[1][0], tops[1][-1])) == 0
    for one, other in pairwise(tune):
        lows = sounding(bass, one.start_beats), sounding(bass, other.start_beats)
        if all(lows):
            assert parallels((lows[0][0], one.pitch), (lows[1][0], other.pitch)) == 0


@settings(max_examples=40, deadline=None)
@given(plan=films(), genre=st.sampled_from(GENRES), seed=st.integers(0, 10**6))
def test_voices_keep_to_their_ranges_and_their_chords(plan: MusicPlan, genre: str, seed: int) -> None:
    score = compose_music(plan, genre=genre, seed=seed)
    chords = chords_of(score)
    by_start: dict[Fraction, list[int]] = defaultdict(list)
    for note in track(score, "pad"):
        by_start[note.start_beats].append(note.pitch)
    for start, _, chord in chords:
        if voices := sorted(by_start.get(start, [])):
            for pitch, (low, high) in zip(voices, (TENOR, ALTO, SOPRANO), strict=True):
                assert low <= pitch <= high
                assert pitch % 12 in chord.tones
            assert chord.tones[1] in {pitch % 12 for pitch in voices} | {
                pitch % 12 for pitch in sounding(track(score, "bass"), start)
            }, "a chord without its third"
    assert all(BASS[0] <= note.pitch <= BASS[1] + 12 for note in track(score, "bass"))
    for note in track(score, "melody"):
        chord = next(chord for start, end, chord in chords if start <= note.start_beats < end)
        assert MELODY_RANGE[0] <= note.pitch <= MELODY_RANGE[1]
        assert note.pitch % 12 in scale_for(chord, score.tonic, score.mode)


@settings(max_examples=40, deadline=None)
@given(plan=films(), genre=st.sampled_from(GENRES), seed=st.integers(0, 10**6))
def test_no_semitone_clash_is_held_on_a_strong_beat(plan: MusicPlan, genre: str, seed: int) -> None:
    score = compose_music(plan, genre=genre, seed=seed)
    pitched = [n for n in score.notes if n.track != "percussion" and n.duration_beats >= 1]
    for start, _, _ in chords_of(score):
        classes = {pitch % 12 for pitch in sounding(pitched, start)}
        assert not any((pitch + 1) % 12 in classes for pitch in classes), f"clash at beat {start}"


def test_tune_rests_on_chord_tones_and_moves_mostly_by_step() -> None:
    strong = strong_chordal = moves = steps = 0
    for seed in range(30):
        score = compose_music(film(60, (0.3, 0.4), (-0.4, 0.7), (0.5, 0.5)), genre=GENRES[seed % 5], seed=seed)
        tune, chords = track(score, "melody"), chords_of(score)
        for note in tune:
            chord = next(chord for start, end, chord in chords if start <= note.start_beats < end)
            if any(note.start_beats == start for start, _, _ in chords):
                strong += 1
                strong_chordal += note.pitch % 12 in chord.tones
        for one, other in pairwise(tune):
            moves += 1
            steps += abs(one.pitch - other.pitch) <= 2
            assert abs(one.pitch - other.pitch) <= 12
    assert strong_chordal / strong > 0.97
    assert steps / moves > 0.55


def test_the_theme_comes_back() -> None:
    found = 0
    for seed in range(12):
        score = compose_music(film(64, (0.3, 0.5)), genre="documentary", seed=seed, tempo_bpm=90)
        onsets: dict[int, list[Fraction]] = defaultdict(list)
        for note in track(score, "melody"):
            bar, place = divmod(note.start_beats, score.beats_per_bar)
            onsets[int(bar)].append(place)
        rhythm = [tuple(onsets[bar]) for bar in range(24)]
        found += rhythm[0:2] == rhythm[4:6] and len(rhythm[0] + rhythm[1]) > 2
    assert found >= 10


@pytest.mark.parametrize("genre", GENRES)
def test_arousal_brings_density_and_strength(genre: str) -> None:
    calm = compose_music(film(60, (0.2, 0.1)), genre=genre, seed=4)
    stirring = compose_music(film(60, (0.2, 0.9)), genre=genre, seed=4)
    assert len(stirring.notes) > 1.5 * len(calm.notes)
    assert stirring.tempo_bpm > calm.tempo_bpm
    assert _mean_velocity(stirring) > _mean_velocity(calm) + 20


def _mean_velocity(score: Score) -> float:
    pitched = [note.velocity for note in score.notes if note.track != "percussion"]
    return sum(pitched) / len(pitched)


def test_valence_chooses_the_mode() -> None:
    glad = [compose_music(film(20, (0.8, 0.5)), seed=seed).mode for seed in range(20)]
    sad = [compose_music(film(20, (-0.8, 0.3)), seed=seed).mode for seed in range(20)]
    assert set(glad) <= {"major", "lydian", "mixolydian"}
    assert set(sad) == {"minor"}


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("seconds", [12, 47, 300, 1200])
def test_tempo_stays_in_the_range_of_the_genre(genre: str, seconds: int) -> None:
    score = compose_music(film(seconds, (0.1, 0.3), (0.2, 0.6)), genre=genre, seed=seconds)
    low, high = STYLES[genre].tempo_range  # type: ignore[index]
    assert low <= score.tempo_bpm <= high


def test_sections_change_near_the_cuts_of_the_film() -> None:
    worst = 0.0
    for seed in range(20):
        plan = film(60, (0.1, 0.3), (0.5, 0.6), (-0.5, 0.7), (0.5, 0.4))
        score = compose_music(plan, seed=seed)
        assert len(score.sections) == 4
        worst = max(worst, *(abs(float(a.start - b.start)) for a, b in zip(plan.sections, score.sections, strict=True)))
    assert worst <= 0.5  # a beat at 60 bpm would allow half a second


@pytest.mark.parametrize("seconds", [Fraction(1), Fraction(2), Fraction(5), Fraction(73, 10), Fraction(1001, 120)])
def test_tiny_films_close_too(seconds: Fraction) -> None:
    for seed in range(5):
        score = compose_music(film(seconds), seed=seed)
        assert score.duration == seconds
        assert chords_of(score)[-1][2].root == score.tonic


def test_fixed_tempo_and_key_are_kept() -> None:
    score = compose_music(film(Fraction(317, 10)), tempo_bpm=97.5, key="F# dorian", seed=2)
    assert score.tempo_bpm == Fraction(195, 2)
    assert (score.tonic, score.mode) == (6, "dorian")
    assert max(n.start_beats + n.duration_beats for n in score.notes) == Fraction(317, 10) * Fraction(195, 2) / 60


def test_same_seed_same_piece() -> None:
    plan = film(40, (0.1, 0.3), (0.4, 0.6))
    assert compose_music(plan, seed=5) == compose_music(plan, seed=5)
    assert compose_music(plan, seed=5).notes != compose_music(plan, seed=6).notes


def test_bad_plans_are_refused() -> None:
    with pytest.raises(InputError, match="too short"):
        compose_music(film(Fraction(1, 2)))
    overlapping = tuple(Section(start=a, end=b, valence=0, arousal=0) for a, b in ((0, 6), (5, 10)))
    with pytest.raises(InputError, match="overlaps"):
        compose_music(MusicPlan(duration=Fraction(10), sections=overlapping))
    with pytest.raises(InputError, match="not a key"):
        compose_music(film(10), key="H minor")
