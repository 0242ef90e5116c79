"""Which sound effects there are, how loud each belongs under speech, and which words ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError
from rushlight.timeline.effects import machines, nature, people, weather

__all__ = ["LIBRARY", "Sound", "make_sound", "sounds_in"]


@dataclass(frozen=True)
class Sound:
    """One effect.

    Attributes:
        make: the synthesiser: a random generator and seconds give stereo, float32, shape (n, 2), at 48 kHz.
        kind: a `bed` can go on for as long as a scene; a `spot` is one event.
        words: a pattern of words that ask for it; empty when no word does.
        level_db: its loudness against that of speech.
        seconds: how long a spot sounds when nothing else decides.
    """

    make: Callable[[np.random.Generator, float], NDArray[np.float32]]
    kind: Literal["bed", "spot", "transition"]
    words: str = ""
    level_db: float = -8.0
    seconds: float = 2.0


LIBRARY: dict[str, Sound] = {
    "rain": Sound(weather.rain, "bed", r"rain\w*|downpour|drizzl\w*", -15),
    "rain_on_window": Sound(weather.rain_on_window, "bed", "", -19),
    "wind": Sound(weather.wind, "bed", r"winds?|windy|gusts?|gale|storm|howl\w*", -16),
    "snow": Sound(weather.snow_wind, "bed", r"snow\w*|blizzard", -20),
    "sea": Sound(weather.sea, "bed", r"sea|waves?|ocean|surf|shore|beach|harbou?r|quay", -17),
    "fire": Sound(weather.fire, "bed", r"fire|stove|hearth|flames?|campfire", -21),
    "crowd": Sound(people.crowd, "bed", r"crowds?|people talk\w*|murmur\w*|party|audience|guests|market|busy", -17),
    "engine": Sound(machines.engine, "bed", r"engines?|motor|idling|ferry|generator", -18),
    "train": Sound(machines.train, "bed", r"train|carriage|rails?|subway", -17),
    "clock": Sound(machines.clock, "bed", r"clock|ticks?|ticking", -17),
    "wipers": Sound(machines.wipers, "bed", r"wipers?", -19),
    "birds": Sound(nature.birds, "bed", r"birds?|birdsong|sparrows?|dawn chorus", -19),
    "gulls": Sound(nature.gulls, "bed", r"gulls?|seagulls?", -19),
    "crickets": Sound(nature.crickets, "bed", r"crickets?|cicadas?", -22),
    "siren": Sound(machines.siren, "bed", r"sirens?|alarm|ambulance", -16),
    "city": Sound(nature.city, "bed", r"traffic|city|street|avenue|downtown", -19),
    "car_inside": Sound(nature.car_inside, "bed", "", -15),
    "room": Sound(nature.room, "bed", "", -30),
    "outdoors": Sound(nature.outdoors, "bed", "", -26),
    "thunder": Sound(weather.thunder, "spot", r"thunder\w*|lightning", -5, 4.5),
    "water": Sound(weather.water, "spot", r"pours?|pouring|splash\w*|drips?|tap runs|drinks?|fountain", -11, 1.8),
    "applause": Sound(people.applause, "spot", r"applau\w*|clap\w*", -8, 3.5),
    "footsteps": Sound(people.footsteps, "spot", r"walks?|walking|footsteps?|steps|paces|strolls?|crosses", -13, 3.0),
    "running_steps": Sound(people.running_steps, "spot", r"runs?|running|sprints?|rushes|chases", -11, 3.0),
    "knock": Sound(people.knock, "spot", r"knock\w*", -6, 1.1),
    "door_close": Sound(
        people.door_close,
        "spot",
        r"door (?:slams|shuts|closes|bangs)|(?:slams|shuts|closes) (?:the|a|his|her) door|slams",
        -7,
        0.9,
    ),
    "door_open": Sound(
        people.door_open,
        "spot",
        r"(?:\w+ )?doors? (?:\w+ )?opens?|opens? (?:the|a|his|her) (?:\w+ )?door|door slides|enters|comes in",
        -10,
        1.4,
    ),
    "stamp": Sound(people.stamp, "spot", r"stamp|puts? (?:it|the \w+) down|drops|falls|hits", -9, 0.5),
    "car_pass": Sound(
        machines.car_pass,
        "spot",
        r"cars? (?:\w+ )?(?:races|passes|drives|speeds|goes)|drives (?:off|past|away)"
        r"|taxi|truck",
        -8,
        4.0,
    ),
    "brakes": Sound(machines.brakes, "spot", r"brakes?|screech\w*|skids?|stops hard|pulls up", -8, 1.4),
    "phone": Sound(machines.phone, "spot", r"phone rings|(?:tele)?phone (?:is )?ringing|rings", -8, 2.6),
    "gunshot": Sound(
        machines.gunshot,
        "spot",
        r"gunshots?|shots?(?= (?:ring|fired|is fired))|fires (?:a|his|her|the) \w+|bang",
        -3,
        1.5,
    ),
    "glass_break": Sound(
        machines.glass_break, "spot", r"shatters?|(?:glass|window|bottle) breaks|smash(?:es|ed)?", -6, 1.6
    ),
    "glass_clink": Sound(
        machines.glass_clink,
        "spot",
        r"clinks?|toast|(?:raise|lift)s? (?:a|the|their|his|her) glass\w*|cheers",
        -12,
        0.9,
    ),
    "horn": Sound(machines.horn, "spot", r"horn|foghorn|honks?", -8, 3.2),
    "keys": Sound(machines.keys, "spot", r"keys", -13, 0.8),
    "typing": Sound(machines.typing, "spot", r"typ(?:es|ing)|keyboard", -14, 2.5),
    "dog": Sound(nature.dog, "spot", r"dogs?|barks?", -11, 1.2),
    "whoosh": Sound(nature.whoosh, "transition", r"smash cut|whip pan|whoosh", -9, 1.1),
}
"""Every effect by name."""

_RATE = 48_000


def make_sound(name: str, seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Make an effect.

    Args:
        name: one of `LIBRARY`.
        seconds: how long a bed goes on; spots take their own time.
        seed: another seed, another take.

    Returns:
        Stereo at 48 kHz, float32, shape (n, 2), its peak under 1.

    Raises:
        InputError: no effect has this name.
    """
    if name not in LIBRARY:
        raise InputError(f"There is no sound {name!r}.", hint=f"Sounds: {', '.join(LIBRARY)}.")
    rng = np.random.default_rng([seed, *name.encode()])
    return LIBRARY[name].make(rng, max(seconds, 0.2))


def sounds_in(text: str) -> list[tuple[float, str, str]]:
    """Effects that a text asks for: where in it (0 to 1), which, and the words that say so, in order."""
    found = []
    for name, sound in LIBRARY.items():
        if sound.words and (match := re.search(rf"\b(?:{sound.words})\b", text, re.IGNORECASE)):
            found.append((match.start() / max(len(text), 1), name, match[0]))
    names = {name for _, name, _ in found}
    # The nearer word wins: who runs does not also walk, and an opened door is not a shut one.
    dropped = {"footsteps"} if "running_steps" in names else set()
    dropped |= {"engine"} if "car_pass" in names else set()
    return sorted(item for item in found if item[1] not in dropped)
