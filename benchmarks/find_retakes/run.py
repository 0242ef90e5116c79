"""Find planted re-readings.

Real voices: LibriSpeech test-other sentences (fixtures folder) of one reader in a row, pauses of 0.35 to 1.5 s between
them. Before about half of the sentences a take is planted: the sentence broken off at a pause-free place after 25 to
70 % of it (two thirds of the time) or whole, at 94 to 106 % of the speed and another level, then a pause and the
sentence again. They are readings of one recording, so nearer to each other than a person's two readings are.
Synthetic voices: the same with eSpeak NG, where the second reading is said anew at another rate and pitch, so that no
sample is the same. Room noise 40 dB under the speech everywhere.

A take is found when a finding covers half of it; a finding is right when half of it lies on a planted take.
Peer: what editors by text do: the embedded recogniser's draft of each stretch between silences, compared with the next
three; more than 0.75 of the letters alike at the beginning is a retake.
Thresholds were set on pairs of sentences of the same fixtures; scores on unseen voices may be lower.

Run: `python benchmarks/find_retakes/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.results import write_results
from rushlight.edit.listening.takes import TakeRules, find_takes, stretches_of_speech
from rushlight.media.sound import read_sound, resample
from rushlight.models.espeak import load
from rushlight.models.pocketsphinx_recogniser import load as load_recogniser
from rushlight.models.reading import read_line

RATE = 16_000
Floats = NDArray[np.float32]
Span = tuple[float, float]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
SPEECH = FIXTURES / "speech" / "librispeech_test_other"
RULES = TakeRules(0.22, 0.5, 40.0, 0.55, 0.66)


def real(rng: np.random.Generator) -> list[list[tuple[Floats, Floats]]]:
    """For each reader, sentences with another reading of each."""
    readers: dict[str, list[tuple[Floats, Floats]]] = defaultdict(list)
    for row in csv.DictReader((SPEECH / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE):
        speech = np.asarray(read_sound(SPEECH / row["file"], sample_rate=RATE, channels=1)[:, 0], np.float32)
        if len(speech) < 12 * RATE:
            speed = Fraction(int(rng.choice([47, 48, 52, 53])), 50)
            again = resample_poly(speech, speed.numerator, speed.denominator).astype(np.float32)
            readers[row["speaker"]].append((again * np.float32(rng.uniform(0.6, 1.3)), speech))
    return [pairs[:6] for pairs in readers.values()]


def synthetic(rng: np.random.Generator) -> list[list[tuple[Floats, Floats]]]:
    """For three voices, the sentences of the fixtures read twice."""
    rows = list(csv.DictReader((SPEECH / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for number, name in enumerate(("en-us", "en-gb+f3", "en-gb+m3")):
        lines = [read_line(row["text"]) for row in rows[number * 6 : number * 6 + 6]]
        readings = []
        for rate, pitch in ((float(rng.uniform(140, 160)), 45), (float(rng.uniform(160, 180)), 52)):
            voice = load(f"{name}@{pitch}")
            readings.append([
                np.asarray(resample(said.samples[:, None], voice.sample_rate, RATE)[:, 0], np.float32)
                for said in voice.speak(lines, words_per_minute=rate)
            ])  # fmt: skip
        found.append(list(zip(*readings, strict=True)))
    return found


def session(pairs: Sequence[tuple[Floats, Floats]], rng: np.random.Generator) -> tuple[Floats, list[Span]]:
    """A recording with takes planted, and where they are."""
    parts: list[Floats] = []
    takes: list[Span] = []
    length = 0
    for other, sentence in pairs:
        if rng.random() < 0.5:
            take = other
            if rng.random() < 0.67:
                cut = int(max(rng.uniform(0.25, 0.7) * len(other), min(1.2 * RATE, len(other))))
                take = other[:cut] * np.minimum(1, np.arange(cut, 0, -1) / 400).astype(np.float32)
            takes.append((length / RATE, (length + len(take)) / RATE))
            gap = np.zeros(int(rng.uniform(0.35, 1.5) * RATE), np.float32)
            parts += [take, gap]
            length += len(take) + len(gap)
        gap = np.zeros(int(rng.uniform(0.35, 1.5) * RATE), np.float32)
        parts += [sentence, gap]
        length += len(sentence) + len(gap)
    sound = np.concatenate(parts)
    return (sound + rng.normal(0, sound.std() * 0.01, len(sound))).astype(np.float32), takes


def by_text(sound: Floats) -> list[Span]:
    recogniser = load_recogniser("")
    spans = stretches_of_speech(sound, 0.35)
    texts = [" ".join(word.text for word in recogniser.recognise(sound[int(a * RATE) : int(b * RATE)]))
             for a, b in spans]  # fmt: skip
    found = []
    for number, (span, text) in enumerate(zip(spans, texts, strict=True)):
        for later in texts[number + 1 : number + 4]:
            if len(text) > 8 and SequenceMatcher(None, text, later[: len(text)], autojunk=False).ratio() > 0.75:
                found.append(span)
                break
    return found


def covered(span: Span, others: Sequence[Span]) -> bool:
    return sum(max(0.0, min(span[1], b) - max(span[0], a)) for a, b in others) >= 0.5 * (span[1] - span[0])


def main() -> None:
    rows = [["voices", "method", "planted", "recall", "findings", "precision"]]
    for name, maker in (("real", real), ("synthetic", synthetic)):
        rng = np.random.default_rng(3)
        counts = {"find_retakes": [0, 0, 0, 0], "draft and silence": [0, 0, 0, 0]}
        for pairs in maker(rng):
            for round_ in range(2):
                sound, takes = session(pairs, rng)
                mine = [(again.start, again.end) for again in find_takes(sound, RULES)]
                # The peer takes long: it hears the first session of each voice.
                found_by = {"find_retakes": mine} | ({"draft and silence": by_text(sound)} if not round_ else {})
                for key, found in found_by.items():
                    counts[key][0] += sum(covered(take, found) for take in takes)
                    counts[key][1] += len(takes)
                    counts[key][2] += sum(covered(span, takes) for span in found)
                    counts[key][3] += len(found)
        for key, (hit, total, right, all_) in counts.items():
            rows.append([name, key, str(total), f"{hit / max(total, 1):.2f}", str(all_), f"{right / max(all_, 1):.2f}"])
    write_results(__file__, __doc__ or "", rows, ["Targets: recall 0.9 at precision 0.95."])


if __name__ == "__main__":
    main()
