"""Compose a piece of music that fits a film: its length, its sections and its moods."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import Field

from rushlight.artifacts import MusicPlan, Score
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.timeline.music.arrangement import Mood, arrange
from rushlight.timeline.music.form import plan_form, tidy_sections
from rushlight.timeline.music.harmony import ChordSlot, harmonise
from rushlight.timeline.music.melody import write_melody
from rushlight.timeline.music.styles import STYLES, Genre, Style
from rushlight.timeline.music.theory import Mode, parse_key
from rushlight.timeline.music.voicing import lead_voices

_COMMON_TONICS = (0, 2, 3, 4, 5, 7, 9, 10)
"""Keys that lie well for the instruments: C, D, E flat, E, F, G, A, B flat."""


@capability(version=1, metrics=("section_misfit_seconds",))
def compose_music(
    plan: MusicPlan,
    /,
    *,
    genre: Annotated[Genre, Field(description="Instruments, tempo range and manner.")] = "documentary",
    seed: Annotated[int, Field(ge=0, description="Another seed gives another piece.")] = 0,
    tempo_bpm: Annotated[
        float | None, Field(ge=30, le=240, description="Fixed tempo; without one, the tempo that fits the film best.")
    ] = None,
    key: Annotated[
        str | None, Field(description="Fixed key, such as `A minor`; without one, the mood chooses.")
    ] = None,
) -> Score:
    """Compose music for a film from its emotional curve: no model, only craft.

    Valence chooses the mode, arousal the tempo, the density and the dynamics. The tempo is constant and such that
    the film is a whole number of beats and its sections change as near as possible to bar lines. Chords come from a
    grammar of tonic, subdominant and dominant, led in four voices without parallel fifths or octaves; a theme is
    stated, varied and brought back; the last chord is the tonic after its dominant and ends with the film.

    Returns:
        The notes, in beats, with chords and sections. A fixed tempo is kept exactly; then the last chord takes up
        what is left of the last beat.

    Raises:
        InputError: a film shorter than a second, sections that overlap, or a key that is none.

    Reference:
        Functional grammar and its probabilities after Rohrmeier 2011, "Towards a generative syntax of tonal harmony",
        in spirit; voice leading rules as in any textbook of four-part writing.
    """
    rng = np.random.default_rng([seed, list(STYLES).index(genre)])
    sections = tidy_sections(plan)
    style = STYLES[genre]
    length = float(plan.duration)
    valence = sum(s.valence * float(s.end - s.start) for s in sections) / length
    arousal = sum(s.arousal * float(s.end - s.start) for s in sections) / length
    tonic, mode = parse_key(key) if key else _choose_key(valence, arousal, genre, rng)
    low, high = style.tempo_range
    triple = rng.random() < style.triple_chance and arousal < 0.5
    form = plan_form(
        plan,
        tempo_range=style.tempo_range,
        tempo_wish=low + (high - low) * (0.1 + 0.8 * arousal) + float(rng.uniform(-3, 3)),
        beats_per_bar=3 if triple else 4,
        tempo_bpm=Fraction(repr(tempo_bpm)) if tempo_bpm else None,
    )
    chords = harmonise(form, tonic, mode, loop=style.loop, rng=rng)
    voicings = lead_voices([slot.chord for slot in chords], _root_positions(chords))
    tune = write_melody(form, chords, voicings, tonic, mode, rng)
    notes = arrange(form, chords, voicings, tune, style, Mood(tuple(sections), form.tempo_bpm))
    changes = [min(abs(s.start - t.start) for t in sections) for s in form.sections[1:]]
    current_run().figure("section_misfit_seconds", float(max(changes, default=Fraction(0))))
    return Score(
        duration=plan.duration,
        tempo_bpm=form.tempo_bpm,
        beats_per_bar=form.beats_per_bar,
        tonic=tonic,
        mode=mode,
        genre=genre,
        instruments=_instruments(style, {note.track for note in notes}, rng),
        notes=tuple(notes),
        sections=form.sections,
        chords=tuple((str(slot.start), slot.chord.numeral) for slot in chords),
    )


def _choose_key(valence: float, arousal: float, genre: Genre, rng: np.random.Generator) -> tuple[int, Mode]:
    """Glad films are major or lydian, warm ones major or mixolydian, thoughtful ones dorian, sad ones minor."""
    choices: list[Mode]
    if valence >= 0.4:
        choices = (
            ["major", "major", "lydian"] if genre in ("cinematic", "ambient") else ["major", "major", "mixolydian"]
        )
    elif valence >= 0.05:
        choices = ["major", "major", "mixolydian"] if arousal < 0.6 else ["major", "mixolydian", "dorian"]
    elif valence >= -0.2:
        choices = ["dorian", "minor", "major"]
    else:
        choices = ["minor", "minor", "dorian"] if valence > -0.5 else ["minor"]
    mode = choices[int(rng.integers(len(choices)))]
    return _COMMON_TONICS[int(rng.integers(len(_COMMON_TONICS)))], mode


def _root_positions(chords: list[ChordSlot]) -> list[bool]:
    """Roots lie in the bass where a phrase begins or closes, and in both chords of the last cadence."""
    count = len(chords)
    return [
        i == 0 or i >= count - 2 or chords[i - 1].phrase != slot.phrase or chords[i + 1].phrase != slot.phrase
        for i, slot in enumerate(chords)
    ]


def _instruments(style: Style, used: set[str], rng: np.random.Generator) -> dict[str, str]:
    picked = {layer.track: layer.instruments[int(rng.integers(len(layer.instruments)))] for layer in style.layers}
    return {track: instrument for track, instrument in picked.items() if track in used}
