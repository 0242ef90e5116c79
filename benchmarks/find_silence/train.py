"""Train the small network that tells speech from noise in `find_silence`; writes its weights as plain arrays.

Speech: the first 40 readers of the LibriSpeech fixtures (CC-BY-4.0); noise: made ones (see noises.py) and two recorded
ones. What the benchmark reports on, other readers and other noises, is never seen here.

Run: `python -m benchmarks.find_silence.train FOLDER_OF_FIXTURES`; needs torch; about twenty minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from scipy.signal import butter, fftconvolve, sosfilt

from benchmarks.find_silence.noises import any_noise
from benchmarks.find_silence.sessions import level_db, sound, trimmed
from rushlight.edit.listening.bands import band_levels
from rushlight.edit.listening.speech_activity import WEIGHTS, normalised

RATE = 16_000
CHANNELS, DILATIONS, BANDS = 32, (1, 2, 4, 8, 16), 24
SECONDS, BATCH, STEPS = 10, 8, 1220


class Network(torch.nn.Module):
    """Dilated convolutions over time, 3 frames each, with residual connections; 64 frames of sight either way."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv1d(BANDS, CHANNELS, 5, padding=2)
        self.middle = torch.nn.ModuleList(
            torch.nn.Conv1d(CHANNELS, CHANNELS, 3, padding=d, dilation=d) for d in DILATIONS
        )
        self.last = torch.nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, levels: torch.Tensor) -> torch.Tensor:
        """Log odds of speech, shape (batch, frames), for levels of shape (batch, bands, frames)."""
        hidden = torch.relu(self.first(levels))
        for layer in self.middle:
            hidden = hidden + torch.relu(layer(hidden))
        return self.last(hidden)[:, 0]


def example(rng: np.random.Generator, voices: list[np.ndarray], real: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Normalised band levels and which frames hold speech."""
    count = SECONDS * RATE
    clean, at = np.zeros(count, np.float32), int(rng.uniform(0, 1.5) * RATE)
    heard = np.zeros(count // 80, bool)
    while at < count - RATE:
        voice = voices[int(rng.integers(len(voices)))]
        length = int(rng.uniform(0.6, 6) * RATE)
        start = int(rng.integers(0, max(len(voice) - length, 1)))
        part = voice[start : start + length]
        if len(part) < 4000 or np.abs(part).max() < 1e-3:
            continue
        level = level_db(part)
        on = level > np.percentile(level_db(voice), 95) - 27
        if not on.any():
            continue
        part = part[np.flatnonzero(on)[0] * 80 : (np.flatnonzero(on)[-1] + 1) * 80].copy()
        if rng.random() < 0.4:
            sos = butter(1, np.exp(rng.uniform(np.log(200), np.log(5000))), rng.choice(["low", "high"]), fs=RATE,
                         output="sos")  # fmt: skip
            part = (part + rng.uniform(-0.7, 2) * sosfilt(sos, part)).astype(np.float32)
        part = part / (part.std() + 1e-6) * np.float32(10 ** (rng.uniform(-4, 4) / 20))
        part = part[: count - at]
        level = level_db(part)
        heard[at // 80 : at // 80 + len(level)] = level > np.percentile(level, 95) - 27
        clean[at // 80 * 80 : at // 80 * 80 + len(part)] = part[: count - at // 80 * 80]
        at += len(part) + int(np.exp(rng.uniform(np.log(0.15), np.log(3))) * RATE)
    noise = any_noise(rng, count, voices, real)
    if rng.random() < 0.3:
        tail = rng.normal(size=int(RATE * 0.3)) * np.exp(-np.arange(int(RATE * 0.3)) / RATE * rng.uniform(15, 60))
        tail[0] = rng.uniform(3, 10)
        clean = fftconvolve(clean, tail / np.sqrt((tail**2).sum()))[:count].astype(np.float32)
    mixed = (clean + noise * np.float32(10 ** (-rng.uniform(0, 35) / 20))) * np.float32(10 ** rng.uniform(-3, -1))
    levels = normalised(band_levels(mixed))
    pairs = heard[: len(heard) // 2 * 2].reshape(-1, 2).any(axis=1)
    truth = np.zeros(len(levels), np.float32)
    truth[: len(pairs)] = pairs
    return levels, truth


def main(fixtures: Path) -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    files = sorted((fixtures / "speech" / "librispeech_speakers").glob("*.flac"))[:40]
    voices = [trimmed(sound(path)) for path in files]
    real = [sound(fixtures / "noise" / name) for name in ("sb_noise1.wav", "sb_noise3.wav")]
    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, STEPS)
    for step in range(STEPS):
        pairs = [example(rng, voices, real) for _ in range(BATCH)]
        levels = torch.tensor(np.stack([pair[0].T for pair in pairs]))
        truth = torch.tensor(np.stack([pair[1] for pair in pairs]))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(levels), truth)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            print(step + 1, f"{loss.item():.4f}", flush=True)
            arrays = {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}
            np.savez_compressed(WEIGHTS, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
