"""Arrangement: chords and tune given to instruments as patterns that thicken with the mood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rushlight.artifacts import Note, Section
from rushlight.timeline.music.form import Form
from rushlight.timeline.music.harmony import ChordSlot
from rushlight.timeline.music.melody import MelodyNote
from rushlight.timeline.music.styles import Layer, Style
from rushlight.timeline.music.voicing import Voicing

__all__ = ["BOOM", "KICK", "RIM", "SHAKER", "SNARE", "Mood", "arrange"]

KICK, RIM, SNARE, SHAKER, BOOM = 36, 37, 40, 82, 35
"""Drums by their General MIDI note."""

_Event = tuple[Fraction, Fraction, int, float]
"""Start and length in beats, MIDI note, loudness relative to the layer."""


@dataclass(frozen=True)
class Mood:
    """The film's arousal at any beat."""

    sections: tuple[Section, ...]
    tempo_bpm: Fraction

    def at(self, beat: Fraction | int) -> float:
        """Arousal, 0 to 1, eased over a second on either side of a change so that dynamics do not jump."""
        seconds = float(beat * 60 / self.tempo_bpm)
        value = self.sections[0].arousal
        for before, after in zip(self.sections, self.sections[1:], strict=False):
            ease = min(max((seconds - float(after.start)) / 2 + 0.5, 0.0), 1.0)
            value += (after.arousal - before.arousal) * ease
        return min(max(value, 0.0), 1.0)


