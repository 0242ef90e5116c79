"""What a table is about: its rows, its time, its names, and what it measures."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import TableColumn
from rushlight.create.derivation import column_code
from rushlight.create.sources.columns import scale_and_unit
from rushlight.create.sources.table import Table

if TYPE_CHECKING:
    import inflect

__all__ = ["Measure", "Profile", "plural_of", "profile_table"]

_NOT_MEASURED = re.compile(
    r"\b(?:ids?|code|index|rank|no|number|key|lat|lon|lng|latitude|longitude|zip|postcode|fips|norm|nom|rounded?|"
    r"unnamed|column|phone|year)\b",
    re.IGNORECASE,
)
_RATES = re.compile(
    r"\b(?:average|mean|median|rate|ratio|index|score|rating|stars?|temperature|height|age|price|speed|minimum|maximum|"
    r"record|percentage|share|density|level|distance|depth|latitude|per|value|difference|metascore)\b",
    re.IGNORECASE,
)
_FLOWS = re.compile(
    r"\b(?:passengers?|revenue|sales|births?|deaths?|fatalit\w+|incidents?|accidents?|visits?|visitors?|exports?|imports?|"
    r"rainfall|precipitation|emissions?|profits?|orders?|trips?|rides?|turnover|income|spending|arrivals?|departures?)\b",
    re.IGNORECASE,
)
_MASS = re.compile(
    r"\b(?:revenue|cargo|income|profit|unemployment|rainfall|precipitation|turnout|output|production|consumption|inflation|"
    r"spending|traffic|freight|debt|trade|waste|electricity|energy|snow|rain|sunshine)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"^[A-Za-z]{0,4}\d[\w-]*$|^[\w-]*\d{4,}$")
_NAMING = (
    "name",
    "title",
    "film",
    "movie",
    "country",
    "city",
    "airline",
    "team",
    "company",
    "state",
    "region",
    "player",
)


@cache
def _english() -> inflect.engine:
    # It takes a second or two to import, so only those who write from tables wait for it.
    import inflect

    return inflect.engine()


def plural_of(noun: str) -> str:
    """The plural of a noun or of a phrase that ends in one."""
    head, _, last = noun.rpartition(" ")
    # inflect says `singular_noun` is False when the word is singular already.
    plural = last if _is_plural(last) else str(_english().plural_noun(last))
    return f"{head} {plural}".strip()


def _is_plural(word: str) -> bool:
    if not word.isalpha() or word.lower().endswith(("ss", "us", "is")):
        return False
    return bool(_english().singular_noun(word))


@dataclass(frozen=True)
class Measure:
    """A column of amounts.

    Attributes:
        column: its description.
        code: how a derivation names it.
        values: cells in whole units, NaN where missing, float64, shape (rows,).
        scale: what one unit of the file is worth, such as 1,000,000.
        unit: the unit without its scale word.
        sums: whether adding cells of different rows makes sense.
        flows: whether adding over time makes sense.
        decimals: most decimals that the file gives.
    """

    column: TableColumn
    values: NDArray[np.float64]
    scale: float
    unit: str
    sums: bool
    flows: bool
    decimals: int

    @property
    def code(self) -> str:
        """How a derivation names the column."""
        return column_code(self.column.name)

    @property
    def label(self) -> str:
        """The column in words."""
        return self.column.label

    @cached_property
    def plural(self) -> bool:
        """Whether the label names countable things, such as `passengers`."""
        words = [
            word for word in re.split(r"\s+(?:per|a|an|of|in|by|with|for)\s+", self.label)[0].split() if word.isalpha()
        ]
        # `cities served` are many cities: a participle at the end says nothing of number.
        if len(words) > 1 and re.search(r"(?:ed|born|sold|built|lost|won)$", words[-1]):
            words.pop()
        return bool(words) and _is_plural(words[-1])

    @property
    def has_ratios(self) -> bool:
        """Whether `twice as much` makes sense: 20 degrees are not twice 10 degrees, nor 4 stars twice 2."""
        return not self.unit.startswith("°") and not re.search(
            r"\b(?:temperature|temp|score|rating|stars?|index|grade|figure|latitude|level)\b", self.label, re.IGNORECASE
        )

    @property
    def is_name(self) -> bool:
        """Whether the label is a proper name, such as `Rotten Tomatoes`, rather than the word for a thing."""
        return self.label[:1].isupper()

    @property
    def noun(self) -> str:
        """The label as something that can be high or low: `cargo`, `Metacritic figure`."""
        return f"{self.label} figure" if self.is_name else self.label

    @property
    def adds(self) -> bool:
        """Whether one can speak of a share of all of it, as of all votes or all cargo."""
        return self.sums and (self.plural or bool(_MASS.search(self.label)))

    @property
    def phrase(self) -> str:
        """The label as the subject of a sentence: `passengers`, `revenue`, `the mean temperature`."""
        if self.unit == "%" and not re.search(r"(?:rate|share|percentage|ratio|%)$", self.label):
            return f"the {self.label} share"
        if self.is_name:
            return f"the {self.label} figure"
        if self.plural or _MASS.search(self.label):
            return self.label
        return f"the {self.label}"

    @property
    def mention(self) -> str:
        """The label after `for`: as it stands, but for shares, whose labels often are no nouns."""
        return self.phrase if self.unit == "%" else self.label

    @property
    def known(self) -> NDArray[np.int64]:
        """Rows whose cell is known."""
        return np.flatnonzero(~np.isnan(self.values))


@dataclass(frozen=True)
class Profile:
    """A table seen as something to tell about.

    Attributes:
        table: the table.
        time: the column that orders the rows, if every row is another time.
        entity: the column that names the rows, if they have names.
        categories: text columns that sort rows into a few groups.
        measures: columns of amounts, most telling first.
        flags: columns of noughts and ones, or of truth.
        dates: columns of years or days that do not order the rows.
        noun: what one row is, such as `airline` or `year`.
    """

    table: Table
    time: TableColumn | None
    entity: TableColumn | None
    categories: tuple[TableColumn, ...]
    measures: tuple[Measure, ...]
    flags: tuple[Measure, ...]
    dates: tuple[TableColumn, ...]
    noun: str

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.table.frame.height

    @property
    def nouns(self) -> str:
        """What the rows are, in the plural."""
        return plural_of(self.noun)

    @cached_property
    def times(self) -> list[int | dt.date | None]:
        """The time of every row, or nothing."""
        return self.table.frame[self.time.name].to_list() if self.time else []

    @cached_property
    def monthly(self) -> bool:
        """Whether times are months: every date is the first of one."""
        return all(isinstance(time, dt.date) and time.day == 1 for time in self.times if time is not None)

    @cached_property
    def in_time(self) -> list[int]:
        """Rows with a known time, in order of time."""
        known = [(time, row) for row, time in enumerate(self.times) if time is not None]
        return [row for _, row in sorted(known, key=lambda pair: (pair[0], pair[1]))]

    @cached_property
    def names(self) -> list[Any]:
        """The name of every row, or nothing."""
        return self.table.frame[self.entity.name].to_list() if self.entity else []


def profile_table(table: Table, title: str) -> Profile:
    """See what a table is about, from its types, headers and how often values repeat."""
    frame, rows = table.frame, table.frame.height
    texts = [column for column in table.columns if column.type == "text"]
    dates = [column for column in table.columns if column.type == "date"]
    unique = {column.name: frame[column.name].drop_nulls().n_unique() for column in table.columns}
    known = {column.name: rows - frame[column.name].null_count() for column in table.columns}
    names = [c for c in texts if unique[c.name] >= 0.9 * rows and known[c.name] == rows and rows >= 2]
    time = next((c for c in dates if unique[c.name] == rows == known[c.name] >= 3), None)
    if names and time is not None and table.columns[0].name != time.name:
        time = None
    entity = None if time else _best_name(names, frame)
    categories = [
        c for c in texts if 2 <= unique[c.name] <= 12 and unique[c.name] <= rows / 3 and known[c.name] >= 0.6 * rows
    ]
    measures, flags = _measures(table)
    return Profile(
        table=table,
        time=time,
        entity=entity,
        categories=tuple(c for c in categories if not all(_CODE.match(str(v)) for v in frame[c.name].drop_nulls())),
        measures=measures,
        flags=flags if len(flags) >= 3 else (),
        dates=tuple(c for c in dates if c is not time and not _is_side_date(c)),
        noun=_noun(time, entity, title, table),
    )


def _is_side_date(column: TableColumn) -> bool:
    return len(column.label.split()) > 2


def _best_name(names: list[TableColumn], frame: Any) -> TableColumn | None:
    def fitness(column: TableColumn) -> tuple[int, int]:
        values = [str(value) for value in frame[column.name].head(200)]
        coded = sum(bool(_CODE.match(value)) for value in values) > len(values) / 2
        long = sum(len(value) for value in values) / len(values) > 60
        naming = any(word in column.label.lower().split() for word in _NAMING)
        return (2 * naming - 3 * coded - 3 * long, 0)

    good = [column for column in names if fitness(column)[0] > -3]
    return max(good, key=fitness) if good else None


def _noun(time: TableColumn | None, entity: TableColumn | None, title: str, table: Table) -> str:
    if time is not None:
        values = sorted(table.frame[time.name].to_list())
        if isinstance(values[0], int):
            return "year"
        days = [(after - before).days for before, after in zip(values, values[1:], strict=False)]
        typical = sorted(days)[len(days) // 2]
        return "day" if typical == 1 else "week" if typical == 7 else "month" if 28 <= typical <= 31 else "date"
    label = entity.label if entity else ""
    if label.lower() in ("name", "title", "label", "") or not label.isascii():
        last = title.split()[-1].lower() if title else ""
        if last.isalpha() and _is_plural(last):
            return str(_english().singular_noun(last))
        if last in ("episode", "entry", "case"):
            return last
        return "row"
    words = label.lower() if label.isupper() else label
    return str(_english().singular_noun(words)) if _is_plural(words.split()[-1]) else words


def _measures(table: Table) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    measures: list[Measure] = []
    flags: list[Measure] = []
    rows = table.frame.height
    for column in table.columns:
        if column.type == "boolean":
            values = table.frame[column.name].cast(float).to_numpy().astype(float)
            flags.append(Measure(column, values, 1.0, "", True, False, 0))
            continue
        if column.type not in ("number", "integer"):
            continue
        values = table.frame[column.name].cast(float).to_numpy().astype(float)
        known = values[~np.isnan(values)]
        if len(known) < 2 or len(known) < 0.4 * rows:
            continue
        distinct = np.unique(known)
        scale, unit = scale_and_unit(column.unit)
        sums = unit != "%" and not unit.startswith("°") and not _RATES.search(column.label)
        sums = sums and not column.label[:1].isupper()
        sums = sums and (column.type == "integer" or bool(column.unit) or bool(_FLOWS.search(column.label)))
        measure = Measure(
            column,
            np.round(values * scale, 9),
            scale,
            unit,
            sums,
            sums and bool(_FLOWS.search(column.label)),
            _decimals(known),
        )
        if set(distinct.tolist()) <= {0.0, 1.0} and rows >= 5:
            flags.append(measure)
        elif len(distinct) >= 3 and not _is_label_like(column, known):
            measures.append(measure)
    return tuple(_without_doubles(measures)), tuple(flags)


def _decimals(known: NDArray[np.float64]) -> int:
    return next((places for places in range(4) if np.allclose(known, np.round(known, places), atol=1e-9)), 4)


def _is_label_like(column: TableColumn, known: NDArray[np.float64]) -> bool:
    words = re.sub(r"[_\W]+", " ", column.name)
    if _NOT_MEASURED.search(words) and not re.search(r"\bnumber of\b", column.label):
        return True
    steps = np.diff(known)
    return column.type == "integer" and len(known) > 5 and bool((steps == 1).all())


def _without_doubles(measures: list[Measure]) -> list[Measure]:
    """Drop columns that repeat an earlier one in another guise (the same figures rescaled)."""
    kept: list[Measure] = []
    for measure in measures:
        for other in kept:
            both = ~np.isnan(measure.values) & ~np.isnan(other.values)
            left, right = measure.values[both], other.values[both]
            if len(left) > 7 and left.std() > 0 and right.std() > 0 and abs(np.corrcoef(left, right)[0, 1]) > 0.9995:
                break
        else:
            kept.append(measure)
    return kept
