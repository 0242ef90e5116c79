"""The panel of predictions: how far watch time and clicks can be foretold, and what from."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from rushlight.artifacts.prediction import FeatureEffect, Prediction
from rushlight.artifacts.source import Document
from rushlight.audience.predict_click import predict_click
from rushlight.audience.predict_watch_time import predict_watch_time
from rushlight.audience.report.charts import bars
from rushlight.audience.report.panels import Context, Panel
from rushlight.audience.report.reliability_chart import reliability_curve
from rushlight.core.errors import InputError, ModelError

__all__ = ["predictions_panel"]

_MOST_EFFECTS = 8


def predictions_panel(context: Context) -> Panel | None:
    """What is watched and clicked against the simplest guess, with what predictions are made of."""
    parts: list[Markup] = []
    notes: list[str] = []
    asked: list[tuple[str, Callable[..., Prediction]]] = [
        ("Seconds watched", predict_watch_time), ("Clicks", predict_click),
    ]  # fmt: skip
    for name, capability in asked:
        try:
            found = capability(Document(file=context.events.manifest), None, engine=context.engine)
        except InputError:
            continue
        except ModelError as error:
            notes.append(f"{name} were not predicted: {error.message} {error.hint}")
            continue
        if found.scores and found.card.viewers >= context.least_viewers:
            parts.append(_figure(name, found))
            notes += found.notes
    if not parts and not notes:
        return None
    return Panel("predictions", "What can be foretold", 340, Markup("").join(parts), tuple(dict.fromkeys(notes)))


def _figure(name: str, found: Prediction) -> Markup:
    is_click = found.card.task == "click"
    scores = bars(
        [(one.name, one.loss, f"{one.loss:.4g}" + ("" if is_click else " s")) for one in found.scores],
        label=f"{'Logarithmic loss' if is_click else 'Root mean squared error'} on later rows, less is better",
    )
    said = "loss on later impressions" if is_click else "error on later viewings"
    parts = [
        Markup('<h3>{}</h3><p class="soft">{}</p>').format(name, found.verdict),
        Markup('<p class="soft">{}, less is better</p>{}').format(said.capitalize(), scores),
    ]
    if found.reliability:
        parts.append(reliability_curve(found.reliability, label="What was said and how often it came"))
    if found.explanation_withheld:
        parts.append(Markup('<p class="note">{}</p>').format(found.explanation_withheld))
    elif found.effects:
        unit = "log-odds" if is_click else "seconds"
        chart = bars(
            [(one.words, one.strength, f"± {one.strength:.3g}") for one in found.effects[:_MOST_EFFECTS]],
            label=f"What predictions are made of, {unit}",
        )
        parts.append(Markup('<p class="soft">What predictions are made of, in {}</p>{}{}').format(
            unit, chart, _steps(found.effects[:_MOST_EFFECTS])))  # fmt: skip
    return Markup("<figure>{}</figure>").format(Markup("").join(parts))


def _steps(effects: tuple[FeatureEffect, ...]) -> Markup:
    rows = [
        Markup("<tr><th>{}</th><td>{}</td><td>{:+.3g}</td><td>{:,}</td></tr>").format(
            one.words, step.label, step.effect, step.rows
        )
        for one in effects
        for step in one.steps
    ]
    return Markup(
        '<details><summary>By value</summary><div class="wide"><table><thead><tr><th>feature</th><th>value</th>'
        "<th>adds</th><th>rows</th></tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(Markup("").join(rows))
