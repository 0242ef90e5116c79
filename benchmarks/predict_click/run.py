"""Clicks, foretold from what was known before, on the last fifth in time, with probabilities that mean what they say.

**Data.** Simulated impressions of three worlds (always called simulated), five seeds each: `common` with about one
click in five, `rare` with about one in fifty, `nothing` in which no two impressions differ. Real: the samples of the
Open Bandit Dataset, men's campaign, 10,000 impressions under the random policy and 10,000 under Bernoulli Thompson
sampling, where the fixtures are; with some 40 clicks in each there is next to nothing to learn from, and the question
is whether that is said. Viewers are not named there; the features are the place, the item's past and four user
features.

**Peers**, in the same run, on the same rows and the same features: XGBoost and scikit-learn's histogram boosting with
their defaults, and logistic regression with its; all fitted on the rows before the last fifth, as ours is. Baselines:
the rate, the title's rate so far, a line through it.

**Scores.** Logarithmic loss, Brier score, AUC; ECE over ten bins of equally many, beside the ECE that a perfectly
calibrated model shows on as many rows by chance. `gain` is the share of the best baseline's loss that ours takes away,
with its 95 % bootstrap over viewers.

**Explanations.** As in `predict_watch_time`: largest additivity error, of the log-odds. Target: at most 1e-6.

Run: `python benchmarks/predict_click/run.py`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from results import write_results
from rushlight.audience.predicting.calibrating import expected_calibration_error
from rushlight.audience.predicting.explaining import gap_of
from rushlight.audience.predicting.judging import area_under_curve
from rushlight.audience.predicting.learning import Learned, learn, too_little
from rushlight.audience.predicting.occasions import Occasions
from rushlight.audience.predicting.tables import TableForm, read_table

ROOT = Path(__file__).parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
SEEDS = range(5)
DAY = 86_400.0


def simulated(kind: str, seed: int, count: int = 15_000) -> Occasions:
    """Impressions of a world."""
    rng = np.random.default_rng([seed, len(kind)])
    viewers, titles, kinds = 1_500, 50, 5
    scale = 0.0 if kind == "nothing" else 1.0
    taste, eager = rng.normal(0, 0.8, (viewers, kinds)) * scale, rng.normal(0, 0.5, viewers) * scale
    category, charm = rng.integers(kinds, size=titles), rng.normal(0, 0.6, titles) * scale
    day = np.sort(rng.uniform(0, 60, count))
    viewer, title = rng.integers(viewers, size=count), rng.integers(titles, size=count)
    hour, weekday = (day * 24 % 24).astype(np.int64), (day % 7).astype(np.int64)
    position = rng.integers(1, 11, size=count).astype(float)
    device = rng.choice(["tv", "mobile", "desktop"], count, p=[0.3, 0.5, 0.2])
    level = {"common": -1.0, "rare": -3.8, "nothing": -2.0}[kind]
    odds = level + charm[title] + taste[viewer, category[title]] + eager[viewer] + scale * (
        -0.12 * position + 0.4 * (device == "mobile") + 0.3 * (hour >= 18) - 0.5 * ((device == "tv") & (position > 5))
    )  # fmt: skip
    click = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(float)
    at = 1.77e9 + day * DAY
    names = np.array([f"kind {one}" for one in range(kinds)])
    return Occasions(
        viewer, title, at, at + 1_800, click, hour, weekday, np.full(count, np.nan), position,
        {"device": device, "category": names[category[title]]}, {}, tuple(map(str, range(viewers))),
        tuple(map(str, range(titles))),
    ).in_order()  # fmt: skip


def bandit(policy: str) -> Occasions | None:
    """A sample of the Open Bandit Dataset, read the way a person's table is."""
    path = FIXTURES / "ratings" / "open_bandit" / policy / "men.csv"
    if not path.is_file():
        return None
    features = tuple(f"user_feature_{one}" for one in range(4))
    return read_table(path, TableForm("click", features)).in_order()


