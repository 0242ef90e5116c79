"""A story before it is a screenplay: premise, logline, characters, turns, scenes. Every level can be edited alone."""

from __future__ import annotations

import textwrap
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

    def as_text(self) -> str:
        """The ideas one below the other, each with the one that is nearest to it."""
        parts = [f"Premise: {self.premise}"]
        for number, idea in enumerate(self.ideas):
            about = ", ".join(filter(None, (idea.genre, idea.tone, "kept" if idea.id in self.kept else "")))
            lines = [f"{idea.id}  {idea.title}" + (f"  ({about})" if about else "")]
            lines += textwrap.wrap(idea.logline, 96, initial_indent="    ", subsequent_indent="    ")
            lines += [f"    {role.name}: {role.want or role.background}" for role in idea.characters]
            for turn in idea.turns:
                lines += textwrap.wrap(turn, 96, initial_indent="    · ", subsequent_indent="      ")
            others = [
                (row, other.id)
                for row, other in zip(self.distances[number] if self.distances else (), self.ideas, strict=False)
                if other.id != idea.id
            ]
            if others:
                distance, nearest = min(others)
                lines.append(f"    nearest: {nearest}, {distance:.2f} apart")
            parts.append("\n".join(lines))
        return "\n\n".join([*parts, *self.notes])
