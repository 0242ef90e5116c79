"""The capability `match_tone`."""

from __future__ import annotations

from random import Random
from typing import Annotated

from pydantic import Field

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.artifacts.tone import Tone, ToneProfile
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.tone import match_speeches, profile_of, speeches_by_character, tone_distance

__all__ = ["match_tone"]


@capability(version=1, metrics=("distance_before", "distance_after"))
def match_tone(
    screenplay: Screenplay,
    tone: Tone,
    /,
    *,
    cast: Annotated[
        dict[str, str], Field(description="Which measured character each one should sound like: NAME=MODEL.")
    ] = {},  # noqa: B006
    seed: Annotated[int, Field(ge=0, description="Decides which lines are changed first.")] = 0,
) -> Screenplay:
    """Word the dialogue of a screenplay so that it sounds like another, saying what it said.

    Contractions, where sentences end and how, and words that say nothing are changed; what is stated is not, and
    vocabulary is left alone. Lines that are pinned (`[[pin]]` after them) and lines with notes stay as they are.
    Distances are means over characters, in units of how much people differ.

    Raises:
        InputError: `cast` names somebody who does not speak, or a model that was not measured.
    """
    speeches = speeches_by_character(screenplay)
    models = {profile.character: profile for profile in tone.profiles}
    chosen = _cast(list(speeches), models, {key.upper(): value.upper() for key, value in cast.items()}, tone)
    places = _dialogue_of(screenplay)
    elements = list(screenplay.elements)
    before, after = [], []
    for number, (name, profile) in enumerate(chosen.items()):
        current_run().progress(number / len(chosen), f"listening to {name}")
        mine = places.get(name, [])
        if not mine:
            continue
        before.append(tone_distance(profile_of(name, speeches[name]), profile))
        worded = match_speeches([elements[place].text for place in mine], profile, Random(seed))  # noqa: S311
        for place, text in zip(mine, worded, strict=True):
            elements[place] = elements[place].model_copy(update={"text": text})
        changed = speeches_by_character(screenplay.model_copy(update={"elements": tuple(elements)}))[name]
        after.append(tone_distance(profile_of(name, changed), profile))
    current_run().figure("distance_before", sum(before) / len(before) if before else 0.0)
    current_run().figure("distance_after", sum(after) / len(after) if after else 0.0)
    return screenplay.model_copy(update={"elements": tuple(elements)})


def _cast(
    names: list[str], models: dict[str, ToneProfile], wishes: dict[str, str], tone: Tone
) -> dict[str, ToneProfile]:
    """Whom everybody sounds like: as asked, else the one of the same name, else in order of how much is said."""
    for name, model in wishes.items():
        if name not in names:
            raise InputError(f"{name} does not speak in this screenplay.", hint=f"There are {', '.join(names)}.")
        if model not in models:
            raise InputError(f"{model} was not measured.", hint=f"There are {', '.join(models) or 'none'}.")
    spare = [models[name] for name in models if name not in names and name not in wishes.values()] or list(
        models.values()
    )
    found = {}
    for number, name in enumerate(names):
        wished = wishes.get(name, name)
        found[name] = models.get(wished) or (spare[number % len(spare)] if spare else tone.overall)
    return found


def _dialogue_of(screenplay: Screenplay) -> dict[str, list[int]]:
    """Where each character's dialogue stands, without what must stay as it is."""
    found: dict[str, list[int]] = {}
    elements = screenplay.elements
    for scene in screenplay.scenes():
        for speech in scene.speeches():
            for offset, part in enumerate(speech.parts):
                place = speech.first + 1 + offset
                following = elements[place + 1] if place + 1 < len(elements) else None
                if part.kind == "dialogue" and "[[" not in part.text and not _pins(following) and "\n" not in part.text:
                    found.setdefault(speech.character, []).append(place)
    return found


def _pins(element: Element | None) -> bool:
    return element is not None and element.kind == "note" and element.text.strip("[] ").lower() == "pin"
