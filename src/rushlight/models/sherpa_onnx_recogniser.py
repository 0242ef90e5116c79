"""Transducer and Whisper networks through sherpa-onnx (Apache-2.0), from a folder on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.cards import models_folder
from rushlight.models.recogniser import HeardWord

__all__ = ["SherpaOnnxRecogniser", "load", "words_of_tokens"]

RATE = 16_000
# A token's time is when it begins; the last one of a stretch is given this much.
_LAST_TOKEN_SECONDS = 0.2
_WORD_MARKS = ("▁", " ")


def load(rest: str) -> SherpaOnnxRecogniser:
    """The recogniser `sherpa-onnx/FOLDER`: encoder, decoder and joiner of a transducer, and `tokens.txt`.

    Raises:
        ModelError: the folder, a file of it or the package is missing, or the model is broken.
    """
    folder = Path(rest).expanduser() if rest and Path(rest).expanduser().is_dir() else models_folder() / (rest or ".")
    parts = {part: sorted(folder.glob(f"*{part}*.onnx"))[:1] for part in ("encoder", "decoder", "joiner")}
    if not rest or not all(parts.values()) or not (folder / "tokens.txt").is_file():
        raise ModelError(
            f"There is no sherpa-onnx model {rest!r} here.",
            path=folder,
            hint="Give a folder of a transducer: encoder, decoder and joiner as .onnx, and tokens.txt.",
        )
    try:
        import sherpa_onnx
    except ImportError as error:
        raise ModelError("sherpa-onnx is not installed.", hint="Run `pip install 'rushlight[sherpa]'`.") from error
    files = {part: str(found[0]) for part, found in parts.items()}
    try:
        model = sherpa_onnx.OfflineRecognizer.from_transducer(**files, tokens=str(folder / "tokens.txt"))
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError("This sherpa-onnx model cannot be read.", path=folder) from error
    return SherpaOnnxRecogniser(f"sherpa-onnx/{rest}", model)


class SherpaOnnxRecogniser:
    """A transducer; each token carries the time at which it was given out."""

    licence = "Apache-2.0"
    draft = False
    exact_times = True

    def __init__(self, name: str, model: Any) -> None:
        self.name, self._model, self.revision = name, model, ""

    def recognise(
        self, samples: NDArray[np.float32], *, words: Sequence[str] = (), language: str = "en"
    ) -> list[HeardWord]:
        """Write down one stretch of speech; see `Recogniser.recognise`. It cannot be told words of one's own."""
        del words, language
        stream = self._model.create_stream()
        stream.accept_waveform(RATE, samples)
        self._model.decode_stream(stream)
        return words_of_tokens(list(stream.result.tokens), list(stream.result.timestamps), len(samples) / RATE)


def words_of_tokens(tokens: Sequence[str], starts: Sequence[float], seconds: float) -> list[HeardWord]:
    """Words from pieces of words; a piece that begins with `▁` or a space begins a word.

    Args:
        tokens: in order.
        starts: when each begins, in seconds.
        seconds: length of the sound.
    """
    found: list[HeardWord] = []
    ends = [*starts[1:], min(seconds, (starts[-1] if starts else 0) + _LAST_TOKEN_SECONDS)]
    for token, start, end in zip(tokens, starts, ends, strict=True):
        text = token.lstrip("▁ ")
        if not found or token.startswith(_WORD_MARKS):
            found.append(HeardWord(text, float(start), float(end)))
        else:
            found[-1] = HeardWord(found[-1].text + text, found[-1].start, float(end))
    return [word for word in found if word.text]
