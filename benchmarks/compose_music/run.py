"""Measure composed music from its sound, on 50 films with 50 seeds.

Each seed draws a film of 20 to 50 s at 30 frames a second with one to four sections of random mood; genres take
turns. The piece is composed and rendered; everything in the table is measured on the WAV file:

* tempo: onset autocorrelation (`rushlight.timeline.music.listening.estimate_tempo`, which sees the sound only) against
  the score's tempo. Right means within 0.5 %, at the same metrical level (half or double tempo counts as wrong).
* length: samples in the file against the film's length, at 30 frames a second.
* close: pitch class of the lowest note of the last 2.4 s, and the best of the 24 major and minor triads for the chroma
  of those seconds, both against the key the piece was to be in. The last sample's level shows that it is not cut.
* sections: how far the music's changes lie from the film's (a section under a bar and a half joins its neighbour),
  the worst of each film, as mean and maximum over films.
* dynamics: Spearman correlation, over all sections of a film with at least three, of arousal and measured loudness
  (the last three seconds, in which the music dies away, left out).
* bed: share of energy between 1 and 4 kHz, where speech is understood.
* speed: processor seconds, all threads together, to render a minute of music (kept apart from quality).

There is no peer: no permissively licensed composer without model weights installs from a wheel.

Run: `python benchmarks/compose_music/run.py [SEEDS]`
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from rushlight.artifacts import MusicPlan, Score, Section
from rushlight.create.compose_music import compose_music
from rushlight.create.render_score import render_score
from rushlight.media.encode import read_wav
from rushlight.media.loudness import integrated_loudness_lufs
from rushlight.timeline.music.listening import chroma, closing_bass_pitch_class, estimate_tempo
from rushlight.timeline.music.styles import STYLES

RATE, FPS = 48000, 30


@dataclass
class Row:
    """What was measured on one film."""

    genre: str
    tempo_error: float
    length_frames: float
    bass_right: bool
    triad_right: bool
    last_sample_db: float
    misfit_seconds: float
    dynamics: float | None
    speech_share_db: float
    render_seconds_per_minute: float


def film(seed: int) -> MusicPlan:
    """A random film."""
    rng = np.random.default_rng([seed, 2024])
    frames = int(rng.integers(20 * FPS, 50 * FPS))
    count = int(rng.integers(1, 5))
    cuts = sorted({0, frames, *(int(cut) for cut in rng.integers(5 * FPS, frames - 5 * FPS, count - 1))})
    sections = tuple(
        Section(
            start=Fraction(a, FPS),
            end=Fraction(b, FPS),
            valence=float(rng.uniform(-0.9, 0.9)),
            arousal=float(rng.uniform(0.05, 0.95)),
        )
        for a, b in pairwise(cuts)
    )
    return MusicPlan(duration=Fraction(frames, FPS), sections=sections)


def best_triad(sound: np.ndarray) -> int:
    """Root of the major or minor triad whose three notes hold the most energy, the root counted a little more."""
    energy = np.sqrt(chroma(sound, RATE, low_hz=60, high_hz=1500))
    choices = [(root, third) for root in range(12) for third in (3, 4)]
    best = max(choices, key=lambda c: 1.1 * energy[c[0]] + energy[(c[0] + c[1]) % 12] + energy[(c[0] + 7) % 12])
    return best[0]


def dynamics(score: Score, sound: np.ndarray) -> float | None:
    """Rank correlation of arousal and loudness over the sections."""
    if len(score.sections) < 3:
        return None
    last = len(sound) - 3 * RATE
    levels = [
        integrated_loudness_lufs(sound[round(s.start * RATE) : min(round(s.end * RATE), last)], RATE)
        for s in score.sections
    ]
    return float(spearmanr([s.arousal for s in score.sections], levels).statistic)


def measure(seed: int) -> Row:
    """Compose, render and measure one film."""
    plan, genre = film(seed), list(STYLES)[seed % len(STYLES)]
    score = compose_music(plan, genre=genre, seed=seed)
    began = time.process_time()
    audio = render_score(score, seed=seed)
    took = time.process_time() - began
    sound, _ = read_wav(audio.file.path)
    for file in audio.files():
        file.path.unlink()
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    bins = np.fft.rfftfreq(len(sound), 1 / RATE)
    close = sound[-round(2.4 * RATE) :]
    return Row(
        genre=genre,
        tempo_error=estimate_tempo(sound, RATE).bpm / float(score.tempo_bpm) - 1,
        length_frames=abs(len(sound) / RATE - float(plan.duration)) * FPS,
        bass_right=closing_bass_pitch_class(sound, RATE) == score.tonic,
        triad_right=best_triad(close) == score.tonic,
        last_sample_db=20 * float(np.log10(np.abs(sound[-1]).max() + 1e-9)),
        misfit_seconds=max(
            (float(min(abs(s.start - t.start) for t in plan.sections)) for s in score.sections[1:]), default=0.0
        ),
        dynamics=dynamics(score, sound),
        speech_share_db=10 * float(np.log10(power[(bins > 1000) & (bins < 4000)].sum() / power.sum())),
        render_seconds_per_minute=took / float(plan.duration) * 60,
    )


def table(rows: list[Row]) -> str:
    """The results in words and figures, by genre and together."""
    columns = (
        "genre", "films", "tempo within 0.5 %", "worst tempo error", "worst length error (frames)",
        "bass closes on tonic", "tonic triad at close", "loudest last sample (dBFS)", "section misfit, mean (s)",
        "section misfit, worst (s)", "dynamics follow arousal (ρ)", "1–4 kHz share (dB)", "render (CPU s a minute)",
    )  # fmt: skip
    lines = [
        "# compose_music: measured on the sound",
        "",
        f"{len(rows)} films, {len(rows)} seeds; written by `benchmarks/compose_music/run.py`; its docstring says how.",
        "",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
    ]
    for genre in [*STYLES, "all"]:
        own = [row for row in rows if genre in (row.genre, "all")]
        if not own:
            continue
        share = [100 * float(np.mean(values)) for values in (
            [abs(row.tempo_error) <= 0.005 for row in own],
            [row.bass_right for row in own],
            [row.triad_right for row in own],
        )]  # fmt: skip
        followed = [row.dynamics for row in own if row.dynamics is not None]
        lines.append(
            f"| {genre} | {len(own)} | {share[0]:.0f} % | {100 * max(abs(row.tempo_error) for row in own):.3f} % "
            f"| {max(row.length_frames for row in own):.3f} | {share[1]:.0f} % | {share[2]:.0f} % "
            f"| {max(row.last_sample_db for row in own):.0f} "
            f"| {float(np.mean([row.misfit_seconds for row in own])):.2f} "
            f"| {max(row.misfit_seconds for row in own):.2f} "
            f"| {float(np.mean(followed)) if followed else float('nan'):.2f} "
            f"| {float(np.mean([row.speech_share_db for row in own])):.1f} "
            f"| {float(np.mean([row.render_seconds_per_minute for row in own])):.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rows = []
    for seed in range(seeds):
        rows.append(measure(seed))
        print(seed, rows[-1], file=sys.stderr)
    text = table(rows)
    print(text)
    if seeds >= 50:
        (Path(__file__).parent / "RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
