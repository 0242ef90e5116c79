"""Rises planted among seasons and bots, and whose words carry far in simulated cascades.

**Rises.** Each world has 550 days of comments by 4,000 people on 70 hashtags, among a vocabulary of 1,500 other
words. Every hashtag has a level of its own that wanders, a week of its own and gamma noise (counts stray 1.3 times as
much as chance). Planted in the last seven days: 15 hashtags that 2 to 4 times as many people write. To mislead: 15
hashtags whose every year brings a peak of 2 to 4 times on just these days, and 12 that 8 to 20 bots write (texts from
a template with words changed, or a comment every few minutes). Judged is all that `find_trends` names, hashtags and
words, through `read_comments`. *Found*: the share of planted ones that are named; *false*: the share of named ones
that are not planted. Peer: raw counts, this week against the week before, by a Poisson test of their ratio at the
same rate of false discoveries, and more than 1.5 times.

**Influence.** Each world is a graph of 400 people in which who is followed is uneven; 6 people bought 30 bots each,
which pass on whatever they write within seconds. Somebody writes, and followers pass it on with a probability that
depends on both (an independent cascade). The capability sees 1,500 cascades as comments with what they share. *True
reach*: the mean number of people, bots not counted, moved in 400 fresh cascades from each. Score: Spearman's rank
correlation with true reach over people who wrote at all. Peer: degree, how many different accounts passed somebody on
(what is seen of followers); also with bots taken out.

Run: `python benchmarks/find_trends/run.py [WORLDS]`, 6 by default. Intervals are bootstrap intervals over worlds.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.stats import binomtest, spearmanr

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from results import write_results
from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.audience.find_trends import find_trends
from rushlight.audience.language.comments import Comment
from rushlight.audience.language.naming import Film
from rushlight.audience.language.reading import read_all
from rushlight.audience.read_comments import summed
from rushlight.audience.spreading.rising import discovered
from rushlight.core.artifact import FileRef

DAYS, WINDOW, PEOPLE, WORDS = 550, 7, 4000, 1500
PLANTED, SEASONAL, BOUGHT, STEADY = 15, 15, 12, 28
FALSE_RATE = 0.02
START = datetime(2025, 1, 6, tzinfo=UTC)


def words(rng: np.random.Generator, count: int) -> list[str]:
    """Made-up words, each once."""
    starts, ends = "bcdfgklmnprstvz", "aeiou"
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choice(list(starts)) + rng.choice(list(ends)) for _ in range(rng.integers(3, 5)))] = None
    return list(found)


def rates(rng: np.random.Generator, kind: str) -> np.ndarray:
    """People a day of one hashtag."""
    days = np.arange(DAYS)
    level = rng.lognormal(np.log(3.0), 0.6) * np.exp(np.cumsum(rng.normal(0, 0.012, DAYS)))
    week = np.exp(rng.normal(0, 0.3, 7))
    made = level * (week / week.mean())[days % 7]
    if kind != "planted":
        # The year's peak: on the judged days, or on any others.
        middle = DAYS - WINDOW // 2 - 1 if kind == "seasonal" else rng.integers(0, 365)
        away = np.abs((days - middle + 182) % 365 - 182)
        made = made * (1 + rng.uniform(1, 3) * np.exp(-0.5 * (away / rng.uniform(4, 9)) ** 2))
    if kind == "planted":
        made[-WINDOW:] *= rng.uniform(2, 4)
    return made * rng.gamma(1 / 0.1, 0.1, DAYS)


def world(seed: int) -> tuple[list[Comment], set[str]]:
    """Comments of one world, and the planted hashtags."""
    rng = np.random.default_rng(seed)
    vocabulary = words(rng, WORDS + PLANTED + SEASONAL + BOUGHT + STEADY)
    tags, vocabulary = vocabulary[WORDS:], vocabulary[:WORDS]
    kinds = ["planted"] * PLANTED + ["seasonal"] * SEASONAL + ["bought"] * BOUGHT + ["steady"] * STEADY
    popular = 1 / np.arange(1, WORDS + 1) ** 0.8
    popular /= popular.sum()
    active = rng.lognormal(0, 0.8, PEOPLE)
    active /= active.sum()
    found: list[tuple[float, str, str]] = []
    for tag, kind in zip(tags, kinds, strict=True):
        counts = rng.poisson(rates(rng, kind))
        for day, count in enumerate(counts):
            for _ in range(count):
                said = rng.choice(WORDS, rng.integers(3, 9), p=popular)
                text = " ".join([vocabulary[one] for one in said] + [f"#{tag}"])
                found.append((day * 86_400 + rng.uniform(0, 86_400), f"p{rng.choice(PEOPLE, p=active)}", text))
        if kind == "bought":
            found += bots(rng, tag, vocabulary)
    found.sort()
    comments = [
        Comment(f"c{number}", who, "film", START + timedelta(seconds=at), text)
        for number, (at, who, text) in enumerate(found)
    ]
    return comments, {f"#{tag}" for tag, kind in zip(tags, kinds, strict=True) if kind == "planted"}


def bots(rng: np.random.Generator, tag: str, vocabulary: list[str]) -> list[tuple[float, str, str]]:
    """Comments of bought accounts in the last days."""
    template = list(rng.choice(vocabulary, 9))
    found = []
    for bot in range(rng.integers(8, 21)):
        start = (DAYS - WINDOW + rng.uniform(0, 3)) * 86_400
        every = rng.uniform(600, 7200)
        is_even = rng.random() < 0.5
        for number in range(rng.integers(8, 25)):
            if is_even:
                said, at = list(rng.choice(vocabulary, 5)), start + number * every * rng.uniform(0.99, 1.01)
            else:
                said, at = list(template), start + rng.uniform(0, 3.5 * 86_400)
                said[rng.integers(0, 9)] = rng.choice(vocabulary)
            found.append((at, f"{tag}-bot{bot}", " ".join([*said, f"#{tag}"])))
    return found


def artifact(comments: list[Comment], folder: Path) -> Comments:
    """Comments as `read_comments` gives them."""
    rows, notes = read_all(comments, film=Film({}, frozenset(), (), None))
    path = folder / "comments.jsonl"
    path.write_text(Comments.write(rows), encoding="utf-8")
    return summed(rows, FileRef.of(path), "lexicon", notes)


def raw_rises(comments: list[Comment]) -> set[str]:
    """The peer: hashtags and words whose comments of this week are more than those of the week before."""
    from rushlight.audience.spreading.terms import terms_of

    end = START + timedelta(days=DAYS)
    now, before = Counter(), Counter()
    for one in comments:
        age = (end - one.said_at).total_seconds() / 86_400
        if age <= 2 * WINDOW:
            (now if age <= WINDOW else before).update(terms_of(one.text))
    names = sorted(term for term, count in now.items() if count >= 5)
    tests = np.asarray([binomtest(now[t], now[t] + before[t], 0.5, "greater").pvalue for t in names])
    believed = discovered(tests, FALSE_RATE)
    return {t for t, b in zip(names, believed, strict=True) if b and now[t] > 1.5 * max(before[t], 0.5)}


def score(named: set[str], planted: set[str]) -> tuple[float, float]:
    """Found, and false."""
    return len(named & planted) / len(planted), len(named - planted) / max(len(named), 1)


# -- Influence

SIZE, CASCADES, BUYERS, BOTS = 400, 1500, 6, 30


def graph(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Followers of each person, and how likely each passes on what that person writes."""
    draw = rng.pareto(1.6, SIZE) + 0.3
    charm, keen = rng.beta(1.5, 12, SIZE), rng.uniform(0.3, 1.7, SIZE)
    followers = []
    for person in range(SIZE):
        odds = draw[person] / draw.mean() * 8 / SIZE
        those = np.flatnonzero(rng.random(SIZE) < min(odds, 0.5))
        those = those[those != person]
        followers.append((those, np.minimum(charm[person] * keen[those], 0.9)))
    return followers


