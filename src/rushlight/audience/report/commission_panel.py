"""The panel of commissions: which themes, people and styles go with demand."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.source import Document
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report.planning_charts import ratios
from rushlight.audience.weigh_commission import weigh_commission
from rushlight.core.errors import InputError

__all__ = ["commission_panel"]

_MOST_EACH = 6


def commission_panel(context: Context) -> Panel | None:
    """The surest rises and falls; nothing where the warehouse was told nothing of what titles are made of."""
    if not context.warehouse.manifest().titles:
        return None
    manifest = Document(file=context.events.manifest)
    try:
        found = weigh_commission(manifest, (), None, least_viewers=context.least_viewers, engine=context.engine)
    except InputError:
        return None
    weights = list(found.weights)
    shown = weights if len(weights) <= 2 * _MOST_EACH else [*weights[:_MOST_EACH], *weights[-_MOST_EACH:]]
    rows = [
        (
            f"{one.group} {one.name}", one.ratio, one.low, one.high,
            f"{one.ratio:.2f}× ({one.low:.2f}–{one.high:.2f}), {one.titles} titles",
        )
        for one in shown
    ]  # fmt: skip
    told = [
        f"{one.group} {one.name} was nearly always together with {one.confounders[0].group} {one.confounders[0].name}: "
        "which of the two it is, nobody can tell."
        for one in shown if one.confounders
    ]  # fmt: skip
    card = found.card
    score = (
        f"Titles held back are foretold within {card.rmse:.2f} in logarithms, by the mean of all within "
        f"{card.rmse_of_mean:.2f}."
        if card.rmse is not None and card.rmse_of_mean is not None else "Too few titles to check it on some held back."
    )  # fmt: skip
    body = Markup('<figure><p class="soft">{}</p>{}</figure>').format(
        f"{card.titles} titles; demand against that of the average title, all else that is known being equal. {score}",
        ratios(rows, label="What demand is multiplied by"),
    )
    return Panel("commission", "What goes with demand", 365, body, (*told[:3], *found.notes, card.limits))
