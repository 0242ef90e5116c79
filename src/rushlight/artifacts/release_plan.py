"""When to bring a title out, and by which channels, with what speaks for other days."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["ChannelStep", "ReleaseCard", "ReleaseOption", "ReleasePlan"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ICS_BYTES = 73


class ReleaseOption(BaseModel):
    """One day on which the title could come out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: str
    demand: float
    """Demand of the audience in the opening days, those weighing more in which a title lives, rivals taken off."""
    low: float
    high: float
    index: float
    """Demand over that of the average day that was looked at."""
    best_probability: float
    """Probability that no other day looked at is better."""
    rivals: tuple[str, ...] = ()
    """Titles that come out within a week of it."""
    events: tuple[str, ...] = ()

    @property
    def weekday(self) -> str:
        """Its name."""
        return _WEEKDAYS[datetime.fromisoformat(self.date).weekday()]


class ChannelStep(BaseModel):
    """One channel in the order in which viewers come by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str
    day: int
    """Days after the release at which it begins to bring viewers."""
    share: float
    """Share of views in the opening days."""
    median_days: float


class ReleaseCard(BaseModel):
    """How good such a choice of days was before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "forecast of demand, events and rivals on it, errors of the past drawn again"
    trials: int = 0
    """Moments of the past from which a day was chosen."""
    gain: float | None = None
    """Demand at the days chosen over that of the average day; 1 is none."""
    gain_of_weekday: float | None = None
    """The same of the simplest baseline: the best weekday of the week before."""
    possible: float | None = None
    """The same of the best day, known afterwards."""
    limits: str = (
        "It says when the audience is there, not how many will choose this title. "
        "Rivals count only where they are named."
    )


class ReleasePlan(Artifact):
    """Days to bring a title out, the best first, an hour, and channels in order."""

    title: str
    options: tuple[ReleaseOption, ...]
    hour: int | None = None
    """Hour of the viewers' day at which most start within three hours; None where hours are not known."""
    hour_share: float | None = None
    """Share of starts in those three hours."""
    channels: tuple[ChannelStep, ...] = ()
    opening_days: int
    looked_at: int
    """Days that were looked at."""
    confidence: float
    rival_effect: float
    """What a rival of equal size takes in its first days."""
    rival_effect_is_measured: bool
    card: ReleaseCard
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The best day and hour, other days, channels, and how sure it is."""
        lines = []
        for place, one in enumerate(self.options):
            around = "; ".join([*one.events, *(f"beside {rival}" for rival in one.rivals)])
            lines.append(
                f"{'Best: ' if not place else '  or '}{one.weekday} {one.date}: {one.index:.2f} times the average day "
                f"({one.low:,.4g}–{one.high:,.4g} in {self.opening_days} days), "
                f"best with {one.best_probability:.0%}" + (f"; {around}" if around else "")
            )
        if self.hour is not None and self.hour_share is not None:
            lines.append(
                f"Hour: {self.hour}:00 by the viewers' clocks; {self.hour_share:.0%} start within three hours."
            )
        lines += [
            f"{number}. {one.channel}: from day {one.day}, {one.share:.0%} of views in the opening days"
            for number, one in enumerate(self.channels, 1)
        ]
        how = "measured here" if self.rival_effect_is_measured else "assumed, not measured"
        if any(one.rivals for one in self.options) or self.rival_effect_is_measured:
            lines.append(f"A rival takes {self.rival_effect:.0%} in its first days ({how}).")
        card = self.card
        if card.gain is not None and card.gain_of_weekday is not None and card.possible is not None:
            verdict = "better than" if card.gain > card.gain_of_weekday else "no better than"
            lines.append(
                f"Chosen so {card.trials} times in the past, days had {card.gain:.3f} times the average demand, "
                f"{verdict} the best weekday of the week before ({card.gain_of_weekday:.3f}); "
                f"{card.possible:.3f} was possible."
            )
        return "\n".join([*lines, *self.notes, card.limits])

    def as_csv(self) -> str:
        """A row for each day."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["date", "weekday", "demand", "low", "high", "index", "best_probability", "rivals", "events"])
        for one in self.options:
            cells = [_cell("; ".join(words)) for words in (one.rivals, one.events)]
            rows.writerow([one.date, one.weekday, f"{one.demand:.4f}", f"{one.low:.4f}", f"{one.high:.4f}",
                           f"{one.index:.6f}", f"{one.best_probability:.4f}", *cells])  # fmt: skip
        return sheet.getvalue()

    def as_ics(self) -> str:
        """The best day and the channels after it as a calendar (RFC 5545); hours are by the viewers' own clocks."""
        if not self.options:
            return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Rushlight//EN\r\nEND:VCALENDAR\r\n"
        best = datetime.fromisoformat(self.options[0].date) + timedelta(hours=self.hour or 0)
        entries = [(best, f"Release: {self.title}", self.as_text())]
        entries += [(best + timedelta(days=one.day), f"{self.title}: {one.channel}", f"{one.share:.0%} of views")
                    for one in self.channels]  # fmt: skip
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rushlight//EN"]
        for at, summary, text in entries:
            key = hashlib.sha256(f"{at}{summary}".encode()).hexdigest()[:24]
            stamp = f"{at:%Y%m%dT%H%M%S}"
            lines += ["BEGIN:VEVENT", f"UID:{key}@rushlight", f"DTSTAMP:{stamp}Z", f"DTSTART:{stamp}",
                      f"SUMMARY:{_escaped(summary)}", f"DESCRIPTION:{_escaped(text)}", "END:VEVENT"]  # fmt: skip
        return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line broken where it is longer than the format allows, between characters."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > _ICS_BYTES:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
