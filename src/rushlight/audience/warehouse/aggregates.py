"""Figures that a platform gives ready-made: kept beside the events, never mixed with them.

Reference:
    YouTube Analytics API, audience retention and traffic source reports; YouTube Studio's CSV exports; PeerTube's REST
    API, video retention statistics.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from rushlight.artifacts.retention import RetentionCurve
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

__all__ = ["import_aggregate", "read_aggregates", "read_traffic"]

_MOST_BYTES = 20_000_000
_POSITION = ("elapsedvideotimeratio", "video position (%)", "position (%)", "second", "video position")
_WATCHING = (
    "audiencewatchratio", "absolute audience retention (%)", "absolute retention (%)", "retentionpercent",
    "audience retention (%)",
)  # fmt: skip
_RELATIVE = ("relativeretentionperformance", "relative audience retention (%)", "relative retention (%)")
_TRAFFIC = ("traffic source", "insighttrafficsourcetype")


def import_aggregate(
    warehouse: Warehouse, path: Path, *, title_id: str = "", duration_seconds: float = 0.0, views: int = 0
) -> str:
    """Keep a retention or traffic report of a platform.

    Args:
        warehouse: where.
        path: CSV or JSON as the platform exports it.
        title_id: whose; the file's name by default.
        duration_seconds: length of the title; needed where positions are shares of it.
        views: how many views the report is of, when known.

    Returns:
        What it was: `retention` or `traffic`.

    Raises:
        InputError: no such report, or its length is needed and not given.
    """
    if not path.is_file():
        raise InputError("This file does not exist.", path=path)
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("A report of a platform is at most 20 MB.", path=path)
    rows = _rows(path)
    columns = {name.strip().lower().lstrip("\ufeff"): name for name in (rows[0] if rows else {})}
    title = title_id or path.stem
    traffic = next((columns[name] for name in _TRAFFIC if name in columns), None)
    if traffic:
        kept: dict[str, Any] = {
            "kind": "traffic",
            "title_id": title,
            "source": "youtube",
            "rows": _traffic(rows, traffic),
        }
    else:
        kept = {"kind": "retention", **_retention(path, rows, columns, title, duration_seconds, views)}
    name = f"aggregates/{kept['kind']}-{re.sub(r'[^A-Za-z0-9_-]+', '-', title)[:60]}.json"
    target = warehouse.folder / name
    with warehouse.writing():
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        manifest = warehouse.manifest()
        names = tuple(sorted({*manifest.aggregates, name}))
        warehouse.commit(manifest.model_copy(update={"aggregates": names, "generation": manifest.generation + 1}))
    return str(kept["kind"])


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise InputError(f"This file is no JSON ({error}).", path=path) from error
        if isinstance(value, dict) and "columnHeaders" in value:
            names = [str(column["name"]) for column in value["columnHeaders"]]
            return [dict(zip(names, row, strict=False)) for row in value.get("rows", [])]
        found = value.get("data", []) if isinstance(value, dict) else value
        return [row for row in found if isinstance(row, dict)]
    return list(csv.DictReader(text.splitlines()))


def _number(value: Any) -> float:
    return float(str(value).strip().rstrip("%").replace(",", ".") or "nan")


def _retention(
    path: Path, rows: list[dict[str, Any]], columns: dict[str, str], title: str, duration: float, views: int
) -> dict[str, Any]:
    place = next((name for name in _POSITION if name in columns), None)
    share = next((name for name in _WATCHING if name in columns), None)
    if place is None or share is None:
        raise InputError(
            "This is neither a retention nor a traffic report.", path=path,
            hint="Give YouTube's retention or traffic report, or PeerTube's retention statistics.",
        )  # fmt: skip
    try:
        at = [_number(row[columns[place]]) for row in rows]
        left = [_number(row[columns[share]]) / (100 if "%" in share or "percent" in share else 1) for row in rows]
        relative = next((columns[name] for name in _RELATIVE if name in columns), None)
        ranks = [_number(row[relative]) / (100 if "%" in relative else 1) for row in rows] if relative else []
    except ValueError as error:
        raise InputError(f"This report holds something that is no number ({error}).", path=path) from error
    if not at or any(value != value or value < 0 for value in (*at, *left)):
        raise InputError("This report is empty or holds values below 0.", path=path)
    if place != "second":
        if duration <= 0:
            raise InputError(
                "Positions in this report are shares of the film, whose length is not given.", path=path,
                hint="Add --duration, such as --duration 6m12s.",
            )  # fmt: skip
        at = [value * duration / (100 if "%" in place or max(at) > 1.5 else 1) for value in at]
    duration = duration or max(at) + 1
    return {
        "title_id": title, "source": "peertube" if place == "second" else "youtube", "views": views,
        "duration_seconds": duration, "at_seconds": at, "watching": left, "relative": ranks,
    }  # fmt: skip


def _traffic(rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    views = next((name for name in rows[0] if name.strip().lower() == "views"), None)
    found = []
    for row in rows:
        if str(row[column]).strip().lower() in ("total", ""):
            continue
        found.append({"traffic_source": str(row[column]), "views": int(_number(row[views])) if views else 0})
    return found


def read_aggregates(warehouse: Warehouse) -> list[RetentionCurve]:
    """Retention curves of platforms that were imported, on steps of a second."""
    import numpy as np

    found = []
    for kept in _kept(warehouse, "retention"):
        seconds = np.arange(0.5, max(kept["duration_seconds"], 1.0))
        watching = np.interp(seconds, kept["at_seconds"], kept["watching"])
        relative = np.interp(seconds, kept["at_seconds"], kept["relative"]) if kept["relative"] else ()
        found.append(
            RetentionCurve(
                title_id=kept["title_id"], views=kept["views"], viewers=0, duration_seconds=kept["duration_seconds"],
                watching=tuple(round(float(value), 6) for value in watching),
                relative=tuple(round(float(value), 6) for value in relative),
                average_seconds=round(float(watching.sum()), 3), source=kept["source"],
            )
        )  # fmt: skip
    return found


def read_traffic(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Views by traffic source as platforms gave them, by title."""
    return {kept["title_id"]: kept["rows"] for kept in _kept(warehouse, "traffic")}


def _kept(warehouse: Warehouse, kind: str) -> list[dict[str, Any]]:
    names = [name for name in warehouse.manifest().aggregates if name.startswith(f"aggregates/{kind}-")]
    return [json.loads((warehouse.folder / name).read_text(encoding="utf-8")) for name in names]
