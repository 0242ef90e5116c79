from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from rushlight.artifacts.recommendations import RecommenderCard
from rushlight.audience.recommending.biased_factors import BiasedFactors
from rushlight.audience.recommending.blend import Blend, Settings
from rushlight.audience.recommending.explaining import explain, shapley_values
from rushlight.audience.recommending.factors import ImplicitFactors
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.linear import Ease, Popularity, Slim, ease_weights
from rushlight.audience.recommending.measures import held_out_ndcg, ndcg
from rushlight.audience.recommending.neural import NeuralFactors
from rushlight.audience.recommending.storing import MODELS, read_card, read_model, write_model
from rushlight.core.errors import InputError, ModelError
from tests.audience.recommending.worlds import two_tastes

EVERY = sorted(MODELS)
RANKERS = [name for name in EVERY if name not in ("popularity", "biased-factors")]


def histories(world: Interactions, name: str) -> sparse.csr_matrix:
    found = world.ratings if MODELS[name].reads_ratings else world.chosen
    assert found is not None
    return found


@pytest.mark.parametrize("name", RANKERS)
def test_every_ranker_finds_a_viewers_taste(name: str) -> None:
    left, held = two_tastes().split(0.25, 1, least=4)
    worth = held_out_ndcg(MODELS[name]().fit(left), left.chosen, held).mean()
    assert worth > 1.3 * held_out_ndcg(Popularity().fit(left), left.chosen, held).mean()


@pytest.mark.parametrize("name", EVERY)
def test_a_model_is_the_same_again_and_after_storing(name: str, tmp_path: Path) -> None:
    world = two_tastes(60)
    model, again = MODELS[name]().fit(world), MODELS[name]().fit(world)
    rows = histories(world, name)[:5]
    np.testing.assert_array_equal(model.scores(rows), again.scores(rows))
    card = RecommenderCard(
        model=name, fitted_on="a" * 64, viewers=60, titles=40, choices=world.chosen.nnz, purpose="personalise"
    )
    path = tmp_path / "model.safetensors"
    if model.holds_viewers:
        with pytest.raises(InputError, match="not stored"):
            write_model(model, world.titles, card, path)
        return
    write_model(model, world.titles, card, path)
    kept, titles = read_model(path, "a" * 64)
    assert titles == world.titles
    assert read_card(path) == card
    assert not any(viewer.encode() in path.read_bytes() for viewer in world.viewers)
    np.testing.assert_allclose(kept.scores(rows), model.scores(rows), atol=1e-6)
    with pytest.raises(InputError, match="before the warehouse changed"):
        read_model(path, "b" * 64)


@pytest.mark.parametrize("name", [name for name in EVERY if name != "biased-factors"])
def test_explanations_add_up_or_are_withheld(name: str) -> None:
    world = two_tastes(60)
    model = MODELS[name]().fit(world)
    explained = 0
    for viewer, title in itertools.product(range(6), range(0, 40, 7)):
        history = world.chosen[[viewer]]
        parts = explain(model, history, title)
        score = model.scores(history)[0, title]
        if parts is not None:
            explained += 1
            assert parts.total == pytest.approx(score, rel=1e-6)
            assert set(parts.titles) <= set(history.indices)
    assert explained > 30


def test_an_explanation_that_misses_the_score_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    world = two_tastes(60)
    model = Ease().fit(world)
    right = model.attribution(world.chosen[[0]], 3)
    assert right is not None
    monkeypatch.setattr(model, "attribution", lambda history, title: replace(right, values=right.values * 1.001))
    assert explain(model, world.chosen[[0]], 3) is None


def test_weights_of_a_linear_model_are_its_shap_values() -> None:
    world = two_tastes(60)
    model = Blend(Settings()).fit(world)
    history = world.chosen[[4]]
    kept = history.indices[:6]

    def value(some: frozenset[int]) -> float:
        part = sparse.csr_matrix((np.ones(len(some)), ([0] * len(some), kept[sorted(some)])), history.shape)
        return float(model.scores(part)[0, 17])

    part = sparse.csr_matrix((np.ones(6), ([0] * 6, kept)), history.shape)
    parts = model.attribution(part, 17)
    assert parts is not None
    np.testing.assert_allclose(shapley_values(value, 6), parts.values, atol=1e-12)


def test_shap_values_of_a_game_worked_by_hand() -> None:
    """f = 10 with the first part, 6 more with both others together: 10, 3, 3."""
    found = shapley_values(lambda some: 10.0 * (0 in some) + 6.0 * ({1, 2} <= some), 3)
    np.testing.assert_allclose(found, [10, 3, 3])


