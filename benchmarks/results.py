"""Writing RESULTS.md: generated, never typed."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["table", "write_results"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table; the first is the head."""
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in body)])


def write_results(script: str, method: str, rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """Print a benchmark's figures and write them beside its script."""
    folder = Path(script).parent
    print("\n" + table(rows))
    for note in notes:
        print(note)
    text = (
        f"# {folder.name.replace('_', ' ').capitalize()}\n\n{method.strip()}\n\n{table(rows)}\n\n"
        + "".join(f"{note}\n\n" for note in notes)
        + f"Generated on {datetime.now(UTC):%Y-%m-%d} by `make bench {folder.name}`; {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}.\n"
    )
    (folder / "RESULTS.md").write_text(text, encoding="utf-8")
