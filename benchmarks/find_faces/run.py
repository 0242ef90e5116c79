"""Find faces in real clips, in frames whose faces were drawn by hand.

`boxes.json` holds faces in 341 frames of the fixtures' clips, with and without people: an edited film with effects,
webcams, a black-and-white film, a street, animals, machines, patterns. The boxes were drawn by looking at every frame;
what counts as a face and what is left out of the count is written in it. A found face and a true one match, one to
one, the surest first, when they share 0.4 of their union (Haar boxes are made otherwise than ours, so no more is
asked). A find inside a place that is left out counts neither way. Faces below 16 px at a width of 640 do not count.

* Rushlight looks at whole clips, as a person would let it, and is asked for the faces of the frames in question. The
  detector never saw these clips; the few thresholds of linking and believing were chosen on them.
* Peers: OpenCV's Haar cascades, frontal, and frontal with profile both ways, on the same frames at the same size;
  each with the best of several strictnesses and with its boxes scaled by the best of several factors, chosen on these
  very frames in its favour.
* Speed: a film of 640 × 360 made from clips with people, 25 frames a second; frames a second by wall time with
  decoding and finding shots; the cascade looks at every frame after decoding. Both while the machine does what it does
  besides, so compare the ratio; "on two free cores" is twice the frames per second of processor time.

Run: `python benchmarks/find_faces/run.py [--misses]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import av
import cv2
import numpy as np

from results import write_results
from rushlight.artifacts.faces import Faces
from rushlight.core.project import create_project
from rushlight.edit.find_faces import find_faces
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter
from rushlight.media.probe import probe

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
TRUTH = json.loads(Path(__file__).with_name("boxes.json").read_text())["frames"]
LEAST, SHARED = 16 / 640, 0.4
PEOPLE, PEOPLE_FRAMES = ("dog.mp4", "juggle.mp4", "asl/A_again.mkv", "friday.mp4", "bikes.mp4"), 40
Box = tuple[float, float, float, float, float]
"""Left, top, width, height in shares of the picture, and how sure."""


def ours(clip: str) -> tuple[Faces, dict[int, list[Box]]]:
    """What we find in the frames in question."""
    with tempfile.TemporaryDirectory() as folder:
        found = create_project(Path(folder) / "p").run(find_faces, probe(FIXTURES / "video" / clip), None)
    boxes: dict[int, list[Box]] = {}
    for one in (one for one in TRUTH if one["clip"] == clip):
        seen = [(track, track.at(one["frame"])) for track in found.tracks]
        boxes[one["frame"]] = [
            (box.left, box.top, box.width, box.height, track.confidence) for track, box in seen if box is not None
        ]
    return found, boxes


def frames_of(clip: str, wide: int = 640) -> Iterator[tuple[int, np.ndarray]]:
    """All frames of a clip, RGB, this wide."""
    with av.open(str(FIXTURES / "video" / clip)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for number, frame in enumerate(container.decode(video=0)):
            high = round(frame.height * wide / frame.width)
            yield number, frame.to_ndarray(format="rgb24", width=wide, height=high)


class Haar:
    """OpenCV's cascades."""

    def __init__(self, *, profile: bool) -> None:
        folder = Path(cv2.__file__).parent / "data"
        self.front = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
        self.side = cv2.CascadeClassifier(str(folder / "haarcascade_profileface.xml")) if profile else None

    def find(self, picture: np.ndarray) -> list[tuple[tuple[int, int, int, int], float]]:
        """Boxes in pixels, with the weight the cascade gives."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        found = self._run(self.front, grey)
        if self.side is not None:
            wide = grey.shape[1]
            mirrored = self._run(self.side, cv2.flip(grey, 1))
            found += self._run(self.side, grey)
            found += [((wide - x - w, y, w, h), weight) for (x, y, w, h), weight in mirrored]
        return found

    def _run(self, cascade: Any, grey: np.ndarray) -> list[tuple[tuple[int, int, int, int], float]]:
        boxes, _, weights = cascade.detectMultiScale3(grey, 1.1, 2, minSize=(16, 16), outputRejectLevels=True)
        return [(tuple(int(v) for v in box), float(weight)) for box, weight in zip(boxes, weights, strict=True)]


def alone(found: list[Box]) -> list[Box]:
    """The surest of boxes that lie on each other."""
    kept: list[Box] = []
    for one in sorted(found, key=lambda box: -box[4]):
        if all(shared(one, other) < 0.3 for other in kept):
            kept.append(one)
    return kept


def haar_frames(haar: Haar) -> dict[tuple[str, int], list[Box]]:
    """What a cascade finds in the frames in question."""
    found = {}
    for clip in sorted({one["clip"] for one in TRUTH}):
        asked = {one["frame"] for one in TRUTH if one["clip"] == clip}
        for number, picture in frames_of(clip):
            if number in asked:
                high, wide = picture.shape[:2]
                found[clip, number] = [
                    (x / wide, y / high, w / wide, h / high, weight) for (x, y, w, h), weight in haar.find(picture)
                ]
    return found


def scaled(box: Box, factor: float, down: float) -> Box:
    """A box made smaller or larger about its middle, moved by a share of its height."""
    left, top, wide, high, sure = box
    return (left + wide * (1 - factor) / 2, top + high * ((1 - factor) / 2 + down), wide * factor, high * factor, sure)


def best_haar(found: dict[tuple[str, int], list[Box]]) -> dict[tuple[str, int], list[Box]]:
    """The strictness and the scale of boxes with the best F1 on these frames."""

    def made(strict: float, factor: float, down: float) -> dict[tuple[str, int], list[Box]]:
        return {
            key: alone([scaled(box, factor, down) for box in boxes if box[4] >= strict]) for key, boxes in found.items()
        }

    options = [(s, f, d) for s in (0, 1, 2, 3, 4, 5, 6) for f in (0.7, 0.8, 0.9, 1.0) for d in (0.0, 0.05, 0.1)]
    return made(*max(options, key=lambda option: f1(*count(made(*option)))))


def shared(one: Box | list[float], other: Box | list[float]) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(across, 0) * max(down, 0)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def count(found: dict[tuple[str, int], list[Box]], *, tell: bool = False, of: str = "") -> tuple[int, int, int]:
    """Right, wrong and missed."""
    right = wrong = missed = 0
    for one in TRUTH:
        key = (one["clip"], one["frame"])
        if not one["clip"].startswith(of):
            continue
        left = list(one["faces"])
        strays = 0
        for box in sorted(found[key], key=lambda box: -box[4]):
            if box[3] < LEAST * 0.875 and box[2] < LEAST * 0.875:
                continue
            near = max(left, key=lambda face: shared(box, face), default=None)
            if near is not None and shared(box, near) >= SHARED:
                left.remove(near)
                right += 1
                continue
            across, down = box[0] + box[2] / 2, box[1] + box[3] / 2
            strays += not any(x <= across <= x + w and y <= down <= y + h for x, y, w, h in one["ignored"])
        wrong += strays
        missed += len(left)
        if tell and (strays or left):
            print(*key, f"{strays} wrong, {len(left)} missed")
    return right, wrong, missed


def f1(right: int, wrong: int, missed: int) -> float:
    """The harmonic mean of recall and precision."""
    return 2 * right / max(2 * right + wrong + missed, 1)


def film_of_people(path: Path) -> int:
    """A film of 640 × 360 from clips with people; how many frames it has."""
    count = 0
    with VideoWriter(path, width_px=640, height_px=360, rate=Fraction(25)) as writer:
        for clip in PEOPLE:
            for number, picture in frames_of(clip):
                if number >= PEOPLE_FRAMES:
                    break
                high = picture.shape[0]
                if high > 360:
                    picture = picture[(high - 360) // 2 :][:360]
                elif high < 360:
                    picture = cv2.resize(picture, (640, 360), interpolation=cv2.INTER_LINEAR)
                writer.write(rgb_to_i420(np.ascontiguousarray(picture)))
                count += 1
    return count


def timed(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Wall seconds and processor seconds, children's too, best of so many times."""

    def used() -> float:
        own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in own)

    runs = []
    for _ in range(times):
        begun, before = time.perf_counter(), used()
        work()
        runs.append((time.perf_counter() - begun, used() - before))
    return min(run[0] for run in runs), min(run[1] for run in runs)


