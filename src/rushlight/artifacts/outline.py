"""A story before it is a screenplay: premise, logline, characters, turns, scenes. Every level can be edited alone."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact

__all__ = ["Idea", "Ideas", "Outline", "PlotBeat", "Role", "ScenePlan"]

Author = Literal["writer", "person"]


class Role(BaseModel):
    """A character of the story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    part: str = ""
    """What the character is in the story: `protagonist`, `antagonist`, `ally`, `mentor`, …"""
    background: str = ""
    want: str = ""
    """What the character is after."""
    need: str = ""
    """What the character lacks without knowing it."""
    voice: str = ""
    """How the character speaks, such as `clipped, dry`."""
    author: Author = "writer"


class PlotBeat(BaseModel):
    """One turn of the story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Stable and unique in the outline, such as `b03`."""
    name: str
    """Its place in the structure, such as `catalyst`."""
    summary: str
    author: Author = "writer"


class ScenePlan(BaseModel):
    """One scene to be written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Stable and unique in the outline, such as `s03`."""
    beat_id: str
    heading: str
    """As a screenplay has it: `INT. KITCHEN - NIGHT`."""
    summary: str
    characters: tuple[str, ...] = ()
    turn: str = ""
    """What kind of turn the scene is, such as `reveal`, for storytellers that keep account of who knows what."""
    author: Author = "writer"


class Outline(Artifact):
    """A story in levels, from the logline down to the scenes. What a person wrote is marked and never replaced."""

    title: str
    premise: str
    logline: str
    logline_author: Author = "writer"
    genre: str = ""
    tone: str = ""
    structure: str = ""
    """Which story structure the beats follow, such as `three_act` or `kishotenketsu`."""
    language: str = "en"
    characters: tuple[Role, ...]
    beats: tuple[PlotBeat, ...]
    scenes: tuple[ScenePlan, ...]
    world: dict[str, str] = {}
    """What the story turns on, by name, such as `object`, `secret`, `stake`: a storyteller's own account."""
    writer: str
    """Which storyteller made it, such as `grammar`."""
    notes: tuple[str, ...] = ()
    """What the writer could not do, and what a reader should know, such as that it is formulaic."""


class Idea(BaseModel):
    """One variation of a premise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    logline: str
    characters: tuple[Role, ...] = ()
    turns: tuple[str, ...] = ()
    """What happens, a sentence each."""
    genre: str = ""
    tone: str = ""
    author: Author = "writer"


class Ideas(Artifact):
    """Variations of one premise, side by side, with how far apart they are."""

    premise: str
    ideas: tuple[Idea, ...]
    distances: tuple[tuple[float, ...], ...] = ()
    """Between every two ideas, 0 the same to 1 nothing in common; as many rows as ideas, in their order."""
    measure: str = ""
    """How distance was measured."""
    writer: str
    notes: tuple[str, ...] = ()
    kept: tuple[str, ...] = Field(default=())
    """Ids of the ideas a person keeps."""
