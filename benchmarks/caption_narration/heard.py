"""When words are heard, measured from the sound alone: by forced alignment and by the onset of energy after silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pocketsphinx
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from rushlight.media.sound import resample

__all__ = ["Heard", "align", "onset_after_silence"]

RATE = 16_000
_LEAD_SECONDS, _NOISE = 0.2, 6e-3
# eSpeak's IPA to the phones of the acoustic model; used only to spell words that its dictionary lacks.
_PHONES = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "ɔɪ": "OY", "əʊ": "OW", "oʊ": "OW", "eə": "EH R",
    "iə": "IY R", "ɪə": "IY R", "ʊə": "UH R", "ɜː": "ER", "ɑː": "AA", "ɔː": "AO", "iː": "IY", "uː": "UW", "ɐ": "AH",
    "ə": "AH", "ʌ": "AH", "ɒ": "AA", "ɑ": "AA", "ɔ": "AO", "a": "AE", "æ": "AE", "ɛ": "EH", "e": "EH", "ɪ": "IH",
    "i": "IY", "ʊ": "UH", "u": "UW", "o": "OW", "ɚ": "ER", "ɜ": "ER", "b": "B", "d": "D", "ð": "DH", "f": "F",
    "ɡ": "G", "g": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "ŋ": "NG", "p": "P", "ɹ": "R",
    "r": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "T", "θ": "TH", "v": "V", "w": "W", "x": "K", "z": "Z", "ʒ": "ZH",
    "ʔ": "T", "ɬ": "L", "ç": "HH",
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """A word and when the aligner hears it begin and end, in seconds from the start of the sound it was given."""

    text: str
    start: float
    end: float


@cache
def _decoder() -> Any:
    # Likely silence between words and a wide beam; chosen by agreement with the onset of energy, not with a voice.
    return pocketsphinx.Decoder(
        lm=None, samprate=float(RATE), logfn="/dev/null", bestpath=False, silprob=1.0, beam=1e-80, pbeam=1e-80,
        wbeam=1e-60,
    )  # fmt: skip


def spell(ipa: Sequence[str]) -> str:
    """Phones of the acoustic model for IPA symbols."""
    text = re.sub(r"[ˈˌ̩ʲ̃]", "", "".join(ipa))
    found, at = [], 0
    while at < len(text):
        for length in (2, 1):
            if (phone := _PHONES.get(text[at : at + length])) is not None:
                found.append(phone)
                at += length
                break
        else:
            at += 1
    return " ".join(found)


def align(sound: NDArray[np.float32], sample_rate: int, words: Sequence[tuple[str, Sequence[str]]]) -> list[Heard]:
    """Find known words in a sound with pocketsphinx's English model.

    Args:
        sound: float32, shape (n,), mono.
        sample_rate: its rate.
        words: each spoken word in order, lower case, with IPA to spell it by when the dictionary lacks it.

    Returns:
        One entry a word, in order; empty when the aligner found no path.
    """
    decoder = _decoder()
    for word, ipa in words:
        if decoder.lookup_word(word) is None:
            decoder.add_word(word, spell(ipa) or "AH", True)
    # Silence of pure zeros is nothing the model ever heard, and it wants some before and after the words.
    lead = np.zeros(round(_LEAD_SECONDS * RATE), np.float32)
    at16 = np.concatenate([lead, resample(sound[:, None], sample_rate, RATE)[:, 0], lead])
    at16 = at16 + np.random.default_rng(1).normal(0, _NOISE, len(at16))
    data = (np.clip(at16, -1, 1) * 32767).astype("<i2").tobytes()
    decoder.set_align_text(" ".join(word for word, _ in words))
    decoder.start_utt()
    decoder.process_raw(data, full_utt=True)
    decoder.end_utt()
    found = [
        Heard(re.sub(r"\(\d+\)$", "", part.word), _seconds(part.start_frame), _seconds(part.end_frame + 1))
        for part in decoder.seg() or ()
        if not part.word.startswith(("<", "["))
    ]
    return found if [item.text for item in found] == [word for word, _ in words] else []


def _seconds(frame: int) -> float:
    # A change of sound shows in the first frame whose window (25.6 ms every 10 ms) has its middle behind the change.
    return (frame * 10 + 7.8) / 1000 - _LEAD_SECONDS


def onset_after_silence(sound: NDArray[np.float32], sample_rate: int, near: float) -> float | None:
    """When sound begins after at least 60 ms of silence, within 80 ms of a time; None where there is no such place.

    Sound is 1 ms blocks above -45 dB of the whole's loudest 20 ms, rumble below 60 Hz left out.
    """
    low, high = max(round((near - 0.2) * sample_rate), 0), round((near + 0.12) * sample_rate)
    rumble = butter(2, 60, "highpass", fs=sample_rate, output="sos")
    part = sosfilt(rumble, sound[low:high].astype(np.float64))
    block = sample_rate // 1000
    levels = np.sqrt((part[: len(part) // block * block].reshape(-1, block) ** 2).mean(axis=1))
    blocks = sound[: len(sound) // (block * 20) * block * 20].astype(np.float64).reshape(-1, block * 20)
    loudest = np.sqrt((blocks**2).mean(axis=1).max())
    loud = levels > loudest * 10 ** (-45 / 20)
    origin = low / sample_rate
    for index in np.flatnonzero(loud):
        quiet_before = index >= 60 and not loud[index - 60 : index].any()
        if quiet_before and abs(origin + index / 1000 - near) <= 0.08:
            return float(origin + index / 1000)
    return None
