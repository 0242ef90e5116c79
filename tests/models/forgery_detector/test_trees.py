from __future__ import annotations

import numpy as np
import pytest

from rushlight.models.forgery_detector.trees import Trees, trees_of


def test_trees_say_what_they_said_where_they_were_grown() -> None:
    ensemble = pytest.importorskip("sklearn.ensemble", reason="scikit-learn is not installed")
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 5))
    right = rows[:, 0] * rows[:, 1] + rng.normal(size=400) / 3 > 0
    grown = ensemble.HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=6, random_state=0).fit(rows, right)
    trees = Trees.from_tensors(trees_of(grown).tensors())
    asked = rng.normal(size=(200, 5)) * 2
    assert trees.log_odds(asked) == pytest.approx(grown.decision_function(asked))
