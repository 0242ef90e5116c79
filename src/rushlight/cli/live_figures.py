"""Live figures of a collector in the terminal."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import Any

import click

from rushlight.core.errors import ToolError

__all__ = ["show_live"]


def show_live(url: str, *, every: float, times: int | None, as_json: bool) -> None:
    """Ask a collector again and again and show what it says.

    Args:
        url: its live figures.
        every: seconds between two looks.
        times: how many looks; None until stopped.
        as_json: one object a line instead of a table.

    Raises:
        ToolError: nobody answers there.
    """
    from rich.live import Live

    looks = range(times) if times else count()
    if as_json:
        for number in looks:
            click.echo(json.dumps(_ask(url)))
            if times is None or number + 1 < times:
                time.sleep(every)
        return
    with Live(_table(_ask(url)), auto_refresh=False) as shown:
        for number in looks:
            shown.update(_table(_ask(url)), refresh=True)
            if times is None or number + 1 < times:
                time.sleep(every)


def _ask(url: str) -> dict[str, Any]:
    import httpx

    try:
        answer = httpx.get(url, timeout=5)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ToolError(
            f"No collector answers at {url} ({type(error).__name__}).", hint="Start one: rushlight audience collect."
        ) from error
    return found


def _table(found: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(
        title=f"{found['watching']:,} watching · {found['events_per_second']:,} events/s",
        caption=f"{found['accepted']:,} accepted, {found['refused']:,} refused",
    )
    table.add_column("title")
    table.add_column("watching", justify="right")
    table.add_column("at", justify="right")
    for one in found["titles"][:20]:
        at = one["median_seconds"]
        table.add_row(
            one["title_id"], f"{one['watching']:,}", "–" if at is None else f"{int(at) // 60}:{int(at) % 60:02d}"
        )
    return table
