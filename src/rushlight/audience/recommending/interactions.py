"""Who chose which titles: what every recommender is fitted on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rushlight.core.errors import InputError

__all__ = ["Context", "Interactions", "content_features"]

Floats = NDArray[np.float64]
_YEAR = re.compile(r"\b(18[89]\d|19\d\d|20\d\d)\b")
# A word of more titles than this says nothing of any of them.
_COMMON_SHARE = 0.05


@dataclass(frozen=True)
class Context:
    """How often each title was chosen at each value of something about the moment, such as the hour or the device.

    Attributes:
        values: `evening`, `tv`, and so on.
        counts: values × titles.
    """

    values: tuple[str, ...]
    counts: Floats


@dataclass(frozen=True)
class Interactions:
    """Choices of viewers, and ratings where there are any.

    Attributes:
        viewers: pseudonyms, one a row.
        titles: ids, one a column.
        chosen: viewers × titles, 1 where the viewer chose the title.
        ratings: viewers × titles, every stored value a rating, 0 among them; None where nothing was rated.
        features: titles × features of their content, rows of length 1 or empty.
        contexts: `hour` and `device`, where they are known.
        times: viewers × titles, as `chosen`: when, in days from any moment; None where it is not known.
    """

    viewers: tuple[str, ...]
    titles: tuple[str, ...]
    chosen: sparse.csr_matrix
    ratings: sparse.csr_matrix | None = None
    features: sparse.csr_matrix | None = None
    contexts: Mapping[str, Context] = field(default_factory=dict)
    times: sparse.csr_matrix | None = None

    @classmethod
    def of(
        cls,
        viewers: Sequence[object],
        titles: Sequence[object],
        ratings: Sequence[float] | Floats | None = None,
        catalogue: Sequence[str] = (),
        facts: Mapping[str, Mapping[str, str]] | None = None,
        days: Sequence[float] | Floats | None = None,
    ) -> Interactions:
        """Interactions from columns; of a pair that comes twice the later row counts.

        Args:
            viewers: of each row.
            titles: of each row.
            ratings: of each row; rows whose rating is no finite number are left out.
            catalogue: titles that may be recommended though nobody chose them yet.
            facts: name, category and release of titles, from which content features are made.
            days: when each row was, in days.

        Raises:
            InputError: columns of different length, or nothing to learn from.
        """
        if len(viewers) != len(titles) or (ratings is not None and len(ratings) != len(viewers)):
            raise InputError("Columns of viewers, titles and ratings differ in length.", hint="Check the table.")
        who, what = np.asarray([str(one) for one in viewers]), np.asarray([str(one) for one in titles])
        value = np.ones(len(who)) if ratings is None else np.asarray(ratings, dtype=np.float64)
        keep = np.isfinite(value)
        who, what, value = who[keep], what[keep], value[keep]
        day = None if days is None else np.asarray(days, dtype=np.float64)[keep]
        if not len(who):
            raise InputError("There is nothing to learn from: no choice and no rating.", hint="Import viewing first.")
        names, row = np.unique(who, return_inverse=True)
        known, column = np.unique(np.concatenate([what, np.asarray(list(catalogue), dtype=str)]), return_inverse=True)
        column = column[: len(what)]
        place = row.astype(np.int64) * len(known) + column
        _, last = np.unique(place[::-1], return_index=True)
        last = np.sort(len(place) - 1 - last)
        shape = (len(names), len(known))
        at = (row[last], column[last])
        ids = tuple(str(one) for one in known)
        return cls(
            viewers=tuple(str(one) for one in names),
            titles=ids,
            chosen=sparse.csr_matrix((np.ones(len(last)), at), shape),
            ratings=None if ratings is None else sparse.csr_matrix((value[last], at), shape),
            features=content_features(ids, facts) if facts else None,
            times=None if day is None else sparse.csr_matrix((day[last], at), shape),
        )

    def __post_init__(self) -> None:
        self.chosen.sort_indices()
        for other in (self.ratings, self.times):
            if other is not None:
                other.sort_indices()

    @property
    def popularity(self) -> Floats:
        """How many viewers chose each title."""
        return np.asarray(self.chosen.sum(axis=0), dtype=np.float64).ravel()

    @property
    def activity(self) -> Floats:
        """How many titles each viewer chose."""
        return np.asarray(np.diff(self.chosen.indptr), dtype=np.float64)

    def only(self, titles: NDArray[np.int64]) -> Interactions:
        """The same of some titles."""
        return replace(
            self,
            titles=tuple(self.titles[place] for place in titles),
            chosen=self.chosen[:, titles].tocsr(),
            ratings=None if self.ratings is None else self.ratings[:, titles].tocsr(),
            times=None if self.times is None else self.times[:, titles].tocsr(),
            features=None if self.features is None else self.features[titles],
            contexts={name: replace(one, counts=one.counts[:, titles]) for name, one in self.contexts.items()},
        )

    def of_viewers(self, rows: NDArray[np.int64]) -> Interactions:
        """The same of some viewers."""
        return replace(
            self,
            viewers=tuple(self.viewers[place] for place in rows),
            chosen=self.chosen[rows],
            ratings=None if self.ratings is None else self.ratings[rows],
            times=None if self.times is None else self.times[rows],
        )

    def split(self, held: float, seed: int, least: int = 2) -> tuple[Interactions, sparse.csr_matrix]:
        """Hold back this share of every viewer's choices, rounded down; none of those with fewer than `least`.

        Returns:
            What is left to learn from, and the choices held back, viewers × titles.
        """
        rng = np.random.default_rng(seed)
        rows = np.repeat(np.arange(len(self.viewers)), np.diff(self.chosen.indptr))
        order = np.lexsort((rng.random(len(rows)), rows))
        count = np.diff(self.chosen.indptr)
        away = np.where(count >= least, np.floor(count * held + 1e-9), 0).astype(np.int64)
        rank = np.arange(len(rows)) - self.chosen.indptr[rows]
        hidden = np.zeros(len(rows), dtype=bool)
        hidden[order] = rank < away[rows]
        return self._parted(hidden)

    def split_by_time(self, held: float) -> tuple[Interactions, sparse.csr_matrix]:
        """Hold back the latest choices, this share of all; of viewers who chose nothing before, none are held back.

        Returns:
            What was before, and the choices held back, viewers × titles.
        """
        assert self.times is not None
        late = self.times.data > np.quantile(self.times.data, 1 - held)
        rows = np.repeat(np.arange(len(self.viewers)), np.diff(self.chosen.indptr))
        early = np.bincount(rows[~late], minlength=len(self.viewers)) > 0
        left, after = self._parted(late)
        kept = sparse.csr_matrix(sparse.diags(early.astype(np.float64)) @ after)
        kept.eliminate_zeros()
        return left, kept

    def _parted(self, hidden: NDArray[np.bool_]) -> tuple[Interactions, sparse.csr_matrix]:
        rows = np.repeat(np.arange(len(self.viewers)), np.diff(self.chosen.indptr))

        def part(matrix: sparse.csr_matrix, mask: NDArray[np.bool_]) -> sparse.csr_matrix:
            return sparse.csr_matrix((matrix.data[mask], (rows[mask], matrix.indices[mask])), matrix.shape)

        ratings = self.ratings
        if ratings is not None and ratings.nnz != self.chosen.nnz:
            where = set(zip(rows[hidden].tolist(), self.chosen.indices[hidden].tolist(), strict=True))
            rated = np.repeat(np.arange(len(self.viewers)), np.diff(ratings.indptr))
            away = np.array(
                [pair in where for pair in zip(rated.tolist(), ratings.indices.tolist(), strict=True)], bool
            )
            kept = sparse.csr_matrix((ratings.data[~away], (rated[~away], ratings.indices[~away])), ratings.shape)
        else:
            kept = None if ratings is None else part(ratings, ~hidden)
        times = None if self.times is None else part(self.times, ~hidden)
        left = replace(self, chosen=part(self.chosen, ~hidden), ratings=kept, times=times)
        return left, part(self.chosen, hidden)


def content_features(titles: Sequence[str], facts: Mapping[str, Mapping[str, str]]) -> sparse.csr_matrix | None:
    """Features of titles from their names, categories and years: weighted by rarity, rows of length 1.

    Returns:
        Titles × features, or None where nothing is known of any.
    """
    said = [_words_of(facts.get(title, {})) for title in titles]
    count = Counter(word for words in said for word in words)
    most = max(_COMMON_SHARE * len(titles), 60)
    place = {
        word: number
        for number, word in enumerate(sorted(count))
        if count[word] >= 2 and (count[word] <= most or not word.startswith("word "))
    }
    place = {word: number for number, word in enumerate(place)}
    if not place:
        return None
    rows, columns, values = [], [], []
    for row, words in enumerate(said):
        for word in sorted(words & place.keys()):
            rows.append(row)
            columns.append(place[word])
            values.append(np.log(1 + len(titles) / count[word]))
    made = sparse.csr_matrix((values, (rows, columns)), (len(titles), len(place)))
    length = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(length > 0, length, 1.0)) @ made)


def _words_of(facts: Mapping[str, str]) -> set[str]:
    name = facts.get("name", "")
    found = {f"word {word}" for word in re.findall(r"\w+", name.lower()) if len(word) > 1 and not word.isdigit()}
    found |= {
        f"category {part.strip().lower()}" for part in re.split(r"[|,;/]", facts.get("category", "")) if part.strip()
    }
    year = _YEAR.search(facts.get("released", "")) or _YEAR.search(name)
    if year:
        found |= {f"year {year[0]}", f"decade {year[0][:3]}"}
    return found
