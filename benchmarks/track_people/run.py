"""Tell who is who through the cuts of films whose people are known.

Films are made of the fixtures' clips: each clip with one or two people is cut into pieces of 1.2 s, the pieces of
several clips are shuffled (seeded) and joined, so that who is seen in every piece is known by construction. Clips of
one signer that were recorded apart count as one person. Beside them stands an edited film, the battle of Tears of
Steel, whose faces were named by looking (`named.json`).

* kept: the share of time of all faces found that carries the right number, numbers and people matched one to one in
  the best way (a face that is none, and a second number for the same person, are wrong).
* joined rightly: of pairs of faces with the same number, those of one person; joined: of pairs of one person's faces,
  those with the same number.

What is compared and the one limit for all films were chosen on these clips.

Peers on the same faces: OpenCV's LBPH face recogniser, its distances grouped as ours are, with the best of many limits
for each film in its favour; and every shot's face a person of its own.

Run: `python benchmarks/track_people/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import av
import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from results import write_results
from rushlight.artifacts.faces import Faces, FaceTrack
from rushlight.core.project import create_project
from rushlight.edit.find_faces import find_faces, upright_frames
from rushlight.edit.seeing.people import group_faces
from rushlight.edit.track_people import track_people
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter
from rushlight.media.probe import probe

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
SIGNERS = {"A": ("again", "brother", "help", "no", "student", "yes"), "B": ("book", "learn", "school", "walk")}
PIECE_FRAMES, SEED = 30, 7


@dataclass(frozen=True)
class Clip:
    """Frames of a clip, and who is in them: one name, or the names left and right of the middle."""

    file: str
    people: tuple[str, ...]
    first: int = 0
    end: int = 10_000


ASL = [Clip(f"asl/{who}_{sign}.mkv", (f"signer {who}",)) for who, signs in SIGNERS.items() for sign in signs]
OTHERS = [
    Clip("dog.mp4", ("woman with the dog",)), Clip("juggle.mp4", ("juggler",)), Clip("friday.mp4", ("clerk", "caller")),
    Clip("bikes.mp4", ("man in a suit",), 30, 76), Clip("bikes.mp4", ("cyclist",), 103, 137),
]  # fmt: skip
FILMS = {"two signers, ten recordings": ASL, "dog, ball, office, street": OTHERS, "all of them": ASL + OTHERS}


def pieces_of(clip: Clip) -> list[list[np.ndarray]]:
    """The clip in pieces, each frame 640 × 360 RGB; a rest of less than half a piece is dropped."""
    frames = []
    with av.open(str(FIXTURES / "video" / clip.file)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if clip.first <= number < clip.end:
                scale = min(640 / frame.width, 360 / frame.height)
                wide, high = round(frame.width * scale), round(frame.height * scale)
                shown = frame.to_ndarray(format="rgb24", width=wide, height=high)
                left, top = (640 - wide) // 2, (360 - high) // 2
                frames.append(cv2.copyMakeBorder(shown, top, 360 - high - top, left, 640 - wide - left, 0))
    cut = [frames[at : at + PIECE_FRAMES] for at in range(0, len(frames), PIECE_FRAMES)]
    return [piece for piece in cut if len(piece) >= PIECE_FRAMES // 2]


def make_film(path: Path, clips: Sequence[Clip]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Join the shuffled pieces of clips; where each lies, and who is in it."""
    pieces = [(piece, clip.people) for clip in clips for piece in pieces_of(clip)]
    order = np.random.default_rng(SEED).permutation(len(pieces)).tolist()
    truth, first = [], 0
    with VideoWriter(path, width_px=640, height_px=360, rate=Fraction(25)) as writer:
        for place in order:
            frames, people = pieces[place]
            truth.append((first, first + len(frames), people))
            first += len(frames)
            for frame in frames:
                writer.write(rgb_to_i420(np.ascontiguousarray(frame)))
    return truth


