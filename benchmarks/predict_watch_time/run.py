"""Seconds watched, foretold from what was known before, on the last fifth in time.

**Data.** Simulated viewings of three worlds (always called simulated), five seeds each: `rich` has tastes for
categories, charm of titles that fades, devices, hours, weekends and viewers who finish or do not; `sparse` is the same
with two viewings a viewer on average; in `titles only` nothing but the title matters, so that nothing can beat its
mean by much. Real: MovieTweetings half A where the fixtures are, the rating standing in for an amount; it is no watch
time, but real people, titles and times.

**Peers**, in the same run, on the same rows and the same features: XGBoost and scikit-learn's histogram boosting with
their defaults, and a ridge; all fitted on the rows before the last fifth, as ours is. Baselines:
the mean, the title's and the viewer's mean so far.

**Scores.** Root mean squared error; `gain` is the share of the best baseline's error that ours takes away, with its
95 % bootstrap over viewers. Verdicts: in how many worlds ours says that it is better, and whether that is so.

**Explanations.** Largest |base + Σ shares − prediction| ÷ |prediction| over the explained rows of each model; the same
for XGBoost's own `pred_contribs` and for shap's TreeExplainer on XGBoost and on histogram boosting; and the largest
distance between our values and shap's on the same trees. Target: at most 1e-6, else the explanation is withheld.

shap is looked for in the folder that `PEERS` names, beside what is installed.

Run: `PEERS=FOLDER python benchmarks/predict_watch_time/run.py`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.append(os.environ.get("PEERS", "."))

import numpy as np

from results import write_results
from rushlight.audience.predicting.explaining import gap_of
from rushlight.audience.predicting.fitting import trees_of
from rushlight.audience.predicting.learning import Learned, learn
from rushlight.audience.predicting.occasions import Occasions

ROOT = Path(__file__).parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
SEEDS = range(5)
DAY = 86_400.0


def simulated(kind: str, seed: int, count: int = 15_000) -> Occasions:
    """Viewings of a world."""
    rng = np.random.default_rng([seed, len(kind)])
    viewers, titles, kinds = (count // 2 if kind == "sparse" else 1_200), 60, 5
    scale = 0.0 if kind == "titles only" else 1.0
    taste = rng.normal(0, 0.7, (viewers, kinds)) * scale
    finishing = rng.normal(0, 0.6, viewers) * scale
    category, charm = rng.integers(kinds, size=titles), rng.normal(0, 0.5, titles)
    length = rng.uniform(90, 1_500, titles)
    released = rng.uniform(0, 60, titles)
    day = np.sort(rng.uniform(0, 90, count))
    viewer = rng.integers(viewers, size=count)
    title = rng.integers(titles, size=count)
    hour, weekday = (day * 24 % 24).astype(np.int64), (day % 7).astype(np.int64)
    device = rng.choice(["tv", "mobile", "desktop"], count, p=[0.3, 0.5, 0.2])
    fading = -0.01 * np.maximum(day - released[title], 0)
    odds = charm[title] + taste[viewer, category[title]] + finishing[viewer] - 0.4
    odds = odds + scale * (
        0.6 * (device == "tv") - 0.4 * (device == "mobile") + 0.5 * (hour >= 19) + 0.2 * (weekday >= 5) + fading
        + 0.5 * ((device == "mobile") & (hour < 9)) - 0.0004 * length[title]
    )  # fmt: skip
    odds = odds + rng.normal(0, 1.2, count)
    seconds = length[title] / (1 + np.exp(-odds))
    seconds = np.where(rng.random(count) < 0.12, np.minimum(rng.exponential(8, count), length[title]), seconds)
    at = 1.77e9 + day * DAY
    names = np.array([f"kind {one}" for one in range(kinds)])
    return Occasions(
        viewer, title, at, at + seconds, seconds, hour, weekday, length[title], np.full(count, np.nan),
        {"device": device, "category": names[category[title]]}, {}, tuple(map(str, range(viewers))),
        tuple(map(str, range(titles))),
    ).in_order()  # fmt: skip


def ratings() -> Occasions | None:
    """MovieTweetings as occasions, the first genre as category."""
    folder = FIXTURES / "ratings" / "movietweetings"
    if not (folder / "ratings.dat").is_file():
        return None
    rows = np.array([line.split("::") for line in (folder / "ratings.dat").read_text().splitlines()], dtype=object)
    genre = {
        line.split("::")[0]: line.split("::")[2].split("|")[0] for line in
        (folder / "movies.dat").read_text(encoding="utf-8").splitlines() if line.count("::") >= 2
    }  # fmt: skip
    users, viewer = np.unique(rows[:, 0].astype(str), return_inverse=True)
    films, title = np.unique(rows[:, 1].astype(str), return_inverse=True)
    at, rating = rows[:, 3].astype(float), rows[:, 2].astype(float)
    labels = {"category": np.array([genre.get(name, "") for name in films.tolist()])[title]}
    empty = np.full(len(at), np.nan)
    hour = (at % DAY // 3_600).astype(np.int64)
    return Occasions(viewer.astype(np.int64), title.astype(np.int64), at, at, rating, hour,
                     ((at // DAY + 3) % 7).astype(np.int64), empty, empty, labels, {}, tuple(users.tolist()),
                     tuple(films.tolist())).in_order()  # fmt: skip


def peers_of(learned: Learned, rows: Occasions) -> dict[str, tuple[float, float]]:
    """RMSE and seconds of fitting of each peer."""
    import xgboost
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fit = learned.parts.fitted
    x, y, held = learned.table.values[fit], rows.outcome[fit], learned.parts.scored
    models = {
        "XGBoost, defaults": xgboost.XGBRegressor(n_jobs=1, random_state=0),
        "histogram boosting, defaults": HistGradientBoostingRegressor(random_state=0),
        "ridge (RidgeCV)": make_pipeline(SimpleImputer(), StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))),
    }
    found = {}
    for name, model in models.items():
        begun = time.perf_counter()
        model.fit(x, y)
        taken = time.perf_counter() - begun
        said = np.maximum(model.predict(learned.table.values[held]), 0)
        found[name] = float(np.sqrt(((said - rows.outcome[held]) ** 2).mean())), taken
    return found


def explanations(learned: Learned, rows: Occasions) -> dict[str, str]:
    """How far explanations miss predictions, ours and the peers'."""
    import xgboost
    from sklearn.ensemble import HistGradientBoostingRegressor

    held = learned.parts.scored[:1_000]
    values = learned.table.values[held]
    found = {"ours": f"{learned.explained.error:.1e}"}
    boosted = xgboost.XGBRegressor(n_jobs=1, random_state=0).fit(
        learned.table.values[learned.parts.fitted], rows.outcome[learned.parts.fitted]
    )
    said = boosted.predict(values).astype(np.float64)
    shares = boosted.get_booster().predict(xgboost.DMatrix(values), pred_contribs=True).astype(np.float64)
    found["XGBoost pred_contribs"] = f"{gap_of(said, 0.0, shares):.1e}"
    fitted = HistGradientBoostingRegressor(random_state=0, max_depth=6).fit(
        learned.table.values[learned.parts.fitted], rows.outcome[learned.parts.fitted]
    )
    ours = trees_of(fitted)
    begun = time.perf_counter()
    base, parts = ours.explain(values)
    own_seconds = time.perf_counter() - begun
    try:
        import shap
    except ImportError:
        return {**found, "shap": "not installed"}
    for name, model, exact in (
        ("shap on XGBoost", boosted, said),
        ("shap on boosting", fitted, fitted.predict(values)),
    ):
        try:
            explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
            begun = time.perf_counter()
            theirs = explainer.shap_values(values, check_additivity=False)
            seconds = time.perf_counter() - begun
            expected = float(np.ravel(explainer.expected_value)[0])
            found[name] = f"{gap_of(exact, expected, np.asarray(theirs, np.float64)):.1e}"
        except Exception as error:
            found[name] = f"failed: {type(error).__name__}"
    found["our values against shap's, same trees"] = (
        f"{np.abs(np.asarray(theirs) - parts).max():.1e} s, base {abs(expected - base):.1e} s; {own_seconds:.2f} s of "
        f"work, shap {seconds:.2f} s"
    )
    return found


