"""Figures for the public under differential privacy: what is published is nearly the same with and without any viewer.

Reference:
    Dwork, McSherry, Nissim, Smith 2006, "Calibrating noise to sensitivity in private data analysis"; the noise is
    OpenDP's discrete Laplace, which is safe against attacks on floating-point numbers.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rushlight.audience.measure_retention import seconds_played
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError, LimitError, ModelError

if TYPE_CHECKING:
    import ibis

__all__ = ["PrivateCurve", "private_counts", "publish_retention"]

# Of the budget of a release, this share goes to how many there were.
_FOR_COUNT = 0.1
BUDGET = 4.0


@dataclass(frozen=True)
class PrivateCurve:
    """A retention curve that may be published.

    Attributes:
        title_id: which title.
        epsilon: how much privacy this release cost; `spent` is what all releases of the title cost together.
        viewers: how many viewers, with noise.
        at_seconds: middle of each point.
        watching: share of viewers whose first view played it, with noise, between 0 and 1.
        error: expected absolute error of each point that the noise makes.
        note: what a reader has to know.
    """

    title_id: str
    epsilon: float
    spent: float
    viewers: int
    at_seconds: tuple[float, ...]
    watching: tuple[float, ...]
    error: float
    note: str

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return asdict(self)


def publish_retention(
    warehouse: Warehouse, title_id: str, *, epsilon: float, points: int = 100, budget: float = BUDGET
) -> PrivateCurve:
    """Release a title's retention under ε-differential privacy for viewers, and note what it cost.

    Only the first view of each viewer counts, so that one viewer changes each of `points` counts by at most one.
    Releases add up (sequential composition); beyond the title's budget nothing more is released.

    Args:
        warehouse: where.
        title_id: which title.
        epsilon: the loss of privacy of this release; 1 is usual, less is more private and noisier.
        points: how many points the curve has.
        budget: the most that all releases of the title may cost together.

    Raises:
        InputError: ε or points out of range, or no such title.
        LimitError: the budget does not allow it.
        ModelError: OpenDP is not installed.
    """
    if not 0.01 <= epsilon <= 10 or not 2 <= points <= 1000:
        raise InputError("ε is between 0.01 and 10, points between 2 and 1,000.", hint="--epsilon 1 is usual.")
    with warehouse.writing():
        manifest = warehouse.manifest()
        spent = manifest.privacy_spent.get(title_id, 0.0)
        if spent + epsilon > budget + 1e-9:
            raise LimitError(
                f"Releases of {title_id} have cost ε = {spent:g} of {budget:g}; {epsilon:g} more is too much.",
                hint="Publish what was released before, or raise --budget knowing that viewers are protected less.",
            )
        with open_engine() as engine:
            counts, viewers, duration = _counts(warehouse, engine, title_id, points)
        noisy_viewers = private_counts([viewers], 1, epsilon * _FOR_COUNT)[0]
        noisy = private_counts(counts, points, epsilon * (1 - _FOR_COUNT))
        spent = round(spent + epsilon, 9)
        costs = {**manifest.privacy_spent, title_id: spent}
        # The cost is noted before anything is shown: a release that was never seen still counts.
        warehouse.commit(manifest.model_copy(update={"privacy_spent": costs, "generation": manifest.generation + 1}))
    whole = max(noisy_viewers, 1)
    step = duration / points
    return PrivateCurve(
        title_id=title_id,
        epsilon=epsilon,
        spent=spent,
        viewers=max(noisy_viewers, 0),
        at_seconds=tuple(round((number + 0.5) * step, 3) for number in range(points)),
        watching=tuple(round(min(max(count / whole, 0.0), 1.0), 6) for count in noisy),
        error=round(points / (epsilon * (1 - _FOR_COUNT)) / whole, 6),
        note="First view of each viewer; noise was added so that no viewer can be told from it (differential privacy).",
    )


def private_counts(counts: list[int], sensitivity: int, epsilon: float) -> list[int]:
    """Counts with discrete Laplace noise of scale sensitivity / ε.

    Args:
        counts: the true counts.
        sensitivity: how much all counts together change when one viewer comes or goes.
        epsilon: loss of privacy.

    Raises:
        ModelError: OpenDP is not installed.
    """
    try:
        import opendp.prelude as opendp
    except ImportError as error:
        raise ModelError("OpenDP is not installed.", hint='pip install "rushlight[privacy]"') from error
    opendp.enable_features("contrib")
    space = opendp.vector_domain(opendp.atom_domain(T="i64"), size=len(counts)), opendp.l1_distance(T="i64")
    release = opendp.m.make_laplace(*space, scale=sensitivity / epsilon)
    lost: float = release.map(sensitivity)  # type: ignore[no-untyped-call, unused-ignore]
    if lost > epsilon * (1 + 1e-9):
        raise InputError("The noise would not give the privacy that was asked for.")
    found: list[int] = release([int(count) for count in counts])
    return found


def _counts(warehouse: Warehouse, engine: Engine, title_id: str, points: int) -> tuple[list[int], int, float]:
    """How many first views play the middle of each point, how many viewers there are, and how long the title is."""
    import ibis

    views = warehouse.table(engine, "views")
    views = views.filter((views.title_id == title_id) & (views.content_seconds > 0))
    order = ibis.window(group_by=["viewer"], order_by=["started_at", "view"])
    first = views.mutate(place=ibis.row_number().over(order)).filter(lambda row: row.place == 0)
    facts = engine.rows(first.agg(viewers=first.count(), duration=first.duration_seconds.max()))[0]
    if not facts["viewers"]:
        raise InputError(f"No view of {title_id!r} was played.", hint="Check the title's id.")
    duration = float(facts["duration"] or 0)
    if not math.isfinite(duration) or duration <= 0:
        raise InputError(f"The length of {title_id!r} is not known.", hint="Send duration_seconds with its events.")
    covered = warehouse.table(engine, "covered")
    mine: ibis.Table = covered.semi_join(first, "view").filter(lambda row: row.title_id == title_id)
    rows = engine.columns(seconds_played(mine, ["title_id"], duration / points))
    changes = np.zeros(points + 1)
    np.add.at(changes, np.clip(rows["step"].astype(int), 0, points), rows["change"])
    return [int(count) for count in np.cumsum(changes)[:points]], int(facts["viewers"]), duration