def speeds() -> dict[str, tuple[float, float]]:
    """Frames a second by wall time and by processor time, of each method."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.mp4"
        frames = film_of_people(path)
        haar = {name: Haar(profile=name == "both") for name in ("front", "both")}

        def cascade(name: str) -> None:
            with av.open(str(path)) as container:
                container.streams.video[0].thread_type = "AUTO"
                for frame in container.decode(video=0):
                    haar[name].find(frame.to_ndarray(format="rgb24"))

        def found() -> None:
            with tempfile.TemporaryDirectory() as project:
                create_project(Path(project) / "p").run(find_faces, probe(path), None)

        works = {"ours": found, "front": lambda: cascade("front"), "both": lambda: cascade("both")}
        measured = {name: timed(work, 2 if name == "ours" else 1) for name, work in works.items()}
        return {name: (frames / wall, frames / spent) for name, (wall, spent) in measured.items()}


def main() -> int:
    """Measure all and write RESULTS.md."""
    found: dict[tuple[str, int], list[Box]] = {}
    for clip in sorted({one["clip"] for one in TRUTH}):
        found |= {(clip, frame): boxes for frame, boxes in ours(clip)[1].items()}
        print(clip, *count(found | {k: [] for k in _keys() - found.keys()}, of=clip), flush=True)
    fast = speeds()
    rows = [
        ["method", "recall", "precision", "F1", "faces found", "wrong", "frames/s (wall)", "frames/s on two free cores"]
    ]
    methods = {"Rushlight": (found, "ours")}
    for name, title in (("front", "Haar, frontal"), ("both", "Haar, frontal and profile")):
        methods[title] = (best_haar(haar_frames(Haar(profile=name == "both"))), name)
    for title, (boxes, name) in methods.items():
        right, wrong, missed = count(boxes, tell="--misses" in sys.argv and name == "ours")
        wall, processor = fast[name]
        rows.append([
            title, f"{right / (right + missed):.3f}", f"{right / max(right + wrong, 1):.3f}",
            f"{f1(right, wrong, missed):.3f}", f"{right} of {right + missed}", str(wrong), f"{wall:.0f}",
            f"{2 * processor:.0f}",
        ])  # fmt: skip
        print(rows[-1], flush=True)
    notes = [
        f"{len(TRUTH)} frames, {sum(len(one['faces']) for one in TRUTH)} faces. Targets: recall 0.9 at precision 0.95; "
        "60 frames a second.",
        f"Load of the machine while this ran: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.",
    ]
    write_results(__file__, str(__doc__), rows, notes)
    return 0


def _keys() -> set[tuple[str, int]]:
    return {(one["clip"], one["frame"]) for one in TRUTH}


if __name__ == "__main__":
    sys.exit(main())