def figures(said: np.ndarray, came: np.ndarray) -> tuple[float, float, float, float]:
    """Logarithmic loss, Brier, AUC, ECE."""
    said = np.clip(said, 1e-6, 1 - 1e-6)
    loss = float(-(came * np.log(said) + (1 - came) * np.log1p(-said)).mean())
    return loss, float(((said - came) ** 2).mean()), area_under_curve(said, came) or 0.5, expected_calibration_error(said, came)  # noqa: E501  # fmt: skip


def peers_of(learned: Learned, rows: Occasions) -> tuple[dict[str, tuple[float, float, float, float]], float]:
    """Figures of each peer, and how far XGBoost's own explanation misses its predictions."""
    import xgboost
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fit = learned.parts.fitted
    x, y = learned.table.values[fit], rows.outcome[fit]
    held, came = learned.table.values[learned.parts.scored], rows.outcome[learned.parts.scored]
    models = {
        "XGBoost, defaults": xgboost.XGBClassifier(n_jobs=1, random_state=0),
        "histogram boosting, defaults": HistGradientBoostingClassifier(random_state=0),
        "logistic regression": make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=500)),
    }
    found = {name: figures(model.fit(x, y).predict_proba(held)[:, 1], came) for name, model in models.items()}
    boosted = models["XGBoost, defaults"]
    margin = boosted.predict(held, output_margin=True).astype(np.float64)
    shares = boosted.get_booster().predict(xgboost.DMatrix(held), pred_contribs=True).astype(np.float64)
    return found, gap_of(margin, 0.0, shares)


def main() -> None:
    """Run the worlds and write the results."""
    rows = [["data", "model", "log loss", "Brier", "AUC", "ECE (by chance alone)"]]
    notes, errors, gaps = [], [], []
    worlds: list[tuple[str, list[Occasions]]] = [
        (f"simulated, {kind}", [simulated(kind, seed) for seed in SEEDS]) for kind in ("common", "rare", "nothing")
    ]
    worlds += [
        (f"Open Bandit, {policy}", [data]) for policy in ("random", "bts") if (data := bandit(policy)) is not None
    ]
    for name, made in worlds:
        table: dict[str, list[tuple[float, float, float, float]]] = {}
        gains, says, floors, methods = [], [], [], []
        for number, data in enumerate(made):
            why = too_little("click", data)
            if why:
                notes.append(f"{name}: {why}")
                continue
            learned = learn("click", data, seed=0)
            score, rival = learned.scores[0], next(one for one in learned.scores if one.name == learned.rival)
            for one in learned.scores:
                label = "ours" if one is score else one.name
                table.setdefault(label, []).append((one.loss, one.brier, one.area or 0.5, one.calibration_error))
            others, gap = peers_of(learned, data)
            for peer, values in others.items():
                table.setdefault(peer, []).append(values)
            gains.append((rival.gain, rival.gain_low, rival.gain_high))
            says.append(learned.better)
            floors.append(learned.floor)
            methods.append(learned.calibration.method)
            errors.append(learned.explained.error)
            gaps.append(gap)
            print(name, number, learned.fitted.settings, learned.calibration.method, learned.better, flush=True)
        for label, values in table.items():
            loss, brier, area, error = np.mean(values, axis=0)
            chance = f" ({np.mean(floors):.4f})" if label == "ours" else ""
            rows.append([name, label, f"{loss:.4f}", f"{brier:.5f}", f"{area:.3f}", f"{error:.4f}{chance}"])
        if gains:
            mean = np.mean(gains, axis=0)
            notes.append(
                f"{name}: gain over the best baseline {mean[0]:.1%} ({mean[1]:.1%} to {mean[2]:.1%}); says that it is "
                f"better in {sum(one is True for one in says)} of {len(says)}; calibration {', '.join(methods)}."
            )
    notes.append(
        f"Largest additivity error of ours over {len(errors)} models: {max(errors):.1e}, target 1e-6; of XGBoost's "
        f"pred_contribs: {max(gaps):.1e}."
    )
    write_results(__file__, __doc__.split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
