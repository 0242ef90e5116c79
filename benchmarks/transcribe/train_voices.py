"""Learn what tells speakers apart, for `transcribe`: a linear discriminant over readers, its weights and card.

85 readers of the LibriSpeech fixtures (CC-BY-4.0), about 14 s each, in pieces of 2.2 s; each also 12 % higher and
lower, as two more readers. All of it once as it is and once through an equaliser, so that microphones count less, and
over noise 12 to 40 dB below. The distance from which stretches are other people's is set on conversations of half of
the readers (conversations.py) with a discriminant of the other half: twice the mean distance within a reader. At 1.8
times, conversations of one to three were confused least, but one person was parted more often.

Run: `python benchmarks/transcribe/train_voices.py`; two minutes.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.linalg import eigh
from scipy.signal import butter, resample_poly, sosfilt

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.find_silence.sessions import FIXTURES, RATE, sound
from benchmarks.transcribe.conversations import conversation, turns_of
from rushlight.edit.listening.voices import MODEL, voice_frames, voice_numbers

Floats = NDArray[np.float32]
SEED, READERS = 1, 85
PIECE, STEP = 2.2, 1.5
DIRECTIONS, EVEN, APART = 8, 0.1, 2.0
CONVERSATIONS = 12


def pieces(samples: Floats) -> list[Floats]:
    """What the voice sounds like in each piece of a recording."""
    frames, length, step = voice_frames(samples), int(PIECE * 100), int(STEP * 100)
    return [voice_numbers(frames, at, at + length) for at in range(0, len(frames.pitch) - length, step)]


def equalised(rng: np.random.Generator, samples: Floats) -> Floats:
    sos = butter(1, np.exp(rng.uniform(np.log(200), np.log(4000))), rng.choice(["low", "high"]), fs=RATE, output="sos")
    return (samples + rng.uniform(-0.6, 1.5) * sosfilt(sos, samples)).astype(np.float32)


def discriminant(numbers: Floats, readers: NDArray[np.int_]) -> dict[str, Floats]:
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    scaled = (numbers - mean) / spread
    within = np.zeros((scaled.shape[1],) * 2)
    between = within.copy()
    for reader in np.unique(readers):
        own = scaled[readers == reader]
        within += (own - own.mean(axis=0)).T @ (own - own.mean(axis=0))
        between += len(own) * np.outer(own.mean(axis=0), own.mean(axis=0))
    _, directions = eigh(between / len(scaled), within / len(scaled) + EVEN * np.eye(len(within)))
    return {"mean": mean, "spread": spread, "directions": directions[:, ::-1][:, :DIRECTIONS]}


def noisy(rng: np.random.Generator, samples: Floats) -> Floats:
    noise = rng.normal(size=len(samples))
    if rng.random() < 0.5:
        noise = sosfilt(butter(1, 300, fs=RATE, output="sos"), noise)
    return (samples + noise / noise.std() * samples.std() * 10 ** (-rng.uniform(12, 40) / 20)).astype(np.float32)


def within_readers(model: dict[str, Floats], readers: list[list[Floats]], rng: np.random.Generator) -> float:
    """Mean squared distance between two stretches of 1.5 to 3 s of one reader in a conversation."""
    found: list[float] = []
    for number in range(3 * CONVERSATIONS):
        chosen = [readers[place] for place in rng.permutation(len(readers))[: number % 3 + 1]]
        samples, truth = conversation(chosen, rng, float(rng.uniform(15, 40)))
        frames, numbers, who = voice_frames(samples), [], []
        for start, end, reader in truth:
            if end - start >= 1.5:
                edges = np.linspace(start, end, max(round((end - start) / 3), 1) + 1)
                for one, two in zip(edges, edges[1:], strict=False):
                    numbers.append(voice_numbers(frames, int(one * 100), int(two * 100) + 1))
                    who.append(reader)
        points = ((np.array(numbers) - model["mean"]) / model["spread"]) @ model["directions"]
        for reader in set(who):
            own = points[np.array(who) == reader]
            found += ((own[:, None] - own[None]) ** 2).sum(axis=2)[np.triu_indices(len(own), 1)].tolist()
    return float(np.mean(found))


def main() -> None:
    rng = np.random.default_rng(SEED)
    files = sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac"))[:READERS]
    numbers: list[Floats] = []
    readers: list[int] = []
    for number, path in enumerate(files):
        for variant, (up, down) in enumerate(((1, 1), (22, 25), (25, 22))):
            samples = sound(path)
            if up != down:
                samples = resample_poly(samples, up, down).astype(np.float32)
            for kind in (samples, equalised(rng, samples)):
                found = pieces(noisy(rng, kind))
                numbers += found
                readers += [3 * number + variant] * len(found)
    x, y = np.array(numbers), np.array(readers)
    even = (y // 3) % 2 == 0
    held = [turns for path in files[1::2] if len(turns := turns_of(sound(path))) >= 2]
    apart = APART * within_readers(discriminant(x[even], y[even]), held, rng)
    model = discriminant(x, y) | {"apart": np.array([apart])}
    save_file({name: np.ascontiguousarray(value, np.float32) for name, value in model.items()}, MODEL)
    card = {
        "name": "voices",
        "task": "what tells speakers apart, for who speaks when",
        "licence": "Apache-2.0",
        "seed": SEED,
        "sha256": sha256(MODEL.read_bytes()).hexdigest(),
        "made_by": "benchmarks/transcribe/train_voices.py",
        "trained_on": [f"{READERS} readers of LibriSpeech train-clean-100, about 14 s each (CC-BY-4.0)"],
        "quality": "benchmarks/transcribe/RESULTS.md: share of speech given to the wrong person, readers not heard",
        "limits": "It parts voices of one recording and recognises nobody. Stretches under a second, people at once "
        "and voices alike are mistaken. Not for identifying people.",
    }
    MODEL.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{len(x)} pieces of {len(np.unique(y))} voices; apart from {apart:.1f}")


if __name__ == "__main__":
    main()
