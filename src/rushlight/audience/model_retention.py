"""The capability `model_retention`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import norm, poisson

from rushlight.artifacts.events import Events
from rushlight.artifacts.hazard_model import HazardModel, PropertyEffect, ShotHazard, Survival
from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.audience.measure_retention import seconds_played
from rushlight.audience.statistics.hazards import (
    discovery_rates,
    fit_hazard,
    free_baseline,
    identified_share,
    kaplan_meier,
    smooth_baseline,
)
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

if TYPE_CHECKING:
    import ibis

__all__ = ["model_retention"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Baseline = Literal["smooth", "free"]
Leaving = Literal["exit", "skip"]
_PROPERTIES = (
    "length",
    "subject_motion",
    "camera_motion",
    "brightness",
    "speech_share",
    "loudness_db",
    "novelty",
    "arousal",
)
# Below this the moment explains a property so well that nothing can be said of it.
_LEAST_IDENTIFIED = 0.05
# With fewer titles clustered errors are not to be trusted.
_FEW_TITLES = 5
_MOST_BINS = 200
_PRIOR_EXITS = 10.0


@capability(version=1, metrics=("titles", "exits", "identified"))
def model_retention(
    events: Events,
    tables: tuple[ShotTable, ...],
    /,
    *,
    titles: Annotated[tuple[str, ...], Field(description="The title_id of each table of shots, in their order.")] = (),
    properties: Annotated[tuple[str, ...], Field(description="Columns of the tables, and `length`.")] = _PROPERTIES,
    leaving: Annotated[Leaving, Field(description="Leaving for good, or jumping ahead.")] = "exit",
    baseline: Annotated[Baseline, Field(description="Hazard of time: smooth, or free as in Cox's model.")] = "smooth",
    bin_seconds: Annotated[float, Field(ge=0.5, le=30, description="Time bin; wider for very long films.")] = 1.0,
    confidence: Annotated[float, Field(ge=0.5, le=0.999, description="Of the bounds.")] = 0.95,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> HazardModel:
    """Model what makes viewers leave: a hazard over shots and their properties, pooled over films.

    A view is at risk while it plays. Leaving is the event; reaching the end and network errors censor, jumping ahead
    and tabs in the background are events of their own. Effects of titles and traffic sources, a smooth hazard of time,
    errors clustered by title. Within one film a shot cannot be told from the moment it stands at: a property is then
    called not identified, whatever a fit would give.

    Args:
        events: how the films were watched.
        tables: the shots of each film, as `describe_shots` gives them.

    Returns:
        `HazardModel`: effects, shots that lose more or fewer than expected, and Kaplan–Meier curves.

    Raises:
        InputError: titles do not fit the tables, an unknown property, or no view of these titles.

    Reference:
        Friedman 1982, "Piecewise exponential models for survival data with covariates"; Cox 1972.
    """
    if len(titles) != len(tables) or len(set(titles)) != len(titles):
        raise InputError(
            f"{len(tables)} tables of shots and {len(titles)} different titles were given.",
            hint="Name the title of each table, in order: --titles A --titles B.",
        )
    unknown = [name for name in properties if name != "length" and name not in ShotDescription.model_fields]
    if unknown:
        raise InputError(
            f"Shots have no property {unknown[0]!r}.", hint="See the fields of ShotTable in the reference."
        )
    warehouse = Warehouse.of(events)
    longest = max((float(table.rows[-1].end) for table in tables if table.rows), default=0.0)
    step = max(bin_seconds, longest / _MOST_BINS if baseline == "free" else bin_seconds)
    with open_engine(engine) as served:
        counted = _Counted(warehouse, served, titles, leaving, step)
    current_run().progress(0.6, "fitting")
    cells = _cells(counted, tables, titles, properties, step)
    effects, expected, notes = _fitted(cells, properties, baseline, confidence)
    current_run().figure("titles", len(counted.titles))
    current_run().figure("exits", float(cells.exits.sum()))
    current_run().figure("identified", sum(one.status != "not identified" for one in effects))
    return HazardModel(
        properties=tuple(effects),
        shots=_shots(cells, expected, tables, titles),
        survival=tuple(_survival(counted, title, step, confidence) for title in counted.titles),
        titles=len(counted.titles),
        views=counted.views,
        exits=int(cells.exits.sum()),
        event=leaving,
        baseline=baseline,
        confidence=confidence,
        notes=tuple(notes),
    )


class _Counted:
    """Plays and exits of every title, source and time bin."""

    def __init__(self, warehouse: Warehouse, engine: Engine, titles: tuple[str, ...], leaving: str, step: float):
        keys = ["title_id", "traffic_source"]
        views, spans = warehouse.table(engine, "views"), warehouse.table(engine, "spans")
        views = views.filter(views.title_id.isin(list(titles)) & (views.content_seconds > 0))
        spans = spans.filter(spans.title_id.isin(list(titles)))
        self.views = int(engine.rows(views.agg(n=views.count()))[0]["n"])
        if not self.views:
            raise InputError("No view of these titles was played.", hint="Check --titles against `measure-retention`.")
        self.plays = self._rows(engine, seconds_played(spans, keys, step, point=0.0), "change")
        if leaving == "exit":
            left = views.filter(views.ended == "exit")
            at = ((left.last_seconds - 1e-6) / step).floor()
        else:
            events = warehouse.table(engine, "events")
            left = events.filter((events.event == "seek_start") & events.title_id.isin(list(titles)))
            at = ((left.current_time_seconds - 1e-6) / step).floor()
        left = left.mutate(step=at.cast("int64").clip(lower=0))
        self.exits = self._rows(engine, left.group_by([*keys, "step"]).agg(change=left.count()), "change")
        self.titles = sorted({key[0] for key in self.plays})

    @staticmethod
    def _rows(engine: Engine, table: ibis.Table, value: str) -> dict[tuple[str, str], dict[int, int]]:
        found: dict[tuple[str, str], dict[int, int]] = {}
        columns: dict[str, Any] = engine.columns(table)
        for title, source, step, number in zip(
            columns["title_id"], columns["traffic_source"], columns["step"], columns[value], strict=True
        ):
            key = (str(title), "" if source is None or source != source else str(source))
            found.setdefault(key, {})[int(step)] = int(number)
        return found

    def at_risk(self, key: tuple[str, str], steps: int) -> Floats:
        """Views that play each bin."""
        changes = np.zeros(steps + 1)
        for step, change in self.plays.get(key, {}).items():
            changes[min(max(step, 0), steps)] += change
        return np.cumsum(changes)[:steps]

    def left(self, key: tuple[str, str], steps: int) -> Floats:
        """Exits in each bin."""
        found = np.zeros(steps)
        for step, number in self.exits.get(key, {}).items():
            if step < steps:
                found[step] += number
        return found


@dataclass
class _Cells:
    """The data of the fit: one cell a title, source and bin that somebody played."""

    exits: Floats
    exposure: Floats
    properties: Floats
    units: Floats
    seconds: Floats
    share: Floats
    titles: Whole
    sources: Whole
    bins: Whole
    table: Whole
    shot: Whole


def _cells(
    counted: _Counted, tables: tuple[ShotTable, ...], titles: tuple[str, ...], properties: tuple[str, ...], step: float
) -> _Cells:
    values = [_properties(table, properties) for table in tables]
    pooled, lengths = np.vstack(values), np.concatenate([_lengths(table) for table in tables])
    mean = np.average(pooled, axis=0, weights=lengths)
    units = np.sqrt(np.average((pooled - mean) ** 2, axis=0, weights=lengths))
    sources = sorted({key[1] for key in counted.plays})
    parts: list[tuple[Any, ...]] = []
    for number, title in enumerate(counted.titles):
        index = titles.index(title)
        ends = np.array([float(row.end) for row in tables[index].rows])
        steps = max(int(np.ceil(ends[-1] / step)), 1)
        middle = (np.arange(steps) + 0.5) * step
        shot = np.minimum(np.searchsorted(ends, middle, side="right"), len(ends) - 1)
        scaled = (values[index] - mean) / np.where(units > 1e-12, units, 1.0)
        for which, source in enumerate(sources):
            risk = counted.at_risk((title, source), steps)
            seen = np.flatnonzero(risk > 0)
            if not len(seen):
                continue
            same = np.full(len(seen), 0)
            parts.append((
                counted.left((title, source), steps)[seen], risk[seen] * step, scaled[shot[seen]], middle[seen],
                middle[seen] / ends[-1], same + number, same + which, seen, same + index, shot[seen],
            ))  # fmt: skip
    joined = [np.concatenate([part[place] for part in parts]) for place in range(10)]
    exits, exposure, scaled, seconds, share, which_title, which_source, bins, table, shots = joined
    return _Cells(exits, exposure, scaled, units, seconds, share, which_title, which_source, bins, table, shots)


def _lengths(table: ShotTable) -> Floats:
    return np.array([float(row.end - row.start) for row in table.rows])


def _properties(table: ShotTable, names: tuple[str, ...]) -> Floats:
    """Properties of every shot, what is unknown taken as the table's mean."""
    if not table.rows:
        raise InputError("A table of shots is empty.", hint="Run describe-shots on the film.")
    columns = []
    for name in names:
        if name == "length":
            columns.append(np.log(np.maximum(_lengths(table), 0.04)))
            continue
        found = [getattr(row, name) for row in table.rows]
        if any(isinstance(value, (str, tuple)) for value in found):
            raise InputError(f"The property {name!r} is no number.", hint="Choose properties that are numbers.")
        column = np.array([np.nan if value is None else float(value) for value in found])
        known = column[~np.isnan(column)]
        columns.append(np.where(np.isnan(column), known.mean() if len(known) else 0.0, column))
    return np.column_stack(columns) if columns else np.zeros((len(table.rows), 0))


