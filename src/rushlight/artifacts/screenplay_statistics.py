"""Figures about a screenplay: how long, who speaks how much, who meets whom."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["CharacterStatistics", "Meeting", "SceneStatistics", "ScreenplayStatistics"]


class SceneStatistics(BaseModel):
    """Figures about one scene."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    """From 1; 0 for what stands before the first heading."""
    number: str
    title: str
    setting: Literal["INT", "EXT", "INT/EXT", ""]
    place: str
    light: Literal["day", "night", "twilight", ""]
    """Time of day, taken from the scene before where the heading says `CONTINUOUS`; empty when none is known."""
    eighths: int
    """Length in eighths of a page, at least 1."""
    words: int
    """Of action and dialogue."""
    speeches: int
    characters: tuple[str, ...]
    """Who is seen: who speaks there, other than as a voice-over, or is named in the action."""


class CharacterStatistics(BaseModel):
    """Figures about one speaking character."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    speeches: int
    words: int
    dialogue_share: float
    """Of all spoken words, 0 to 1."""
    scenes: int
    """In how many scenes the character is seen or heard."""


class Meeting(BaseModel):
    """Two characters that are seen in the same scenes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    second: str
    scenes: int


class ScreenplayStatistics(Artifact):
    """Figures about a screenplay."""

    title: str
    pages: float
    """In the standard layout on US Letter, the last page in part; one page is about one minute."""
    minutes: float
    """By the speed of speech, and action at a page a minute."""
    words: int
    """Of action and dialogue."""
    dialogue_words: int
    speeches: int
    settings: dict[str, int]
    """Scenes by setting: `INT`, `EXT`, `INT/EXT`, and `` for none."""
    lights: dict[str, int]
    """Scenes by time of day: `day`, `night`, `twilight`, and `` for none."""
    scenes: tuple[SceneStatistics, ...]
    characters: tuple[CharacterStatistics, ...]
    """By words spoken, most first."""
    meetings: tuple[Meeting, ...]
    """By scenes together, most first."""

    @property
    def dialogue_share(self) -> float:
        """Of all words, 0 to 1."""
        return self.dialogue_words / self.words if self.words else 0.0

    def as_text(self) -> str:
        """The figures as tables for people."""
        named = {"INT": "inside", "EXT": "outside", "INT/EXT": "both", "": "unsaid"}
        parts = [
            f"{self.title or 'Untitled'}: {self.pages:.1f} pages, {self.minutes:.1f} minutes by the speed of speech",
            f"{len([s for s in self.scenes if s.index])} scenes ("
            + ", ".join(f"{count} {named[setting]}" for setting, count in self.settings.items())
            + "; "
            + ", ".join(f"{count} {light or 'unsaid'}" for light, count in self.lights.items())
            + ")",
            f"{self.words} words, {self.dialogue_share:.0%} spoken in {self.speeches} speeches",
            "",
            f"{'character':<24}{'speeches':>9}{'words':>8}{'share':>7}{'scenes':>8}",
        ]
        parts += [
            f"{one.name[:23]:<24}{one.speeches:>9}{one.words:>8}{one.dialogue_share:>7.0%}{one.scenes:>8}"
            f"  {'█' * round(one.dialogue_share * 30)}"
            for one in self.characters
        ]
        parts += ["", f"{'scene':<7}{'eighths':>8}{'speeches':>9}  {'heading':<40} seen"]
        parts += [
            f"{scene.number or '-':<7}{scene.eighths:>8}{scene.speeches:>9}  {scene.title[:39]:<40} "
            f"{', '.join(scene.characters)}"
            for scene in self.scenes
        ]
        if self.meetings:
            parts += ["", "in the same scenes"]
            parts += [f"{one.scenes:>4}  {one.first} and {one.second}" for one in self.meetings[:30]]
        return "\n".join(parts)
