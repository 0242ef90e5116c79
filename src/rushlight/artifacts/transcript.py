"""What was said in a recording, word by word."""

from __future__ import annotations

import textwrap

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["Transcript", "TranscriptWord"]


class TranscriptWord(BaseModel):
    """One word and when it is heard, on the clock of the recording."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    """With the punctuation that touches it, where that is known."""
    start: Seconds
    end: Seconds
    speaker: str = ""
    """Who says it, such as `A`; empty when speakers were not told apart."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    """How sure the recogniser is, as a probability; None when it does not say."""


class Transcript(Artifact):
    """The words of one recording, in the order in which they begin."""

    words: tuple[TranscriptWord, ...]
    duration: Seconds
    """Of the recording."""
    language: str = "en"
    recogniser: str = ""
    """What heard it, such as `pocketsphinx/en-us`; `script` for a known text that was aligned; `file` when imported."""
    draft: bool = False
    """True when it is too unsure to publish without a person reading it."""
    exact_times: bool = True
    """False when times of words were estimated from the times of whole captions."""
    sound_sha256: str = ""
    """Digest of the file that was heard."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The words in paragraphs, a new one where the speaker changes or after a long pause."""
        paragraphs: list[str] = []
        last: TranscriptWord | None = None
        for word in self.words:
            if last is None or word.speaker != last.speaker or word.start - last.end > 2:
                seconds = int(word.start)
                who = f" {word.speaker}:" if word.speaker else ""
                paragraphs.append(f"[{seconds // 60}:{seconds % 60:02}]{who}")
            paragraphs[-1] += f" {word.text}"
            last = word
        shown = [textwrap.fill(paragraph, 96, subsequent_indent="    ") for paragraph in paragraphs]
        return "\n".join([*shown, *self.notes])
