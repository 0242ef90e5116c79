"""The capability `repair_offset`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.signal import correlate

from rushlight.artifacts.media import Media
from rushlight.artifacts.sync import LipSync, SignedSeconds
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, MediaError, ToolError
from rushlight.core.run import current_run
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound

__all__ = ["repair_offset"]

_RATE = 48_000
# Nobody sees or hears a thousandth of a second.
_EXACT_SECONDS = 0.001
_CHECKED_SECONDS = 30


@capability(version=1, metrics=("moved_seconds", "copied"), action="c2pa.edited", source_type="digitalCapture")
def repair_offset(
    film: Media,
    measured: LipSync | None = None,
    /,
    *,
    offset_seconds: Annotated[
        SignedSeconds | None,
        Field(ge=-60, le=60, description="How much too late the sound is; below zero when it is early."),
    ] = None,
) -> Media:
    """Move the sound of a film so that it is heard with its picture; the input stays as it is.

    Both streams are copied where the container can hold the move exactly, and the result is listened to; where it
    does not agree, the sound alone is encoded again.

    Raises:
        InputError: no picture or sound, or no offset is known.
        MediaError: a damaged film.
    """
    if offset_seconds is None:
        offset_seconds = measured.offset if measured is not None else Fraction(0)
    if offset_seconds is None:
        raise InputError(
            "How far the sound is off was not told.", path=film.file.path, hint="Give it with --offset-seconds."
        )
    if offset_seconds and (film.video is None or film.sound is None or film.is_still):
        raise InputError("This file has no picture or no sound.", path=film.file.path, hint="Give a film with both.")
    run = current_run()
    if not offset_seconds:
        run.note_weak("The offset is zero: the film is as it was.")
        run.figure("moved_seconds", 0.0)
        run.figure("copied", 1.0)
        return film
    suffix = film.file.path.suffix.lower()
    suffix = suffix if suffix in (".mp4", ".mov", ".m4v", ".mkv") else ".mkv"
    path = run.new_file(f"{film.file.path.stem}-in-sync{suffix}")
    run.progress(0.1, "moving the sound")
    copied = _copied(film, -offset_seconds, path) and _agrees(film, -offset_seconds, path)
    if not copied:
        run.progress(0.5, "encoding the sound again")
        _encoded(film, -offset_seconds, path)
        run.note_weak("The sound had to be encoded again: its container cannot hold the move exactly.")
    run.figure("moved_seconds", float(-offset_seconds))
    run.figure("copied", float(copied))
    return probe(path, trusted=True)


def _copied(film: Media, move: Fraction, path: Path) -> bool:
    """Both streams copied, the sound's times moved; False when FFmpeg refuses."""
    source = ["-protocol_whitelist", "file"]
    arguments = [*source, "-i", file_url(film.file.path), "-itsoffset", f"{float(move):.6f}", *source]
    arguments += ["-i", file_url(film.file.path), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"]
    arguments += ["-avoid_negative_ts", "disabled", "-map_metadata", "0", "-y", file_url(path)]
    try:
        run_ffmpeg(arguments, timeout_seconds=3600)
    except ToolError:
        path.unlink(missing_ok=True)
        return False
    return True


def _agrees(film: Media, move: Fraction, path: Path) -> bool:
    """Whether the moved sound is where it should be, and picture and length are as they were."""
    try:
        made = probe(path, trusted=True)
    except MediaError:
        return False
    assert film.video is not None
    if made.video is None or made.sound is None or abs(made.video.start - film.video.start) > _EXACT_SECONDS:
        return False
    # Where it is loudest there is something to compare.
    seconds = min(film.duration, Fraction(_CHECKED_SECONDS))
    start = max(Fraction(0), -move)
    before = read_sound(film.file.path, sample_rate=_RATE, channels=1, start=start, duration=seconds)[:, 0]
    after = read_sound(path, sample_rate=_RATE, channels=1, start=start + move, duration=seconds)[:, 0]
    # What an AAC decoder starts with inside a stream may differ for a few frames.
    before, after = before[4096:], after[4096:]
    if not before.any():
        return not after.any()
    row = correlate(after, before, "full", "fft")
    late = (int(np.argmax(row)) - len(before) + 1) / _RATE
    return abs(late) <= _EXACT_SECONDS and bool(np.std(after - before) < 0.1 * np.std(before))


def _encoded(film: Media, move: Fraction, path: Path) -> None:
    """The picture copied, the sound decoded, moved by whole samples and encoded."""
    sound = "aac" if path.suffix != ".mkv" else "flac"
    assert film.video is not None
    length = round(film.duration * _RATE)
    if move > 0:
        shift = f"adelay={round(move * _RATE)}S:all=1"
    else:
        shift = f"atrim=start_sample={round(-move * _RATE)},asetpts=PTS-STARTPTS"
    exact = f"aresample={_RATE}:first_pts=0,{shift},apad=whole_len={length},atrim=end_sample={length}"
    arguments = ["-protocol_whitelist", "file", "-i", file_url(film.file.path), "-map", "0:v:0", "-map", "0:a:0"]
    arguments += ["-c:v", "copy", "-af", exact, "-c:a", sound, "-b:a", "192k", "-map_metadata", "0"]
    run_ffmpeg([*arguments, "-y", file_url(path)], timeout_seconds=3600)
