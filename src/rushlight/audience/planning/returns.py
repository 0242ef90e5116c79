"""What messages did: who was sent one against who was held out by lot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rushlight.artifacts.campaign import CampaignReturn, CopyReturn
from rushlight.audience.planning.plans import HELD_OUT, Planned
from rushlight.audience.statistics.sequences import ArmSums, Difference, difference, needed, sample_ratio_p
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = ["measured_return", "smallest_uplift"]

_RATIO_P = 0.001
_LEAST_EACH = 100
_POWER = 0.8


@dataclass(frozen=True)
class _Seen:
    started: float
    seconds: float
    before: float


def smallest_uplift(share: float, sent: int, held_out: int, alpha: float) -> float | None:
    """The least difference of shares that a campaign of this size shows in four of five cases, by halving."""
    if min(sent, held_out) < _LEAST_EACH:
        return None
    deviation = math.sqrt(max(share * (1 - share), 1e-4))
    # Arms of unequal size are worth as many as two of their harmonic mean.
    count = round(4 / (1 / sent + 1 / held_out))
    low, high = 0.0, 10 * deviation
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if needed(middle, deviation, alpha=alpha, power=_POWER) <= count else (middle, high)
    return high


def measured_return(
    warehouse: Warehouse, engine: Engine, planned: Sequence[Planned], title_id: str, *, days: int, holdout: float,
    confidence: float, worth: float, cost: float,
) -> CampaignReturn:  # fmt: skip
    """Compare who was sent a message with who was held out: starts and seconds of the title in the days after.

    Everybody who was to get one counts, whether it arrived or was opened. What each watched in as many days before
    takes variance away. Bounds hold at any look.

    Raises:
        InputError: the days are not over yet, or the plan holds nobody out.
    """
    arms: dict[str, list[Planned]] = defaultdict(list)
    for one in planned:
        arms[one.arm].append(one)
    if HELD_OUT not in arms or len(arms) < 2:
        raise InputError("This campaign held nobody out, so its return cannot be told from what would have been.",
                         hint="Plan with --holdout 0.1 next time.")  # fmt: skip
    seen = _seen(warehouse, engine, planned, title_id, days)
    sent = [one for name, own in arms.items() if name != HELD_OUT for one in own]
    held = arms[HELD_OUT]
    alpha = 1 - confidence
    best_at = len(planned)
    starts = difference(_sums(sent, seen, "started"), _sums(held, seen, "started"), alpha=alpha, best_at=best_at)
    seconds = difference(_sums(sent, seen, "seconds"), _sums(held, seen, "seconds"), alpha=alpha, best_at=best_at)
    enough = min(len(sent), len(held)) >= _LEAST_EACH
    valid = sample_ratio_p([len(sent), len(held)], [1 - holdout, holdout]) >= _RATIO_P
    copies = [name for name in sorted(arms) if name != HELD_OUT]
    is_known = enough and valid

    def shown(value: float) -> float | None:
        return round(value, 6) if is_known and math.isfinite(value) else None

    won = starts.estimate * len(sent)
    return CampaignReturn(
        days=days, sent=len(sent), held_out=len(held), started=round(_mean(sent, seen), 6),
        started_held_out=round(_mean(held, seen), 6), uplift=shown(starts.estimate), low=shown(starts.low),
        high=shown(starts.high), watch_seconds_uplift=shown(seconds.estimate), watch_seconds_low=shown(seconds.low),
        watch_seconds_high=shown(seconds.high), incremental=shown(won),
        gain=shown(won * worth - cost * len(sent)) if worth or cost else None,
        variance_reduction=round(starts.reduction, 4), valid=valid,
        copies=tuple(_copy(name, arms[name], held, seen, alpha / len(copies), best_at) for name in copies),
    )  # fmt: skip


def _copy(
    name: str, own: Sequence[Planned], held: Sequence[Planned], seen: Mapping[str, _Seen], alpha: float, best_at: int
) -> CopyReturn:
    found: Difference | None = None
    if min(len(own), len(held)) >= _LEAST_EACH:
        found = difference(_sums(own, seen, "started"), _sums(held, seen, "started"), alpha=alpha, best_at=best_at)
    verdict = "too few viewers"
    if found is not None:
        verdict = "better than none" if found.low > 0 else "worse than none" if found.high < 0 else "no difference yet"
    return CopyReturn(
        name=name, viewers=len(own), started=round(_mean(own, seen), 6),
        uplift=None if found is None else round(found.estimate, 6), low=None if found is None else round(found.low, 6),
        high=None if found is None else round(found.high, 6), verdict=verdict,
    )  # fmt: skip


def _seen(
    warehouse: Warehouse, engine: Engine, planned: Sequence[Planned], title_id: str, days: int
) -> dict[str, _Seen]:
    """What each viewer did in the days after, and watched of anything in as many days before."""
    at = {one.viewer: one.send_at.astimezone(UTC) for one in planned}
    window = timedelta(days=days)
    first, ends = min(at.values()) - window, max(at.values()) + window
    views = warehouse.table(engine, "views")
    latest = engine.rows(views.agg(last=views.started_at.max()))[0]["last"]
    if latest is None or _utc(latest) < ends - timedelta(days=1):
        raise InputError(
            f"The {days} days after the last message end on {ends.date()}, and events reach "
            f"{latest.date() if latest else 'nowhere'}.", path=warehouse.folder,
            hint="Measure when they are over, or with fewer --days.",
        )  # fmt: skip
    rows = engine.rows(
        views.filter(
            views.viewer.notnull() & (views.played_seconds > 0) & views.started_at.between(_plain(first), _plain(ends))
        ).select("viewer", "title_id", "started_at", "played_seconds")
    )
    found = {viewer: _Seen(0.0, 0.0, 0.0) for viewer in at}
    for row in rows:
        sent = at.get(str(row["viewer"]))
        if sent is None or row["started_at"] is None:
            continue
        gap = _utc(row["started_at"]) - sent
        old = found[str(row["viewer"])]
        played = float(row["played_seconds"])
        if -window <= gap < timedelta(0):
            found[str(row["viewer"])] = _Seen(old.started, old.seconds, old.before + played)
        elif timedelta(0) <= gap < window and row["title_id"] == title_id:
            found[str(row["viewer"])] = _Seen(1.0, old.seconds + played, old.before)
    return found


def _plain(stamp: datetime) -> datetime:
    """In UTC without saying so, as the warehouse keeps times."""
    return stamp.astimezone(UTC).replace(tzinfo=None)


def _utc(stamp: datetime) -> datetime:
    return stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(UTC)


def _mean(own: Sequence[Planned], seen: Mapping[str, _Seen]) -> float:
    return sum(seen[one.viewer].started for one in own) / len(own) if own else 0.0


def _sums(own: Sequence[Planned], seen: Mapping[str, _Seen], what: str) -> ArmSums:
    y = [float(getattr(seen[one.viewer], what)) for one in own]
    x = [seen[one.viewer].before for one in own]
    return ArmSums(
        len(own), sum(y), sum(value * value for value in y), sum(x), sum(value * value for value in x),
        sum(first * second for first, second in zip(x, y, strict=True)),
    )  # fmt: skip
