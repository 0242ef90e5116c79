"""Frames of a video by time, exact, converted to one size and to BT.709 limited range, on PyAV alone.

Runs inside the guarded process: it imports neither numpy nor anything that starts slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.filter import Graph
from av.video.frame import VideoFrame

from rushlight.core.errors import LimitError, MediaError
from rushlight.media.source import checked_codec, colour_of, opened, picture_stream, presentation_zero

__all__ = ["FrameSource", "Shape", "fit_filters"]

_SEEK_AHEAD_SECONDS = Fraction(3)
_MAX_TOLERANCE_SECONDS = Fraction(1, 2000)
_DAMAGED_PACKETS_IN_A_ROW = 500
# B-frames may be stored this many places from where they are shown (H.264 allows 16).
_REORDERED_FRAMES = 17


@dataclass(frozen=True)
class Shape:
    """The size every frame is brought to, and how: `cover` crops what sticks out, `contain` adds black bars."""

    width_px: int
    height_px: int
    fit: str


def _even(value: Fraction) -> int:
    return max(2, 2 * round(value / 2))


def fit_filters(width: int, height: int, aspect: Fraction, rotation: int, shape: Shape) -> tuple[str, str, str]:
    """Filters before, for and after scaling, each perhaps empty, that bring a stored picture to a shape.

    Args:
        width: stored width.
        height: stored height.
        aspect: width of a stored pixel over its height.
        rotation: degrees counter-clockwise to turn the picture by, a multiple of 90.
        shape: the wanted size.
    """
    target_w, target_h = shape.width_px, shape.height_px
    if rotation % 180:
        target_w, target_h = target_h, target_w
    shown_w, shown_h = width * aspect, Fraction(height)
    turn = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}.get(rotation % 360, "")
    if shape.fit == "contain":
        factor = min(target_w / shown_w, target_h / shown_h)
        inner_w, inner_h = min(_even(shown_w * factor), target_w), min(_even(shown_h * factor), target_h)
        left, top = (target_w - inner_w) // 4 * 2, (target_h - inner_h) // 4 * 2
        bars = f"pad={target_w}:{target_h}:{left}:{top}:black" if (inner_w, inner_h) != (target_w, target_h) else ""
        return "", f"{inner_w}:{inner_h}", ",".join(part for part in (bars, turn) if part)
    factor = max(target_w / shown_w, target_h / shown_h)
    crop_w, crop_h = target_w / factor / aspect, target_h / factor
    left_over = ((width - crop_w) / 2, (height - crop_h) / 2)
    if all(part.denominator == 1 and part % 2 == 0 for part in (crop_w, crop_h, *left_over)):
        before = f"crop={crop_w}:{crop_h}:{left_over[0]}:{left_over[1]}" if any(left_over) else ""
        return before, f"{target_w}:{target_h}", turn
    # What is cut off is not a whole number of stored pixels: scale all of it, and cut in pixels of the target.
    big_w, big_h = max(_even(shown_w * factor), target_w), max(_even(shown_h * factor), target_h)
    left, top = (big_w - target_w) // 4 * 2, (big_h - target_h) // 4 * 2
    cut = f"crop={target_w}:{target_h}:{left}:{top}"
    return "", f"{big_w}:{big_h}", ",".join(part for part in (cut, turn) if part)


class FrameSource:
    """The picture of one file, asked for by time.

    Args:
        path: the file.
        shape: the size of the frames given.
        trusted: skip the check of the library's version and the limits.
        lut_file: for `sdr`, `hlg` or `pq` light of BT.2020, the path of a `.cube` table to SDR BT.709.
        max_pixels: largest stored picture.
        threads: decoder threads.
    """

    def __init__(
        self,
        path: str,
        shape: Shape,
        *,
        trusted: bool,
        lut_file: Callable[[str], str],
        max_pixels: int = 0,
        threads: int = 2,
    ) -> None:
        self.path, self.shape, self.trusted, self.threads = path, shape, trusted, threads
        self._lut_file, self._max_pixels = lut_file, max_pixels
        self._graph: Graph | None = None
        self._graph_for: tuple[object, ...] = ()
        self._open()
        self._current: tuple[Fraction, VideoFrame] | None = None
        self._next: tuple[Fraction, VideoFrame] | None = None
        self._at_start = True
        self._interlaced = self._is_interlaced()
        self.serial = 0

    def _open(self) -> None:
        self._container = opened(self.path, trusted=self.trusted)
        stream = picture_stream(self._container)
        if stream is None:
            raise MediaError("This file has no moving picture.", path=self.path)
        checked_codec(stream, self.path)
        context = stream.codec_context
        self._check_size(context.width, context.height)
        context.thread_type = "AUTO"
        context.thread_count = self.threads
        self._stream = stream
        self._base = stream.time_base or Fraction(1, 90_000)
        self._rate = stream.guessed_rate or stream.average_rate or Fraction(25)
        self._zero = presentation_zero(self._container)
        # AVI numbers frames as they are stored; where B-frames are among them, that is not as they are shown.
        self._counts_stored = self._container.format.name == "avi"
        self._tolerance = min(self._base / 2, _MAX_TOLERANCE_SECONDS)
        self._frames = self._decoded()

    def _check_size(self, width: int, height: int) -> None:
        if self._max_pixels and width * height > self._max_pixels:
            raise LimitError(
                f"The picture is {width}×{height}; at most {self._max_pixels / 1e6:.0f} million pixels are opened.",
                path=self.path,
            )

    def _is_interlaced(self) -> bool:
        """From the first frame; reading it also proves that there is one."""
        first = next(self._frames, None)
        if first is None:
            raise MediaError("Not one frame of this file can be decoded; it is damaged.", path=self.path)
        self._next = first
        return bool(first[1].interlaced_frame)

    def _decoded(self) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Frames in showing order from where the file stands, each with its time from second 0."""
        expected = Fraction(0)
        damaged = 0
        first = True
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.EOFError):
                return
            except av.error.FFmpegError:
                return  # cut short: what came before still counts
            try:
                frames = packet.decode()
                damaged = 0
            except MemoryError as error:
                raise LimitError("Decoding needs more memory than is allowed.", path=self.path) from error
            except av.error.FFmpegError:
                damaged += 1
                if damaged > _DAMAGED_PACKETS_IN_A_ROW:
                    return
                continue
            for frame in frames:
                self._check_size(frame.width, frame.height)
                stamp = frame.pts if frame.pts is not None else frame.dts
                seconds = stamp * (frame.time_base or self._base) - self._zero if stamp is not None else expected
                if self._counts_stored and not first and abs(seconds - expected) < _REORDERED_FRAMES / self._rate:
                    seconds = expected
                first = False
                expected = seconds + 1 / self._rate
                yield seconds, frame

    def remaining(self) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Every frame from here on as it is stored, with its time from second 0; leaves the source at its end."""
        if self._next is not None:
            yield self._next
        self._next = None
        yield from self._frames

    def _smooth(self, frames: Iterator[tuple[Fraction, VideoFrame]]) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Frames of interlaced film as whole frames, one for each pair of fields."""
        graph: Graph | None = None
        times: list[Fraction] = []
        for seconds, frame in frames:
            if graph is None:
                graph = _linked(frame, "bwdif=mode=send_frame:deint=all", self._base)
            times.append(seconds)
            graph.push(frame)
            yield from _drain(graph, times)
        if graph is not None:
            graph.push(None)
            yield from _drain(graph, times)

    def show(self, seconds: Fraction) -> bool:
        """Move to the frame on screen at a time: the last that starts then or before; the first before any does.

        Returns:
            Whether that is another frame than before.
        """
        wanted = seconds + self._tolerance
        current = self._current
        before = current is not None and wanted < current[0]
        reached = self._next[0] if self._next else (current[0] if current else Fraction(0))
        ahead = self._next is not None and wanted > reached + _SEEK_AHEAD_SECONDS
        if before or ahead:
            self._seek(wanted)
        elif current is None and self._interlaced and self._at_start:
            self._restart()
        moved = self._current is not current or current is None
        while self._next is not None and (self._next[0] <= wanted or self._current is None):
            self._current, self._next, moved = self._next, next(self._frames, None), True
        if moved:
            self.serial += 1
        return moved

    def _restart(self) -> None:
        self._container.close()
        self._open()
        if self._interlaced:
            self._frames = self._smooth(self._frames)
        self._current, self._next, self._at_start = None, next(self._frames, None), False

    def _seek(self, wanted: Fraction) -> None:
        """Stand on a frame at or before a time, reached through a whole group of pictures."""
        # Deinterlacing looks at neighbours, so it needs two frames of run-up to give what plain playing gives.
        needed = wanted - (3 / self._rate if self._interlaced else 0)
        back = Fraction(0)
        while needed - back > 0:
            try:
                target = int((needed - back + self._zero) / self._base)
                self._container.seek(target, stream=self._stream, backward=True)
            except av.error.FFmpegError:
                break
            frames = self._from_key()
            first = next(frames, None)
            if first is not None and first[0] <= needed:
                if self._interlaced:
                    frames = self._smooth(_chained(first, frames))
                    first = next(frames, None)
                self._frames, self._current, self._next = frames, None, first
                self._at_start = False
                return
            back = back * 3 + 1
        self._restart()

    def _from_key(self) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Frames from the first key frame on; frames shown before it may lack what they refer to."""
        start: Fraction | None = None
        for seconds, frame in self._decoded():
            if start is None and frame.key_frame:
                start = seconds
            if start is not None and seconds >= start:
                yield seconds, frame

    def write_to(self, buffer: memoryview) -> None:
        """Write the current frame as I420, BT.709 limited range, into a buffer of width × height × 3 / 2 bytes."""
        assert self._current is not None
        frame = self._current[1]
        matrix, full, transfer, wide = colour_of(frame)
        rotation = round(frame.rotation / 90) * 90
        aspect = self._aspect()
        size = (self.shape.width_px, self.shape.height_px)
        as_is = frame.format.name == "yuv420p" and matrix == "bt709" and not (full or wide or rotation % 360)
        if not (as_is and (frame.width, frame.height) == size and aspect == 1):
            frame = self._converted(frame, matrix, full, transfer, wide, rotation, aspect)
        _copy_planes(frame, buffer, *size)

    def _aspect(self) -> Fraction:
        aspect = self._stream.sample_aspect_ratio
        return Fraction(aspect) if aspect and Fraction(1, 16) < aspect < 16 else Fraction(1)

    def _converted(
        self, frame: VideoFrame, matrix: str, full: bool, transfer: str, wide: bool, rotation: int, aspect: Fraction
    ) -> VideoFrame:
        key = (frame.width, frame.height, frame.format.name, matrix, full, transfer, wide, rotation, aspect)
        if self._graph is None or self._graph_for != key:
            before, size, after = fit_filters(frame.width, frame.height, aspect, rotation, self.shape)
            table = self._lut_file(transfer) if wide else ""
            colour = _colour_filters(size, matrix, full, table)
            chain = ",".join(part for part in (before, colour, after, "format=yuv420p") if part)
            self._graph, self._graph_for = _linked(frame, chain, self._base, self.threads), key
        self._graph.push(frame)
        return _pulled(self._graph)


def _colour_filters(size: str, matrix: str, full: bool, table: str) -> str:
    source = "" if matrix == "rgb" else f":in_color_matrix={matrix}:in_range={'full' if full else 'limited'}"
    exact = ":flags=bicubic+accurate_rnd+full_chroma_int"
    target = ":out_color_matrix=bt709:out_range=limited"
    if not table:
        return f"scale={size}{source}{target}{exact},format=yuv420p"
    # The path is of our own making, so it holds nothing that a filter graph would read as its own.
    to_rgb = f"scale={size}{source}:out_range=full{exact},format=gbrp12"
    return f"{to_rgb},lut3d=file={table}:interp=tetrahedral,scale=in_range=full{target}{exact},format=yuv420p"


def _linked(frame: VideoFrame, chain: str, base: Fraction, threads: int = 1) -> Graph:
    graph = Graph()
    graph.threads = threads
    nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=base)]
    for part in chain.split(","):
        name, _, arguments = part.partition("=")
        nodes.append(graph.add(name, arguments or None))
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _pulled(graph: Graph) -> VideoFrame:
    frame = graph.pull()
    assert isinstance(frame, VideoFrame)
    return frame


def _drain(graph: Graph, times: list[Fraction]) -> Iterator[tuple[Fraction, VideoFrame]]:
    while True:
        try:
            frame = _pulled(graph)
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield times.pop(0), frame


def _chained(
    first: tuple[Fraction, VideoFrame], rest: Iterator[tuple[Fraction, VideoFrame]]
) -> Iterator[tuple[Fraction, VideoFrame]]:
    yield first
    yield from rest


def _copy_planes(frame: VideoFrame, buffer: memoryview, width: int, height: int) -> None:
    at = 0
    for index, (columns, rows) in enumerate(((width, height), (width // 2, height // 2), (width // 2, height // 2))):
        plane = frame.planes[index]
        stride = plane.line_size
        with memoryview(plane) as stored:
            if stride == columns:
                buffer[at : at + columns * rows] = stored[: columns * rows]
            else:
                for row in range(rows):
                    start = at + row * columns
                    buffer[start : start + columns] = stored[row * stride : row * stride + columns]
        at += columns * rows
