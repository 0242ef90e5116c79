"""Where the words of a caption stand in its lines, and how far each is filled while it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rushlight.artifacts import Cue

__all__ = ["WordPlace", "ass_fill", "place_words", "vtt_times"]


@dataclass(frozen=True)
class WordPlace:
    """One word: its line, its first character and the one after its last, and when it is heard."""

    line: int
    first: int
    after: int
    start: Fraction
    end: Fraction


def place_words(cue: Cue) -> tuple[WordPlace, ...]:
    """The words of a caption where they stand; empty when the lines no longer hold them, as after an edit."""
    places: list[WordPlace] = []
    line, at = 0, 0
    for word in cue.words:
        while line < len(cue.lines) and (found := cue.lines[line].find(word.text, at)) < 0:
            line, at = line + 1, 0
        if line >= len(cue.lines) or not word.text:
            return ()
        at = found + len(word.text)
        start = min(max(word.start, cue.start), cue.end)
        places.append(WordPlace(line, found, at, start, min(max(word.end, start), cue.end)))
    return tuple(places)


def _pieces(cue: Cue) -> list[tuple[str, Fraction, Fraction]]:
    """The text in pieces, each with when it begins to be filled and when it is full; lines end in a line feed.

    Space and punctuation before a word go with it, and each piece ends where the next begins.
    """
    places = place_words(cue)
    pieces: list[tuple[str, Fraction, Fraction]] = []
    line, at = 0, 0
    for number, place in enumerate(places):
        before = ""
        while line < place.line:
            before += cue.lines[line][at:] + "\n"
            line, at = line + 1, 0
        before += cue.lines[line][at : place.first]
        at = place.after
        later = places[number + 1].start if number + 1 < len(places) else place.end
        pieces.append((before + cue.lines[line][place.first : place.after], place.start, max(later, place.start)))
    if pieces:
        rest = cue.lines[line][at:] + "".join(f"\n{other}" for other in cue.lines[line + 1 :])
        pieces[-1] = (pieces[-1][0] + rest, *pieces[-1][1:])
    return pieces


def ass_fill(cue: Cue) -> list[tuple[str, str]]:
    """Pieces of text, each with the `\\kf` tag that fills it in hundredths of a second; empty without word times.

    Hundredths are counted from the start of the caption, so that rounding never adds up.
    """
    pieces = _pieces(cue)
    found, reached = [], 0
    for number, (text, start, end) in enumerate(pieces):
        begin, until = (round((time - cue.start) * 100) for time in (start, end))
        wait = f"{{\\k{begin - reached}}}" if number == 0 and begin > reached else ""
        begin = max(begin, reached)
        until = max(until, begin)
        found.append((f"{wait}{{\\kf{until - begin}}}", text))
        reached = until
    return found


def vtt_times(cue: Cue) -> list[tuple[Fraction, str]]:
    """Pieces of text, each with the time at which it becomes the past, as WebVTT's time tags want it."""
    return [(start, text) for text, start, _ in _pieces(cue)]
