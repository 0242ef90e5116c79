"""The capability `recommend`."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy import sparse

from rushlight.artifacts.events import Events
from rushlight.artifacts.recommendations import Companion, GroupRate, Parity, Recommendations, RecommenderCard
from rushlight.audience.recommending.choosing import COMPARED, Compared, compare, made, rating_errors
from rushlight.audience.recommending.context import context_lift
from rushlight.audience.recommending.fairness import fair_lists, grouped, parity_ratio, typical_reach
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.lists import fairness_groups
from rushlight.audience.recommending.recommender import Recommender
from rushlight.audience.recommending.source import Wanted, read_interactions
from rushlight.audience.recommending.storing import write_model
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["recommend"]

Model = Literal[
    "auto", "blend", "ease", "slim", "implicit-als", "item-neighbours", "viewer-neighbours", "neural", "popularity"
]
FairBy = Literal["", "category", "released", "popularity"]
_COMPANIONS, _THEN = 12, 3
_MOST_FAIR_VIEWERS = 3000


@capability(version=1, metrics=("ndcg", "popularity_ndcg"))
def recommend(
    events: Events,
    /,
    *,
    model: Annotated[Model, Field(description="Which recommender; auto takes the best on choices held back.")] = "auto",
    most: Annotated[int, Field(ge=1, le=100, description="Titles of a list.")] = 10,
    fair_by: Annotated[FairBy, Field(description="Show these groups of titles alike.")] = "",
    fair_to: Annotated[
        Literal["titles", "choices"],
        Field(description="Alike for how many titles a group has, or for how often it is chosen."),
    ] = "choices",
    least_parity: Annotated[float, Field(ge=0.1, le=0.95, description="Least shown group to most shown.")] = 0.8,
    most_lost: Annotated[float, Field(ge=0, le=1, description="Share of NDCG that fairness may cost.")] = 0.03,
    hour: Annotated[int, Field(ge=-1, le=23, description="Hour of the viewer's day; -1 for any.")] = -1,
    device: Annotated[str, Field(max_length=64, description="Device the lists are for; empty for any.")] = "",
    purpose: Annotated[str, Field(max_length=64, description="What viewers must have agreed to.")] = "personalise",
    least_share: Annotated[float, Field(ge=0, le=1, description="Share of a title watched that is a choice.")] = 0.3,
    least_rating: Annotated[float | None, Field(description="Lowest rating that is a choice; all by default.")] = None,
    least_viewers: Annotated[int, Field(ge=1, description="Groups of fewer viewers are left out.")] = 10,
    seed: Annotated[int, Field(ge=0, description="Of what is held back.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Recommendations:
    """Recommend titles to viewers who agreed to it: which model is best here, how fair it is, and why a title fits.

    Choices are titles watched far enough, liked or rated. Models are compared by NDCG over the whole catalogue on a
    quarter of every viewer's choices held back; the best is fitted again on everything. Lists for viewers are made
    when they are wanted (`--out lists.csv` or `.html`), each title with its reason.

    The model holds weights between titles and no viewer. It names the state of the warehouse it was fitted on and is
    refused on any other, so after an erasure it has to be fitted again, without the viewer who was erased.

    Returns:
        `Recommendations`.

    Raises:
        InputError: nobody agreed or chose anything, too few to compare models, or an unknown device.

    Reference:
        Steck 2019; Hu, Koren, Volinsky 2008; Singh, Joachims 2018, "Fairness of exposure in rankings".
    """
    warehouse = Warehouse.of(events)
    with open_engine(engine) as served:
        interactions = read_interactions(warehouse, served, Wanted(purpose, least_share, least_rating))
        segments = _segments(warehouse, served.rows(warehouse.table(served, "segments")), interactions)
    context_lift(interactions, hour, device)
    notes: list[str] = []
    compared = _compared(interactions, model, seed, engine, notes)
    name = compared.best if compared else ("popularity" if model == "auto" else model)
    current_run().progress(0.8, f"fitting {name} on everything")
    fitted = made(name, seed, engine).fit(interactions)
    parities: list[Parity] = []
    bonuses: dict[str, float] = {}
    facts = warehouse.manifest().titles
    if compared and fair_by:
        groups = fairness_groups(fair_by, compared.left, facts)
        parity, bonuses = _fair(compared, groups, fair_by, fair_to, most, least_parity, most_lost, seed, notes)
        parities += [parity] if parity else []
    if compared and any(segments):
        parities += _served(compared, segments, least_viewers, seed)
    best = compared.scores[0].ndcg if compared else 0.0
    floor = next((one.ndcg for one in compared.scores if one.model == "popularity"), 0.0) if compared else 0.0
    card = RecommenderCard(
        model=name, fitted_on=events.manifest.sha256, viewers=len(interactions.viewers),
        titles=len(interactions.titles),
        choices=interactions.chosen.nnz, purpose=purpose, ndcg=best, popularity_ndcg=floor,
        settings=str(getattr(fitted, "settings", "")),
    )  # fmt: skip
    current_run().figure("ndcg", best)
    current_run().figure("popularity_ndcg", floor)
    errors = rating_errors(interactions, seed)
    return Recommendations(
        events=events, card=card, model=_stored(fitted, interactions, card), fair_by=fair_by if bonuses else "",
        scores=compared.scores if compared else (), parities=tuple(parities), bonuses=bonuses,
        reach=_reach(fitted, interactions), most=most, hour=hour,
        device=device, least_share=least_share, least_rating=least_rating,
        rating_rmse=round(errors[0], 6) if errors else None,
        rating_rmse_of_means=round(errors[1], 6) if errors else None,
        companions=_companions(fitted, interactions, facts, least_viewers), notes=tuple(notes),
    )  # fmt: skip


def _compared(interactions: Interactions, model: str, seed: int, engine: str, notes: list[str]) -> Compared | None:
    names = COMPARED if model == "auto" else tuple(dict.fromkeys((model, "popularity")))
    try:
        found = compare(interactions, names, seed, engine)
    except InputError as error:
        notes.append(f"Models were not compared. {error.message}")
        current_run().note_weak(notes[-1])
        return None
    if model != "auto" and found.best != model:
        notes.append(f"{model} is not better than popularity here.")
        chosen = compare(interactions, (model,), seed, engine)
        return Compared(found.scores, model, chosen.model, chosen.left, chosen.held, chosen.worth)
    return found


def _stored(fitted: Recommender, interactions: Interactions, card: RecommenderCard) -> FileRef | None:
    if fitted.holds_viewers:
        current_run().note_weak(f"{fitted.name} consists of viewers' histories, so the model is not stored.")
        return None
    path = current_run().new_file("recommender.safetensors")
    write_model(fitted, interactions.titles, card, path)
    return FileRef.of(path)


def _fair(
    compared: Compared, names: list[str], by: str, to: str, most: int, least_parity: float, most_lost: float,
    seed: int, notes: list[str],
) -> tuple[Parity | None, dict[str, float]]:  # fmt: skip
    """How alike groups of titles are shown, before and after, and the bonuses when their price is not too high."""
    groups, place = grouped(names)
    if len(groups) < 2:
        notes.append(f"There are fewer than two groups of titles by {by}; say more of titles: import --form titles.")
        return None, {}
    weight = np.ones(len(names)) if to == "titles" else compared.left.popularity
    shares = np.array([weight[place == number].sum() for number in range(len(groups))])
    kept = shares > 0.01 * shares.sum()
    if kept.sum() < 2:
        notes.append(f"Only one group by {by} has more than a hundredth of all; parity says nothing.")
        return None, {}
    moved = np.full(len(groups) + 1, -1)
    moved[np.flatnonzero(kept)] = np.arange(kept.sum())
    groups, place, shares = [one for one, is_in in zip(groups, kept, strict=True) if is_in], moved[place], shares[kept]
    rows = np.flatnonzero(np.diff(compared.held.indptr))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_FAIR_VIEWERS])
    histories = compared.left.chosen[rows]
    found = fair_lists(
        compared.model.scores(histories), histories, compared.held[rows], place, shares / shares.sum(), most=most,
        least_parity=least_parity, seed=seed,
    )  # fmt: skip
    applied = found.lost[0] <= most_lost
    if not applied:
        notes.append(
            f"Fairer lists would cost {found.lost[0]:.1%} of NDCG, more than --most-lost; they are not applied."
        )
    if applied and found.after[0] < least_parity:
        notes.append(f"Parity of {found.after[0]:.2f} is as near to {least_parity:.2f} as could be reached.")
    rates = tuple(
        GroupRate(group=name, members=int((place == number).sum()), before=round(float(found.rates[0][number]), 6),
                  after=round(float(found.rates[1][number]), 6))
        for number, name in enumerate(groups)
    )  # fmt: skip
    before, after, lost = (
        tuple(round(value, 6) for value in three) for three in (found.before, found.after, found.lost)
    )
    parity = Parity(
        by=by, of="titles", groups=rates, before=before[0], before_low=before[1], before_high=before[2], after=after[0],
        after_low=after[1], after_high=after[2], ndcg_lost=lost[0], ndcg_lost_low=lost[1], ndcg_lost_high=lost[2],
        applied=applied,
    )  # fmt: skip
    bonuses = {name: round(float(value) * found.reach, 9) for name, value in zip(groups, found.bonuses, strict=True)}
    return parity, bonuses if applied else {}


def _segments(warehouse: Warehouse, rows: list[dict[str, object]], interactions: Interactions) -> list[str]:
    del warehouse
    known = {str(row["viewer"]): str(row["segment"]) for row in rows}
    return [known.get(viewer, "") for viewer in interactions.viewers]


def _served(compared: Compared, segments: list[str], least_viewers: int, seed: int) -> list[Parity]:
    """Whether viewers of every segment are served alike: NDCG of their lists, the lowest to the highest."""
    rows = np.flatnonzero(np.diff(compared.held.indptr))
    groups, place = grouped([segments[row] for row in rows], least_viewers)
    if len(groups) < 2:
        return []
    worth = [compared.worth[place == number] for number in range(len(groups))]
    means = np.array([values.mean() for values in worth])
    rng = np.random.default_rng(seed)
    draws = [parity_ratio(np.array([rng.choice(values, len(values)).mean() for values in worth])) for _ in range(500)]
    low, high = (round(float(value), 6) for value in np.quantile(draws, [0.025, 0.975]))
    now = round(parity_ratio(means), 6)
    rates = tuple(
        GroupRate(group=name, members=len(values), before=round(float(mean), 6), after=round(float(mean), 6))
        for name, values, mean in zip(groups, worth, means, strict=True)
    )
    return [Parity(by="segment", of="viewers", groups=rates, before=now, before_low=low, before_high=high, after=now,
                   after_low=low, after_high=high)]  # fmt: skip


def _reach(fitted: Recommender, interactions: Interactions) -> float:
    rows = np.arange(min(len(interactions.viewers), 200))
    histories = interactions.chosen[rows]
    return round(typical_reach(fitted.scores(histories), histories), 9)


def _companions(
    fitted: Recommender, interactions: Interactions, facts: dict[str, dict[str, str]], least_viewers: int
) -> tuple[Companion, ...]:
    """What goes with the most chosen titles; only of titles that enough viewers chose."""
    count = interactions.popularity
    order = [int(one) for one in np.argsort(-count, kind="stable")[:_COMPANIONS] if count[one] >= least_viewers]
    names = [facts.get(title, {}).get("name", title) for title in interactions.titles]
    found = []
    for title in order:
        history = sparse.csr_matrix(([1.0], ([0], [title])), (1, len(names)))
        tops, _ = fitted.top(history, _THEN)
        then = tuple(names[one] for one in tops[0] if one >= 0 and count[one] >= least_viewers)
        found.append(Companion(title=names[title], choices=int(count[title]), then=then))
    return tuple(found)
