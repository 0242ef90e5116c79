"""Opening a media file with PyAV: what is let in, which streams count, and where its clock starts.

This module runs inside the guarded process as well, so it imports nothing but PyAV and the errors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import av
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rushlight.core.errors import LimitError, MediaError, ToolError

__all__ = [
    "CODECS",
    "CONTAINERS",
    "check_library",
    "checked_codec",
    "colour_of",
    "open_container",
    "picture_stream",
    "presentation_zero",
    "stream_seconds",
]

CONTAINERS = (
    "mov,matroska,avi,mpegts,mpeg,ogg,flv,asf,mxf,gif,yuv4mpegpipe,wav,w64,aiff,caf,flac,mp3,aac,ac3,eac3,amr,tta,wv"
)
"""Formats let in: none of them can name another file or address, as playlists can."""

_PICTURE_CODECS = """
    h264 hevc av1 libdav1d libaom-av1 vp8 vp9 libvpx libvpx-vp9 mpeg1video mpeg2video mpeg4 msmpeg4v2 msmpeg4v3 h263
    mjpeg png prores dnxhd dvvideo ffv1 huffyuv ffvhuff utvideo rawvideo v210 theora vc1 wmv1 wmv2 wmv3 flv vp6f gif
    qtrle cfhd wrapped_avframe
"""
_SOUND_CODECS = """
    aac aac_latm mp1 mp1float mp2 mp2float mp3 mp3float opus libopus vorbis libvorbis flac alac ac3 eac3 dca wmav1
    wmav2 amrnb amrwb libopencore_amrnb libopencore_amrwb tta wavpack adpcm_ms adpcm_ima_wav adpcm_ima_qt pcm_u8
    pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be
    pcm_alaw pcm_mulaw pcm_bluray pcm_dvd
"""
CODECS = frozenset((_PICTURE_CODECS + _SOUND_CODECS).split())
"""Decoders let in."""

_MOST_BOXES = 64

_MATRICES = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}


def check_library(version: str = "") -> None:
    """Refuse untrusted files when the FFmpeg inside PyAV has a known memory fault.

    Raises:
        ToolError: it has.
    """
    from rushlight.media.ffmpeg import is_vulnerable

    text = version or str(av.ffmpeg_version_info)
    parts = []
    for part in text.lstrip("n").split("-")[0].split("."):
        if not part.isdigit():
            break
        parts.append(int(part))
    if is_vulnerable(tuple(parts)):
        raise ToolError(
            f"The FFmpeg {text} inside PyAV has a known security fault, so media files are not opened with it.",
            hint="Run `pip install --upgrade av`.",
        )


@contextmanager
def open_container(path: str, *, trusted: bool = False) -> Iterator[InputContainer]:
    """Open a media file, and only the file: no playlists, no other files, no network.

    Raises:
        MediaError: not media, damaged, or of a format that is not let in.
    """
    container = opened(path, trusted=trusted)
    try:
        yield container
    finally:
        container.close()


def opened(path: str, *, trusted: bool = False) -> InputContainer:
    """As `open_container`, for those who close it themselves."""
    if not trusted:
        check_library()
    try:
        if os.path.getsize(path) == 0:  # noqa: PTH202 - no pathlib here, to start quickly
            raise MediaError("This file is empty.", path=path)
        options = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
        return av.open("file:" + os.path.abspath(path), options=options, metadata_errors="replace")  # noqa: PTH100
    except OSError as error:
        if isinstance(error, av.error.FFmpegError):
            raise _refusal(error, path) from error
        raise MediaError(f"This file cannot be read ({error.strerror or error}).", path=path) from error
    except av.error.FFmpegError as error:
        raise _refusal(error, path) from error


def _lacks_index(path: str) -> bool:
    """Whether this is the beginning of an MP4 whose table of contents, written last, is missing."""
    size, at, kinds = os.path.getsize(path), 0, set[bytes]()  # noqa: PTH202
    with open(path, "rb") as file:  # noqa: PTH123
        while at + 8 <= size and len(kinds) < _MOST_BOXES:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if not kinds and kind != b"ftyp":
                return False
            kinds.add(kind)
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            if length < 8:
                break
            at += length
    return b"mdat" in kinds and not kinds & {b"moov", b"moof"}


def _refusal(error: Exception, path: str) -> MediaError | LimitError:
    if isinstance(error, MemoryError):
        return LimitError("Reading this file needs more memory than is allowed.", path=path)
    try:
        headless = _lacks_index(path)
    except OSError:
        headless = False
    if headless:
        return MediaError(
            "This recording was cut short before its table of contents was written, so nothing of it can be played.",
            path=path,
            hint="A repair tool can rebuild the table from a whole recording of the same camera.",
        )
    return MediaError(
        "This is not a media file that can be read, or it is damaged or cut short.",
        path=path,
        hint="Play it in another program to check it; if it plays, convert it to MP4.",
    )


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The stream of moving pictures: the default one, else the first; cover art does not count."""
    moving = [
        stream
        for stream in container.streams.video
        if not stream.disposition & (Disposition.attached_pic | Disposition.still_image)
    ]
    chosen = [stream for stream in moving if stream.disposition & Disposition.default]
    return next(iter(chosen or moving), None)


