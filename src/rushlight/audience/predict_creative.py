"""The capability `predict_creative`."""

from __future__ import annotations

import json
import math
from typing import Annotated

import numpy as np
from pydantic import Field
from safetensors.numpy import save_file

from rushlight.artifacts.creative_forecast import CreativeCard, CreativeForecast
from rushlight.artifacts.media import Media
from rushlight.artifacts.source import Document
from rushlight.audience.predicting.contents import Contents, describe
from rushlight.audience.predicting.contests import Contest, PairwiseModel, fit_contest
from rushlight.audience.predicting.creatives import Creative, read_candidates, read_tests
from rushlight.audience.predicting.explaining import MOST_ERROR
from rushlight.audience.predicting.foretelling import Judged, contest_of, foretell, held_back, judge, traits_of
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["predict_creative"]

LEAST_TESTS = 20
_LEAST_DECIDED = 5
_COIN = math.log(2)


@capability(version=1, metrics=("tests", "loss"))
def predict_creative(
    tests: Document,
    pictures: tuple[Media, ...],
    wanted: Document | None = None,
    /,
    *,
    features: Annotated[
        tuple[str, ...], Field(description="Further columns of numbers that tell variants apart.")
    ] = (),
    seed: Annotated[int, Field(ge=0, description="Same seed, same forecast.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> CreativeForecast:
    """Predict which title, thumbnail, trailer or advertisement will be clicked more, before any is shown.

    Learned from past tests and what their variants are like: words and style, light and colour, faces, what stands
    out, motion and cuts. Pairs within a test are compared, so what the test itself was about does not count; the noise
    of few clicks is taken into account, and where properties say nothing every pair is drawn to one half. How sure it
    may be is measured on tests held back, and when that is no better than a coin, the answer says so.

    Args:
        tests: a table with test, variant, impressions, clicks and text, picture or both, a row for each variant; or a
            warehouse with experiments, whose variants are described in `creatives.csv` beside it.
        pictures: the pictures and films that the tables name, by the name of their file.
        wanted: a table of variants that are yet to be shown: test (where there are several), variant, text, picture.

    Returns:
        `CreativeForecast`, with the model as safetensors.

    Raises:
        InputError: no such table or column, no test of two variants, or a picture that was not given.
        MediaError: a picture cannot be read.

    Reference:
        Thurstone 1927; Morris 1983, "Parametric empirical Bayes inference"; Hasler & Süsstrunk 2003; Hou & Zhang 2007.
    """
    run = current_run()
    notes: list[str] = []
    rows = read_tests(tests.file, engine, features, notes)
    known = {one.file.path.name: one for one in pictures}
    names = {one.test for one in rows}
    run.figure("tests", len(names))
    facts = CreativeCard(
        fitted_on=tests.file.sha256, tests=len(names), variants=len(rows),
        impressions=sum(one.impressions for one in rows),
    )  # fmt: skip
    why = _too_little(rows, len(names))
    if why:
        run.figure("loss", _COIN)
        return CreativeForecast(card=facts, verdict=why, notes=tuple(notes))
    if any(one.picture for one in rows) and not known:
        notes.append("No pictures were given, so only words are compared: add them after the table.")
    contents, vocabulary = describe(rows, known)
    contest = contest_of(rows, contents)
    run.progress(0.5, "comparing variants")
    model = fit_contest(contest)
    run.progress(0.7, "judging on tests held back")
    judged = judge(held_back(contest, model, seed), seed)
    stretch = judged.stretch if judged else 1.0
    run.figure("loss", judged.loss.value if judged else _COIN)
    card = facts.model_copy(update={
        "features": contents.names, "spread": round(model.spread, 6),
        "explained": round(_explained(contest, model), 6), "stretch": stretch,
    })  # fmt: skip
    forecast = CreativeForecast(
        card=card, verdict=_verdict(judged, len(names)), better=_better(judged), traits=traits_of(model, contents),
        model=_stored(model, vocabulary, card), notes=tuple(notes),
    )  # fmt: skip
    if judged is not None:
        forecast = forecast.model_copy(update=_scores(judged))
    return forecast.model_copy(
        update=_asked(model, contents, vocabulary, known, wanted, features, stretch, seed, notes)
    )


def _too_little(rows: list[Creative], tests: int) -> str:
    if tests < LEAST_TESTS:
        return (
            f"{tests} past tests are too few to learn from, at least {LEAST_TESTS}: test the variants themselves "
            "(rushlight audience test-variants)."
        )
    if not sum(one.clicks for one in rows):
        return f"Nobody clicked anything in {tests} tests, so nothing can be learned of what is clicked."
    return ""


def _explained(contest: Contest, model: PairwiseModel) -> float:
    """Share of the true variance within tests that the line gives account of."""
    middle = np.zeros_like(contest.values)
    known = ~np.isnan(contest.values)
    for test in np.unique(contest.test).tolist():
        rows = contest.test == test
        sums = np.where(known[rows], contest.values[rows], 0).sum(axis=0)
        middle[rows] = sums / np.maximum(known[rows].sum(axis=0), 1)
    told = float((model.steps(contest.values, middle) @ model.weights).var())
    return told / (told + model.spread**2) if told + model.spread**2 > 0 else 0.0


def _better(judged: Judged | None) -> bool | None:
    if judged is None:
        return None
    return True if judged.loss.high < _COIN else False if judged.loss.low > _COIN else None


def _verdict(judged: Judged | None, tests: int) -> str:
    if judged is None:
        return f"In none of {tests} tests was one variant clicked more than another: nothing can be said."
    right = ""
    if judged.right is not None and judged.decided >= _LEAST_DECIDED:
        right = (
            f" The favourite won {judged.right.value:.0%} ({judged.right.low:.0%}–{judged.right.high:.0%}) of "
            f"{judged.decided:,} pairs that the tests themselves decided."
        )
    bounds = f"loss {judged.loss.value:.4f} ({judged.loss.low:.4f}–{judged.loss.high:.4f}), a coin {_COIN:.4f}"
    if _better(judged):
        return f"Better than tossing a coin on {tests} tests, each held back in turn: {bounds}.{right}"
    return (
        f"Not shown to be better than tossing a coin on {tests} tests, each held back in turn: {bounds}. "
        "Test the variants themselves."
    )


def _scores(judged: Judged) -> dict[str, object]:
    right = judged.right
    return {
        "loss": judged.loss.value, "loss_low": judged.loss.low, "loss_high": judged.loss.high,
        "right": right.value if right else None, "right_low": right.low if right else None,
        "right_high": right.high if right else None, "decided": judged.decided, "calibration_error": judged.error,
        "reliability": judged.bins,
    }  # fmt: skip


def _asked(
    model: PairwiseModel, contents: Contents, vocabulary: tuple[str, ...], pictures: dict[str, Media],
    wanted: Document | None, features: tuple[str, ...], stretch: float, seed: int, notes: list[str],
) -> dict[str, object]:  # fmt: skip
    if wanted is None:
        return {"notes": tuple(notes)}
    rows = read_candidates(wanted.file.path, features, notes)
    found, _ = describe(rows, pictures, vocabulary)
    values = np.full((len(rows), len(contents.names)), np.nan)
    for place, name in enumerate(contents.names):
        if name in found.names:
            values[:, place] = found.values[:, found.names.index(name)]
    candidates, pairs, error = foretell(model, contents, rows, values, stretch, seed)
    withheld = ""
    if error > MOST_ERROR:
        withheld = f"The reasons miss the forecasts by {error:.1e}; they are withheld."
    return {
        "candidates": candidates, "pairs": pairs, "explanation_error": float(f"{error:.1e}"),
        "explanation_withheld": withheld, "notes": tuple(notes),
    }  # fmt: skip


def _stored(model: PairwiseModel, vocabulary: tuple[str, ...], card: CreativeCard) -> FileRef:
    path = current_run().new_file("creative.safetensors")
    tensors = {
        "scale": model.scale, "weights": model.weights, "covariance": model.covariance,
        "spread": np.array([model.spread]), "deviations": model.deviations,
    }  # fmt: skip
    said = {"card": card.model_dump_json(), "vocabulary": list(vocabulary)}
    # Several entries would be written in an order that changes from run to run.
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path,
              metadata={"creative": json.dumps(said)})  # fmt: skip
    return FileRef.of(path)
