"""The capability `weigh_commission`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.commission import Commission, CommissionCard
from rushlight.artifacts.events import Events
from rushlight.artifacts.source import Document
from rushlight.audience.planning.catalogue import (
    CatalogueTitle,
    load_catalogue,
    title_of_words,
    titles_of_warehouse,
)
from rushlight.audience.planning.commissioning import Fitted, controls_of, fit_catalogue, held_out
from rushlight.audience.planning.demand_of_titles import demand_of_titles
from rushlight.audience.warehouse.warehouse import MANIFEST, Warehouse
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["weigh_commission"]

Floats = NDArray[np.float64]

_LEAST_TITLES = 8


@capability(version=1, metrics=("titles",))
def weigh_commission(
    titles: Document,
    proposals: tuple[Document, ...],
    events: Events | None = None,
    /,
    *,
    propose: Annotated[
        tuple[str, ...], Field(description='A proposed title, such as "theme=politics|power; cast=Ann Lee".')
    ] = (),
    confidence: Annotated[float, Field(ge=0.5, le=0.99, description="Of intervals.")] = 0.9,
    least_viewers: Annotated[int, Field(ge=1, description="Titles of fewer viewers are left out.")] = 10,
    seed: Annotated[int, Field(ge=0, description="Of what is held back to measure the model.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Commission:
    """Weigh which themes, people and styles go with demand, how surely, and what a proposed title may expect.

    A hierarchical regression of the logarithm of demand: what titles have (theme, cast, director, style) is drawn to no
    effect as far as little is known of it; age, place in the catalogue, length and budget are taken out where they are
    known. It says which properties were only ever seen together, and never that one causes demand.

    Args:
        titles: a table (CSV) of title_id, demand, released, and columns such as theme, cast, director, style, several
            of one parted by |; or a warehouse by its `warehouse.json`.
        proposals: tables of proposed titles with the same columns.
        events: a warehouse whose viewers are the demand, where the table has none.

    Returns:
        `Commission`.

    Raises:
        InputError: no properties or no demand is known, or of too few titles.

    Reference:
        Gelman, Hill 2007, "Data Analysis Using Regression and Multilevel/Hierarchical Models".
    """
    notes: list[str] = []
    known, demand, last, measure = _known(titles, events, least_viewers, engine, notes)
    proposed = [title for one in proposals for title in load_catalogue(one.file.path).titles]
    proposed += [title_of_words(words, f"proposal {number}") for number, words in enumerate(propose, 1)]
    is_counted = bool(np.all(demand == np.round(demand)))
    outcome = _logarithms(demand, is_counted)
    if len(known) < _LEAST_TITLES or np.ptp(outcome) == 0:
        raise InputError(
            f"Demand is known of {len(known)} titles" + (", all the same." if len(known) >= _LEAST_TITLES else "."),
            path=titles.file.path, hint=f"At least {_LEAST_TITLES} titles that differ are needed; more say more.",
        )  # fmt: skip
    weight = _exactness(demand, outcome) if is_counted else None
    current_run().progress(0.3, "weighing properties")
    controls, control_names = controls_of(known, last)
    fitted = fit_catalogue(known, outcome, controls, control_names, weight)
    if not fitted.names:
        raise InputError(
            "No property is shared by two titles and missing in others, so nothing can be compared.",
            path=titles.file.path, hint="Use broader themes, or name people in the same way everywhere.",
        )  # fmt: skip
    current_run().progress(0.6, "foretelling titles held back")
    score = held_out(known, outcome, controls, weight, confidence=confidence, seed=seed)
    card = CommissionCard(
        titles=len(known), properties=len(fitted.names), controls=fitted.control_names,
        spreads=_spreads(fitted), noise=round(float(fitted.posterior.share @ fitted.posterior.noise), 6),
        rmse=None if score is None else round(score.rmse, 6),
        rmse_of_mean=None if score is None else round(score.rmse_of_mean, 6),
        rmse_of_group_means=None if score is None else round(score.rmse_of_group_means, 6),
        held=None if score is None else round(score.held, 6),
    )  # fmt: skip
    current_run().figure("titles", len(known))
    if score is not None:
        current_run().figure("rmse", score.rmse)
        current_run().figure("rmse_of_mean", score.rmse_of_mean)
    return Commission(
        measure=measure, confidence=confidence, weights=tuple(fitted.weights(confidence)),
        proposals=tuple(fitted.estimates(proposed, confidence, demand)), card=card,
        notes=(*notes, *_notes(known, fitted, score is None)),
    )  # fmt: skip


def _known(
    titles: Document, events: Events | None, least_viewers: int, engine: str, notes: list[str]
) -> tuple[list[CatalogueTitle], Floats, date, str]:
    """Titles of known demand, their demand, the day ages are counted to, and what demand is."""
    path = titles.file.path
    warehouse = Warehouse.of(events) if events else None
    if path.name == MANIFEST:
        warehouse = warehouse or Warehouse(path.parent)
        found = titles_of_warehouse(warehouse.manifest().titles, path)
    else:
        catalogue = load_catalogue(path)
        notes += catalogue.notes
        found = catalogue.titles
    measure, days = "demand", [one.released for one in found if one.released]
    counted: Mapping[str, float] = {one.id: one.demand for one in found if one.demand is not None}
    if not counted and warehouse is not None:
        made = demand_of_titles(warehouse, engine, least_viewers)
        counted, measure = made.viewers, made.measure
        notes += made.notes
        days += [made.last] if made.last else []
    if not counted:
        raise InputError(
            "Nothing says how much these titles were wanted.", path=path,
            hint="Add a column `demand`, or name a warehouse of events: --events audience.",
        )  # fmt: skip
    known = [one for one in found if one.id in counted]
    if len(known) < len(found):
        notes.append(f"{len(found) - len(known):,} titles have no known demand and are left out.")
    return known, np.array([float(counted[one.id]) for one in known]), max(days, default=date(2000, 1, 1)), measure


def _logarithms(demand: Floats, is_counted: bool) -> Floats:
    """Of counts with a half added; of other figures with the smallest halved in place of 0."""
    if is_counted:
        return np.asarray(np.log(demand + 0.5))
    above = demand[demand > 0]
    return np.asarray(np.log(np.maximum(demand, above.min() / 2 if len(above) else 1.0)))


def _exactness(demand: Floats, outcome: Floats) -> Floats:
    """Small counts are inexact by chance alone: a count of μ has a variance of 1/μ in logarithms."""
    around = max(float(np.var(outcome)) / 2, 1e-6)
    found = 1 / (1 + 1 / (demand + 0.5) / around)
    return np.asarray(found / found.max(), dtype=np.float64)


def _spreads(fitted: Fitted) -> dict[str, float]:
    mean = fitted.posterior.share @ fitted.posterior.spreads
    return {group: round(float(value), 6) for group, value in zip(fitted.groups, mean, strict=True)}


def _notes(known: Sequence[CatalogueTitle], fitted: Fitted, is_unchecked: bool) -> list[str]:
    notes = []
    lone = len({pair for title in known for pair in title.properties}) - len(fitted.names)
    if lone:
        notes.append(f"{lone:,} properties are of one title only (or of all) and cannot be weighed.")
    taken = ", ".join(fitted.control_names)
    notes.append(
        f"Taken out: {taken}." if taken else "Neither age nor place in the catalogue is known: nothing is taken out."
    )
    if is_unchecked:
        notes.append("Too few titles to hold some back: nobody checked how well this foretells.")
        current_run().note_weak(notes[-1])
    return notes
