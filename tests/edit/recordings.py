"""Recordings that the tests of editing make: bursts for words over a room's hiss, and pictures that count."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from rushlight.artifacts import Media, Transcript, TranscriptWord
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe

RATE = Fraction(25)
SIZE = (96, 64)
SAMPLES = 48_000
# Word k sounds from k · 0.5 s + 0.1 s for 0.3 s.
WORDS = "one two three four five six seven eight nine ten eleven twelve".split()


def word_times(count: int) -> list[tuple[Fraction, Fraction]]:
    """When each word sounds."""
    return [(Fraction(n, 2) + Fraction(1, 10), Fraction(n, 2) + Fraction(4, 10)) for n in range(count)]


def sound(count: int, room_db: float = -60.0, seed: int = 0) -> np.ndarray:
    """Words as bursts of different pitch over hiss, float32, (n, 2)."""
    draw = np.random.default_rng(seed)
    length = round(count * SAMPLES / 2)
    samples = draw.standard_normal(length) * 10 ** (room_db / 20)
    time = np.arange(length) / SAMPLES
    for number, (start, end) in enumerate(word_times(count)):
        first, last = round(start * SAMPLES), round(end * SAMPLES)
        envelope = np.minimum(1, np.minimum(time[first:last] - float(start), float(end) - time[first:last]) / 0.02)
        samples[first:last] += 0.3 * envelope * np.sin(2 * np.pi * (200 + 60 * number) * time[first:last])
    return np.repeat(samples.astype(np.float32)[:, None], 2, axis=1)


def recording(folder: Path, count: int = 12, name: str = "talk", room_db: float = -60.0, seed: int = 0) -> Media:
    """A talk of `count` words, half a second each; frame n has grey 16 + n mod 200."""
    picture, wav, film = folder / f"{name}-p.mp4", folder / f"{name}.wav", folder / f"{name}.mp4"
    with VideoWriter(picture, width_px=SIZE[0], height_px=SIZE[1], rate=RATE, crf=4) as writer:
        for number in range(round(count * RATE / 2)):
            writer.write(rgb_to_i420(np.full((SIZE[1], SIZE[0], 3), 16 + number % 200, np.uint8)))
    write_wav(wav, sound(count, room_db, seed), SAMPLES)
    mux(picture, out=film, sound=wav)
    picture.unlink()
    return probe(film)


def transcript(media: Media, count: int = 12) -> Transcript:
    """What is said in `recording`."""
    words = tuple(
        TranscriptWord(text=WORDS[n], start=start, end=end) for n, (start, end) in enumerate(word_times(count))
    )
    return Transcript(words=words, duration=media.duration, sound_sha256=media.file.sha256)


def spoken(
    folder: Path, lines: list[str], name: str = "take", pause_seconds: float = 1.2, picture: bool = True
) -> Media:
    """A recording of lines read by the embedded voice, a pause before, between and after them, in a hissing room."""
    from rushlight.media.sound import resample
    from rushlight.models.reading import read_line
    from rushlight.models.voice import load_voice

    voice = load_voice("espeak/en-gb")
    parts = [np.zeros(round(pause_seconds * SAMPLES), np.float32)]
    for utterance in voice.speak([read_line(line) for line in lines], words_per_minute=150):
        last = max(word.end for word in utterance.words)
        speech = resample(utterance.samples[: last + 400][:, None], voice.sample_rate, SAMPLES)[:, 0]
        parts += [speech.astype(np.float32), np.zeros(round(pause_seconds * SAMPLES), np.float32)]
    sound_ = np.concatenate(parts)
    sound_ = sound_ + np.random.default_rng(1).standard_normal(len(sound_)).astype(np.float32) * np.float32(0.0008)
    wav = folder / f"{name}.wav"
    write_wav(wav, np.repeat(sound_[:, None], 2, axis=1), SAMPLES)
    if not picture:
        return probe(wav)
    film, silent = folder / f"{name}.mp4", folder / f"{name}-p.mp4"
    with VideoWriter(silent, width_px=SIZE[0], height_px=SIZE[1], rate=RATE, crf=20) as writer:
        for number in range(round(len(sound_) / SAMPLES * RATE)):
            writer.write(rgb_to_i420(np.full((SIZE[1], SIZE[0], 3), 16 + number % 200, np.uint8)))
    mux(silent, out=film, sound=wav)
    silent.unlink()
    wav.unlink()
    return probe(film)
