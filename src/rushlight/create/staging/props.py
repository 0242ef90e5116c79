"""Which things that panels can draw a text names, and what people do in it."""

from __future__ import annotations

import re

from rushlight.artifacts.staging import Movement, Pose

__all__ = ["movement_in", "pose_in", "props_in"]

_PROPS = (
    ("car", r"cars?|taxi|truck|van|jeep|headlights|limousine"),
    ("door", r"doors?|doorway|knock\w*|entrance"),
    ("table", r"tables?|desk|counter|bar\b"),
    ("chair", r"chairs?|stool|bench|sofa|couch"),
    ("phone", r"phone|telephone|cell|mobile|receiver"),
    ("bed", r"bed|mattress|bunk"),
    ("tree", r"trees?|forest|woods|park|garden|oak"),
    ("window", r"windows?|pane"),
    ("lamp", r"lamps?|candle|lantern"),
    ("clock", r"clock"),
    ("suitcase", r"suitcase|luggage|bag|briefcase|trunk"),
    ("letter", r"letter|envelope|paper|note|ticket|photograph|photo|map|document|card"),
    ("cup", r"cup|mug|tea|coffee|glass|beers?|bottle|drink|wine"),
    ("boat", r"ferry|boat|ship|sail\w*|yacht"),
    ("train", r"train|tram|carriage"),
    ("screen", r"computer|laptop|screen(?! door)|monitor|television|tv"),
    ("stamp", r"stamp"),
    ("book", r"book|diary|notebook"),
    ("key", r"keys?"),
    ("fire", r"fire|stove|hearth|flames?"),
)  # fmt: skip
_POSES: tuple[tuple[str, Pose], ...] = (
    (r"runs?|running|races?|sprints?|rushes|bolts|flees|chases|dashes", "running"),
    (r"sits?|sitting|seated|drives?|driving|at the (?:table|desk|wheel|counter)|sinks into", "sitting"),
    (
        r"walks?|walking|strolls?|steps|crosses|enters|paces|comes in|wanders|emerges|climbs|approaches|leaves",
        "walking",
    ),
    (r"points?|pointing|waves|raises|gestures|reaches|opens", "pointing"),
    (r"phone|dials|calls", "phoning"),
    (r"lies|lying|sleeps|asleep|collapses|dead", "lying"),
)
_MOVEMENTS: tuple[tuple[str, Movement], ...] = (
    (r"runs?|running|races?|racing|drives|speeds|sprints?|rushes|chases|walks?|strolls?|crosses|paces|passes",
     "track_right"),
    (r"looks up|rises|climbs|towers|sky|stands up", "tilt_up"),
    (r"falls|drops|sits|sinks|looks down|collapses", "tilt_down"),
    (r"emerges|enters|comes in|arrives|leaves|exits|moves|slides|drifts|sails", "pan_right"),
    (r"stares|realis|realiz|thinks|listens|freezes|reads|alone|slowly|looks at|watches", "push_in"),
    (r"explod|crash|fights?|shak|struggl|storm rages|panic", "handheld"),
)  # fmt: skip


def props_in(text: str) -> tuple[str, ...]:
    """Things a text names, in the order of their mention, by the names panels draw them under."""
    places = {}
    for name, pattern in _PROPS:
        if match := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            places[name] = match.start()
    return tuple(sorted(places, key=lambda name: places[name]))


def pose_in(text: str) -> Pose:
    """What a person does in a text; standing when nothing is said of it."""
    places = [(m.start(), pose) for pattern, pose in _POSES if (m := re.search(rf"\b(?:{pattern})\b", text, re.I))]
    return min(places)[1] if places else "standing"


def movement_in(text: str) -> tuple[Movement, str]:
    """How the camera goes with the verbs of a text, and the verb that says so; static when there is none."""
    for pattern, movement in _MOVEMENTS:
        if match := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return movement, match[0].lower()
    return "static", ""
