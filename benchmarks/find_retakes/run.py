"""Find planted re-readings.

Real voices: sentences of LibriSpeech test-other and LJSpeech (fixtures folder) of one reader in a row, pauses of 0.35
to 1.5 s between them. Before about half of the sentences a take is planted: the sentence broken off at any place after
25 to 70 % of it (two thirds of the time) or whole, then a pause and the sentence again. The take is the same recording
spoken at a pace that changes by up to 18 % either way every 0.4 s (overlapped and added where waves match), 94 to
106 % as high, through another equaliser and at another level; nearer to the sentence, all the same, than a person's two
readings are. Synthetic voices: the same with eSpeak NG, where the second reading is said anew at another rate and
pitch, so that no sample is the same. Room noise 40 dB under the speech everywhere; every second session 20 dB.

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
from scipy.signal import butter, resample_poly, sosfilt

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


def another_reading(speech: Floats, rng: np.random.Generator) -> Floats:
    """The same words at another pace from moment to moment, another pitch, colour and level."""
    frame, hop, search = 480, 240, 120
    knots = np.arange(0, len(speech) + 6400, 6400)
    pace = np.interp(np.arange(0, len(speech), hop), knots, rng.uniform(0.85, 1.18, len(knots)))
    places = np.cumsum(hop * pace).astype(int)
    places = places[places < len(speech) - frame - search]
    window = np.hanning(frame).astype(np.float32)
    found = np.zeros(len(places) * hop + frame, np.float32)
    at = 0
    for number, place in enumerate(places.tolist()):
        # Of the frames near the wanted place, the one that goes on like the last one.
        low = max(place - search, 0)
        near = speech[low : place + search + hop]
        wanted = speech[at + hop : at + 2 * hop]
        alike = np.correlate(near, wanted, "valid") if number and len(wanted) == hop else np.eye(1)[0]
        at = low + int(alike.argmax()) if number else place
        part = speech[at : at + frame]
        found[number * hop : number * hop + len(part)] += part * window[: len(part)]
    higher = Fraction(int(rng.choice([47, 48, 52, 53])), 50)
    found = resample_poly(found, higher.numerator, higher.denominator)
    tilt = butter(1, float(rng.uniform(300, 3000)), fs=RATE, output="sos")
    return ((found + rng.uniform(-0.5, 1) * sosfilt(tilt, found)) * rng.uniform(0.6, 1.3)).astype(np.float32)


def sound_of(path: Path) -> Floats:
    """A file as mono at 16 kHz."""
    return np.asarray(read_sound(path, sample_rate=RATE, channels=1)[:, 0], np.float32)


def trimmed(speech: Floats) -> Floats:
    """Without the quiet at either end: 30 dB under the loud parts."""
    count = len(speech) // 160
    level = 10 * np.log10((speech[: count * 160].reshape(count, 160) ** 2).mean(axis=1) + 1e-9)
    on = np.flatnonzero(level > np.percentile(level, 95) - 30)
    return speech[on[0] * 160 : (on[-1] + 1) * 160]


def real(rng: np.random.Generator) -> list[list[tuple[Floats, Floats]]]:
    """For each reader, sentences with another reading of each."""
    readers: dict[str, list[tuple[Floats, Floats]]] = defaultdict(list)
    for folder in (SPEECH, SPEECH.parent / "ljspeech"):
        for row in csv.DictReader((folder / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE):
            speech = trimmed(
                np.asarray(read_sound(folder / row["file"], sample_rate=RATE, channels=1)[:, 0], np.float32)
            )
            if len(speech) < 12 * RATE:
                readers[row.get("speaker", folder.name)].append((another_reading(speech, rng), speech))
    return [pairs[:7] for pairs in readers.values()]


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


def session(
    pairs: Sequence[tuple[Floats, Floats]], rng: np.random.Generator, noise_db: float
) -> tuple[Floats, list[Span]]:
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
    return (sound + rng.normal(0, sound.std() * 10 ** (noise_db / 20), len(sound))).astype(np.float32), takes


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
        for reader, pairs in enumerate(maker(rng)):
            for round_ in range(2):
                sound, takes = session(pairs, rng, -20.0 if round_ else -40.0)
                mine = [(again.start, again.end) for again in find_takes(sound, RULES)]
                # The peer takes long: it hears the first session of the first voice.
                found_by = {"find_retakes": mine} | (
                    {"draft and silence": by_text(sound)} if not round_ and not reader else {}
                )
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
