"""The feeling of comments: on film comments written for this project, and on tweets and product reviews that people
rated.

- *film comments*: the half that was written first, before the lexicon (`comments/heldout.tsv`, see the README there
  for who wrote it and what that limits). Macro-F1 over positive, negative, neutral; `mixed` and `unknown` count as
  neutral.
- *tweets, reviews*: the ground truth of VADER's authors, where it is present (`RUSHLIGHT_FIXTURES`): Pearson's
  correlation with the mean of raters (-4 to +4), and macro-F1, where a mean that rounds to 0 is neutral. Read with
  `subject="anything"`. Nothing was trained on them; a few weights of everyday words were looked at on every second
  line.
- *comments a second*: the whole reading (language, feeling, emotions, names) and feeling alone, as a ratio to the
  peer's in the same process. Every text is read anew.

Peer: vaderSentiment, each with its own thresholds (the peer's are ±0.05). Intervals are bootstrap intervals over
comments.

Run: `python benchmarks/read_comments/run.py`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from results import write_results
from rushlight.audience.language.feeling import feel
from rushlight.audience.language.naming import Film
from rushlight.audience.language.reading import read_text

LABELS = ("positive", "negative", "neutral")
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures")) / "sentiment"
FILM = Film({}, frozenset(), (), None)


def macro_f1(truth: np.ndarray, told: np.ndarray) -> float:
    """Mean over the labels of 2 · TP / (2 · TP + FP + FN)."""
    scores = []
    for label in LABELS:
        both = np.sum((truth == label) & (told == label))
        scores.append(2 * both / max(np.sum(truth == label) + np.sum(told == label), 1))
    return float(np.mean(scores))


def with_interval(score, *columns: np.ndarray) -> str:
    """A score and its bootstrap interval over rows."""
    rng = np.random.default_rng(0)
    drawn = [score(*(column[pick] for column in columns))
             for pick in rng.integers(0, len(columns[0]), (400, len(columns[0])))]  # fmt: skip
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{score(*columns):.3f} ({low:.3f} to {high:.3f})"


def plain(label: str) -> str:
    return label if label in LABELS else "neutral"


def three(values: Sequence[float], edge: float) -> np.ndarray:
    """Values as labels, neutral between -edge and +edge."""
    return np.asarray(["positive" if one >= edge else "negative" if one <= -edge else "neutral" for one in values])


def main() -> None:
    peer = SentimentIntensityAnalyzer()
    rows = [["data", "figure", "ours", "VADER", "difference"]]
    lines = (Path(__file__).parent / "comments" / "heldout.tsv").read_text("utf-8").splitlines()[1:]
    held = [line.split("\t") for line in lines]
    truth = np.asarray([row[0] for row in held])
    ours = np.asarray([plain(read_text(row[3], FILM).label) for row in held])
    theirs = three([peer.polarity_scores(row[3])["compound"] for row in held], 0.05)
    gain = macro_f1(truth, ours) - macro_f1(truth, theirs)
    rows.append([f"film comments ({len(held)})", "macro-F1", with_interval(macro_f1, truth, ours),
                 with_interval(macro_f1, truth, theirs), f"{gain:+.3f}"])  # fmt: skip
    english = np.asarray([row[2] == "en" for row in held])
    rows.append([f"of them English ({english.sum()})", "macro-F1", f"{macro_f1(truth[english], ours[english]):.3f}",
                 f"{macro_f1(truth[english], theirs[english]):.3f}", ""])  # fmt: skip
    for name in ("tweets", "amazonReviewSnippets"):
        path = FIXTURES / f"{name}_GroundTruth.txt"
        if not path.is_file():
            print(f"{path} is absent: skipped")
            continue
        rated = [line.split("\t") for line in path.read_text("utf-8", errors="replace").splitlines()]
        means = np.asarray([float(row[1]) for row in rated])
        found = [feel(row[2], "anything") for row in rated]
        scores = np.asarray([one.score for one in found])
        compounds = np.asarray([peer.polarity_scores(row[2])["compound"] for row in rated])

        def correlation(a: np.ndarray, b: np.ndarray) -> float:
            return float(np.corrcoef(a, b)[0, 1])

        rows.append([f"{name} ({len(rated):,})", "correlation with raters", with_interval(correlation, means, scores),
                     with_interval(correlation, means, compounds),
                     f"{correlation(means, scores) - correlation(means, compounds):+.3f}"])  # fmt: skip
        classes, told = three(means, 0.5), np.asarray([plain(one.label) for one in found])
        other = three(compounds, 0.05)
        rows.append(["", "macro-F1", with_interval(macro_f1, classes, told), with_interval(macro_f1, classes, other),
                     f"{macro_f1(classes, told) - macro_f1(classes, other):+.3f}"])  # fmt: skip
    rows += speed([row[3] for row in held] * 12, peer)
    write_results(__file__, __doc__, rows)


def speed(texts: list[str], peer: SentimentIntensityAnalyzer) -> list[list[str]]:
    """Comments a second, best of three."""
    took = {}
    for name, read in (
        ("whole", lambda text: read_text(text, FILM)),
        ("feeling", feel),
        ("peer", peer.polarity_scores),
    ):
        best = np.inf
        for _ in range(3):
            start = time.perf_counter()
            for text in texts:
                read(text)
            best = min(best, time.perf_counter() - start)
        took[name] = len(texts) / best
    return [["film comments", f"comments a second, {what}", f"{took[name]:,.0f}", f"{took['peer']:,.0f}",
             f"{took[name] / took['peer']:.2f}×"]
            for name, what in (("whole", "whole reading"), ("feeling", "feeling alone"))]  # fmt: skip


if __name__ == "__main__":
    main()
