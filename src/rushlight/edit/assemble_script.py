"""The capability `assemble_script`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import EditList, EditSpan, Media, Shots, Transcript
from rushlight.artifacts.shot_table import ShotTable
from rushlight.artifacts.source import Document
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.assembling.lines import ScriptLine, Take, picture_odds, read_lines, takes_of
from rushlight.edit.assembling.material import HALF, Footage, Key, footage_of
from rushlight.edit.joins import levels_db
from rushlight.edit.plan_cut import kept_of
from rushlight.media.sound import read_sound

__all__ = ["assemble_script"]

_MOST_BYTES, _MOST_LINES = 1 << 20, 2000
_SAMPLE_RATE = 16_000
# A breath before and after what is said.
_MARGIN = Fraction(15, 100)
_SHORTEST, _LONGEST = Fraction(4, 5), Fraction(6)
# People read about this many words a second.
_WORDS_A_SECOND = 2.6
# A later take is worth this much of a line: who said it again meant it to be better.
_LATER = 0.03
_LIKELY = 0.3


@dataclass(frozen=True)
class _Picture:
    """A line that is shown: its shot, and how long by reading."""

    line: ScriptLine
    key: Key
    seconds: Fraction
    known: bool


@capability(version=1, metrics=("lines", "said", "shown"))
def assemble_script(
    media: tuple[Media, ...],
    shots: tuple[Shots, ...],
    tables: tuple[ShotTable, ...],
    transcripts: tuple[Transcript, ...],
    script: Document,
    /,
    *,
    length_seconds: Annotated[
        Seconds, Field(description="How long the cut is to be; 0 for as long as its lines take.")
    ] = Fraction(0),
    heard_share: Annotated[
        float, Field(gt=0, le=1, description="Share of a line's words that must be heard for it to be said.")
    ] = 0.5,
) -> EditList:
    """Assemble footage by a script: each line by its best take where it is said, else by the picture that shows it.

    Lines are found among what is said by aligning words, so that a draft transcript will do; of takes that are alike
    the last counts. A line that nobody says, or one in brackets, is shown for as long as reading it takes: by the
    names of the recordings, by words that are said in a shot, and by what is measured of it (people, how near, motion,
    light, colour). Where nothing speaks for any shot, the liveliest one that is left stands in, and the notes say so.

    Args:
        media: the recordings.
        shots: the shots of each.
        tables: the table of each.
        transcripts: the words of each; of one without speech, none.
        script: plain text or Markdown, one line for each stretch.

    Raises:
        InputError: no line, too many, no footage, or a length that what is said does not leave.
    """
    if not len(media) == len(transcripts):
        raise InputError("Give a transcript for every recording.", hint="Run transcribe on each.")
    lines = _read(script)
    footage = footage_of(media, shots, tables, shortest=_SHORTEST)
    spoken = [transcript.words for transcript in transcripts]
    takes = {line.number: None if line.is_picture else _best_take(line, spoken, heard_share) for line in lines}
    pictures = _pictures([line for line in lines if takes[line.number] is None], footage, media)
    said = _said(lines, takes, media, transcripts)
    lengths = _lengths(pictures, footage, said, length_seconds)
    spans, notes, shown_before = [], [], dict[Key, Fraction]()
    for line in lines:
        if line.number in said:
            spans.append(said[line.number])
            continue
        picture = pictures[line.number]
        if not picture.known:
            notes.append(f"Line {line.number}: nothing is known that shows “{line.text[:60]}”; another shot stands in.")
        span = _shown(picture, lengths[line.number], footage, shown_before)
        spans.append(span)
    for note in notes:
        current_run().note_weak(note)
    for name, count in (("lines", len(lines)), ("said", len(said)), ("shown", len(pictures))):
        current_run().figure(name, float(count))
    total = sum((span.duration for span in spans), Fraction(0))
    if length_seconds and total != length_seconds:
        notes.append(f"The cut is {float(total):.2f} s long: its pictures reach no further.")
        current_run().note_weak(notes[-1])
    return EditList(spans=tuple(spans), sources=tuple(item.file.sha256 for item in media), notes=tuple(notes))


def _read(script: Document) -> list[ScriptLine]:
    path = script.file.path
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This script is larger than a megabyte.", path=path, hint="Give the text of the cut alone.")
    try:
        lines = read_lines(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError("This script is not UTF-8 text.", path=path, hint="Save it as UTF-8 plain text.") from error
    if not lines:
        raise InputError("This script has no line.", path=path, hint="Write one line for each stretch of the cut.")
    if len(lines) > _MOST_LINES:
        raise InputError(f"This script has {len(lines)} lines; {_MOST_LINES} are possible.", path=path, hint="Part it.")
    return lines


def _best_take(line: ScriptLine, spoken: Sequence[Sequence[object]], least: float) -> Take | None:
    takes = takes_of(line, spoken, least=least)  # type: ignore[arg-type]
    if not takes:
        return None
    return max(enumerate(takes), key=lambda item: item[1].share + _LATER * item[0] / max(len(takes) - 1, 1))[1]


def _said(
    lines: Sequence[ScriptLine],
    takes: dict[int, Take | None],
    media: Sequence[Media],
    transcripts: Sequence[Transcript],
) -> dict[int, EditSpan]:
    """The stretch of each line that is said, its ends at quiet points between words."""
    levels: dict[int, NDArray[np.float64]] = {}
    spans = {}
    for line in lines:
        take = takes[line.number]
        if take is None:
            continue
        recording, words = media[take.source], transcripts[take.source].words
        if take.source not in levels:
            sound = read_sound(recording.file.path, sample_rate=_SAMPLE_RATE, channels=1)
            levels[take.source] = levels_db(sound, _SAMPLE_RATE)
        rate = recording.video.rate if recording.video else Fraction(100)
        start = max(words[take.first].start - _MARGIN, Fraction(0))
        end = min(words[take.last].end + _MARGIN, recording.duration)
        reason = f"line {line.number}: {take.share:.0%} of it heard"
        span = kept_of(start, end, recording.duration, levels[take.source], rate, words, take.source, reason)
        if span is not None:
            spans[line.number] = span
    return spans


def _pictures(lines: Sequence[ScriptLine], footage: Footage, media: Sequence[Media]) -> dict[int, _Picture]:
    names = [f"{item.file.path.stem} {item.description}" for item in media]
    used: dict[Key, int] = {}
    chosen: dict[int, _Picture] = {}
    before: Key | None = None
    for line in lines:
        odds = picture_odds(line, footage, names)
        best = max(
            footage.keys,
            key=lambda key: (
                odds[key]
                + 0.3 * float(np.mean(footage.rows[key].interest or (0.0,)))
                - 0.5 * used.get(key, 0)
                - (0.4 * footage.alike(before, key) if before is not None else 0.0),
                [-part for part in key],
            ),
        )
        used[best] = used.get(best, 0) + 1
        before = best
        seconds = min(max(Fraction(round(len(line.words) / _WORDS_A_SECOND * 10), 10), Fraction(3, 2)), _LONGEST)
        chosen[line.number] = _Picture(line, best, seconds, odds[best] > _LIKELY)
    return chosen


def _lengths(
    pictures: dict[int, _Picture], footage: Footage, said: dict[int, EditSpan], wanted: Fraction
) -> dict[int, Fraction]:
    """How long each picture stays; with a wanted length, pictures share what speech leaves."""
    most = {number: footage.limits[one.key][1] - footage.limits[one.key][0] for number, one in pictures.items()}
    lengths = {number: min(one.seconds, most[number]) for number, one in pictures.items()}
    if not wanted:
        return lengths
    left = wanted - sum((span.duration for span in said.values()), Fraction(0))
    if left < _SHORTEST * len(pictures):
        raise InputError(
            f"What is said, and the pictures between, take at least "
            f"{float(wanted - left + _SHORTEST * len(pictures)):.1f} s; the cut should be {float(wanted):.1f} s.",
            hint="Give a longer --length, or none.",
        )
    for _ in range(len(lengths) + 1):
        rest = left - sum(lengths.values(), Fraction(0))
        able = [n for n in lengths if (lengths[n] < most[n] if rest > 0 else lengths[n] > _SHORTEST)]
        if not rest or not able:
            break
        for number in able:
            lengths[number] = min(max(lengths[number] + rest / len(able), _SHORTEST), most[number])
    return lengths


def _shown(picture: _Picture, seconds: Fraction, footage: Footage, before: dict[Key, Fraction]) -> EditSpan:
    """The liveliest stretch of a length in a shot; shown again, the shot goes on after what was seen of it."""
    first, last = footage.limits[picture.key]
    low = min(max(first, before.get(picture.key, first)), last - seconds)
    interest = footage.rows[picture.key].interest or (0.0,)
    best, most = low, -1.0
    for step in range(int((last - seconds - low) / HALF) + 1):
        start = low + step * HALF
        at = int((start - first) / HALF)
        felt = float(np.mean(interest[at : at + max(int(seconds / HALF), 1)] or interest[-1:]))
        if felt > most + 1e-9:
            best, most = start, felt
    before[picture.key] = best + seconds
    line = picture.line
    reason = f"line {line.number}: " + ("shown" if picture.known else "stands in")
    return EditSpan(source=picture.key[0], start=best, end=best + seconds, reason=reason)