def cascade(
    rng: np.random.Generator, followers: list[tuple[np.ndarray, np.ndarray]], root: int
) -> list[tuple[int, int]]:
    """Who passed on whom, in order."""
    moved, front, found = {root}, [root], []
    while front:
        following = []
        for one in front:
            those, odds = followers[one]
            for other in those[rng.random(len(those)) < odds]:
                if int(other) not in moved:
                    moved.add(int(other))
                    following.append(int(other))
                    found.append((one, int(other)))
        front = following
    return found


def influence(seed: int, folder: Path) -> dict[str, float]:
    """Rank correlations with true reach in one world."""
    rng = np.random.default_rng(seed)
    followers = graph(rng)
    wrote = rng.choice(SIZE, CASCADES, p=(weights := rng.lognormal(0, 0.7, SIZE)) / weights.sum())
    buyers = set(rng.choice(SIZE, BUYERS, replace=False).tolist())
    rows: list[CommentReading] = []

    def add(who: str, at: float, parent: str) -> str:
        key = f"c{len(rows)}"
        said = (START + timedelta(seconds=at)).isoformat()
        rows.append(CommentReading(id=key, author=who, said_at=said, text=f"words of {key}", parent=parent))
        return key

    direct: dict[int, set[str]] = {person: set() for person in range(SIZE)}
    for number, root in enumerate(wrote):
        at = {int(root): float(number * 7200)}
        keys = {int(root): add(f"p{root}", at[int(root)], "")}
        for of, by in cascade(rng, followers, int(root)):
            at[by] = at[of] + rng.lognormal(6, 1.2)
            keys[by] = add(f"p{by}", at[by], keys[of])
            direct[of].add(f"p{by}")
        for person in set(keys) & buyers:
            for bot in range(BOTS):
                if rng.random() < 0.8:
                    add(f"bot{person}-{bot}", at[person] + rng.uniform(0.3, 3), keys[person])
                    direct[person].add(f"bot{person}-{bot}")
    path = folder / "shared.jsonl"
    path.write_text(Comments.write(rows), encoding="utf-8")
    made = find_trends(summed(rows, FileRef.of(path), "lexicon", ()), most=500)
    reach = {one.author: one.reach for one in made.influencers}
    people = sorted(set(wrote.tolist()))
    true = [np.mean([len(cascade(rng, followers, person)) for _ in range(400)]) for person in people]
    humans = {person: sum(not one.startswith("bot") for one in those) for person, those in direct.items()}
    return {
        "ours": spearmanr(true, [reach.get(f"p{one}", 0.0) for one in people]).statistic,
        "degree": spearmanr(true, [len(direct[one]) for one in people]).statistic,
        "degree of people": spearmanr(true, [humans[one] for one in people]).statistic,
    }


