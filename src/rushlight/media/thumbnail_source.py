"""All frames of a video, made small, as fast as they decode. Runs inside the guarded process, on PyAV alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from av.filter import Graph
from av.video.frame import VideoFrame

from rushlight.core.errors import MediaError
from rushlight.media.picture_source import FrameSource, Shape

__all__ = ["BLOCK_FRAMES", "small_frames"]

BLOCK_FRAMES = 128


def small_frames(task: dict[str, Any]) -> Iterator[bytearray]:
    """Blocks of frames: for each its time (numerator, denominator: int64), then for each its RGB pixels."""
    shape = Shape(task["width_px"], task["height_px"], "cover")
    source = FrameSource(
        task["path"], shape, trusted=task["trusted"], lut_file=_no_table, max_pixels=task["max_pixels"],
        threads=task["threads"],
    )  # fmt: skip
    graph: Graph | None = None
    made_for: tuple[object, ...] = ()
    times, pixels = bytearray(), bytearray()
    for seconds, frame in source.remaining():
        key = (frame.width, frame.height, frame.format.name)
        if graph is None or key != made_for:
            graph, made_for = _shrinking(frame, shape), key
        graph.push(frame)
        small = graph.pull()
        assert isinstance(small, VideoFrame)
        times += struct.pack("<qq", seconds.numerator, seconds.denominator)
        pixels += _rows(small)
        if len(times) == 16 * BLOCK_FRAMES:
            yield times + pixels
            times, pixels = bytearray(), bytearray()
    if times:
        yield times + pixels


def _no_table(transfer: str) -> str:
    raise MediaError(f"Light of the kind {transfer} is not converted for thumbnails.")


def _shrinking(frame: VideoFrame, shape: Shape) -> Graph:
    """Area averages of all of the picture, whatever its proportions."""
    graph = Graph()
    graph.threads = 1
    nodes = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base),
        graph.add("scale", f"{shape.width_px}:{shape.height_px}:flags=area"),
        graph.add("format", "rgb24"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph


def _rows(frame: VideoFrame) -> bytes | bytearray:
    plane, wide = frame.planes[0], frame.width * 3
    with memoryview(plane) as stored:
        if plane.line_size == wide:
            return bytes(stored[: wide * frame.height])
        rows = bytearray()
        for row in range(frame.height):
            rows += stored[row * plane.line_size : row * plane.line_size + wide]
        return rows
