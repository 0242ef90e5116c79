"""The embedded recogniser: pocketsphinx (BSD) with the US English model of its wheel. It hears about half; a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.pronunciation import pronounce
from rushlight.models.recogniser import HeardWord

__all__ = ["PocketsphinxRecogniser", "load"]

RATE = 16_000
_FRAMES_A_SECOND = 100
# Weight of a project's own word in the language model, against a word of even chance.
_OWN_WEIGHT = 5000.0
# Marks an entry of the dictionary that stands for a project's own word.
_OWN = "own_"
_VARIANT = re.compile(r"\(\d+\)$")
# Silence of pure zeros is nothing the model ever heard, and it wants some before and after the words.
_LEAD_SECONDS, _NOISE = 0.2, 6e-4
# A change of sound shows in the first frame whose window (25.6 ms every 10 ms) has its middle behind the change.
_FRAME_MIDDLE_SECONDS = 0.0078


def load(rest: str) -> PocketsphinxRecogniser:
    """The recogniser `pocketsphinx/en-us`.

    Raises:
        ModelError: pocketsphinx is not installed, or another model was asked for.
    """
    if rest not in ("", "en-us"):
        raise ModelError(
            f"pocketsphinx brings no model {rest!r}.",
            hint="It knows en-us only; faster-whisper/FOLDER hears other languages.",
        )
    _package()
    return PocketsphinxRecogniser()


def _package() -> Any:
    try:
        import pocketsphinx
    except ImportError as error:
        raise ModelError("pocketsphinx is not installed.", hint="Run `pip install pocketsphinx`.") from error
    return pocketsphinx


class PocketsphinxRecogniser:
    """Hidden Markov models over phones with a trigram model of general English."""

    name = "pocketsphinx/en-us"
    licence = "BSD-2-Clause"
    draft = True
    exact_times = True

    def __init__(self) -> None:
        self.revision = version("pocketsphinx")
        self._decoders: dict[tuple[str, ...], tuple[Any, dict[str, str]]] = {}

    def recognise(
        self, samples: NDArray[np.float32], *, words: Sequence[str] = (), language: str = "en"
    ) -> list[HeardWord]:
        """Write down one stretch of speech; see `Recogniser.recognise`.

        Raises:
            ModelError: a language other than English.
        """
        if not language.lower().startswith("en"):
            raise ModelError(
                f"pocketsphinx/en-us does not know {language!r}.", hint="Choose a model of that language with --model."
            )
        decoder, own = self._decoder(tuple(words))
        _decode(decoder, samples)
        probability = decoder.get_logmath()
        return [
            HeardWord(
                own.get(text := _VARIANT.sub("", part.word), text),
                _seconds(part.start_frame),
                _seconds(part.end_frame + 1),
                min(max(float(probability.exp(part.prob)), 0.0), 1.0),
            )
            for part in decoder.seg() or ()
            if not part.word.startswith(("<", "["))
        ]

    def _decoder(self, words: tuple[str, ...]) -> tuple[Any, dict[str, str]]:
        """A decoder that knows these words too, and what its entries for them stand for."""
        if words not in self._decoders:
            decoder = _package().Decoder(samprate=float(RATE), logfn="/dev/null")
            self._decoders[words] = (decoder, _teach(decoder, words))
        return self._decoders[words]


def _teach(decoder: Any, words: Sequence[str]) -> dict[str, str]:
    """Add a project's own words as entries of their own, likelier than an unknown word would be."""
    parts = sorted({part for word in words for part in re.findall(r"[^\W\d_][\w'’-]*", word)})
    said = dict(zip(parts, pronounce(parts), strict=True)) if parts else {}
    model: Any = decoder.get_lm("_default") if parts else None
    own: dict[str, str] = {}
    for part in parts:
        known = decoder.lookup_word(part.lower().replace("’", "'"))
        entry = f"{_OWN}{len(own)}"
        if not (known or said[part]):
            continue
        # The model first: the decoder would add the word to it with no weight.
        model.add_word(entry, _OWN_WEIGHT)
        decoder.add_word(entry, known or said[part], False)
        if known and said[part] and said[part] != known:
            decoder.add_word(f"{entry}(2)", said[part], False)
        own[entry] = part
    if own:
        decoder.add_lm("own", model)
        decoder.activate_search("own")
    return own


def _decode(decoder: Any, samples: NDArray[np.float32]) -> None:
    lead = np.zeros(round(_LEAD_SECONDS * RATE), np.float32)
    heard = np.concatenate([lead, samples, lead])
    heard = heard + np.random.default_rng(1).normal(0, _NOISE, len(heard))
    decoder.start_utt()
    decoder.process_raw((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()


def _seconds(frame: int) -> float:
    return max(frame / _FRAMES_A_SECOND + _FRAME_MIDDLE_SECONDS - _LEAD_SECONDS, 0.0)
