"""Rendering a cut: spans drawn and encoded apart, on one or more workers, then joined without encoding again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rushlight.core.run import Run
from rushlight.media.colour import i420_planes
from rushlight.media.encode import VideoWriter, encode_part
from rushlight.media.join import join_segments
from rushlight.timeline.graphics.canvas import Canvas
from rushlight.timeline.graphics.overlays import draw_overlay
from rushlight.timeline.graphics.scene import Scene, blank
from rushlight.timeline.graphics.stage import Stage
from rushlight.timeline.pictures import Picture, cropped, keyframes, open_picture
from rushlight.timeline.plan import Span, span_key
from rushlight.timeline.render_worker import render_on_workers
from rushlight.timeline.style import Style, load_style

__all__ = ["Output", "render_frame", "render_spans"]


@dataclass(frozen=True)
class Output:
    """How a film is encoded."""

    width_px: int
    height_px: int
    rate: str
    """Frames a second as an exact fraction, `30000/1001`."""
    style: Mapping[str, Any]
    crf: int = 20
    preset: str = "veryfast"


def render_spans(spans: list[Span], output: Output, path: Path, run: Run) -> None:
    """Render spans in any order on `run.workers` processes and join them into one picture-only MP4.

    Finished spans are kept in the run's cache, so that only missing ones are drawn; the result does not depend on
    the number of workers.
    """
    keys = [span_key(span, asdict(output)) for span in spans]
    folder = run.cache or run.scratch
    missing = {key: span for key, span in zip(keys, spans, strict=True) if not (folder / f"{key}.mp4").exists()}
    total = sum(span["count"] for span in spans)
    done = total - sum(span["count"] for span in missing.values())
    for count in _render_missing(missing, output, run):
        done += count
        run.progress(0.97 * done / total, "drawing")
    join_segments([folder / f"{key}.mp4" for key in keys], path, rate=Fraction(output.rate))
    run.progress(1.0, "joined")


def _render_missing(missing: dict[str, Span], output: Output, run: Run) -> Iterator[int]:
    """Make spans, yielding the frames of each as it is done."""
    if run.workers < 2 or len(missing) < 2:
        for key, span in missing.items():
            run.cached(key, ".mp4", partial(render_span, span, output))
            yield span["count"]
        return
    folder = run.cache or run.scratch
    folder.mkdir(parents=True, exist_ok=True)
    # FFmpeg alone does the plain spans, so threads are enough to wait for it; drawing wants processes of its own.
    plain = {key: span for key, span in missing.items() if span.get("kind") == "filter"}
    drawn = {key: span for key, span in missing.items() if key not in plain}
    if plain:
        with ThreadPoolExecutor(min(run.workers, len(plain))) as pool:
            work = {
                pool.submit(run.cached, key, ".mp4", partial(render_span, span, output)): span["count"]
                for key, span in sorted(plain.items(), key=lambda item: -item[1]["count"])
            }
            for future in as_completed(work):
                future.result()
                yield work[future]
    if drawn:
        for key in render_on_workers(drawn, output, folder, run.workers):
            yield drawn[key]["count"]


def render_span(span: Span, output: Output, path: Path) -> None:
    """Make one span into a segment of its own, beginning with a key frame: drawn here, or by FFmpeg alone."""
    if span.get("kind") == "filter":
        clip = span["pictures"][0]
        rate = Fraction(output.rate)
        encode_part(
            Path(clip["path"]),
            path,
            start=Fraction(clip["start"]) + Fraction(span["first"] - clip["from"]) / rate,
            clock_start=Fraction(span["clock_start"]),
            count=span["count"],
            rate=rate,
            crf=output.crf,
            preset=output.preset,
        )
        return
    cv2.setNumThreads(1)
    with VideoWriter(
        path,
        width_px=output.width_px,
        height_px=output.height_px,
        rate=Fraction(output.rate),
        crf=output.crf,
        preset=output.preset,
        content="graphics" if all(clip["form"] == "graphic" for clip in span["pictures"]) else "footage",
    ) as writer:
        for canvas in draw_span(span, output):
            writer.write(canvas)


def draw_span(span: Span, output: Output) -> Iterator[Canvas]:
    """The frames of a span as canvases; the same array comes again while nothing changes."""
    style = load_style(str(output.style.get("name", "house")), output.style)
    stack = _Stack(span, output, style)
    last: tuple[object, Canvas] | None = None
    for number in range(span["first"], span["first"] + span["count"]):
        key, canvas = stack.picture(number)
        over, state = stack.overlays(number)
        if last is None or last[0] != (key, state):
            if over:
                canvas = canvas.copy()
                for scene, at in over:
                    scene.draw_over(canvas, at)
            last = ((key, state), canvas)
        yield last[1]


def render_frame(span: Span, output: Output, number: int) -> Canvas:
    """One frame of a span, for previews and contact sheets."""
    one = {**span, "first": number, "count": 1}
    return next(draw_span(one, output)).copy()


class _Stack:
    """The clips of a span, opened when first needed and closed by going away."""

    def __init__(self, span: Span, output: Output, style: Style) -> None:
        self.span, self.style = span, style
        self.size = output.width_px, output.height_px
        self.rate = Fraction(output.rate)
        self._pictures: dict[int, Picture] = {}
        self._scenes: dict[int, Scene] = {}
        self._black = blank(*self.size)

    def picture(self, number: int) -> tuple[object, Canvas]:
        """What the picture track shows at a frame: one clip, two in transition, or black."""
        for blend in self.span["blends"]:
            if blend["from"] <= number < blend["to"]:
                share = (number - blend["from"] + 1) / (blend["to"] - blend["from"] + 1)
                first, second = self._clip(blend["a"], number), self._clip(blend["b"], number)
                key = (first[0], second[0], share, blend["type"])
                return key, mix_pictures(first[1], second[1], share, blend["type"])
        for place, clip in enumerate(self.span["pictures"]):
            if clip["from"] <= number < clip["to"]:
                return self._clip(place, number)
        return None, self._black

    def _clip(self, place: int, number: int) -> tuple[object, Canvas]:
        clip = self.span["pictures"][place]
        if place not in self._pictures:
            self._pictures[place] = open_picture(clip, *self.size, self.rate, self.style)
        at = Fraction(number - clip["from"]) / self.rate
        key, canvas = self._pictures[place].frame(at)
        settings = clip["set"]
        if "opacity" in settings or "crop" in settings:
            opacity = keyframes(settings.get("opacity", 1.0), "opacity").at(float(at))
            crop = settings.get("crop") or (0.0, 0.0, 0.0, 0.0)
            return (place, key, opacity), cropped(canvas, opacity, tuple(crop))
        return (place, key), canvas

    def overlays(self, number: int) -> tuple[list[tuple[Scene, float]], tuple[object, ...]]:
        """What lies over the picture at a frame, and the state that decides its look."""
        found, state = [], []
        for place, clip in enumerate(self.span["overlays"]):
            if clip["from"] <= number < clip["to"]:
                if place not in self._scenes:
                    seconds = float(Fraction(clip["to"] - clip["from"]) / self.rate)
                    self._scenes[place] = draw_overlay(clip["graphic"], Stage(*self.size, self.style, seconds))
                at = float(Fraction(number - clip["from"]) / self.rate)
                found.append((self._scenes[place], at))
                state.append((place, self._scenes[place].state(at)))
        return found, tuple(state)


def mix_pictures(first: Canvas, second: Canvas, share: float, kind: str) -> Canvas:
    """Two pictures in transition: `dissolve`, `fade` (through black), `wipe` (from the left), `push`."""
    if kind == "fade":
        dark = blank(first.shape[1], first.shape[0] * 2 // 3)
        return mix_pictures(first, dark, share * 2, "dissolve") if share < 0.5 else mix_pictures(
            dark, second, share * 2 - 1, "dissolve"
        )  # fmt: skip
    if kind in ("wipe", "push"):
        mixed = np.empty_like(first)
        planes = zip(i420_planes(mixed), i420_planes(first), i420_planes(second), strict=True)
        edge = round(first.shape[1] * share / 2) * 2
        for number, (target, old, new) in enumerate(planes):
            at = edge if number == 0 else edge // 2
            wide = target.shape[1]
            target[:, :at] = new[:, :at] if kind == "wipe" else new[:, wide - at :]
            target[:, at:] = old[:, at:] if kind == "wipe" else old[:, : wide - at]
        return mixed
    return cv2.addWeighted(first, 1 - share, second, share, 0)  # type: ignore[return-value]
