"""The capability `predict_watch_time`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rushlight.artifacts.prediction import Prediction
from rushlight.artifacts.source import Document
from rushlight.audience.predicting.source import read_occasions, read_wanted
from rushlight.audience.predicting.telling import tell
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["predict_watch_time"]


@capability(version=1, metrics=("rows", "gain"))
def predict_watch_time(
    views: Document,
    wanted: Document | None = None,
    /,
    *,
    features: Annotated[
        tuple[str, ...], Field(description="Further columns of a table that are known before a viewing.")
    ] = (),
    purpose: Annotated[
        str, Field(max_length=64, description="Viewers who did not agree to this are predicted as new ones.")
    ] = "personalise",
    seed: Annotated[int, Field(ge=0, description="Same seed, same model.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Prediction:
    """Predict how many seconds of a viewing will be watched, and say how far that can be trusted.

    Learned from the title's and the viewer's past, the hour, the weekday, the device and where they came from: only
    what was known before each viewing began. Boosted trees or a line, whichever does better on later viewings; scored
    on the last fifth in time against the mean, the title's mean and the viewer's mean so far. When it is no better,
    the answer says so.

    Args:
        views: a warehouse (its folder or `warehouse.json`), or a table with title_id, started_at, watch_seconds and
            any of viewer, ended_at, duration_seconds, device, traffic_source, category, tz.
        wanted: a table of viewings to predict: title_id and any of viewer, started_at, device, …; `--out FILE.csv`
            writes them with what each is made of.

    Returns:
        `Prediction`, with the model as safetensors.

    Raises:
        InputError: no such table or column, or not one viewing.
        ModelError: scikit-learn or the engine is not installed.

    Reference:
        Friedman 2001, "Greedy function approximation: a gradient boosting machine"; explanations after Lundberg et al.
        2020.
    """
    run = current_run()
    run.progress(0.05, "reading viewings")
    rows = read_occasions(views.file, "watched", engine, features=features)
    asked = read_wanted(wanted.file, views.file, engine, purpose=purpose, features=features) if wanted else None
    found = tell("watch_time", rows, asked, fitted_on=views.file.sha256, seed=seed)
    run.figure("rows", len(rows))
    run.figure("gain", min((one.gain for one in found.scores[1:]), default=0.0))
    return found
