"""A cut as a table that any spreadsheet opens: one row a clip, dissolve or marker, every number a count of frames."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from rushlight.core.errors import InputError
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence

__all__ = ["read_csv", "write_csv"]

_HEAD = ("kind", "track", "name", "file", "reel", "record_in", "frames", "source_in", "media_frames", "timecode_start",
         "gain_db", "fade_in", "fade_out")  # fmt: skip
_LARGEST_BYTES = 64 << 20


def write_csv(sequence: Sequence) -> str:
    """A sequence as CSV with a first row that holds its name, rate and size; nothing is lost."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_HEAD)
    size, drop = f"{sequence.width_px}x{sequence.height_px}", int(sequence.drop)
    rows.writerow(["sequence", "", sequence.name, str(sequence.rate), size, 0, sequence.count, "", "", drop])
    for number, line in enumerate(sequence.lines, 1):
        rows.writerow([line.kind.lower(), number, line.name])
        for index, (at, clip) in enumerate(line.placed()):
            if (join := line.joins.get(index)) is not None:
                rows.writerow(["dissolve", number, "", "", "", at, join.before + join.after, join.before])
            if clip.is_gap:
                rows.writerow(["gap", number, "", "", "", at, clip.count])
                continue
            rows.writerow([
                "clip", number, clip.name, clip.path, clip.reel, at, clip.count, clip.start, clip.media_count,
                clip.timecode, repr(clip.gain_db), clip.fade_in, clip.fade_out,
            ])  # fmt: skip
    for marker in sequence.markers:
        rows.writerow(["marker", "", marker.name, "", "", marker.at, marker.count])
    return out.getvalue()


def read_csv(text: str) -> Sequence:
    """A sequence from such a table.

    Raises:
        InputError: another head, or a row that is none of ours.
    """
    if len(text) > _LARGEST_BYTES:
        raise InputError("This table is too large for a cut.")
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or tuple(rows[0]) != _HEAD:
        raise InputError("This table is not an edit list.", hint=f"Its head must be {','.join(_HEAD)}.")
    made: Sequence | None = None
    for number, given in enumerate(rows[1:], 2):
        row = [*given, *[""] * (len(_HEAD) - len(given))]
        try:
            if row[0] == "sequence":
                width, height = row[4].split("x")
                made = Sequence(row[2], Fraction(row[3]), int(width), int(height), bool(int(row[9] or 0)))
            elif made is None:
                raise ValueError("the first row must be the sequence")
            else:
                _read_row(row, made)
        except (ValueError, IndexError, ZeroDivisionError) as error:
            raise InputError(f"This row cannot be read ({error}).", where=f"row {number}") from error
    if made is None or made.rate <= 0:
        raise InputError("This table does not say its frame rate.")
    return made


def _read_row(row: list[str], made: Sequence) -> None:
    if row[0] in ("video", "audio"):
        made.lines.append(Line(row[0].capitalize(), row[2]))
    elif row[0] == "gap":
        made.lines[-1].clips.append(Clip("", int(row[6])))
    elif row[0] == "dissolve":
        made.lines[-1].joins[len(made.lines[-1].clips)] = Join(int(row[7]), int(row[6]) - int(row[7]))
    elif row[0] == "clip":
        made.lines[-1].clips.append(Clip(
            row[2], int(row[6]), int(row[7] or 0), row[3], int(row[8] or 0), int(row[9] or 0), row[4],
            float(row[10] or 0), int(row[11] or 0), int(row[12] or 0),
        ))  # fmt: skip
    elif row[0] == "marker":
        made.markers.append(Marker(int(row[5]), row[2], int(row[6] or 0)))
    elif any(row):
        raise ValueError(f"unknown kind {row[0]!r}")
