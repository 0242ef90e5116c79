"""Edit decision lists: one picture track and up to four sound tracks, exact at every rate, in either timecode.

What CMX 3600 has no place for stands in comments that other readers skip: where a dissolve's cut lies, names longer
than eight letters, the rate.

Reference:
    CMX 3600 edit decision list; SMPTE 258M; timecode as in SMPTE ST 12-1.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rushlight.core.errors import InputError
from rushlight.timeline.edl import RATES, format_timecode, parse_edl_timecode
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence

__all__ = ["read_cmx3600", "write_cmx3600"]

_SOUND_TRACKS = ("A", "A2", "A3", "A4")
_MOST_EVENTS = 9999
_EVENT = re.compile(
    r"^(\d{1,6})\s+(\S+)\s+(V\d*|A\d*|AA(?:/V)?|NONE|B)\s+(C|D\s+\d+|W\d+\s+\d+|K\S*\s*\d*)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$"
)


def write_cmx3600(sequence: Sequence) -> str:
    """A sequence as an edit decision list; what does not fit is added to `sequence.lost`.

    Raises:
        InputError: a rate that has no timecode, or more than 9,999 events.
    """
    rate, drop = sequence.rate, sequence.drop
    if rate not in RATES:
        raise InputError(f"Edit lists are not written at {float(rate):g} frames a second.", hint="Use 24, 25 or 30.")
    pictures, sounds = sequence.of("Video"), sequence.of("Audio")
    if len(pictures) > 1:
        sequence.lose("picture tracks above the first")
    if len(sounds) > len(_SOUND_TRACKS):
        sequence.lose("sound tracks after the fourth")
    hour = parse_edl_timecode(f"01:00:00{';' if drop else ':'}00", rate)
    lines = [f"TITLE: {_one_line(sequence.name)[:70]}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}",
     ""]  # fmt: skip
    tracks = [*zip(("V",), pictures, strict=False), *zip(_SOUND_TRACKS, sounds, strict=False)]
    number = 0
    for track, line in tracks:
        for at, index in [(at, index) for index, (at, clip) in enumerate(line.placed()) if not clip.is_gap]:
            number += 1
            lines += _event(number, track, line, index, at, sequence, hour)
    if number > _MOST_EVENTS:
        raise InputError(f"An edit list cannot hold {number} events.", hint="Write it in parts.")
    for marker in sequence.markers:
        lines.append(f"* LOC: {format_timecode(hour + marker.at, rate, drop=drop)} RED     {_one_line(marker.name)}")
        if marker.count:
            sequence.lose("the length of markers")
    # At the end: the public OTIO adapter takes no comment before the first event.
    lines += [f"* RATE: {rate}", f"* SIZE: {sequence.width_px}x{sequence.height_px}"]
    return "\n".join(lines) + "\n"


def _event(number: int, track: str, line: Line, index: int, at: int, sequence: Sequence, hour: int) -> list[str]:
    clip, rate, drop = line.clips[index], sequence.rate, sequence.drop
    join, next_join = line.joins.get(index), line.joins.get(index + 1)
    early = join.before if join else 0
    late = next_join.before if next_join else 0

    def code(frames: int) -> str:
        if frames < 0:
            raise InputError(f"The dissolve into {clip.name!r} begins before its media does.", hint="Shorten it.")
        return format_timecode(frames, rate, drop=drop)

    first, last = clip.timecode + clip.start - early, clip.timecode + clip.start + clip.count - late
    begin, end = hour + at - early, hour + at + clip.count - late
    rows = []
    how = "C       "
    if join:
        how = f"D    {join.before + join.after:03d}"
        before = line.clips[index - 1]
        out = before.timecode + before.start + before.count - early
        reel = "BL" if before.is_gap else _reel(before)
        out = 0 if before.is_gap else out
        rows.append(f"{number:03d}  {reel:<8} {track:<5} C        {code(out)} {code(out)} {code(begin)} {code(begin)}")
    rows.append(f"{number:03d}  {_reel(clip):<8} {track:<5} {how} {code(first)} {code(last)} {code(begin)} {code(end)}")
    rows.append(f"* {'TO' if join else 'FROM'} CLIP NAME: {_one_line(clip.name)}")
    rows.append(f"* SOURCE FILE: {_one_line(clip.path)}")
    if clip.reel and _reel(clip) != clip.reel:
        rows.append(f"* REEL: {_one_line(clip.reel)}")
    if clip.timecode:
        rows.append(f"* MEDIA START: {code(clip.timecode)}")
    if clip.media_count:
        rows.append(f"* MEDIA LENGTH: {clip.media_count}")
    if join:
        rows.append(f"* CUT AFTER: {join.before}")
    if clip.gain_db or clip.fade_in or clip.fade_out:
        rows.append(f"* LEVEL: {clip.gain_db:g} DB, FADES {clip.fade_in} {clip.fade_out}")
        sequence.lose("levels and fades of sound, which stand in comments only Rushlight reads")
    return rows


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _reel(clip: Clip) -> str:
    return re.sub(r"[^A-Z0-9_]", "", clip.reel.upper())[:8] or "AX"


def read_cmx3600(text: str, rate: Fraction | None = None) -> Sequence:
    """A sequence from an edit decision list.

    Args:
        text: the list.
        rate: frames a second; as the list says by default.

    Raises:
        InputError: no rate, an event whose times do not agree, or timecode that does not exist.
    """
    if rate is None:
        said = re.search(r"^\* RATE: (\d+(?:/[1-9]\d*)?)\s*$", text, re.MULTILINE)
        if not said:
            raise InputError(
                "An edit list does not say its frame rate.", hint="Give the rate, such as 25 or 30000/1001."
            )
        rate = Fraction(said[1])
    if rate not in RATES:
        raise InputError(f"Edit lists are not read at {float(rate):g} frames a second.")
    size = re.search(r"^\* SIZE: (\d{1,5})x(\d{1,5})\s*$", text, re.MULTILINE)
    made = Sequence("Cut", rate)
    if size:
        made.width_px, made.height_px = int(size[1]), int(size[2])
    events: list[_Event] = []
    for number, row in enumerate(text.splitlines(), 1):
        _read_row(row.rstrip(), number, made, events)
    if not events:
        raise InputError("This edit list holds no events.", hint="Check that it is a CMX 3600 list.")
    starts = [event.record[0] for event in events] + [marker.at for marker in made.markers]
    nominal = -(-rate.numerator // rate.denominator)
    hour = min(starts) // (3600 * nominal) if min(starts) >= 3600 * nominal or not made.drop else 0
    base = parse_edl_timecode(f"{min(hour, 23):02d}:00:00{';' if made.drop else ':'}00", rate)
    if made.drop and min(starts) >= (other := parse_edl_timecode("01:00:00;00", rate)):
        hour = min(starts) // other
        base = parse_edl_timecode(f"{min(hour, 23):02d}:00:00;00", rate)
    made.markers = [Marker(marker.at - base, marker.name) for marker in made.markers]
    for track in sorted({event.track for event in events}, key=lambda name: (name != "V", name)):
        own = sorted((event for event in events if event.track == track), key=lambda event: event.record)
        made.lines.append(_laid(own, track, base))
    return made


class _Event:
    def __init__(self, reel: str, track: str, dissolve: int, source: tuple[int, int], record: tuple[int, int]) -> None:
        self.reel, self.track, self.dissolve, self.source, self.record = reel, track, dissolve, source, record
        self.name, self.path, self.timecode, self.media_count = "", "", 0, 0
        self.cut_after: int | None = None
        self.gain_db, self.fades = 0.0, (0, 0)


def _read_row(row: str, number: int, made: Sequence, events: list[_Event]) -> None:
    if row.startswith("TITLE:"):
        made.name = row.removeprefix("TITLE:").strip()
    elif row.startswith("FCM:"):
        made.drop = "NON" not in row and "DROP" in row
    elif match := _EVENT.match(row):
        try:
            a, b, c, d = (parse_edl_timecode(match[n], made.rate) for n in (5, 6, 7, 8))
        except InputError as error:
            raise InputError(error.message, where=f"line {number}") from error
        if b - a != d - c:
            raise InputError("An event's source and record times differ in length.", where=f"line {number}",
                             hint="Changes of speed are not read; render them first.")  # fmt: skip
        if match[4][0] in "WK":
            made.lose(f"the wipe or key in line {number}, which becomes a dissolve")
        how = match[4].split()
        dissolve = int(how[-1]) if len(how) > 1 and how[-1].isdigit() else 0
        if b > a:
            events.append(_Event(match[2], match[3], dissolve, (a, b), (c, d)))
    elif row.startswith("* LOC:"):
        parts = row.removeprefix("* LOC:").split(maxsplit=2)
        if parts:
            made.markers.append(Marker(parse_edl_timecode(parts[0], made.rate), parts[2] if len(parts) > 2 else ""))
    elif events and row.startswith("*"):
        _read_comment(row, events[-1], made)
    elif row.startswith("M2"):
        made.lose(f"the change of speed in line {number}")


def _read_comment(row: str, event: _Event, made: Sequence) -> None:
    key, _, value = row.removeprefix("*").strip().partition(":")
    value = value.strip()
    match key:
        case "FROM CLIP NAME" if not event.name or not event.dissolve:
            event.name = value
        case "TO CLIP NAME":
            event.name = value
        case "SOURCE FILE":
            event.path = value
        case "REEL":
            event.reel = value
        case "MEDIA START":
            event.timecode = parse_edl_timecode(value, made.rate)
        case "MEDIA LENGTH" if value.isdigit():
            event.media_count = int(value)
        case "CUT AFTER" if value.isdigit():
            event.cut_after = int(value)
        case "LEVEL":
            if level := re.fullmatch(r"(-?[\d.e+-]+) DB, FADES (\d+) (\d+)", value):
                event.gain_db, event.fades = float(level[1]), (int(level[2]), int(level[3]))


def _laid(events: list[_Event], track: str, base: int) -> Line:
    """Events end to end; a dissolve's cut lies in its middle unless the list says where."""
    line = Line("Video" if track.startswith("V") else "Audio", "")
    at = base
    for index, event in enumerate(events):
        after = events[index + 1] if index + 1 < len(events) else None
        begin, end = event.record
        if begin < at and not event.dissolve:
            raise InputError("Two events lie on each other.", where=f"{event.name or event.reel}")
        early = (event.cut_after if event.cut_after is not None else event.dissolve // 2) if event.dissolve else 0
        late = 0
        if after is not None and after.dissolve and after.record[0] == end:
            late = after.cut_after if after.cut_after is not None else after.dissolve // 2
        if begin + early > at:
            line.clips.append(Clip("", begin + early - at))
        if event.dissolve:
            line.joins[len(line.clips)] = Join(early, event.dissolve - early)
        start = event.source[0] - event.timecode + early
        path = event.path or event.name or event.reel
        line.clips.append(Clip(
            event.name or event.reel, end + late - begin - early, start, path, event.media_count, event.timecode,
            "" if event.reel == "AX" else event.reel, event.gain_db, *event.fades,
        ))  # fmt: skip
        at = end + late
    return line
