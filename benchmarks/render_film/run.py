"""How fast films are drawn, against the peers in the same run, on the same inputs, at 1080p30, x264 veryfast.

- Stills with camera moves and captions: against MoviePy 2.2 (resized ImageClips in a CompositeVideoClip with
  TextClips), the same stills, moves, captions and length. × real time is film seconds over wall seconds.
- Graphics and charts: titles, moving type, numbers and charts that build themselves.
- Plain cuts encoded again: against one FFmpeg command with trim and concat, the same cuts and encoder settings.

Each is run three times and the fastest is kept; sound is left out on both sides.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.artifacts import Captions, Cue, Panel, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.core.project import create_project
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.render_film import render_film
from rushlight.media.ffmpeg import run_ffmpeg
from rushlight.timeline.style import find_font

WIDTH, HEIGHT, RATE = 1920, 1080, Fraction(30)
STILLS, STILL_SECONDS = 4, 3
WORDS = "The same words stand under every picture here"


def photo(seed: int, path: Path) -> Path:
    """A picture with detail at every scale, as a photograph has: summed noise of falling strength."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((1600, 2400, 3), dtype=np.float32)
    for power in range(2, 11):
        size = (min(2**power * 3 // 2, 2400), min(2**power, 1600))
        noise = rng.standard_normal((size[1], size[0], 3)).astype(np.float32)
        picture += cv2.resize(noise, (2400, 1600), interpolation=cv2.INTER_CUBIC) * 60 / power**1.5
    Image.fromarray(np.clip(picture + 120, 0, 255).astype(np.uint8)).save(path, quality=92)
    return path


def fastest(work: Callable[[], None], times: int = 3) -> float:
    """Wall seconds of the quickest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def ours(panels: list[Panel], seconds: int, folder: Path, captions: Captions | None, transition: Fraction) -> float:
    """Wall seconds to render a storyboard from nothing, with as many workers as cores."""
    board = Storyboard(panels=tuple(panels), duration=Fraction(seconds))
    count = 0

    def work() -> None:
        nonlocal count
        count += 1
        project = create_project(folder / f"project-{count}")
        project.workers = os.cpu_count() or 1
        cut = project.run(
            lay_timeline,
            board,
            None,
            captions,
            width_px=WIDTH,
            height_px=HEIGHT,
            rate=RATE,
            transition_seconds=transition,
        )
        project.run(render_film, cut, None, crf=20, preset="veryfast")

    return fastest(work)


def still_panels(photos: list[Path]) -> list[Panel]:
    """Each photo for some seconds, slowly pushed into."""
    return [
        Panel(
            beat_id=f"b{number}", start=Fraction(number * STILL_SECONDS), end=Fraction((number + 1) * STILL_SECONDS),
            form="still", file=FileRef.of(path), move="push_in",
        )
        for number, path in enumerate(photos)
    ]  # fmt: skip


def moviepy_stills(photos: list[Path], out: Path) -> float:
    """The same film by MoviePy: stills growing by 12 %, a caption under each, hard cuts."""
    from moviepy import CompositeVideoClip, ImageClip, TextClip, concatenate_videoclips

    font = str(find_font("Source Sans Pro Semibold"))

    def work() -> None:
        clips = []
        for path in photos:
            base = ImageClip(str(path)).with_duration(STILL_SECONDS).resized(height=HEIGHT)
            moving = base.resized(lambda t: 1 + 0.12 * t / STILL_SECONDS).with_position("center")
            words = TextClip(font=font, text=WORDS, font_size=54, color="white", bg_color="black", margin=(20, 20))
            words = words.with_duration(STILL_SECONDS).with_position(("center", 930))
            clips.append(CompositeVideoClip([moving, words], size=(WIDTH, HEIGHT)))
        film = concatenate_videoclips(clips)
        film.write_videofile(str(out), fps=30, codec="libx264", preset="veryfast", audio=False, logger=None, threads=2)

    return fastest(work, 1)


def graphic_panels() -> list[Panel]:
    """Eight graphics of three seconds."""
    labels = ["2019", "2020", "2021", "2022", "2023"]
    values = [3.1, 0.9, 1.4, 2.8, 3.6]
    words = [{"text": word, "at": 0.2 * place, "strong": place == 2} for place, word in enumerate(WORDS.split())]
    graphics = [
        {"kind": "title", "title": "The light that reached eighteen miles", "subtitle": "A film of charts"},
        {"kind": "words", "words": words},
        {"kind": "number", "values": [3400000], "unit": "€", "title": "was the cost of the new tower"},
        {"kind": "bar_chart", "title": "Passengers", "unit": "", "labels": labels, "values": values, "highlight": 4},
        {"kind": "line_chart", "title": "Passengers", "unit": "", "labels": labels, "values": values, "highlight": 1},
        {"kind": "ranking", "title": "Lines", "unit": "km", "labels": labels, "values": values, "highlight": 0},
        {"kind": "quote", "text": "A ray of light is the guardian of the coast.", "by": "A keeper"},
        {"kind": "bar_chart", "title": "Again", "unit": "%", "labels": labels, "values": values, "highlight": 0},
    ]
    return [
        Panel(
            beat_id=f"g{number}", start=Fraction(number * 3), end=Fraction(number * 3 + 3), form="graphic",
            graphic={**graphic, "variant": number % 5},
        )
        for number, graphic in enumerate(graphics)
    ]  # fmt: skip


def footage(path: Path, photos: list[Path]) -> Path:
    """Twenty seconds of moving pictures at 1080p30, as a camera would have encoded them."""
    inputs = [item for photo_path in photos[:2] for item in ("-loop", "1", "-t", "10", "-i", f"file:{photo_path}")]
    grow = "scale=2400:1600:out_range=tv:out_color_matrix=bt709"
    move = f"{grow},crop=1920:1080:x='60+50*sin(t*2)+n':y='100+40*cos(t*3)',fps=30,format=yuv420p"
    graph = f"[0:v]{move}[a];[1:v]{move}[b];[a][b]concat=n=2:v=1[v]"
    arguments = [*inputs, "-filter_complex", graph, "-map", "[v]", "-c:v", "libx264", "-preset", "fast", "-crf", "18"]
    run_ffmpeg([*arguments, "-y", f"file:{path}"])
    return path


CUTS = ((Fraction(0), 4), (Fraction(11), 4), (Fraction(5), 4), (Fraction(15), 4))


def ffmpeg_cuts(source: Path, out: Path) -> float:
    """The same cuts by one FFmpeg command."""
    parts = [f"[0:v]trim={float(s)}:{float(s) + n},setpts=PTS-STARTPTS[c{i}]" for i, (s, n) in enumerate(CUTS)]
    graph = ";".join(parts) + ";" + "".join(f"[c{i}]" for i in range(len(CUTS))) + f"concat=n={len(CUTS)}:v=1[v]"
    arguments = ["-i", f"file:{source}", "-filter_complex", graph, "-map", "[v]", "-c:v", "libx264"]
    return fastest(
        lambda: (run_ffmpeg([*arguments, "-preset", "veryfast", "-crf", "20", "-g", "60", "-y", f"file:{out}"]), None)[
            1
        ]
    )


def cut_panels(source: Path) -> list[Panel]:
    """The cuts as panels."""
    file, panels, at = FileRef.of(source), [], 0
    for number, (start, length) in enumerate(CUTS):
        panels.append(
            Panel(
                beat_id=f"c{number}",
                start=Fraction(at),
                end=Fraction(at + length),
                form="clip",
                file=file,
                clip_start=start,
            )
        )
        at += length
    return panels


def main() -> int:
    """Measure all three and write RESULTS.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = [photo(seed, folder / f"photo-{seed}.jpg") for seed in range(STILLS)]
        length = STILLS * STILL_SECONDS
        cues = tuple(
            Cue(start=Fraction(n * STILL_SECONDS), end=Fraction((n + 1) * STILL_SECONDS), lines=(WORDS,))
            for n in range(STILLS)
        )
        (folder / "a").mkdir(), (folder / "b").mkdir(), (folder / "c").mkdir()
        stills = ours(still_panels(photos), length, folder / "a", Captions(cues=cues), Fraction(0))
        peer = moviepy_stills(photos, folder / "moviepy.mp4")
        graphics = ours(graphic_panels(), 24, folder / "b", None, Fraction(2, 5))
        source = footage(folder / "footage.mp4", photos)
        cuts = ours(cut_panels(source), 16, folder / "c", None, Fraction(0))
        command = ffmpeg_cuts(source, folder / "ffmpeg.mp4")
    rows = [
        ["what", "Rushlight", "peer", "ratio", "target"],
        ["stills, moves, captions: × real time", f"{length / stills:.2f}", f"MoviePy 2.2: {length / peer:.2f}",
         f"{peer / stills:.1f}", "≥ 1.0 × real time, ≥ 5 × MoviePy"],
        ["graphics and charts: × real time", f"{24 / graphics:.2f}", "", "", "≥ 3 × real time"],
        ["plain cuts encoded again: × real time", f"{16 / cuts:.2f}", f"one FFmpeg command: {16 / command:.2f}",
         f"{command / cuts:.2f}", "≥ 0.9"],
    ]  # fmt: skip
    write_results(__file__, __doc__ or "", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
