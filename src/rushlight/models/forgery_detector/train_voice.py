"""Train the model of machine voices: `python -m rushlight.models.forgery_detector.train_voice SPEECH`.

SPEECH is a folder of recordings, one for each person (LibriSpeech's train-clean-100 was used, CC-BY 4.0: a hundred
readers). Machine voices are made of them by `machine_voices.py` and WORLD, and by eSpeak NG; everything goes through
channels. One seed decides all. Odds are calibrated on machines that were left out of learning, one after the other,
since what is met is seldom what was learned. About ten minutes on two cores; needs scikit-learn and pyworld.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.signal import resample_poly

from rushlight.media.ffmpeg import ffmpeg_binary
from rushlight.media.sound import read_sound
from rushlight.models.forgery_detector.machine_voices import MACHINES, through_channel, world
from rushlight.models.forgery_detector.trees import trees_of
from rushlight.models.forgery_detector.voice_features import FEATURES, RATE, voice_features

WEIGHTS = Path(__file__).with_name("voice.safetensors")
CARD = Path(__file__).with_name("voice.json")
SEED = 30
_TAKES = 3
_LINES = (
    "The keeper of the harbour clock winds it by hand each Monday, whatever the weather.",
    "Nobody knew who had written the letter, but everyone had an opinion about it.",
    "A hundred years ago the river froze so hard that markets were held on the ice.",
    "When the lights went out the orchestra kept on playing, and the audience sang.",
    "She counted the boats twice, and twice there was one too many.",
    "Most of what we call weather is water that has not made up its mind.",
)
_ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-029", "en-gb-x-rp", "en-us-nyc", "de", "it", "pt", "nl")

Row = tuple[str, int, NDArray[np.float64]]


def _of_reader(task: tuple[int, Path]) -> list[Row]:
    number, path = task
    whole = np.asarray(read_sound(path, sample_rate=RATE, channels=1)[:, 0], np.float64)
    rows: list[Row] = []
    for take in range(_TAKES):
        rng = np.random.default_rng([SEED, number, take])
        length = int(rng.uniform(4, 9) * RATE)
        start = int(rng.integers(max(len(whole) - length, 1)))
        sound = whole[start : start + length]
        made = {"person": sound, "person again": sound, "person a third time": sound, "world": world(sound, rng)}
        for name in rng.permutation(sorted(MACHINES))[:3]:
            made[str(name)] = MACHINES[str(name)](sound, rng)
        for name, one in made.items():
            found = voice_features(through_channel(one, rng, ffmpeg_binary()))
            if found is not None:
                rows.append(("person" if name.startswith("person") else name, number, found))
    return rows


def _of_espeak(count: int) -> list[Row]:
    from rushlight.models import espeak
    from rushlight.models.reading import SpokenWord

    rng, rows = np.random.default_rng([SEED, 1]), list[Row]()
    for number in range(count):
        height = int(rng.integers(20, 80))
        voice = espeak.load(f"{_ACCENTS[number % len(_ACCENTS)]}@{height}")
        text = " ".join(_LINES[place] for place in rng.permutation(len(_LINES))[:2])
        words = [SpokenWord(word, word) for word in text.split()]
        (spoken,) = voice.speak([words], words_per_minute=float(rng.integers(120, 220)))
        sound = resample_poly(spoken.samples.astype(float), 320, 441)[: 8 * RATE]
        found = voice_features(through_channel(sound, rng, ffmpeg_binary()))
        if found is not None:
            rows.append(("espeak", 1000 + number, found))
    return rows


def _fit(rows: NDArray[np.float64], machine: NDArray[np.bool_]) -> tuple[Any, NDArray[np.float64]]:
    """Trees, and a line over standardised numbers: shape (features + 1,), on the numbers as they are."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    trees = HistGradientBoostingClassifier(
        learning_rate=0.03, max_iter=400, max_leaf_nodes=6, min_samples_leaf=20, l2_regularization=5.0,
        max_features=0.3, class_weight="balanced", random_state=SEED,
    ).fit(rows, machine)  # fmt: skip
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    line = LogisticRegression(C=0.03, max_iter=3000, class_weight="balanced").fit((rows - mean) / spread, machine)
    weights = line.coef_[0] / spread
    return trees, np.concatenate([weights, line.intercept_ - weights @ mean])


def _odds(fitted: tuple[Any, NDArray[np.float64]], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    trees, line = fitted
    return np.asarray((trees_of(trees).log_odds(rows) + rows @ line[:-1] + line[-1]) / 2)


def main() -> None:
    """Make voices, fit, calibrate on machines left out, write."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    readers = sorted(path for path in options.speech.iterdir() if path.suffix in (".flac", ".wav", ".ogg"))
    with ProcessPoolExecutor(options.workers) as pool:
        made = [row for rows in pool.map(_of_reader, enumerate(readers)) for row in rows]
    made += _of_espeak(len(readers))
    kinds, people = np.array([row[0] for row in made]), np.array([row[1] for row in made])
    rows, machine = np.array([row[2] for row in made]), np.array([row[0] != "person" for row in made])
    left_out, truth = list[NDArray[np.float64]](), list[NDArray[np.bool_]]()
    figures = {}
    for number, kind in enumerate(sorted(set(kinds) - {"person"})):
        # Readers left out too, so that no voice is known.
        aside = people % 8 == number % 8
        learned = ~aside & (kinds != kind)
        asked = (kinds == kind) | (aside & ~machine)
        odds = _odds(_fit(rows[learned], machine[learned]), rows[asked])
        left_out.append(odds)
        truth.append(machine[asked])
        figures[f"auc_without_{kind.replace(' ', '_')}"] = round(float(roc_auc_score(machine[asked], odds)), 3)
    told, right = np.concatenate(left_out), np.concatenate(truth)
    line = LogisticRegression(class_weight="balanced").fit(told[:, None], right)
    fitted = _fit(rows, machine)
    tensors = trees_of(fitted[0]).tensors() | {
        "line": fitted[1], "calibration": np.array([line.coef_[0, 0], line.intercept_[0]]),
        "mean": rows.mean(0), "spread": rows.std(0),
    }  # fmt: skip
    save_file(tensors, options.out)
    card = {
        "name": "machine-voices", "task": "log odds that a voice was made or remade by a machine",
        "licence": "Apache-2.0",
        "data": f"{len(readers)} readers of LibriSpeech train-clean-100 (CC-BY 4.0), remade by {len(MACHINES) + 1} "
        "vocoders; eSpeak NG; channels by chance",
        "rows": len(rows), "seed": SEED, "features": len(FEATURES), "left_out": figures,
        "limits": "reading by adults in English; neural synthesis was not learned from and may pass; a voice that was "
        "only cleaned, pitched or stretched may be told as a machine's; less than four seconds say little",
    }  # fmt: skip
    options.out.with_name(CARD.name).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
