"""When known words are heard: forced alignment with pocketsphinx's English model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.pronunciation import pronounce
from rushlight.models.recogniser import HeardWord

__all__ = ["RATE", "align_words", "dictionary_form"]

RATE = 16_000
"""Samples a second that it listens at."""
# Silence of pure zeros is nothing the model ever heard, and it wants some before and after the words.
_LEAD_SECONDS, _NOISE = 0.2, 6e-3
# A change of sound shows in the first frame whose window (25.6 ms every 10 ms) has its middle behind the change.
_FRAME_MIDDLE_SECONDS = 0.0078
# Widest to narrowest: a wide beam finds a path in hard recordings.
_BEAMS = ((1e-80, 1e-60), (1e-200, 1e-150))
_VARIANT = re.compile(r"\(\d+\)$")


@cache
def _decoder(number: int) -> Any:
    try:
        import pocketsphinx
    except ImportError as error:
        raise ModelError("pocketsphinx is not installed.", hint="Run `pip install pocketsphinx`.") from error
    beam, word_beam = _BEAMS[number]
    # Likely silence between words, so that pauses do not stretch them.
    return pocketsphinx.Decoder(
        lm=None, samprate=float(RATE), logfn="/dev/null", bestpath=False, silprob=1.0, beam=beam, pbeam=beam,
        wbeam=word_beam, cmn="batch",
    )  # fmt: skip


@cache
def _flat_cmn(number: int) -> str:
    """The cepstral mean that a decoder begins with."""
    return str(_decoder(number).get_cmn(False))


def dictionary_form(word: str) -> str:
    """A word as the dictionary writes it: small letters, straight apostrophes, no punctuation around."""
    return re.sub(r"^[^\w]+|[^\w]+$", "", word.lower().replace("’", "'")).replace("_", "")


def align_words(samples: NDArray[np.float32], words: Sequence[str]) -> list[HeardWord] | None:
    """Find known words in a stretch of sound where all of them, and nothing else, are said.

    Args:
        samples: mono at 16 kHz, shape (n,).
        words: in dictionary form, in the order in which they are said, none of them empty.

    Returns:
        One entry a word, seconds from the start of the sound; None when they cannot be fitted to it.

    Raises:
        ModelError: pocketsphinx is not installed.
    """
    if not words or len(samples) < RATE // 20:
        return None
    lead = np.zeros(round(_LEAD_SECONDS * RATE), np.float32)
    loud = max(float(np.abs(samples).max(initial=0)), 1e-4)
    heard = np.concatenate([lead, samples * np.float32(0.5 / loud), lead])
    heard = heard + np.random.default_rng(1).normal(0, _NOISE, len(heard))
    data = (np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes()
    for number in range(len(_BEAMS)):
        if (found := _aligned(number, data, words, len(samples) / RATE)) is not None:
            return found
    return None


def _aligned(number: int, data: bytes, words: Sequence[str], seconds: float) -> list[HeardWord] | None:
    decoder = _decoder(number)
    _flat_cmn(number)  # Asked for before anything is heard.
    unknown = sorted({word for word in words if decoder.lookup_word(word) is None})
    for word, phones in zip(unknown, pronounce(unknown) if unknown else (), strict=True):
        decoder.add_word(word, phones or "AH", True)
    # What was heard before must not colour what is heard now: the same sound gives the same times.
    decoder.reinit_feat()
    decoder.set_cmn(_flat_cmn(number))
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(data, full_utt=True)
    decoder.end_utt()
    parts = [part for part in decoder.seg() or () if not part.word.startswith(("<", "["))]
    if [_VARIANT.sub("", part.word) for part in parts] != list(words):
        return None
    return [
        HeardWord(word, _seconds(part.start_frame, seconds), _seconds(part.end_frame + 1, seconds))
        for word, part in zip(words, parts, strict=True)
    ]


def _seconds(frame: int, longest: float) -> float:
    return min(max(frame / 100 + _FRAME_MIDDLE_SECONDS - _LEAD_SECONDS, 0.0), longest)
