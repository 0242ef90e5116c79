"""Times of day as people say them: 8.10am, twenty to one, half an hour before midnight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["ClockTime", "clock_times", "says_time"]

_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNTING = [*_HOURS, *"thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()]
_MINUTES = {"five": 5, "ten": 10, "twenty": 20, "twenty-five": 25, "quarter": 15, "half": 30}
_HOUR = rf"(?P<hour>\d{{1,2}}|{'|'.join(_HOURS)}|midnight|noon|midday)"
_HALF = (
    r"(?:\s*(?P<half>[ap]\.?m\b\.?)|\s*o['’]clock|\s+in the (?P<part>morning|afternoon|evening)|\s+at (?P<night>night))"
)
_STEP = (
    r"(?P<minutes>half an hour|a quarter of an hour|an hour|(?:\d{1,2}|[a-z-]+) minutes?|(?:a )?quarter|half|"
    r"five|ten|twenty(?:-five)?)"
)
_PATTERNS = (
    re.compile(rf"\b{_STEP} (?P<way>past|before|after) {_HOUR}\b(?!\s+(?:\w+s|people)\b){_HALF}?", re.IGNORECASE),
    # `Five to nine` is a time only where one can stand.
    re.compile(
        rf"\b(?:at|by|is|was|till|until|about|around|after) (?P<time>{_STEP} (?P<way>to) {_HOUR}\b(?! \w+s\b){_HALF}?)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<hour>\d{1,2})[:.](?P<past>[0-5]\d)\s*(?P<half>[ap]\.?m\b\.?)", re.IGNORECASE),
    re.compile(r"\b[Aa]t (?P<time>(?P<hour>\d{1,2})\.(?P<past>[0-5]\d))(?= on\b| in the\b|,|\.|;| when\b| and\b)"),
    re.compile(r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<past>[0-5]\d)(?![\d:])"),
    re.compile(rf"\b{_HOUR}{_HALF}", re.IGNORECASE),
    re.compile(
        rf"\b(?:shortly|just|soon|long|well) (?:before|after|past) (?P<time>{_HOUR})\b(?! \w+s\b)", re.IGNORECASE
    ),
    re.compile(r"\b(?P<hour>midnight|noon|midday)\b", re.IGNORECASE),
)
_AFTER = re.compile(r"\b(?:after|past|gone)\s+$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|almost|nearly)\s+$", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|around|at some|towards)\s+$", re.IGNORECASE)
_HALF_DAY = 720


@dataclass(frozen=True)
class ClockTime:
    """A time of day.

    Attributes:
        text: as written.
        start: character offset; `end` likewise.
        minute: minutes after midnight or noon.
        is_later: whether it is in the second half of the day; `None` where unsaid.
        hedge: `after`, `before` or `about`; empty when it is exact.
    """

    text: str
    start: int
    end: int
    minute: int
    is_later: bool | None
    hedge: str


def clock_times(text: str) -> Iterator[ClockTime]:
    """All times of day in a text, by kind of wording."""
    used: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("time" if "time" in pattern.groupindex else 0)
            if any(left < end and start < right for left, right in used):
                continue
            minute = _minute(match.groupdict())
            if minute is None:
                continue
            used.append((start, end))
            before = text[:start]
            hedges = (("after", _AFTER), ("before", _BEFORE), ("about", _ABOUT))
            hedge = next((name for name, words in hedges if words.search(before)), "")
            yield ClockTime(text[start:end], start, end, minute % _HALF_DAY, _is_later(match.groupdict()), hedge)


def _minute(parts: dict[str, str | None]) -> int | None:
    hour = (parts["hour"] or "").lower()
    hours = 0 if not hour.isdigit() and hour not in _HOURS else int(hour) if hour.isdigit() else 1 + _HOURS.index(hour)
    if hours > 24:
        return None
    step = re.sub(r"^a ", "", (parts.get("minutes") or "").lower())
    if not step:
        return 60 * hours + int(parts.get("past") or 0)
    first = step.split()[0]
    minutes = int(first) if first.isdigit() else _MINUTES.get(first)
    if step == "an hour":
        minutes = 60
    elif minutes is None and first in _COUNTING:
        minutes = 1 + _COUNTING.index(first)
    if minutes is None:
        return None
    return 60 * hours + (minutes if (parts.get("way") or "").lower() in ("past", "after") else -minutes)


def _is_later(parts: dict[str, str | None]) -> bool | None:
    hour = (parts["hour"] or "").lower()
    if half := parts.get("half"):
        return half.lower().startswith("p")
    if part := parts.get("part"):
        return part.lower() != "morning"
    if hour in ("noon", "midday") and not parts.get("minutes"):
        return True
    return int(hour) > 12 if hour.isdigit() and int(hour) > 12 else None


def says_time(said: ClockTime, true: ClockTime) -> bool:
    """Whether a time as said is right of a true one, given how it is hedged."""
    if None not in (said.is_later, true.is_later) and said.is_later != true.is_later:
        return False
    late = (true.minute - said.minute) % _HALF_DAY
    if said.hedge == "after":
        return late < 60
    if said.hedge == "before":
        return (-late) % _HALF_DAY < 60
    return min(late, _HALF_DAY - late) <= (10 if said.hedge == "about" else 0)
