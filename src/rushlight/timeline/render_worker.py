"""A process that draws spans: `python -m rushlight.timeline.render_worker PARENT` reads one JSON task a line.

Task: `{"span": …, "output": …, "folder": …, "key": …}`. Answer: `{}`, or `{"error": …}` with what an error of ours is
made of. A process of our own rather than one of `multiprocessing`: it never imports the caller's main module, so it
works from any script, and it ends with its parent.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushlight.core import errors
from rushlight.core.errors import RushlightError, ToolError
from rushlight.core.run import Run
from rushlight.media.launcher import restrict

if TYPE_CHECKING:
    from rushlight.timeline.plan import Span
    from rushlight.timeline.render import Output

__all__ = ["render_on_workers"]


def render_on_workers(spans: dict[str, Span], output: Output, folder: Path, workers: int) -> Iterator[str]:
    """Draw spans on several processes, yielding the key of each as it is done.

    Raises:
        RushlightError: what the worker raised.
        ToolError: a worker was killed.
    """
    local = threading.local()
    started: list[subprocess.Popen[bytes]] = []

    def draw(key: str) -> str:
        if not hasattr(local, "process"):
            local.process = _start()
            started.append(local.process)
        _ask(local.process, {"span": spans[key], "output": asdict(output), "folder": str(folder), "key": key})
        return key

    pool = ThreadPoolExecutor(min(workers, len(spans)))
    try:
        # The longest first, so that no worker is left with a long one at the end.
        order = sorted(spans, key=lambda key: -spans[key]["count"])
        for future in as_completed([pool.submit(draw, key) for key in order]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in started:
            process.kill()
            process.wait()
        pool.shutdown(wait=True)


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rushlight.timeline.render_worker"]
    # In a group of its own: Ctrl-C on the terminal reaches the parent alone, which then ends its workers.
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)


def _ask(process: subprocess.Popen[bytes], task: dict[str, Any]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise ToolError("A render worker was killed.", hint="Free some memory, or use --workers 1.")
    problem = json.loads(answer).get("error")
    if problem is not None:
        kind: type[RushlightError] = getattr(errors, problem["kind"], RushlightError)
        raise kind(problem["message"], path=problem["path"], where=problem["where"], hint=problem["hint"])


def _work(task: dict[str, Any]) -> dict[str, Any]:
    from rushlight.timeline.render import Output, render_span

    folder = Path(task["folder"])
    try:
        run = Run(scratch=folder, cache=folder)
        run.cached(task["key"], ".mp4", partial(render_span, task["span"], Output(**task["output"])))
    except RushlightError as error:
        path = str(error.path) if error.path else None
        return {
            "error": {
                "kind": type(error).__name__,
                "message": error.message,
                "path": path,
                "where": error.where,
                "hint": error.hint,
            }
        }
    return {}


def main() -> None:
    """Answer tasks until the input ends."""
    restrict()  # for its parent-death signal alone
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_work(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
