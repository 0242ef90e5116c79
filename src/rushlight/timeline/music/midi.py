"""Scores to MIDI files and back, so that a person can edit the music in any sequencer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, cast, get_args

import mido

from rushlight.artifacts import Note, Score, Section
from rushlight.core.errors import InputError
from rushlight.timeline.music.form import bar_starts
from rushlight.timeline.music.instruments import INSTRUMENTS
from rushlight.timeline.music.theory import MODE_STEPS, Mode

__all__ = ["instrument_of_program", "score_from_midi", "score_to_midi"]

TICKS_PER_BEAT = 960
_DRUM_CHANNEL = 9
_EXACT = re.compile(r"^rushlight tempo=(\S+) duration=(\S+) mode=(\w+) tonic=(\d+) genre=(\S+)$")
_SECTION = re.compile(r"^rushlight section=(\S+) end=(\S+) valence=(\S+) arousal=(\S+) label=(.*)$")
_MAX_BYTES = 16 << 20
_MAX_NOTES = 200_000
_MAX_SECONDS = 6 * 3600

_MAJOR_KEYS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_KEYS = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")
_FLAVOUR = {"lydian": 7, "mixolydian": 5, "dorian": 10}
"""Semitones from a mode's tonic up to the tonic of the major key with the same signature."""


def instrument_of_program(program: int) -> str:
    """The instrument of ours nearest to a General MIDI program (0 to 127)."""
    exact = {4: "electric_piano", 5: "electric_piano", 8: "celesta", 9: "bell", 38: "synth_bass", 39: "synth_bass"}
    exact |= {
        40: "viola",
        41: "viola",
        42: "viola",
        43: "bass",
        45: "harp",
        46: "harp",
        47: "harp",
        84: "pluck",
        15: "guitar",
    }
    if program in exact:
        return exact[program]
    families = [
        (8, "piano"), (16, "bell"), (24, "pad"), (32, "guitar"), (40, "bass"), (56, "strings"), (80, "strings"),
        (88, "pluck"), (104, "pad"), (112, "guitar"), (128, "bell"),
    ]  # fmt: skip
    return next(name for limit, name in families if program < limit)


def _key_name(tonic: int, mode: str) -> str:
    if mode == "minor":
        return _MINOR_KEYS[tonic]
    return _MAJOR_KEYS[(tonic + _FLAVOUR.get(mode, 0)) % 12]


def _ticks(beats: Fraction) -> int:
    return floor(beats * TICKS_PER_BEAT + Fraction(1, 2))


