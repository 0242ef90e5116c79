"""Edit decision lists in the CMX 3600 form: what every editing system reads, written and read exactly.

Reference:
    CMX 3600 edit decision list, as described in SMPTE 258M; timecode as in SMPTE ST 12-1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rushlight.core.errors import InputError

__all__ = ["Event", "format_timecode", "parse_edl_timecode", "read_edl", "write_edl"]

RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50),
         Fraction(60000, 1001), Fraction(60))  # fmt: skip
_MOST_EVENTS = 9999


@dataclass(frozen=True)
class Event:
    """One edit: frames `source_in` up to `source_out` of a reel, laid at `record_in`, all as counts of frames.

    Attributes:
        dissolve_frames: length of a dissolve from the event before; 0 for a cut.
    """

    name: str
    source_in: int
    source_out: int
    record_in: int
    reel: str = "AX"
    dissolve_frames: int = 0
    comment: str = ""

    @property
    def record_out(self) -> int:
        """The frame after the last one."""
        return self.record_in + self.source_out - self.source_in


def _nominal(rate: Fraction) -> int:
    return -(-rate.numerator // rate.denominator)


def _drops(rate: Fraction) -> int:
    """How many frame numbers a minute leaves out at a rate that has drop-frame timecode; 0 where there is none."""
    return _nominal(rate) // 15 if rate.denominator == 1001 and _nominal(rate) % 30 == 0 else 0


def format_timecode(frames: int, rate: Fraction, *, drop: bool = False) -> str:
    """A count of frames as timecode; drop-frame (29.97 and 59.94 only) is written with `;`.

    Raises:
        InputError: drop-frame at a rate that has none, or 24 hours and more.
    """
    nominal, left = _nominal(rate), _drops(rate)
    if drop:
        if not left:
            raise InputError(f"There is no drop-frame timecode at {float(rate):g} frames a second.")
        ten, rest = divmod(frames, 600 * nominal - 9 * left)
        skipped = 9 * left * ten
        if rest >= 60 * nominal:
            skipped += left * ((rest - 60 * nominal) // (60 * nominal - left) + 1)
        frames += skipped
    seconds, frame = divmod(frames, nominal)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours > 23:
        raise InputError("Timecode ends after 24 hours.", hint="Write the list in parts.")
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frame:02d}"


def parse_edl_timecode(text: str, rate: Fraction) -> int:
    """The count of frames that timecode stands for.

    Raises:
        InputError: not timecode at this rate, or a number that drop-frame leaves out.
    """
    match = re.fullmatch(r"(\d\d):([0-5]\d):([0-5]\d)([:;.])(\d\d)", text)
    nominal, left = _nominal(rate), _drops(rate)
    if not match or int(match[5]) >= nominal or (match[4] == ";" and not left):
        raise InputError(f"{text!r} is not timecode at {float(rate):g} frames a second.")
    hours, minutes, seconds, frame = (int(match[n]) for n in (1, 2, 3, 5))
    frames = (hours * 3600 + minutes * 60 + seconds) * nominal + frame
    if match[4] == ";":
        if minutes % 10 and seconds == 0 and frame < left:
            raise InputError(f"{text!r} does not exist: drop-frame timecode leaves it out.")
        whole = hours * 60 + minutes
        frames -= left * (whole - whole // 10)
    return frames


def write_edl(title: str, events: Sequence[Event], rate: Fraction, *, start_hour: int = 1) -> str:
    """An edit decision list; drop-frame at 29.97 and 59.94.

    Args:
        title: name of the list.
        events: edits in order of time.
        rate: one of 23.976, 24, 25, 29.97, 30, 50, 59.94 and 60 frames a second.
        start_hour: hour that the record timecode begins at.

    Raises:
        InputError: another rate, or more than 9,999 events.
    """
    if rate not in RATES:
        raise InputError(f"Edit lists are not written at {float(rate):g} frames a second.", hint="Use 24, 25 or 30.")
    if len(events) > _MOST_EVENTS:
        raise InputError(f"An edit list cannot hold {len(events)} events.", hint="Write it in parts.")
    drop = bool(_drops(rate))
    hour = parse_edl_timecode(f"{start_hour:02d}:00:00{';' if drop else ':'}00", rate)
    lines = [f"TITLE: {_plain(title)[:70]}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    for number, event in enumerate(events, 1):
        times = [format_timecode(frames, rate, drop=drop) for frames in (
            event.source_in, event.source_out, hour + event.record_in, hour + event.record_out)]  # fmt: skip
        how = f"D    {event.dissolve_frames:03d}" if event.dissolve_frames else "C       "
        lines.append(f"{number:03d}  {_reel(event.reel):<8} V     {how} {' '.join(times)}")
        lines.append(f"* FROM CLIP NAME: {_plain(event.name)}")
        if event.comment:
            lines.append(f"* COMMENT: {_plain(event.comment)}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())


def _reel(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())[:8] or "AX"


_EVENT = re.compile(
    r"^(\d{3,4})\s+(\S+)\s+V\s+(C|D\s+\d{3})\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$"
)  # fmt: skip


def read_edl(text: str, rate: Fraction, *, start_hour: int = 1) -> tuple[str, list[Event]]:
    """Title and events of a list.

    Raises:
        InputError: an event whose times do not agree, or timecode that does not exist.
    """
    title, events = "", list[Event]()
    drop = bool(_drops(rate))
    hour = parse_edl_timecode(f"{start_hour:02d}:00:00{';' if drop else ':'}00", rate)
    for line in text.splitlines():
        if line.startswith("TITLE:"):
            title = line.removeprefix("TITLE:").strip()
        elif match := _EVENT.match(line):
            a, b, c, d = (parse_edl_timecode(match[n], rate) for n in (4, 5, 6, 7))
            if b - a != d - c:
                raise InputError("An event's source and record times differ in length.", where=f"event {match[1]}")
            dissolve = int(match[3][1:]) if match[3].startswith("D") else 0
            events.append(Event("", a, b, c - hour, match[2], dissolve))
        elif events and line.startswith("* FROM CLIP NAME:"):
            events[-1] = _with(events[-1], name=line.removeprefix("* FROM CLIP NAME:").strip())
        elif events and line.startswith("* COMMENT:"):
            events[-1] = _with(events[-1], comment=line.removeprefix("* COMMENT:").strip())
    return title, events


def _with(event: Event, **changes: str) -> Event:
    return Event(**{**event.__dict__, **changes})
