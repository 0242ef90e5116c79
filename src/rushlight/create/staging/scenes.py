"""Where and when a scene plays, who is there, and how it feels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from rushlight.artifacts import Scene
from rushlight.artifacts.staging import StagedScene
from rushlight.create.prose.mood import mood_of
from rushlight.create.staging.moments import ActionMoment, Moment, SpeechMoment

__all__ = ["stage_scene"]

_TIMES: tuple[tuple[str, Literal["day", "night", "dawn", "dusk"]], ...] = (
    (r"night|midnight|\b(?:2[1-3]|0?[0-4]):\d\d", "night"),
    (r"dusk|sunset|evening|magic hour|twilight|sundown", "dusk"),
    (r"dawn|sunrise|daybreak|early morning", "dawn"),
    (r"day|morning|noon|afternoon", "day"),
)
_WEATHERS: tuple[tuple[str, Literal["rain", "storm", "snow", "fog", "wind"]], ...] = (
    (r"thunder|lightning|storm|tempest|gale", "storm"),
    (r"rain|downpour|drizzl|wet to the bone", "rain"),
    (r"snow|blizzard|sleet", "snow"),
    (r"fog|mist\b|misty|haze", "fog"),
    (r"\bwinds?\b|windy|gust|breez", "wind"),
)
# How an hour of the day changes a mood: valence, arousal.
_HOURS = {"day": (0.05, 0.02), "night": (-0.12, 0.05), "dawn": (0.12, -0.05), "dusk": (-0.04, -0.08)}
_SKIES = {"storm": (-0.15, 0.25), "rain": (-0.1, 0.05), "snow": (0.0, -0.1), "fog": (-0.1, -0.05)}
_FACES = {
    "angry": (-0.5, 0.8), "sad": (-0.6, 0.2), "afraid": (-0.6, 0.7), "surprised": (0.0, 0.7), "glad": (0.6, 0.5),
    "tender": (0.4, 0.15), "thoughtful": (-0.05, 0.15),
}  # fmt: skip
_CARRIED_ON = re.compile(r"continuous|later|same|moments", re.IGNORECASE)


def stage_scene(scene: Scene, moments: Sequence[Moment], before: StagedScene | None, index: int) -> StagedScene:
    """Describe a scene; what its heading leaves open goes on as in the scene before."""
    text = " ".join(moment.text for moment in moments if isinstance(moment, ActionMoment))
    written = scene.heading.time_of_day
    time = next((name for pattern, name in _TIMES if re.search(pattern, written, re.IGNORECASE)), None)
    if time is None and before is not None and (not written or _CARRIED_ON.search(written)):
        time = before.time_of_day
    weather = next((name for pattern, name in _WEATHERS if re.search(pattern, text, re.IGNORECASE)), None)
    if weather is None and before is not None and before.time_of_day == time and before.weather in ("rain", "storm"):
        weather = before.weather
    valence, arousal = _mood(moments, text, time or "day", weather or "clear")
    people = [name for moment in moments for name in _people(moment)]
    return StagedScene(
        index=index,
        number=scene.number or str(index + 1),
        title=" ".join(re.sub(r"\[\[.*?\]\]|[*_\\]", "", scene.title).split()),
        setting=scene.heading.setting,
        place=scene.heading.place,
        time_of_day=time or "day",
        time_written=written,
        weather=weather or "clear",
        present=tuple(name for name in dict.fromkeys(people) if name != "narrator"),
        valence=valence,
        arousal=arousal,
    )


def _people(moment: Moment) -> tuple[str, ...]:
    if isinstance(moment, ActionMoment):
        return moment.people
    if isinstance(moment, SpeechMoment) and moment.lines[0].heard == "on screen":
        return (moment.speaker,)
    return ()


def _mood(moments: Sequence[Moment], text: str, time: str, weather: str) -> tuple[float, float]:
    spoken = " ".join(moment.text for moment in moments if isinstance(moment, SpeechMoment))
    valence, arousal = mood_of(f"{text} {spoken}")
    faces = [_FACES[m.expression] for m in moments if isinstance(m, SpeechMoment) and m.expression in _FACES]
    if faces:
        share = min(len(faces) / 4, 0.6)
        valence = valence * (1 - share) + sum(face[0] for face in faces) / len(faces) * share
        arousal = arousal * (1 - share) + sum(face[1] for face in faces) / len(faces) * share
    for change in (_HOURS[time], _SKIES.get(weather, (0.0, 0.0))):
        valence, arousal = valence + change[0], arousal + change[1]
    return round(max(-1.0, min(valence, 1.0)), 3), round(max(0.0, min(arousal, 1.0)), 3)
