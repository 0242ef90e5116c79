"""Writing picture and sound: encoded video from raw frames, joined segments, finished MP4s, WAV files."""

from __future__ import annotations

import contextlib
import fcntl
import io
import subprocess
import tempfile
import warnings
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError, MediaError, ToolError
from rushlight.core.store import write_atomically
from rushlight.media.ffmpeg import (
    explain_failure,
    ffmpeg_version,
    file_url,
    is_vulnerable,
    kill_group,
    run_ffmpeg,
    start_ffmpeg,
)
from rushlight.media.join import frame_timescale, join_segments, picture_clock
from rushlight.media.source import CODECS, CONTAINERS

__all__ = ["VideoWriter", "encode_part", "join_segments", "mux", "read_wav", "write_wav"]

Codec = Literal["libx264", "libx265", "libsvtav1", "ffv1"]
Content = Literal["footage", "graphics"]

# Nothing that depends on the clock or the build goes into the file.
_REPRODUCIBLE = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
_MUXERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_TAGS = "setparams=range=limited:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
_PIPE_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031


class VideoWriter:
    """Encode raw frames into a video file, frame by frame; the file appears under its name when all went well.

    The stream starts with a key frame, has closed groups of pictures and one exact frame rate, and is tagged
    BT.709, limited range, 4:2:0. The same frames give the same bytes. FFmpeg dies with the thread that made the
    writer, so make it in a thread that lives until it is closed.

    Args:
        path: the file to write: `.mp4`, `.m4v`, `.mov` or `.mkv`.
        width_px: width, even.
        height_px: height, even.
        rate: frames a second.
        crf: quality; lower is better. Not used by `ffv1`, which loses nothing.
        preset: speed against size, as the encoder names it.
        gop_seconds: longest distance between key frames.
        threads: encoder threads; a fixed number keeps the output the same on every machine.
        colour: what the frames are in; BT.709 limited range is the only form written.
        codec: the encoder.
        bits: bits a sample, 8 or 10; frames of 10 bits come as uint16.
        content: what is seen. `graphics` (drawn, flat, still for long) spends less search on motion there is none of
            and fewer bits on plain grounds; by measure 40 % less time and half the size at the same SSIM.

    Raises:
        InputError: odd sizes, an unknown ending, or a missing folder.
        ToolError: FFmpeg is missing, could not start, or died.
    """

    def __init__(
        self,
        path: Path,
        *,
        width_px: int,
        height_px: int,
        rate: Fraction,
        crf: int = 20,
        preset: str = "veryfast",
        gop_seconds: Fraction = Fraction(2),
        threads: int = 2,
        colour: Literal["bt709"] = "bt709",
        codec: Codec = "libx264",
        bits: int = 8,
        content: Content = "footage",
    ) -> None:
        self.path = Path(path)
        _check_picture(self.path, width_px, height_px, bits)
        self.frames_written = 0
        self._shape = (height_px * 3 // 2, width_px)
        self._dtype = np.dtype(np.uint8 if bits == 8 else np.uint16)
        pixels = "yuv420p" if bits == 8 else "yuv420p10le"
        self._beside = self.path.with_name(f".writing-{self.path.name}")
        gop = max(1, round(gop_seconds * rate))
        arguments = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width_px}x{height_px}", "-framerate", str(rate)]
        arguments += ["-i", "pipe:0", "-vf", _TAGS.replace("bt709", colour)]
        arguments += [*_encoder(codec, crf, preset, threads, content), "-threads", str(threads), "-g", str(gop)]
        arguments += ["-fps_mode", "passthrough", "-enc_time_base", f"{rate.denominator}:{rate.numerator}"]
        arguments += [*_REPRODUCIBLE, *_container(self.path, rate), "-y", file_url(self._beside)]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the writer
        self._process = start_ffmpeg(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, memory_mb=8192
        )
        assert self._process.stdin is not None
        self._pipe: io.BufferedIOBase = self._process.stdin  # type: ignore[assignment]
        _widen(self._pipe)
        self._closed = False

    def write(self, i420: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
        """Add one frame: planar Y, U, V in one contiguous array of shape (height * 3 // 2, width).

        Raises:
            InputError: another shape or sample type.
            ToolError: FFmpeg died.
        """
        if i420.shape != self._shape or i420.dtype != self._dtype:
            raise InputError(
                f"A frame is {i420.dtype} {i420.shape}; this film takes {self._dtype} {self._shape}.", path=self.path
            )
        if self._closed:
            raise InputError("This file is already closed.", path=self.path)
        try:
            self._pipe.write(np.ascontiguousarray(i420).data.cast("B"))
        except OSError as error:
            self._process.wait()
            failure = self._failure()
            self.discard()
            raise failure from error
        self.frames_written += 1

    def close(self) -> None:
        """Finish the file and put it under its name.

        Raises:
            InputError: not one frame was written.
            ToolError: FFmpeg failed.
        """
        if self._closed:
            return
        with contextlib.suppress(OSError):  # it died; its exit status, read next, says why
            self._pipe.close()
        self._process.wait()
        if self._process.returncode != 0:
            failure = self._failure()
            self.discard()
            raise failure
        if not self.frames_written:
            self.discard()
            raise InputError("A video needs at least one frame.", path=self.path)
        self._closed = True
        self._errors.close()
        self._beside.replace(self.path)

    def discard(self) -> None:
        """Stop, and remove what was written so far."""
        if self._closed:
            return
        self._closed = True
        kill_group(self._process)
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._errors.close()
        self._beside.unlink(missing_ok=True)

    def _failure(self) -> Exception:
        self._errors.seek(0)
        error = explain_failure(self._process.returncode, self._errors.read())
        return type(error)(error.message, path=self.path, where=f"frame {self.frames_written}", hint=error.hint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self.discard()


def encode_part(
    source: Path,
    path: Path,
    *,
    start: Fraction,
    count: int,
    rate: Fraction,
    clock_start: Fraction = Fraction(0),
    crf: int = 20,
    preset: str = "veryfast",
    threads: int = 2,
) -> None:
    """Encode some frames of a video again, in one FFmpeg command that gives what `VideoWriter` would.

    Only for a source that was probed, of constant rate `rate`, 8-bit 4:2:0 in BT.709 limited range, upright, whose
    frames lie on whole frames from `clock_start` (the first one's time on the container's clock).

    Args:
        source: the video.
        path: the file to write.
        start: time of the first frame wanted, from second 0, on a whole frame.
        count: how many frames.

    Raises:
        MediaError: the source holds fewer frames.
        ToolError: FFmpeg is unsafe for untrusted media, or failed.
    """
    if is_vulnerable(ffmpeg_version()):
        raise ToolError(
            "This FFmpeg has a known security fault, so media files are not opened with it.",
            hint="Run `pip install --upgrade imageio-ffmpeg`.",
        )
    guard = [
        "-protocol_whitelist",
        "file,pipe",
        "-format_whitelist",
        CONTAINERS,
        "-codec_whitelist",
        ",".join(sorted(CODECS)),
    ]
    # A half frame early, so that rounding of the container's time base cannot lose the first frame.
    seek = ["-seek_timestamp", "1", "-ss", f"{float(clock_start + start - Fraction(1, 2) / rate):.6f}"] if start else []
    arguments = [*guard, *seek, "-i", file_url(source), "-map", "0:v:0", "-an", "-sn", "-dn", "-frames:v", str(count)]
    arguments += ["-vf", f"settb={rate.denominator}/{rate.numerator},setpts=N,{_TAGS}"]
    arguments += [
        *_encoder("libx264", crf, preset, threads),
        "-threads",
        str(threads),
        "-g",
        str(max(1, round(2 * rate))),
    ]
    arguments += ["-fps_mode", "passthrough", "-enc_time_base", f"{rate.denominator}:{rate.numerator}"]
    beside = path.with_name(f".part-{path.name}")
    try:
        run_ffmpeg([*arguments, *_REPRODUCIBLE, *_container(path, rate), "-y", file_url(beside)])
        seconds, _ = picture_clock(beside)
        if round(seconds * rate) != count:
            raise MediaError(f"Fewer than {count} frames could be read.", path=source, where=f"{float(start):.3f} s")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _check_picture(path: Path, width_px: int, height_px: int, bits: int) -> None:
    if width_px < 2 or height_px < 2 or width_px % 2 or height_px % 2:
        raise InputError(f"A video cannot be {width_px}×{height_px}; width and height must be even.", path=path)
    if bits not in (8, 10):
        raise InputError(f"{bits} bits a sample cannot be written; use 8 or 10.", path=path)
    if path.suffix.lower() not in _MUXERS:
        raise InputError("This ending is not a video file's.", path=path, hint=f"Use one of {', '.join(_MUXERS)}.")
    if not path.parent.is_dir():
        raise InputError("The folder does not exist.", path=path)


def _encoder(codec: Codec, crf: int, preset: str, threads: int, content: Content = "footage") -> list[str]:
    quality = ["-crf", str(crf), "-preset", preset]
    match codec:
        case "libx264":
            # Only what leaves the parameter sets alone, so that spans of both kinds join without encoding again.
            drawn = ":b-adapt=0:aq-strength=0.5:subme=1" if content == "graphics" and preset == "veryfast" else ""
            return ["-c:v", codec, *quality, "-x264-params", f"open-gop=0{drawn}"]
        case "libx265":
            # Frame threads and pools follow the machine's cores unless fixed.
            fixed = f"open-gop=0:log-level=error:info=0:pools={threads}:frame-threads={min(threads, 2)}"
            return ["-c:v", codec, *quality, "-x265-params", fixed, "-tag:v", "hvc1"]
        case "libsvtav1":
            return ["-c:v", codec, "-crf", str(crf), "-preset", preset, "-svtav1-params", f"lp={threads}"]
        case "ffv1":
            return ["-c:v", codec, "-level", "3", "-slices", "4"]


def _container(path: Path, rate: Fraction) -> list[str]:
    muxer = _MUXERS[path.suffix.lower()]
    if muxer == "matroska":
        return ["-f", muxer]
    ticks = frame_timescale(rate)
    # Edit lists count in the movie's timescale, 1000 unless told: too coarse to end on a frame.
    return ["-f", muxer, "-video_track_timescale", str(ticks), "-movie_timescale", str(lcm(ticks, 48_000))]


def _widen(pipe: io.BufferedIOBase) -> None:
    """A pipe of a megabyte instead of 64 KB: fewer switches between us and FFmpeg."""
    with contextlib.suppress(OSError):  # the system's limit is lower, or it is not Linux: slower, not wrong
        fcntl.fcntl(pipe.fileno(), _F_SETPIPE_SZ, _PIPE_BYTES)


def mux(
    video: Path,
    sound: Path | None,
    out: Path,
    *,
    audio_bitrate_kbps: int = 192,
    metadata: dict[str, str] = {},  # noqa: B006 - never changed
    subtitles: Path | None = None,
    subtitle_language: str = "und",
    chapters: Sequence[tuple[Fraction, Fraction, str]] = (),
    faststart: bool = True,
) -> None:
    """Put picture, sound and subtitles into one MP4. The picture is copied, the sound encoded as AAC at 48 kHz.

    Sound sample 0 is heard with frame 0 (the encoder's priming is cut by an edit list), and the sound is padded with
    silence or cut to the picture's exact length.

    Args:
        video: a file whose first picture stream is taken.
        sound: a WAV file, or None.
        out: the `.mp4`, `.m4v` or `.mov` to write.
        audio_bitrate_kbps: bit rate of the sound.
        metadata: tags of the file, such as `{"title": "…"}`.
        subtitles: an SRT file, put in as a text track that can be switched on.
        subtitle_language: ISO 639-2 code of the subtitles, such as `eng`.
        chapters: start and end in seconds and title of each, in order.
        faststart: put the index first, so that playing starts before the download ends.

    Raises:
        InputError: a file is missing, or a metadata key cannot be written.
        ToolError: FFmpeg failed.
    """
    for needed in (video, sound, subtitles):
        if needed is not None and not Path(needed).is_file():
            raise InputError("This file does not exist.", path=needed)
    if out.suffix.lower() not in _MUXERS or out.suffix.lower() == ".mkv":
        raise InputError("A film is written as .mp4, .m4v or .mov.", path=out)
    duration, ticks = picture_clock(video)
    arguments = ["-protocol_whitelist", "file", "-i", file_url(video)]
    if sound is not None:
        arguments += ["-protocol_whitelist", "file", "-f", "wav", "-i", file_url(sound)]
    if subtitles is not None:
        arguments += ["-protocol_whitelist", "file", "-f", "srt", "-i", file_url(subtitles)]
    if chapters:
        arguments += ["-protocol_whitelist", "file,pipe", "-f", "ffmetadata", "-i", "pipe:0"]
    arguments += ["-map", "0:v:0", "-c:v", "copy"]
    if sound is not None:
        samples = round(duration * 48_000)
        exact = f"aresample=48000,apad=whole_len={samples},atrim=end_sample={samples}"
        arguments += ["-map", "1:a:0", "-af", exact, "-c:a", "aac", "-b:a", f"{audio_bitrate_kbps}k"]
    if subtitles is not None:
        arguments += ["-map", f"{2 if sound is not None else 1}:s:0", "-c:s", "mov_text"]
        arguments += ["-metadata:s:s:0", f"language={subtitle_language}"]
    if chapters:
        place = 1 + (sound is not None) + (subtitles is not None)
        arguments += ["-map_chapters", str(place)]
    arguments += [*_REPRODUCIBLE, *_tags(metadata)]
    for number, (_, _, title) in enumerate(chapters):
        arguments += [f"-metadata:c:{number}", f"title={title}"]
    arguments += ["-video_track_timescale", str(ticks)]
    arguments += ["-movie_timescale", str(lcm(ticks, 48_000))]
    if faststart:
        arguments += ["-movflags", "+faststart"]
    beside = out.with_name(f".writing-{out.name}")
    try:
        run_ffmpeg(
            [*arguments, "-f", _MUXERS[out.suffix.lower()], "-y", file_url(beside)],
            timeout_seconds=3600,
            stdin=_chapter_times(chapters, ticks) if chapters else None,
        )
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _chapter_times(chapters: Sequence[tuple[Fraction, Fraction, str]], ticks: int) -> bytes:
    """FFmpeg's metadata text with the times alone."""
    blocks = [
        f"[CHAPTER]\nTIMEBASE=1/{ticks}\nSTART={round(start * ticks)}\nEND={round(end * ticks)}\n"
        for start, end, _ in chapters
    ]
    return (";FFMETADATA1\n" + "".join(blocks)).encode()


def _tags(metadata: dict[str, str]) -> list[str]:
    arguments = []
    for key, value in metadata.items():
        if not key.replace("_", "").isalnum():
            raise InputError(f"{key!r} cannot be a metadata key.", hint="Use letters, digits and underscores.")
        arguments += ["-metadata", f"{key}={value}"]
    return arguments


def write_wav(path: Path, samples: NDArray[np.float32], sample_rate: int) -> None:
    """Write sound as a WAV file of 32-bit float samples; the same samples give the same bytes.

    Args:
        path: the file to write.
        samples: float32, shape (n, channels), full scale at ±1.
        sample_rate: samples a second.

    Raises:
        InputError: another shape, or samples that are not finite.
    """
    from scipy.io import wavfile  # slow to import, and rendering pictures does without

    sound = np.ascontiguousarray(samples, dtype=np.float32)
    if sound.ndim != 2 or not 1 <= sound.shape[1] <= 64:
        raise InputError(f"Sound must have the shape (samples, channels), not {sound.shape}.", path=path)
    if not np.isfinite(sound).all():
        raise InputError("The sound holds samples that are not numbers.", path=path)
    whole = io.BytesIO()
    wavfile.write(whole, sample_rate, sound)
    write_atomically(Path(path), whole.getvalue())


def read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a WAV file that Rushlight wrote, or any plain one: float32 samples (n, channels), and the sample rate.

    For files from elsewhere use `read_sound`, which reads them in a guarded process.

    Raises:
        MediaError: not a WAV file, or damaged.
    """
    from scipy.io import wavfile  # slow to import, and rendering pictures does without

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of other programs' own
            sample_rate, samples = wavfile.read(path)
    except (OSError, ValueError, EOFError, OverflowError, MemoryError, TypeError) as error:
        raise MediaError(f"This WAV file cannot be read ({error}).", path=path) from error
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128) / 128, int(sample_rate)
    if samples.dtype.kind == "i":
        return (samples / -float(np.iinfo(samples.dtype).min)).astype(np.float32), int(sample_rate)
    return samples.astype(np.float32), int(sample_rate)
