"""Runs one peer in a process of its own: `python peers.py NAME IN.npz OUT.npz`.

IN holds rows, columns, values and the shape of what may be learned from, and either pairs to rate (`ask_rows`,
`ask_columns`) or nothing, which asks for the best ten titles of every row outside what it has. Hyperparameters of
rankers come as JSON in `setting`. OUT holds the answer and the seconds that fitting took.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np
from scipy import sparse

warnings.filterwarnings("ignore")
_Given = dict[str, np.ndarray]


def surprise_model(name: str, given: _Given) -> tuple[np.ndarray, float]:
    import pandas as pd
    from surprise import SVD, Dataset, KNNBaseline, Reader, SVDpp

    kinds = {
        "SVD": lambda: SVD(random_state=0),
        "SVD++": lambda: SVDpp(random_state=0),
        "KNNBaseline": lambda: KNNBaseline(verbose=False, sim_options={"user_based": given["shape"][0] <= 3000}),
    }
    frame = pd.DataFrame({"u": given["rows"], "i": given["columns"], "r": given["values"]})
    scale = Reader(rating_scale=(given["values"].min(), given["values"].max()))
    data = Dataset.load_from_df(frame, scale).build_full_trainset()
    begun = time.perf_counter()
    model = kinds[name]().fit(data)
    took = time.perf_counter() - begun
    pairs = zip(given["ask_rows"], given["ask_columns"], strict=True)
    return np.array([model.predict(u, i).est for u, i in pairs]), took


def lenskit_data(given: _Given):
    import pandas as pd
    from lenskit.data import from_interactions_df

    return from_interactions_df(
        pd.DataFrame({"user_id": given["rows"], "item_id": given["columns"], "rating": given["values"]})
    )


def lenskit_ratings(given: _Given) -> tuple[np.ndarray, float]:
    from lenskit.als import BiasedMFScorer
    from lenskit.data import ItemList, RecQuery
    from lenskit.training import TrainingOptions

    data = lenskit_data(given)
    model = BiasedMFScorer()
    begun = time.perf_counter()
    model.train(data, TrainingOptions(rng=0))
    took = time.perf_counter() - begun
    answer = np.full(len(given["ask_rows"]), given["values"].mean())
    order = np.argsort(given["ask_rows"], kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(given["ask_rows"][order])) + 1):
        user = given["ask_rows"][part[0]]
        items = ItemList(item_ids=given["ask_columns"][part])
        scores = model(RecQuery(user_id=user, user_items=data.user_row(user)), items).scores()
        known = ~np.isnan(scores)
        answer[part[known]] = scores[known]
    return np.clip(answer, given["values"].min(), given["values"].max()), took


def top_ten(scores: np.ndarray, chosen: sparse.csr_matrix) -> np.ndarray:
    scores = scores.copy()
    scores[chosen.nonzero()] = -np.inf
    best = np.argpartition(-scores, 9, axis=1)[:, :10]
    order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)


def implicit_model(name: str, given: _Given, setting: dict[str, float]) -> tuple[np.ndarray, float]:
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import BM25Recommender

    chosen = matrix(given).astype(np.float32)
    kinds = {
        "implicit ALS": lambda: AlternatingLeastSquares(
            factors=int(setting["factors"]), regularization=setting["reg"], alpha=setting["alpha"], iterations=15,
            random_state=0, num_threads=1,
        ),
        "BPR": lambda: BayesianPersonalizedRanking(
            factors=int(setting["factors"]), regularization=setting["reg"], learning_rate=setting["rate"],
            iterations=100, random_state=0, num_threads=1,
        ),
        "BM25": lambda: BM25Recommender(K=int(setting["K"]), num_threads=1),
    }  # fmt: skip
    model = kinds[name]()
    begun = time.perf_counter()
    model.fit(chosen, show_progress=False)
    took = time.perf_counter() - begun
    if name == "BM25":
        return top_ten(np.asarray((chosen @ model.similarity).todense()), chosen), took
    return top_ten(model.user_factors @ model.item_factors.T, chosen), took


def lenskit_ranker(name: str, given: _Given, setting: dict[str, float]) -> tuple[np.ndarray, float]:
    from lenskit.knn.ease import EASEScorer
    from lenskit.knn.slim import SLIMScorer
    from lenskit.training import TrainingOptions

    data = lenskit_data(given)
    model = (
        EASEScorer(regularization=setting["reg"])
        if name == "EASE"
        else SLIMScorer(l1_reg=setting["l1"], l2_reg=setting["l2"], max_nbrs=int(setting["nbrs"]) or None)
    )
    begun = time.perf_counter()
    model.train(data, TrainingOptions(rng=0))
    took = time.perf_counter() - begun
    chosen = matrix(given)
    ids = np.asarray(model.items.ids()).astype(int)
    weights = model.weights.T.tocsr() if sparse.issparse(model.weights) else np.asarray(model.weights)
    scores = np.full(chosen.shape, -1e9)
    part = chosen[:, ids] @ weights
    scores[:, ids] = np.asarray(part.todense() if sparse.issparse(part) else part)
    return top_ten(scores, chosen), took


def matrix(given: _Given) -> sparse.csr_matrix:
    shape = tuple(int(one) for one in given["shape"])
    return sparse.csr_matrix((np.ones(len(given["rows"])), (given["rows"], given["columns"])), shape)


def main() -> None:
    name, source, target = sys.argv[1:]
    given = dict(np.load(source))
    setting = json.loads(str(given["setting"])) if "setting" in given else {}
    if name in ("SVD", "SVD++", "KNNBaseline"):
        answer, took = surprise_model(name, given)
    elif name == "BiasedMF":
        answer, took = lenskit_ratings(given)
    elif name in ("EASE", "SLIM"):
        answer, took = lenskit_ranker(name, given, setting)
    else:
        answer, took = implicit_model(name, given, setting)
    np.savez(target, answer=answer, seconds=took)


if __name__ == "__main__":
    main()
