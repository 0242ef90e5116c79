"""The capability `lay_synced`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated
from urllib.parse import quote

import opentimelineio as otio
from pydantic import Field

from rushlight.artifacts.cut import Cut
from rushlight.artifacts.media import Media
from rushlight.artifacts.sync import Sync, SyncedRecording
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Rate, frames_spanning
from rushlight.media.delay import stretch
from rushlight.media.encode import write_wav
from rushlight.media.sound import read_sound
from rushlight.timeline.cutfile import METADATA_VERSION, make_cut, rational, write_timeline

__all__ = ["lay_synced"]

_SAMPLE_RATE = 48_000
# Less than this moves no sound by a sample within an hour.
_HEARD_PPM = 0.005
_MOST_SECONDS = 4 * 3600


@capability(version=1, metrics=("tracks", "resampled"))
def lay_synced(
    sync: Sync,
    recordings: tuple[Media, ...],
    /,
    *,
    sound_from: Annotated[
        int, Field(ge=0, description="Number of the recording that is heard, counted from 1; 0 for all of them.")
    ] = 0,
    rate: Annotated[Rate | None, Field(description="Frame rate; the first picture's by default.")] = None,
) -> Cut:
    """Lay synced recordings under each other on one timeline: a picture track for each camera, a sound track for each.

    Sound of a recorder whose clock drifts is resampled to a new WAV on the first recording's clock; no input is
    changed. Sounds that are not chosen with `sound_from` are laid too, but turned off.

    Raises:
        InputError: a recording of the sync is not given, or not one was placed.
    """
    by_hash = {item.file.sha256: item for item in recordings}
    placed = [item for item in sync.recordings if item.offset is not None]
    missing = [item for item in placed if item.file.sha256 not in by_hash]
    if missing or not placed:
        raise InputError(
            "A recording of this sync was not given." if missing else "Not one recording was placed.",
            path=missing[0].file.path if missing else None,
            hint="Give the recordings that were synced.",
        )
    pictured = [item for item in placed if _is_film(by_hash[item.file.sha256])]
    first = by_hash[pictured[0].file.sha256].video if pictured else None
    frame_rate = rate or (first.rate if first else Fraction(100))
    earliest = min(item.offset for item in placed if item.offset is not None)
    timeline = otio.schema.Timeline("Synced")
    size = (first.display_width_px // 2 * 2, first.display_height_px // 2 * 2) if first else (0, 0)
    timeline.metadata["rushlight"] = {
        "version": METADATA_VERSION, "width_px": size[0], "height_px": size[1], "rate": str(frame_rate),
    }  # fmt: skip
    known = [item.file for item in recordings]
    for item in pictured:
        timeline.tracks.append(_picture(item, earliest, frame_rate))
    resampled = 0
    for number, item in enumerate(sync.recordings, 1):
        media = by_hash.get(item.file.sha256)
        if item.offset is None or media is None or media.sound is None:
            continue
        current_run().progress(number / len(sync.recordings), f"sound of {item.file.path.name}")
        file, moved = _on_clock(media, item)
        resampled += moved
        if moved:
            known.append(file)
        track = _sound(file, item, earliest, sound_from in (0, number))
        timeline.tracks.append(track)
    if not len(timeline.tracks):
        raise InputError("These recordings have neither moving picture nor sound.", hint="Give films or sound files.")
    path = current_run().new_file("synced.otio")
    write_timeline(timeline, path)
    current_run().figure("tracks", len(timeline.tracks))
    current_run().figure("resampled", resampled)
    return make_cut(timeline, path, width_px=size[0], height_px=size[1], rate=frame_rate, known=known)


def _is_film(media: Media) -> bool:
    return media.video is not None and not media.is_still


def _on_clock(media: Media, item: SyncedRecording) -> tuple[FileRef, bool]:
    """The recording's sound on the first one's clock, and whether it had to be made anew."""
    if abs(item.drift_ppm) < _HEARD_PPM:
        return media.file, False
    if media.duration > _MOST_SECONDS:
        raise InputError("This recording is longer than four hours.", path=media.file.path, hint="Cut it first.")
    sound = read_sound(media.file.path, sample_rate=_SAMPLE_RATE, channels=2)
    path = current_run().new_file(f"{media.file.path.stem}-synced.wav")
    write_wav(path, stretch(sound, 1 + item.drift_ppm * 1e-6), _SAMPLE_RATE)
    return FileRef.of(path, "audio/wav"), True


def _picture(item: SyncedRecording, earliest: Fraction, rate: Fraction) -> otio.schema.Track:
    """A camera's picture from the nearest frame; what is left of the offset is in where its clip begins."""
    assert item.offset is not None
    track = otio.schema.Track(f"Picture {item.file.path.stem}", kind=otio.schema.TrackKind.Video)
    at = item.offset - earliest
    first = round(at * rate)
    _gap(track, otio.opentime.RationalTime(first, float(rate)))
    # A frame cannot begin between frames: the clip begins up to half of one into the picture instead.
    start = max(Fraction(first) / rate - at, Fraction(0))
    fine = rate * 1000
    begin = otio.opentime.RationalTime(float(round(start * fine)), float(fine))
    length = frames_spanning(item.duration * (1 + Fraction(item.drift_ppm) / 1_000_000), rate)
    track.append(_clip(item.file, otio.opentime.TimeRange(begin, otio.opentime.RationalTime(length, float(rate)))))
    return track


def _sound(file: FileRef, item: SyncedRecording, earliest: Fraction, heard: bool) -> otio.schema.Track:
    assert item.offset is not None
    track = otio.schema.Track(f"Sound {item.file.path.stem}", kind=otio.schema.TrackKind.Audio)
    track.enabled = heard
    _gap(track, _samples(item.offset - earliest))
    length = item.duration * (1 + Fraction(item.drift_ppm) / 1_000_000)
    track.append(_clip(file, otio.opentime.TimeRange(_samples(Fraction(0)), _samples(length))))
    return track


def _samples(seconds: Fraction) -> otio.opentime.RationalTime:
    count = Fraction(round(seconds * _SAMPLE_RATE), _SAMPLE_RATE)
    return rational(count, Fraction(_SAMPLE_RATE))


def _gap(track: otio.schema.Track, time: otio.opentime.RationalTime) -> None:
    if time.value > 0:
        track.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=time)))


def _clip(file: FileRef, span: otio.opentime.TimeRange) -> otio.schema.Clip:
    clip = otio.schema.Clip(file.path.name, otio.schema.ExternalReference(quote(file.path.name)), span)
    clip.metadata["rushlight"] = {"version": METADATA_VERSION, "sha256": file.sha256}
    return clip