def test_ease_is_the_ridge_regression_of_each_title_on_the_others() -> None:
    x = np.random.default_rng(0).integers(0, 2, (30, 6)).astype(float)
    weights = ease_weights(x.T @ x, np.full(6, 3.0))
    for title in range(6):
        others = [one for one in range(6) if one != title]
        system = x[:, others].T @ x[:, others] + 3 * np.eye(5)
        np.testing.assert_allclose(weights[others, title], np.linalg.solve(system, x[:, others].T @ x[:, title]))
        assert weights[title, title] == 0


def test_slim_solves_its_elastic_net() -> None:
    """At the minimum no weight can be changed for the better."""
    world = two_tastes(60)
    model = Slim(lasso=2.0, ridge=5.0, most=39, sweeps=400).fit(world)
    x = world.chosen.toarray()
    slope = x.T @ (x - x @ model.weights) - 5.0 * model.weights
    positive = model.weights > 1e-6
    assert positive.any()
    np.testing.assert_allclose(slope[positive], 2.0, atol=0.02)
    np.fill_diagonal(slope, 0)
    assert slope[~positive].max() < 2.02


def test_factors_are_at_the_minimum_of_their_loss() -> None:
    world = two_tastes(30)
    model = ImplicitFactors(rank=3, penalty=2.0, weight=1.5, sweeps=60).fit(world)
    x = world.chosen.toarray()
    viewers = model._solved(world.chosen, model.vectors)
    confidence = 1 + 1.5 * x
    slope = (confidence * (x - viewers @ model.vectors.T)) @ model.vectors - 2.0 * viewers
    np.testing.assert_allclose(slope, 0, atol=1e-8)


def test_a_rating_is_mean_plus_biases_plus_taste() -> None:
    """r̂ = μ + b_u + b_i + q_iᵀp_u, worked from the stored parts."""
    world = two_tastes(60)
    model = BiasedFactors(rank=2).fit(world)
    assert world.ratings is not None
    viewer = model._viewers(world.ratings[[7]])[0]
    assert viewer[1] == 1
    assert (model.title[:, 0] == 1).all()
    by_hand = model.mean + viewer[0] + model.title[:, 1] + model.title[:, 2:] @ viewer[2:]
    np.testing.assert_allclose(model.scores(world.ratings[[7]])[0], np.clip(by_hand, 1, 5))


def test_ratings_are_predicted_better_than_by_means() -> None:
    """Ratings that are drawn by the formula: mean, biases, two tastes, noise."""
    rng = np.random.default_rng(3)
    rows, titles = np.repeat(np.arange(150), 20), np.concatenate([rng.permutation(40)[:20] for _ in range(150)])
    taste = np.einsum("nk,nk->n", rng.normal(size=(150, 2))[rows], rng.normal(size=(40, 2))[titles])
    value = 5 + rng.normal(size=150)[rows] + rng.normal(size=40)[titles] + taste + 0.3 * rng.normal(size=len(rows))
    away = rng.random(len(rows)) < 0.2
    world = Interactions.of(rows, [f"{title:02d}" for title in titles], value)
    order = np.array([int(viewer) for viewer in world.viewers])
    row = np.argsort(order)[rows]
    kept = sparse.csr_matrix((value[~away], (row[~away], titles[~away])), (150, 40))
    model = BiasedFactors().fit(replace(world, ratings=kept))
    guess = model.predict(kept, row[away], titles[away])
    means = (np.asarray(kept.sum(axis=0)).ravel() / np.bincount(kept.indices, minlength=40))[titles[away]]
    assert np.mean((guess - value[away]) ** 2) < 0.2 * np.mean((means - value[away]) ** 2)


def test_neural_probability_by_hand() -> None:
    """ŷ = σ(Wᵀ(p_u ⊙ q_i) + b); scores are its logit."""
    world = two_tastes(60)
    model = NeuralFactors(size=4, epochs=2).fit(world)
    history = world.chosen[[3]]
    viewer = np.concatenate([[1.0], model.inputs[history.indices].mean(axis=0)])
    by_hand = [float(model.weights @ (viewer * model.outputs[title]) + model.bias[0]) for title in range(40)]
    np.testing.assert_allclose(model.scores(history)[0], by_hand)


