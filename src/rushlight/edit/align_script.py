"""The capability `align_script`."""

from __future__ import annotations

import re
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Media, Transcript, TranscriptWord
from rushlight.artifacts.source import Document
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import current_run
from rushlight.edit.listening.anchors import HEARD, Placed, place_words
from rushlight.edit.listening.bands import RATE
from rushlight.edit.listening.recording import exact_seconds, hear
from rushlight.edit.listening.turns import turns_of_speech
from rushlight.models.forced_alignment import align_words, dictionary_form
from rushlight.models.reading import SpokenWord, read_line
from rushlight.models.recogniser import HeardWord
from rushlight.models.script_recogniser import ScriptRecogniser

__all__ = ["align_script", "align_text"]

_MOST_BYTES = 4 << 20
_MOST_WORDS = 100_000
# From this share of words heard as written, the text is taken to be that of the recording.
_SAME_TEXT = 0.35


@capability(version=1, metrics=("words_found",))
def align_script(
    recording: Media,
    script: Document,
    /,
    *,
    language: Annotated[str, Field(description="Language of the text, such as en.")] = "en",
) -> Transcript:
    """Find when each word of a known text is said in a recording of it.

    A recogniser that expects this text finds it first, so that words which were left out, repeated or added do no
    harm; then the words are fitted to the sound between pauses, to about a hundredth of a second. Numbers and
    abbreviations are read as they are said; words that no dictionary has are spelled by the embedded voice. Words
    that are not said are left out of the result, which says how many.

    Args:
        recording: somebody reading the text, in English.
        script: plain text, UTF-8; Markdown's marks at the start of lines are passed over.

    Returns:
        A `Transcript` with the words as the text writes them.

    Raises:
        InputError: no text, no sound, or another text than what is said.
        ModelError: a language that the aligner does not know.
    """
    if not language.lower().startswith("en"):
        raise ModelError(f"The aligner does not know {language!r}.", hint="It knows English only.")
    written = read_line(_text(script), language)
    samples = hear(recording)
    placed, missing = align_text(samples, written)
    current_run().use_model("pocketsphinx/en-us", "", "BSD-2-Clause")
    said = len(placed) + missing
    sure = sum(place.confidence >= HEARD for _, place in placed)
    if not placed or sure < _SAME_TEXT * said:
        raise InputError(
            f"Only {sure} of {said} words of this text were found in the recording.",
            path=script.file.path,
            hint="Give the text of this recording; `rushlight edit transcribe` makes a draft of one.",
        )
    current_run().figure("words_found", len(placed) / said)
    words, last = [], exact_seconds(0, recording.duration)
    for text, place in placed:
        start = max(exact_seconds(place.start, recording.duration), last)
        last = max(exact_seconds(place.end, recording.duration), start)
        words.append(TranscriptWord(text=text, start=start, end=last, confidence=place.confidence))
    notes = (f"{missing} words of the text are not said, or could not be found.",) if missing else ()
    exact = all(place.exact for _, place in placed)
    if not exact:
        current_run().note_weak("Some words could not be fitted exactly; their times are the recogniser's.")
    return Transcript(
        words=tuple(words), duration=recording.duration, language=language, recogniser="script", exact_times=exact,
        sound_sha256=recording.file.sha256, notes=notes,
    )  # fmt: skip


def align_text(samples: NDArray[np.float32], written: list[SpokenWord]) -> tuple[list[tuple[str, Placed]], int]:
    """Times of the written words that are said in mono sound at 16 kHz, and how many are not.

    A written word that is said as several (`1984`) begins with the first and ends with the last of them.
    """
    said, owners = [], []
    for number, word in enumerate(written):
        for form in map(dictionary_form, re.split(r"[\s–—-]+", word.spoken)):
            if re.search(r"[^\W\d_]", form):
                said.append(form)
                owners.append(number)
    if not said:
        return [], 0
    recogniser = ScriptRecogniser(said)
    turns = turns_of_speech(samples) or [(0.0, len(samples) / RATE)]
    heard = []
    for done, (start, end) in enumerate(turns):
        current_run().progress(0.3 + 0.5 * done / len(turns), "listening for the text")
        heard += [
            HeardWord(word.text, word.start + start, word.end + start)
            for word in recogniser.hear(samples[int(start * RATE) : int(end * RATE)])
        ]
    found: dict[int, Placed] = {}
    for place in place_words(samples, said, heard, align_words):
        first = found.setdefault(owners[place.number], place)
        if first is not place:
            first.end, first.exact = place.end, first.exact and place.exact
            first.confidence = min(first.confidence, place.confidence)
    spoken = sorted(set(owners))
    return [(written[number].text, found[number]) for number in spoken if number in found], len(spoken) - len(found)


def _text(script: Document) -> str:
    path = script.file.path
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This text is longer than a recording.", path=path, hint="Give the text that is said.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("This text is not UTF-8.", path=path, hint="Save it as UTF-8 plain text.") from error
    plain = " ".join(re.sub(r"(?m)^\s*(?:#+|[-*>])\s+", "", text).split())
    if not re.search(r"[^\W\d_]", plain):
        raise InputError("This text has no words.", path=path)
    if plain.count(" ") > _MOST_WORDS:
        raise InputError(f"This text has more than {_MOST_WORDS:,} words.", path=path)
    return plain
