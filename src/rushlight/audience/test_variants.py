"""The capability `test_variants`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from rushlight.artifacts.events import Events
from rushlight.artifacts.variant_test import Arm, Comparison, VariantTest
from rushlight.audience.statistics.sequences import ArmSums, Difference, difference, needed, sample_ratio_p
from rushlight.audience.warehouse.engine import Engine, open_engine
from rushlight.audience.warehouse.playback import exact
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

if TYPE_CHECKING:
    import ibis

__all__ = ["Metric", "test_variants"]

Metric = Literal["watch_seconds", "content_seconds", "started", "completed", "responses"]
# A ratio further off than this happens by chance once in a thousand tests.
_RATIO_P = 0.001
# Bounds rest on a limit theorem: below this nothing is said.
_LEAST_EACH = 100
_POWER = 0.8


@capability(version=1, metrics=("viewers", "sample_ratio_p"))
def test_variants(
    events: Events,
    /,
    *,
    experiment: Annotated[str, Field(description="Its experiment_id; the only one by default.")] = "",
    metric: Annotated[Metric, Field(description="What is compared, a viewer who was shown it.")] = "watch_seconds",
    control: Annotated[str, Field(description="The variant others are compared with; the first by name.")] = "",
    guardrails: Annotated[tuple[Metric, ...], Field(description="Metrics that must not get worse.")] = ("completed",),
    planned: Annotated[dict[str, float], Field(description="Planned share of each variant; equal by default.")] = {},
    confidence: Annotated[float, Field(ge=0.5, le=0.999, description="Of the sequence, all looks together.")] = 0.95,
    best_at: Annotated[int, Field(ge=100, description="Viewers at which bounds are to be tightest.")] = 10_000,
    effect: Annotated[
        float, Field(ge=0, description="Difference that is wanted, to plan its viewers; 0 for none.")
    ] = 0.0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> VariantTest:
    """Test variants of a cut, trailer or title against each other, in a way that may be looked at any time.

    Everyone who was shown a variant counts, whether they started or not: what only starters do is selected. Bounds
    are an asymptotic confidence sequence, so peeking makes no false alarm likelier; several variants share the
    error (Bonferroni). What viewers watched before they were first shown it takes variance away (CUPED). A sample
    ratio that is not as planned makes the test invalid; viewers who saw two variants are left out and counted.

    Returns:
        `VariantTest`.

    Raises:
        InputError: no such experiment, fewer than two variants, or a control that is not among them.

    Reference:
        Waudby-Smith et al. 2021, "Time-uniform central limit theory and asymptotic confidence sequences".
    """
    warehouse = Warehouse.of(events)
    notes: list[str] = []
    with open_engine(engine) as served:
        experiment = experiment or _only(warehouse, served)
        wanted = tuple(dict.fromkeys((metric, *guardrails)))
        sums, crossed = _sums(warehouse, served, experiment, wanted)
    if len(sums[metric]) < 2:
        raise InputError(
            f"Experiment {experiment!r} has {len(sums[metric])} variants; a test needs two.",
            hint="Check experiment_id and variant of the events.",
        )
    if crossed:
        notes.append(f"{crossed:,} viewers saw more than one variant and are left out; assignment should stick.")
    variants = sorted(sums[metric])
    control = control or variants[0]
    if control not in variants:
        raise InputError(f"There is no variant {control!r}.", hint=f"Variants: {', '.join(variants)}.")
    counts = [sums[metric][variant].count for variant in variants]
    ratio = sample_ratio_p(counts, [float(planned.get(variant, 1.0)) for variant in variants])
    terms = _Terms(metric, control, 1 - confidence, best_at, effect, len(variants) - 1)
    compared = [
        _compare(sums[name], name, variant, terms) for name in wanted for variant in variants if variant != control
    ]
    reduction = max((item[1] for item in compared if item[0].metric == metric), default=0.0)
    current_run().figure("viewers", sum(counts))
    current_run().figure("sample_ratio_p", ratio)
    return VariantTest(
        experiment_id=experiment,
        metric=metric,
        control=control,
        arms=tuple(
            Arm(variant=name, viewers=arm.count, mean=round(arm.mean, 6)) for name, arm in sorted(sums[metric].items())
        ),
        comparisons=tuple(item[0] for item in compared if item[0].metric == metric),
        guardrails=tuple(item[0] for item in compared if item[0].metric != metric),
        valid=ratio >= _RATIO_P,
        sample_ratio_p=ratio,
        confidence=confidence,
        variance_reduction=round(reduction, 4),
        notes=tuple(notes),
    )


test_variants.__test__ = False  # type: ignore[attr-defined]  # pytest takes everything named test_ for a test


def _only(warehouse: Warehouse, engine: Engine) -> str:
    events = warehouse.table(engine, "events")
    found = engine.rows(events.filter(events.experiment_id.notnull()).select("experiment_id").distinct().limit(6))
    names = sorted(str(row["experiment_id"]) for row in found)
    if len(names) != 1:
        raise InputError(
            f"There are {len(names)} experiments here." if names else "No event belongs to an experiment.",
            hint=f"Choose with --experiment: {', '.join(names)}." if names else "Send experiment_id and variant.",
        )
    return names[0]


def _sums(
    warehouse: Warehouse, engine: Engine, experiment: str, metrics: tuple[str, ...]
) -> tuple[dict[str, dict[str, ArmSums]], int]:
    """Sums of every metric by variant, one expression on any engine; and viewers who saw more than one."""
    events, views = warehouse.table(engine, "events"), warehouse.table(engine, "views")
    ours = events.filter((events.experiment_id == experiment) & events.variant.notnull())
    shown = ours.group_by("viewer").agg(
        variant=ours.variant.max(), variants=ours.variant.nunique(), first=ours.ts_client.min()
    )
    crossed = engine.rows(shown.filter(shown.variants > 1).agg(n=shown.filter(shown.variants > 1).count()))[0]["n"]
    shown = shown.filter(shown.variants == 1)
    after = _outcomes(views.filter(views.experiment_id == experiment), ours)
    # What a viewer watched before they were first shown anything of this cannot come from it.
    prior = views.join(shown.select("viewer", "first"), "viewer")
    prior = prior.filter(prior.last_at < prior["first"])
    known = prior.group_by("viewer").agg(before=exact(prior.played_seconds).sum())
    people = shown.left_join(after, "viewer").select("viewer", "variant", *(after[name] for name in metrics))
    people = people.left_join(known, "viewer").select("viewer", "variant", *metrics, "before")
    people = people.mutate(**{name: people[name].fill_null(0.0) for name in (*metrics, "before")})
    x = exact(people.before)
    found: dict[str, dict[str, ArmSums]] = {}
    for name in metrics:
        y = exact(people[name].cast("float64"))
        rows = engine.rows(
            people.group_by("variant").agg(
                count=people.count(), y=y.sum(), yy=(y * y).sum(), x=x.sum(), xx=(x * x).sum(), xy=(x * y).sum()
            )
        )
        found[name] = {str(row.pop("variant")): ArmSums(**row) for row in rows}
    return found, int(crossed)


def _outcomes(views: ibis.Table, ours: ibis.Table) -> ibis.Table:
    """Every metric of every viewer who did anything."""
    import ibis

    played = views.group_by("viewer").agg(
        watch_seconds=exact(views.played_seconds).sum(),
        content_seconds=exact(views.content_seconds).sum(),
        started=(views.played_seconds > 0).cast("float64").max(),
        completed=(views.ended == "end").cast("float64").max(),
    )
    answers = ours.filter(ours.event.isin(["like", "comment", "share"]))
    answered = answers.group_by("viewer").agg(responses=answers.count().cast("float64"))
    joined = played.outer_join(answered, "viewer")
    return joined.select(
        "watch_seconds", "content_seconds", "started", "completed", "responses",
        viewer=ibis.coalesce(joined.viewer, joined.viewer_right),
    )  # fmt: skip


@dataclass(frozen=True)
class _Terms:
    metric: str
    control: str
    alpha: float
    best_at: int
    effect: float
    others: int


def _compare(sums: dict[str, ArmSums], metric: str, variant: str, terms: _Terms) -> tuple[Comparison, float]:
    treated, control = sums[variant], sums[terms.control]
    alpha = terms.alpha / terms.others
    found = difference(treated, control, alpha=alpha, best_at=terms.best_at)
    if min(treated.count, control.count) < _LEAST_EACH or not math.isfinite(found.low):
        few = Comparison(
            variant=variant, metric=metric, difference=None, low=None, high=None, p=1.0, verdict="too few viewers"
        )
        return few, 0.0
    effect = terms.effect if metric == terms.metric else 0.0
    deviation = math.sqrt((treated.variance() + control.variance()) / 2 * (1 - found.reduction))
    return Comparison(
        variant=variant,
        metric=metric,
        difference=round(found.estimate, 6),
        low=round(found.low, 6),
        high=round(found.high, 6),
        relative=round(found.estimate / control.mean, 6) if control.mean else None,
        p=found.p,
        verdict=_verdict(found),
        smallest_found=_smallest(treated.count + control.count, deviation, alpha),
        viewers_needed=needed(effect, deviation, alpha=alpha, power=_POWER) if effect else None,
    ), found.reduction


def _verdict(found: Difference) -> Literal["better", "worse", "no difference yet"]:
    return "better" if found.low > 0 else "worse" if found.high < 0 else "no difference yet"


def _smallest(count: int, deviation: float, alpha: float) -> float | None:
    """The difference for which `count` units are enough, by halving."""
    if deviation <= 0:
        return None
    low, high = 0.0, 10 * deviation
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if needed(middle, deviation, alpha=alpha, power=_POWER) <= count else (middle, high)
    return round(high, 6)
