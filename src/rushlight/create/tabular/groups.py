"""Facts of groups of rows, of yes-or-no columns, and of two measures side by side; and what the table is."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from rushlight.create.derivation import column_code
from rushlight.create.tabular.profile import Measure, Profile
from rushlight.create.tabular.series import amount
from rushlight.create.tabular.wording import Fact, Piece, name_text, number_text, time_text

__all__ = ["context_facts", "correlation_facts", "flag_facts", "group_facts"]

_STRONG = 0.7
_FEWEST_PAIRS = 8


def context_facts(profile: Profile) -> list[Fact]:
    """What the table is: how many rows of what, and over which time."""
    rows = Piece(number_text(float(profile.rows)), "rows()")
    nouns = Piece(profile.nouns if profile.rows != 1 else profile.noun)
    chart = {
        "kind": "number",
        "title": profile.nouns[:1].upper() + profile.nouns[1:],
        "unit": "",
        "labels": [profile.nouns],
        "values": [profile.rows],
        "highlight": 0,
    }
    column = profile.time or next(iter(profile.dates), None)
    facts = []
    if column is not None:
        known = profile.table.frame[column.name].drop_nulls().to_list()
        code = column_code(column.name)
        monthly = profile.monthly if profile.time else False
        pieces = {
            "rows": rows,
            "nouns": nouns,
            "first": Piece(time_text(min(known), monthly=monthly), f"min({code})"),
            "last": Piece(time_text(max(known), monthly=monthly), f"max({code})"),
        }
        wordings: tuple[str, ...] = (
            "The figures cover {rows} {nouns}, from {first} to {last}.",
            "The table runs from {first} to {last}: {rows} {nouns}.",
        )
        if not profile.time:
            pieces["label"] = Piece(column.label)
            wordings = ("The table lists {rows} {nouns}, with “{label}” from {first} to {last}.",)
            if column.label.lower() in ("year", "date"):
                wordings = ("The table lists {rows} {nouns} from {first} to {last}.",)
        facts.append(Fact("scope", column.name, 0.5, wordings, pieces, chart, "context"))
    else:
        wordings = ("The table lists {rows} {nouns}.", "There are {rows} {nouns} in the table.")
        if len(profile.measures) >= 2:
            wordings = ("The table sets {rows} {nouns} side by side in several measures.",)
        pieces = {"rows": rows, "nouns": nouns}
        if len(profile.measures) == 2:
            wordings = ("The table sets {rows} {nouns} side by side: their {one} and their {other}.",)
            for name, measure in zip(("one", "other"), profile.measures, strict=True):
                pieces[name] = Piece(measure.label, f"header({measure.column.name!r})")
        facts.append(Fact("scope", "", 0.5, wordings, pieces, chart, "context"))
    return facts


def group_facts(profile: Profile) -> list[Fact]:
    """How rows divide into groups, and how groups differ."""
    facts: list[Fact] = []
    for place, column in enumerate(profile.categories[:4]):
        values = profile.table.frame[column.name].to_list()
        counts: dict[str, int] = {}
        for value in values:
            if value is not None:
                counts[value] = counts.get(value, 0) + 1
        order = sorted(counts, key=lambda value: (-counts[value], value))
        total = sum(counts.values())
        code = column_code(column.name)
        if len(order) < 2 or counts[order[0]] == counts[order[1]] or any(len(value) > 40 for value in order):
            continue
        facts.append(_division(profile, column.label, code, order, counts, total, place))
        for measure in profile.measures[:4]:
            if (fact := _group_means(profile, column.label, code, values, counts, measure)) is not None:
                facts.append(fact)
    return facts


def _member(code: str, values: list[str | None], value: str) -> Piece:
    said = name_text(value)
    # A code or a lower-case word is shown as the value it is, not as if it were English.
    quoted = said if said[:1].isupper() and not said.isupper() else f"“{said}”"
    return Piece(quoted, f"{code}[{values.index(value)}]")


def _division(
    profile: Profile, label: str, code: str, order: list[str], counts: dict[str, int], total: int, place: int
) -> Fact:
    values = profile.table.frame[_name_of(code)].to_list()
    first, second = order[0], order[1]
    share = counts[first] / total
    pieces = {
        "label": Piece(label),
        "first": _member(code, values, first),
        "second": _member(code, values, second),
        "count1": Piece(number_text(float(counts[first])), f"count(where({code}, {code} == {first!r}))"),
        "count2": Piece(number_text(float(counts[second])), f"count(where({code}, {code} == {second!r}))"),
        "total": Piece(number_text(float(total)), f"count({code})"),
        "nouns": Piece(profile.nouns),
        "share": Piece(
            number_text(round(share * 100), "%", 0),
            f"percent(count(where({code}, {code} == {first!r})) / count({code}))",
        ),
    }
    wordings = (
        "By {label}, {first} accounts for {count1} of the {total} {nouns}, or {share}, and {second} for {count2}.",
        "Sorted by {label}, {count1} of {total} {nouns}, or {share}, belong to {first}, and {count2} to {second}.",
    )  # fmt: skip
    chart = {
        "kind": "share",
        "title": label[:1].upper() + label[1:],
        "unit": "",
        "labels": [name_text(value) for value in order[:8]],
        "values": [counts[value] for value in order[:8]],
        "highlight": 0,
    }
    return Fact("division", _name_of(code), 0.5 - 0.08 * place, wordings, pieces, chart)


def _name_of(code: str) -> str:
    return code[5:-2] if code.startswith("col(") else code


def _group_means(
    profile: Profile, label: str, code: str, values: list[str | None], counts: dict[str, int], measure: Measure
) -> Fact | None:
    means: dict[str, float] = {}
    for value in counts:
        rows = [row for row, other in enumerate(values) if other == value and not np.isnan(measure.values[row])]
        if len(rows) >= max(3, round(0.03 * len(values))):
            means[value] = float(measure.values[rows].mean())
    if len(means) < 2:
        return None
    order = sorted(means, key=lambda value: (-means[value], value))
    high, low = order[0], order[-1]
    known = measure.values[measure.known]
    if known.std() == 0 or means[high] == means[low]:
        return None
    effect = (means[high] - means[low]) / float(known.std())
    if effect < 0.5:
        return None
    pieces = {
        "label": Piece(label),
        "measure": Piece(measure.phrase),
        "high": _member(code, values, high),
        "low": _member(code, values, low),
        "high_mean": amount(measure, means[high], f"mean(where({measure.code}, {code} == {high!r}))"),
        "low_mean": amount(measure, means[low], f"mean(where({measure.code}, {code} == {low!r}))"),
        "noun": Piece(profile.noun),
    }
    wordings = (
        "On average, {measure} comes to {high_mean} for {high}, against {low_mean} for {low}."
        if not measure.plural
        else "On average, {measure} come to {high_mean} for {high}, against {low_mean} for {low}.",
        "By {label}, the average for {only} runs from {low_mean} for {low} to {high_mean} for {high}.",
    )
    pieces["only"] = Piece(measure.label)
    chart = {
        "kind": "bar_chart",
        "title": f"Average {measure.label}",
        "unit": measure.column.unit,
        "labels": [name_text(value) for value in order[:8]],
        "values": [round(means[value] / measure.scale, 4) for value in order[:8]],
        "highlight": 0,
    }
    return Fact("group_means", measure.column.name, 0.42 + 0.15 * min(effect, 2), wordings, pieces, chart)


def flag_facts(profile: Profile) -> list[Fact]:
    """Which yes-or-no columns hold most and least often."""
    flags = [(float(np.nansum(flag.values)), flag) for flag in profile.flags]
    flags.sort(key=lambda pair: (-pair[0], pair[1].column.name))
    if len(flags) < 3 or flags[0][0] == 0:
        return []
    nouns, rows = Piece(profile.nouns), Piece(number_text(float(profile.rows)), "rows()")
    labels = [flag.label for _, flag in flags[:8]]
    chart: dict[str, Any] = {
        "kind": "ranking",
        "title": f"How many {profile.nouns}",
        "unit": "",
        "labels": labels,
        "values": [int(count) for count, _ in flags[:8]],
        "highlight": 0,
    }

    def pieces_of(place: int) -> dict[str, Piece]:
        count, flag = flags[place]
        code = flag.code
        return {
            f"flag{place}": Piece(flag.label, f"header({flag.column.name!r})"),
            f"count{place}": Piece(number_text(count), f"sum({code})"),
            f"share{place}": Piece(
                number_text(round(count / profile.rows * 100), "%", 0), f"percent(sum({code}) / rows())"
            ),
        }

    shared = {"nouns": nouns, "rows": rows}
    facts = [
        _flag(profile, flags[0][1], 0.8, chart, pieces_of(0) | shared,
              ("Of the {rows} {nouns}, {count0} are marked “{flag0}”: {share0}.",
               "The mark found in {count0} of the {rows} {nouns}, or {share0}, is “{flag0}”."))
    ]  # fmt: skip
    for first in range(1, min(len(flags) - 2, 10), 3):
        if flags[first + 2][0] == 0:
            break
        trio = pieces_of(first) | pieces_of(first + 1) | pieces_of(first + 2) | shared
        said = [f"“{{flag{place}}}” with {{count{place}}}" for place in range(first, first + 3)]
        wordings = (
            f"Then come {said[0]}, {said[1]} and {said[2]}.",
            f"Next in line are {said[0]}, {said[1]} and {said[2]}.",
        )
        highlighted = {**chart, "highlight": first if first < len(labels) else None}
        facts.append(_flag(profile, flags[first][1], 0.7 - 0.03 * first, highlighted, trio, wordings))
    for place in range(1, min(len(flags), 4)):
        if flags[place][0] > 0:
            wording = f"In {{share{place}}} of all {{nouns}}, “{{flag{place}}}” is marked."
            facts.append(_flag(profile, flags[place][1], 0.3, chart, pieces_of(place) | shared, (wording,)))
    rare = [(count, flag) for count, flag in flags if 0 < count == flags[-1][0]]
    singles = [flag for count, flag in flags if count == 1]
    if len(rare) == 1:
        place = flags.index(rare[0])
        pieces = pieces_of(place) | shared
        facts.append(
            Fact("rare", rare[0][1].column.name, 0.5,
                 (f"At the other end, “{{flag{place}}}” is marked for {{count{place}}} of the {{rows}} {{nouns}}.",),
                 pieces, None, "turn", rare[0][1].label)
        )  # fmt: skip
    elif 2 <= len(singles) <= 4:
        named = {f"s{i}": Piece(flag.label, f"header({flag.column.name!r})") for i, flag in enumerate(singles)}
        listing = ", ".join(f"“{{s{i}}}”" for i in range(len(singles) - 1)) + f" and “{{s{len(singles) - 1}}}”"
        named["once"] = Piece("a single", f"sum({singles[0].code})")
        wording = f"Some things are rare: {listing} are each marked for {{once}} {profile.noun}."
        facts.append(Fact("rare", singles[0].column.name, 0.5, (wording,), named, None, "turn"))
    return facts


def _flag(
    profile: Profile,
    flag: Measure,
    score: float,
    chart: dict[str, Any],
    pieces: dict[str, Piece],
    wordings: tuple[str, ...],
) -> Fact:
    # All flags make one topic, so that they are told in one breath.
    topic = f"{profile.nouns} by what they show"
    return Fact("flag", topic, score, wordings, pieces, chart, picture=flag.label)


def correlation_facts(profile: Profile) -> list[Fact]:
    """Strong linear relations between two measures, stated with r and n, and never as cause."""
    facts = []
    measures = profile.measures[:10]
    for place, left in enumerate(measures):
        for right in measures[place + 1 :]:
            both = ~np.isnan(left.values) & ~np.isnan(right.values)
            x, y = left.values[both], right.values[both]
            if len(x) < _FEWEST_PAIRS or x.std() == 0 or y.std() == 0 or _kin(left.label, right.label):
                continue
            r = float(np.corrcoef(x, y)[0, 1])
            # One far point can make any correlation; it must hold for ranks as well.
            ranks = float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])
            if abs(r) < _STRONG or abs(ranks) < 0.55 or r * ranks < 0 or abs(r) > 0.995:
                continue
            facts.append(_together(profile, left, right, r, len(x)))
    return sorted(facts, key=lambda fact: -fact.score)[:2]


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float)


def _kin(left: str, right: str) -> bool:
    """Whether two labels name the same thing measured twice, which correlates without telling anything."""
    words = [set(re.findall(r"[^\W\d_]{3,}", label.lower())) for label in (left, right)]
    return bool(words[0] & words[1])


def _together(profile: Profile, left: Measure, right: Measure, r: float, pairs: int) -> Fact:
    pieces = {
        "left": Piece(left.phrase),
        "right": Piece(right.phrase),
        "r": Piece(f"{'minus ' if r < 0 else ''}{abs(r):.2f}", f"corr({left.code}, {right.code})"),
        "pairs": Piece(number_text(float(pairs)), f"pairs({left.code}, {right.code})"),
        "nouns": Piece(profile.nouns),
    }
    how = "move together" if r > 0 else "move in opposite directions"
    wordings = (
        f"Over {{pairs}} {{nouns}}, {{left}} and {{right}} {how}, with a correlation of {{r}}; that shows no cause.",
        f"{{left}} and {{right}} {how}: the correlation is {{r}} over {{pairs}} {{nouns}}, which proves no cause.",
    )
    rows = np.flatnonzero(~np.isnan(left.values) & ~np.isnan(right.values)).tolist()
    chart = {
        "kind": "scatter",
        "title": f"{left.label[:1].upper() + left.label[1:]} and {right.label}",
        "unit": right.column.unit,
        "labels": [left.label, right.label],
        "x": [round(float(left.values[row]) / left.scale, 6) for row in rows],
        "values": [round(float(right.values[row]) / right.scale, 6) for row in rows],
        "x_unit": left.column.unit,
        "highlight": None,
    }
    return Fact("correlation", right.column.name, 0.3 + 0.3 * abs(r), wordings, pieces, chart, "turn")
