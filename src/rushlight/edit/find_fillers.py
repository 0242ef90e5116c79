"""The capability `find_fillers`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Finding, Findings, Media
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.listening.hesitation import find_hesitations
from rushlight.edit.listening.recording import exact_seconds, hear

__all__ = ["find_fillers"]


@capability(version=1, metrics=("fillers",))
def find_fillers(
    recording: Media,
    /,
    *,
    min_seconds: Annotated[Seconds, Field(description="Shortest um or uh between pauses.")] = Fraction(18, 100),
    stretched_seconds: Annotated[
        Seconds, Field(description="Shortest held vowel inside running speech that counts.")
    ] = Fraction(45, 100),
    min_confidence: Annotated[float, Field(ge=0, le=1, description="Least confidence reported.")] = 0.6,
) -> Findings:
    """Find "um", "uh" and stretched vowels by their sound, in any language.

    A hesitation is held: one pitch, one timbre, between pauses or far longer than a vowel. Recognisers leave these
    out, so their words are not asked. Short words of one vowel said alone ("oh") sound the same: a person decides.

    Returns:
        `Findings` of kind `filler`.

    Raises:
        InputError: a recording without sound.
    """
    samples = hear(recording)
    current_run().progress(0.4, "listening")
    found = [
        Finding(
            kind="filler",
            start=exact_seconds(held.start, recording.duration),
            end=exact_seconds(held.end, recording.duration),
            confidence=round(held.sureness, 3),
            reason="a held sound between pauses" if held.alone else "a vowel held very long",
        )
        for held in find_hesitations(samples, float(min_seconds), float(stretched_seconds))
        if held.sureness >= min_confidence
    ]
    current_run().figure("fillers", len(found))
    return Findings(findings=tuple(found), duration=recording.duration, sound_sha256=recording.file.sha256)
