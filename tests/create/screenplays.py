"""Screenplays that several tests stage."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rushlight.artifacts import Cast, Narration, Screenplay, Staging
from rushlight.create.cast_voices import cast_voices
from rushlight.create.perform_screenplay import perform_screenplay
from rushlight.create.stage_screenplay import stage_screenplay
from rushlight.timeline.screenplay.fountain import parse_fountain

EXAMPLES = Path(__file__).parents[2] / "examples" / "screenplays"


def screenplay(text: str) -> Screenplay:
    return parse_fountain(text)


@cache
def example(name: str) -> Screenplay:
    return parse_fountain((EXAMPLES / f"{name}.fountain").read_text(encoding="utf-8"))


@cache
def staged(name: str) -> Staging:
    return stage_screenplay(example(name))


@cache
def performed(name: str) -> tuple[Staging, Cast, Narration]:
    staging = staged(name)
    cast = cast_voices(staging)
    return staging, cast, perform_screenplay(staging, cast)
