"""Progress on a terminal: one line for each step, a bar with time left for what takes long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rushlight.core.project import Watcher

__all__ = ["watching"]


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
        state = {"title": "", "since": time.monotonic()}

        def finish() -> None:
            if state["title"]:
                seconds = time.monotonic() - float(state["since"])
                console.print(f"  [green]✓[/] {str(state['title']).replace('_', ' '):<22} [dim]{seconds:5.1f} s[/]")
                state["title"] = ""

        def on_step(title: str, kept: bool) -> None:
            finish()
            if kept:
                console.print(f"  [dim]·[/] {title.replace('_', ' '):<22} [dim] kept[/]")
                return
            state.update(title=title, since=time.monotonic())
            progress.reset(task, total=1.0, description=title.replace("_", " "))

        def on_progress(done: float, what: str) -> None:
            words = str(state["title"]).replace("_", " ")
            progress.update(task, completed=done, description=f"{words}: {what}" if what else words)

        def on_weak(message: str) -> None:
            console.print(f"  [yellow]![/] {message}")

        yield Watcher(on_step=on_step, on_progress=on_progress, on_weak=on_weak)
        finish()
