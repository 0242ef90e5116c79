"""The panel of tests: which variant does better, and whether it may be believed."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.variant_test import Comparison, VariantTest
from rushlight.audience.report.charts import intervals
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.test_variants import test_variants
from rushlight.audience.warehouse.engine import open_engine
from rushlight.core.errors import InputError

__all__ = ["tests_panel"]

_MOST_TESTS = 10


def tests_panel(context: Context) -> Panel | None:
    """Every experiment of the events with its intervals; those that are no test yet are named below."""
    with open_engine(context.engine) as engine:
        events = context.warehouse.table(engine, "events")
        rows = engine.rows(events.filter(events.experiment_id.notnull()).select("experiment_id").distinct())
    parts, notes = [], []
    for name in sorted(str(row["experiment_id"]) for row in rows)[:_MOST_TESTS]:
        try:
            parts.append(_figure(test_variants(context.events, experiment=name, engine=context.engine)))
        except InputError as error:
            notes.append(error.message)
    if not parts and not notes:
        return None
    return Panel("tests", "What was tested", 300, Markup("").join(parts), tuple(notes))


def _figure(found: VariantTest) -> Markup:
    shown = [one for one in (*found.comparisons, *found.guardrails) if one.low is not None]
    chart = intervals([_row(one) for one in shown], label=f"Differences in experiment {found.experiment_id}")
    arms = ", ".join(f"{arm.variant} {arm.viewers:,} viewers" for arm in found.arms)
    alarm = (
        Markup('<p class="alarm">Not valid: the sample ratio is not as planned (p = {:.2g}). Nothing below may be '
               "believed until it is known why.</p>").format(found.sample_ratio_p)
        if not found.valid
        else ""
    )  # fmt: skip
    words = Markup("").join(
        Markup("<li>{}</li>").format(_words(found, one)) for one in (*found.comparisons, *found.guardrails)
    )
    return Markup(
        '<figure><h3>{}</h3><p class="soft">{}, a viewer who was shown it: {}. Bounds hold however often it is '
        "looked at.</p>{}{}<ul>{}</ul></figure>"
    ).format(
        found.experiment_id, found.metric.replace("_", " "), arms, alarm, chart if shown else "", words
    )  # fmt: skip


def _row(one: Comparison) -> tuple[str, float, float, float, str]:
    # Metrics have scales of their own: each is drawn in parts of its own reach.
    reach = max(abs(one.low or 0), abs(one.high or 0), abs(one.difference or 0)) or 1.0
    name = f"{one.variant} · {one.metric.replace('_', ' ')}"
    return name, (one.difference or 0) / reach, (one.low or 0) / reach, (one.high or 0) / reach, one.verdict


def _words(found: VariantTest, one: Comparison) -> str:
    if one.difference is None or one.low is None or one.high is None:
        return f"{one.metric.replace('_', ' ')}, {one.variant}: too few viewers yet."
    share = "" if one.relative is None else f" ({one.relative:+.1%})"
    return (
        f"{one.metric.replace('_', ' ')}, {one.variant} against {found.control}: {one.difference:+.3g}{share}, "
        f"{one.low:+.3g} to {one.high:+.3g}: {one.verdict}."
    )
