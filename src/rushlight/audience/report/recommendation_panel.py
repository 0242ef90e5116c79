"""The panel of recommendation: which model serves viewers best, how fair it is, what goes with what."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.recommendations import Recommendations
from rushlight.audience.recommend import recommend
from rushlight.audience.report.charts import bars
from rushlight.audience.report.panels import Context, Panel
from rushlight.core.errors import InputError

__all__ = ["recommendation_panel"]


def recommendation_panel(context: Context) -> Panel | None:
    """Models on choices held back, and titles that go together; nothing where no viewer agreed to be recommended to."""
    try:
        found = recommend(context.events, least_viewers=context.least_viewers, engine=context.engine)
    except InputError:
        return None
    if found.card.viewers < context.least_viewers or not found.scores:
        return None
    scores = bars(
        [(one.model.replace("-", " "), one.ndcg, f"{one.ndcg:.3f}") for one in found.scores],
        label="NDCG over ten places on choices held back",
    )
    facts = (
        f"{found.card.choices:,} choices of {found.card.titles:,} titles by {found.card.viewers:,} viewers who agreed; "
        "how well each model finds choices that were held back."
    )
    body = Markup('<figure><h3>{}</h3><p class="soft">{}</p>{}</figure>{}').format(
        f"The best here: {found.card.model.replace('-', ' ')}", facts, scores, _companions(found)
    )
    return Panel("recommendation", "What they would like next", 350, body, found.notes)


def _companions(found: Recommendations) -> Markup:
    rows = [
        Markup("<tr><th>{}</th><td>{:,}</td><td>{}</td></tr>").format(one.title, one.choices, ", ".join(one.then))
        for one in found.companions
        if one.then
    ]
    if not rows:
        return Markup("")
    return Markup(
        '<details><summary>What goes with what</summary><div class="wide"><table><thead><tr><th>who chose</th>'
        "<th>viewers</th><th>would like</th></tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(Markup("").join(rows))
