"""A recogniser that expects one known text: a bigram model of its words, with single sounds for what is not in it."""

from __future__ import annotations

import math
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.pronunciation import pronounce
from rushlight.models.recogniser import HeardWord

__all__ = ["ScriptRecogniser"]

RATE = 16_000
_LEAD_SECONDS, _NOISE, _FRAME_MIDDLE_SECONDS = 0.2, 1e-3, 0.0078
# Share of a word's chance that goes to the word which follows it in the text; the rest may jump anywhere.
_FOLLOWING = 0.9
# Share of all chance that goes to single sounds, which stand for words that are not in the text.
_STRANGE = 0.08
_PHONES = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
_SOUND = "strange_"
_VARIANT = re.compile(r"\(\d+\)$")


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    """How each word of the English model is said, in all its variants."""
    try:
        import pocketsphinx
    except ImportError as error:
        raise ModelError("pocketsphinx is not installed.", hint="Run `pip install pocketsphinx`.") from error
    said: dict[str, tuple[str, ...]] = {}
    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        word = _VARIANT.sub("", word)
        said[word] = (*said.get(word, ()), phones)
    return said


def _pronunciations(words: Sequence[str]) -> str:
    """A dictionary of these words alone: searching and loading one takes a hundredth of the time of all of English."""
    known = _dictionary()
    unknown = sorted({word for word in words if word not in known})
    spelled = dict(zip(unknown, pronounce(unknown) if unknown else (), strict=True))
    lines = [f"{_SOUND}{phone.lower()} {phone}" for phone in _PHONES]
    for word in sorted(set(words)):
        for number, phones in enumerate(known.get(word) or (spelled[word] or "AH",)):
            lines.append(f"{word}{f'({number + 1})' if number else ''} {phones}")
    return "\n".join([*lines, ""])


class ScriptRecogniser:
    """Hears which words of a text are said and when, where words may be left out, repeated or added.

    Args:
        words: the text in dictionary form, in order.

    Raises:
        ModelError: pocketsphinx is not installed.
    """

    def __init__(self, words: Sequence[str]) -> None:
        dictionary = _pronunciations(words)
        import pocketsphinx

        with tempfile.TemporaryDirectory(prefix="rushlight-") as folder:
            model, spoken = Path(folder) / "text.arpa", Path(folder) / "text.dict"
            model.write_text(_arpa(words), encoding="utf-8")
            spoken.write_text(dictionary, encoding="utf-8")
            self._decoder: Any = pocketsphinx.Decoder(
                lm=str(model), dict=str(spoken), samprate=float(RATE), logfn="/dev/null"
            )

    def hear(self, samples: NDArray[np.float32]) -> list[HeardWord]:
        """The words of the text heard in a stretch of speech, mono at 16 kHz; an empty word where another is said."""
        decoder = self._decoder
        lead = np.zeros(round(_LEAD_SECONDS * RATE), np.float32)
        loud = max(float(np.abs(samples).max(initial=0)), 1e-4)
        heard = np.concatenate([lead, samples * np.float32(0.5 / loud), lead])
        heard = heard + np.random.default_rng(1).normal(0, _NOISE, len(heard))
        decoder.start_utt()
        decoder.process_raw((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        found: list[HeardWord] = []
        for part in decoder.seg() or ():
            if part.word.startswith(("<", "[")):
                continue
            strange = part.word.startswith(_SOUND)
            start, end = (frame / 100 + _FRAME_MIDDLE_SECONDS - _LEAD_SECONDS for frame in
                          (part.start_frame, part.end_frame + 1))  # fmt: skip
            if strange and found and not found[-1].text and start - found[-1].end < 0.1:
                found[-1] = HeardWord("", found[-1].start, end)
            else:
                found.append(HeardWord("" if strange else _VARIANT.sub("", part.word), max(start, 0.0), end))
        return found


def _arpa(words: Sequence[str]) -> str:
    """A bigram model as an ARPA file: each word is mostly followed by what follows it in the text."""
    counts, pairs = Counter(words), Counter(zip(words, words[1:], strict=False))
    sounds = [_SOUND + phone.lower() for phone in _PHONES]
    total = len(words) + len(counts)
    chances = {word: (1 - _STRANGE - 0.02) * (count + 1) / total for word, count in counts.items()}
    chances |= {sound: _STRANGE / len(sounds) for sound in sounds}
    stay = math.log10(1 - _FOLLOWING)
    lines = ["\\data\\", f"ngram 1={len(chances) + 2}", f"ngram 2={max(len(pairs), 1)}", "", "\\1-grams:"]
    lines += ["-99 <s> 0.0", f"{math.log10(0.02):.4f} </s>"]
    follows = {word for word, _ in pairs}
    for word, chance in sorted(chances.items()):
        lines.append(f"{math.log10(chance):.4f} {word} {stay if word in follows else 0.0:.4f}")
    lines += ["", "\\2-grams:"]
    lines += [
        f"{math.log10(_FOLLOWING * count / counts[word]):.4f} {word} {after}"
        for (word, after), count in sorted(pairs.items())
    ] or [f"-0.1 <s> {words[0]}"]
    return "\n".join([*lines, "", "\\end\\", ""])