def test_neural_slopes_are_those_of_its_loss() -> None:
    world = two_tastes(12)
    model = NeuralFactors(size=3, epochs=1).fit(world)

    def loss() -> float:
        rng = np.random.default_rng(5)
        count = np.diff(world.chosen.indptr)
        who = np.repeat(np.arange(len(count)), count)
        drawn = rng.integers(0, len(world.titles), (len(who), model.negatives))
        total = 0.0
        for place, (viewer, title) in enumerate(zip(who, world.chosen.indices, strict=True)):
            history = [one for one in world.chosen[[viewer]].indices if one != title]
            for wanted, one in [(1, title), *((0, other) for other in drawn[place])]:
                inputs = history if wanted else [*world.chosen[[viewer]].indices]
                p = np.concatenate([[1.0], model.inputs[inputs].sum(axis=0) / max(len(inputs), 1)])
                z = model.weights @ (p * model.outputs[one]) + model.bias[0]
                total += np.log1p(np.exp(-z)) if wanted else np.log1p(np.exp(z))
        return total

    slopes = model._slopes(world.chosen, np.random.default_rng(5))
    for name, place in (("inputs", (4, 1)), ("outputs", (7, 2)), ("weights", (1,)), ("bias", (0,))):
        value = getattr(model, name)
        kept = value[place]
        value[place] = kept + 1e-5
        above = loss()
        value[place] = kept - 1e-5
        below = loss()
        value[place] = kept
        assert slopes[name][place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-6)


def test_a_new_title_is_recommended_to_those_who_like_its_kind() -> None:
    world = two_tastes(catalogue=tuple(f"t{n:02d}" for n in range(41)))
    new = world.titles.index("t40")
    model = Blend().fit(world)
    scores = model.scores(world.chosen)[:, new]
    assert scores[1::2].mean() > scores[0::2].mean()
    assert explain(model, world.chosen[[1]], new) is not None


@pytest.mark.parametrize("name", EVERY)
def test_a_viewer_without_history_gets_what_is_popular(name: str) -> None:
    world = two_tastes(60)
    model = MODELS[name]().fit(world)
    nobody = sparse.csr_matrix((1, 40))
    scores = model.scores(nobody)
    assert np.isfinite(scores).all()
    if name in ("blend", "ease", "implicit-als", "popularity"):
        tops, _ = model.top(nobody, 3)
        count = world.popularity
        assert count[tops[0]].tolist() == sorted(count.tolist(), reverse=True)[:3]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.floats(-10, 10)), min_size=1, max_size=12))
def test_never_nan_however_little_there_is(rows: list[tuple[int, int, float]]) -> None:
    world = Interactions.of([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])
    for name in EVERY:
        if name == "neural":
            continue
        model = MODELS[name]().fit(world)
        assert np.isfinite(model.scores(histories(world, name))).all(), name


def test_bad_columns() -> None:
    with pytest.raises(InputError, match="differ in length"):
        Interactions.of(["a"], ["b", "c"])
    with pytest.raises(InputError, match="nothing to learn from"):
        Interactions.of(["a"], ["b"], [float("nan")])
    twice = Interactions.of(["a", "a", "b"], ["x", "x", "x"], [1.0, 5.0, 0.0])
    assert twice.ratings is not None
    assert twice.ratings.toarray().ravel().tolist() == [5.0, 0.0]
    assert twice.chosen.nnz == 2
    with pytest.raises(InputError, match="no ratings"):
        BiasedFactors().fit(Interactions.of(["a"], ["b"]))


def test_constant_ratings_are_predicted_as_they_are() -> None:
    world = Interactions.of(["a", "b", "a"], ["x", "y", "y"], [3.0, 3.0, 3.0])
    assert world.ratings is not None
    np.testing.assert_allclose(BiasedFactors().fit(world).scores(world.ratings), 3.0)


def test_splitting_holds_back_a_share_of_everybody() -> None:
    world = two_tastes(50)
    left, held = world.split(0.25, 3, least=4)
    assert (left.chosen + held != world.chosen).nnz == 0
    assert left.chosen.multiply(held).nnz == 0
    np.testing.assert_array_equal(np.diff(held.indptr), np.diff(world.chosen.indptr) // 4)
    assert left.ratings is not None
    assert left.ratings.nnz == left.chosen.nnz


def test_ndcg_by_hand() -> None:
    held = sparse.csr_matrix(np.array([[1, 0, 0, 1], [0, 0, 0, 0]]))
    found = ndcg(np.array([[3, 1, 0], [0, 1, 2]]), held)
    assert found[0] == pytest.approx((1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)))
    assert np.isnan(found[1])


def test_a_file_that_is_no_recommender(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="no recommender"):
        read_model(path)


def test_spark_fits_behind_the_same_interface() -> None:
    pytest.importorskip("pyspark")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Spark needs Java, and there is none here.")
    left, held = two_tastes(80).split(0.25, 1, least=4)
    model = ImplicitFactors(rank=4, sweeps=3, engine="spark://local").fit(left)
    worth = held_out_ndcg(model, left.chosen, held).mean()
    assert worth > 1.3 * held_out_ndcg(Popularity().fit(left), left.chosen, held).mean()
    assert explain(model, left.chosen[[2]], 5) is not None
    kept = ImplicitFactors.from_tensors(model.tensors())
    np.testing.assert_allclose(kept.scores(left.chosen[:3]), model.scores(left.chosen[:3]))
