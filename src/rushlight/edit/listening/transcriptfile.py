"""Transcripts that other programs wrote: SRT, WebVTT, ASS and the JSON of Whisper programs."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from rushlight.artifacts import Transcript, TranscriptWord
from rushlight.core.errors import InputError
from rushlight.models.recogniser import HeardWord
from rushlight.models.whisper_json import share_out, words_of_whisper
from rushlight.timeline.captionfile import read_captions

__all__ = ["load_transcript"]

_MOST_BYTES = 64 << 20


def load_transcript(path: Path) -> Transcript:
    """A transcript from captions, from Whisper's JSON, or from what an earlier step printed with --json.

    Captions say when sentences are shown, not when words are heard: times of words are shared out over each, and
    `exact_times` is false.

    Raises:
        InputError: none of these, too large, or without words.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This transcript is too large.", path=path, hint="At most 64 MB are read.")
    if path.suffix.lower() == ".json":
        return _from_json(path)
    captions = read_captions(path)
    words = [word for cue in captions.cues for word in share_out(" ".join(cue.lines), float(cue.start), float(cue.end))]
    return _made(path, words, False, captions.language)


def _from_json(path: Path) -> Transcript:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("This transcript is not JSON.", path=path) from error
    if isinstance(content, dict) and "words" in content and "segments" not in content:
        try:
            return Transcript.model_validate(content)
        except ValueError as error:
            raise InputError("This file does not hold a Transcript.", path=path) from error
    try:
        words, exact = words_of_whisper(content)
    except InputError as error:
        raise InputError(error.message, path=path, where=error.where, hint=error.hint) from error
    language = content.get("language")
    return _made(path, words, exact, language if isinstance(language, str) and language else "en")


def _made(path: Path, words: list[HeardWord], exact: bool, language: str) -> Transcript:
    if not words:
        raise InputError("This transcript has no words.", path=path)
    ordered = sorted(words, key=lambda word: word.start)
    made = tuple(
        TranscriptWord(text=word.text, start=_ms(word.start), end=_ms(word.end), confidence=word.confidence)
        for word in ordered
    )
    return Transcript(
        words=made, duration=max(word.end for word in made), language=language, recogniser="file", exact_times=exact
    )


def _ms(seconds: float) -> Fraction:
    return Fraction(round(seconds * 1000), 1000)