def interval(values: list[float]) -> str:
    """Mean and its bootstrap interval over worlds."""
    rng = np.random.default_rng(0)
    means = np.asarray(values)[rng.integers(0, len(values), (2000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    ours, peer, far = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(worlds):
            comments, planted = world(seed)
            named = {
                one.term
                for one in find_trends(artifact(comments, Path(scratch)), false_rate=FALSE_RATE, most=500).rises
            }
            ours.append(score(named, planted))
            peer.append(score(raw_rises(comments), planted))
            far.append(influence(1000 + seed, Path(scratch)))
            print(seed, len(comments), ours[-1], peer[-1], far[-1], sorted(named - planted)[:6], flush=True)
    rows = [["what", "ours", "peer"]]
    rows.append(
        [
            "planted rises found",
            interval([one[0] for one in ours]),
            interval([one[0] for one in peer]) + " (raw counts)",
        ]
    )
    rows.append(["named rises that are false", interval([one[1] for one in ours]), interval([one[1] for one in peer])])
    rows.append(["rank correlation with true reach", interval([one["ours"] for one in far]),
                 interval([one["degree"] for one in far]) + " (degree)"])  # fmt: skip
    rows.append(["the same, bots taken out by hand for the peer", interval([one["ours"] for one in far]),
                 interval([one["degree of people"] for one in far])])  # fmt: skip
    rows.append(["above degree, world by world", interval([one["ours"] - one["degree of people"] for one in far]), ""])
    write_results(__file__, __doc__, rows, [f"{worlds} worlds."])


if __name__ == "__main__":
    main()
