from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import MusicPlan, Score, Section
from rushlight.core.errors import InputError
from rushlight.create.compose_music import compose_music
from rushlight.timeline.music.instruments import INSTRUMENTS
from rushlight.timeline.music.midi import instrument_of_program, score_from_midi, score_to_midi


def composed(seed: int = 0, seconds: Fraction = Fraction(1001, 30), genre: str = "cinematic") -> Score:
    sections = (
        Section(start=Fraction(0), end=seconds / 3, valence=-0.3, arousal=0.3, label="opening, “dark”"),
        Section(start=seconds / 3, end=seconds, valence=0.4, arousal=0.8, label="rise"),
    )
    return compose_music(MusicPlan(duration=seconds, sections=sections), genre=genre, seed=seed)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    frames=st.integers(60, 3000),
    genre=st.sampled_from(["cinematic", "ambient", "acoustic", "electronic", "documentary"]),
)
def test_a_score_comes_back_from_its_midi(
    seed: int, frames: int, genre: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    score = composed(seed, Fraction(frames, 24), genre)
    path = tmp_path_factory.mktemp("midi") / "score.mid"
    score_to_midi(score, path)
    back = score_from_midi(path)
    assert (back.tempo_bpm, back.duration, back.beats_per_bar) == (score.tempo_bpm, score.duration, _first_bar(path))
    assert (back.tonic, back.mode, back.genre) == (score.tonic, score.mode, score.genre)
    assert back.instruments == score.instruments
    assert [(s.start, s.end, s.arousal) for s in back.sections] == [(s.start, s.end, s.arousal) for s in score.sections]
    assert len(back.notes) == len(score.notes)
    half_tick = Fraction(1, 1920)
    for one, other in zip(
        sorted(back.notes, key=lambda n: (n.track, n.start_beats, n.pitch)),
        sorted(score.notes, key=lambda n: (n.track, n.start_beats, n.pitch)),
        strict=True,
    ):
        assert (one.track, one.pitch, one.velocity) == (other.track, other.pitch, other.velocity)
        assert abs(one.start_beats - other.start_beats) <= half_tick
        assert one.duration_beats <= other.duration_beats + 2 * half_tick  # shorter where the same key is struck again


def _first_bar(path: Path) -> int:
    return next(m.numerator for m in mido.MidiFile(path).tracks[0] if m.type == "time_signature")


def test_the_file_says_what_a_sequencer_needs(tmp_path: Path) -> None:
    score = composed(seconds=Fraction(40))
    path = tmp_path / "score.mid"
    score_to_midi(score, path)
    file = mido.MidiFile(path)
    conductor = file.tracks[0]
    tempo = next(m.tempo for m in conductor if m.type == "set_tempo")
    assert tempo == round(60_000_000 / score.tempo_bpm)
    assert any(m.type == "key_signature" for m in conductor)
    assert [m.text for m in conductor if m.type == "marker"] == [
        "opening, ?dark?",
        "rise",
    ], "MIDI text is Latin-1; what it lacks is replaced"
    assert file.length == pytest.approx(40, abs=0.01)
    for track in file.tracks[1:]:
        program = next(m for m in track if m.type == "program_change")
        assert (program.channel == 9) == (score.instruments[track.name] == "kit")
        if program.channel != 9:
            assert program.program == INSTRUMENTS[score.instruments[track.name]].program


def test_an_edit_by_a_person_survives(tmp_path: Path) -> None:
    score = composed()
    path = tmp_path / "score.mid"
    score_to_midi(score, path)
    file = mido.MidiFile(path)
    melody = next(track for track in file.tracks if track.name == "melody")
    for message in melody:
        if message.type in ("note_on", "note_off"):
            message.note += 12
        if message.type == "program_change":
            message.program = 0
    for i, message in enumerate(file.tracks[0]):
        if message.type == "set_tempo":
            file.tracks[0][i] = message.copy(tempo=600_000)
    file.save(path)
    edited = score_from_midi(path)
    assert edited.tempo_bpm == 100, "the person's tempo, not the one we noted"
    assert edited.instruments["melody"] == "piano"
    old = [n.pitch + 12 for n in score.notes if n.track == "melody"]
    assert [n.pitch for n in edited.notes if n.track == "melody"] == old


def test_any_other_midi_file_is_read(tmp_path: Path) -> None:
    file = mido.MidiFile(type=0, ticks_per_beat=96)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.Message("program_change", channel=0, program=42))
    track.append(mido.Message("note_on", channel=0, note=69, velocity=80, time=0))
    track.append(mido.Message("note_on", channel=9, note=36, velocity=90, time=48))
    track.append(mido.Message("note_on", channel=9, note=36, velocity=0, time=10))
    track.append(mido.Message("note_on", channel=0, note=69, velocity=0, time=86))
    track.append(mido.Message("note_on", channel=0, note=57, velocity=70, time=0))
    track.append(mido.MetaMessage("end_of_track", time=192))
    path = tmp_path / "other.mid"
    file.save(path)
    score = score_from_midi(path)
    assert score.tempo_bpm == 120
    assert sorted(score.instruments.values()) == ["kit", "viola"]
    notes = [(n.pitch, n.start_beats, n.duration_beats) for n in score.notes]
    assert notes == [(69, 0, Fraction(3, 2)), (36, Fraction(1, 2), Fraction(5, 48)), (57, Fraction(3, 2), 2)]
    assert score.tonic == 9


def test_tempo_changes_keep_their_seconds(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    track.append(mido.Message("note_on", note=60, velocity=80))
    track.append(mido.Message("note_off", note=60, time=960))
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))
    track.append(mido.Message("note_on", note=64, velocity=80))
    track.append(mido.Message("note_off", note=64, time=480))
    path = tmp_path / "changing.mid"
    file.save(path)
    score = score_from_midi(path)
    seconds = [(n.start_beats * 60 / score.tempo_bpm, n.duration_beats * 60 / score.tempo_bpm) for n in score.notes]
    assert seconds == [(0, 1), (1, 1)]


@pytest.mark.parametrize("program", range(128))
def test_every_general_midi_program_has_an_instrument(program: int) -> None:
    assert instrument_of_program(program) in INSTRUMENTS


def test_programs_of_our_instruments_come_back() -> None:
    for name, instrument in INSTRUMENTS.items():
        if name != "kit":
            assert instrument_of_program(instrument.program) == name


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), cut=st.integers(0, 400), flips=st.lists(st.integers(0, 3000), max_size=6))
def test_broken_files_are_refused_or_read_but_never_crash(
    data: bytes, cut: int, flips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    path = folder / "broken.mid"
    score_to_midi(composed(seconds=Fraction(4)), path)
    whole = bytearray(path.read_bytes())
    for flip in flips:
        whole[flip % len(whole)] ^= 0xFF
    for content in (data, b"MThd" + data, bytes(whole[: len(whole) - cut])):
        path.write_bytes(content)
        with suppress(InputError):
            assert score_from_midi(path).notes


def test_a_missing_file_and_an_empty_piece_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        score_from_midi(tmp_path / "no.mid")
    file = mido.MidiFile()
    file.tracks.append(mido.MidiTrack())
    file.save(tmp_path / "empty.mid")
    with pytest.raises(InputError, match="no notes"):
        score_from_midi(tmp_path / "empty.mid")
