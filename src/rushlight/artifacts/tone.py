"""How people speak in a screenplay, in figures that can be compared and matched."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Tone", "ToneProfile"]


class ToneProfile(BaseModel):
    """How one character speaks. Shares are of sentences unless they say otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    character: str
    """In capitals; empty for everybody together."""
    speeches: int
    words: int
    words_per_sentence: float
    words_per_sentence_spread: float
    """Standard deviation."""
    words_per_speech: float
    letters_per_word: float
    question_share: float
    exclamation_share: float
    trailing_share: float
    """Sentences that break off, with `…` or a dash."""
    commas_per_sentence: float
    contraction_share: float
    """Of the places where English may contract (`do not`, `don't`), those where it is; 0.5 where there are none."""
    marker_share: float
    """Speeches that open with a word that says nothing, such as `well` or `look`."""
    markers: tuple[str, ...] = ()
    """Those words, most used first."""
    vocabulary: tuple[str, ...] = ()
    """Words this character uses more than the others do, most telling first."""


class Tone(Artifact):
    """How a screenplay sounds: everybody together, and each character with enough to say, most words first."""

    title: str
    overall: ToneProfile
    profiles: tuple[ToneProfile, ...]

    def as_text(self) -> str:
        """A table: a row for each character, and one for everybody."""
        names = ("character", "words", "a sentence", "a speech", "?", "!", "…", "contracts")
        widths = (-16, 6, 10, 9, 5, 5, 5, 9)
        head = " ".join(
            f"{name:{'<' if width < 0 else '>'}{abs(width)}}" for name, width in zip(names, widths, strict=True)
        )
        rows = [
            f"{(profile.character or 'everybody')[:16]:<16} {profile.words:>6} {profile.words_per_sentence:>10.1f} "
            f"{profile.words_per_speech:>9.1f} {profile.question_share:>5.0%} {profile.exclamation_share:>5.0%} "
            f"{profile.trailing_share:>5.0%} {profile.contraction_share:>9.0%}  {', '.join(profile.vocabulary[:5])}"
            for profile in (*self.profiles, self.overall)
        ]
        return "\n".join([self.title, "", head, *rows])
