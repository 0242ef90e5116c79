"""Find planted hesitations in real speech.

Speech: LibriSpeech test-other from the fixtures folder, aligned with its text to know where words end. At 2 places
in each utterance a hesitation is planted between two words, with pauses of 40 to 250 ms around it: half of them a
vowel of the same voice held for 0.25 to 0.6 s (its most even 60 ms overlapped and added, fading, gliding by up to half
a semitone), half of them "um" or "uh" said by eSpeak NG voices at the level of the speech. Speakers 1688 and 1998 were
used for tuning; the others are reported. No real hesitations are among the fixtures.

A hesitation is found when a finding covers half of it; a finding is right when half of it lies on a hesitation.
Peer: the embedded recogniser's draft with a list of filler words (um, uh, er, ah, hmm, huh, oh), as editors by text do.

Run: `python benchmarks/find_fillers/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.results import write_results
from rushlight.edit.listening.hesitation import find_hesitations
from rushlight.media.sound import read_sound, resample
from rushlight.models.espeak import load
from rushlight.models.forced_alignment import align_words
from rushlight.models.pocketsphinx_recogniser import load as load_recogniser
from rushlight.models.reading import SpokenWord

RATE = 16_000
Floats = NDArray[np.float32]
Span = tuple[float, float]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
SPEECH = FIXTURES / "speech" / "librispeech_test_other"
TUNED_ON = ("1688", "1998")
WORDS = frozenset("um uh er ah hmm huh oh eh".split())
LEAST_SURE = 0.6


def own_vowel(speech: Floats, rng: np.random.Generator) -> Floats:
    """A held vowel in the voice of the speech."""
    best, grain = np.inf, speech[:960]
    for _ in range(300):
        at = int(rng.integers(0, len(speech) - 1920))
        part = speech[at : at + 1920].astype(np.float64)
        level = part.std()
        if level < speech.std():
            continue
        one, two = np.abs(np.fft.rfft(part[:960])), np.abs(np.fft.rfft(part[960:]))
        apart = np.linalg.norm(one - two) / np.linalg.norm(one)
        noisy = (np.diff(part) ** 2).mean() / level**2
        if apart + noisy < best:
            best, grain = apart + noisy, speech[at : at + 960]
    correlation = np.correlate(grain, grain, "full")[len(grain) - 1 :]
    period = int(correlation[40:240].argmax()) + 40
    cycles = len(grain) // period - 1
    count = int(rng.uniform(0.25, 0.6) * RATE)
    held = np.zeros(count + 2000, np.float32)
    window = np.hanning(2 * period).astype(np.float32)
    glide, at, number = rng.uniform(-0.5, 0.5), 0.0, 0
    while at < count:
        cycle = grain[number % cycles * period :][: 2 * period]
        held[int(at) : int(at) + len(cycle)] += cycle * window[: len(cycle)]
        at += period * 2 ** (-glide * at / count / 12) * rng.uniform(0.99, 1.01)
        number += 1
    held = held[:count]
    fade = np.minimum(1, np.minimum(np.arange(count), count - np.arange(count)) / 800).astype(np.float32)
    return held * fade / (held.std() + 1e-6) * np.float32(speech.std() * rng.uniform(0.7, 1.2))


def synthetic(rng: np.random.Generator, level: float) -> Floats:
    """An "um" or "uh" by eSpeak NG."""
    voice = load(str(rng.choice(["en-us", "en-gb", "en-us+f3", "en-gb+m3"])))
    word = str(rng.choice(["um", "uh"]))
    (said,) = voice.speak([[SpokenWord(word, word)]], words_per_minute=float(rng.uniform(90, 130)))
    sound = resample(said.samples[:, None], voice.sample_rate, RATE)[:, 0]
    on = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[on[0] : on[-1]]
    return np.asarray(sound / (sound.std() + 1e-6) * level * rng.uniform(0.7, 1.2), np.float32)


def planted(speech: Floats, ends: Sequence[float], rng: np.random.Generator) -> tuple[Floats, list[Span]]:
    """Speech with two hesitations between words."""
    places = sorted(rng.choice(np.arange(len(ends) - 1), 2, replace=False).tolist()) if len(ends) > 4 else []
    parts, spans, last, length = [], [], 0, 0
    room = np.sort(np.abs(speech))[: len(speech) // 10].std() + 1e-5
    for number, place in enumerate(places):
        cut = int(ends[place] * RATE)
        held = own_vowel(speech, rng) if number == 0 else synthetic(rng, float(speech.std()))
        gaps = [rng.normal(0, room, int(rng.uniform(0.04, 0.25) * RATE)).astype(np.float32) for _ in range(2)]
        parts += [speech[last:cut], gaps[0], held, gaps[1]]
        length += cut - last + len(gaps[0])
        spans.append((length / RATE, (length + len(held)) / RATE))
        length += len(held) + len(gaps[1])
        last = cut
    return np.concatenate([*parts, speech[last:]]), spans


def covered(span: Span, others: Sequence[Span]) -> bool:
    shared = sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in others)
    return shared >= 0.5 * (span[1] - span[0])


def main() -> None:
    rng = np.random.default_rng(5)
    recogniser = load_recogniser("")
    counts = {key: [0, 0, 0, 0] for key in ("find_fillers", "words of the draft", "tuned on: find_fillers")}
    rows_of_speech = csv.DictReader((SPEECH / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows_of_speech):
        speech = np.asarray(read_sound(SPEECH / row["file"], sample_rate=RATE, channels=1)[:, 0], np.float32)
        aligned = align_words(speech, row["text"].lower().split())
        if aligned is None or len(aligned) < 5:
            continue
        sound, spans = planted(speech, [word.end for word in aligned], rng)
        held = [(h.start, h.end) for h in find_hesitations(sound, 0.18, 0.45) if h.sureness >= LEAST_SURE]
        tuned = row["speaker"] in TUNED_ON
        found = {"tuned on: find_fillers" if tuned else "find_fillers": held}
        # The peer takes long: it hears every fourth.
        if not tuned and number % 4 == 0:
            heard = recogniser.recognise(sound)
            found["words of the draft"] = [(word.start, word.end) for word in heard if word.text in WORDS]
        for key, places in found.items():
            counts[key][0] += sum(covered(span, places) for span in spans)
            counts[key][1] += len(spans)
            counts[key][2] += sum(covered(place, spans) for place in places)
            counts[key][3] += len(places)
    rows = [["method", "planted", "recall", "findings", "precision"]]
    for key, (hit, planted_, right, places_) in counts.items():
        rows.append([key, str(planted_), f"{hit / max(planted_, 1):.2f}", str(places_),
                     f"{right / max(places_, 1):.2f}"])  # fmt: skip
    write_results(__file__, __doc__ or "", rows, ["Targets: recall 0.8 at precision 0.9."])


if __name__ == "__main__":
    main()
