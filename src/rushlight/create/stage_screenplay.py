"""The capability `stage_screenplay`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from rushlight.artifacts import Screenplay
from rushlight.artifacts.staging import Shot, StagedScene, Staging
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.staging.moments import ActionMoment, Moment, SpeechMoment, moments_of
from rushlight.create.staging.scenes import stage_scene
from rushlight.create.staging.shots import Blocking, shots_of_action, shots_of_speech

__all__ = ["stage_screenplay"]

_MOST_ELEMENTS = 20_000


@capability(version=1, metrics=("scenes", "shots", "lines"))
def stage_screenplay(
    screenplay: Screenplay,
    /,
    *,
    actions: Annotated[
        Literal["shown", "read"], Field(description="Whether action is shown with a caption, or read by the narrator.")
    ] = "shown",
    most_seconds: Annotated[float, Field(ge=2, le=30, description="Longest time one action shot is held.")] = 7.0,
) -> Staging:
    """Break a screenplay down into scenes and shots by rule, as a first storyboard does.

    A new place opens wide. An exchange begins in a two-shot, goes over the shoulders, and comes closer as it goes on;
    strong feeling takes a close-up. Things in capitals get an insert. Verbs of motion let the camera follow. Every
    shot says why it is framed so. Parentheticals become pauses, whispering, shouting, pace and expressions; lines of
    dual dialogue begin together.

    Returns:
        A `Staging`: shots without gaps on a clock whose only unknown is how long each line takes to say.

    Raises:
        InputError: the screenplay has nothing to see or hear, or more than 20,000 elements.
    """
    if len(screenplay.elements) > _MOST_ELEMENTS:
        raise InputError(
            f"This screenplay has {len(screenplay.elements)} paragraphs.", hint="Make the film of it in parts."
        )
    scenes: list[StagedScene] = []
    shots: list[Shot] = []
    names = tuple(name for name in screenplay.characters() if name)
    known_names: set[str] = set()
    places: set[str] = set()
    enter: Literal["cut", "dissolve", "fade"] = "fade"
    for scene in screenplay.scenes():
        moments = moments_of(scene, names, actions)
        if not moments:
            continue
        staged = stage_scene(scene, moments, scenes[-1] if scenes else None, len(scenes))
        blocking = Blocking(staged, fresh=staged.place.upper() not in places, known=known_names)
        found = _shots(moments, blocking, most_seconds)
        places.add(staged.place.upper())
        known_names.update(staged.present)
        for number, shot in enumerate(found):
            label = f"{staged.number}{_letters(number)}"
            shots.append(
                shot.model_copy(
                    update={
                        "id": f"s{staged.index + 1:02d}-{number + 1:02d}",
                        "label": label,
                        "enter": enter if number == 0 else "cut",
                    }
                )
            )
        enter = _leaving(moments)
        scenes.append(staged)
    if not shots:
        raise InputError(
            "The screenplay has nothing to see or hear.", where=screenplay.title, hint="Write a scene with action."
        )
    run = current_run()
    for name, value in (("scenes", len(scenes)), ("shots", len(shots)), ("lines", sum(len(s.lines) for s in shots))):
        run.figure(name, value)
    return Staging(
        title=screenplay.title or "Untitled",
        byline=_byline(screenplay),
        language=screenplay.language,
        scenes=tuple(scenes),
        shots=tuple(shots),
        title_seconds=Fraction(7, 2),
    )


def _shots(moments: list[Moment], blocking: Blocking, most_seconds: float) -> list[Shot]:
    found: list[Shot] = []
    place = 0
    while place < len(moments):
        moment = moments[place]
        if isinstance(moment, ActionMoment):
            found += shots_of_action(moment, blocking, most_seconds, first=not found)
            place += 1
        elif isinstance(moment, SpeechMoment):
            pair = moments[place + 1] if place + 1 < len(moments) else None
            partner = pair if isinstance(pair, SpeechMoment) and pair.dual else None
            following = moments[place + (2 if partner else 1) :]
            if not found:
                found.append(blocking.opening())
            found += shots_of_speech(moment, partner, blocking, following[0] if following else None)
            place += 2 if partner else 1
        else:
            place += 1
    return found


def _leaving(moments: list[Moment]) -> Literal["cut", "dissolve", "fade"]:
    """How the scene after these moments is entered."""
    said = next((moment.text.upper() for moment in reversed(moments) if moment.kind == "transition"), "")
    return "dissolve" if "DISSOLVE" in said else "fade" if "FADE" in said else "cut"


def _letters(number: int) -> str:
    """A, B, … Z, AA, AB, …: how shots of a scene are slated."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _byline(screenplay: Screenplay) -> str:
    for entry in screenplay.title_page:
        if entry.key.strip().lower() in ("author", "authors"):
            return ", ".join(line.strip() for line in entry.lines if line.strip())
    return ""
