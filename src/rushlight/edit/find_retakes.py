"""The capability `find_retakes`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Finding, Findings, Media, Transcript
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.edit.listening.recording import exact_seconds, hear
from rushlight.edit.listening.takes import Again, Span, TakeRules, find_takes

__all__ = ["find_retakes"]

_PAUSE_SECONDS, _LEAST_SECONDS = 0.22, 0.5
# One reading and another of the same words lie at about 0.2 to 0.5; of other words above 0.58.
_DISTANCE, _DOUBTFUL_DISTANCE = 0.55, 0.66
_SAME_TEXT = 0.75


@capability(version=1, metrics=("retakes",))
def find_retakes(
    recording: Media,
    transcript: Transcript | None = None,
    /,
    *,
    longest_seconds: Annotated[Seconds, Field(description="Longest take looked for.")] = Fraction(40),
) -> Findings:
    """Find takes that were broken off or read again, by their sound.

    Whatever is said between two pauses and is then said again from its beginning is a retake, whether it was
    abandoned half way or complete; the last one stays. Sounds are compared by dynamic time warping of mel cepstra, so
    it works in any language and where recognisers swallow repeats. A transcript decides where sound alone is unsure.

    Args:
        recording: one person reading or speaking.
        transcript: of this recording, a draft will do.

    Returns:
        `Findings` of kind `retake`: from the first word of the take to the first word of the one that replaces it,
        which `instead_start` names.

    Raises:
        InputError: a recording without sound.
    """
    samples = hear(recording)
    rules = TakeRules(_PAUSE_SECONDS, _LEAST_SECONDS, float(longest_seconds), _DISTANCE, _DOUBTFUL_DISTANCE)
    run = current_run()
    takes = find_takes(samples, rules, _reader(transcript), lambda done: run.progress(0.3 + 0.7 * done, "comparing"))
    found = [_finding(take, recording.duration, transcript) for take in takes]
    run.figure("retakes", len(found))
    return Findings(findings=tuple(found), duration=recording.duration, sound_sha256=recording.file.sha256)


def _finding(take: Again, duration: Fraction, transcript: Transcript | None) -> Finding:
    # Near 1 where two readings sound the same, a half where other words might.
    sure = 0.7 if take.by_text else min(max(1.0 - 0.5 * (take.distance / _DISTANCE) ** 6, 0.5), 0.99)
    start, end = exact_seconds(take.start, duration), exact_seconds(take.end, duration)
    instead = exact_seconds(take.instead_start, duration)
    return Finding(
        kind="retake",
        start=start,
        end=max(end, start),
        confidence=round(sure, 3),
        reason="said again from the beginning" + (", as the transcript shows" if take.by_text else ""),
        text=" ".join(_words(transcript, (take.start, take.end))) if transcript else "",
        instead_start=instead,
    )


def _words(transcript: Transcript, span: Span) -> list[str]:
    middle = [(float(word.start + word.end) / 2, word.text) for word in transcript.words]
    return [text for at, text in middle if span[0] <= at <= span[1]]


def _reader(transcript: Transcript | None) -> Callable[[Span, Span], bool]:
    if transcript is None:
        return lambda earlier, later: False

    def says_the_same(earlier: Span, later: Span) -> bool:
        before = [text.lower().strip(".,!?;:") for text in _words(transcript, earlier)]
        after = [text.lower().strip(".,!?;:") for text in _words(transcript, later)][: len(before)]
        alike = SequenceMatcher(None, " ".join(before), " ".join(after), autojunk=False).ratio()
        return len(before) >= 3 and alike >= _SAME_TEXT

    return says_the_same
