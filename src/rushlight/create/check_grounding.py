"""The capability `check_grounding`."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rushlight.artifacts import Claim, GroundingReport, Line, Script, Source
from rushlight.core.artifact import file_sha256
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.claims import START_WORDS, Found, find_claims, unit_after, unit_words_of
from rushlight.create.derivation import Derived, derive
from rushlight.create.grounding.directions import CHANGES
from rushlight.create.grounding.evidence import Evidence
from rushlight.create.grounding.paraphrase import paraphrase_faults
from rushlight.create.sources.table import Table, load_table

__all__ = ["check_grounding", "line_checker", "line_faults"]

_TOKEN = re.compile(r"\w+(?:[.,'’:/-]\w+)*|[%$€£¥]")
# Above this share of words in common with its place, a line is an edited quotation and is held to the letter; below
# it only if it has no word that its place has not: then it is the same words in another order.
_NEARLY_QUOTED, _REORDERED = 0.8, 0.6
# How far back a `he` or `it` may look for its name.
_BEFORE_CHARACTERS = 500
_NEGATIONS = frozenset(
    "not no never none nobody nothing neither nor without cannot can't didn't don't isn't wasn't".split()
)
_MAX_NAMES = 20_000


@capability(version=1, metrics=("grounded_share", "claims"))
def check_grounding(script: Script, source: Source, /) -> GroundingReport:
    """Check that every number, name, date and direction in a script is borne out by its source.

    This check knows nothing of how the script was written. Lines about text are compared with the place they name:
    word for word when they are quotations, claim by claim when they are not. Lines about a table are computed again:
    each claim, in spoken order, must be matched by a derivation that gives that number (with the rounding and unit as
    said), that name, that date, or the truth of that direction or extreme.

    Returns:
        All claims with verdicts and places, in script order.

    Raises:
        InputError: the source's file is gone or has changed since it was read.
    """
    checker = _Checker(source)
    claims: list[Claim] = []
    for beat in script.beats:
        for index, line in enumerate(beat.lines):
            for judged in checker.judge(line):
                claims.append(
                    Claim(
                        beat_id=beat.id,
                        line_index=index,
                        kind=judged.found.kind if not judged.wording else "wording",
                        text=judged.found.text,
                        start=judged.found.start,
                        end=judged.found.end,
                        verdict="ungrounded" if judged.reason else "grounded",
                        place=judged.place,
                        reason=judged.reason,
                        by_person=line.author == "person",
                    )
                )
    report = GroundingReport(script_digest=script.digest(), source_digest=source.digest(), claims=tuple(claims))
    current_run().figure("grounded_share", report.grounded_share)
    current_run().figure("claims", len(claims))
    return report


def line_checker(source: Source) -> Callable[[Line], bool]:
    """A function that says whether every claim of a line is grounded: `grounds` of `markdown_to_script`."""
    checker = _Checker(source)
    return lambda line: not any(judged.reason for judged in checker.judge(line))


def line_faults(source: Source) -> Callable[[Line], list[str]]:
    """A function that says what in a line is not grounded, and why: a reason each; none when all is."""
    checker = _Checker(source)
    return lambda line: [judged.reason for judged in checker.judge(line) if judged.reason]


@dataclass(frozen=True)
class _Judged:
    found: Found
    place: str = ""
    reason: str = ""
    wording: bool = False


class _Checker:
    """Judges lines against one source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def table(self) -> Table:
        """The table, read afresh from its file."""
        path = self.source.file.path
        if not path.is_file() or file_sha256(path) != self.source.file.sha256:
            raise InputError(
                "The table is gone or has changed since the script was written.",
                path=path,
                hint="Write the script again.",
            )
        return load_table(path)

    @cached_property
    def step(self) -> str:
        """What one row of a table in time is: `years`, `months`, `weeks` or `days`; empty for other tables."""
        for column in self.table.columns:
            times = (
                sorted(self.table.frame[column.name].drop_nulls().unique().to_list()) if column.type == "date" else []
            )
            if len(times) < 3 or len(times) != self.table.frame.height:
                continue
            if isinstance(times[0], int):
                return "years"
            days = sorted((after - before).days for before, after in zip(times, times[1:], strict=False))
            typical = days[len(days) // 2]
            return {1: "days", 7: "weeks"}.get(typical, "months" if 28 <= typical <= 31 else "")
        return ""

    @cached_property
    def cell_names(self) -> frozenset[str]:
        """Every text cell, normalised, so that a name put in place of another is known as a name."""
        names: set[str] = set()
        for column in self.table.columns:
            if column.type == "text":
                names |= {
                    _plain(value) for value in self.table.frame[column.name].unique().drop_nulls().head(_MAX_NAMES)
                }
        return frozenset(name for name in names if len(name) > 1)

    def judge(self, line: Line) -> list[_Judged]:
        foreign = [trace for trace in line.traces if trace.source_sha256 != self.source.file.sha256]
        if foreign:
            reason = "The line's trace points into another source."
            return [_Judged(found, reason=reason) for found in find_claims(line.text)]
        if self.source.form == "table":
            return list(self._judge_data(line))
        return self._judge_text(line)

    # --- text -------------------------------------------------------------------------------------------------

    def _judge_text(self, line: Line) -> list[_Judged]:
        text = self.source.text
        spans = [(t.start, t.end) for t in line.traces if t.start is not None and t.end is not None]
        claims = find_claims(line.text)
        if any(not 0 <= start < end <= len(text) for start, end in spans):
            return [_Judged(found, reason="The line's trace lies outside the source.") for found in claims]
        if not spans:
            return [self._anywhere(found, line) for found in claims]
        place = ", ".join(f"characters {start}–{end}" for start, end in spans)
        evidence = Evidence(
            tuple(text[start:end] for start, end in spans),
            tuple(text[max(start - _BEFORE_CHARACTERS, 0) : start] for start, _ in spans),
            self.source.title,
            text,
        )
        return _compare(line.text, evidence.text, claims, place) or self._in_other_words(line, evidence, place)

    def _in_other_words(self, line: Line, evidence: Evidence, place: str) -> list[_Judged]:
        faults = paraphrase_faults(line.text, evidence)
        judged = [_Judged(found, reason=reason, wording=found.kind == "measure") for found, reason in faults]
        wrong = [(found.start, found.end) for found, _ in faults]
        fine = [f for f in find_claims(line.text) if not any(s < f.end and f.start < e for s, e in wrong)]
        return sorted([*judged, *(_Judged(f, place) for f in fine)], key=lambda item: item.found.start)

    def _anywhere(self, found: Found, line: Line) -> _Judged:
        for match in re.finditer(r"[^\n]+", self.source.text):
            if _says(match.group(), found, line.text):
                return _Judged(found, f"characters {match.start()}–{match.end()}")
        return _Judged(found, reason=f"The source nowhere says {found.text!r}.")

    # --- tables -----------------------------------------------------------------------------------------------

    def _judge_data(self, line: Line) -> Iterator[_Judged]:
        results: list[tuple[str, Derived | None, str]] = []
        for trace in line.traces:
            try:
                results.append((trace.derivation, derive(trace.derivation, self.table), ""))
            except InputError as error:
                results.append((trace.derivation, None, error.message))
        labels = list(self._labels(line.text))
        names = self._names(line.text, results, [(found.start, found.end) for found in labels])
        taken = [(found.start, found.end) for found in (*labels, *names)]
        taken += self._title_spans(line.text)
        yield from _judge_labels(labels, results, self.table)
        next_trace = 0
        named: set[int] = set()
        for found in sorted([*names, *find_claims(line.text, taken)], key=lambda claim: claim.start):
            for at in range(next_trace, len(results)):
                derivation, derived, _ = results[at]
                if derived is not None and _bears_out(found, derived, line.text, self.step):
                    next_trace = at + 1
                    named.add(at)
                    yield _Judged(found, derivation)
                    break
            else:
                yield _Judged(found, reason=_why(found, results))
        said = {_plain(found.text) for found in labels}
        for at, (derivation, derived, _) in enumerate(results):
            if derived is None or not isinstance(derived.value, str) or at in named or _plain(derived.value) in said:
                continue
            yield _Judged(
                Found("name", line.text[:1], 0, 1), derivation, f"The line no longer names {derived.value!r}."
            )

    def _labels(self, text: str) -> Iterator[Found]:
        """Column labels in a text, longest first, each place read once."""
        used: list[tuple[int, int]] = []
        columns = [
            column
            for column in self.table.columns
            if column.type in ("number", "integer", "boolean") or (column.type == "date" and " " in column.label)
        ]
        for column in sorted(columns, key=lambda column: -len(column.label)):
            if len(column.label) < 3:
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(column.label)}(?!\w)", text, re.IGNORECASE):
                if all(match.end() <= start or match.start() >= end for start, end in used):
                    used.append(match.span())
                    yield Found("measure", match.group(), *match.span())

    def _title_spans(self, text: str) -> list[tuple[int, int]]:
        title = re.escape(self.source.title)
        return [match.span() for match in re.finditer(title, text, re.IGNORECASE)] if len(self.source.title) > 2 else []

    def _names(
        self, text: str, results: list[tuple[str, Derived | None, str]], taken: list[tuple[int, int]]
    ) -> list[Found]:
        """Cells quoted in the text: those the traces name, and any other that stands there with a capital."""
        found: list[Found] = []
        used = list(taken)
        wanted = {str(d.value) for _, d, _ in results if d is not None and isinstance(d.value, str)}
        for value in sorted(wanted, key=lambda value: (-len(value), value)):
            for match in _spelled(value).finditer(text):
                if all(match.end() <= start or match.start() >= end for start, end in used):
                    used.append(match.span())
                    found.append(Found("name", match.group(), *match.span()))
        tokens = list(re.finditer(r"[\w'’&.:/-]+", text))
        for first in range(len(tokens)):
            for last in range(min(first + 10, len(tokens)) - 1, first - 1, -1):
                start, end = tokens[first].start(), tokens[last].end()
                piece = text[start:end].rstrip(".:")
                end = start + len(piece)
                if not piece[:1].isupper() or _plain(piece) not in self.cell_names or len(piece) < 3:
                    continue
                if all(end <= left or start >= right for left, right in used):
                    used.append((start, end))
                    found.append(Found("name", piece, start, end))
                    break
        return found


