"""Killed with SIGKILL after each stage and at 30 random moments, then run again.

What counts: the second run finishes, no step that had finished runs again (its record keeps its time), and no file
under a final name is torn (stored files hash to their names; films, timelines and records can be read).
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kill_film import ARTICLE, Outcome, kill_and_resume, start
from results import write_results
from rushlight.core.project import create_project

RANDOM_MOMENTS = 30
SEED = 11


def main() -> int:
    """Run all kills and write RESULTS.md."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        document = base / "clock.md"
        document.write_text(ARTICLE, encoding="utf-8")
        create_project(base / "whole")
        clock = time.perf_counter()
        whole = start(base / "whole", document)
        out, errors = whole.communicate()
        assert whole.returncode == 0, errors
        seconds, stages = time.perf_counter() - clock, int(out)
        outcomes: list[Outcome] = []
        moments = random.Random(SEED)
        plans = [{"after_steps": n} for n in range(1, stages + 1)]
        plans += [{"after_seconds": moments.uniform(0.3, seconds)} for _ in range(RANDOM_MOMENTS)]
        for number, plan in enumerate(plans):
            root = base / str(number)
            create_project(root)
            outcomes.append(kill_and_resume(root, document, **plan))
            print(f"{number + 1}/{len(plans)} {outcomes[-1].when}: {'good' if outcomes[-1].good else outcomes[-1]}")
    at_stages, at_random = outcomes[:stages], outcomes[stages:]
    rows = [
        ["kill", "runs", "killed", "finished after", "finished steps run twice", "torn files"],
        *[
            [
                name,
                str(len(group)),
                str(sum(o.killed for o in group)),
                str(sum(o.finished for o in group)),
                str(sum(len(o.rerun) for o in group)),
                str(sum(len(o.torn) for o in group)),
            ]
            for name, group in (("at the start of each step", at_stages), ("at random moments", at_random))
        ],
    ]
    write_results(__file__, __doc__ or "", rows)
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
