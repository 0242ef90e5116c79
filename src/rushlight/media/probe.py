"""Finding out what a media file is."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from rushlight.artifacts.media import Media, SoundStream, VideoStream
from rushlight.core.artifact import FileRef
from rushlight.core.errors import LimitError
from rushlight.core.units import format_clock
from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = ["probe"]


def probe(path: Path, *, trusted: bool = False, limits: Limits = DEFAULT_LIMITS) -> Media:
    """Describe a picture, sound or video file, read in a guarded process.

    `rotation_degrees` is how far the picture is turned counter-clockwise for showing. Cover art is no video. A still
    has the rate 1 and no length.

    Args:
        path: the file.
        trusted: true for files that Rushlight made itself.
        limits: what the file may cost.

    Raises:
        InputError: no such file.
        MediaError: not media, damaged, or of a kind that is not opened.
        LimitError: too large or too long.
    """
    with GuardedProcess("probe", Path(path), limits=limits, trusted=trusted) as process:
        facts = json.loads(process.receive()[1])
    duration = Fraction(facts.pop("duration"))
    if duration > limits.max_duration:
        raise LimitError(
            f"This file says it is {format_clock(duration)} long; the limit is {format_clock(limits.max_duration)}.",
            path=path,
            hint="Cut it into parts first.",
        )
    video, sound = facts.pop("video"), facts.pop("sound")
    for part in (video, sound):
        if part:
            part.pop("end", None)
    return Media(
        file=FileRef.of(path),
        duration=duration,
        video=VideoStream(**video) if video else None,
        sound=SoundStream(**sound) if sound else None,
        **facts,
    )
