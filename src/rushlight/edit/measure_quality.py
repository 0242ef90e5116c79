"""The capability `measure_quality`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import repeat
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts.media import Media
from rushlight.artifacts.quality import FrameQuality, Quality
from rushlight.artifacts.transcript import Transcript
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError
from rushlight.core.run import current_run
from rushlight.edit.word_errors import count_word_errors, spoken_words
from rushlight.media.colour import rgb_to_i420
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.delay import RATE, find_delay
from rushlight.media.ffmpeg import explain_failure, kill_group, start_ffmpeg
from rushlight.media.sound import integrated_loudness_lufs, read_sound

__all__ = ["measure_quality"]

_THUMBNAIL = (32, 18)
_EQUAL_DB = 100.0
_MOST_FRAMES = 200_000


@capability(version=1, metrics=("frames",))
def measure_quality(
    reference: Media,
    tested: Media,
    reference_words: Transcript | None = None,
    tested_words: Transcript | None = None,
    /,
    *,
    align: Annotated[bool, Field(description="Whether picture and sound are first laid over each other.")] = True,
    most_latency_seconds: Annotated[float, Field(ge=0, le=10, description="Largest latency looked for.")] = 2.0,
    vmaf: Annotated[bool, Field(description="Whether VMAF is measured, which takes longest.")] = True,
) -> Quality:
    """Measure how near a film comes to another: PSNR, SSIM and VMAF, SI-SDR and loudness, latency, word errors.

    The tested film is read at the size and rate of the reference, whatever its own are, frame by frame at the same
    moments. Where it shows or plays everything later, that is the latency, and it is taken off first.

    Raises:
        InputError: the two have neither picture, sound nor words in common.
        MediaError: one of them is damaged.
    """
    found: dict[str, object] = {}
    notes: list[str] = []
    if reference.video is not None and tested.video is not None:
        found |= _pictures(reference, tested, most_latency_seconds if align else 0.0, vmaf, notes)
    if reference.sound is not None and tested.sound is not None:
        found |= _sounds(reference, tested, most_latency_seconds if align else 0.0, notes)
    if reference_words is not None and tested_words is not None:
        left, right = (spoken_words([word.text for word in side.words]) for side in (reference_words, tested_words))
        errors = count_word_errors(left, right)
        found["word_errors"] = errors
        if left:
            found["word_error_rate"] = sum(errors[n] for n in ("substituted", "deleted", "inserted")) / len(left)
    if not found:
        raise InputError(
            "These files have neither picture nor sound in common.", path=tested.file.path, hint="Give two films."
        )
    for note in notes:
        current_run().note_weak(note)
    quality = Quality(**found, notes=tuple(notes))  # type: ignore[arg-type]
    current_run().figure("frames", quality.frames)
    return quality


def _pictures(reference: Media, tested: Media, most: float, vmaf: bool, notes: list[str]) -> dict[str, object]:
    assert reference.video is not None
    assert tested.video is not None
    rate = reference.video.rate
    still = reference.is_still or tested.is_still
    frames = 1 if still else max(round(min(reference.duration, tested.duration) * rate), 1)
    if frames > _MOST_FRAMES:
        raise LimitError("These films are too long to be compared at once.", hint="Compare parts of them.")
    late = 0 if still or not most else _picture_latency(reference, tested, rate, frames, round(most * rate))
    first, second = max(-late, 0), max(late, 0)
    count = max(frames - abs(late), 1)
    size = (reference.video.display_width_px // 2 * 2, reference.video.display_height_px // 2 * 2)
    own = (tested.video.display_width_px // 2 * 2, tested.video.display_height_px // 2 * 2)
    if own != size:
        notes.append(f"The tested picture was scaled from {own[0]}×{own[1]} to {size[0]}×{size[1]}.")
    if tested.video.rate != rate and not still:
        notes.append(f"The tested film runs at {tested.video.rate} frames a second and was read at {rate}.")
    measures = _filtered(reference, tested, rate, (first, second), count, size, vmaf)
    made: dict[str, object] = {"frames": count, "picture_latency": late / rate}
    for name, values in measures.items():
        lowest = int(np.argmin(values))
        made[name] = FrameQuality(
            mean=round(float(values.mean()), 4),
            lowest=round(float(values[lowest]), 4),
            lowest_frame=first + lowest,
        )
    return made


def _picture_latency(reference: Media, tested: Media, rate: Fraction, frames: int, most: int) -> int:
    """By how many frames the tested picture is late: where small copies of both differ least."""
    small = []
    for media in (reference, tested):
        with VideoReader(media.file.path, width_px=_THUMBNAIL[0], height_px=_THUMBNAIL[1], rate=rate) as reader:
            rows = [frame[: _THUMBNAIL[1]].astype(np.float32) for frame in reader.frames(Fraction(0), frames)]
        small.append(np.stack(rows).reshape(frames, -1))
    best, least = 0, float("inf")
    # Nearest lags first, so that a picture that stands still is not said to be late.
    for lag in sorted(range(-most, most + 1), key=abs):
        length = frames - abs(lag)
        if length < max(frames // 3, 1):
            continue
        left, right = small[0][max(-lag, 0) :][:length], small[1][max(lag, 0) :][:length]
        apart = float(np.mean((left - right) ** 2))
        if apart < least * 0.98 - 1e-6:
            best, least = lag, apart
    return best


def _filtered(
    reference: Media,
    tested: Media,
    rate: Fraction,
    starts: tuple[int, int],
    count: int,
    size: tuple[int, int],
    vmaf: bool,
) -> dict[str, NDArray[np.float64]]:
    """PSNR, SSIM and VMAF of each pair of frames, by FFmpeg; both come to it in one picture, one above the other."""
    width, height = size
    names = ["psnr", "ssim", *(["vmaf"] if vmaf and min(size) >= 64 else [])]
    with tempfile.TemporaryDirectory(prefix="rushlight-quality-") as folder, tempfile.TemporaryFile() as errors:
        graph = f"[0:v]split=2[u][l];[u]crop={width}:{height}:0:0,split={len(names)}" + "".join(
            f"[r{n}]" for n in names
        )
        graph += f";[l]crop={width}:{height}:0:{height},split={len(names)}" + "".join(f"[t{n}]" for n in names)
        graph += f";[tpsnr][rpsnr]psnr=stats_file={folder}/psnr[o1];[tssim][rssim]ssim=stats_file={folder}/ssim[o2]"
        if "vmaf" in names:
            graph += f";[tvmaf][rvmaf]libvmaf=log_fmt=json:log_path={folder}/vmaf:n_threads={os.cpu_count() or 1}[o3]"
        arguments = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height * 2}", "-framerate", str(rate)]
        arguments += ["-i", "pipe:0", "-filter_complex", graph]
        for number in range(len(names)):
            arguments += ["-map", f"[o{number + 1}]", "-f", "null", "-"]
        process = start_ffmpeg(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, memory_mb=8192
        )
        try:
            _feed(process, reference, tested, rate, starts, count, size)
            process.wait()
        finally:
            kill_group(process)
        errors.seek(0)
        if process.returncode != 0:
            raise explain_failure(process.returncode, errors.read())
        return _read_measures(Path(folder), names)


def _feed(
    process: subprocess.Popen[bytes],
    reference: Media,
    tested: Media,
    rate: Fraction,
    starts: tuple[int, int],
    count: int,
    size: tuple[int, int],
) -> None:
    width, height = size
    edges = (0, height, height * 5 // 4, height * 3 // 2)
    assert process.stdin is not None
    with process.stdin as pipe, ExitStack() as readers:
        pairs = zip(
            _frames(reference, size, rate, starts[0], count, readers),
            _frames(tested, size, rate, starts[1], count, readers),
            strict=True,
        )
        for number, (left, right) in enumerate(pairs):
            if number % 50 == 0:
                current_run().progress(number / count, "comparing pictures")
            left, right = (side.reshape(-1) for side in (left, right))
            try:
                for top, bottom in zip(edges, edges[1:], strict=False):
                    part = slice(top * width, bottom * width)
                    pipe.write(np.ascontiguousarray(left[part]).data)
                    pipe.write(np.ascontiguousarray(right[part]).data)
            except OSError:
                break  # it died; its exit status says why


def _frames(
    media: Media, size: tuple[int, int], rate: Fraction, first: int, count: int, readers: ExitStack
) -> Iterator[NDArray[np.uint8]]:
    """Frames of a film from the one numbered `first`, or a still again and again."""
    if media.is_still:
        picture = cv2.resize(read_still(media.file.path), size, interpolation=cv2.INTER_AREA)
        return repeat(rgb_to_i420(np.asarray(picture, np.uint8)), count)
    reader = VideoReader(media.file.path, width_px=size[0], height_px=size[1], rate=rate)
    return readers.enter_context(reader).frames(first / rate, count)


def _read_measures(folder: Path, names: list[str]) -> dict[str, NDArray[np.float64]]:
    psnr = re.findall(r"psnr_y:(\S+)", (folder / "psnr").read_text())
    ssim = re.findall(r"Y:(\S+)", (folder / "ssim").read_text())
    found = {
        "psnr_db": np.array([_EQUAL_DB if value == "inf" else min(float(value), _EQUAL_DB) for value in psnr]),
        "ssim": np.array([float(value) for value in ssim]),
    }
    if "vmaf" in names:
        frames = json.loads((folder / "vmaf").read_text())["frames"]
        found["vmaf"] = np.array([float(frame["metrics"]["vmaf"]) for frame in frames])
    return found


def _sounds(reference: Media, tested: Media, most: float, notes: list[str]) -> dict[str, object]:
    current_run().progress(0.9, "comparing sound")
    left, right = (read_sound(media.file.path, sample_rate=48_000, channels=2) for media in (reference, tested))
    made: dict[str, object] = {}
    levels = [float(integrated_loudness_lufs(side, 48_000)) for side in (left, right)]
    if all(np.isfinite(levels)):
        made["loudness_difference_lu"] = round(levels[1] - levels[0], 2)
    one, two = left.mean(axis=1, dtype=np.float64), right.mean(axis=1, dtype=np.float64)
    late = 0
    if most:
        slow = [read_sound(m.file.path, sample_rate=RATE, channels=1)[:, 0] for m in (reference, tested)]
        found = find_delay(slow[0], slow[1], drifts=False)
        if found.confidence > 0 and abs(found.offset_seconds) <= most:
            late = _exact_lag(one, two, round(-found.offset_seconds * 48_000))
            made["sound_latency"] = Fraction(late, 48_000)
        else:
            why = found.reason if found.confidence == 0 else "it is longer than was looked for"
            notes.append(f"The latency of the sound was not told: {why}.")
    one, two = one[max(-late, 0) :], two[max(late, 0) :]
    length = min(len(one), len(two))
    if length and np.any(one[:length]) and np.any(two[:length]):
        made["si_sdr_db"] = round(_si_sdr_db(one[:length], two[:length]), 2)
        made["segmental_snr_db"] = round(_segmental_snr_db(one[:length], two[:length]), 2)
    elif length:
        notes.append("One of them is silent.")
    return made


def _exact_lag(one: NDArray[np.float64], two: NDArray[np.float64], near: int) -> int:
    """The lag within 2 ms of `near` at which the plain correlation is highest: exact to the sample."""
    best, most = near, -np.inf
    for lag in range(near - 96, near + 97):
        left, right = one[max(-lag, 0) :], two[max(lag, 0) :]
        length = min(len(left), len(right), 48_000 * 20)
        value = float(left[:length] @ right[:length])
        if value > most:
            best, most = lag, value
    return best


def _si_sdr_db(reference: NDArray[np.float64], tested: NDArray[np.float64]) -> float:
    """Le Roux, Wisdom, Erdogan, Hershey 2019, "SDR – half-baked or well done?"; 100 when nothing differs."""
    reference, tested = reference - reference.mean(), tested - tested.mean()
    wanted = reference * (tested @ reference) / (reference @ reference + 1e-20)
    noise = tested - wanted
    return float(np.clip(10 * np.log10((wanted @ wanted + 1e-20) / (noise @ noise + 1e-20)), -100, 100))


def _segmental_snr_db(reference: NDArray[np.float64], tested: NDArray[np.float64]) -> float:
    step = 960
    count = len(reference) // step
    if not count:
        return _si_sdr_db(reference, tested)
    parts = reference[: count * step].reshape(count, step)
    noise = ((tested[: count * step].reshape(count, step) - parts) ** 2).mean(axis=1)
    power = (parts**2).mean(axis=1)
    heard = power > power.max() * 1e-5
    return float(np.clip(10 * np.log10((power + 1e-20) / (noise + 1e-20)), -10, 35)[heard].mean())
