"""The hour by the viewer's own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rushlight.audience.warehouse.engine import Engine

if TYPE_CHECKING:
    import ibis

__all__ = ["with_hour"]

# A viewer's clock that is ahead by more is set right when hours are counted.
_CLOCK_SECONDS = 60


def with_hour(engine: Engine, table: ibis.Table, column: str, name: str = "key") -> ibis.Table:
    """A table with the hour of the viewer's own clock, 0 to 23; of UTC where the time zone is unknown.

    Args:
        engine: what counts.
        table: views or events, with `tz`.
        column: a time of it, in UTC.
        name: of the new column.
    """
    day = table[column].strftime("%Y-%m-%d") if engine.name == "duckdb" else table[column].cast("date").cast("string")
    table = table.mutate(day=day)
    pairs = engine.rows(table.filter(table.tz.notnull()).select("tz", "day").distinct())
    shift = {(row["tz"], row["day"]): _offset(row["tz"], row["day"]) for row in pairs}
    hour = table[column].epoch_seconds()
    if "clock_ahead_seconds" in table.columns:
        ahead = table.clock_ahead_seconds
        hour = hour - (ahead > _CLOCK_SECONDS).ifelse(ahead, 0)
    if shift:
        key = table.tz + "|" + table.day
        offsets = [(f"{zone}|{day}", seconds) for (zone, day), seconds in sorted(shift.items()) if seconds]
        if offsets:
            hour = hour + key.cases(*offsets, else_=0).fill_null(0)
    return table.mutate(**{name: ((hour % 86_400) / 3600).floor().cast("int64")})


def _offset(zone: str, day: str) -> int:
    """Seconds that a zone is ahead of UTC on a day; an unknown zone counts as UTC."""
    from datetime import datetime

    try:
        found = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return 0
    return int(found.total_seconds()) if found else 0
