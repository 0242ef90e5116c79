"""Find the words of a known text in speech.

Reference: eSpeak NG reads sentences of the LibriSpeech fixtures with three voices; its own events say when each word
begins, exact to the sample. Measured is how far the aligner's beginnings of words lie from these.
Coverage: every LibriSpeech test-other and LJSpeech utterance of the fixtures is aligned with its text; counted are
words that are found, and utterances of which every word is found and fitted.

Run: `python benchmarks/align_script/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.results import write_results
from rushlight.edit.align_script import align_text
from rushlight.media.sound import read_sound, resample
from rushlight.models.espeak import load
from rushlight.models.reading import read_line

RATE = 16_000
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
VOICES = ("en-us", "en-gb", "en-us+f3")


def texts(folder: str) -> list[dict[str, str]]:
    path = FIXTURES / "speech" / folder / "transcripts.tsv"
    return list(csv.DictReader(path.open(), delimiter="\t", quoting=csv.QUOTE_NONE))


def against_reference(voice_name: str, lines: list[str]) -> list[float]:
    """Differences of beginnings of words, in seconds."""
    voice, found = load(voice_name), []
    read = [read_line(line) for line in lines]
    for words, said in zip(read, voice.speak(read, words_per_minute=150), strict=True):
        sound = np.asarray(resample(said.samples[:, None], voice.sample_rate, RATE)[:, 0], np.float32)
        # Room noise at a level of -60 dB, for no recording is silent.
        sound = sound + np.random.default_rng(1).normal(0, 1e-3, len(sound)).astype(np.float32)
        placed, missing = align_text(sound, words)
        if not missing:
            onsets = [word.start / voice.sample_rate for word in said.words]
            found += [place.start - onset for (_, place), onset in zip(placed, onsets, strict=True)]
    return found


def main() -> None:
    rows = [["speech", "words", "found", "utterances whole", "median", "95 %"]]
    lines = [row["text"] for row in texts("librispeech_test_other") if len(row["text"]) < 140]
    for number, voice in enumerate(VOICES):
        errors = np.abs(against_reference(voice, lines[number * 5 : number * 5 + 5]))
        rows.append([f"eSpeak NG {voice}", str(len(errors)), "", "", f"{np.median(errors) * 1000:.0f} ms",
                     f"{np.percentile(errors, 95) * 1000:.0f} ms"])  # fmt: skip
    for folder in ("librispeech_test_other", "ljspeech"):
        total = found = whole = count = 0
        for row in texts(folder):
            path = FIXTURES / "speech" / folder / row["file"]
            sound = np.asarray(read_sound(path, sample_rate=RATE, channels=1)[:, 0], np.float32)
            placed, missing = align_text(sound, read_line(row["text"]))
            total, found, count = total + len(placed) + missing, found + len(placed), count + 1
            whole += not missing and all(place.exact for _, place in placed)
        rows.append([folder, str(total), f"{100 * found / total:.2f} %", f"{whole} of {count}", "", ""])
    write_results(__file__, __doc__ or "", rows, ["Targets: median 25 ms; every utterance aligned."])


if __name__ == "__main__":
    main()
