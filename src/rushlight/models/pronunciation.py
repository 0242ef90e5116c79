"""How a word is said, in the phones of the English acoustic model (ARPAbet): by the embedded voice, else by letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rushlight.core.errors import ModelError, ToolError

__all__ = ["pronounce", "spell_by_letters", "spell_ipa"]

# eSpeak's IPA to phones.
_IPA = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "ɔɪ": "OY", "əʊ": "OW", "oʊ": "OW", "eə": "EH R",
    "iə": "IY R", "ɪə": "IY R", "ʊə": "UH R", "ɜː": "ER", "ɑː": "AA", "ɔː": "AO", "iː": "IY", "uː": "UW", "ɐ": "AH",
    "ə": "AH", "ʌ": "AH", "ɒ": "AA", "ɑ": "AA", "ɔ": "AO", "a": "AE", "æ": "AE", "ɛ": "EH", "e": "EH", "ɪ": "IH",
    "i": "IY", "ʊ": "UH", "u": "UW", "o": "OW", "ɚ": "ER", "ɜ": "ER", "b": "B", "d": "D", "ð": "DH", "f": "F",
    "ɡ": "G", "g": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "ŋ": "NG", "p": "P", "ɹ": "R",
    "r": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "T", "θ": "TH", "v": "V", "w": "W", "x": "K", "z": "Z", "ʒ": "ZH",
    "ʔ": "T", "ɬ": "L", "ç": "HH",
}  # fmt: skip
# Groups of letters to phones, tried from the longest; rough, and only for when no voice is installed.
_LETTERS = {
    "tion": "SH AH N", "sion": "ZH AH N", "ough": "AO", "augh": "AO", "igh": "AY", "tch": "CH", "sch": "SH",
    "dge": "JH", "eau": "OW", "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "wh": "W", "ck": "K", "ng": "NG",
    "qu": "K W", "kn": "N", "wr": "R", "gh": "G", "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW",
    "oi": "OY", "oy": "OY", "ai": "EY", "ay": "EY", "au": "AO", "aw": "AO", "ei": "AY", "ey": "IY", "ie": "IY",
    "ar": "AA R", "er": "ER", "ir": "ER", "ur": "ER", "or": "AO R", "a": "AE", "b": "B", "c": "K", "d": "D",
    "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N",
    "o": "AA", "p": "P", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IY",
    "z": "Z",
}  # fmt: skip
_MARKS = re.compile(r"[ˈˌ̩ʲ̃]")
_WORDS_A_MINUTE = 160.0


def pronounce(words: Sequence[str]) -> list[str]:
    """Phones of each word, separated by spaces: as eSpeak NG says it where it is installed, else from its letters.

    Returns:
        One string a word, such as `K AE T`; empty for a word without letters.
    """
    try:
        from rushlight.models.espeak import load
        from rushlight.models.reading import SpokenWord

        lines = [[SpokenWord(word, word)] for word in words]
        spoken = load("en-us").speak(lines, words_per_minute=_WORDS_A_MINUTE)
        found = [spell_ipa([phoneme.text for phoneme in utterance.phonemes]) for utterance in spoken]
    except (ModelError, ToolError):
        found = [""] * len(words)
    return [phones or spell_by_letters(word) for phones, word in zip(found, words, strict=True)]


def spell_ipa(symbols: Sequence[str]) -> str:
    """Phones for IPA symbols; what has none is left out."""
    return _replaced(_MARKS.sub("", "".join(symbols)), _IPA, 2)


def spell_by_letters(word: str) -> str:
    """Phones for a word by the letters it is written with: doubled letters once, a silent e at the end left out."""
    letters = re.sub(r"([a-z])\1", r"\1", re.sub(r"[^a-z]", "", word.lower()).replace("ee", "ie").replace("oo", "ou"))
    if len(letters) > 3 and letters.endswith("e"):
        letters = letters[:-1]
    return _replaced(letters, _LETTERS, 4)


def _replaced(text: str, table: dict[str, str], longest: int) -> str:
    found, at = [], 0
    while at < len(text):
        for length in range(longest, 0, -1):
            if (phones := table.get(text[at : at + length])) is not None:
                found.append(phones)
                at += length
                break
        else:
            at += 1
    return " ".join(found)
