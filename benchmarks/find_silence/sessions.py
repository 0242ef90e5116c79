"""Recording sessions with known gaps and words: real sentences, real noise, silences planted between them."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushlight.edit.listening.bands import band_levels
from rushlight.media.sound import read_sound
from rushlight.models.forced_alignment import align_words

__all__ = [
    "FIXTURES", "RATE", "Sentence", "Session", "clipped_words", "level_db", "make_session", "read_sentences", "sound",
]  # fmt: skip

RATE = 16_000
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
Floats = NDArray[np.float32]
Spans = Sequence[tuple[float, float]]

# More of a word than this, within a silence found, counts as clipped.
_CLIPPED_SECONDS = 0.03
# Of a word, what is within so much of its sentence's loud parts sounds; below it is the reader's room.
_SOUNDING_DB, _ABOVE_ROOM_DB = 25.0, 6.0


@dataclass(frozen=True)
class Sentence:
    """A clean recording and when each word of it is said, in seconds."""

    samples: Floats
    words: tuple[tuple[float, float], ...]
    reader: str


@dataclass(frozen=True)
class Session:
    """A recording with what is true of it; times in seconds."""

    name: str
    samples: Floats
    """Mono at 16 kHz."""
    clean: Floats
    """The speech alone."""
    gaps: tuple[tuple[float, float], ...]
    """Where nothing is said, planted."""
    words: tuple[tuple[float, float], ...]
    """Every word of the transcripts."""


def sound(path: Path) -> Floats:
    """A file as mono at 16 kHz, float32."""
    return np.asarray(read_sound(path, sample_rate=RATE, channels=1), dtype=np.float32)[:, 0]


def read_sentences(*folders: str) -> list[Sentence]:
    """Sentences of the speech fixtures that have a transcript, their words placed by forced alignment."""
    found = []
    for folder in folders:
        path = FIXTURES / "speech" / folder
        for row in csv.DictReader((path / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE):
            samples = sound(path / row["file"])
            aligned = align_words(samples, [word.strip('.,;:!?"()-') for word in row["text"].lower().split()])
            if aligned is not None:
                words = tuple((word.start, word.end) for word in aligned)
                found.append(Sentence(samples, words, row.get("speaker", folder)))
    return found


def level_db(samples: Floats, hop: int = 80) -> NDArray[np.float64]:
    """RMS level of each stretch of 5 ms."""
    count = len(samples) // hop
    power = (samples[: count * hop].astype(np.float64).reshape(count, hop) ** 2).mean(axis=1)
    return 10 * np.log10(power + 1e-12)


def _trimmed(sentence: Sentence) -> Sentence:
    """Without silence at either end (38 dB under the loud parts), and with 5 ms fades."""
    level = level_db(sentence.samples)
    on = np.flatnonzero(level > np.percentile(level, 95) - 38)
    first, last = int(on[0]) * 80, (int(on[-1]) + 1) * 80
    cut = sentence.samples[first:last].copy()
    ramp = np.linspace(0, 1, 80, dtype=np.float32)
    cut[:80] *= ramp
    cut[-80:] *= ramp[::-1]
    length = len(cut) / RATE
    words = tuple((max(start - first / RATE, 0), min(end - first / RATE, length)) for start, end in sentence.words)
    return Sentence(cut, words, sentence.reader)


def make_session(
    name: str, sentences: Sequence[Sentence], noise: Floats, snr_db: float, rng: np.random.Generator
) -> Session:
    """Sentences with gaps of 0.35 to 2.5 s between them, over noise at a signal-to-noise ratio.

    The ratio is of the speech's level while words are said to the noise's level.
    """
    parts: list[Floats] = []
    gaps, words = [], []
    at = 0
    for whole in sentences:
        gap = int(rng.uniform(0.35, 2.5) * RATE)
        gaps.append((at / RATE, (at + gap) / RATE))
        parts.append(np.zeros(gap, dtype=np.float32))
        at += gap
        sentence = _trimmed(whole)
        gain = np.float32(0.08 / np.sqrt((sentence.samples**2).mean()) * 10 ** (rng.uniform(-3, 3) / 20))
        words += [(at / RATE + start, at / RATE + end) for start, end in sentence.words]
        parts.append(sentence.samples * gain)
        at += len(sentence.samples)
    clean = np.concatenate(parts)
    start = int(rng.integers(0, len(noise)))
    bed = np.roll(np.tile(noise, len(clean) // len(noise) + 2), -start)[: len(clean)]
    loud = np.concatenate([clean[int(a * RATE) : int(b * RATE)] for a, b in words])
    bed = bed * np.float32(np.sqrt((loud**2).mean() / (bed**2).mean()) * 10 ** (-snr_db / 20))
    return Session(name, (clean + bed).astype(np.float32), clean, tuple(gaps), tuple(words))


def clipped_words(session: Session, removed: Spans) -> tuple[int, int]:
    """Words of which more than 30 ms lie in what is removed: of their audible part, and of all of it that sounds.

    Sounding: within 25 dB of the loud parts of its sentence and 6 dB above the room of the clean recording. Audible:
    in at least one of 24 bands of hearing no more than 3 dB below the noise of the 100 ms around.
    """
    level = level_db(session.clean)
    count = len(level)
    noise = session.samples - session.clean
    own, other = np.exp(band_levels(session.clean)), np.exp(band_levels(noise))
    around = np.apply_along_axis(lambda band: np.convolve(band, np.ones(10) / 10, "same"), 0, other)
    audible = np.repeat((own > around * 0.5).any(axis=1), 2)[:count]
    cut = np.zeros(count, bool)
    for start, end in removed:
        cut[int(start * 200 + 0.5) : int(end * 200 + 0.5)] = True
    sounding = np.zeros(count, bool)
    for first, last in _sentence_frames(session, count):
        part = level[first:last]
        sounding[first:last] = part > max(
            np.percentile(part, 95) - _SOUNDING_DB, np.percentile(part, 3) + _ABOVE_ROOM_DB
        )
    heard = whole = 0
    for start, end in session.words:
        inside = slice(round(start * 200), round(end * 200))
        whole += (cut & sounding)[inside].sum() / 200 > _CLIPPED_SECONDS
        heard += (cut & sounding & audible)[inside].sum() / 200 > _CLIPPED_SECONDS
    return int(heard), int(whole)


def _sentence_frames(session: Session, count: int) -> list[tuple[int, int]]:
    starts = [round(end * 200) for _, end in session.gaps]
    ends = [round(start * 200) for start, _ in session.gaps[1:]] + [count]
    return list(zip(starts, ends, strict=True))