def _plain(text: object) -> str:
    return " ".join(re.findall(r"\w+", str(text).casefold()))


def _spelled(name: str) -> re.Pattern[str]:
    """A pattern for a name however it is punctuated; a name without letters or digits matches nothing."""
    words = [re.escape(word) for word in re.findall(r"\w+", name)]
    return re.compile(r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)" if words else r"(?!)", re.IGNORECASE)


def _judge_labels(
    labels: list[Found], results: list[tuple[str, Derived | None, str]], table: Table
) -> Iterator[_Judged]:
    """Each measure that a line names must be one its figures come from, and in the same order as they come."""
    order: list[str] = []
    read: set[str] = set()
    for _, derived, _ in results:
        if derived is None:
            continue
        read |= {table.column(name).label.casefold() for name in derived.columns}
        if not isinstance(derived.value, (bool, str)):
            for name in derived.columns:
                label = table.column(name).label.casefold()
                if label not in order and table.column(name).type not in ("date", "text"):
                    order.append(label)
    spoken = [found.text.casefold() for found in sorted(labels, key=lambda found: found.start)]
    once = list(dict.fromkeys(label for label in spoken if label in order))
    expected = [label for label in order if label in once]
    for found in labels:
        label = found.text.casefold()
        if label not in read:
            yield _Judged(found, reason=f"No figure of this line comes from {found.text!r}.")
        elif label in once and once.index(label) != expected.index(label):
            yield _Judged(found, reason=f"{found.text!r} stands with the figure of another column.")
        else:
            yield _Judged(found, f"column {found.text}")


