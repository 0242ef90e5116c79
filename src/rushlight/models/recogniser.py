"""Recognisers of speech: one interface, chosen by a name such as `pocketsphinx/en-us` or `faster-whisper/FOLDER`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError

__all__ = ["RECOGNISERS", "HeardWord", "Recogniser", "load_recogniser"]


@dataclass(frozen=True)
class HeardWord:
    """A word and when it is heard, in seconds from the start of the sound given."""

    text: str
    start: float
    end: float
    confidence: float | None = None
    """How sure the recogniser is, as a probability; None when it does not say."""


class Recogniser(Protocol):
    """Something that writes down what is said."""

    name: str
    revision: str
    licence: str
    draft: bool
    """Whether a person has to read the result before it is published."""
    exact_times: bool
    """Whether word times are its own, not shared out over a sentence."""

    def recognise(
        self, samples: NDArray[np.float32], *, words: Sequence[str] = (), language: str = "en"
    ) -> list[HeardWord]:
        """Write down one stretch of speech.

        Args:
            samples: mono at 16 kHz, shape (n,), up to a minute or so.
            words: names and words that are likely to be said.
            language: BCP 47 tag.
        """
        ...


RECOGNISERS: dict[str, str] = {
    "pocketsphinx": "rushlight.models.pocketsphinx_recogniser",
    "faster-whisper": "rushlight.models.faster_whisper_recogniser",
    "sherpa-onnx": "rushlight.models.sherpa_onnx_recogniser",
    "whisper.cpp": "rushlight.models.whisper_server",
}
"""Engine name to the module whose `load(rest: str) -> Recogniser` makes a recogniser of it."""


def load_recogniser(name: str) -> Recogniser:
    """The recogniser with this name: the engine, a slash or space, and the engine's own name for the model.

    Raises:
        ModelError: no such engine or model, or its package or files are missing; the hint says how to get them.
    """
    engine = next((known for known in RECOGNISERS if name == known or name[: len(known) + 1] in
                   (f"{known}/", f"{known} ")), "")  # fmt: skip
    if not engine:
        raise ModelError(
            f"There is no recogniser {name!r}.",
            hint=f"A recogniser is ENGINE/MODEL, such as pocketsphinx/en-us; engines: {', '.join(RECOGNISERS)}.",
        )
    load: Callable[[str], Recogniser] = import_module(RECOGNISERS[engine]).load
    return load(name[len(engine) + 1 :].strip())
