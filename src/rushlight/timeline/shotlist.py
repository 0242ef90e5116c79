"""Shot lists as CSV: written for people to edit, and their edits brought back into a staging."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from rushlight.artifacts import Shot, Staging
from rushlight.artifacts.staging import FRAMINGS, LENSES_MM, MOVEMENTS, Figure, Framing, ShotTimes
from rushlight.core.errors import InputError
from rushlight.core.units import parse_seconds

__all__ = ["COLUMNS", "apply_shot_list", "read_shot_list", "shots_to_csv"]

COLUMNS = ("shot", "scene", "framing", "lens_mm", "movement", "seconds", "people", "action", "dialogue", "note")
"""What a shot list says of each shot; `framing`, `lens_mm`, `movement` and `seconds` may be edited, rows may be deleted
and rows with a new name, or none, put in."""

_MOST_BYTES = 4_000_000
_MOST_ROWS = 20_000
_SHORTEST, _LONGEST = Fraction(1, 5), Fraction(600)
_USUAL_SECONDS = Fraction(3)


def shots_to_csv(staging: Staging, times: Sequence[ShotTimes]) -> str:
    """A staging as a shot list, one row a shot."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for shot, when in zip(staging.shots, times, strict=True):
        writer.writerow(
            {
                "shot": shot.label, "scene": staging.scenes[shot.scene].title, "framing": shot.framing,
                "lens_mm": shot.lens_mm, "movement": shot.movement, "seconds": f"{float(when.end - when.start):.3f}",
                "people": ", ".join(figure.name for figure in shot.figures), "action": _safe(shot.action),
                "dialogue": _safe(_said(shot)), "note": _safe(shot.reason),
            }
        )  # fmt: skip
    return out.getvalue()


def _said(shot: Shot) -> str:
    return " / ".join(f"{line.speaker}: {line.text}" for line in shot.lines)


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def read_shot_list(text: str, path: Path | None = None) -> list[dict[str, str]]:
    """The rows of a shot list, checked.

    Raises:
        InputError: not a shot list, or a cell that cannot be used; the place is the row.
    """
    if len(text) > _MOST_BYTES or "\0" in text:
        raise InputError("This is not a shot list.", path=path, hint="Delete it to have it written anew.")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"This shot list cannot be read: {error}.", path=path, hint="Save it as CSV.") from error
    missing = {"shot", "framing", "movement", "seconds"} - {str(name).strip() for name in (rows[0] if rows else {})}
    if missing or len(rows) > _MOST_ROWS:
        what = f"has no column {sorted(missing)[0]!r}" if missing else f"has {len(rows)} rows"
        raise InputError(f"This shot list {what}.", path=path, hint="Delete it to have it written anew.")
    found = []
    for number, row in enumerate(rows, 2):
        cells = {str(name).strip(): str(value or "").strip() for name, value in row.items() if name is not None}
        if any(cells.values()):
            _check(cells, number, path)
            found.append(cells)
    if not found:
        raise InputError("This shot list has no shots.", path=path, hint="Delete it to have it written anew.")
    return found


def _check(cells: dict[str, str], number: int, path: Path | None) -> None:
    where = f"row {number}"
    cells["framing"] = cells["framing"].lower().replace(" ", "_").replace("-", "_")
    cells["movement"] = cells["movement"].lower().replace(" ", "_").replace("-", "_") or "static"
    short = {value.lower().replace("-", "_"): key for key, value in FRAMINGS.items()}
    cells["framing"] = short.get(cells["framing"], cells["framing"]) or "medium"
    if cells["framing"] not in get_args(Framing):
        raise InputError(
            f"There is no framing {cells['framing']!r}.",
            path=path,
            where=where,
            hint=f"Framings: {', '.join(FRAMINGS)}.",
        )
    if cells["movement"] not in MOVEMENTS:
        raise InputError(
            f"There is no movement {cells['movement']!r}.",
            path=path,
            where=where,
            hint=f"Movements: {', '.join(MOVEMENTS)}.",
        )
    lens = cells.get("lens_mm", "").lower().removesuffix("mm").strip()
    if lens and not (re.fullmatch(r"\d{1,4}(?:\.0*)?", lens) and 8 <= float(lens) <= 1200):
        raise InputError(f"{lens!r} is not a lens.", path=path, where=where, hint="Give millimetres from 8 to 1200.")
    cells["lens_mm"] = str(int(float(lens))) if lens else ""
    if cells["seconds"]:
        try:
            seconds = parse_seconds(cells["seconds"].replace(",", "."))
        except InputError as error:
            raise InputError(
                f"{cells['seconds']!r} is not a length.", path=path, where=where, hint="Write seconds, such as 2.5."
            ) from error
        if not _SHORTEST <= seconds <= _LONGEST:
            raise InputError(
                f"A shot cannot last {cells['seconds']} s.", path=path, where=where, hint="Give 0.2 to 600 seconds."
            )