def _bears_out(found: Found, derived: Derived, text: str, step: str) -> bool:
    value = derived.value
    if found.kind == "name":
        return isinstance(value, str) and _plain(value) == _plain(found.text)
    if found.kind == "date":
        return isinstance(value, dt.date) and found.is_day(value)
    if found.kind in ("direction", "extreme"):
        return value is True and _points(found, derived)
    if isinstance(value, (bool, str, dt.date)):
        return False
    return _is_rounding(found, value) and _has_unit(found, derived, text, step)


def _is_rounding(found: Found, value: float) -> bool:
    """Whether a number is the value as rounded; without decimals it is a whole number or a rounding to one."""
    return abs(abs(found.value) - abs(value)) <= found.slack * (1 + 1e-9) + 1e-9 * abs(value) and (
        found.value * value >= 0
    )


_COUNTS = {"rows", "count", "pairs", "missing", "longest_rise", "longest_fall", "distinct", "gaps"}


def _has_unit(found: Found, derived: Derived, text: str, step: str) -> bool:
    unit = derived.unit
    if found.unit:
        return found.unit == unit
    if unit in ("$", "€", "£", "¥"):
        return False
    said = unit_after(text, found.end)
    if not unit:
        # Rows of a table in time are counted in its own steps: 24 years are not 24 months.
        return said in ("", step) if derived.words & _COUNTS and "percent" not in derived.words else not said
    rest = text[found.end :].lstrip()
    return any(re.match(re.escape(words) + r"(?!\w)", rest) for words in unit_words_of(unit))


