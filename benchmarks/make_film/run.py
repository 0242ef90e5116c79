"""The whole job on every example, and on real tables when the fixtures are there.

For each: wall seconds for the film at 1280×720 with as many workers as cores, length against what was asked, caption
rules broken, numbers and names that trace to the source, loudness, true peak and how far music lies under speech.
`RUSHLIGHT_FIXTURES` or `../shared/fixtures` names the fixtures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.core.project import create_project
from rushlight.flows.make_film import FilmWishes, make_film

ROOT = Path(__file__).parents[2]
LENGTHS = {"lighthouses.toml": "30s"}


def documents() -> list[Path]:
    """Examples, then real tables."""
    found = sorted((ROOT / "examples").glob("*/*.toml")) + sorted((ROOT / "examples").glob("articles/*.md"))
    found += sorted((ROOT / "examples").glob("tables/*.csv"))
    fixtures = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
    return found + sorted(fixtures.glob("text/fivethirtyeight/*/*.csv"))[:4]


def main() -> int:
    """Make every film and write RESULTS.md."""
    rows = [
        [
            "source",
            "asked",
            "length",
            "error",
            "wall s",
            "caption breaches",
            "traced",
            "LUFS",
            "dBTP",
            "music under speech",
        ]
    ]
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for document in documents():
            project = create_project(Path(folder) / f"{document.parent.name}-{document.stem}")
            project.workers = os.cpu_count() or 1
            length = LENGTHS.get(document.name, "40s")
            start = time.perf_counter()
            film = make_film(project, document, FilmWishes(length=length))
            wall = time.perf_counter() - start
            breaches = sum(
                int(record.figures.get("breaches", 0))
                for record in project.ledger.all()
                if record.capability == "caption_narration"
            )
            seconds, asked = float(film.narration.duration), float(length[:-1])
            error = abs(seconds - asked) / asked
            figures = film.mix.figures
            good &= error <= 0.02 and breaches == 0 and film.grounded[0] == film.grounded[1]
            rows.append(
                [
                    f"{document.parent.name}/{document.name}",
                    length,
                    f"{seconds:.2f} s",
                    f"{error:.1%}",
                    f"{wall:.1f}",
                    str(breaches),
                    f"{film.grounded[0]}/{film.grounded[1]}",
                    f"{figures['integrated_lufs']:.2f}",
                    f"{figures['true_peak_dbtp']:.2f}",
                    f"{figures['bed_under_speech_lu']:.1f} LU",
                ]
            )
            print(" | ".join(rows[-1]), flush=True)
    notes = [
        "A film shorter than asked means that the source holds no more material; the user is told before rendering."
    ]
    write_results(__file__, __doc__ or "", rows, notes)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
