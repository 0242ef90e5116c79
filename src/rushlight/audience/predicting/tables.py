"""Occasions from a plain table that a person has: CSV, TSV or Parquet, columns named as people name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.predicting.occasions import Occasions, coded
from rushlight.core.errors import InputError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MOST_IMPRESSIONS_A_DAY", "MOST_ROWS", "TableForm", "local_hour_and_weekday", "read_table"]

Floats = NDArray[np.float64]

MOST_ROWS = 2_000_000
MOST_VIEWS_A_DAY, MOST_IMPRESSIONS_A_DAY = 500, 5_000
_MOST_SECONDS_A_DAY = 86_400 * 1.05
_MOST_BYTES = 2_000_000_000
_COLUMNS = {
    "viewer": ("viewer", "viewer_id", "user", "user_id", "userid"),
    "title": ("title_id", "title", "item_id", "item", "video_id", "video", "movie_id", "movieid", "film"),
    "at": ("started_at", "ts_client", "shown_at", "timestamp", "time", "date", "at"),
    "known_at": ("ended_at", "last_at"),
    "watched": ("watch_seconds", "played_seconds", "watched_seconds", "seconds_watched", "watch_time_seconds",
                "watch_time", "seconds"),
    "click": ("click", "clicked", "clicks"),
    "duration": ("duration_seconds", "length_seconds", "duration"),
    "position": ("position", "rank", "place"),
    "device": ("device", "device_type"),
    "traffic_source": ("traffic_source", "source", "origin"),
    "category": ("category", "genre"),
    "tz": ("tz", "timezone", "time_zone"),
}  # fmt: skip
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class TableForm:
    """What a table is read for.

    Attributes:
        outcome: `watched` or `click`; empty for occasions that are yet to come.
        features: further columns that are known before the moment.
        within_seconds: a click is known after so long.
    """

    outcome: str
    features: tuple[str, ...] = ()
    within_seconds: float = 1_800.0


def read_table(path: Path, form: TableForm) -> Occasions:
    """Occasions of a table, with what was left out in the notes.

    Raises:
        InputError: no table, a column is missing, or not one row can be used.
    """
    frame = _frame(path)
    found = _found(frame.columns, path, form)
    notes: list[str] = []
    if frame.height > MOST_ROWS and "at" in found:
        when = np.nan_to_num(_times(np.array([str(value or "") for value in frame[found["at"]].to_list()])), nan=-1.0)
        frame = frame[np.sort(np.argpartition(when, -MOST_ROWS)[-MOST_ROWS:])]
        notes.append(f"Only the latest {MOST_ROWS:,} rows were looked at.")
    count = frame.height

    def text(name: str) -> NDArray[np.str_]:
        if name not in found:
            return np.full(count, "", dtype="<U1")
        return np.asarray([str(value or "").strip()[:200] for value in frame[found[name]].to_list()], dtype=np.str_)

    at = _times(text("at")) if "at" in found else np.full(count, np.nan)
    outcome = np.full(count, np.nan) if not form.outcome else _numbers(text(form.outcome))
    duration = _numbers(text("duration"))
    kept = _kept(at, outcome, text("title"), form, notes)
    duration = np.where(duration > 0, duration, np.nan)
    if form.outcome == "watched":
        beyond = kept & (outcome > duration)
        outcome = np.where(beyond, duration, outcome)
        if beyond.any():
            notes.append(f"{int(beyond.sum()):,} viewings were longer than their title and count as all of it.")
    if form.outcome == "click":
        outcome = np.where(outcome > 0, 1.0, np.where(np.isnan(outcome), np.nan, 0.0))
    kept = _without_doubles(kept, (text("viewer"), text("title"), at), "viewer" in found and "at" in found, notes)
    if form.outcome:
        kept = _without_bots(kept, coded(text("viewer"))[1], at, outcome, form, notes)
    if not kept.any():
        raise InputError("Not one row of this table can be used.", path=path, hint=" ".join(notes) or "Check its rows.")
    if "viewer" not in found and form.outcome:
        notes.append("The table names no viewers: nothing is known of their past, and each row counts by itself.")
    hour, weekday = _local(np.where(np.isnan(at), 0.0, at), text("tz"))
    known = _times(text("known_at")) if "known_at" in found else np.full(count, np.nan)
    waits = np.where(np.isnan(outcome), 0.0, outcome) if form.outcome == "watched" else form.within_seconds
    known = np.where(np.isnan(known) | (known < at), at + waits, known)
    viewers, viewer = coded(text("viewer"))
    titles, title = coded(text("title"))
    labels: dict[str, NDArray[np.str_]] = {
        name: text(name) for name in ("device", "traffic_source", "category") if name in found
    }
    more, numbers = _further(frame, form.features)
    made = Occasions(
        viewer, title, at, known, outcome, hour, weekday, duration, _numbers(text("position")),
        {**labels, **more}, numbers, viewers, titles, notes,
    )  # fmt: skip
    return made.taken(kept)


def _frame(path: Path) -> pl.DataFrame:
    import polars as pl

    if not path.is_file():
        raise InputError("There is no table here.", path=path, hint="Give CSV, TSV or Parquet.")
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This table is larger than 2 GB.", path=path, hint="Keep the latest months only.")
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path).cast(pl.String, strict=False)
        mark = "\t" if path.suffix.lower() == ".tsv" else ","
        return pl.read_csv(path, separator=mark, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy")
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise InputError(f"This is no table ({str(error).splitlines()[0]}).", path=path, hint="Give CSV.") from error


def _found(columns: Sequence[str], path: Path, form: TableForm) -> dict[str, str]:
    """Which column is which; the person's own name for it wins over one that merely means the same."""
    known = {name.strip().lower(): name for name in reversed(columns)}
    found = {
        what: next(known[name] for name in names if name in known)
        for what, names in _COLUMNS.items()
        if any(name in known for name in names)
    }
    for what in ("title", *(("at", form.outcome) if form.outcome else ())):
        if what not in found:
            raise InputError(
                f"This table has no column `{_COLUMNS[what][0]}`.", path=path,
                hint=f"It is also found as {', '.join(_COLUMNS[what][1:])}.",
            )  # fmt: skip
    missing = [name for name in form.features if name not in columns]
    if missing and form.outcome:
        raise InputError(f"This table has no column {missing[0]!r}.", path=path, hint="Check --features.")
    return found


