"""Is the account of contributions exact, does it sum to the whole, and does it follow a re-edit?

Fifty films are laid out by lot (`made_films.py`): 5 to 40 clips of three people's files and of graphics, at 24, 25, 30,
23.976 and 29.97 frames a second; scripts whose every word is known to be a source's, a writer's or a person's; spoken
lines of two voices. Each is accounted for, then cut anew with a line written by hand, and accounted for again. Right
means equal: seconds as fractions, words as counts. There is no peer that measures this.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.account_contribution.made_films import MadeFilm, make
from results import write_results
from rushlight.core.run import Run, running
from rushlight.trust.account_contribution import account_contribution

FILMS = 50


def judge(film: MadeFilm, folder: Path) -> dict[str, bool]:
    with running(Run(scratch=folder)):
        account = account_contribution(film.cut, film.script, film.narration, film.source, film.history)

    def found(measure: str) -> dict[str, Fraction]:
        return {one.contributor.name: one.amount for one in account.entries if one.measure == measure}

    wanted_words = {name: count for name, count in film.known.words.items() if count}
    voices = {"narrator": "voice espeak/en-gb", "guest": "voice kokoro/af"}
    speech = {voices[name]: seconds for name, seconds in film.known.speech.items()}
    whole = sum(film.known.seconds.values(), Fraction(0))
    pixels = found("pixels")
    return {
        "seconds": found("picture_seconds") == film.known.seconds,
        "words": found("words") == wanted_words,
        "speech": found("speech_seconds") == speech,
        "sums": account.totals["picture_seconds"] == whole == film.cut.duration
        and sum(pixels.values()) == whole * film.cut.rate * 1280 * 720,
        "evidence": all(entry.evidence and entry.method for entry in account.entries),
    }


def main() -> None:
    rows = [["measure", "films", "exact", "exact after a re-edit"]]
    counts: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for seed in range(FILMS):
            folder = Path(temporary) / str(seed)
            for place, again in enumerate((False, True)):
                for name, right in judge(make(folder, seed, again=again), folder).items():
                    counts.setdefault(name, [0, 0])[place] += right
    rows += [[name, str(FILMS), str(first), str(second)] for name, (first, second) in counts.items()]
    write_results(__file__, __doc__ or "", rows)


if __name__ == "__main__":
    main()
