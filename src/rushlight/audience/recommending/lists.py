"""Lists for viewers, made at the moment they are wanted from a recommender and what viewers chose by then."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from scipy import sparse

from rushlight.artifacts.recommendations import Recommendations
from rushlight.audience.recommending.choosing import made
from rushlight.audience.recommending.context import context_lift
from rushlight.audience.recommending.explaining import explain
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.recommender import Recommender, best
from rushlight.audience.recommending.source import Wanted, read_interactions
from rushlight.audience.recommending.storing import read_model
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = ["Listed", "fairness_groups", "lists_as_csv", "lists_as_html", "make_lists"]

_ROWS = 512
_MOST_SHOWN = 200
_MOST_REASONS = 2


@dataclass(frozen=True)
class Listed:
    """One title for one viewer.

    Attributes:
        viewer: pseudonym.
        place: from 1.
        title_id: what is recommended.
        name: of the title.
        score: of the model; higher is better, comparable for one viewer only.
        because: a sentence; empty where no exact reason can be given.
    """

    viewer: str
    place: int
    title_id: str
    name: str
    score: float
    because: str


def make_lists(found: Recommendations) -> Iterator[Listed]:
    """Lists of all viewers who agreed.

    Raises:
        InputError: the warehouse has changed since the recommender was fitted.
    """
    warehouse = Warehouse.of(found.events)
    with open_engine() as engine:
        wanted = Wanted(found.card.purpose, found.least_share, found.least_rating)
        interactions = read_interactions(warehouse, engine, wanted)
    model = _model(found, interactions)
    facts = warehouse.manifest().titles
    names = [facts.get(title, {}).get("name", title) for title in interactions.titles]
    added = found.reach * context_lift(interactions, found.hour, found.device)
    added = added + [found.bonuses.get(group, 0.0) for group in fairness_groups(found.fair_by, interactions, facts)]
    histories = interactions.ratings if model.reads_ratings else interactions.chosen
    assert histories is not None
    for start in range(0, len(interactions.viewers), _ROWS):
        part = np.arange(start, min(start + _ROWS, len(interactions.viewers)))
        scores = model.scores(histories[part])
        seen = interactions.chosen[part]
        tops, _ = best(scores + added, seen, found.most)
        for row, viewer in enumerate(part):
            history = histories[[viewer]]
            for place, title in enumerate(tops[row]):
                if title >= 0:
                    yield Listed(
                        interactions.viewers[viewer], place + 1, interactions.titles[title], names[title],
                        float(scores[row, title]), _because(model, history, int(title), names),
                    )  # fmt: skip


def _model(found: Recommendations, interactions: Interactions) -> Recommender:
    if found.model is None:
        return made(found.card.model).fit(interactions)
    model, titles = read_model(found.model.path, found.events.manifest.sha256)
    if titles != interactions.titles:
        raise InputError("This recommender knows other titles than the warehouse.", hint="Fit it again.")
    return model


def _because(model: Recommender, history: sparse.csr_matrix, title: int, names: list[str]) -> str:
    parts = explain(model, history, title)
    if parts is None:
        return ""
    order = np.argsort(-parts.values, kind="stable")[:_MOST_REASONS]
    said = [names[parts.titles[place]] for place in order if parts.values[place] > 0]
    return f"because you chose {' and '.join(said)}" if said else "many chose it"


def lists_as_csv(found: Recommendations) -> str:
    """All lists as a table; cells that a spreadsheet would take for a formula are quoted as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["viewer", "place", "title_id", "name", "score", "because"])
    for one in make_lists(found):
        cells = [
            f"'{cell}" if cell[:1] in "=+-@\t" and cell else cell for cell in (one.title_id, one.name, one.because)
        ]
        writer.writerow([one.viewer, one.place, cells[0], cells[1], f"{one.score:.6g}", cells[2]])
    return text.getvalue()


def lists_as_html(found: Recommendations) -> str:
    """A page of the first two hundred viewers' lists."""
    rows: dict[str, list[Listed]] = {}
    more = False
    for one in make_lists(found):
        if one.viewer not in rows and len(rows) == _MOST_SHOWN:
            more = True
            break
        rows.setdefault(one.viewer, []).append(one)
    parts = [
        Markup("<section><h2>{}</h2><ol>{}</ol></section>").format(
            viewer,
            Markup("").join(
                Markup("<li><b>{}</b> <span>{}</span></li>").format(one.name, one.because) for one in listed
            ),
        )
        for viewer, listed in rows.items()
    ]
    note = Markup("<p>The first {} viewers; the CSV has all.</p>").format(_MOST_SHOWN) if more else Markup("")
    page = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Recommendations</title><style>'
        "body{{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:24px auto;padding:0 16px}}"
        "h2{{font-size:1rem;margin:20px 0 4px}}span{{color:#646a75}}</style></head><body><h1>Recommendations</h1>"
        "<p>Made with {}; viewers are pseudonyms. Handle this page as you would a list of viewers.</p>"
        "{}{}</body></html>"
    )
    return str(page.format(found.card.model, note, Markup("").join(parts)))


def fairness_groups(by: str, interactions: Interactions, facts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The group of every title: its first category, the decade of its release, or whether many chose it.

    Titles of no group have an empty one.
    """
    if by == "popularity":
        count = interactions.popularity
        most = np.sort(count)[-max(len(count) // 5, 1)]
        return ["much chosen" if value >= most else "little chosen" if value > 0 else "" for value in count]
    return [_group(by, facts.get(title, {})) for title in interactions.titles]


def _group(by: str, known: Mapping[str, str]) -> str:
    if by == "category":
        return known.get("category", "").split("|")[0].split(",")[0].strip()
    year = known.get("released", "")[:4]
    return f"{year[:3]}0s" if by == "released" and year.isdigit() else ""
