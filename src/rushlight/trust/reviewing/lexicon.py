"""Terms with what they are, how grave, why, and where that is from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from rushlight.artifacts.review import ReviewKind
from rushlight.core.errors import InputError
from rushlight.trust.reviewing.passages import Passage

__all__ = ["Entry", "Hit", "find_terms", "lexicon_revision", "load_lexicon", "read_lexicon"]

_WORDS_AROUND = 9
_MOST_TERMS = 20_000
# How letters are written so that a filter does not see them.
_DISGUISES = {"a": "a@4", "e": "e3", "i": "i1!", "o": "o0", "s": "s$5", "t": "t7", "u": "u"}
_HIDDEN = "*#"


@dataclass(frozen=True)
class Entry:
    """Terms that mean the same thing.

    Attributes:
        kind: as in `ReviewFinding`.
        level: 1 mild, 2 moderate, 3 strong.
        pattern: finds any of its terms, whole words only.
        innocent: phrases in which a term means something else.
        reason: why somebody should look.
        source: what the reason is from.
        cultures: where it holds; empty for everywhere.
        suggestion: what could stand there instead.
    """

    kind: str
    level: int
    pattern: re.Pattern[str]
    innocent: re.Pattern[str] | None
    reason: str
    source: str
    cultures: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True)
class Hit:
    """A term in a passage."""

    entry: Entry
    passage: Passage
    quote: str
    context: str
    start: int


def lexicon_revision(name: str) -> str:
    """Which state of a lexicon that ships with Rushlight is used: the start of its hash."""
    return sha256((files("rushlight.trust.reviewing") / "lexicons" / f"{name}.toml").read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=8)
def load_lexicon(name: str) -> tuple[Entry, ...]:
    """A lexicon that ships with Rushlight: `safety` or `culture`."""
    text = (files("rushlight.trust.reviewing") / "lexicons" / f"{name}.toml").read_text(encoding="utf-8")
    return _entries(tomllib.loads(text), name)


def read_lexicon(path: Path) -> tuple[Entry, ...]:
    """A person's own lexicon, in the same form: tables `[[entry]]` with terms, kind, level, reason and source.

    Raises:
        InputError: it is no such file, with the entry that is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"This lexicon cannot be read: {error}.", path=path, hint="Write it as TOML.") from error
    try:
        return _entries(data, path.name)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"An entry of this lexicon is incomplete: {error}.", path=path,
            hint='Each [[entry]] needs terms = ["…"], kind, level (1 to 3), reason and source.',
        ) from error  # fmt: skip


def find_terms(passage: Passage, lexicon: tuple[Entry, ...]) -> Iterator[Hit]:
    """Every term of the lexicon in a passage; in order; of terms that overlap only the longest."""
    found = []
    for entry in lexicon:
        innocent = [match.span() for match in entry.innocent.finditer(passage.text)] if entry.innocent else []
        for match in entry.pattern.finditer(passage.text):
            if any(start <= match.start() and match.end() <= end for start, end in innocent):
                continue
            found.append(
                Hit(entry, passage, match[0], _around(passage.text, match.start(), match.end()), match.start())
            )
    found.sort(key=lambda hit: (-len(hit.quote), hit.start))
    kept, taken = list[Hit](), list[tuple[int, int, tuple[str, ...]]]()
    for hit in found:
        start, end = hit.start, hit.start + len(hit.quote)
        # What holds in different places is told for each of them.
        if any(a < end and start < b and where == hit.entry.cultures for a, b, where in taken):
            continue
        taken.append((start, end, hit.entry.cultures))
        kept.append(hit)
    yield from sorted(kept, key=lambda hit: hit.start)


def _around(text: str, start: int, end: int) -> str:
    before, after = text[:start].split(), text[end:].split()
    lead = "… " if len(before) > _WORDS_AROUND else ""
    tail = " …" if len(after) > _WORDS_AROUND else ""
    left = text[:start] if not lead else " ".join(before[-_WORDS_AROUND:]) + (" " if text[start - 1].isspace() else "")
    right = text[end:] if not tail else (" " if text[end].isspace() else "") + " ".join(after[:_WORDS_AROUND])
    return f"{lead}{left}{text[start:end]}{right}{tail}"


def _entries(data: dict[str, Any], name: str) -> tuple[Entry, ...]:
    sources, entries, terms = data.get("sources", {}), [], 0
    for one in data.get("entry", []):
        terms += len(one["terms"])
        if terms > _MOST_TERMS:
            raise ValueError(f"more than {_MOST_TERMS} terms")
        if one["kind"] not in get_args(ReviewKind):
            raise ValueError(f"there is no kind {one['kind']}; kinds are {', '.join(get_args(ReviewKind))}")
        level = int(one["level"])
        if not 1 <= level <= 3:
            raise ValueError(f"level {level} of “{one['terms'][0]}”")
        entries.append(
            Entry(
                kind=str(one["kind"]), level=level,
                pattern=_pattern(one["terms"], disguised=bool(one.get("disguised"))),
                innocent=_pattern(one["not"]) if one.get("not") else None, reason=str(one["reason"]),
                source=sources.get(one["source"], str(one["source"])), cultures=tuple(one.get("cultures", ())),
                suggestion=str(one.get("suggestion", "")),
            )
        )  # fmt: skip
    if not entries:
        raise ValueError(f"{name} has no [[entry]]")
    return tuple(entries)


def _pattern(terms: list[str], *, disguised: bool = False) -> re.Pattern[str]:
    """Whole words; `*` at an end stands for any ending, `a/b` for either word, a space for any white space."""
    return re.compile(
        r"(?<![\w])(?:" + "|".join(_term(str(term), disguised) for term in sorted(terms, key=len, reverse=True)) + ")",
        re.IGNORECASE,
    )


def _term(term: str, disguised: bool) -> str:
    words = []
    for word in term.split():
        choices = []
        for choice in word.split("/"):
            stem, open_end = (choice[:-1], r"\w*") if choice.endswith("*") else (choice, "")
            letters = _disguised(stem) if disguised else re.escape(stem).replace("'", "['’]")
            choices.append(letters + open_end)
        words.append(choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})")
    joined = r"[\s\-]+".join(words)
    last = term[-1:]
    return joined + (r"(?!\w)" if last.isalnum() or last == "*" else "")


def _disguised(stem: str) -> str:
    """Letters but the first may be starred out or written as digits, and stand apart with dots."""
    parts = []
    for index, letter in enumerate(stem):
        looks = "".join(re.escape(one) for one in _DISGUISES.get(letter, letter))
        hidden = re.escape(_HIDDEN) if index else ""
        parts.append(f"[{looks}{hidden}]")
    return r"\.?".join(parts)