def checked_codec(stream: Stream, path: str) -> str:
    """The decoder's name, when it may be used. `av.open` ignores a codec whitelist, so this must come first.

    Raises:
        MediaError: the codec is unknown or not let in.
    """
    context = stream.codec_context
    name = context.name if context is not None else "unknown"
    if name not in CODECS:
        raise MediaError(
            f"Streams of the codec {name} are not opened.", path=path, hint="Convert the file to H.264 and AAC first."
        )
    return str(name)


def presentation_zero(container: InputContainer) -> Fraction:
    """The stream time that is second 0 of the file, in seconds.

    That is the earliest start of picture and sound, but never before the natural zero (a codec's delay is not heard),
    and the picture's start where sound leads it by less than a frame, so that frames fall on whole frames.
    """
    picture = picture_stream(container)
    streams: list[Stream] = [stream for stream in container.streams if stream.type == "audio"]
    starts = [start for stream in streams if (start := _start(stream)) is not None]
    shown = _start(picture) if picture is not None else None
    if shown is not None and picture is not None:
        frame = 1 / (picture.average_rate or Fraction(25))
        earliest = min([shown, *starts])
        if shown - max(earliest, Fraction(0)) < frame:
            return shown
    known = [*starts, *([shown] if shown is not None else [])]
    return max(min(known, default=Fraction(0)), Fraction(0))


def _start(stream: Stream) -> Fraction | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return stream.start_time * stream.time_base


def stream_seconds(stream: Stream, container: InputContainer) -> Fraction:
    """How long a stream lasts, as its file states; zero when it does not."""
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    if container.duration:
        return Fraction(container.duration, 1_000_000)
    return Fraction(0)


def colour_of(frame: VideoFrame) -> tuple[str, bool, str, bool]:
    """Matrix, full range, transfer, and wide primaries of a frame, with the customary guess where it is untagged.

    Untagged pictures larger than standard definition are taken as BT.709, others as BT.601, as players do.
    """
    name = frame.format.name
    transfer = {16: "pq", 18: "hlg"}.get(int(frame.color_trc), "sdr")
    if frame.format.is_rgb or name == "pal8":
        return "rgb", True, transfer, int(frame.color_primaries) == 9
    matrix = _MATRICES.get(int(frame.colorspace), "")
    if not matrix and transfer != "sdr":
        matrix = "bt2020"
    if not matrix:
        matrix = "bt709" if frame.width >= 1280 or frame.height > 576 else "bt601"
    wide = int(frame.color_primaries) == 9 or (matrix == "bt2020" and int(frame.color_primaries) == 2)
    return matrix, int(frame.color_range) == 2 or name.startswith("yuvj"), transfer, wide or transfer != "sdr"
