from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from rushlight.audience.predicting.blend import Blend
from rushlight.audience.predicting.explaining import gap_of
from rushlight.audience.predicting.fitting import choose_model, trees_of
from rushlight.audience.predicting.linear import LinearModel
from rushlight.audience.predicting.trees import BoostedTrees

ensemble = pytest.importorskip("sklearn.ensemble")


def grown(seed: int, columns: int = 5, trees: int = 30) -> tuple[BoostedTrees, np.ndarray, object]:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((600, columns))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    outcome = 3 * known[:, 0] + known[:, 1] * known[:, 2] + rng.standard_normal(600)
    fitted = ensemble.HistGradientBoostingRegressor(max_iter=trees, max_leaf_nodes=8, early_stopping=False)
    fitted.fit(rows, outcome)
    return trees_of(fitted), rows, fitted


def test_trees_as_arrays_predict_what_scikit_learn_predicts() -> None:
    trees, rows, fitted = grown(1)
    assert np.array_equal(trees.raw(rows), fitted.predict(rows))  # type: ignore[attr-defined]
    first = trees.first(10).raw(rows)
    rest = sum(trees.only(number).raw(rows) for number in range(10, 30))
    assert np.allclose(first + rest, trees.raw(rows), atol=1e-12)
    assert np.all(trees.first(0).raw(rows) == trees.base)


def test_shares_add_up_to_every_prediction() -> None:
    for seed in range(3):
        trees, rows, _ = grown(seed)
        base, parts = trees.explain(rows)
        assert gap_of(trees.raw(rows), base, parts) < 1e-9


def expectation(trees: BoostedTrees, row: np.ndarray, known: set[int]) -> float:
    """What the trees expect when only some features are known, straight from the definition."""

    def at(node: int, first: int) -> float:
        column = int(trees.feature[node])
        if column < 0:
            return float(trees.value[node])
        left, right = first + int(trees.left[node]), first + int(trees.right[node])
        if column in known:
            missing = np.isnan(row[column])
            goes = trees.missing_left[node] if missing else row[column] <= trees.threshold[node]
            return at(left if goes else right, first)
        share = trees.cover[left] / trees.cover[node]
        return share * at(left, first) + (1 - share) * at(right, first)

    return trees.base + sum(at(int(first), int(first)) for first in trees.starts)


def test_shares_are_shapley_values_by_their_definition() -> None:
    trees, rows, _ = grown(4, columns=4, trees=8)
    base, parts = trees.explain(rows[:3])
    assert base == pytest.approx(expectation(trees, rows[0], set()))
    for row, shares in zip(rows[:3], parts, strict=True):
        true = np.zeros(4)
        for order in permutations(range(4)):
            for place, column in enumerate(order):
                before = set(order[:place])
                true[column] += expectation(trees, row, before | {column}) - expectation(trees, row, before)
        assert shares == pytest.approx(true / 24, abs=1e-9)


def test_a_model_reads_back_as_it_was() -> None:
    trees, rows, _ = grown(2)
    assert np.array_equal(BoostedTrees.from_tensors(trees.tensors()).raw(rows), trees.raw(rows))
    low, high = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
    line = LinearModel(1.5, np.arange(5.0), np.zeros(5), low, high)
    assert np.array_equal(LinearModel.from_tensors(line.tensors()).raw(rows), line.raw(rows))
    base, parts = line.explain(rows)
    assert gap_of(line.raw(rows), base, parts) < 1e-12
    far = np.full((1, 5), 1e9)
    assert line.raw(far) == pytest.approx(1.5 + (np.arange(5.0) * high).sum())


def test_what_chooses_is_not_what_was_fitted() -> None:
    rng = np.random.default_rng(0)
    rows, noise = rng.standard_normal((400, 6)), rng.standard_normal(400)
    found = choose_model("watch_time", rows, noise, seed=0)
    # Nothing can be learned: the chosen model does not stray from the mean.
    assert float(np.std(found.model.raw(rows))) < 0.35
    curved = np.where(rows[:, 0] > 0, 3.0, -3.0) * np.sign(rows[:, 1]) + noise * 0.1
    found = choose_model("watch_time", rows, curved, seed=0)
    assert found.model.name == "trees"
    assert found.losses["trees"] < found.losses["linear"] / 2


def test_a_blend_is_explained_by_the_sum_of_its_parts() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((900, 4))
    outcome = 2 * rows[:, 0] + np.where(rows[:, 1] > 0, 0.7, -0.7) * np.sign(rows[:, 2]) + rng.standard_normal(900)
    found = choose_model("watch_time", rows, outcome, seed=0)
    assert isinstance(found.model, Blend)
    base, parts = found.model.explain(rows)
    assert gap_of(found.model.raw(rows), base, parts) < 1e-9
    again = Blend.from_tensors(found.model.tensors())
    assert np.array_equal(again.raw(rows), found.model.raw(rows))


def test_a_simple_guess_that_cannot_be_bettered_stays() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((300, 30))
    outcome = rows[:, 3] + rng.standard_normal(300) * 5
    found = choose_model("watch_time", rows, outcome, seed=0, simple=3)
    assert found.settings == "the simple guess itself"
    assert np.allclose(found.model.raw(rows), rows[:, 3])
    assert np.allclose(found.held, rows[:, 3])


def test_what_is_held_back_was_not_fitted_on() -> None:
    rng = np.random.default_rng(3)
    rows = np.arange(400.0)[:, None] + rng.standard_normal((400, 1)) * 0.01
    outcome = rng.standard_normal(400)
    before = choose_model("watch_time", rows, outcome, seed=0).held
    outcome[:100] += 1_000
    after = choose_model("watch_time", rows, outcome, seed=0).held
    # The first stretch is predicted by the others alone, which know nothing of what was added to it.
    assert np.abs(after[:100] - before[:100]).max() < 5
    assert np.abs(after[100:] - before[100:]).max() > 50
