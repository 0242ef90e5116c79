"""The panel of comments: how they feel, along the film too, what they speak of, in their own words."""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from rushlight.artifacts.comments import Comments
from rushlight.artifacts.source import Document
from rushlight.artifacts.themes import ThemeFinding
from rushlight.audience.find_themes import find_themes
from rushlight.audience.language.comments import load_comments
from rushlight.audience.read_comments import read_comments
from rushlight.audience.report.charts import clock
from rushlight.audience.report.comment_charts import feeling_along, praise_and_blame
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.warehouse.warehouse import MANIFEST
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError

__all__ = ["comments_of", "comments_panel"]

_STEPS = 60
_MOST_TITLES = 6
_LEAST_TIED = 5
_LABELS = ("positive", "negative", "mixed", "neutral", "unknown")


def comments_of(context: Context) -> Comments | None:
    """The comments of the warehouse, read; None where too few people wrote any."""
    manifest = context.warehouse.folder / MANIFEST
    try:
        found, _ = load_comments(manifest)
    except InputError:
        return None
    if len({one.author for one in found}) < context.least_viewers:
        return None
    return read_comments(Document(file=FileRef.of(manifest)), None, None)


def comments_panel(context: Context) -> Panel | None:
    """Themes with their feeling and quotes, and feeling along each film whose comments name times."""
    made = comments_of(context)
    if made is None:
        return None
    themes = find_themes(made, least=2)
    counted = ", ".join(f"{made.labels[name]:,.0f} {name}" for name in _LABELS if made.labels.get(name))
    said = [f"{made.count:,} comments, {made.counted:,.0f} counted: {counted}."]
    if made.emotions:
        said.append(
            "Emotions they name: " + ", ".join(f"{name} {value:,.0f}" for name, value in made.emotions.items()) + "."
        )
    parts = [Markup('<p class="soft">{}</p>').format(" ".join(said))]
    if themes.themes:
        rows = [
            (one.theme, one.positive, one.negative, max(one.comments - one.positive - one.negative, 0.0))
            for one in themes.themes
        ]
        chart = praise_and_blame(rows, label="Comments that praise and blame each theme")
        parts.append(Markup("<figure><h3>What they speak of</h3>{}</figure>").format(chart))
        parts += [_quoted(one) for one in themes.themes]
    parts += _along(made, context)
    return Panel("comments", "What they say", 320, Markup("").join(parts), (*made.notes, *themes.notes))


def _quoted(one: ThemeFinding) -> Markup:
    quotes = [
        Markup("<li><q>{}</q>{}</li>").format(
            quote.text, f" ({clock(quote.at_seconds)})" if quote.at_seconds is not None else ""
        )
        for quote in one.quotes
    ]
    return Markup("<details><summary>{}: {} comments, mean {}</summary><ul>{}</ul></details>").format(
        one.theme, f"{one.comments:,.0f}", f"{one.mean_score:+.2f}", Markup("").join(quotes)
    )


def _along(made: Comments, context: Context) -> list[Markup]:
    """Feeling along every film that enough comments name times of."""
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in made.rows():
        if row.score is not None and row.weight > 0:
            found[row.title_id] += [(at, row.score, row.weight) for at in row.at_seconds]
    parts = []
    for title, tied in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_TITLES]:
        if len(tied) < _LEAST_TIED:
            continue
        end = max(at for at, _, _ in tied) + 1
        step = max(end / _STEPS, 1.0)
        sums: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for at, score, weight in tied:
            sums[int(at // step)].append((score, weight))
        steps = []
        for number, those in sorted(sums.items()):
            weight = sum(one for _, one in those)
            steps.append((number * step, sum(score * one for score, one in those) / weight, weight))
        name = context.warehouse.manifest().titles.get(title, {}).get("name", title)
        chart = feeling_along(steps, step_seconds=step, end_seconds=end, label=f"Feeling of comments along {name}")
        parts.append(
            Markup('<figure><h3>{}</h3><p class="soft">{} comments name a time.</p>{}</figure>').format(
                name, len(tied), chart
            )
        )
    return parts
