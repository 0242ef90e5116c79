"""The capability `measure_tone`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rushlight.artifacts.screenplay import Screenplay
from rushlight.artifacts.tone import Tone
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.create.tone import overall_counts, profile_of, speeches_by_character

__all__ = ["measure_tone"]


@capability(version=1)
def measure_tone(
    screenplay: Screenplay,
    /,
    *,
    min_words: Annotated[
        int, Field(ge=1, description="Characters who say less are measured only with the others.")
    ] = 30,
) -> Tone:
    """Measure how people speak in a screenplay: length and rhythm of sentences, how they end, what words they like.

    Raises:
        InputError: nobody speaks.
    """
    speeches = speeches_by_character(screenplay)
    if not speeches:
        raise InputError("Nobody speaks in this screenplay.", where=screenplay.title, hint="Give one with dialogue.")
    profiles = [
        profile_of(name, texts, overall_counts(speeches, name) if len(speeches) > 1 else None)
        for name, texts in speeches.items()
    ]
    told = sorted(
        (p for p in profiles if p.words >= min_words), key=lambda profile: (-profile.words, profile.character)
    )
    overall = profile_of("", [text for texts in speeches.values() for text in texts])
    return Tone(title=screenplay.title, overall=overall, profiles=tuple(told))
