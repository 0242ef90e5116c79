"""Voices: one interface, chosen by a name such as `espeak/en-gb`, `kokoro/af_heart` or `piper/model.onnx`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.reading import SpokenWord

__all__ = ["ENGINES", "TimedSound", "Utterance", "Voice", "load_voice"]


@dataclass(frozen=True)
class TimedSound:
    """A word or phoneme inside an utterance, in samples from its start."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Utterance:
    """One spoken line.

    Attributes:
        samples: float32, shape (n,), mono, within ±1.
        words: one entry for each `SpokenWord`, in order.
        phonemes: IPA symbols, in order; empty when the engine reports none.
    """

    samples: NDArray[np.float32]
    words: tuple[TimedSound, ...]
    phonemes: tuple[TimedSound, ...] = field(default=())


class Voice(Protocol):
    """Something that can read lines aloud."""

    name: str
    sample_rate: int
    exact_times: bool
    """Whether word times come from the engine, not from an estimate."""
    trained: bool
    """Whether a trained network makes the sound; rule-based synthesis is not trained."""
    revision: str
    licence: str

    def speak(self, lines: Sequence[Sequence[SpokenWord]], *, words_per_minute: float) -> list[Utterance]:
        """Read lines aloud, one utterance each."""
        ...


ENGINES: dict[str, str] = {
    "espeak": "rushlight.models.espeak",
    "kokoro": "rushlight.models.kokoro",
    "piper": "rushlight.models.piper",
}
"""Engine name to the module whose `load(rest: str) -> Voice` makes a voice of it."""


def load_voice(name: str) -> Voice:
    """The voice with this name: the engine, a slash, and the engine's own name for the voice.

    Raises:
        ModelError: no such engine or voice, or its package or files are missing; the hint says how to get them.
    """
    engine, _, rest = name.partition("/")
    if engine not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ModelError(
            f"There is no voice {name!r}.", hint=f"A voice is ENGINE/NAME, such as espeak/en-gb; engines: {known}."
        )
    load: Callable[[str], Voice] = import_module(ENGINES[engine]).load
    return load(rest)