def named(track: FaceTrack, truth: Sequence[tuple[int, int, tuple[str, ...]]]) -> str:
    """Who it is; the empty name where nobody is known to be."""
    box = track.boxes[len(track.boxes) // 2]
    for first, end, people in truth:
        if first <= box.frame < end:
            return people[0] if len(people) == 1 or box.left + box.width / 2 < 0.5 else people[1]
    return ""


def named_by_eye(track: FaceTrack, spans: Sequence[dict[str, object]]) -> str:
    """Who it is, from spans of frames and places across."""
    box = track.boxes[len(track.boxes) // 2]
    middle = box.left + box.width / 2
    for span in spans:
        if span["first"] <= box.frame < span["end"] and span["from"] <= middle < span["to"]:  # type: ignore[operator]
            return str(span["name"])
    return ""


def scores(names: Sequence[str], numbers: Sequence[int], seconds: Sequence[float]) -> list[str]:
    """The columns of one method on one film."""
    people, groups = sorted({name for name in names if name}), sorted(set(numbers))
    time = np.zeros((len(people), len(groups)))
    for name, number, length in zip(names, numbers, seconds, strict=True):
        if name:
            time[people.index(name), groups.index(number)] += length
    rows, columns = linear_sum_assignment(-time)
    pairs = [(names[a] == names[b] != "", numbers[a] == numbers[b]) for a in range(len(names)) for b in range(a)]
    both = sum(same and joined for same, joined in pairs)
    rightly = both / max(sum(joined for _, joined in pairs), 1) if any(joined for _, joined in pairs) else 1.0
    kept = float(time[rows, columns].sum()) / max(sum(seconds), 1e-9)
    return [f"{kept:.3f}", f"{rightly:.3f}", f"{both / max(sum(same for same, _ in pairs), 1):.3f}",
            f"{len(groups)} for {len(people)}"]  # fmt: skip


def lbph(path: Path, tracks: Sequence[FaceTrack], names: Sequence[str], seconds: Sequence[float]) -> list[str]:
    """OpenCV's recogniser on up to three crops of each face, with the best limit for this film."""
    wanted: dict[int, list[tuple[int, tuple[float, ...]]]] = {}
    for number, track in enumerate(tracks):
        found = [box for box in track.boxes if box.found]
        for place in sorted({0, len(found) // 2, len(found) - 1}):
            box = found[place]
            wanted.setdefault(box.frame, []).append((number, (box.left, box.top, box.width, box.height)))
    crops: list[list[np.ndarray]] = [[] for _ in tracks]
    first = 0
    for times, frames in upright_frames(probe(path)):
        for place in range(len(frames)):
            for number, (left, top, width, height) in wanted.get(first + place, ()):
                high, wide = frames[place].shape[:2]
                part = frames[place][
                    max(int(top * high), 0) : int((top + height) * high),
                    max(int(left * wide), 0) : int((left + width) * wide),
                ]
                grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
                crops[number].append(cv2.resize(grey, (100, 100)))
        first += len(times)
    far = np.full((len(tracks), len(tracks)), np.inf)
    for one, known in enumerate(crops):
        finder = cv2.face.LBPHFaceRecognizer_create()
        finder.train(known, np.zeros(len(known), np.int32))
        for other in range(len(tracks)):
            if other != one:
                far[one, other] = min(finder.predict(crop)[1] for crop in crops[other])
    far = np.minimum(far, far.T)
    limits = np.percentile(far[np.isfinite(far)], range(1, 90, 2)) if len(tracks) > 1 else [0.0]
    options = []
    for limit in limits:
        numbers = numbered(group_faces(far, float(limit)), len(tracks))
        options.append(scores(names, numbers, seconds))
    return max(options, key=lambda one: float(one[0]))


def numbered(groups: Sequence[Sequence[int]], count: int) -> list[int]:
    """The group of each."""
    numbers = [0] * count
    for number, group in enumerate(groups):
        for member in group:
            numbers[member] = number
    return numbers


def rows_of(title: str, path: Path, name: object) -> list[list[str]]:
    """All methods on one film; `name` gives a track its person."""
    with tempfile.TemporaryDirectory() as folder:
        project, media = create_project(Path(folder) / "p"), probe(path)
        faces = project.run(find_faces, media, None)
        assert isinstance(faces, Faces)
        told = project.run(track_people, media, faces, None, pictures=False)
    tracks = [track for person in told.people for track in person.tracks]
    numbers = [person.number for person in told.people for _ in person.tracks]
    names = [name(track) for track in tracks]  # type: ignore[operator]
    seconds = [float(track.end - track.start) for track in tracks]
    made = [[title, "Rushlight", str(len(tracks)), *scores(names, numbers, seconds)]]
    made.append([title, "OpenCV LBPH, best limit", str(len(tracks)), *lbph(path, tracks, names, seconds)])
    made.append([title, "each shot's face its own", str(len(tracks)), *scores(names, range(len(tracks)), seconds)])
    if "--misses" in sys.argv:
        print(
            [
                (number, who, round(float(track.start), 1))
                for number, who, track in zip(numbers, names, tracks, strict=True)
            ]
        )
    for row in made:
        print(row, flush=True)
    return made


def main() -> int:
    """Measure all and write RESULTS.md."""
    rows = [["film", "method", "faces", "kept", "joined rightly", "joined", "numbers for people"]]
    with tempfile.TemporaryDirectory() as folder:
        for title, clips in FILMS.items():
            path = Path(folder) / "film.mp4"
            truth = make_film(path, clips)
            rows += rows_of(f"{title} ({len(truth)} pieces)", path, lambda track, truth=truth: named(track, truth))
    spans = json.loads(Path(__file__).with_name("named.json").read_text())["spans"]
    battle = FIXTURES / "video" / "tears_of_steel_battle.webm"
    rows += rows_of("Tears of Steel, as edited", battle, lambda track: named_by_eye(track, spans))
    write_results(__file__, f"{__doc__}\nTarget: 0.9 kept.", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