def _points(found: Found, derived: Derived) -> bool:
    """Whether a true statement is about the way up (or the upper end) that the word says."""
    words = derived.words
    upper = bool(words & {"max", "rank", "top", "steady_rise", "longest_rise"})
    lower = bool(words & {"min", "rank_up", "steady_fall", "longest_fall"})
    if found.kind == "direction" and not (upper or lower):
        upper, lower = ">" in words, "<" in words
    elif found.kind == "extreme" and "steps" in words:
        return False
    return (upper and not lower) if found.value > 0 else (lower and not upper)


def _why(found: Found, results: list[tuple[str, Derived | None, str]]) -> str:
    broken = [message for _, derived, message in results if derived is None]
    if broken:
        return broken[0]
    if not results:
        return "The line names no cells that would bear this out."
    wanted = {"number": (int, float), "name": (str,), "date": (dt.date,), "direction": (bool,), "extreme": (bool,)}
    values = [
        f"{derivation} = {derived.value:g}" if isinstance(derived.value, float) else f"{derivation} = {derived.value}"
        for derivation, derived, _ in results
        if derived is not None and isinstance(derived.value, wanted[found.kind])
    ]
    return f"{found.text!r} is not what the table gives here: {'; '.join(values[:6]) or 'nothing of this kind'}."


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(match.group().casefold(), *match.span()) for match in _TOKEN.finditer(text)]


