"""Find the shots of films whose transitions are known.

The films are the fixtures' `sbd/` (or a folder given as the first argument, made the same way): real clips joined by
cuts, dissolves, fades and wipes, with flashes, whip pans, captions and other things inside shots that are no
transitions. The detector was trained on none of them, nor on the clips they were made of.

* A found transition and a true one match, one to one, when they overlap within 2 frames. F1 is over all types; recall
  is also given by type. Cuts: F1 of what is found as a cut against true cuts.
* false alarms on distractors: found transitions that match nothing and lie within a distractor, a minute of film.
* Speed: frames a second from the file, wall time on all cores, best of two; decoding alone is PyAV with its threads.

Peers: PySceneDetect 0.7, its adaptive, content, hash and histogram detectors on their defaults, each given the best of
its own; its speed is that of its adaptive detector.

Run: `python benchmarks/detect_shots/run.py [FOLDER]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[1]))

import av

from results import write_results
from rushlight.core.project import create_project
from rushlight.edit.detect_shots import detect_shots
from rushlight.media.probe import probe
from rushlight.models.shot_detector.decoding import Score, score

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
Spans = list[tuple[int, int, str]]
TYPES = ("cut", "dissolve", "fade", "wipe")


def ours(path: Path) -> Spans:
    """What we find."""
    with tempfile.TemporaryDirectory() as folder:
        found = create_project(Path(folder) / "p").run(detect_shots, probe(path))
    return [(one.start_frame, one.end_frame, one.kind) for one in found.transitions]


def peer(name: str) -> Callable[[Path], Spans]:
    """A detector of PySceneDetect; it gives cuts alone."""

    def find(path: Path) -> Spans:
        scenedetect = peer_package()
        detector = getattr(scenedetect, f"{name}Detector")()
        scenes = scenedetect.detect(str(path), detector)
        starts = [scene[0].frame_num for scene in scenes[1:]]
        return [(start - 1, start, "cut") for start in starts]

    return find


def peer_package() -> ModuleType:
    """PySceneDetect in a folder of its own: as a dependency it would put another OpenCV over ours."""
    target = Path(tempfile.gettempdir()) / "rushlight-peer-scenedetect"
    if not target.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
        subprocess.run([*command, "scenedetect-headless==0.7.2", "tqdm"], check=True)
    if str(target) not in sys.path:
        sys.path.append(str(target))
    return importlib.import_module("scenedetect")


def decode(path: Path) -> Spans:
    """Decoding alone."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass
    return []


def quickest(work: Callable[[Path], Spans], paths: list[Path]) -> tuple[list[Spans], float]:
    """What is found in each film, and the wall seconds for all, best of two."""
    seconds, found = [], []
    for _ in range(2):
        start = time.perf_counter()
        found = [work(path) for path in paths]
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


def main() -> int:
    """Measure all and write RESULTS.md."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES / "sbd"
    paths = sorted(folder.glob("*.mp4"))
    truths = [json.loads(path.with_suffix(".json").read_text()) for path in paths]
    frames = sum(truth["n_frames"] for truth in truths)
    minutes = sum(truth["n_frames"] / eval_rate(truth["fps"]) for truth in truths) / 60
    methods: dict[str, Callable[[Path], Spans]] = {"Rushlight": ours}
    methods |= {f"PySceneDetect {name.lower()}": peer(name) for name in ("Adaptive", "Content", "Hash", "Histogram")}
    rows = [["method", "F1", "recall", "precision", "F1 of cuts", *(f"recall of {kind}s" for kind in TYPES[1:]),
             "gradual recall", "false alarms on distractors a minute", "frames/s"]]  # fmt: skip
    speeds = {}
    for name, work in methods.items():
        found, seconds = quickest(work, paths)
        speeds[name] = frames / seconds
        rows.append([name, *figures(truths, found, minutes), f"{speeds[name]:.0f}"])
        print(rows[-1], flush=True)
    _, seconds = quickest(decode, paths)
    bare = frames / seconds
    rows.append(["decoding alone (PyAV)", *[""] * 9, f"{bare:.0f}"])
    scene = speeds["PySceneDetect adaptive"]
    note = (
        f"Speed: {speeds['Rushlight'] / scene:.2f} × PySceneDetect (target 1.0), "
        f"{speeds['Rushlight'] / bare:.2f} × decoding alone (target 0.6). "
        "Targets: F1 0.95, cuts 0.985, dissolves, wipes and fades together 0.85, at most 1 false alarm on distractors "
        "a minute."
    )
    write_results(__file__, f"{__doc__}\n{note}", rows)
    return 0


def eval_rate(text: str) -> float:
    """Frames a second, from a fraction."""
    above, below = text.split("/")
    return int(above) / int(below)


def figures(truths: list[dict[str, object]], found: list[Spans], minutes: float) -> list[str]:
    """The columns of one method."""
    total, cuts = Score(0, 0, 0), Score(0, 0, 0)
    by_type = {kind: [0, 0] for kind in TYPES}
    lured = 0
    for truth, spans in zip(truths, found, strict=True):
        true: list[tuple[int, int, str]] = truth["transitions"]  # type: ignore[assignment]
        overall, matches, extra = score([(a, b) for a, b, _ in true], [(a, b) for a, b, _ in spans])
        total += overall
        cuts += score([(a, b) for a, b, k in true if k == "cut"], [(a, b) for a, b, k in spans if k == "cut"])[0]
        for (_, _, kind), match in zip(true, matches, strict=True):
            by_type[kind][0] += match >= 0
            by_type[kind][1] += 1
        for place in extra:
            a, b, kind = spans[place]
            inside = [d[2] for d in truth["distractors"] if a <= d[1] + 2 and b >= d[0] - 2]  # type: ignore[attr-defined]
            lured += bool(inside)
            if "--misses" in sys.argv:
                print("false", truth["video"], a, b, kind, inside)
        if "--misses" in sys.argv:
            for (a, b, kind), match, about in zip(true, matches, truth["detail"], strict=True):  # type: ignore[call-overload]
                if match < 0:
                    print("missed", truth["video"], a, b, kind, about)
    gradual = [sum(by_type[kind][n] for kind in TYPES[1:]) for n in (0, 1)]
    recalls = [f"{by_type[kind][0] / max(by_type[kind][1], 1):.3f}" for kind in TYPES[1:]]
    return [f"{total.f1:.3f}", f"{total.recall:.3f}", f"{total.precision:.3f}", f"{cuts.f1:.3f}", *recalls,
            f"{gradual[0] / max(gradual[1], 1):.3f}", f"{lured / minutes:.2f}"]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
