"""The capability `find_themes`."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from rushlight.artifacts.comments import CommentReading, Comments, FeelingLabel
from rushlight.artifacts.themes import Quote, ThemeFinding, ThemeMoment, Themes
from rushlight.audience.language.feeling import bounded
from rushlight.audience.language.lexicon import read_terms
from rushlight.audience.language.themes import Mention, find_mentions
from rushlight.audience.language.tokens import read_tokens
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["find_themes"]

_PRAISE = 0.128
_SHORTEST_QUOTE, _BEST_QUOTE = 12, 110
_LEAST_NAMED, _MOST_NAMED = 5, 12
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class _Said:
    """A comment that speaks of a theme, and what the part that does so feels."""

    row: CommentReading
    mention: Mention
    score: float


@capability(version=1, metrics=("themes", "themed_share"))
def find_themes(
    comments: Comments,
    /,
    *,
    titles: Annotated[tuple[str, ...], Field(description="Only comments on these titles.")] = (),
    quotes: Annotated[int, Field(ge=1, le=20, description="Quotes a theme, praise and blame as they are shared.")] = 4,
    step_seconds: Annotated[float, Field(ge=1, le=3600, description="Length of a stretch of the film.")] = 60.0,
    least: Annotated[int, Field(ge=1, description="Themes of fewer comments are left out.")] = 1,
) -> Themes:
    """Find what comments speak of: story, characters, acting, dialogue, pace, length, ending, music, sound, picture,
    effects, faults.

    A comment may speak of several themes. What it feels about each is told from the words around those that name the
    theme; only where these feel nothing, from all of it. English comments only: others speak of no theme here.

    Returns:
        `Themes` with quotes, each a stretch of a comment word for word.

    Raises:
        InputError: a quote is not in its comment, so the comments were changed on the way.
    """
    said: dict[str, list[_Said]] = defaultdict(list)
    whole, unthemed, foreign = 0.0, 0.0, 0
    loose: Counter[str] = Counter()
    for number, row in enumerate(comments.rows()):
        if number % 5000 == 0:
            current_run().progress(number / max(comments.count, 1), "finding themes")
        if row.weight <= 0 or (titles and row.title_id not in titles):
            continue
        whole += row.weight
        foreign += row.language not in ("en", "und")
        tokens = read_tokens(row.text)
        mentions = find_mentions(row.text, tokens, row.terms, row.sum or 0) if row.language in ("en", "und") else []
        for mention in mentions:
            said[mention.theme].append(_Said(row, mention, bounded(mention.sum / 1000)))
        if not mentions:
            unthemed += row.weight
            loose.update(
                {token.form for token in tokens if token.kind in ("word", "tag") and len(token.form) >= _LEAST_LETTERS}
            )
    found = [_finding(theme, rows, whole, quotes, step_seconds) for theme, rows in said.items() if len(rows) >= least]
    found.sort(key=lambda one: (-one.comments, one.theme))
    current_run().figure("themes", len(found))
    current_run().figure("themed_share", 1 - unthemed / whole if whole else 0.0)
    notes = [f"{foreign:,} comments in other languages speak of no theme here."] if foreign else []
    return Themes(
        themes=tuple(found),
        comments=round(whole, 6),
        unthemed=round(unthemed, 6),
        also_named=_also_named(loose),
        notes=tuple(notes),
    )


def _finding(theme: str, rows: list[_Said], whole: float, quotes: int, step_seconds: float) -> ThemeFinding:
    weight = sum(one.row.weight for one in rows)
    mean = sum(one.score * one.row.weight for one in rows) / weight
    spread = math.sqrt(sum(one.row.weight * (one.score - mean) ** 2 for one in rows) / weight)
    half = 1.96 * spread / math.sqrt(weight) if weight > 1 else 1.0
    cues = Counter(cue for one in rows for cue in one.mention.cues)
    return ThemeFinding(
        theme=theme,
        comments=round(weight, 6),
        share=round(weight / whole, 6),
        positive=round(sum(one.row.weight for one in rows if one.score >= _PRAISE), 6),
        negative=round(sum(one.row.weight for one in rows if one.score <= -_PRAISE), 6),
        mean_score=round(mean, 6),
        low=round(max(mean - half, -1.0), 6),
        high=round(min(mean + half, 1.0), 6),
        quotes=_quotes(rows, quotes),
        moments=_moments(rows, step_seconds),
        cues=tuple(cue for cue, _ in sorted(cues.items(), key=lambda item: (-item[1], item[0]))[:8]),
    )


def _quotes(rows: list[_Said], most: int) -> tuple[Quote, ...]:
    """Telling stretches, praise and blame in turn as long as both last, each text once."""
    ranked = sorted(rows, key=lambda one: (-_telling(one), one.row.id))
    sides = {
        "praise": [one for one in ranked if one.score >= _PRAISE],
        "blame": [one for one in ranked if one.score <= -_PRAISE],
        "neither": [one for one in ranked if abs(one.score) < _PRAISE],
    }
    order = sorted(("praise", "blame"), key=lambda side: -len(sides[side]))
    turns = [one for pair in _side_by_side(*(sides[side] for side in order)) for one in pair if one is not None]
    found: dict[str, Quote] = {}
    for one in [*turns, *sides["neither"]]:
        text = one.row.text[one.mention.start : one.mention.end]
        if not text or one.row.text.find(text, one.mention.start) != one.mention.start:
            raise InputError(f"A quote is not in comment {one.row.id}.", hint="Read the comments again.")
        label: FeelingLabel = "positive" if one.score >= _PRAISE else "negative" if one.score <= -_PRAISE else "neutral"
        at = one.row.at_seconds[0] if one.row.at_seconds else None
        found.setdefault(
            text.lower(), Quote(text=text, comment=one.row.id, start=one.mention.start, label=label, at_seconds=at)
        )
        if len(found) == most:
            break
    return tuple(found.values())


def _side_by_side(*rows: list[_Said]) -> Iterable[tuple[_Said | None, ...]]:
    """Rows side by side, None where one is over."""
    for index in range(max(map(len, rows), default=0)):
        yield tuple(row[index] if index < len(row) else None for row in rows)


def _telling(one: _Said) -> float:
    """How well a stretch serves as a quote: it feels something, names the theme often, is neither short nor long."""
    length = one.mention.end - one.mention.start
    size = 1 - abs(length - _BEST_QUOTE) / (2 * _BEST_QUOTE) if length >= _SHORTEST_QUOTE else 0.2
    return size + abs(one.score) + 0.2 * len(one.mention.cues)


def _moments(rows: list[_Said], step_seconds: float) -> tuple[ThemeMoment, ...]:
    steps: dict[int, list[_Said]] = defaultdict(list)
    for one in rows:
        for at in one.row.at_seconds:
            steps[int(at // step_seconds)].append(one)
    found = []
    for step, those in sorted(steps.items()):
        weight = sum(one.row.weight for one in those)
        mean = sum(one.score * one.row.weight for one in those) / weight
        found.append(ThemeMoment(start_seconds=step * step_seconds, end_seconds=(step + 1) * step_seconds,
                                 comments=round(weight, 6), mean_score=round(mean, 6)))  # fmt: skip
    return tuple(found)


def _also_named(words: Counter[str]) -> tuple[str, ...]:
    usual = {term for head, terms in read_terms("languages.txt") if head.endswith(":words") for term in terms}
    feelings = {term for name in ("film.txt", "modifiers.txt") for _, terms in read_terms(name) for term in terms}
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        word for word, count in ranked if count >= _LEAST_NAMED and word not in usual and word not in feelings
    )[:_MOST_NAMED]