def apply_shot_list(
    staging: Staging, base: Sequence[Mapping[str, str]], edited: Sequence[Mapping[str, str]]
) -> tuple[Staging, list[str]]:
    """A staging with a person's edits of its shot list.

    Only what differs from the list they were given counts as an edit, so that everything else follows the screenplay.
    Shots are found again by what they show and say. A deleted shot's words are kept: they go to its neighbour.

    Args:
        staging: fresh from the screenplay.
        base: the rows as they were written for the person.
        edited: the rows as they are now.

    Returns:
        The staging, and what could not be done, in words.
    """
    notes: list[str] = []
    keys = _keys([(_key_of(shot, staging), shot.label) for shot in staging.shots])
    by_key = {key: number for number, key in enumerate(keys)}
    base_keys = _keys([(_row_key(row), row["shot"]) for row in base])
    known = {row["shot"]: (key, row) for key, row in zip(base_keys, base, strict=True)}
    kept = {row["shot"] for row in edited if row["shot"] in known}
    changes: dict[int, dict[str, Any]] = {}
    inserted: dict[int, list[Mapping[str, str]]] = {}
    after = -1
    for row in edited:
        if row["shot"] not in known:
            inserted.setdefault(after, []).append(row)
            continue
        key, before = known[row["shot"]]
        if key not in by_key:
            if any(row.get(name) != before.get(name) for name in ("framing", "movement", "lens_mm", "seconds")):
                notes.append(
                    f"Shot {row['shot']} of your shot list is no longer in the screenplay; its edits are not used."
                )
            continue
        after = by_key[key]
        if change := _change(row, before):
            changes[after] = change
    gone = {by_key[key] for name, (key, _) in known.items() if name not in kept and key in by_key}
    return _rebuilt(staging, changes, gone, inserted, notes), notes


def _key_of(shot: Shot, staging: Staging) -> str:
    return "|".join((staging.scenes[shot.scene].title, shot.action, _said(shot)))


def _row_key(row: Mapping[str, str]) -> str:
    texts = (row.get(name, "") for name in ("scene", "action", "dialogue"))
    return "|".join(text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text for text in texts)


def _keys(found: Sequence[tuple[str, str]]) -> list[tuple[str, int]]:
    """Keys made unique by counting those that are alike."""
    counts: dict[str, int] = {}
    keys = []
    for key, _ in found:
        counts[key] = counts.get(key, 0) + 1
        keys.append((key, counts[key]))
    return keys


def _change(row: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any]:
    change: dict[str, Any] = {}
    if row["framing"] != before["framing"]:
        change["framing"] = row["framing"]
        change["lens_mm"] = LENSES_MM[row["framing"]]  # type: ignore[index]
        change["reason"] = "a person's framing"
    if row["movement"] != before["movement"]:
        change["movement"] = row["movement"]
    if row.get("lens_mm") and row["lens_mm"] != before.get("lens_mm"):
        change["lens_mm"] = int(row["lens_mm"])
    if row["seconds"] and row["seconds"] != before["seconds"]:
        change["asked_seconds"] = parse_seconds(row["seconds"].replace(",", "."))
    return change


def _rebuilt(
    staging: Staging, changes: Mapping[int, dict[str, Any]], gone: set[int],
    inserted: Mapping[int, list[Mapping[str, str]]], notes: list[str],
) -> Staging:  # fmt: skip
    shots: list[Shot] = []
    for row in inserted.get(-1, []):
        shots.append(_made(row, 0, len(shots)))
    waiting: list[Shot] = []
    for number, shot in enumerate(staging.shots):
        if number in gone:
            if shot.lines:
                if shots and shots[-1].scene == shot.scene:
                    shots[-1] = _joined(shots[-1], shot)
                else:
                    waiting.append(shot)
        else:
            one = shot.model_copy(update=changes.get(number, {}))
            for lost in waiting:
                one = _joined(lost, one, keep=one)
            waiting = []
            shots.append(one)
        shots += [_made(row, shot.scene, len(shots) + place) for place, row in enumerate(inserted.get(number, []))]
    if waiting:
        notes.append("Every shot of a scene with words was deleted; its words are kept in their own shots.")
        shots += waiting
    if not shots:
        raise InputError("The shot list deletes every shot.", hint="Keep at least one row.")
    return staging.model_copy(update={"shots": tuple(shots)})


def _joined(one: Shot, other: Shot, keep: Shot | None = None) -> Shot:
    """Two shots' words in one picture."""
    shown = keep or one
    return shown.model_copy(update={"lines": (*one.lines, *other.lines)})


def _made(row: Mapping[str, str], scene: int, number: int) -> Shot:
    """A shot that a person put in."""
    framing: Framing = row["framing"]  # type: ignore[assignment]
    names = [name.strip().upper() for name in row.get("people", "").split(",") if name.strip()]
    figures = tuple(
        Figure(name=name, across=(place + 1) / (len(names[:4]) + 1), facing="right" if place % 2 == 0 else "left")
        for place, name in enumerate(names[:4])
    )
    seconds = parse_seconds(row["seconds"].replace(",", ".")) if row["seconds"] else _USUAL_SECONDS
    return Shot(
        id=f"new-{number:03d}", scene=scene, label=row["shot"] or "new", framing=framing, movement=row["movement"],  # type: ignore[arg-type]
        lens_mm=int(row.get("lens_mm") or LENSES_MM[framing]), figures=figures, action=row.get("action", ""),
        subject=names[0] if names else "", asked_seconds=seconds, reason="put in by a person",
    )  # fmt: skip
