"""Assemble cuts, trailers and scenes from footage of which the truth is known.

* Highlights: in long real footage (a table of bottles, a car park, a ride, the Earth by night) bursts of 1.5 to 4 s are
  planted: the same footage at two to four times its speed with its sound up to 12 dB louder, or lively footage of
  another kind. A fifth of each film is chosen. Scored is Kendall's rank correlation (tau-b) between what is planted in
  each half second (0 to 1, by its strength) and whether it was chosen, and for the interest of each half second itself
  Spearman's; means over the films with 95 % intervals from 2,000 bootstrap samples of films. Peers: evenly spread
  choice and random choice of stretches of 2 s.
* Edited films (fixtures `sbd/`) are taken apart at their true cuts, shuffled, and given with filler footage as a bin.
  Counted are cuts whose length is off by more than a frame, cuts between stretches of one recording whose colours are
  nearer than the threshold, or of one true shot, and whether the same is made again in another project.
* Beats: cuts of `cut_to_music` and trailers on our own scores, whose beats are known exactly, and which are found from
  the sound: the share of cuts within one frame (1/25 s).
* Scenes: films of known scenes, each of 2 to 6 shots that alternate between views of one place (parts of one clip in
  other crops at other times): F1 of scene boundaries. Peers: every shot a scene; scenes of equal length.

Run: `python benchmarks/assemble_cut/run.py [FILMS]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2
import numpy as np
from scipy.stats import kendalltau, spearmanr

from results import write_results
from rushlight.artifacts import EditList, Media, MusicPlan, Section, Shots, ShotSpan, Transition
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.project import Project, create_project
from rushlight.edit.seeing.colours import hellinger
from rushlight.media.decode import VideoReader
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
WIDE, HIGH, RATE = 320, 180, 25
CALM = ("bottle-detection.mp4", "car-detection.mp4", "gbike_pov_shaky.webm", "c2pa_test.avi")
LIVELY = ("dog.mp4", "juggle.mp4", "bikes.mp4", "bigbuckbunny.mp4")
PLACES = (*LIVELY, "blocks.mp4", "flower.mp4", "friday.mp4", "bug.mp4", "car-detection.mp4", "bottle-detection.mp4")
JUMP = 0.16
Frames = list[np.ndarray]


@dataclass
class Clips:
    """Frames of fixtures at one size and rate, read once."""

    known: dict[str, Frames] = field(default_factory=dict)

    def of(self, name: str) -> Frames:
        """At most 40 seconds of a clip."""
        if name not in self.known:
            media = probe(FIXTURES / "video" / name)
            count = int(min(float(media.duration), 40.0) * RATE) - 1
            with VideoReader(media.file.path, width_px=WIDE, height_px=HIGH, rate=Fraction(RATE)) as reader:
                self.known[name] = [frame.copy() for frame in reader.frames(Fraction(0), count)]
        return self.known[name]


def written(frames: Frames, path: Path, sound: np.ndarray | None = None) -> Media:
    silent = path.with_name(f"silent-{path.name}")
    with VideoWriter(silent, width_px=WIDE, height_px=HIGH, rate=Fraction(RATE), crf=23, preset="veryfast") as writer:
        for frame in frames:
            writer.write(frame)
    wav = None
    if sound is not None:
        wav = path.with_suffix(".wav")
        write_wav(wav, sound.astype(np.float32), 48_000)
    mux(silent, wav, path)
    return probe(path)


# --- highlights ---------------------------------------------------------------------------------------------------


def planted(seed: int, clips: Clips, path: Path) -> tuple[Media, np.ndarray]:
    """A film with bursts, and what is planted in each half second of it."""
    rng = np.random.default_rng(seed)
    first, second = rng.choice(len(CALM), 2, replace=False)
    base = clips.of(CALM[first]) + clips.of(CALM[second])
    fire = read_sound(FIXTURES / "noise" / "voices-around-a-fire.mp3", sample_rate=48_000, channels=1)[:, 0]
    frames: Frames = []
    truth: list[float] = []
    loud: list[float] = []
    at, next_burst = 0, int(rng.integers(4, 9) * RATE)
    while at < len(base) - 12 * RATE:
        if at < next_burst:
            frames.append(base[at])
            truth.append(0.0)
            loud.append(0.0)
            at += 1
            continue
        strength, count = float(rng.choice([1 / 3, 2 / 3, 1])), int(rng.uniform(1.5, 4) * RATE)
        if rng.random() < 0.5:
            places = (at + (np.arange(count) * (1 + 3 * strength)).astype(int)).clip(max=len(base) - 1)
            burst = [base[place] for place in places]
            at = int(places[-1]) + 1
        else:
            other = clips.of(str(rng.choice(LIVELY)))
            start = int(rng.integers(0, max(len(other) - count, 1)))
            burst = other[start : start + count]
            strength = 1.0
        frames += burst
        truth += [strength] * len(burst)
        loud += [12.0 * strength] * len(burst)
        next_burst = at + int(rng.uniform(5, 10) * RATE)
    gain = np.repeat(10 ** (np.array(loud) / 20), 48_000 // RATE)
    sound = 0.25 * np.resize(fire / np.abs(fire).max(), len(gain)) * gain / 10 ** (12 / 20)
    halves = len(truth) * 2 // RATE
    strengths = np.array([np.mean(truth[n * RATE // 2 : (n + 1) * RATE // 2]) for n in range(halves)])
    return written(frames, path, sound[:, None]), strengths


def seen(project: Project, media: Media) -> tuple[Shots, ShotTable]:
    shots: Shots = project.run("detect_shots", media)
    return shots, project.run("describe_shots", media, shots, None)


def chosen_halves(edits: EditList, count: int, source: int = 0) -> np.ndarray:
    halves = np.zeros(count)
    for span in edits.spans:
        if span.source == source:
            for place in range(int(span.start * 2), min(int(-(-span.end * 2 // 1)), count)):
                halves[place] = max(halves[place], 1.0)
    return halves


def highlights(films: int, clips: Clips, folder: Path) -> list[list[str]]:
    taus: dict[str, list[float]] = {"Rushlight": [], "evenly spread": [], "random": []}
    ranks = []
    for seed in range(films):
        media, truth = planted(9000 + seed, clips, folder / f"burst-{seed}.mp4")
        project = create_project(folder / f"burst-{seed}")
        shots, table = seen(project, media)
        length = Fraction(round(float(media.duration) * 0.2 * 2), 2)
        edits = project.run("assemble_cut", (media,), (shots,), (table,), length_seconds=length, jump_cut_distance=0.0)
        interest = np.zeros(len(truth))
        for row in table.rows:
            for number, value in enumerate(row.interest):
                place = int(row.start * 2) + number
                if place < len(interest):
                    interest[place] = value
        ranks.append(float(spearmanr(interest, truth).statistic))
        rng, count = np.random.default_rng(seed), max(round(float(length) / 2), 1)
        even = np.zeros(len(truth))
        for place in np.linspace(0, len(truth) - 4, count).astype(int):
            even[place : place + 4] = 1
        luck = []
        for _ in range(50):
            drawn = np.zeros(len(truth))
            for place in rng.choice(len(truth) - 4, count, replace=False):
                drawn[place : place + 4] = 1
            luck.append(kendalltau(drawn, truth).statistic)
        taus["Rushlight"].append(float(kendalltau(chosen_halves(edits, len(truth)), truth).statistic))
        taus["evenly spread"].append(float(kendalltau(even, truth).statistic))
        taus["random"].append(float(np.mean(luck)))
        print(
            "highlights",
            seed,
            f"{taus['Rushlight'][-1]:.2f} {taus['evenly spread'][-1]:.2f} {ranks[-1]:.2f}",
            flush=True,
        )
    rows = [[f"highlights, {name}", f"tau-b {interval(values)}"] for name, values in taus.items()]
    return [*rows, ["highlights, interest of each half second", f"Spearman {interval(ranks)}"]]


def interval(values: list[float]) -> str:
    drawn = np.random.default_rng(1).choice(np.array(values), (2000, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f}, {len(values)} films)"


# --- edited films taken apart -------------------------------------------------------------------------------------


def taken_apart(path: Path, seed: int, folder: Path) -> tuple[Media, list[tuple[float, float, int]]]:
    """The shots of a film in another order, as one recording: start, end and number of each in seconds."""
    truth = json.loads(path.with_suffix(".json").read_text())
    above, below = (int(part) for part in truth["fps"].split("/"))
    media = probe(path)
    edges = [0, *(int(edge) for a, b, _ in truth["transitions"] for edge in (a, b)), truth["n_frames"]]
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= above / below]
    order = np.random.default_rng(seed).permutation(len(spans))
    frames: Frames = []
    placed = []
    with VideoReader(path, width_px=WIDE, height_px=HIGH, rate=Fraction(RATE)) as reader:
        for number in order:
            a, b = (Fraction(edge * below, above) for edge in spans[number])
            count = int((b - a) * RATE)
            start = len(frames) / RATE
            frames += [frame.copy() for frame in reader.frames(a, count)]
            placed.append((start, len(frames) / RATE, int(number)))
    del media
    return written(frames, folder / f"apart-{path.stem}.mp4"), placed


def assembled(clips: Clips, folder: Path) -> list[list[str]]:
    wrong = jumps = same_shot = cuts = unlike = made = 0
    for number, path in enumerate(sorted((FIXTURES / "sbd").glob("*.mp4"))[:4]):
        apart, placed = taken_apart(path, number, folder)
        filler = [written(clips.of(name)[: 10 * RATE], folder / f"filler-{number}-{name}.mp4") for name in CALM[:2]]
        media = (apart, *filler)
        results = []
        for again in range(2):
            project = create_project(folder / f"apart-{number}-{again}")
            looked = [seen(project, item) for item in media]
            shots, tables = tuple(pair[0] for pair in looked), tuple(pair[1] for pair in looked)
            edits = [
                project.run("assemble_cut", media, shots, tables, length_seconds=Fraction(length))
                for length in ("10", "20.5", "31.4")
            ]
            edits.append(project.run("make_trailer", media, shots, tables, None, length_seconds=Fraction(20), seed=3))
            results.append((edits, shots, tables))
        edits, shots, tables = results[0]
        unlike += sum(one.spans != other.spans for one, other in zip(edits, results[1][0], strict=True))
        for made_edits, length in zip(edits, (10, 20.5, 31.4, 20), strict=True):
            made += 1
            wrong += abs(float(made_edits.duration) - length) > 1 / RATE
            for before, after in zip(made_edits.spans, made_edits.spans[1:], strict=False):
                cuts += 1
                if before.source == after.source:
                    one, other = (row_of(span.start, tables[span.source]) for span in (before, after))
                    jumps += hellinger(np.array(one), np.array(other)) < JUMP
                    same_shot += before.source == 0 and true_shot(before.start, placed) == true_shot(
                        after.start, placed
                    )
        print("apart", path.name, wrong, jumps, same_shot, cuts, unlike, flush=True)
    return [
        ["edited films taken apart: lengths off by more than a frame", f"{wrong} of {made}"],
        ["edited films taken apart: cuts that jump (colours nearer than the threshold)", f"{jumps} of {cuts}"],
        ["edited films taken apart: cuts within one true shot", f"{same_shot} of {cuts}"],
        ["edited films taken apart: other cuts from the same seed", f"{unlike} of {made}"],
    ]


def row_of(at: Fraction, table: ShotTable) -> tuple[float, ...]:
    return next(row.colours for row in reversed(table.rows) if row.start <= at)


def true_shot(at: Fraction, placed: list[tuple[float, float, int]]) -> int:
    return next((number for a, b, number in placed if a <= float(at) < b), -1)


# --- beats --------------------------------------------------------------------------------------------------------


def on_beats(clips: Clips, folder: Path) -> list[list[str]]:
    names = [*LIVELY, "blocks.mp4", "flower.mp4", "friday.mp4"]
    project = create_project(folder / "beats")
    media = tuple(written(clips.of(name), folder / f"beat-{name}.mp4") for name in names)
    looked = [seen(project, item) for item in media]
    shots, tables = tuple(pair[0] for pair in looked), tuple(pair[1] for pair in looked)
    near = {"found": [0, 0], "true": [0, 0]}
    for seed, genre in enumerate(("cinematic", "acoustic", "electronic", "documentary")):
        parts = [Section(start=Fraction(8 * n), end=Fraction(8 * n + 8), valence=0.2, arousal=a)
                 for n, a in enumerate((0.3, 0.9, 0.5))]  # fmt: skip
        score = project.run(
            "compose_music", MusicPlan(duration=Fraction(24), sections=tuple(parts)), genre=genre, seed=seed
        )
        music = probe(project.run("render_score", score).file.path)
        beats = project.run("find_beats", music)
        step = 60 / float(score.tempo_bpm)
        for edits in (
            project.run("cut_to_music", media, shots, tables, beats, music, length_seconds=Fraction(20)),
            project.run("make_trailer", media, shots, tables, beats, length_seconds=Fraction(20), most_of_scene=1.0),
        ):
            at = Fraction(0)
            for span in edits.spans[:-1]:
                at += span.duration
                # As it is laid: on the nearest frame.
                shown = round(at * RATE) / RATE
                near["found"][0] += min(abs(float(beat.at) - shown) for beat in beats.beats) <= 1 / RATE
                near["true"][0] += abs(shown - round(shown / step) * step) <= 1 / RATE
                near["found"][1] += 1
                near["true"][1] += 1
    return [
        [f"cuts within one frame of {name} beats", f"{hit} of {count} ({hit / max(count, 1):.1%})"]
        for name, (hit, count) in near.items()
    ]


# --- scenes -------------------------------------------------------------------------------------------------------


def scenes_film(seed: int, clips: Clips, path: Path) -> tuple[Media, Shots, list[int]]:
    """A film of scenes, its shots, and the scene of each."""
    rng = np.random.default_rng(seed)
    frames: Frames = []
    spans, scene_of = [], []
    for scene, name in enumerate(rng.permutation(PLACES)[:8]):
        clip = clips.of(str(name))
        views = [(float(rng.uniform(0, 1)), float(rng.uniform(0, 1)), float(rng.uniform(1.0, 1.5))) for _ in range(2)]
        for number in range(int(rng.integers(2, 7))):
            count = int(rng.uniform(1, 2.5) * RATE)
            start = int(rng.integers(0, max(len(clip) - count, 1)))
            first = len(frames)
            frames += [cropped(frame, views[number % 2]) for frame in clip[start : start + count]]
            spans.append((first, len(frames)))
            scene_of.append(scene)
    media = written(frames, path)
    exact = [(Fraction(a, RATE), Fraction(b, RATE)) for a, b in spans]
    shots = Shots(
        shots=tuple(
            ShotSpan(start_frame=a, end_frame=b, start=s, end=e) for (a, b), (s, e) in zip(spans, exact, strict=True)
        ),
        transitions=tuple(
            Transition(kind="cut", start_frame=b - 1, end_frame=b, start=e - Fraction(1, RATE), end=e, probability=1)
            for (_, b), (_, e) in zip(spans[:-1], exact[:-1], strict=True)
        ),
        rate=Fraction(RATE), frame_count=len(frames), duration=media.duration, picture_sha256=media.file.sha256,
    )  # fmt: skip
    return media, shots, scene_of


def cropped(frame: np.ndarray, view: tuple[float, float, float]) -> np.ndarray:
    """Part of an I420 picture, enlarged to its size."""
    across, down, zoom = view
    planes = (frame[:HIGH], frame[HIGH : HIGH * 5 // 4].reshape(HIGH // 2, WIDE // 2),
              frame[HIGH * 5 // 4 :].reshape(HIGH // 2, WIDE // 2))  # fmt: skip
    made = []
    for plane in planes:
        tall, wide = plane.shape
        high, broad = int(tall / zoom), int(wide / zoom)
        top, left = int((tall - high) * down), int((wide - broad) * across)
        part = plane[top : top + high, left : left + broad]
        made.append(cv2.resize(np.ascontiguousarray(part), (wide, tall), interpolation=cv2.INTER_LINEAR))
    return np.concatenate([made[0], made[1].reshape(-1, WIDE), made[2].reshape(-1, WIDE)])


def scenes(films: int, clips: Clips, folder: Path) -> list[list[str]]:
    scores: dict[str, list[float]] = {"Rushlight": [], "every shot": [], "equal": []}
    for seed in range(films):
        media, shots, truth = scenes_film(700 + seed, clips, folder / f"scenes-{seed}.mp4")
        project = create_project(folder / f"scenes-{seed}")
        table = project.run("describe_shots", media, shots, None)
        grouped = project.run("group_scenes", shots, table)
        true = {n for n in range(1, len(truth)) if truth[n] != truth[n - 1]}
        ours = {n for n in range(1, len(truth)) if grouped.shots[n].scene != grouped.shots[n - 1].scene}
        even = {round(n * len(truth) / 8) for n in range(1, 8)}
        for name, found in (("Rushlight", ours), ("every shot", set(range(1, len(truth)))), ("equal", even)):
            scores[name].append(2 * len(found & true) / max(len(found) + len(true), 1))
        print("scenes", seed, f"{scores['Rushlight'][-1]:.2f}", flush=True)
    names = {"Rushlight": "Rushlight", "every shot": "every shot a scene", "equal": "scenes of equal length"}
    return [[f"scenes, {names[name]}", f"F1 {interval(values)}"] for name, values in scores.items()]


def main() -> int:
    """Measure all and write RESULTS.md."""
    films = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 12
    wanted = [name for name in sys.argv[1:] if not name.isdigit()] or ["highlights", "apart", "beats", "scenes"]
    clips = Clips()
    rows = [["what", "measured"]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "scenes" in wanted:
            rows += scenes(min(films, 8), clips, folder)
        if "highlights" in wanted:
            rows += highlights(films, clips, folder)
        if "beats" in wanted:
            rows += on_beats(clips, folder)
        if "apart" in wanted:
            rows += assembled(clips, folder)
    if len(wanted) == 4:
        write_results(__file__, __doc__ or "", rows)
    else:
        print(*rows, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
