"""A transcript as a text file that people edit, and what their edits mean.

The file looks like this::

    # Transcript of friday.mp4. Delete, move or correct words; the cut follows. Lines that begin with # say nothing.

    [0:00] A: So, hello everyone. Today we look at …
    [0:14] B: Thank you for having me.

Times in brackets and speakers before a colon are for orientation: they may be left, changed or deleted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np

from rushlight.artifacts.transcript import Transcript, TranscriptWord
from rushlight.core.errors import InputError

__all__ = ["Edits", "read_edits", "transcript_to_text"]

_LONGEST = 4_000_000
_HEAD = re.compile(r"^\s*\[[\d:.,]+\]\s*(?:[^\s:]{1,40}:)?\s*")
# Fewer words than this may stand anywhere by chance; they are a move only where two of them are said once in all.
_SHORTEST_MOVE = 3
# Runs of this many words in both texts are the same run.
_ANCHOR = 12
_MOST_CELLS = 16_000_000


@dataclass
class Edits:
    """What an edited transcript asks for."""

    words: list[tuple[int, str]] = field(default_factory=list)
    """Which word of the transcript comes, and how it is written, in the order of the cut."""
    deleted: int = 0
    moved: int = 0
    corrected: int = 0
    unsaid: list[str] = field(default_factory=list)
    """Runs of words that nobody says in the recording: they cannot be heard, so they are left out."""


def transcript_to_text(transcript: Transcript, name: str) -> str:
    """Write a transcript for editing; `read_edits` of it unchanged asks for nothing."""
    head = (
        f"# Transcript of {name}. Delete, move or correct words; the cut follows. Lines that begin with # say nothing."
        "\n" + ("# It is a draft by machine: read it before you trust it.\n" if transcript.draft else "")
    )
    paragraphs: list[str] = []
    last: TranscriptWord | None = None
    for word in transcript.words:
        if last is None or word.speaker != last.speaker or word.start - last.end > 2 or _is_long(paragraphs[-1], last):
            seconds = int(word.start)
            paragraphs.append(f"[{seconds // 60}:{seconds % 60:02}]" + (f" {word.speaker}:" if word.speaker else ""))
        paragraphs[-1] += f" {_shown(word.text)}"
        last = word
    return head + "\n" + "\n\n".join(paragraphs) + "\n"


def _is_long(paragraph: str, last: TranscriptWord) -> bool:
    return (len(paragraph) > 400 and last.text[-1:] in ".!?") or len(paragraph) > 900


def _shown(text: str) -> str:
    """A word that could be taken for a mark of ours, protected."""
    return f"\\{text}" if text.startswith(("#", "[", "\\")) else text


def read_edits(text: str, transcript: Transcript) -> Edits:
    """Find out what a person changed in a transcript.

    Words are compared without case and punctuation. A run of three or more words that stands elsewhere than before
    was moved; words put in place of others correct them, and keep their sound; words that were never said are left
    out and named.

    Raises:
        InputError: the text is too long, or no word of the recording is left.
    """
    if len(text) > _LONGEST:
        raise InputError("This transcript is too long to be one.", hint="Give the file that was written for editing.")
    edited = [
        token.removeprefix("\\")
        for line in text.lstrip("\ufeff").splitlines()
        if not line.lstrip().startswith("#")
        for token in _HEAD.sub("", line).split()
    ]
    wanted, said = [_key(token) for token in edited], [_key(word.text) for word in transcript.words]
    places: list[int | None] = [None] * len(edited)
    used = [False] * len(said)
    for number, match in _align(wanted, said):
        places[number], used[match] = match, True
    edits = Edits()
    _find_moves(wanted, said, places, used, edits)
    number = 0
    while number < len(edited):
        place = places[number]
        if place is not None:
            edits.words.append((place, edited[number]))
            number += 1
            continue
        end = number
        while end < len(edited) and places[end] is None:
            end += 1
        _correct(edited[number:end], places[number - 1] if number else -1, places[end : end + 1], used, edits)
        number = end
    edits.deleted = used.count(False)
    if not edits.words:
        raise InputError("No word of the recording is left in this transcript.", hint="Undo, or keep some words.")
    return edits


def _key(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", ""))) or text


def _align(wanted: Sequence[str], said: Sequence[str]) -> list[tuple[int, int]]:
    """Which wanted word is which said one, in order: as many as possible, in as few runs as possible.

    Long runs that stand in both are taken first, so that the exact search between them stays small.
    """
    matcher = SequenceMatcher(None, wanted, said, autojunk=False)
    anchors = [block for block in matcher.get_matching_blocks() if block.size >= _ANCHOR or block.size == 0]
    pairs: list[tuple[int, int]] = []
    one = other = 0
    for block in anchors:
        pairs += _align_exactly(wanted[one : block.a], said[other : block.b], one, other)
        pairs += [(block.a + offset, block.b + offset) for offset in range(block.size)]
        one, other = block.a + block.size, block.b + block.size
    return pairs


def _align_exactly(wanted: Sequence[str], said: Sequence[str], first: int, other: int) -> list[tuple[int, int]]:
    """Longest common subsequence with the fewest breaks, by dynamic programming, a row at a time.

    `first` and `other` are added to the places found.
    """
    if not wanted or not said:
        return []
    if len(wanted) * len(said) > _MOST_CELLS:
        blocks = SequenceMatcher(None, wanted, said, autojunk=False).get_matching_blocks()
        return [(first + b.a + n, other + b.b + n) for b in blocks for n in range(b.size)]
    names = {name: number for number, name in enumerate(dict.fromkeys([*wanted, *said]))}
    row_of, columns = [names[word] for word in wanted], np.array([names[word] for word in said])
    worth = len(wanted) + len(said) + 1
    shape = (len(wanted) + 1, len(said) + 1)
    # `best` ends anywhere; `ending` ends with this very pair.
    best, ending = np.zeros(shape, dtype=np.int64), np.full(shape, -(2**40), dtype=np.int64)
    for row, name in enumerate(row_of, 1):
        after = np.maximum(ending[row - 1, :-1], best[row - 1, :-1] - 1) + worth
        ending[row, 1:] = np.where(columns == name, after, -(2**40))
        best[row] = np.maximum.accumulate(np.maximum(best[row - 1], ending[row]))
    pairs = []
    row, column = len(wanted), len(said)
    in_run = False
    while row and column:
        if in_run or (best[row, column] == ending[row, column]):
            pairs.append((first + row - 1, other + column - 1))
            before = ending[row, column] - worth
            row, column = row - 1, column - 1
            in_run = before == ending[row, column]
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row -= 1
    return pairs[::-1]


def _find_moves(
    wanted: Sequence[str], said: Sequence[str], places: list[int | None], used: list[bool], edits: Edits
) -> None:
    """Give runs of words that match nothing in order the place they were moved from, longest first."""
    while True:
        best = (0, 0, 0)
        starts: dict[str, list[int]] = {}
        for place, key in enumerate(said):
            if not used[place]:
                starts.setdefault(key, []).append(place)
        for number, key in enumerate(wanted):
            if places[number] is not None:
                continue
            for place in starts.get(key, ()):
                length = 0
                while (
                    number + length < len(wanted)
                    and place + length < len(said)
                    and places[number + length] is None
                    and not used[place + length]
                    and wanted[number + length] == said[place + length]
                ):
                    length += 1
                best = max(best, (length, -number, -place))
        length, number, place = best[0], -best[1], -best[2]
        pair = list(wanted[number : number + 2])
        rare = length == 2 and [list(said[at : at + 2]) for at in range(len(said))].count(pair) == 1
        if length < _SHORTEST_MOVE and not rare:
            return
        for offset in range(length):
            places[number + offset], used[place + offset] = place + offset, True
        edits.moved += length


def _correct(
    run: Sequence[str], before: int | None, following: Sequence[int | None], used: list[bool], edits: Edits
) -> None:
    """Take words that match nothing as a correction of those that stood in their place, if any did.

    The words replaced are all those between the neighbours, when the neighbours still stand in order. What is written
    is shared out over their sounds; where less is written than was said, the last of it stands for the rest.
    """
    after = following[0] if following else len(used)
    assert before is not None
    assert after is not None
    gap = [place for place in range(before + 1, after) if not used[place]]
    if not gap or len(gap) != after - before - 1 or max(len(gap), len(run)) > 4 * min(len(gap), len(run)):
        edits.unsaid.append(" ".join(run))
        return
    for index, place in enumerate(gap):
        first, last = index * len(run) // len(gap), (index + 1) * len(run) // len(gap)
        used[place] = True
        edits.words.append((place, " ".join(run[first:last])))
    edits.corrected += len(run)
