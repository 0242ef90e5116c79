"""The capability `draw_storyboard`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from rushlight.artifacts import Narration, Panel, Shot, StagedScene, Staging, Storyboard
from rushlight.artifacts.staging import FRAMINGS
from rushlight.core.capability import capability
from rushlight.create.staging.looks import looks_of
from rushlight.create.staging.times import shot_times

__all__ = ["draw_storyboard"]


@capability(version=1)
def draw_storyboard(
    staging: Staging,
    narration: Narration,
    /,
    *,
    disclosure: Annotated[str, Field(description="What the closing card says of how the film was made.")] = "",
    labels: Annotated[bool, Field(description="Show the slate (shot, framing, lens, movement) in a corner.")] = True,
    seed: Annotated[int, Field(ge=0, description="Of the characters' looks.")] = 0,
) -> Storyboard:
    """Describe a drawn panel for every shot: place, light, weather, people, things and the camera.

    The panels are drawn by `rushlight.timeline.graphics` when the film is rendered. A character looks the same in
    every panel.

    Returns:
        A `Storyboard` from zero to the film's end: the title, a panel for each shot, and a closing card.
    """
    looks = looks_of(staging, seed)
    times = shot_times(staging, narration)
    scenes = {scene.index: scene for scene in staging.scenes}
    panels = [
        Panel(
            beat_id="title", start=Fraction(0), end=staging.title_seconds, form="graphic",
            graphic={"kind": "title", "title": staging.title, "subtitle": staging.byline and f"by {staging.byline}",
                     "variant": 0}, reason="the title page",
        )
    ]  # fmt: skip
    spoken = {shot.id: [line for line in narration.lines if line.beat_id == shot.id] for shot in staging.shots}
    for shot, when in zip(staging.shots, times, strict=True):
        graphic = _graphic(shot, scenes[shot.scene], looks, labels)
        graphic["speech"] = [
            {"name": line.speaker, "from": _seconds(word.start - when.start), "to": _seconds(word.end - when.start)}
            for line in spoken[shot.id]
            for word in line.words
        ]
        panels.append(
            Panel(
                beat_id=shot.id, start=when.start, end=when.end, form="graphic", graphic=graphic, move=shot.movement,
                enter=shot.enter, reason=f"{FRAMINGS[shot.framing]} {shot.lens_mm} mm: {shot.reason}",
            )
        )  # fmt: skip
    # A panel of no length is not seen; what a person asked to be shorter than a frame still has its place.
    card = {"kind": "end_card", "title": staging.title, "credits": [staging.byline] if staging.byline else [],
            "sources": [], "disclosure": disclosure, "variant": 1}  # fmt: skip
    panels.append(
        Panel(
            beat_id="close", start=times[-1].end, end=narration.duration, form="graphic", graphic=card, enter="fade",
            reason="the closing card",
        )
    )  # fmt: skip
    return Storyboard(panels=tuple(panel for panel in panels if panel.end > panel.start), duration=narration.duration)


def _seconds(value: Fraction) -> float:
    return round(float(value), 3)


def _graphic(shot: Shot, scene: StagedScene, looks: dict[str, dict[str, Any]], labels: bool) -> dict[str, Any]:
    return {
        "kind": "panel",
        "setting": scene.setting or "EXT",
        "place": scene.place,
        "time": scene.time_of_day,
        "weather": scene.weather,
        "framing": shot.framing,
        "movement": shot.movement,
        "lens_mm": shot.lens_mm,
        "figures": [{**figure.model_dump(mode="json"), "look": looks.get(figure.name, {})} for figure in shot.figures],
        "subject": shot.subject,
        "props": list(shot.props),
        "label": f"{shot.label}  ·  {FRAMINGS[shot.framing]}  ·  {shot.lens_mm} mm"
        + (f"  ·  {shot.movement.replace('_', ' ')}" if shot.movement != "static" else "")
        if labels
        else "",
        "scene": scene.index,
        "variant": scene.index,
    }
