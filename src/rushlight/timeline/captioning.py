"""Turning timed words into captions that meet broadcast rules, and checking that they do.

The rules are those that Netflix asks of English timed text: at most 42 characters a line and two lines, at most 20
characters a second, 5/6 to 7 seconds on screen, and two frames between one caption and the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from rushlight.artifacts import Captions, Cue, Word

__all__ = ["CaptionRules", "break_lines", "caption_words", "find_breaches", "is_action"]

_AFTER_WHICH_NOT_TO_BREAK = frozenset(
    "a an the of to in on at by for from with and or but nor as than that which who whose is are was were be "
    "been has have had will would can could may might must shall should do does did not no my your his her "
    "its our their this these those every each about over under into between".split()
)
_BEFORE_WHICH_TO_BREAK = frozenset(
    "and or but because although though while when where which who that if unless until since after before so "
    "than to of in on at by for from with about over under into between".split()
)


@dataclass(frozen=True)
class CaptionRules:
    """What captions must keep to."""

    characters_a_line: int = 42
    lines: int = 2
    characters_a_second: Fraction = Fraction(20)
    shortest_seconds: Fraction = Fraction(5, 6)
    longest_seconds: Fraction = Fraction(7)
    gap_frames: int = 2
    hold_seconds: Fraction = Fraction(1, 2)
    """How long a caption may stay after its last word when nothing follows."""
    rate: Fraction = Fraction(25)

    @property
    def gap_seconds(self) -> Fraction:
        """The least time between two captions."""
        return self.gap_frames / self.rate


def _break_cost(before: str, after: str) -> float:
    """How bad a break between two words reads: 0 after a sentence, 12 between an article and its noun."""
    if re.search(r"[.!?…][\"'”’)]*$", before):
        return 0.0
    if re.search(r"[,;:][\"'”’)]*$", before) or before in "—–":
        return 1.0
    if re.fullmatch(r"[\d.,€$£%]+", before) or before.lower() in _AFTER_WHICH_NOT_TO_BREAK or after in ("—", "–"):
        return 12.0
    if before[:1].isupper() and after[:1].isupper():
        return 9.0
    return 3.0 if after.lower() in _BEFORE_WHICH_TO_BREAK else 6.0


# Chinese and Japanese letters, with their punctuation: written without spaces.
_UNSPACED = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
# One letter with what may not begin a line: closing punctuation, the long-vowel mark, small kana.
# (UAX #14, classes CL, CJ, EX, NS), and what may not end one: opening brackets (class OP).
_NOT_FIRST = (
    "\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u303b\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d"
    "\u30fb\u30fc\u309d\u309e\u30fd\u30fe\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e"
    "\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee\u30f5\u30f6\u2026\u2025"
)
_NOT_LAST = "\u3008\u300a\u300c\u300e\u3010\u3014\u3016\uff08\uff3b\uff5b"
_PIECE = re.compile(rf"[{_NOT_LAST}]*[{_UNSPACED}][{_NOT_FIRST}]*|[^{_UNSPACED}]+")
_PIECE_CHARACTERS = 12


def _joined(words: Sequence[str]) -> str:
    """Words with spaces between them, but none between pieces of unspaced script."""
    text = ""
    for word in words:
        unspaced = text and re.match(rf"[{_UNSPACED}]", text[-1]) and re.match(rf"[{_UNSPACED}]", word[:1])
        text += word if not text or unspaced else f" {word}"
    return text


def _pieces(word: Word, rules: CaptionRules) -> list[Word]:
    """A word longer than a line in unspaced script as pieces, its time shared out by their length."""
    text = word.text
    if len(text) <= rules.characters_a_line or not re.search(rf"[{_UNSPACED}]", text) or " " in text:
        return [word]
    units, pieces = _PIECE.findall(text), [""]
    for unit in units:
        full = len(pieces[-1]) + len(unit) > _PIECE_CHARACTERS
        if pieces[-1] and (full or pieces[-1][-1] in "\u3001\u3002\uff0c\uff01\uff1f"):
            pieces.append("")
        pieces[-1] += unit
    found, at = [], 0
    for piece in pieces:
        start, at = at, at + len(piece)
        times = [word.start + (word.end - word.start) * Fraction(place, len(text)) for place in (start, at)]
        found.append(Word(text=piece, start=times[0], end=times[1]))
    return found


def break_lines(words: Sequence[str], rules: CaptionRules) -> tuple[str, ...] | None:
    """Set words in as few lines as they need, broken where it reads best; None when they do not fit."""
    text = _joined(words)
    if len(text) <= rules.characters_a_line:
        return (text,)
    if rules.lines < 2:
        return None
    best: tuple[float, tuple[str, ...]] | None = None
    for place in range(1, len(words)):
        first, second = _joined(words[:place]), _joined(words[place:])
        if max(len(first), len(second)) > rules.characters_a_line:
            continue
        cost = _break_cost(words[place - 1], words[place]) + abs(len(first) - len(second)) / 6
        if best is None or cost < best[0]:
            best = (cost, (first, second))
    return best[1] if best else None


def caption_words(groups: Sequence[Sequence[Word]], rules: CaptionRules, film_end: Fraction) -> tuple[Cue, ...]:
    """Divide timed words into captions with the least total cost over all divisions.

    Args:
        groups: words of one speaker and thought each; no caption spans two groups.
        rules: what to keep to.
        film_end: no caption stays longer than this.

    Returns:
        Captions in order; each starts exactly when its first word is heard.
    """
    cues: list[Cue] = []
    for number, group in enumerate(groups):
        later = [other[0].start for other in groups[number + 1 :] if other]
        limit = later[0] if later else film_end + rules.gap_seconds
        cues += _divide(tuple(piece for word in group for piece in _pieces(word, rules)), rules, limit)
    return tuple(cues)


def _divide(words: tuple[Word, ...], rules: CaptionRules, limit: Fraction) -> list[Cue]:
    count = len(words)
    starts = [word.start for word in words] + [limit]

    @cache
    def layout(first: int, after: int) -> tuple[str, ...] | None:
        return break_lines([word.text for word in words[first:after]], rules)

    def end_of(first: int, after: int) -> Fraction:
        # Where words follow each other faster than the gap between captions, half of what there is must do.
        latest = max(starts[after] - rules.gap_seconds, (starts[first] + starts[after]) / 2)
        last_heard = max(word.end for word in words[first:after])
        if latest - last_heard <= rules.hold_seconds:
            return latest
        wanted = max(last_heard + rules.hold_seconds, starts[first] + rules.shortest_seconds)
        return min(max(wanted, starts[first] + _reading_seconds(layout(first, after), rules)), latest)

    # best[i]: least cost of captioning words i.., and where the first caption of that ends.
    best: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for first in range(count - 1, -1, -1):
        options = []
        for after in range(first + 1, count + 1):
            lines = layout(first, after)
            if lines is None:
                break
            cost = _cue_cost(lines, end_of(first, after) - starts[first], rules)
            if after < count:
                cost += _break_cost(words[after - 1].text, words[after].text)
            options.append((cost + best[after][0], after))
        # A word longer than a line stands alone, over-long: shown is better than lost.
        best[first] = min(options) if options else (1e6 + best[first + 1][0], first + 1)
    cues, first = [], 0
    while first < count:
        after = best[first][1]
        lines = layout(first, after) or (words[first].text,)
        cues.append(Cue(start=starts[first], end=end_of(first, after), lines=lines, words=words[first:after]))
        first = after
    return cues


def _reading_seconds(lines: tuple[str, ...] | None, rules: CaptionRules) -> Fraction:
    return Fraction(sum(map(len, lines or ()))) / rules.characters_a_second


def _cue_cost(lines: tuple[str, ...], seconds: Fraction, rules: CaptionRules) -> float:
    cost = 2.5 + 0.6 * (len(lines) - 1)
    if seconds < rules.shortest_seconds:
        cost += 200 + 100 * float(rules.shortest_seconds - seconds)
    elif seconds < Fraction(13, 10):
        cost += 3
    if seconds > rules.longest_seconds:
        cost += 200 + 100 * float(seconds - rules.longest_seconds)
    missing = float(_reading_seconds(lines, rules) - seconds)
    if missing > 0:
        cost += 100 + 100 * missing
    return cost


def is_action(cue: Cue) -> bool:
    """Whether a caption tells what happens rather than what is said: it stands in square brackets."""
    return cue.lines[0].startswith("[") and cue.lines[-1].endswith("]")


def find_breaches(captions: Captions, rules: CaptionRules) -> list[str]:
    """Every place where captions break the rules, in words; empty when they keep them all."""
    found = []
    for number, cue in enumerate(captions.cues, 1):
        seconds = cue.end - cue.start
        place = f"caption {number} at {float(cue.start):.2f} s"
        if len(cue.lines) > rules.lines:
            found.append(f"{place}: {len(cue.lines)} lines")
        if max(map(len, cue.lines)) > rules.characters_a_line:
            found.append(f"{place}: a line of {max(map(len, cue.lines))} characters")
        if seconds < rules.shortest_seconds or seconds > rules.longest_seconds:
            found.append(f"{place}: {float(seconds):.2f} s on screen")
        if sum(map(len, cue.lines)) > rules.characters_a_second * seconds:
            found.append(f"{place}: {float(sum(map(len, cue.lines)) / seconds):.1f} characters a second")
        if number < len(captions.cues) and captions.cues[number].start - cue.end < rules.gap_seconds:
            found.append(f"{place}: less than {rules.gap_frames} frames before the next")
    return found
