"""Themes of film comments written for this project: which of twelve themes each speaks of.

Judged on the half that was written first, before the cues (`../read_comments/comments/heldout.tsv`; the README there
says who wrote and labelled it, and what that limits). A comment may have none, one or several themes. Score: macro-F1
over the themes.

Peer: TF-IDF (words and pairs, English stop words) + K-means of scikit-learn, as people do it without labels: 13
clusters, best of ten starts, on both halves together. Each cluster is then given the theme that makes the score on
the judged half itself best, which flatters the peer. Mean of five seeds; also with 24 clusters. scikit-learn is
looked for in `/tmp/rushlight-peer-sklearn` (`pip install --target`).

*True quotes*: the share of themes with at least one quote, all of which are found letter for letter in the comment
they name.

Run: `python benchmarks/find_themes/run.py`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.append("/tmp/rushlight-peer-sklearn")

from results import write_results
from rushlight.artifacts.source import Document
from rushlight.audience.find_themes import find_themes
from rushlight.audience.language.themes import THEMES, find_mentions
from rushlight.audience.language.tokens import read_tokens
from rushlight.audience.read_comments import read_comments
from rushlight.core.artifact import FileRef

DATA = Path(__file__).parents[1] / "read_comments" / "comments"


def load(name: str) -> tuple[list[str], np.ndarray]:
    """Texts, and a table of which theme each has."""
    rows = [line.split("\t") for line in (DATA / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]
    return [row[3] for row in rows], np.asarray([[theme in row[1].split(",") for theme in THEMES] for row in rows])


def f1(truth: np.ndarray, told: np.ndarray) -> np.ndarray:
    """F1 of each theme."""
    return 2 * (truth & told).sum(axis=0) / np.maximum(truth.sum(axis=0) + told.sum(axis=0), 1)


def clustered(texts: list[str], truth: np.ndarray, judged: int, clusters: int, seed: int) -> np.ndarray:
    """What the peer tells of the judged texts, which come first."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = TfidfVectorizer(stop_words="english", ngram_range=(1, 2), min_df=2).fit_transform(texts)
    groups = KMeans(clusters, n_init=10, random_state=seed).fit_predict(table)[:judged]
    told = np.zeros_like(truth)
    for group in range(clusters):
        inside = groups == group
        gains = [
            (f1(truth, told | (inside[:, None] & np.eye(len(THEMES), dtype=bool)[i])).mean(), i)
            for i in range(len(THEMES))
        ]
        best, theme = max(gains)
        if best > f1(truth, told).mean():
            told[inside, theme] = True
    return told


def quotes_are_true(texts: list[str]) -> tuple[int, int]:
    """Themes with quotes that all stand in their comments, and themes."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "comments.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["text"], *([text] for text in texts)])
        made = read_comments(Document(file=FileRef.of(path)))
        known = {row.id: row.text for row in made.rows()}
        found = find_themes(made).themes
    good = [
        one for one in found if one.quotes and all(known[q.comment][q.start :].startswith(q.text) for q in one.quotes)
    ]
    return len(good), len(found)


def main() -> None:
    texts, truth = load("heldout")
    more, _ = load("tuning")
    told = np.asarray(
        [
            [theme in {m.theme for m in find_mentions(text, read_tokens(text), (), 0)} for theme in THEMES]
            for text in texts
        ]
    )
    rng = np.random.default_rng(0)
    drawn = [f1(truth[p], told[p]).mean() for p in rng.integers(0, len(texts), (400, len(texts)))]
    low, high = np.quantile(drawn, [0.025, 0.975])
    rows = [["theme", "comments", "ours", "TF-IDF + K-means, 13", "24 clusters"]]
    try:
        peers = [
            np.mean([f1(truth, clustered(texts + more, truth, len(texts), k, seed)) for seed in range(5)], axis=0)
            for k in (13, 24)
        ]
    except ImportError:
        print("scikit-learn is absent: no peer")
        peers = [np.full(len(THEMES), np.nan)] * 2
    cells = lambda values: [f"{v:.3f}" if np.isfinite(v) else "absent" for v in values]  # noqa: E731
    own = f1(truth, told)
    for index, theme in enumerate(THEMES):
        rows.append([theme, str(truth[:, index].sum()), f"{own[index]:.3f}", *cells([one[index] for one in peers])])
    rows.append(
        [
            "macro-F1",
            str(len(texts)),
            f"{own.mean():.3f} ({low:.3f} to {high:.3f})",
            *cells([one.mean() for one in peers]),
        ]
    )
    good, every = quotes_are_true(texts)
    write_results(__file__, __doc__, rows, [f"Themes whose quotes are all true: {good} of {every}."])


if __name__ == "__main__":
    main()
