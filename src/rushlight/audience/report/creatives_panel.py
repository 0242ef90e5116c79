"""The panel of creatives: what goes with clicks in past tests, and which draft will be clicked more."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.artifacts.source import Document
from rushlight.audience.predict_creative import predict_creative
from rushlight.audience.predicting.creatives import creatives_of
from rushlight.audience.report.charts import bars, intervals
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report.reliability_chart import reliability_curve
from rushlight.core.artifact import FileRef
from rushlight.media.probe import probe

__all__ = ["creatives_panel"]

_MOST_PICTURES = 200


def creatives_panel(context: Context) -> Panel | None:
    """What goes with clicks in past tests, and what is expected of drafts; nothing where no creatives are described.

    What variants say and look like is told with `rushlight audience import --form creatives`, drafts with
    `--form drafts`.
    """
    tests, drafts, paths = creatives_of(context.warehouse)
    if tests is None:
        return None
    wanted = Document(file=FileRef.of(drafts)) if drafts else None
    pictures = tuple(probe(path) for path in paths[:_MOST_PICTURES])
    found = predict_creative(Document(file=context.events.manifest), pictures, wanted, engine=context.engine)
    parts = [Markup('<p class="soft">{}</p>').format(found.verdict)]
    if found.reliability:
        parts.append(
            reliability_curve(found.reliability, label="How sure the favourite was and how often it won", start=0.5)
        )
    if found.traits:
        reach = [(one.words, one.ratio - 1, one.low - 1, one.high - 1, f"× {one.ratio:.2f}") for one in found.traits]
        said = "Odds of a click for one usual step, against none; it goes with clicks, that it makes them is not shown"
        parts.append(Markup('<p class="soft">{}</p>{}').format(said, intervals(reach, label=said)))
    body = Markup("<figure>{}</figure>").format(Markup("").join(parts))
    for test in dict.fromkeys(one.test for one in found.candidates):
        chart = bars(
            [(one.variant, one.best, f"{one.best:.0%}") for one in found.candidates if one.test == test],
            label=f"How surely each draft is the best {test}".strip(),
        )
        body += Markup("<figure><h3>{}</h3>{}</figure>").format(test or "Drafts: which is the best", chart)
    return Panel("creatives", "What will be clicked", 345, body, found.notes)
