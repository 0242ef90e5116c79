"""The capability `find_false_starts`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Finding, Findings, Media, Transcript
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.listening.recording import exact_seconds, hear
from rushlight.edit.listening.takes import TakeRules, find_takes

__all__ = ["find_false_starts"]

# A breath before the second try; less cannot be told from the closing of a consonant.
_PAUSE_SECONDS, _LEAST_SECONDS = 0.09, 0.45
# Short stretches are alike by chance more often: they have to be nearer.
_DISTANCE = 0.45


@capability(version=1, metrics=("false_starts",))
def find_false_starts(
    recording: Media,
    transcript: Transcript | None = None,
    /,
    *,
    longest_seconds: Annotated[Seconds, Field(description="Longest false start; more is a retake.")] = Fraction(6, 5),
) -> Findings:
    """Find a word or two that were begun and said again at once: "the har— the harbour".

    Args:
        recording: one person speaking.
        transcript: of this recording; its words are quoted.

    Returns:
        `Findings` of kind `false_start`, up to where the words begin again.

    Raises:
        InputError: a recording without sound.

    Note:
        Words repeated on purpose ("very, very") sound the same: a person decides. Repeats without any pause between
        them are not found.
    """
    samples = hear(recording)
    rules = TakeRules(_PAUSE_SECONDS, _LEAST_SECONDS, float(longest_seconds), _DISTANCE, _DISTANCE)
    run = current_run()
    takes = find_takes(samples, rules, on_progress=lambda done: run.progress(0.3 + 0.7 * done, "comparing"))
    found = []
    for take in takes:
        start = exact_seconds(take.start, recording.duration)
        again = exact_seconds(take.instead_start, recording.duration)
        sure = min(max(1.0 - 0.5 * (take.distance / _DISTANCE) ** 6, 0.5), 0.99)
        found.append(
            Finding(kind="false_start", start=start, end=max(again, start), confidence=round(sure, 3),
                    reason="begun and said again at once", instead_start=again, text=_said(transcript, start, again))
        )  # fmt: skip
    run.figure("false_starts", len(found))
    return Findings(findings=tuple(found), duration=recording.duration, sound_sha256=recording.file.sha256)


def _said(transcript: Transcript | None, start: Fraction, end: Fraction) -> str:
    words = transcript.words if transcript else ()
    return " ".join(word.text for word in words if start <= (word.start + word.end) / 2 <= end)
