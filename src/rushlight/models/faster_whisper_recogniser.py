"""Whisper through faster-whisper (MIT): a model folder on this machine; nothing is fetched behind a person's back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.cards import models_folder
from rushlight.models.recogniser import HeardWord

__all__ = ["FasterWhisperRecogniser", "load"]

_NEEDED = ("model.bin", "config.json")


def load(rest: str) -> FasterWhisperRecogniser:
    """The recogniser `faster-whisper/NAME_OR_FOLDER`; a name is a folder of the models folder.

    Raises:
        ModelError: the folder or the package is missing, or the model is broken.
    """
    folder = Path(rest).expanduser() if rest and Path(rest).expanduser().is_dir() else models_folder() / (rest or ".")
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not rest or missing:
        raise ModelError(
            f"There is no faster-whisper model {rest!r} here.",
            path=folder,
            hint=f"Give a folder that holds {' and '.join(_NEEDED)}, as CTranslate2 converts them.",
        )
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise ModelError("faster-whisper is not installed.", hint="Run `pip install 'rushlight[whisper]'`.") from error
    try:
        model = WhisperModel(str(folder), device="auto", compute_type="auto", local_files_only=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError("This faster-whisper model cannot be read.", path=folder, hint="Convert it again.") from error
    return FasterWhisperRecogniser(f"faster-whisper/{rest}", model)


class FasterWhisperRecogniser:
    """A Whisper network; word times come from its attention, right to about a tenth of a second."""

    licence = "MIT"
    draft = False
    exact_times = True

    def __init__(self, name: str, model: Any) -> None:
        self.name, self._model, self.revision = name, model, ""

    def recognise(
        self, samples: NDArray[np.float32], *, words: Sequence[str] = (), language: str = "en"
    ) -> list[HeardWord]:
        """Write down one stretch of speech; see `Recogniser.recognise`."""
        segments, _ = self._model.transcribe(
            samples, language=language.split("-")[0], word_timestamps=True, hotwords=" ".join(words) or None,
            condition_on_previous_text=False, temperature=0.0,
        )  # fmt: skip
        return [
            HeardWord(word.word.strip(), float(word.start), float(word.end), min(max(float(word.probability), 0), 1))
            for segment in segments
            for word in segment.words or ()
            if word.word.strip()
        ]
