"""Facts of a table whose rows are ordered in time: changes, records, runs, breaks, gaps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from rushlight.create.derivation import column_code
from rushlight.create.tabular.profile import Measure, Profile
from rushlight.create.tabular.wording import Fact, Piece, count_text, number_text, time_text

__all__ = ["amount", "series_facts", "when"]


def series_facts(profile: Profile) -> list[Fact]:
    """Everything worth saying about each measure over time; nothing when the rows have no time."""
    if profile.time is None:
        return []
    facts: list[Fact] = []
    for place, measure in enumerate(profile.measures[:10]):
        weight = 1.0 - 0.06 * place
        rows = [row for row in profile.in_time if not np.isnan(measure.values[row])]
        if len(rows) >= 3:
            found = [
                _change(profile, measure, rows),
                _extreme(profile, measure, rows, highest=True),
                _extreme(profile, measure, rows, highest=False),
                _sharpest(profile, measure, rows),
                _run(profile, measure, rows),
                _level(profile, measure, rows),
                _total(profile, measure, rows),
                _recovery(profile, measure, rows),
                _holes(profile, measure),
            ]
            facts += [_weighted(fact, weight) for fact in found if fact is not None]
    facts += [fact for fact in (_absent_years(profile),) if fact is not None]
    return facts


def _weighted(fact: Fact, weight: float) -> Fact:
    from dataclasses import replace

    return replace(fact, score=round(fact.score * weight, 4))


def amount(measure: Measure, value: float, derivation: str) -> Piece:
    """An amount of a measure with its unit."""
    return Piece(number_text(value, measure.unit, max(measure.decimals, 1) if measure.scale == 1 else 2), derivation)


def when(profile: Profile, row: int, *, preposition: bool = False) -> Piece:
    """The time of a row."""
    assert profile.time is not None
    text = time_text(profile.times[row], monthly=profile.monthly, preposition=preposition)
    return Piece(text, f"{column_code(profile.time.name)}[{row}]")


def _chart(
    profile: Profile, measure: Measure, rows: list[int], highlight: int | None, title: str = ""
) -> dict[str, Any]:
    times = [profile.times[row] for row in rows]
    values = [round(float(measure.values[row]) / measure.scale, 6) for row in rows]
    return {
        "kind": "line_chart",
        "title": title or measure.label[:1].upper() + measure.label[1:],
        "unit": measure.column.unit,
        "labels": [time_text(time, monthly=profile.monthly) for time in times],
        "x": [time.isoformat() if isinstance(time, dt.date) else time for time in times],
        "values": values,
        "highlight": rows.index(highlight) if highlight is not None else None,
    }


def _times_as_much(ratio: float) -> str:
    return f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:.0f}"


def _change(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    first, last = rows[0], rows[-1]
    old, new, code = float(measure.values[first]), float(measure.values[last]), measure.code
    if old == new:
        return None
    rose = new > old
    sign = ">" if rose else "<"
    direction = f"{code}[{last}] {sign} {code}[{first}]"
    order = np.arange(len(rows))
    values = measure.values[rows]
    trend = abs(float(np.corrcoef(order, values)[0, 1])) if values.std() > 0 else 0.0
    pieces = {
        "subject": Piece(measure.phrase),
        "from_time": when(profile, first),
        "to_time": when(profile, last),
        "rose": Piece("rose" if rose else "fell", direction),
        "climbed": Piece("climbed" if rose else "declined", direction),
        "rise": Piece("a rise of" if rose else "a fall of", direction),
        "up": Piece("up" if rose else "down", direction),
        "old": amount(measure, old, f"{code}[{first}]"),
        "new": amount(measure, new, f"{code}[{last}]"),
    }
    if measure.unit == "%":
        points = f"points({code}[{last}] - {code}[{first}])" if rose else f"points({code}[{first}] - {code}[{last}])"
        pieces["size"] = Piece(number_text(abs(new - old), "points", 1), points)
        strength = min(abs(new - old) / 20, 1.0)
    elif measure.has_ratios and old > 0 and new / old >= 2:
        pieces["ratio"] = Piece(_times_as_much(new / old), f"{code}[{last}] / {code}[{first}]")
        strength = min(new / old / 4, 1.0)
    elif measure.has_ratios and old > 0 and new >= 0:
        share = abs(new - old) / old
        inner = f"({code}[{last}] - {code}[{first}])" if rose else f"({code}[{first}] - {code}[{last}])"
        pieces["size"] = Piece(_percent_text(share * 100), f"percent({inner} / {code}[{first}])")
        strength = min(share / 0.5, 1.0)
    else:
        strength = 0.3
    if "ratio" in pieces:
        wordings: tuple[str, ...] = (
            "Between {from_time} and {to_time}, {subject} {rose} from {old} to {new}, "
            "which is {ratio} times the figure at the start.",
            "{subject} {climbed} from {old} in {from_time} to {new} in {to_time}: {ratio} times as much.",
        )
    elif "size" in pieces:
        wordings = (
            "Between {from_time} and {to_time}, {subject} {rose} from {old} to {new}, {rise} {size}.",
            "From {from_time} to {to_time}, {subject} {climbed} from {old} to {new}, {up} {size}.",
        )
    else:
        wordings = ("Between {from_time} and {to_time}, {subject} {rose} from {old} to {new}.",)
    if isinstance(profile.times[first], dt.date) and not profile.monthly:
        wordings = tuple(
            w.replace(" in {from_time}", " on {from_time}").replace(" in {to_time}", " on {to_time}") for w in wordings
        )
    score = 0.35 + 0.35 * strength + 0.3 * trend
    # Day by day the ends of a series are chance; only a trend makes them news.
    if len(rows) > 60:
        score *= trend
    return Fact("change", measure.column.name, score, wordings, pieces, _chart(profile, measure, rows, last))


def _percent_text(percent: float) -> str:
    return number_text(round(percent) if percent >= 10 else percent, "%", 1)


def _extreme(profile: Profile, measure: Measure, rows: list[int], *, highest: bool) -> Fact | None:
    values = measure.values[rows]
    target = float(values.max() if highest else values.min())
    holders = [row for row in rows if float(measure.values[row]) == target]
    if len(holders) > 3 or (target == 0 and not highest):
        return None
    row, code = holders[-1], measure.code
    function = "max" if highest else "min"
    others = f"{code}[{row}] == {function}({code})"
    median = float(np.median(values))
    spread = float(np.median(np.abs(values - median))) * 1.4826
    far = min(abs(target - median) / spread / 6, 1.0) if spread > 0 else 0.3
    is_last = row == rows[-1] and len(holders) == 1
    word = "highest" if highest else "lowest"
    pieces = {
        "subject": Piece(measure.phrase),
        "label": Piece(measure.mention),
        "extreme": Piece(word, others),
        "peaked": Piece("peaked" if highest else "reached its lowest point", others),
        "time": when(profile, row),
        "when": when(profile, row, preposition=True),
        "value": amount(measure, target, f"{code}[{row}]"),
        "count": Piece(number_text(float(len(rows))), f"count({code})"),
        "nouns": Piece(profile.nouns),
    }
    wordings: tuple[str, ...]
    if len(holders) > 1:
        others_said = [when(profile, other) for other in holders]
        pieces["often"] = Piece(count_text(len(holders)), f"holders({code}, {function}({code}))")
        pieces |= {f"time{place}": piece for place, piece in enumerate(others_said)}
        listing = " and ".join(f"{{time{place}}}" for place in range(len(holders)))
        if len(holders) == 3:
            listing = "{time0}, {time1} and {time2}"
        wordings = (f"The {{extreme}} figure for {{label}}, {{value}}, came on {{often}} occasions: {listing}.",)
    elif is_last:
        wordings = (
            "The latest figure for {label} is the {extreme} of the {count} {nouns} in the table: {value}.",
            "{when}, {subject} stood at {value}, the {extreme} figure in the {count} {nouns} in the table.",
        )
    else:
        wordings = (
            "The {extreme} figure for {label} came {when}: {value}.",
            "{when}, {subject} stood at {value}, the {extreme} of the {count} {nouns} in the table.",
        )
        if highest and not measure.plural:
            wordings += ("{subject} {peaked} {when}, at {value}.",)
    score = (0.5 if highest else 0.4) + 0.3 * far + 0.15 * is_last
    return Fact(
        "record" if highest else "low",
        measure.column.name,
        score,
        wordings,
        pieces,
        _chart(profile, measure, rows, row),
    )


def _sharpest(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    values = measure.values[rows]
    steps = np.diff(values)
    if len(steps) < 3 or profile.time is None:
        return None
    at = int(np.argmax(np.abs(steps)))
    before, after = rows[at], rows[at + 1]
    rose = bool(steps[at] > 0)
    if int((np.abs(steps) == abs(steps[at])).sum()) > 1:
        return None
    code, time = measure.code, column_code(profile.time.name)
    bound = f"max(steps({code}, {time}))" if rose else f"min(steps({code}, {time}))"
    old, new = float(values[at]), float(values[at + 1])
    spread = float(np.median(np.abs(steps - np.median(steps)))) * 1.4826
    far = min(abs(float(steps[at])) / spread / 8, 1.0) if spread > 0 else 0.5
    pieces = {
        "subject": Piece(measure.phrase),
        "label": Piece(measure.mention),
        "rise": Piece("rise" if rose else "fall", f"{code}[{after}] - {code}[{before}] == {bound}"),
        "went": Piece("rose" if rose else "dropped", f"{code}[{after}] {'>' if rose else '<'} {code}[{before}]"),
        "from_time": when(profile, before),
        "to_time": when(profile, after),
        "when": when(profile, after, preposition=True),
        "old": amount(measure, old, f"{code}[{before}]"),
        "new": amount(measure, new, f"{code}[{after}]"),
        "noun": Piece(profile.noun),
    }
    wordings: tuple[str, ...] = (
        "The sharpest {rise} came between {from_time} and {to_time}, when {subject} {went} from {old} to {new}.",
        "No {noun} saw a sharper {rise} than {to_time}, when {subject} {went} from {old} to {new}.",
    )
    if profile.noun == "day":
        wordings = wordings[1:]
    return Fact(
        "break", measure.column.name, 0.4 + 0.45 * far, wordings, pieces, _chart(profile, measure, rows, after), "turn"
    )


def _run(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    steps = np.sign(np.diff(measure.values[rows]))
    best, best_end, sign = 0, 0, 0
    run, current = 0, 0
    for place, step in enumerate(steps):
        run = run + 1 if step == current and step != 0 else int(step != 0)
        current = int(step)
        if run > best:
            best, best_end, sign = run, place, current
    if best < 4:
        return None
    members = rows[best_end - best + 1 : best_end + 2]
    code = measure.code
    assert profile.time is not None
    rose = sign > 0
    listed = ", ".join(str(row) for row in members)
    direction = f"steady_{'rise' if rose else 'fall'}({code}, {listed})"
    longest = f"longest_{'rise' if rose else 'fall'}({code}, {column_code(profile.time.name)})"
    pieces = {
        "subject": Piece(measure.phrase),
        "rose": Piece("rose" if rose else "fell", direction),
        "times": Piece(count_text(best), longest),
        "nouns": Piece(profile.nouns),
        "from_time": when(profile, members[0]),
        "to_time": when(profile, members[-1]),
        "old": amount(measure, float(measure.values[members[0]]), f"{code}[{members[0]}]"),
        "new": amount(measure, float(measure.values[members[-1]]), f"{code}[{members[-1]}]"),
    }
    wordings: tuple[str, ...] = (
        "After {from_time}, {subject} {rose} {times} {nouns} in a row, from {old} to {new} in {to_time}.",
        "{subject} {rose} for {times} {nouns} running, from {old} in {from_time} to {new} in {to_time}.",
    )
    if isinstance(profile.times[members[0]], dt.date) and not profile.monthly:
        wordings = tuple(
            w.replace(" in {from_time}", " on {from_time}").replace(" in {to_time}", " on {to_time}") for w in wordings
        )
    score = (0.38 + 0.04 * min(best, 10)) * (0.7 if len(rows) > 60 else 1.0)
    return Fact("run", measure.column.name, score, wordings, pieces, _chart(profile, measure, rows, members[-1]))


def _level(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    if len(rows) < 8:
        return None
    code = measure.code
    pieces = {
        "subject": Piece(measure.phrase),
        "label": Piece(measure.mention),
        "mean": amount(measure, float(measure.values[rows].mean()), f"mean({code})"),
        "count": Piece(number_text(float(len(rows))), f"count({code})"),
        "nouns": Piece(profile.nouns),
    }
    wordings = (
        "Over the {count} {nouns} in the table, {subject} averaged {mean}.",
        "On average over {count} {nouns}, {subject} stood at {mean}.",
    )
    return Fact("level", measure.column.name, 0.3, wordings, pieces, _chart(profile, measure, rows, None))


def _total(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    if not measure.flows or len(rows) < 5:
        return None
    code = measure.code
    pieces = {
        "subject": Piece(measure.phrase),
        "sum": amount(measure, float(measure.values[rows].sum()), f"sum({code})"),
        "count": Piece(number_text(float(len(rows))), f"count({code})"),
        "nouns": Piece(profile.nouns),
    }
    wordings = ("Added together over {count} {nouns}, {subject} came to {sum}.",)
    return Fact("total", measure.column.name, 0.33, wordings, pieces, _chart(profile, measure, rows, None))


def _recovery(profile: Profile, measure: Measure, rows: list[int]) -> Fact | None:
    """From the deepest point that is not at an end to the last value, when it came back well."""
    values = measure.values[rows]
    low = int(np.argmin(values))
    old, new = float(values[low]), float(values[-1])
    if not 0 < low < len(rows) - 1 or old <= 0 or not measure.has_ratios or new / old < 1.5 or len(rows) > 60:
        return None
    code, row, last = measure.code, rows[low], rows[-1]
    pieces = {
        "subject": Piece(measure.phrase),
        "lowest": Piece("lowest", f"{code}[{row}] == min({code})"),
        "low_when": when(profile, row, preposition=True),
        "low_time": when(profile, row),
        "rose": Piece("risen", f"{code}[{last}] > {code}[{row}]"),
        "ratio": Piece(_times_as_much(new / old), f"{code}[{last}] / {code}[{row}]"),
        "to_time": when(profile, last),
        "new": amount(measure, new, f"{code}[{last}]"),
    }
    wordings = (
        "From their {lowest} point {low_when}, {subject} had {rose} to {ratio} times that level by {to_time}."
        if measure.plural
        else "From its {lowest} point {low_when}, {subject} had {rose} to {ratio} times that level by {to_time}.",
    )
    return Fact("recovery", measure.column.name, 0.5, wordings, pieces, _chart(profile, measure, rows, row), "turn")


def _holes(profile: Profile, measure: Measure) -> Fact | None:
    absent = [row for row in profile.in_time if np.isnan(measure.values[row])]
    if not absent:
        return None
    code = measure.code
    pieces = {
        "label": Piece(measure.mention),
        "no_figure": Piece("no figure", f"missing({code}) == 1"),
        "when": when(profile, absent[0], preposition=True),
        "count": Piece(count_text(len(absent)), f"missing({code})"),
        "rows": Piece(number_text(float(profile.rows)), "rows()"),
        "nouns": Piece(profile.nouns),
    }
    wordings = (
        ("The table gives {no_figure} for {label} {when}.",)
        if len(absent) == 1
        else ("For {count} of the {rows} {nouns}, the table gives no figure for {label}.",)
    )
    return Fact("gap", measure.column.name, 0.3, wordings, pieces, None, "close")


def _absent_years(profile: Profile) -> Fact | None:
    years = [time for time in profile.times if isinstance(time, int)]
    if not years or profile.time is None:
        return None
    absent = max(years) - min(years) + 1 - len(set(years))
    if not 0 < absent <= (max(years) - min(years)) / 2:
        return None
    code = column_code(profile.time.name)
    pieces = {
        "count": Piece(count_text(absent), f"gaps({code})"),
        "from_time": Piece(str(min(years)), f"min({code})"),
        "to_time": Piece(str(max(years)), f"max({code})"),
        "years": Piece("year" if absent == 1 else "years"),
    }
    wordings = ("The record has gaps: {count} {years} between {from_time} and {to_time} are not in the table.",)
    return Fact("gap", profile.time.name, 0.32, wordings, pieces, None, "close")