@dataclass(frozen=True)
class _Place:
    """A chord where a pattern is to be played."""

    slot: ChordSlot
    voicing: Voicing
    arousal: float
    bar_start: int
    bar_length: int

    def grid(self, step: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Grid points of the chord and how far each lies from the bar line."""
        time = self.slot.start
        while time < self.slot.start + self.slot.length:
            yield time, time - self.bar_start
            time += step

    def rest(self, time: Fraction) -> Fraction:
        """From a time to the chord's end."""
        return self.slot.start + self.slot.length - time


def _accent(position: Fraction) -> float:
    """Metrical weight: bar line, beat, off-beat."""
    return 1.0 if position == 0 else 0.9 if position.denominator == 1 else 0.6


def _sustain(place: _Place) -> Iterator[_Event]:
    for pitch in place.voicing[1:]:
        yield place.slot.start, place.slot.length, pitch, 1.0


def _broken(place: _Place, step: Fraction, order: tuple[int, ...], hold: Fraction) -> Iterator[_Event]:
    for number, (time, position) in enumerate(place.grid(step)):
        pitch = place.voicing[order[number % len(order)]]
        yield time, min(max(hold, step), place.rest(time)), pitch, _accent(position)


def _arpeggio(place: _Place) -> Iterator[_Event]:
    if place.arousal < 0.3:
        return _broken(place, Fraction(1), (1, 2, 3, 2), Fraction(3))
    return _broken(place, Fraction(1, 2), (1, 2, 3, 2), Fraction(2))


def _quarters(place: _Place) -> Iterator[_Event]:
    if place.arousal < 0.6:
        yield from _broken(place, Fraction(1), (3, 1, 2, 1), Fraction(3))
        return
    for start, length, pitch, loud in _broken(place, Fraction(1, 2), (3, 2, 1, 2), Fraction(2)):
        yield start, length, pitch, loud * (1.0 if start.denominator == 1 else 0.6)  # the pulse stays in quarters


def _eighths(place: _Place) -> Iterator[_Event]:
    return _broken(place, Fraction(1, 2), (1, 3, 2, 3, 1, 2, 3, 2), Fraction(1, 2))


def _fingers(place: _Place) -> Iterator[_Event]:
    step = Fraction(1) if place.arousal < 0.15 else Fraction(1, 2)
    yield from _broken(place, step, (1, 3, 2, 3), Fraction(3, 2))
    if place.arousal >= 0.55:
        for time, position in place.grid(Fraction(2)):
            yield time, min(Fraction(2), place.rest(time)), place.voicing[2], 0.6 * _accent(position)


def _bass(place: _Place) -> Iterator[_Event]:
    root, length = place.voicing[0], place.slot.length
    if place.arousal < 0.4 or length < 2:
        yield place.slot.start, length, root, 1.0
        return
    half = Fraction(2) if length >= 4 else length - 1
    yield place.slot.start, half, root, 1.0
    yield place.slot.start + half, length - half, root, 0.85


def _bass_eighths(place: _Place) -> Iterator[_Event]:
    if place.arousal < 0.35:
        yield from _bass(place)
        return
    for time, position in place.grid(Fraction(1, 2)):
        off = position.denominator > 1
        if place.arousal >= 0.6 or not off:
            yield time, Fraction(2, 5), place.voicing[0] + (12 if off else 0), _accent(position)


def _sparkle(place: _Place) -> Iterator[_Event]:
    if place.slot.start == place.bar_start:
        yield place.slot.start, place.slot.length, place.voicing[3] + 12, 0.9
        if place.arousal > 0.6 and place.slot.length >= 2:
            middle = place.slot.start + place.slot.length // 2
            yield middle, place.rest(middle), place.voicing[2] + 12, 0.7


def _hits(
    place: _Place, drum: int, step: Fraction, wanted: Callable[[Fraction], bool], loud: float
) -> Iterator[_Event]:
    for time, position in place.grid(step):
        if wanted(position):
            yield time, Fraction(1, 4), drum, loud * _accent(position)


def _shaker(place: _Place, loud: float) -> Iterator[_Event]:
    return _hits(place, SHAKER, Fraction(1, 2), lambda position: True, loud)


def _light(place: _Place) -> Iterator[_Event]:
    yield from _shaker(place, 0.7)
    if place.arousal > 0.65:
        yield from _hits(place, KICK, Fraction(1), lambda position: position % 2 == 0, 0.8)
    if place.arousal > 0.8:
        yield from _hits(place, SNARE, Fraction(1), lambda position: position % 2 == 1, 0.6)


def _brushes(place: _Place) -> Iterator[_Event]:
    yield from _hits(place, SNARE, Fraction(1), lambda position: position % 2 == 1, 0.75)
    if place.arousal > 0.5:
        yield from _hits(place, KICK, Fraction(1), lambda position: position % 2 == 0, 0.8)
    if place.arousal > 0.65:
        yield from _shaker(place, 0.6)


def _drums(place: _Place) -> Iterator[_Event]:
    yield from _hits(place, BOOM, Fraction(1), lambda position: position == 0, 1.0)
    if place.arousal > 0.6:
        yield from _hits(place, KICK, Fraction(1, 2), lambda position: position in (2, Fraction(7, 2)), 0.8)
    if place.arousal > 0.75:
        yield from _hits(place, SNARE, Fraction(1), lambda position: position % 2 == 1, 0.6)


def _four(place: _Place) -> Iterator[_Event]:
    yield from _hits(place, KICK, Fraction(1), lambda position: True, 0.95)
    if place.arousal > 0.45:
        yield from _hits(place, SHAKER, Fraction(1, 2), lambda position: position.denominator > 1, 0.8)
    if place.arousal > 0.6:
        yield from _hits(place, SNARE, Fraction(1), lambda position: position % 2 == 1, 0.7)


_PATTERNS: dict[str, Callable[[_Place], Iterator[_Event]]] = {
    "sustain": _sustain,
    "arpeggio": _arpeggio,
    "quarters": _quarters,
    "eighths": _eighths,
    "fingers": _fingers,
    "bass": _bass,
    "bass_eighths": _bass_eighths,
    "sparkle": _sparkle,
    "light": _light,
    "brushes": _brushes,
    "drums": _drums,
    "four": _four,
}


def _closing(pattern: str, slot: ChordSlot, voicing: Voicing, strikes: bool) -> Iterator[_Event]:
    """The last chord: held voices, a rolled chord, the key note in the bass, one stroke if drums were playing."""
    start, length = slot.start, slot.length
    if pattern == "sustain":
        yield from ((start, length, pitch, 0.9) for pitch in voicing[1:])
    elif pattern.startswith("bass"):
        yield start, length, voicing[0], 1.3  # the key note carries the close
    elif pattern == "sparkle":
        yield start, length, voicing[3] + 12, 0.7
    elif pattern in ("arpeggio", "quarters", "eighths", "fingers"):
        roll = min(Fraction(1, 12), length / 8)
        yield from ((start + roll * i, length - roll * i, pitch, 0.95) for i, pitch in enumerate(voicing))
    elif strikes:
        drum = BOOM if pattern == "drums" else KICK
        yield start, min(Fraction(1, 4), length), drum, 0.8


def _velocity(arousal: float, layer: Layer, loud: float) -> int:
    return int(np.clip(round((34 + 66 * arousal) * layer.loudness * loud), 8, 118))


def _places(form: Form, chords: list[ChordSlot], voicings: list[Voicing], mood: Mood) -> list[_Place]:
    bars = iter(form.bars)
    bar = next(bars, None)
    found = []
    for slot, voicing in zip(chords[:-1], voicings[:-1], strict=True):
        while bar is not None and slot.start >= bar.start + bar.length:
            bar = next(bars, None)
        assert bar is not None
        found.append(_Place(slot, voicing, mood.at(slot.start), bar.start, bar.length))
    return found


def arrange(
    form: Form,
    chords: list[ChordSlot],
    voicings: list[Voicing],
    tune: list[MelodyNote],
    style: Style,
    mood: Mood,
) -> list[Note]:
    """Give chords and tune to the layers of a style.

    Args:
        form: bars and sections.
        chords: the progression; the last one is the closing chord.
        voicings: one per chord.
        tune: the melody.
        style: layers with their patterns.
        mood: arousal over the film, which brings layers in and sets how loud they play.

    Returns:
        Notes in order of time; every one ends by the last beat.
    """
    places = _places(form, chords, voicings, mood)
    notes: list[Note] = []
    for layer in style.layers:
        events: list[tuple[_Event, float]] = []
        if layer.pattern == "melody":
            events = [((n.start, n.length, n.pitch, 1.0), mood.at(n.start)) for n in tune]
        else:
            for place in places:
                if place.arousal >= layer.enters:
                    events += [(event, place.arousal) for event in _PATTERNS[layer.pattern](place)]
            ending = mood.at(chords[-1].start)
            if ending >= layer.enters or layer.pattern.startswith("bass"):
                closing = _closing(layer.pattern, chords[-1], voicings[-1], ending >= layer.enters > 0)
                events += [(event, ending) for event in closing]
        notes += [
            Note(track=layer.track, pitch=p, start_beats=s, duration_beats=d, velocity=_velocity(a, layer, loud))
            for (s, d, p, loud), a in events
        ]
    return sorted(notes, key=lambda note: (note.start_beats, note.track, note.pitch))