def _fitted(
    cells: _Cells, properties: tuple[str, ...], baseline: str, confidence: float
) -> tuple[list[PropertyEffect], Floats, list[str]]:
    clusters = int(cells.titles.max()) + 1
    share = (
        identified_share(cells.properties, cells.titles, _coarse(cells.bins), cells.exposure)
        if clusters > 1
        else np.zeros(len(properties))
    )
    usable = np.flatnonzero((share > _LEAST_IDENTIFIED) & (cells.units > 1e-12))
    columns = free_baseline(cells.bins) if baseline == "free" else smooth_baseline(cells.seconds, cells.share)
    fit = fit_hazard(
        cells.exits, cells.exposure, cells.properties[:, usable], columns, cells.titles, cells.sources
    )  # fmt: skip
    q = discovery_rates(fit.p) if len(usable) else np.array([])
    reach = float(norm.ppf(0.5 + confidence / 2))
    effects = []
    for index, name in enumerate(properties):
        bare = PropertyEffect(
            name=name,
            status="not identified",
            unit=round(float(cells.units[index]), 6),
            identified_share=round(float(share[index]), 4),
        )
        place = np.flatnonzero(usable == index)
        if not len(place):
            effects.append(bare)
            continue
        at = int(place[0])
        effect, error = float(fit.effects[at]), float(fit.errors[at])
        known = {
            "status": "identified" if clusters >= _FEW_TITLES else "weakly identified",
            "hazard_ratio": round(float(np.exp(effect)), 6),
            "log_effect": round(effect, 6),
            "low": round(float(np.exp(effect - reach * error)), 6),
            "high": round(float(np.exp(effect + reach * error)), 6),
            "p": float(fit.p[at]),
            "q": float(q[at]),
        }
        effects.append(bare.model_copy(update=known))
    notes = []
    if clusters == 1:
        notes.append(
            "One film alone: everyone at a moment of it sees the same shot, so no property can be told from time."
        )
    elif clusters < _FEW_TITLES:
        notes.append(f"Only {clusters} films: bounds clustered by film are too narrow with fewer than {_FEW_TITLES}.")
    if cells.exits.sum() < 10 * max(len(usable), 1):
        notes.append(f"Only {int(cells.exits.sum())} exits: effects are uncertain.")
    return effects, fit.expected, notes