def main() -> None:
    """Run the worlds and write the results."""
    rows = [["data", "ours RMSE", "best baseline", "gain (95 %)", "best peer", "ours ÷ best peer", "says better"]]
    told: dict[str, list[float]] = {}
    notes, errors = [], []
    worlds: list[tuple[str, list[Occasions]]] = [
        (f"simulated, {kind}", [simulated(kind, seed) for seed in SEEDS]) for kind in ("rich", "sparse", "titles only")
    ]
    real = ratings()
    if real is not None:
        worlds.append(("MovieTweetings, ratings for an amount", [real]))
    for name, made in worlds:
        ratios, gains, says, own, rivals, best = [], [], [], [], [], {}
        for number, data in enumerate(made):
            begun = time.perf_counter()
            learned = learn("watch_time", data, seed=0)
            taken = time.perf_counter() - begun
            peers = peers_of(learned, data)
            score, rival = learned.scores[0], next(one for one in learned.scores if one.name == learned.rival)
            top = min(peers, key=lambda peer: peers[peer][0])
            for peer, (value, seconds) in peers.items():
                best.setdefault(peer, []).append(value)
                told.setdefault(peer, []).append(seconds)
            told.setdefault("ours, all of it", []).append(taken)
            ratios.append(score.loss / peers[top][0])
            gains.append((rival.gain, rival.gain_low, rival.gain_high))
            says.append(learned.better)
            own.append(score.loss)
            rivals.append((rival.loss, rival.name))
            errors.append(learned.explained.error)
            print(name, number, round(score.loss, 4), peers, learned.fitted.settings, learned.better, flush=True)
            if number == 0:
                notes.append(f"{name}, explanations: " + ", ".join(f"{k} {v}" for k, v in explanations(learned, data).items()) + ".")  # noqa: E501  # fmt: skip
        mean = np.mean(gains, axis=0)
        top = min(best, key=lambda peer: np.mean(best[peer]))
        rows.append([
            name, f"{np.mean(own):.4g}", f"{np.mean([one for one, _ in rivals]):.4g} ({rivals[0][1]})",
            f"{mean[0]:.1%} ({mean[1]:.1%} to {mean[2]:.1%})", f"{np.mean(best[top]):.4g} ({top})",
            f"{np.mean(ratios):.4f}", f"{sum(one is True for one in says)} of {len(says)}",
        ])  # fmt: skip
    notes += [
        "Seconds, mean (measured beside other work, so compare them with each other only): "
        + ", ".join(f"{name} {np.mean(taken):.2f}" for name, taken in told.items())
        + "; ours counts features, choosing, scoring and explaining, the peers fitting alone.",
        f"Largest additivity error of ours over all {len(errors)} models: {max(errors):.1e}; target 1e-6.",
    ]
    write_results(__file__, __doc__.split("Run:")[0], rows, notes)


if __name__ == "__main__":
    main()
