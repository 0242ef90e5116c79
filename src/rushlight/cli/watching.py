"""Progress on a terminal: one line for each step, a bar with time left for what takes long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rushlight.core.project import Watcher

__all__ = ["watching"]

_LONG_SECONDS = 2.0


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Watcher]:
    """A watcher that draws on standard error while the block runs; standard output stays clean."""
    console = Console(stderr=True, highlight=False)
    if quiet:
        yield Watcher()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        title, since = "", time.monotonic()
        shown: set[str] = set()

        def finish() -> None:
            nonlocal title
            if title:
                seconds = time.monotonic() - since
                # Writing and speaking take turns until the length fits; one line of each is enough.
                if title not in shown or seconds >= _LONG_SECONDS:
                    console.print(f"  [green]✓[/] {title:<22} [dim]{seconds:5.1f} s[/]")
                shown.add(title)
                title = ""

        def on_step(name: str, kept: bool) -> None:
            nonlocal title, since
            finish()
            name = name.replace("_", " ")
            if kept:
                if name in shown:
                    return
                shown.add(name)
                console.print(f"  [dim]· {name:<22}  kept[/]")
                return
            title, since = name, time.monotonic()
            progress.reset(task, total=1.0, description=name)

        def on_progress(done: float, what: str) -> None:
            progress.update(task, completed=done, description=escape(f"{title}: {what}" if what else title))

        def on_weak(message: str) -> None:
            # Sentences of ours may hold brackets of a person's; a log file gets them on one line.
            console.print(f"  [yellow]![/] {escape(message)}", soft_wrap=not console.is_terminal)

        yield Watcher(on_step=on_step, on_progress=on_progress, on_weak=on_weak)
        finish()