def _numbers(values: NDArray[np.str_]) -> Floats:
    import polars as pl

    if not len(values):
        return np.zeros(0)
    said = pl.Series(values.astype(object), dtype=pl.String)
    words = {"true": "1", "false": "0", "yes": "1", "no": "0"}
    said = said.str.to_lowercase().replace(words)
    found = said.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    return np.asarray(np.where(np.isfinite(found), found, np.nan))


def _times(values: NDArray[np.str_]) -> Floats:
    """Seconds since 1970 of ISO 8601, or of a number of seconds or milliseconds; NaN where it is neither."""
    return np.array([_time(value) for value in values.tolist()], np.float64)


def _time(value: str) -> float:
    try:
        number = float(value)
        # Seconds have ten figures until 2286, milliseconds thirteen.
        return number / 1000 if abs(number) > 1e11 else number
    except ValueError:
        pass
    try:
        stamp = datetime.fromisoformat(value)
        return stamp.replace(tzinfo=stamp.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return float("nan")


def _kept(at: Floats, outcome: Floats, title: NDArray[np.str_], form: TableForm, notes: list[str]) -> NDArray[np.bool_]:
    """Rows that can be used; why others cannot goes into the notes."""
    kept = np.ones(len(at), bool)
    latest = (datetime.now(UTC) + timedelta(days=1)).timestamp()
    reasons = [("name no title", title == "")]
    if form.outcome:
        what = "seconds watched" if form.outcome == "watched" else "click"
        reasons += [
            ("have no time, or one before 2000 or after tomorrow",
             np.isnan(at) | (at < _EARLIEST) | (at > latest)),
            (f"have no {what}", np.isnan(outcome)),
            (f"have a negative {what}", outcome < 0),
        ]  # fmt: skip
    for reason, wrong in reasons:
        fresh = kept & wrong
        if fresh.any():
            notes.append(f"{int(fresh.sum()):,} rows {reason} and are left out.")
        kept &= ~wrong
    return kept


def _without_doubles(
    kept: NDArray[np.bool_], key: tuple[NDArray[np.str_], NDArray[np.str_], Floats], telling: bool, notes: list[str]
) -> NDArray[np.bool_]:
    """Without rows of a viewer and title at a moment that was there before."""
    if not telling:
        return kept
    rows = np.flatnonzero(kept)
    codes = np.stack([np.unique(one[rows], return_inverse=True)[1] for one in key], axis=1)
    _, first = np.unique(codes, axis=0, return_index=True)
    found = np.zeros(len(kept), bool)
    found[rows[first]] = True
    doubled = int(kept.sum() - found.sum())
    if doubled:
        notes.append(f"{doubled:,} rows were there before (same viewer, title and time) and are left out.")
    return found


def _without_bots(
    kept: NDArray[np.bool_], viewer: NDArray[np.int64], at: Floats, outcome: Floats, form: TableForm, notes: list[str]
) -> NDArray[np.bool_]:
    """Without viewers who had more in a day than a person can."""
    rows = np.flatnonzero(kept & (viewer >= 0))
    if not len(rows):
        return kept
    pairs, number = np.unique(
        np.stack([viewer[rows], np.floor(at[rows] / 86_400).astype(np.int64)], axis=1), axis=0, return_inverse=True
    )
    number = number.ravel()
    wrong = np.bincount(number) > (MOST_VIEWS_A_DAY if form.outcome == "watched" else MOST_IMPRESSIONS_A_DAY)
    if form.outcome == "watched":
        wrong |= np.bincount(number, outcome[rows]) > _MOST_SECONDS_A_DAY
    bots = np.unique(pairs[wrong, 0])
    if len(bots):
        notes.append(f"{len(bots):,} viewers that no person can be were left out.")
    return kept & ~np.isin(viewer, bots)


def _local(at: Floats, zones: NDArray[np.str_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hour and weekday by the viewer's own clock; of UTC where the zone is unknown."""
    shift = np.zeros(len(at))
    for name in np.unique(zones).tolist():
        try:
            zone = ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zone = None
        if zone is None:
            continue
        rows = np.flatnonzero(zones == name)
        days = np.floor(at[rows] / 86_400)
        known = {
            day: (datetime.fromtimestamp(day * 86_400 + 43_200, UTC).astimezone(zone).utcoffset() or timedelta())
            for day in np.unique(days).tolist()
        }
        shift[rows] = [known[day].total_seconds() for day in days.tolist()]
    return local_hour_and_weekday(at + shift)


def local_hour_and_weekday(seconds: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hour and weekday (0 is Monday) of local times in seconds since 1970."""
    hour = np.floor(seconds % 86_400 / 3_600).astype(np.int64)
    # 1 January 1970 was a Thursday.
    return hour, ((np.floor(seconds / 86_400) + 3) % 7).astype(np.int64)


def _further(frame: pl.DataFrame, wanted: tuple[str, ...]) -> tuple[dict[str, NDArray[np.str_]], dict[str, Floats]]:
    """Columns that the person named: numbers where nearly all are, else words."""
    labels: dict[str, NDArray[np.str_]] = {}
    numbers: dict[str, Floats] = {}
    for name in wanted:
        if name not in frame.columns:
            continue
        said = np.asarray([str(value or "").strip()[:200] for value in frame[name].to_list()], dtype=np.str_)
        values = _numbers(said)
        if np.isnan(values[said != ""]).mean() < 0.05 if (said != "").any() else False:
            numbers[name] = values
        else:
            labels[name] = said
    return labels, numbers