def _as_track(events: list[tuple[int, int, Any]], end: int) -> mido.MidiTrack:
    """Absolute ticks to delta times; at one tick, lower ranks come first (note-offs before note-ons)."""
    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda item: item[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _conductor(score: Score, end: int) -> mido.MidiTrack:
    beat_seconds = 60 / score.tempo_bpm
    starts = [round(section.start / beat_seconds) for section in score.sections] or [0]
    text = (
        f"rushlight tempo={score.tempo_bpm} duration={score.duration} mode={score.mode} "
        f"tonic={score.tonic} genre={score.genre}"
    )
    events: list[tuple[int, int, Any]] = [
        (0, 0, mido.MetaMessage("track_name", name="Rushlight")),
        (0, 1, mido.MetaMessage("set_tempo", tempo=min(round(60_000_000 / score.tempo_bpm), (1 << 24) - 1))),
        (0, 2, mido.MetaMessage("key_signature", key=_key_name(score.tonic, score.mode))),
        (0, 3, mido.MetaMessage("text", text=text)),
    ]
    shown = 0
    for start, length, _ in bar_starts(starts, floor(score.duration / beat_seconds), score.beats_per_bar):
        if length != shown and length > 0:
            signature = mido.MetaMessage("time_signature", numerator=min(length, 255), denominator=4)
            events.append((start * TICKS_PER_BEAT, 4, signature))
            shown = length
    for section in score.sections:
        tick = _ticks(section.start / beat_seconds)
        label = section.label.encode("latin-1", "replace").decode("latin-1")
        mood = f"valence={section.valence!r} arousal={section.arousal!r} label={label}"
        line = f"rushlight section={section.start} end={section.end} {mood}"
        events.append((tick, 5, mido.MetaMessage("text", text=line)))
        events.append((tick, 6, mido.MetaMessage("marker", text=label or "section")))
    return _as_track(events, end)


def _without_overlap(notes: list[Note]) -> list[tuple[Note, int, int]]:
    """Notes with start and end ticks; a repeated pitch ends its predecessor, as one key cannot be down twice."""
    found: list[tuple[Note, int, int]] = []
    following: dict[int, int] = {}
    for note in sorted(notes, key=lambda item: item.start_beats, reverse=True):
        start = _ticks(note.start_beats)
        stop = max(_ticks(note.start_beats + note.duration_beats), start + 1)
        found.append((note, start, max(min(stop, following.get(note.pitch, stop)), start + 1)))
        following[note.pitch] = start
    return found[::-1]


def score_to_midi(score: Score, path: Path) -> None:
    """Write a score as a MIDI file (format 1, 960 ticks a beat): tempo, bars, key, programs, sections as markers.

    MIDI keeps tempo in whole microseconds a beat; the exact one stands in a text event that `score_from_midi` reads.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    end = _ticks(score.duration * score.tempo_bpm / 60)
    file.tracks.append(_conductor(score, end))
    names = sorted({note.track for note in score.notes})
    melodic = iter([channel for channel in range(16) if channel != _DRUM_CHANNEL] * (len(names) // 15 + 1))
    for name in names:
        instrument = score.instruments.get(name, "piano")
        channel = _DRUM_CHANNEL if instrument == "kit" else next(melodic)
        known = INSTRUMENTS.get(instrument, INSTRUMENTS["piano"])
        events: list[tuple[int, int, Any]] = [
            (0, 0, mido.MetaMessage("track_name", name=name)),
            (0, 1, mido.Message("program_change", channel=channel, program=known.program)),
        ]
        for note, start, stop in _without_overlap([note for note in score.notes if note.track == name]):
            on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
            events.append((start, 3, on))
            events.append((stop, 2, mido.Message("note_off", channel=channel, note=note.pitch)))
        file.tracks.append(_as_track(events, end))
    file.save(path)


@dataclass
class _Reading:
    """What was found in a MIDI file so far."""

    ticks_per_beat: int
    tempos: list[tuple[int, int]] = field(default_factory=list)
    beats_per_bar: int = 0
    key: str = ""
    exact: re.Match[str] | None = None
    sections: list[Section] = field(default_factory=list)
    notes: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    """Track, pitch, start tick, end tick, velocity."""
    instruments: dict[str, str] = field(default_factory=dict)
    end: int = 0

    def meta(self, tick: int, message: Any) -> None:
        """Take in one meta event."""
        if message.type == "set_tempo":
            self.tempos.append((tick, message.tempo))
        elif message.type == "time_signature" and not self.beats_per_bar:
            self.beats_per_bar = max(round(message.numerator * 4 / message.denominator), 1)
        elif message.type == "key_signature" and not self.key:
            self.key = message.key
        elif message.type == "text":
            self.exact = _EXACT.match(message.text) or self.exact
            section = _SECTION.match(message.text)
            if section:
                start, end, valence, arousal, label = section.groups()
                self.sections.append(
                    Section(
                        start=Fraction(start), end=Fraction(end), valence=float(valence), arousal=float(arousal),
                        label=label,
                    )
                )  # fmt: skip


def _read_track(reading: _Reading, track: mido.MidiTrack, number: int) -> None:
    tick, title = 0, ""
    programs: dict[int, int] = {}
    sounding: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
    for message in track:
        tick += message.time
        reading.end = max(reading.end, tick)
        if message.type == "track_name" and not title:
            title = message.name.strip()
        elif message.is_meta:
            reading.meta(tick, message)
        elif message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            key = (message.channel, message.note)
            if message.type == "note_on" and message.velocity > 0:
                name = _track_name(reading, title or f"track {number}", message.channel, programs)
                sounding.setdefault(key, []).append((tick, message.velocity, name))
            elif sounding.get(key):
                start, velocity, name = sounding[key].pop(0)
                reading.notes.append((name, message.note, start, max(tick, start + 1), velocity))
    for (_, pitch), rest in sounding.items():  # keys never let go sound to the end
        for start, velocity, name in rest:
            reading.notes.append((name, pitch, start, max(tick, start + 1), velocity))


def _track_name(reading: _Reading, title: str, channel: int, programs: dict[int, int]) -> str:
    """One track of ours per (track, instrument): a sequencer may put several channels in one track."""
    instrument = "kit" if channel == _DRUM_CHANNEL else instrument_of_program(programs.get(channel, 0))
    name, count = title, 2
    while reading.instruments.get(name, instrument) != instrument:
        name, count = f"{title} {count}", count + 1
    reading.instruments[name] = instrument
    return name


def _open(path: Path) -> mido.MidiFile:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError("This MIDI file is larger than 16 MiB.", path=path, hint="Export the piece alone.")
        file = mido.MidiFile(path)
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError("This file does not exist.", path=path, hint="Check the name.") from None
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise InputError(
            f"This is not a readable MIDI file ({str(error) or 'it is cut short'}).",
            path=path,
            hint="Export it again as a Standard MIDI File, format 0 or 1.",
        ) from error
    if file.type == 2 or not 0 < file.ticks_per_beat < 0x8000:
        raise InputError(
            "This MIDI file has independent patterns or clock time instead of beats.",
            path=path,
            hint="Export it as format 0 or 1 with ticks per quarter note.",
        )
    return file


def _key_of(reading: _Reading) -> tuple[int, Mode]:
    if reading.exact:
        tonic, mode = int(reading.exact.group(4)) % 12, reading.exact.group(3)
        same = not reading.key or _pitch_of_key(reading.key) == _pitch_of_key(_key_name(tonic, mode))
        if mode in get_args(Mode) and same:  # else a person changed the key signature
            return tonic, cast(Mode, mode)
    if reading.key:
        return _pitch_of_key(reading.key), "minor" if reading.key.endswith("m") else "major"
    return _guess_key(reading)


def _pitch_of_key(key: str) -> int:
    letters = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    return (letters[key[0]] + key.count("#") - key[1:].count("b")) % 12


def _guess_key(reading: _Reading) -> tuple[int, Mode]:
    """The major or minor key whose scale the notes fit best, the lowest closing note preferred as tonic."""
    weights = [0] * 12
    for name, pitch, start, stop, _ in reading.notes:
        if reading.instruments[name] != "kit":
            weights[pitch % 12] += stop - start
    last = max((start for name, _, start, _, _ in reading.notes if reading.instruments[name] != "kit"), default=0)
    lows = [p for name, p, _, stop, _ in reading.notes if stop > last and reading.instruments[name] != "kit"]
    close = min(lows, default=60) % 12
    modes: tuple[Mode, ...] = ("major", "minor")

    def fit(choice: tuple[int, Mode]) -> float:
        inside = sum(weights[(choice[0] + step) % 12] for step in MODE_STEPS[choice[1]])
        return inside / max(sum(weights), 1) + 0.2 * (choice[0] == close)

    return max(((tonic, mode) for tonic in range(12) for mode in modes), key=fit)


def _seconds_by_tempo_map(reading: _Reading, tick: int) -> Fraction:
    """Seconds from the start to a tick, by all tempo changes."""
    total, at, tempo = Fraction(0), 0, 500_000
    for change, following in sorted(reading.tempos, key=lambda item: item[0]):
        if change >= tick:
            break
        total += Fraction((change - at) * tempo, reading.ticks_per_beat * 1_000_000)
        at, tempo = change, following
    return total + Fraction((tick - at) * tempo, reading.ticks_per_beat * 1_000_000)


def _tempo(reading: _Reading) -> Fraction:
    written = Fraction(60_000_000, reading.tempos[0][1] if reading.tempos else 500_000)
    if reading.exact:
        exact = Fraction(reading.exact.group(1))
        if exact > 0 and (not reading.tempos or round(60_000_000 / exact) == reading.tempos[0][1]):
            return exact
    return written


def _beats(reading: _Reading, tick: int, tempo: Fraction) -> Fraction:
    """Beats at the one tempo a score has; a file with tempo changes keeps its seconds."""
    if len({value for _, value in reading.tempos}) <= 1:
        return Fraction(tick, reading.ticks_per_beat)
    return _seconds_by_tempo_map(reading, tick) * tempo / 60


def _simplest(beats: Fraction) -> Fraction:
    """The simple fraction a tick was rounded from (thirds, twelfths, …), where there is one within half a tick."""
    near = beats.limit_denominator(48)
    return near if abs(near - beats) <= Fraction(1, 2 * TICKS_PER_BEAT) else beats


def _moods(reading: _Reading, duration: Fraction) -> tuple[Section, ...]:
    kept = [section for section in reading.sections if section.start < duration]
    ends = [*(section.start for section in kept[1:]), *([duration] if kept else [])]
    return tuple(section.model_copy(update={"end": end}) for section, end in zip(kept, ends, strict=True))


def _notes(reading: _Reading, tempo: Fraction) -> Iterator[Note]:
    for name, pitch, start, stop, velocity in sorted(reading.notes, key=lambda item: (item[2], item[0], item[1])):
        begin, end = (_simplest(_beats(reading, tick, tempo)) for tick in (start, stop))
        yield Note(track=name, pitch=pitch, start_beats=begin, duration_beats=end - begin, velocity=velocity)


def score_from_midi(path: str | Path, *, genre: str = "", duration: Fraction | None = None) -> Score:
    """Read a MIDI file as a score: one of ours that a person edited, or any other.

    General MIDI programs become the nearest of our instruments, channel 10 the drum kit. A file with tempo changes
    keeps its times in seconds at its first tempo.

    Args:
        path: a Standard MIDI File, format 0 or 1.
        genre: decides the room; empty takes the one the file was composed in, else `documentary`.
        duration: length in seconds; None takes what the file says, else the end of its last note and two seconds.

    Raises:
        InputError: not a MIDI file, damaged, without notes, or longer than six hours.
    """
    path = Path(path)
    file = _open(path)
    reading = _Reading(file.ticks_per_beat)
    try:
        for number, track in enumerate(file.tracks):
            _read_track(reading, track, number)
        tempo = _tempo(reading)
    except (ValueError, ZeroDivisionError, KeyError, AttributeError) as error:
        raise InputError(f"This MIDI file is damaged ({error}).", path=path, hint="Export it again.") from error
    if not reading.notes or len(reading.notes) > _MAX_NOTES:
        problem = "has no notes" if not reading.notes else f"has more than {_MAX_NOTES} notes"
        raise InputError(f"This MIDI file {problem}.", path=path, hint="Export the piece again.")
    last = max(stop for _, _, _, stop, _ in reading.notes)
    if duration is None:
        written = reading.exact and Fraction(reading.exact.group(2))
        duration = written or _beats(reading, last, tempo) * 60 / tempo + 2
    if not 0 < duration <= _MAX_SECONDS:
        raise InputError("This piece is longer than six hours.", path=path, hint="Cut it into parts.")
    tonic, mode = _key_of(reading)
    return Score(
        duration=duration,
        tempo_bpm=tempo,
        beats_per_bar=reading.beats_per_bar or 4,
        tonic=tonic,
        mode=mode,
        genre=genre or (reading.exact.group(5) if reading.exact else "documentary"),
        instruments=dict(reading.instruments),
        notes=tuple(_notes(reading, tempo)),
        sections=_moods(reading, duration),
    )
