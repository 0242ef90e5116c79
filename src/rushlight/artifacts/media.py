"""Sound and picture files, with the facts a probe found."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Rate, Seconds

__all__ = ["Audio", "Media", "SoundStream", "VideoStream"]


class VideoStream(BaseModel):
    """Facts of the picture stream as a person sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codec: str
    width_px: int
    """Coded width, before rotation and pixel aspect."""
    height_px: int
    display_width_px: int
    """Width in square pixels after rotation and pixel aspect."""
    display_height_px: int
    rate: Rate
    """Average frame rate; `variable_rate` says whether frames keep to it."""
    variable_rate: bool = False
    rotation_degrees: int = 0
    pixel_aspect: Rate = 1  # type: ignore[assignment]
    pixel_format: str = ""
    bits: int = 8
    matrix: str = "unknown"
    """`bt601`, `bt709`, `bt2020` or `unknown`."""
    full_range: bool = False
    transfer: str = "unknown"
    """`sdr`, `hlg`, `pq` or `unknown`."""
    interlaced: bool = False
    start: Seconds = 0  # type: ignore[assignment]
    """When the first frame is shown, from second 0 of the file."""
    clock_start: Seconds = 0  # type: ignore[assignment]
    """The same on the container's own clock."""
    duration: Seconds
    frame_count: int | None = None


class SoundStream(BaseModel):
    """Facts of the sound stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codec: str
    sample_rate: int
    channels: int
    layout: str
    duration: Seconds


class Media(Artifact):
    """A media file: picture, sound or both."""

    is_media: ClassVar[bool] = True

    file: FileRef
    container: str
    duration: Seconds
    video: VideoStream | None = None
    sound: SoundStream | None = None
    is_still: bool = False
    timecode: str = ""
    description: str = ""
    """What is seen or heard, in words: the file name, a sidecar text, a caption inside the file."""


class Audio(Artifact):
    """Sound alone, as a WAV file of float32 samples, with stems when it was mixed from some."""

    is_media: ClassVar[bool] = True

    file: FileRef
    sample_rate: int
    channels: int
    duration: Seconds
    stems: dict[str, FileRef] = {}
    figures: dict[str, float] = {}
    """Measured quality, such as `integrated_lufs`, `true_peak_dbtp`, `bed_under_speech_lu`."""
