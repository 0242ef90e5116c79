"""Facts of a table whose rows have names: who leads, who trails, ties, shares, noughts, outliers, then and now."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from rushlight.create.derivation import column_code
from rushlight.create.tabular.profile import Measure, Profile
from rushlight.create.tabular.series import amount
from rushlight.create.tabular.wording import Fact, Piece, count_text, name_text, number_text

__all__ = ["name_piece", "ranking_facts"]

_BARS = 8


def ranking_facts(profile: Profile) -> list[Fact]:
    """Everything worth saying about each measure over named rows; nothing when rows have no names."""
    if profile.entity is None:
        return []
    facts: list[Fact] = []
    for place, measure in enumerate(profile.measures[:10]):
        order = sorted(measure.known.tolist(), key=lambda row: (-measure.values[row], row))
        if len(order) < 3:
            continue
        found = [
            _leader(profile, measure, order),
            _followers(profile, measure, order),
            _last(profile, measure, order),
            _concentration(profile, measure, order),
            _middle(profile, measure, order),
            _noughts(profile, measure, order),
            _outlier(profile, measure, order),
            _holes(profile, measure),
        ]
        facts += [replace(fact, score=fact.score * (1 - 0.07 * place)) for fact in found if fact is not None]
    for earlier, later in _then_and_now(profile):
        facts += _between(profile, earlier, later)
    return facts


def name_piece(profile: Profile, row: int) -> Piece:
    """The name of a row."""
    assert profile.entity is not None
    return Piece(name_text(profile.names[row]), f"{column_code(profile.entity.name)}[{row}]")


def _bars(profile: Profile, measure: Measure, order: list[int], highlight: int | None, kind: str) -> dict[str, Any]:
    shown = order[:_BARS]
    if highlight is not None and highlight not in shown:
        shown = [*shown[: _BARS - 1], highlight]
    return {
        "kind": kind,
        "title": measure.label[:1].upper() + measure.label[1:],
        "unit": measure.column.unit,
        "labels": [name_text(profile.names[row]) for row in shown],
        "values": [round(float(measure.values[row]) / measure.scale, 6) for row in shown],
        "highlight": shown.index(highlight) if highlight is not None else None,
    }


def _most(measure: Measure, *, highest: bool) -> str:
    if measure.adds:
        return "most" if highest else "fewest" if measure.plural else "least"
    if re.search(r"(?:height|length|depth|width|distance|area|size|age|weight|span)$", measure.label):
        return "greatest" if highest else "smallest"
    return "highest" if highest else "lowest"


def _leader(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    first, second, code = order[0], order[1], measure.code
    top, next_ = float(measure.values[first]), float(measure.values[second])
    ties = [row for row in order if float(measure.values[row]) == top]
    if len(ties) > 4:
        return None
    extreme = Piece(_most(measure, highest=True), f"{code}[{first}] == max({code})")
    pieces = {
        "name": name_piece(profile, first),
        "second": name_piece(profile, second),
        "most": extreme,
        "label": Piece(measure.noun),
        "value": amount(measure, top, f"{code}[{first}]"),
        "next": amount(measure, next_, f"{code}[{second}]"),
        "count": Piece(number_text(float(len(order))), f"count({code})"),
        "nouns": Piece(profile.nouns),
    }
    if len(ties) > 1:
        for place, row in enumerate(ties):
            pieces[f"name{place}"] = name_piece(profile, row)
        listing = ", ".join(f"{{name{i}}}" for i in range(len(ties) - 1)) + f" and {{name{len(ties) - 1}}}"
        wordings: tuple[str, ...] = (f"{listing} share the {{most}} {{label}} of all {{nouns}}: {{value}} each.",)
        score = 0.4
    else:
        wordings = (
            "Of {count} {nouns}, {name} has the {most} {label}: {value}.",
            "{name} has the {most} {label} of all {count} {nouns}: {value}.",
        )
        lead = (top - next_) / abs(top) if top else 0.0
        score = 0.55 + 0.35 * min(lead / 0.4, 1.0)
        if next_ > 0 and top / next_ >= 1.8 and measure.sums:
            pieces["ratio"] = Piece(f"{top / next_:.1f}".removesuffix(".0"), f"{code}[{first}] / {code}[{second}]")
            wordings = (
                "{name} has the {most} {label} of all {count} {nouns}: {value}, {ratio} times the figure of {second}.",
            )
    return Fact(
        "leader", measure.column.name, score, wordings, pieces, _bars(profile, measure, order, first, "ranking")
    )


def _followers(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    if len(order) < 5 or len({float(measure.values[row]) for row in order[:4]}) < 4:
        return None
    second, third, code = order[1], order[2], measure.code
    pieces = {
        "second": name_piece(profile, second),
        "third": name_piece(profile, third),
        "place2": Piece("second", f"rank({code}, {second})"),
        "place3": Piece("third", f"rank({code}, {third})"),
        "value2": amount(measure, float(measure.values[second]), f"{code}[{second}]"),
        "value3": amount(measure, float(measure.values[third]), f"{code}[{third}]"),
        "label": Piece(measure.label),
    }
    wordings = (
        "For {label}, {second} comes {place2} with {value2}, and {third} is {place3} with {value3}.",
        "In {place2} place for {label} is {second} with {value2}; {third} comes {place3} with {value3}.",
    )
    chart = _bars(profile, measure, order, second, "ranking")
    return Fact("followers", measure.column.name, 0.42, wordings, pieces, chart)


def _last(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    row, code = order[-1], measure.code
    low = float(measure.values[row])
    ties = [other for other in order if float(measure.values[other]) == low]
    if len(ties) > 1:
        return None
    pieces = {
        "name": name_piece(profile, row),
        "fewest": Piece(_most(measure, highest=False), f"{code}[{row}] == min({code})"),
        "label": Piece(measure.noun),
        "value": amount(measure, low, f"{code}[{row}]"),
        "nouns": Piece(profile.nouns),
    }
    wordings = (
        "At the other end of the table, {name} has the {fewest} {label}: {value}.",
        "The {fewest} {label} belongs to {name}: {value}."
        if not measure.plural
        else "The {fewest} {label} belong to {name}: {value}.",
    )
    chart = _bars(profile, measure, order[::-1], row, "bar_chart")
    return Fact("trailer", measure.column.name, 0.4, wordings, pieces, chart)


def _concentration(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    values = measure.values[order]
    if not measure.adds or (values < 0).any() or len(order) < 8 or values.sum() <= 0:
        return None
    leaders = order[:3]
    if values[2] == values[3]:
        return None
    share = float(values[:3].sum() / values.sum())
    code, third = measure.code, order[2]
    pieces = {
        "three": Piece("three", f"count(where({code}, {code} >= {code}[{third}]))"),
        "count": Piece(number_text(float(len(order))), f"count({code})"),
        "nouns": Piece(profile.nouns),
        "share": Piece(number_text(round(share * 100), "%", 0), f"percent(top({code}, 3) / sum({code}))"),
        "label": Piece(measure.label),
        **{f"name{place}": name_piece(profile, row) for place, row in enumerate(leaders)},
    }
    wordings = (
        "Just {three} of the {count} {nouns}, {name0}, {name1} and {name2}, account for {share} of all {label}.",
        "{name0}, {name1} and {name2} together account for {share} of all {label} in the table.",
    )
    even = 3 / len(order)
    chart = _bars(profile, measure, order, None, "share")
    rest = float(values[7:].sum()) if len(order) > _BARS else 0.0
    if rest > 0:
        chart["labels"] = [*chart["labels"][:7], "All others"]
        chart["values"] = [*chart["values"][:7], round(rest / measure.scale, 6)]
    score = 0.4 + 0.4 * min(max(share - even, 0) / 0.4, 1.0)
    return Fact("concentration", measure.column.name, score, wordings, pieces, chart)


def _middle(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    if len(order) < 8:
        return None
    code = measure.code
    pieces = {
        "subject": Piece(measure.phrase),
        "label": Piece(measure.label),
        "median": amount(measure, float(np.median(measure.values[order])), f"median({code})"),
        "sum": amount(measure, float(measure.values[order].sum()), f"sum({code})"),
        "count": Piece(number_text(float(len(order))), f"count({code})"),
        "noun": Piece(profile.noun),
        "nouns": Piece(profile.nouns),
    }
    if measure.sums:
        wordings: tuple[str, ...] = (
            "For all {count} {nouns}, {label} come to {sum}; the median is {median}."
            if measure.plural
            else "For all {count} {nouns}, {label} comes to {sum}; the median is {median}.",
            "The total for {label} over {count} {nouns} is {sum}, and the median {noun} stands at {median}.",
        )
    else:
        wordings = ("The median for {label} over {count} {nouns} is {median}.",)
    chart = _bars(profile, measure, order, None, "ranking")
    return Fact("middle", measure.column.name, 0.3, wordings, pieces, chart, "any")


def _noughts(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    none = [row for row in order if measure.values[row] == 0]
    if not (measure.adds and 2 <= len(none) <= 0.9 * len(order)):
        return None
    code = measure.code
    share = len(none) / len(order)
    pieces = {
        "none": Piece(count_text(len(none)), f"count(where({code}, {code} == 0))"),
        "count": Piece(number_text(float(len(order))), f"count({code})"),
        "nouns": Piece(profile.nouns),
        "label": Piece(measure.label),
        "share": Piece(
            number_text(round(share * 100), "%", 0), f"percent(count(where({code}, {code} == 0)) / count({code}))"
        ),
    }
    wordings = (
        "{none} of the {count} {nouns}, or {share}, have no {label} at all.",
        "There are no {label} for {none} of the {count} {nouns}, or {share}."
        if measure.plural
        else "There is no {label} for {none} of the {count} {nouns}, or {share}.",
    )
    chart = {
        "kind": "share",
        "title": measure.label[:1].upper() + measure.label[1:],
        "unit": "",
        "labels": ["None", "At least some"],
        "values": [len(none), len(order) - len(none)],
        "highlight": 0,
    }
    return Fact("noughts", measure.column.name, 0.35 + 0.3 * (1 - abs(share - 0.5)), wordings, pieces, chart)


def _outlier(profile: Profile, measure: Measure, order: list[int]) -> Fact | None:
    values = measure.values[order]
    median = float(np.median(values))
    spread = float(np.median(np.abs(values - median))) * 1.4826
    if spread == 0 or len(order) < 10:
        return None
    far = (values - median) / spread
    at = int(np.argmax(np.abs(far)))
    row, code = order[at], measure.code
    if abs(far[at]) < 5 or float(measure.values[row]) <= 0 or median <= 0:
        return None
    ratio = float(measure.values[row]) / median
    if ratio < 2 or not measure.has_ratios or measure.is_name:
        return None
    pieces = {
        "name": name_piece(profile, row),
        "ratio": Piece(
            f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}".removesuffix(".0"), f"{code}[{row}] / median({code})"
        ),
        "median": amount(measure, median, f"median({code})"),
        "label": Piece(measure.label),
        "value": amount(measure, float(measure.values[row]), f"{code}[{row}]"),
    }
    wordings = (
        "{name} stands apart for {label}: {value}, which is {ratio} times the median of {median}.",
        "For {label}, {name} is far from the rest: {value}, against a median of {median}.",
    )
    chart = _bars(profile, measure, order, row, "bar_chart")
    return Fact("outlier", measure.column.name, 0.5 + 0.02 * min(abs(far[at]), 15), wordings, pieces, chart, "turn")


def _holes(profile: Profile, measure: Measure) -> Fact | None:
    absent = np.flatnonzero(np.isnan(measure.values)).tolist()
    if not absent:
        return None
    pieces = {
        "label": Piece(measure.label),
        "no_figure": Piece("no figure", f"missing({measure.code}) == 1"),
        "name": name_piece(profile, absent[0]),
        "count": Piece(count_text(len(absent)), f"missing({measure.code})"),
        "rows": Piece(number_text(float(profile.rows)), "rows()"),
        "nouns": Piece(profile.nouns),
    }
    wordings = (
        ("The table gives {no_figure} for the {label} of {name}.",)
        if len(absent) == 1
        else ("For {count} of the {rows} {nouns}, the table gives no figure for {label}.",)
    )
    return Fact("gap", measure.column.name, 0.3, wordings, pieces, None, "close")


def _then_and_now(profile: Profile) -> list[tuple[Measure, Measure]]:
    """Pairs of columns that measure the same in two periods: `incidents 85–99` and `incidents 00–14`."""
    pairs = []
    dated = [(re.sub(r"[\d–-]+$", "", m.label).strip(), m) for m in profile.measures if re.search(r"\d\d$", m.label)]
    for place, (stem, earlier) in enumerate(dated):
        for other_stem, later in dated[place + 1 :]:
            if stem == other_stem and earlier.unit == later.unit and earlier.sums:
                pairs.append((earlier, later))
                break
    return pairs


def _between(profile: Profile, earlier: Measure, later: Measure) -> list[Fact]:
    both = np.flatnonzero(~np.isnan(earlier.values) & ~np.isnan(later.values))
    if len(both) < 3 or len(both) != profile.rows:
        return []
    old, new = float(earlier.values.sum()), float(later.values.sum())
    if old <= 0 or old == new:
        return []
    rose, a, b = new > old, earlier.code, later.code
    inner = f"(sum({b}) - sum({a}))" if rose else f"(sum({a}) - sum({b}))"
    change = abs(new - old) / old
    chart = {
        "kind": "bar_chart",
        "title": "All " + profile.nouns,
        "unit": earlier.column.unit,
        "labels": [earlier.label, later.label],
        "values": [round(old / earlier.scale, 6), round(new / later.scale, 6)],
        "highlight": 1,
    }
    direction = f"sum({b}) {'>' if rose else '<'} sum({a})"
    pieces = {
        "count": Piece(number_text(float(len(both))), "rows()"),
        "nouns": Piece(profile.nouns),
        "earlier": Piece(earlier.label),
        "later": Piece(later.label),
        "old": amount(earlier, old, f"sum({a})"),
        "new": amount(later, new, f"sum({b})"),
        "size": Piece(number_text(round(change * 100), "%", 0), f"percent({inner} / sum({a}))"),
        "rise": Piece("a rise" if rose else "a fall", direction),
        "up": Piece("up" if rose else "down", direction),
    }
    wordings = (
        "Over all {count} {nouns}, {earlier} come to {old} and {later} to {new}, {rise} of {size}.",
        "Together the {count} {nouns} count {old} {earlier} and {new} {later}, {up} {size}.",
    )
    facts = [Fact("then_now", later.column.name, 0.6 + 0.4 * min(change, 1.0), wordings, pieces, chart)]
    differences = later.values - earlier.values
    row = int(np.argmin(differences) if not rose else np.argmax(differences))
    moved = float(differences[row])
    if (moved > 0) == rose and moved != 0 and int((differences == moved).sum()) == 1:
        bound = f"{b}[{row}] - {a}[{row}] == {'max' if rose else 'min'}({b} - {a})"
        sign = ">" if rose else "<"
        pieces = {
            "name": name_piece(profile, row),
            "fall": Piece("rise" if rose else "fall", bound),
            "from_value": amount(earlier, float(earlier.values[row]), f"{a}[{row}]"),
            "to_value": amount(later, float(later.values[row]), f"{b}[{row}]"),
            "went": Piece("rose" if rose else "fell", f"{b}[{row}] {sign} {a}[{row}]"),
            "earlier": Piece(earlier.label),
            "later": Piece(later.label),
        }
        wordings = (
            "No other shows a sharper {fall} than {name}: from {from_value} {earlier} to {to_value} {later}.",
            "The sharpest {fall} belongs to {name}, which went from {from_value} {earlier} to {to_value} {later}.",
        )
        bars = {**chart, "title": name_text(profile.names[row])}
        bars["values"] = [
            round(float(earlier.values[row]) / earlier.scale, 6),
            round(float(later.values[row]) / later.scale, 6),
        ]
        facts.append(Fact("mover", later.column.name, 0.55, wordings, pieces, bars, "turn"))
    return facts