def _coarse(bins: Whole) -> Whole:
    """Bins joined until there are at most two hundred, so that the check of identification stays small."""
    return bins // max(int(np.ceil((bins.max() + 1) / _MOST_BINS)), 1)


def _shots(
    cells: _Cells, expected: Floats, tables: tuple[ShotTable, ...], titles: tuple[str, ...]
) -> tuple[ShotHazard, ...]:
    """Every shot with its exits and how many were expected, those of all sources together."""
    keys = cells.table * 100_000 + cells.shot
    kinds, place = np.unique(keys, return_inverse=True)
    exits, wanted, risk = (np.bincount(place, weights) for weights in (cells.exits, expected, cells.exposure))
    above = poisson.sf(exits - 1, np.maximum(wanted, 1e-9))
    below = poisson.cdf(exits, np.maximum(wanted, 1e-9))
    q = discovery_rates(np.minimum(2 * np.minimum(above, below), 1.0))
    found = []
    for number, key in enumerate(kinds):
        table, shot = divmod(int(key), 100_000)
        row = tables[table].rows[shot]
        found.append(
            ShotHazard(
                title_id=titles[table], shot=shot + 1, start_seconds=float(row.start), end_seconds=float(row.end),
                at_risk_seconds=round(float(risk[number]), 3), exits=int(exits[number]),
                expected=round(float(wanted[number]), 3),
                ratio=round(float((exits[number] + _PRIOR_EXITS) / (wanted[number] + _PRIOR_EXITS)), 4),
                q=float(q[number]),
            )
        )  # fmt: skip
    return tuple(found)


def _survival(counted: _Counted, title: str, step: float, confidence: float) -> Survival:
    keys = [key for key in counted.plays if key[0] == title]
    steps = max(max(counted.plays[key], default=0) for key in keys)
    risk = np.sum([counted.at_risk(key, steps) for key in keys], axis=0)
    left = np.sum([counted.left(key, steps) for key in keys], axis=0)
    curves = kaplan_meier(risk, left, confidence)
    share, low, high = (tuple(round(float(value), 6) for value in curve) for curve in curves)
    return Survival(title_id=title, step_seconds=step, left=share, low=low, high=high)
