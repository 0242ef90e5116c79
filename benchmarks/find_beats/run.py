"""Find the beats and bars of our own scores, whose times are known exactly.

Each seed composes and renders a piece of 20 to 45 s (genres take turns, moods are random). Beats are those of the score
at its constant tempo; downbeats the first of each bar. A found beat and a true one match, one to one, within 70 ms;
F1 over the piece, the first two seconds left out on both sides, as usual (MIREX). What is said of cuts is the distance
of each found beat that matches from the true one, in frames of 1/30 s.

The peer is librosa 0.11 (`beat.beat_track` on its defaults); it finds no downbeats, so every fourth of its beats from
the first is counted as one.

Run: `python benchmarks/find_beats/run.py [PIECES]`
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from results import write_results
from rushlight.artifacts import MusicPlan, Section
from rushlight.core.project import create_project
from rushlight.edit.listening.rhythm import RATE, find_rhythm
from rushlight.media.encode import read_wav
from rushlight.media.sound import resample
from rushlight.timeline.music.styles import STYLES

TOLERANCE = 0.07


def piece(seed: int, genre: str, folder: Path) -> tuple[np.ndarray, float, int]:
    """Mono sound at 22,050 Hz, its tempo, and its beats in a bar."""
    rng = np.random.default_rng(seed)
    seconds, count = int(rng.integers(20, 46)), int(rng.integers(1, 4))
    edges = [Fraction(seconds * n, count) for n in range(count + 1)]
    sections = tuple(
        Section(start=a, end=b, valence=float(rng.uniform(-1, 1)), arousal=float(rng.uniform(0.1, 1)))
        for a, b in zip(edges, edges[1:], strict=False)
    )
    project = create_project(folder / f"p{seed}")
    score = project.run(
        "compose_music", MusicPlan(duration=Fraction(seconds), sections=sections), genre=genre, seed=seed
    )
    audio = project.run("render_score", score)
    samples, rate = read_wav(audio.file.path)
    return resample(samples.mean(axis=1, keepdims=True), rate, RATE)[:, 0], float(score.tempo_bpm), score.beats_per_bar


def f1(found: np.ndarray, true: np.ndarray) -> tuple[float, list[float]]:
    """F1 within the tolerance, one to one, and the distances of what matches."""
    found, true = found[found >= 2], true[true >= 2]
    used, apart = set(), []
    for time in true:
        near = [n for n in np.flatnonzero(np.abs(found - time) <= TOLERANCE) if n not in used]
        if near:
            best = min(near, key=lambda n: abs(found[n] - time))
            used.add(best)
            apart.append(abs(float(found[best] - time)))
    hits = len(apart)
    return (2 * hits / max(len(found) + len(true), 1) if len(true) else float("nan")), apart


def librosa_beats(samples: np.ndarray) -> np.ndarray:
    """The peer's beats, in a folder of its own, for it would bring other versions of what we use."""
    target = Path(tempfile.gettempdir()) / "rushlight-peer-librosa"
    if not target.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target), "librosa==0.11.0"]
        subprocess.run(command, check=True)
    if str(target) not in sys.path:
        sys.path.append(str(target))
    import librosa

    _, frames = librosa.beat.beat_track(y=samples.astype(np.float32), sr=RATE)
    return np.asarray(librosa.frames_to_time(frames, sr=RATE))


def main() -> int:
    """Measure and write RESULTS.md."""
    pieces = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    rows: dict[str, dict[str, list[float]]] = {
        name: {"beats": [], "downbeats": [], "apart": []} for name in ("Rushlight", "librosa")
    }
    genres = list(STYLES)
    with tempfile.TemporaryDirectory() as name:
        for number in range(pieces):
            samples, tempo, per_bar = piece(4000 + number, genres[number % len(genres)], Path(name))
            seconds = len(samples) / RATE
            true = np.arange(0, seconds, 60 / tempo)
            rhythm, other = find_rhythm(samples), librosa_beats(samples)
            answers = {"Rushlight": (rhythm.beats, rhythm.beats[rhythm.places == 1]), "librosa": (other, other[::4])}
            for method, (beats, downbeats) in answers.items():
                value, apart = f1(beats, true)
                rows[method]["beats"].append(value)
                rows[method]["downbeats"].append(f1(downbeats, true[::per_bar])[0])
                rows[method]["apart"] += apart
            if "--show" in sys.argv:
                found = 60 / np.median(np.diff(rhythm.beats)) if len(rhythm.beats) > 1 else 0
                print(genres[number % len(genres)], f"{tempo:.1f} {found:.1f} {per_bar}",
                      *(f"{rows[m][k][-1]:.2f}" for m in rows for k in ("beats", "downbeats")), flush=True)  # fmt: skip
    table = [["method", "F1 of beats", "F1 of downbeats", "pieces over 0.9", "beats within one frame"]]
    for method, found in rows.items():
        beats = np.array(found["beats"])
        within = np.mean(np.array(found["apart"]) <= 1 / 30) if found["apart"] else 0.0
        table.append([method, f"{beats.mean():.3f}", f"{np.mean(found['downbeats']):.3f}",
                      f"{int((beats > 0.9).sum())} of {pieces}", f"{within:.1%}"])  # fmt: skip
    gain = np.mean(rows["Rushlight"]["beats"]) - np.mean(rows["librosa"]["beats"])
    note = f"F1 of beats: {100 * gain:+.1f} points against librosa (target +10)."
    write_results(__file__, f"{__doc__}\n{note}", table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
