"""The capability `predict_click`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rushlight.artifacts.prediction import Prediction
from rushlight.artifacts.source import Document
from rushlight.audience.predicting.source import read_occasions, read_wanted
from rushlight.audience.predicting.telling import tell
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["predict_click"]


@capability(version=1, metrics=("rows", "gain"))
def predict_click(
    impressions: Document,
    wanted: Document | None = None,
    /,
    *,
    within_minutes: Annotated[float, Field(gt=0, le=1440, description="A click counts up to so long after.")] = 30.0,
    features: Annotated[
        tuple[str, ...], Field(description="Further columns of a table that are known before an impression.")
    ] = (),
    purpose: Annotated[
        str, Field(max_length=64, description="Viewers who did not agree to this are predicted as new ones.")
    ] = "personalise",
    seed: Annotated[int, Field(ge=0, description="Same seed, same model.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Prediction:
    """Predict whether an impression leads to a click, with probabilities that mean what they say.

    Learned from the title's and the viewer's past, the place on the page, the hour, the device and where they came
    from: only what was known before each impression. Platt's or isotonic calibration, or none, is chosen on impressions
    the model has not seen; the reliability curve, ECE and Brier score are those of the last fifth in time, against the
    rate, the title's rate so far and a line through it. When it is no better, the answer says so.

    Args:
        impressions: a warehouse (its folder or `warehouse.json`), or a table with title_id, shown_at, click and any
            of viewer, position, device, traffic_source, category, tz.
        wanted: a table of impressions to predict: title_id and any of viewer, shown_at, position, device, …;
            `--out FILE.csv` writes them with what each is made of.

    Returns:
        `Prediction`, with the model as safetensors.

    Raises:
        InputError: no such table or column, or not one impression.
        ModelError: scikit-learn or the engine is not installed.

    Reference:
        Platt 1999; Zadrozny & Elkan 2002; Naeini et al. 2015; explanations after Lundberg et al. 2020.
    """
    run = current_run()
    run.progress(0.05, "reading impressions")
    within = within_minutes * 60
    rows = read_occasions(impressions.file, "click", engine, features=features, within_seconds=within)
    asked = read_wanted(wanted.file, impressions.file, engine, purpose=purpose, features=features) if wanted else None
    found = tell("click", rows, asked, fitted_on=impressions.file.sha256, seed=seed)
    run.figure("rows", len(rows))
    run.figure("gain", min((one.gain for one in found.scores[1:]), default=0.0))
    return found
