"""Styles: for each genre its tempo, instruments, layers and room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["STYLES", "Genre", "Layer", "Style"]

Genre = Literal["cinematic", "ambient", "acoustic", "electronic", "documentary"]


@dataclass(frozen=True)
class Layer:
    """One track: what plays, how, and from which arousal on."""

    track: str
    instruments: tuple[str, ...]
    """Choices; the seed picks one."""
    pattern: str
    enters: float
    """Arousal from which the layer plays; zero means always."""
    loudness: float = 1.0
    """Scales velocities."""


@dataclass(frozen=True)
class Style:
    """A genre in figures."""

    tempo_range: tuple[int, int]
    triple_chance: float
    """How often a calm piece is in three."""
    loop: float
    """How strongly a theme keeps its chords when it returns."""
    layers: tuple[Layer, ...]
    reverb_seconds: float
    reverb_level: float


STYLES: dict[Genre, Style] = {
    "documentary": Style(
        (72, 104),
        0.15,
        8.0,
        (
            Layer("keys", ("piano", "guitar", "electric_piano"), "arpeggio", 0.0, 0.95),
            Layer("pad", ("strings",), "sustain", 0.0, 0.75),
            Layer("bass", ("bass",), "bass", 0.0, 0.9),
            Layer("melody", ("piano", "electric_piano"), "melody", 0.0, 1.05),
            Layer("percussion", ("kit",), "light", 0.5, 0.7),
        ),
        1.5,
        0.22,
    ),
    "cinematic": Style(
        (66, 100),
        0.2,
        5.0,
        (
            Layer("keys", ("piano", "harp"), "arpeggio", 0.0, 1.0),
            Layer("pad", ("strings",), "sustain", 0.0, 0.95),
            Layer("bass", ("bass",), "bass", 0.0, 1.0),
            Layer("melody", ("viola", "piano"), "melody", 0.0, 1.0),
            Layer("sparkle", ("celesta",), "sparkle", 0.3, 0.6),
            Layer("percussion", ("kit",), "drums", 0.45, 0.9),
        ),
        2.2,
        0.3,
    ),
    "ambient": Style(
        (62, 80),
        0.1,
        14.0,
        (
            Layer("keys", ("electric_piano", "harp"), "quarters", 0.0, 0.9),
            Layer("pad", ("pad",), "sustain", 0.0, 0.95),
            Layer("bass", ("bass",), "bass", 0.0, 0.95),
            Layer("melody", ("bell", "piano"), "melody", 0.0, 0.85),
            Layer("percussion", ("kit",), "light", 0.65, 0.5),
        ),
        2.8,
        0.38,
    ),
    "acoustic": Style(
        (80, 116),
        0.25,
        9.0,
        (
            Layer("keys", ("guitar",), "fingers", 0.0, 1.05),
            Layer("pad", ("strings",), "sustain", 0.5, 0.55),
            Layer("bass", ("bass",), "bass", 0.0, 0.9),
            Layer("melody", ("guitar", "piano", "harp"), "melody", 0.0, 1.0),
            Layer("percussion", ("kit",), "brushes", 0.35, 0.7),
        ),
        1.1,
        0.16,
    ),
    "electronic": Style(
        (96, 126),
        0.0,
        14.0,
        (
            Layer("keys", ("electric_piano", "pluck"), "eighths", 0.0, 0.95),
            Layer("pad", ("pad",), "sustain", 0.0, 0.85),
            Layer("bass", ("synth_bass",), "bass_eighths", 0.0, 0.9),
            Layer("melody", ("pluck", "bell", "electric_piano"), "melody", 0.0, 0.9),
            Layer("percussion", ("kit",), "four", 0.3, 0.85),
        ),
        1.4,
        0.2,
    ),
}
