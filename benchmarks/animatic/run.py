"""Screenplays to animatic films: `rushlight make FILE.fountain` at 1280×720 and 30 frames a second with two workers.

For each screenplay: wall seconds for the whole job and their ratio to the length of the film (target: at most 2 on two
cores); spoken lines, and how many are captioned word for word (target: all); caption rules broken; the distance of the
two voices most alike, in steps of four semitones of pitch or as much timbre (12 mel cepstra of one read sentence;
target: at least 1); shots, sound cues placed, loudness and true peak of the film as players decode it.
The example is ours; `brick_and_steel.fountain` is taken from the fixtures when they are there
(`RUSHLIGHT_FIXTURES` or `../shared/fixtures`). The target stands for an idle machine of two cores; the note gives the
load average at the start, and the processor seconds that the job itself took, which do not depend on it.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.core.project import Project, create_project
from rushlight.flows.make_film import Film, FilmWishes, make_film

ROOT = Path(__file__).parents[2]
WORKERS = 2


def screenplays() -> list[Path]:
    """The example of three pages, then the fixture."""
    fixtures = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
    found = [ROOT / "examples" / "screenplays" / "the_last_ferry.fountain"]
    return found + sorted(fixtures.glob("text/screenplay/brick_and_steel.fountain"))


def cpu_seconds() -> float:
    """Processor time of this process and the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def figures_of(project: Project) -> dict[str, float]:
    """Every figure that a step noted."""
    return {name: value for record in project.ledger.all() for name, value in record.figures.items()}


def row_of(path: Path, film: Film, project: Project, wall: float, cpu: float) -> list[str]:
    """One line of the table."""
    found, seconds = figures_of(project), float(film.seconds)
    return [
        path.stem, f"{seconds:.1f}", f"{wall:.0f}", f"{wall / seconds:.2f}", f"{cpu / seconds:.2f}",
        f"{found['captioned_lines']:.0f}/{found['spoken_lines']:.0f}", f"{found['breaches']:.0f}",
        f"{found['least_distance']:.2f} ({len(film.cast.parts) if film.cast else 0} voices)", f"{found['shots']:.0f}",
        f"{found['cues']:.0f}", f"{film.figures['integrated_lufs']:.2f}", f"{film.figures['true_peak_dbtp']:.2f}",
    ]  # fmt: skip


def main() -> int:
    """Make every film and write RESULTS.md."""
    rows = [["screenplay", "film s", "wall s", "wall / film", "CPU / film", "lines captioned", "caption breaches",
             "least voice distance", "shots", "sound cues", "LUFS", "dBTP"]]  # fmt: skip
    load, good = os.getloadavg()[0], True
    with tempfile.TemporaryDirectory() as folder:
        for path in screenplays():
            project = create_project(Path(folder) / path.stem)
            project.workers = WORKERS
            start, before = time.perf_counter(), cpu_seconds()
            film = make_film(project, path, FilmWishes(height=720, rate="30"))
            wall, cpu = time.perf_counter() - start, cpu_seconds() - before
            rows.append(row_of(path, film, project, wall, cpu))
            print(" | ".join(rows[-1]), flush=True)
            found = figures_of(project)
            good &= wall <= 2 * float(film.seconds) and found["captioned_lines"] == found["spoken_lines"]
            good &= found["breaches"] == 0 and found["least_distance"] >= 1
    write_results(__file__, __doc__ or "", rows, [f"Load average at the start: {load:.1f} on {os.cpu_count()} cores."])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
