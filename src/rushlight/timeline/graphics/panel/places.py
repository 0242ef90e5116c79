"""Places in panels: rooms in one-point perspective, and landscapes under a sky."""

from __future__ import annotations

import re

import numpy as np

from rushlight.timeline.graphics.panel.ink import Ink
from rushlight.timeline.graphics.panel.landscapes import HORIZON, LANDS, draw_sky
from rushlight.timeline.graphics.panel.light import Light
from rushlight.timeline.graphics.panel.rooms import FLOOR, ROOMS

__all__ = ["FLOOR", "HORIZON", "draw_place", "kind_of"]

_OUTSIDE = (
    ("sea", r"harbou?r|sea|coast|beach|quay|pier|dock|ship|boat|deck|ocean|shore|lake|river|island|pool|ferry|cliff"),
    ("street", r"street|road|city|town|alley|avenue|square|market|downtown|corner|rooftop|skyline|parking|highway"),
    ("wood", r"forest|wood|jungle|trees|park|garden|orchard"),
    ("mountain", r"mountain|peak|ridge|valley|canyon|snowfield|glacier"),
    ("desert", r"desert|dune|wasteland|mars"),
    ("house", r"house|home|patio|porch|yard|farm|cottage|villa|cabin|trailer|driveway|hut|church|castle|school"),
)  # fmt: skip
_INSIDE = (
    ("car", r"\bcar\b|taxi|cab\b|truck|van\b|cockpit|bus\b"),
    ("kitchen", r"kitchen|galley"),
    ("bar", r"\bbar\b|caf[eé]|restaurant|diner|pub|saloon|coffee|club"),
    ("bedroom", r"bedroom|hotel|motel|hospital|ward|dormitory|bunk"),
    ("corridor", r"corridor|hall|stair|lobby|tunnel|lift|elevator"),
    ("office", r"office|station|desk|library|studio|class|school|court|bank|hut|shop|newsroom|laborator|control"),
)  # fmt: skip


def kind_of(setting: str, place: str) -> str:
    """Which set a heading asks for; `hills` or `room` when it names none that is known."""
    for kind, pattern in _OUTSIDE if not setting.startswith("INT") else _INSIDE:
        if re.search(pattern, place, re.IGNORECASE):
            return kind
    return "room" if setting.startswith("INT") else "hills"


def draw_place(ink: Ink, setting: str, place: str, time: str, weather: str, light: Light, seed: int) -> None:
    """Draw a set, filling the picture and some room around it."""
    rng = np.random.default_rng(seed)
    kind = kind_of(setting, place)
    if setting.startswith("INT"):
        ROOMS[kind](ink, light, rng)
    else:
        draw_sky(ink, time, weather, light, rng)
        LANDS[kind](ink, light, rng)
        if weather == "fog":
            for n in range(5):
                ink.ellipse(ink.aspect * rng.random(), 0.50 + 0.05 * n, 0.9, 0.06, "#dfe5ea", 60)
