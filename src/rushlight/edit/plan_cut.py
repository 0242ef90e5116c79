"""The capability `plan_cut`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Findings, Media, Transcript
from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.artifacts.transcript import TranscriptWord
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Rate, Seconds
from rushlight.edit.joins import levels_db, quiet_point, snap_to_frames
from rushlight.media.sound import read_sound

__all__ = ["cut_out", "kept_of", "plan_cut"]

_SAMPLE_RATE = 16_000
# A stretch between two cuts that is shorter than this is a flash: it goes with them.
_SHORTEST = Fraction(15, 100)
# A cut point is moved by up to 150 ms and a frame, and what is lost is the quietest place of all.
_DAMAGE_MARGIN = Fraction(1, 5)


@capability(version=2, metrics=("kept_seconds", "removed_seconds", "cuts"))
def plan_cut(
    media: Media,
    findings: Findings,
    transcript: Transcript | None = None,
    edited: EditList | None = None,
    /,
    *,
    rate: Annotated[Rate | None, Field(description="Frame rate of the cut; the recording's own by default.")] = None,
    margin_seconds: Annotated[
        Seconds, Field(description="Kept of a silence at either side, so that speech can breathe.")
    ] = Fraction(12, 100),
    removed: Annotated[
        tuple[str, ...], Field(description="What to cut out: silence, filler, retake, false_start, damage.")
    ] = (
        "silence",
        "filler",
        "retake",
        "false_start",
        "damage",
    ),
) -> EditList:
    """Cut out what was found in a recording, unless a person wants it kept, at points that nobody hears.

    With `edited`, such as an edited transcript gave it, what was found is cut out of that.

    Cut points lie in the quietest 10 ms within 150 ms, never inside a word of the transcript, and every stretch has
    whole frames, so that picture and sound stay together over any number of cuts.

    Raises:
        InputError: the recording has no sound, or nothing of it would be left.
    """
    if media.sound is None:
        raise InputError("This recording has no sound to cut by.", path=media.file.path, hint="Give one with sound.")
    holes = []
    for found in findings.findings:
        if found.kind not in removed or found.keep:
            continue
        margin = margin_seconds if found.kind == "silence" else Fraction(0)
        if found.kind == "damage":
            margin = -_DAMAGE_MARGIN
        # Nothing is said before the first and after the last word, so there is nothing to breathe towards.
        start = found.start + (margin if found.start > 0 else 0)
        end = found.end - (margin if found.end < media.duration else 0)
        if end > start:
            holes.append((start, end, found.reason or found.kind.replace("_", " ")))
    current_run().progress(0.1, "listening for quiet points")
    levels = levels_db(read_sound(media.file.path, sample_rate=_SAMPLE_RATE, channels=1), _SAMPLE_RATE)
    frame_rate = rate or (media.video.rate if media.video else Fraction(100))
    words = transcript.words if transcript else ()
    whole = EditSpan(start=Fraction(0), end=media.duration, words=words)
    spans = tuple(
        piece
        for base in (edited.spans if edited else (whole,))
        for piece in cut_out(base, media.duration, holes, levels, frame_rate, words)
    )
    if not spans:
        raise InputError(
            "Nothing of this recording would be left.", path=media.file.path, hint="Remove less, or keep some findings."
        )
    made = EditList(spans=spans, sources=(media.file.sha256,))
    run = current_run()
    run.figure("kept_seconds", float(made.duration))
    run.figure("removed_seconds", float(media.duration - made.duration))
    run.figure("cuts", len(spans) - 1)
    return made


def cut_out(
    base: EditSpan,
    duration: Fraction,
    holes: Sequence[tuple[Fraction, Fraction, str]],
    levels: NDArray[np.float64],
    rate: Fraction,
    words: Sequence[TranscriptWord],
) -> tuple[EditSpan, ...]:
    """What is left of a stretch of a recording when some parts are taken out.

    Args:
        base: the stretch.
        duration: of the recording, in seconds.
        holes: start, end and reason of each part to take out, in any order, on the recording's clock.
        levels: as `joins.levels_db` gives them.
        rate: frame rate that every piece has whole frames of.
        words: what is said in the recording; no cut lies inside a word that stays.
    """
    merged: list[tuple[Fraction, Fraction, str]] = []
    for start, end, reason in sorted(holes):
        start, end = max(start, base.start), min(end, base.end)
        if end <= start:
            continue
        if merged and start - merged[-1][1] < _SHORTEST:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, reason))
    if not merged:
        return (base,)
    said = {(word.start, word.end): word for word in base.words}
    spans: list[EditSpan] = []
    at, reason = base.start, base.reason
    for start, end, why in [*merged, (base.end, base.end, "")]:
        if start - at >= _SHORTEST:
            span = kept_of(at, start, duration, levels, rate, words, base.source, reason, bounds=(base.start, base.end))
            if span is not None:
                # A corrected word keeps its correction.
                shown = tuple(said.get((word.start, word.end), word) for word in span.words)
                spans.append(span.model_copy(update={"words": shown}))
        at, reason = end, why or reason
    return tuple(spans)


def kept_of(
    start: Fraction,
    end: Fraction,
    duration: Fraction,
    levels: NDArray[np.float64],
    rate: Fraction,
    words: Sequence[TranscriptWord],
    source: int,
    reason: str,
    *,
    bounds: tuple[Fraction, Fraction] | None = None,
) -> EditSpan | None:
    """One stretch with its ends moved to quiet points between words and on whole frames.

    Ends that lie on `bounds` (the whole recording by default) stay where they are.
    """
    first_bound, last_bound = bounds or (Fraction(0), duration)
    inside = [word for word in words if start <= (word.start + word.end) / 2 < end]
    before = [word for word in words if (word.start + word.end) / 2 < start]
    after = [word for word in words if (word.start + word.end) / 2 >= end]
    first_low = before[-1].end if before else Fraction(0)
    first_high = inside[0].start if inside else end
    last_low = inside[-1].end if inside else start
    last_high = after[0].start if after else duration
    begin = start if start <= first_bound else quiet_point(levels, start, first_low, max(first_high, first_low))
    stop = end if end >= last_bound else quiet_point(levels, end, last_low, max(last_high, last_low))
    if stop - begin < 1 / rate:
        return None
    stop = snap_to_frames(begin, stop, rate, levels, last_low, min(max(last_high, last_low), duration))
    if stop > duration:
        stop -= 1 / rate
    if stop <= begin:
        return None
    return EditSpan(source=source, start=begin, end=stop, reason=reason, words=tuple(inside))
