"""When captions appear against when their first word is heard, measured from the sound and not from the voice's events.

Narrations are spoken by espeak/en-gb: both example articles in full, and ten minutes made of them in turn. Every
caption start is compared with the sound of the finished WAV in two ways. *Energy*: where at least 60 ms of silence
come before the word, the first millisecond above -45 dB. *Aligner*: forced alignment of the known text by
pocketsphinx (US English model, frames of 10 ms). The aligner counts the silent closure of a plosive (t, k, p, b, d, g)
as part of the word, 25 to 50 ms before anything of it can be heard, so those words are also left out in a row of
their own. Its own error, onset less aligned start, is measured where both ways give an answer; positive: the aligner
hears words too early. In the other rows positive means that the caption is late. Captions inside running speech have
no silence before them and are judged by the aligner alone; their count is the difference between the first two rows.
Drift: the median error of the last minute less that of the first, in frames at 30 a second.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import sentencex
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from heard import align, onset_after_silence

from results import write_results
from rushlight.artifacts import Beat, Line, Narration, Script
from rushlight.create.caption_narration import caption_narration
from rushlight.create.read_source import load_source
from rushlight.create.speak_script import speak_script
from rushlight.create.write_script import write_script
from rushlight.media.sound import read_sound
from rushlight.models.reading import read_line
from rushlight.timeline.captioning import CaptionRules, find_breaches

EXAMPLES = Path(__file__).parents[2] / "examples"
PLOSIVES = tuple("tkpbdɡ")
MARGIN_SECONDS = 0.2


@dataclass(frozen=True)
class Start:
    """A caption start and when its word is heard, in seconds."""

    shown: float
    aligned: float
    onset: float | None
    plosive: bool


def article_script(*names: str, beats: int = 0) -> Script:
    """Whole articles, a beat for each paragraph, as often as it takes to have so many beats."""
    found: list[Beat] = []
    while not found or len(found) < beats:
        for name in names:
            text = (EXAMPLES / "articles" / f"{name}.md").read_text(encoding="utf-8")
            for paragraph in text.split("\n\n"):
                if paragraph.strip() and not paragraph.startswith(("#", "*")):
                    lines = tuple(Line(text=sentence) for sentence in sentencex.segment("en", paragraph))
                    found.append(Beat(id=f"b{len(found):03d}", role="development", lines=lines))
    return Script(title=" ".join(names), beats=tuple(found[: beats or None]), writer="person")


def spoken_words(narration: Narration, script: Script, number: int) -> list[tuple[str, int]]:
    """What is said in a line, word by word, and which written word each belongs to."""
    line = narration.lines[number]
    text = {(beat.id, index): item.text for beat in script.beats for index, item in enumerate(beat.lines)}
    found = []
    for place, read in enumerate(read_line(text[line.beat_id, line.index])):
        said = [part.strip("'") for part in re.findall(r"[\w']+", read.spoken.lower().replace("’", "'"))]
        found += [(part, place) for part in said if part]
    return found


def measure(narration: Narration, script: Script, rate: Fraction) -> tuple[list[Start], int]:
    """Every caption start of a narration that the aligner finds, and how many it does not find."""
    sound = read_sound(narration.audio.path, sample_rate=narration.sample_rate, channels=1)[:, 0]
    shown = {cue.start for cue in caption_narration(narration, rate=rate).cues}
    starts, lost = [], 0
    for number, line in enumerate(narration.lines):
        first = max(float(line.start) - MARGIN_SECONDS, 0.0)
        low, high = (
            round(first * narration.sample_rate),
            round((float(line.end) + MARGIN_SECONDS) * narration.sample_rate),
        )
        words = spoken_words(narration, script, number)
        part = sound[low:high]
        heard = align(part, narration.sample_rate, [text for text, _ in words])
        for place, word in enumerate(line.words):
            if word.start not in shown:
                continue
            at = next((index for index, item in enumerate(words) if item[1] == place), None)
            if not heard or at is None:
                lost += 1
                continue
            sounds = [p.symbol.strip("ˈˌ") for p in line.phonemes if p.start == word.start]
            onset = onset_after_silence(part, narration.sample_rate, float(word.start) - first)
            plosive = bool(sounds) and sounds[0].startswith(PLOSIVES)
            onset = None if onset is None else first + onset
            starts.append(Start(float(word.start), first + heard[at].start, onset, plosive))
    return starts, lost


def figures(name: str, method: str, errors_ms: NDArray[np.float64]) -> list[str]:
    """One row of the table."""
    size = np.abs(errors_ms)
    return [
        name, method, str(len(errors_ms)), f"{np.median(errors_ms):+.0f}", f"{np.percentile(size, 95):.0f}",
        f"{size.max():.0f}", f"{100 * np.mean(size <= 40):.1f} %",
    ]  # fmt: skip


def rows_of(name: str, starts: list[Start]) -> list[list[str]]:
    """All rows of one narration."""
    onset = np.array([(s.shown - s.onset) * 1000 for s in starts if s.onset is not None])
    every = np.array([(s.shown - s.aligned) * 1000 for s in starts])
    clear = np.array([(s.shown - s.aligned) * 1000 for s in starts if not s.plosive])
    own = np.array([(s.onset - s.aligned) * 1000 for s in starts if s.onset is not None])
    return [
        figures(name, "energy, after silence", onset),
        figures(name, "aligner", every),
        figures(name, "aligner, plosives left out", clear),
        figures(name, "the aligner's own error", own),
    ]


def drift_frames(starts: list[Start], end: float) -> tuple[float, float]:
    """Median error of the last minute less that of the first, in frames at 30 a second, by energy and by aligner."""
    found = []
    for of in (lambda s: s.onset, lambda s: s.aligned):
        early = [s.shown - of(s) for s in starts if of(s) is not None and s.shown < 60]
        late = [s.shown - of(s) for s in starts if of(s) is not None and s.shown > end - 60]
        found.append(float(np.median(late) - np.median(early)) * 30)
    return found[0], found[1]


def breaches_of_examples() -> tuple[int, int]:
    """Captions, and breaches of their rules, over films of 60 seconds of every example at three rates."""
    cues = breaches = 0
    for path in sorted(EXAMPLES.rglob("*.*")):
        if path.suffix not in (".md", ".toml", ".csv"):
            continue
        narration = speak_script(write_script(load_source(path)))
        for rate in (Fraction(24), Fraction(30000, 1001), Fraction(60)):
            captions = caption_narration(narration, rate=rate)
            found = find_breaches(captions, CaptionRules(rate=rate))
            cues, breaches = cues + len(captions.cues), breaches + len(found)
            for breach in found:
                print(f"{path.name}: {breach}")
    return cues, breaches


def main() -> int:
    """Measure and write RESULTS.md."""
    rows = [["narration", "heard by", "captions", "median ms", "95 % within ms", "largest ms", "within 40 ms"]]
    notes = []
    plans = (("lighthouses", ("lighthouses",), 0), ("night trains", ("night_trains",), 0),
             ("ten minutes", ("lighthouses", "night_trains"), 24))  # fmt: skip
    for name, articles, beats in plans:
        script = article_script(*articles, beats=beats)
        narration = speak_script(script)
        starts, lost = measure(narration, script, Fraction(30))
        rows += rows_of(name, starts)
        notes.append(f"{name}: {float(narration.duration):.0f} s, {len(starts)} caption starts, {lost} not aligned.")
    by_energy, by_aligner = drift_frames(starts, float(narration.duration))
    notes.append(f"Drift over {float(narration.duration):.0f} s: {by_energy:+.2f} frames by energy, "
                 f"{by_aligner:+.2f} by the aligner.")  # fmt: skip
    cues, breaches = breaches_of_examples()
    notes.append(f"Breaches of the caption rules in {cues} captions of all examples: {breaches}.")
    write_results(__file__, __doc__ or "", rows, notes)
    onsets_within = all(row[-1] == "100.0 %" for row in rows[1:] if row[1].startswith("energy"))
    return 0 if breaches == 0 and onsets_within and abs(by_energy) <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
