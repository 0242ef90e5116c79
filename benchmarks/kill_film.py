"""Making a film in a process that is killed on the way, and looking at what is left.

Used by the benchmark `resume` and by the tests. A kill is SIGKILL to the whole process group, as when power fails.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from rushlight.core.project import Project, open_project
from rushlight.media.probe import probe

ARTICLE = """# The harbour clock

The harbour clock of Lindmark has told the time since 1894. It was a gift of the shipping company North Line.

## The storm

In 1923 a storm broke the glass and the clock stood still for eleven days. Fishermen took their time from the sun.

## Today

Today 240,000 people pass the clock every year. The keeper, Anna Brandt, winds it by hand each Monday.
"""

_CHILD = """
import os, signal, sys
from pathlib import Path
from rushlight.core.project import Project, Watcher
from rushlight.flows.make_film import FilmWishes, make_film
root, document, after, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
steps = 0
def on_step(name, kept):
    global steps
    steps += 1
    if steps == after:
        os.killpg(0, signal.SIGKILL)
project = Project(root, watcher=Watcher(on_step=on_step), workers=workers)
make_film(project, document, FilmWishes(length="8s", height=144, rate="12"))
print(steps)
"""


@dataclass
class Outcome:
    """What one kill and the run after it came to."""

    when: str
    killed: bool
    finished: bool = False
    rerun: list[str] = field(default_factory=list)
    """Steps that had finished before the kill and ran again."""
    torn: list[str] = field(default_factory=list)
    """Files under final names that are damaged."""

    @property
    def good(self) -> bool:
        """Whether it finished, nothing ran twice and nothing is torn."""
        return self.finished and not self.rerun and not self.torn


def start(root: Path, document: Path, *, after_steps: int = 0, workers: int = 2) -> subprocess.Popen[str]:
    """Start making the film in a process group of its own; it kills itself when its n-th step begins."""
    arguments = [sys.executable, "-c", _CHILD, str(root), str(document), str(after_steps), str(workers)]
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def kill_and_resume(root: Path, document: Path, *, after_steps: int = 0, after_seconds: float = 0.0) -> Outcome:
    """Kill the job at its n-th step or after some seconds, run it again, and compare."""
    when = f"step {after_steps}" if after_steps else f"{after_seconds:.2f} s"
    process = start(root, document, after_steps=after_steps)
    if after_seconds:
        try:
            process.wait(after_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    outcome = Outcome(when, killed=process.returncode == -signal.SIGKILL)
    project = open_project(root)
    outcome.torn += torn_files(project)
    before = {record.key: record.started for record in project.ledger.all()}
    time.sleep(0.05)
    again = start(root, document)
    _, errors = again.communicate(timeout=300)
    outcome.finished = again.returncode == 0 and (root / "renders" / f"{document.stem}.mp4").exists()
    if not outcome.finished:
        outcome.torn.append(errors.strip()[-300:])
        return outcome
    for record in project.ledger.all():
        if record.key in before and record.started != before[record.key]:
            outcome.rerun.append(record.capability)
    outcome.torn += torn_files(project)
    return outcome


def torn_files(project: Project) -> list[str]:
    """Files under final names that are not whole: stored ones against their hash, the others by reading them."""
    damaged = [str(path) for path in project.store.verify()]
    project.ledger.all()
    written = project.memory / "written.json"
    if written.exists():
        json.loads(written.read_text())
    for path in project.root.rglob("*"):
        if not path.is_file() or path.name.startswith(".writing-") or "scratch" in path.parts:
            continue
        if path.suffix == ".mp4":
            try:
                probe(path)
            except ValueError as error:
                damaged.append(f"{path}: {error}")
        elif path.suffix in (".otio", ".json"):
            json.loads(path.read_text())
    return damaged
