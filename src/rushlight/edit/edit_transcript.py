"""The capability `edit_transcript`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Document, Media, Transcript
from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Rate
from rushlight.edit.joins import levels_db
from rushlight.edit.plan_cut import kept_of
from rushlight.media.sound import read_sound
from rushlight.timeline.transcriptfile import Edits, read_edits

__all__ = ["edit_transcript"]

_SAMPLE_RATE = 16_000
# Kept around the first and last word of a stretch, where nobody else speaks.
_BREATH = Fraction(12, 100)


@capability(version=1, metrics=("deleted_words", "moved_words", "corrected_words", "kept_seconds"))
def edit_transcript(
    media: Media,
    transcript: Transcript,
    edited: Document,
    /,
    *,
    rate: Annotated[Rate | None, Field(description="Frame rate of the cut; the recording's own by default.")] = None,
) -> EditList:
    """Cut a recording by its transcript: delete, move or correct words in a text, and the cut follows.

    Every cut lies between words, in the quietest 10 ms within 150 ms, and every stretch has whole frames. Corrected
    words keep their sound and change the captions; words that were never said are left out and named.

    Returns:
        The stretches in the order of the text, each with its words as they were written.

    Raises:
        InputError: the transcript is of another recording or has no words, or no word is left.
    """
    if media.sound is None:
        raise InputError("This recording has no sound.", path=media.file.path)
    if not transcript.words:
        raise InputError("This transcript has no words.", path=media.file.path, hint="Transcribe the recording first.")
    if transcript.sound_sha256 and transcript.sound_sha256 != media.file.sha256:
        raise InputError("This transcript is of another recording.", path=media.file.path, hint="Transcribe this one.")
    try:
        text = edited.file.path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("The edited transcript is not UTF-8 text.", path=edited.file.path) from error
    try:
        edits = read_edits(text, transcript)
    except InputError as error:
        raise InputError(error.message, path=edited.file.path, hint=error.hint) from error
    run = current_run()
    for words in edits.unsaid[:5]:
        run.note_weak(f"Nobody says “{words}” in this recording, so it is left out.")
    levels = levels_db(read_sound(media.file.path, sample_rate=_SAMPLE_RATE, channels=1), _SAMPLE_RATE)
    frame_rate = rate or (media.video.rate if media.video else Fraction(100))
    spans = _spans(media, transcript, edits, levels, frame_rate)
    made = EditList(
        spans=tuple(spans),
        sources=(media.file.sha256,),
        notes=tuple(f"Nobody says “{words}” in this recording, so it is left out." for words in edits.unsaid),
    )
    run.figure("deleted_words", edits.deleted)
    run.figure("moved_words", edits.moved)
    run.figure("corrected_words", edits.corrected)
    run.figure("kept_seconds", float(made.duration))
    return made


def _spans(
    media: Media, transcript: Transcript, edits: Edits, levels: NDArray[np.float64], rate: Fraction
) -> list[EditSpan]:
    """A stretch for every run of words that follow each other as they were said."""
    words = transcript.words
    spans: list[EditSpan] = []
    begin = 0
    for number in range(1, len(edits.words) + 1):
        if number < len(edits.words) and edits.words[number][0] == edits.words[number - 1][0] + 1:
            continue
        run = edits.words[begin:number]
        first, last = run[0][0], run[-1][0]
        start = Fraction(0) if first == 0 else max(words[first].start - _BREATH, words[first - 1].end)
        end = media.duration if last == len(words) - 1 else min(words[last].end + _BREATH, words[last + 1].start)
        moved = begin > 0 and first <= edits.words[begin - 1][0]
        reason = "" if not spans and first == 0 else "moved in the transcript" if moved else "deleted in the transcript"
        span = kept_of(start, end, media.duration, levels, rate, words, 0, reason)
        if span is not None:
            shown = tuple(words[place].model_copy(update={"text": written}) for place, written in run if written)
            spans.append(span.model_copy(update={"words": shown}))
        begin = number
    return spans
