"""What a premise gives away without understanding it: who, what, where, and which world it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rushlight.create.storytellers.grammar.worlds import WORLDS, World

__all__ = ["Premise", "read_premise"]

# Words that end the description of a person: what follows says what they do.
_DOES = (
    r"who|whose|that|must|has|have|had|is|are|was|wants|finds|discovers|loses|learns|inherits|returns|meets|falls|tries|"
    r"decides|receives|hears|sees|hides|steals|builds|buys|sells|saves|searches|seeks|leaves|comes|goes|gets|makes|takes|"
    r"keeps|opens|closes|fights|dreams|believes|moves|works|lives|writes|dies|wakes|refuses|agrees|travels|teaches|and"
)
_WHO = re.compile(
    rf"\b(?:a|an|the|two|three)\s+((?:[\w’'-]+\s+){{0,3}}?[\w’'-]+)(?:,[^,.]*,)?\s+(?:{_DOES})\b", re.IGNORECASE
)
_GETS = re.compile(
    r"\b(?:finds?|discovers?|steals?|inherits?|loses?|receives?|hides?|seeks?|builds?|buys?|sells?|opens?|searches for|"
    r"looks for|keeps?|guards?|reads?)\s+((?:a|an|the|his|her|their|its|an old|some)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+)"
    r"(?=\s+(?:in|on|under|behind|from|of|that|which|and|to|inside|at|with|before|after|who)\b|[.,;!?]|$)",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:in|on|aboard|at|inside|under|of)\s+(?:the|a|an|her|his|their)\s+((?:[\w’'-]+\s+){0,2}?[\w’'-]+)"
    r"(?=\s+(?:in|on|of|that|which|and|to|when|while|before|after|who|where|with|has|is|finds|must)\b|[.,;!?]|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b([A-Z][a-zà-ÿ]+)\b")
_FIRST_NAME = re.compile(r"^([A-Z][a-zà-ÿ]+)(?=,|\s+(?:" + _DOES + r")\b)")


@dataclass(frozen=True)
class Premise:
    """What was found in a premise; empty where nothing was."""

    text: str
    hero: str = ""
    """A phrase without article: `retired detective`."""
    name: str = ""
    object: str = ""
    """With its article: `a letter`."""
    place: str = ""
    world: World | None = None


def read_premise(text: str) -> Premise:
    """Find who, what and where in a premise, by the words that stand around them."""
    text = " ".join(text.split())
    who, gets = _WHO.search(text), _GETS.search(text)
    where = [match[1] for match in _WHERE.finditer(text)]
    names = _FIRST_NAME.findall(text) or _NAME.findall(text)
    things = gets[1] if gets else ""
    return Premise(
        text=text,
        hero=who[1].lower() if who else "",
        name=names[0] if names else "",
        object=re.sub(r"^(?:his|her|their|its)\s", "the ", things, flags=re.IGNORECASE).lower() if things else "",
        place=next((place.lower() for place in reversed(where) if place.lower() not in things.lower()), ""),
        world=_world(text),
    )


def _world(text: str) -> World | None:
    words = {word.lower().removesuffix("s") for word in re.findall(r"[\w’'-]+", text)}
    words |= {word.lower() for word in re.findall(r"[\w’'-]+", text)}
    scored = [(len(words & world.words), -number) for number, world in enumerate(WORLDS)]
    best = max(scored)
    return WORLDS[-best[1]] if best[0] else None
