"""Train the network that tells speech from everything else in `find_silence`, and write its weights and card.

One run with one seed gives the same weights on the same machine. Examples are made first and kept in a scratch
folder, then trained on; both parts take up where an earlier run stopped.

Speech: 85 of the readers of the LibriSpeech fixtures (CC-BY-4.0), and eSpeak NG with 24 voices. Noise: made
(noises.py), and recorded: two samples of SpeechBrain's tests (Apache-2.0), a bicycle ride (Apache-2.0) and two pieces
of music (CC-BY, CC0) of the fixtures. What the benchmark reports on, other readers and other noises, is never seen.
The last 15 readers choose nothing but when to stop and where to decide.

Run: `python benchmarks/find_silence/train.py SCRATCH`; needs the extra `learning`; about half an hour on two cores.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.find_silence.examples import Voice, example, known_voice
from benchmarks.find_silence.sessions import FIXTURES, RATE, sound
from rushlight.edit.listening.speech_activity import DILATIONS, FEATURES, WEIGHTS
from rushlight.media.sound import resample
from rushlight.models.espeak import load
from rushlight.models.reading import read_line

SEED = 1
READERS = 85
EXAMPLES, CHECKS = 800, 80
CHANNELS, EPOCHS, BATCH, FRAMES = 48, 24, 16, 500
REAL = (
    "noise/sb_noise1.wav", "noise/sb_noise3.wav", "video/gbike_pov_shaky.webm",
    "music/Kevin_MacLeod_-_Vibe_Ace.ogg", "music/442789__lena-orsa__happy-music-pistachio-ice-cream-ragtime.ogg",
)  # fmt: skip
LINES = (
    "The keeper climbed the stairs each evening and trimmed the wick before the fog came in.",
    "Seven boats left the harbour; by Thursday only five of them had been heard of again.",
    "What would you have done, he asked, if somebody had simply told you the truth?",
    "Please keep your ticket. The next train stops at every station except the last two.",
    "It rains, it always rains here, and nobody seems to own an umbrella.",
    "She fixed the clock with a paper clip, half a match and a great deal of patience.",
)
VOICES = tuple(
    f"{language}{variant}"
    for language in ("en-us", "en-gb", "en-gb-scotland", "de", "es", "fr-fr", "pl", "hi")
    for variant in ("", "+f2", "+m3")
)


class Network(torch.nn.Module):
    """Dilated convolutions over time, 3 frames each, with residual connections; 1.3 s of sight either way."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv1d(FEATURES, CHANNELS, 5, padding=2)
        self.middle = torch.nn.ModuleList(
            torch.nn.Conv1d(CHANNELS, CHANNELS, 3, padding=d, dilation=d) for d in DILATIONS
        )
        self.last = torch.nn.Conv1d(CHANNELS, 1, 1)
        self.dropout = torch.nn.Dropout1d(0.1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Log odds of speech, shape (batch, frames), for features of shape (batch, features, frames)."""
        hidden = torch.relu(self.first(features))
        for layer in self.middle:
            hidden = hidden + self.dropout(torch.relu(layer(hidden)))
        return self.last(hidden)[:, 0]


@cache
def voices(training: bool) -> list[Voice]:
    files = sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac"))
    found = [known_voice(sound(path)) for path in (files[:READERS] if training else files[READERS:])]
    if training:
        for number, name in enumerate(VOICES):
            voice = load(name)
            said = voice.speak([read_line(line) for line in LINES], words_per_minute=130 + 5 * (number % 10))
            joined = np.concatenate([np.pad(one.samples, (2000, 4000)) for one in said])
            read = np.asarray(resample(joined[:, None], voice.sample_rate, RATE)[:, 0], np.float32)
            found.append(known_voice(read))
    return [voice for voice in found if voice.islands]


@cache
def noises() -> list[np.ndarray]:
    return [sound(FIXTURES / name) for name in REAL]


def make(job: tuple[str, bool, int]) -> None:
    path, training, number = Path(job[0]), job[1], job[2]
    if not path.exists():
        features, truth, snr_db = example((SEED, int(training), number), voices(training), noises())
        part = path.with_suffix(".part.npz")
        np.savez(part, features=features.astype(np.float16), truth=truth, snr_db=snr_db)
        part.rename(path)


def paths_of(folder: Path, training: bool) -> list[Path]:
    count = EXAMPLES if training else CHECKS
    return [folder / f"{'train' if training else 'check'}-{number:04d}.npz" for number in range(count)]


def make_all(folder: Path) -> None:
    jobs = [(str(path), training, number) for training in (True, False)
            for number, path in enumerate(paths_of(folder, training)) if not path.exists()]  # fmt: skip
    if jobs:
        # Made anew, not forked: libraries of threads do not live through a fork.
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            list(pool.map(make, jobs, chunksize=10))


def examples(folder: Path, training: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Features, shape (n, features, frames), and truth, shape (n, frames)."""
    loaded = [np.load(path) for path in paths_of(folder, training)]
    return (torch.tensor(np.stack([one["features"].T for one in loaded])),
            torch.tensor(np.stack([one["truth"] for one in loaded])))  # fmt: skip


def loss_of(network: Network, features: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.binary_cross_entropy_with_logits(network(features.float()), truth.float())


def train(folder: Path) -> dict[str, float]:
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)
    make_all(folder)
    features, truth = examples(folder, True)
    check, check_truth = examples(folder, False)
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    pieces = features.shape[2] // FRAMES
    steps = len(features) * pieces // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, EPOCHS * steps)
    kept = folder / "run.pt"
    began = 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"]), optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        began = state["epoch"]
    figures = {}
    for epoch in range(began, EPOCHS):
        torch.manual_seed(SEED * 1000 + epoch)
        rng = np.random.default_rng((SEED, epoch))
        network.train()
        # Pieces begin at another place in every epoch.
        shift = int(rng.integers(0, features.shape[2] - pieces * FRAMES + 1))
        order = rng.permutation(len(features) * pieces)
        total, since = 0.0, time.monotonic()
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            starts = shift + chosen % pieces * FRAMES
            batch = torch.stack([features[n // pieces, :, s : s + FRAMES] for n, s in zip(chosen, starts, strict=True)])
            said = torch.stack([truth[n // pieces, s : s + FRAMES] for n, s in zip(chosen, starts, strict=True)])
            loss = loss_of(network, batch, said)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        network.eval()
        with torch.no_grad():
            odds = network(check.float())
            unseen = float(torch.nn.functional.binary_cross_entropy_with_logits(odds, check_truth.float()))
            right = float(((odds > 0) == check_truth).float().mean())
        figures = {"loss": total / steps, "unseen_loss": unseen, "unseen_frames_right": right}
        print(epoch + 1, f"{time.monotonic() - since:.0f} s", {k: round(v, 4) for k, v in figures.items()}, flush=True)
        torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(),
                    "schedule": schedule.state_dict(), "epoch": epoch + 1}, kept)  # fmt: skip
    save_file({name: value.half().contiguous() for name, value in network.state_dict().items()}, WEIGHTS)
    return figures


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figures = train(folder)
    card = {
        "name": "speech-activity",
        "task": "odds of speech every 10 ms, for silences, turns and takes",
        "licence": "Apache-2.0",
        "seed": SEED,
        "weights": sum(value.numel() for value in load_file(WEIGHTS).values()),
        "sha256": sha256(WEIGHTS.read_bytes()).hexdigest(),
        "made_by": "benchmarks/find_silence/train.py",
        "trained_on": [
            f"{READERS} readers of LibriSpeech train-clean-100, about 14 s each (CC-BY-4.0)",
            f"{len(VOICES)} voices of eSpeak NG",
            "noise made by benchmarks/find_silence/noises.py",
            "SpeechBrain test noises 1 and 3 (Apache-2.0); a bicycle ride by S. Dutton (Apache-2.0)",
            "Vibe Ace by Kevin MacLeod (CC-BY-3.0); happy music ragtime by lena_orsa (CC0)",
            "labels of clean speech: level, and Silero VAD 6.2 (MIT), which is also one of its inputs",
        ],
        "measured_on_readers_not_trained_on": {name: round(value, 4) for name, value in figures.items()},
        "quality": "benchmarks/find_silence/RESULTS.md: silences found and words clipped, new readers and noises",
        "limits": "Read English and made speech; whispering, singing, children and shouting were not heard. Voices in "
        "the background nearly as loud as the speaker count as speech.",
    }
    WEIGHTS.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
