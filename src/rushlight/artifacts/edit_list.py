"""What is kept of some recordings, in which order: a cut before it is a timeline."""

from __future__ import annotations

from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from rushlight.artifacts.transcript import TranscriptWord
from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds, format_clock

__all__ = ["EditList", "EditSpan"]


class EditSpan(BaseModel):
    """A stretch of one recording that is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: int = Field(default=0, ge=0)
    """Which recording, from zero."""
    start: Seconds
    """On the recording's clock."""
    end: Seconds
    reason: str = ""
    """Why the cut before this stretch is there; empty at the beginning."""
    words: tuple[TranscriptWord, ...] = ()
    """What is said in it, as captions should show it, on the recording's clock."""

    @property
    def duration(self) -> Fraction:
        """Seconds that are kept."""
        return self.end - self.start


class EditList(Artifact):
    """Stretches of recordings in the order in which they are shown."""

    spans: tuple[EditSpan, ...]
    sources: tuple[str, ...] = ()
    """SHA-256 of each recording, in the order in which spans count them."""
    notes: tuple[str, ...] = ()

    @property
    def duration(self) -> Fraction:
        """Length of the cut in seconds."""
        return sum((span.duration for span in self.spans), Fraction(0))

    def film_time(self, source: int, at: Fraction) -> Fraction | None:
        """When a moment of a recording is shown in the cut; None when it is cut out."""
        shown = Fraction(0)
        for span in self.spans:
            if span.source == source and span.start <= at < span.end:
                return shown + at - span.start
            shown += span.duration
        return None

    def as_text(self) -> str:
        """A line for each stretch."""
        lines, at = [], Fraction(0)
        for span in self.spans:
            said = " ".join(word.text for word in span.words)
            lines.append(
                f"{format_clock(at)}  from {span.source + 1} {format_clock(span.start)} to {format_clock(span.end)}  "
                f"{said or span.reason}"
            )
            at += span.duration
        return "\n".join([*lines, f"{len(self.spans)} stretches, {float(self.duration):.1f} s", *self.notes])
