"""The panel of visits that end at once: groups of them, and what makes leaving likely."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.source import Document
from rushlight.audience.cluster_bounces import cluster_bounces
from rushlight.audience.report.charts import intervals
from rushlight.audience.report.panels import Context, Panel
from rushlight.core.errors import InputError

__all__ = ["bounces_panel"]

_MOST_RATES = 8


def bounces_panel(context: Context) -> Panel | None:
    """Groups of visits that ended at once, and what makes leaving likely."""
    try:
        found = cluster_bounces(
            Document(file=context.events.manifest), least_viewers=context.least_viewers, engine=context.engine
        )
    except InputError:
        return None
    differing = [one for one in found.rates if one.differs][:_MOST_RATES]
    if found.rate is None or not (found.groups or differing):
        return None
    rate = found.rate
    parts = [
        Markup('<p class="soft">{:,} of {:,} visits ({:.1%}) ended within {:g} seconds.</p>').format(
            found.bounces, found.visits, rate, found.within_seconds
        )
    ]
    for group in found.groups:
        rows = [
            (
                one.words,
                one.share - one.others,
                0.0,
                one.share - one.others,
                f"{one.share:.0%}, others {one.others:.0%}",
            )
            for one in group.traits
        ]
        facts = (
            f"{group.visits:,} visits by {group.viewers:,} viewers, {group.share:.0%} of those that ended at once; of "
            f"visits like these {group.rate:.0%} end so ({group.rate_low:.0%}–{group.rate_high:.0%}), half of them "
            f"within {group.median_seconds:.0f} s."
        )
        chart = intervals(rows, label=f"In what the group differs: {group.name}")
        parts.append(Markup('<figure><h3>{}</h3><p class="soft">{}</p>{}</figure>').format(group.name, facts, chart))
    if differing:
        chart = intervals(
            [(f"{one.words}: {one.rate:.0%}", one.rate - rate, one.low - rate, one.high - rate,
              "worse" if one.rate > rate else "better") for one in differing],
            label="Share of visits that end at once, against all visits",
        )  # fmt: skip
        said = Markup('<p class="soft">How often visits end at once, against all</p>')
        parts.append(Markup("<figure>{}{}</figure>").format(said, chart))
    return Panel("bounces", "Who leaves at once", 322, Markup("").join(parts), found.notes)