def _compare(line: str, quoted: str, claims: list[Found], place: str) -> list[_Judged]:
    """Judge a line that quotes its place, or nearly does; nothing when the two are too unlike to be a quotation."""
    said, given = _tokens(line), _tokens(quoted)
    matcher = difflib.SequenceMatcher(None, [t[0] for t in said], [t[0] for t in given], autojunk=False)
    blocks = matcher.get_matching_blocks()
    same = sum(block.size for block in blocks)
    known = {word for word, _, _ in given}
    reordered = all(word in known for word, _, _ in said)
    if not said or same < (_REORDERED if reordered else _NEARLY_QUOTED) * len(said):
        return []
    matched = {place for block in blocks for place in range(block.a, block.a + block.size)}
    other_words = paraphrase_faults(line, Evidence((quoted,)))
    faults = [(found.start, found.end) for found, _ in other_words]
    judged = []
    for found in claims:
        inside = [i for i, (_, start, end) in enumerate(said) if start < found.end and end > found.start]
        if found.kind == "number" and inside and inside[-1] + 1 < len(said):
            # What is counted or measured belongs to the number: 14 kilometres are not 14 miles.
            inside.append(inside[-1] + 1)
        reworded = not any(s < found.end and found.start < e for s, e in faults) and (
            found.kind in ("number", "date")
            or found.text.casefold() in CHANGES
            # A name in another form, such as a land for its people; one of the place's own words may be misplaced.
            or (found.kind == "name" and not any(said[i][0] in known for i in inside))
        )
        # The unit may be two words, of which only the first is the same: square metres, square feet.
        wrong_unit = found.kind == "number" and any(s < found.end and found.start < e for s, e in faults)
        if (all(i in matched for i in inside) and not wrong_unit) or (reworded and not reordered):
            judged.append(_Judged(found, place))
        else:
            judged.append(_Judged(found, reason=f"The place this line names does not say {found.text!r} there."))
    claimed = {i for found in claims for i, (_, s, e) in enumerate(said) if s < found.end and e > found.start}
    for i, (word, start, end) in enumerate(said):
        if i in matched or i in claimed:
            continue
        if word in _NEGATIONS:
            found = Found("direction", line[start:end], start, end)
            judged.append(_Judged(found, reason=f"{word!r} is not in the source and turns the sense.", wording=True))
        elif line[start].isupper() and not (word in known and START_WORDS.match(word)):
            found = Found("name", line[start:end], start, end)
            judged.append(_Judged(found, reason=f"The place this line names does not say {line[start:end]!r}."))
    wrong = [(item.found.start, item.found.end) for item in judged if item.reason]
    judged += [
        _Judged(found, reason=reason, wording=found.kind == "measure")
        for found, reason in other_words
        if not any(s < found.end and found.start < e for s, e in wrong)
        and (
            found.kind in ("date", "measure")
            or (found.kind == "number" and not any(c.start < found.end and found.start < c.end for c in claims))
        )
    ]
    dropped = [given[i][0] for i in _unmatched(blocks, len(given)) if given[i][0] in _NEGATIONS]
    if dropped and _inner_loss(blocks):
        found = Found("direction", line[:1], 0, 1)
        judged.append(_Judged(found, reason=f"{dropped[0]!r} was left out, which turns the sense.", wording=True))
    return judged or [_Judged(Found("direction", line[:1], 0, 1), place, wording=True)]


def _unmatched(blocks: list[difflib.Match], length: int) -> list[int]:
    matched = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return [place for place in range(length) if place not in matched]


def _inner_loss(blocks: list[difflib.Match]) -> bool:
    return len([block for block in blocks if block.size]) > 1


def _says(place: str, found: Found, line: str) -> bool:
    """Whether a stretch of the source makes the same claim, in other words perhaps."""
    if found.kind == "name":
        return bool(_spelled(re.sub(r"['’]s\b", "", found.text)).search(place))
    for other in find_claims(place):
        if found.kind == "number" and other.kind == "date" and found.value in other.date and found.value > 31:
            return True
        if other.kind != found.kind:
            continue
        if found.kind == "number":
            units = (found.unit or unit_after(line, found.end), other.unit or unit_after(place, other.end))
            if abs(found.value - other.value) <= max(found.slack, 1e-9) and units[0] == units[1]:
                return True
        elif found.kind == "date":
            if all(mine in (0, theirs) for mine, theirs in zip(found.date, other.date, strict=True)):
                return True
        elif found.value == other.value:
            return True
    return False
