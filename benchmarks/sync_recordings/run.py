"""Two devices record one event: where does the second lie on the first one's clock, and is what is said right?

Each trial cuts two recordings out of one session of real speech (LibriSpeech, CC-BY-4.0), some with music under it.
Offsets lie within ±30 s, between samples; clocks differ by up to ±150 ppm; each recording gets its own tone control
(random curve of ±12 dB), its own level (0 to −30 dB), its own real noise (20 to 0 dB below the speech; never the same
noise for both); in half of the trials one of them stands in a real room (impulse response, aligned by its direct
sound). At least 12 s are common. Every fourth trial is of two events that have nothing in common and must not be
placed.

Right: placed within 5 ms of the truth, at the start and at the end of the common part. Wrong: placed anywhere else.
The peers in the same run: plain cross-correlation (SciPy), which always answers, and its answer when its peak is asked
to stand out ten times over the mean of its neighbourhood, the usual rule.

Give `--trials N` and `--seed N` for other runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from scipy.signal import correlate, fftconvolve, firwin2

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.media.delay import RATE, find_delay, stretch
from rushlight.media.sound import read_sound

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
LIMIT = 0.005


def main() -> int:
    """Run the trials and write RESULTS.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--trials", type=int, default=200)
    options.add_argument("--seed", type=int, default=17)
    given = options.parse_args()
    draw = np.random.default_rng(given.seed)
    speech = _load("speech/librispeech_speakers", "*.flac")
    noises, music = _load("noise", "*noise*.wav"), _load("music", "*.ogg")
    rooms = _load("noise", "rir*.wav")
    told: dict[str, list[float | None]] = {"rushlight": [], "cross-correlation": [], "with a threshold": []}
    truths: list[float | None] = []
    seconds = 0.0
    for number in range(given.trials):
        related = number % 4 != 3
        reference, other, offset, drift, common = _trial(draw, speech, noises, music, rooms, related)
        truths.append(offset if related else None)
        began = time.perf_counter()
        found = find_delay(reference, other)
        seconds += time.perf_counter() - began
        error = None
        if found.confidence >= 0.5:
            error = max(
                abs(found.offset_seconds + t * found.drift_ppm * 1e-6 - offset - t * drift * 1e-6) for t in common
            )
            error = error if related else 1e9
        told["rushlight"].append(error)
        peak, stands = _plain(reference, other)
        middle = sum(common) / 2
        wrong = abs(peak - offset - middle * drift * 1e-6) if related else 1e9
        told["cross-correlation"].append(wrong)
        told["with a threshold"].append(wrong if stands else None)
        if (error is not None and error > LIMIT) or (error is None and related):
            print(f"trial {number}: error {error}, {found.reason}", flush=True)
    rows = [["method", "related", "within 5 ms", "abstained", "wrong", "unrelated", "abstained", "wrong", "median ms"]]
    related_count = sum(truth is not None for truth in truths)
    for name, errors in told.items():
        pairs = list(zip(errors, truths, strict=True))
        near = [e for e, truth in pairs if truth is not None and e is not None and e <= LIMIT]
        silent = sum(e is None for e, truth in pairs if truth is not None)
        refused = sum(e is None for e, truth in pairs if truth is None)
        others = len(truths) - related_count
        rows.append([
            name, str(related_count), str(len(near)), str(silent), str(related_count - len(near) - silent), str(others),
            str(refused), str(others - refused), f"{np.median(near) * 1000:.3f}" if near else "-",
        ])  # fmt: skip
    write_results(
        __file__, __doc__ or "", rows, [f"Seed {given.seed}; {seconds / given.trials:.1f} s of work for each pair."]
    )
    ours = [(e, truth) for e, truth in zip(told["rushlight"], truths, strict=True) if e is not None]
    return 1 if any(e > LIMIT for e, _ in ours) else 0


def _load(folder: str, pattern: str) -> list[np.ndarray]:
    files = sorted((FIXTURES / folder).glob(pattern))
    return [read_sound(path, sample_rate=RATE, channels=1)[:, 0] for path in files]


def _session(draw: np.random.Generator, speech: list[np.ndarray], seconds: float) -> np.ndarray:
    """Speech that is not said twice; what is used is taken out of `speech`."""
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < seconds * RATE:
        part = speech.pop(draw.integers(len(speech)))
        parts += [part / (np.std(part) + 1e-9), np.zeros(int(draw.uniform(0.1, 1.5) * RATE), np.float32)]
    return np.concatenate(parts).astype(np.float32)


def _trial(
    draw: np.random.Generator, speech: list[np.ndarray], noises: list[np.ndarray], music: list[np.ndarray],
    rooms: list[np.ndarray], related: bool,
) -> tuple[np.ndarray, np.ndarray, float, float, tuple[float, float]]:  # fmt: skip
    """Reference, other, offset in seconds, drift in ppm, and the common part on the other's clock."""
    speech, lead = list(speech), 32.0
    session = _session(draw, speech, 125)
    if draw.random() < 0.3:
        tune = np.resize(music[draw.integers(len(music))], len(session))
        session = session + tune / (np.std(tune) + 1e-9) * 10 ** (draw.uniform(-15, 0) / 20)
    length, offset, drift = float(draw.uniform(35, 60)), float(draw.uniform(-30, 30)), float(draw.uniform(-150, 150))
    own = float(draw.uniform(max(20.0, -offset + 12), 60))
    offset = min(offset, length - 12)
    start = round(lead * RATE)
    reference = session[start : start + round(length * RATE)]
    source = session if related else _session(draw, speech, 125)
    other = stretch(source.astype(np.float32), 1 / (1 + drift * 1e-6), (lead + offset) * RATE, round(own * RATE))
    wet, kinds = draw.integers(4), draw.permutation(len(noises))
    made = [
        _device(draw, sound, noises[kinds[side]], rooms[draw.integers(len(rooms))] if wet == side else None)
        for side, sound in enumerate((reference, other))
    ]
    return made[0], made[1], offset, drift, (max(-offset, 0.0), min(own, length - offset))


def _device(draw: np.random.Generator, sound: np.ndarray, noise: np.ndarray, room: np.ndarray | None) -> np.ndarray:
    if room is not None:
        direct = int(np.argmax(np.abs(room)))
        sound = fftconvolve(sound, room)[direct : direct + len(sound)]
    curve = firwin2(255, np.linspace(0, 1, 9), 10 ** (draw.uniform(-12, 12, 9) / 20))
    sound = fftconvolve(sound, curve, "same")
    noise = np.roll(np.resize(noise, len(sound)), draw.integers(len(sound)))
    noise = noise + 0.05 * np.std(noise) * draw.standard_normal(len(noise))
    loud = np.std(sound) / (np.std(noise) + 1e-12) * 10 ** (-draw.uniform(0, 20) / 20)
    mixed = sound + noise * loud
    mixed *= 10 ** (-draw.uniform(0, 30) / 20) * 0.9 / np.max(np.abs(mixed))
    # What a recorder keeps: sixteen bits.
    return (np.round(mixed * 32767) / 32767).astype(np.float32)


def _plain(reference: np.ndarray, other: np.ndarray) -> tuple[float, bool]:
    row = correlate(reference, other, method="fft")
    at = int(np.argmax(np.abs(row)))
    around = np.abs(row[max(at - RATE, 0) : at + RATE])
    return (at - len(other) + 1) / RATE, bool(abs(row[at]) > 10 * around.mean())


if __name__ == "__main__":
    sys.exit(main())
