"""How characters look in panels: hair, clothes and build, the same in every shot and unlike one another."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from rushlight.artifacts import Staging
from rushlight.create.staging.auditions import hints_for

__all__ = ["NAME_INKS", "inks_of", "looks_of"]

NAME_INKS = ("#ffb454", "#5cc8ff", "#7ee0a1", "#ff8f8f", "#d3a6ff", "#ffe08a", "#8ff0e6", "#ffb0d6")
"""Colours of speakers' names in captions, in the order of the cast."""
# Coats go with the inks of the names, darker, so that a person is known by one colour in picture and captions.
_COATS = ("#c8842c", "#3a7fb0", "#4d8f68", "#b04a48", "#7d5aa6", "#b39a3c", "#3d8f8a", "#a8577f")
_SKINS = ("#e8b896", "#c98f68", "#8a5a3c", "#f0c9a8", "#a87250")
_HAIRS = ("#2b2026", "#6b4226", "#c9a15a", "#8c8f98", "#3d2a22", "#a3512f")
_WOMAN, _MAN = ("bob", "long", "bun", "ponytail"), ("short", "cap", "curly", "bald", "hat")
_WORN = {"red": "#b8393a", "blue": "#35619c", "green": "#3f7a52", "yellow": "#c9a53a", "black": "#2b2d38",
         "white": "#d9d6cd", "grey": "#767c88", "gray": "#767c88", "brown": "#7a5638", "orange": "#cf7632",
         "purple": "#6d4b94", "pink": "#c77696"}  # fmt: skip


def looks_of(staging: Staging, seed: int = 0) -> dict[str, dict[str, Any]]:
    """A look for every character who is seen or speaks.

    What the words tell is kept to (`in a long red coat`, `old`, a hat); the rest is dealt out so that neighbours
    differ.
    """
    names = [name for scene in staging.scenes for name in scene.present]
    names += [line.speaker for shot in staging.shots for line in shot.lines if line.speaker != "narrator"]
    text = " ".join(shot.action for shot in staging.shots)
    rng = np.random.default_rng(seed)
    turn = int(rng.integers(len(_SKINS))) if seed else 0
    counts = {"woman": 0, "man": 0}
    looks: dict[str, dict[str, Any]] = {}
    for number, name in enumerate(dict.fromkeys(names)):
        sex, age, _ = hints_for(name, text)
        sex = sex or ("woman" if number % 2 else "man")
        styles = _WOMAN if sex == "woman" else _MAN
        hair = styles[(counts[sex] + turn) % len(styles)]
        counts[sex] += 1
        about = " ".join(re.findall(rf"\b{re.escape(name)}\b[^.!?]{{0,60}}", text))
        worn = re.search(
            rf"\b({'|'.join(_WORN)})\b(?: \w+)? (?:coat|jacket|dress|shirt|sweater|suit|scarf|uniform)", about
        )
        looks[name] = {
            "sex": sex,
            "hair": "hat" if re.search(r"\bhat\b", about) else "cap" if re.search(r"\bcap\b", about) else hair,
            "hair_colour": "#b9bcc4" if age == "old" else _HAIRS[(number * 2 + turn) % len(_HAIRS)],
            "skin": _SKINS[(number * 3 + turn) % len(_SKINS)],
            "coat": _WORN[worn[1]] if worn else _COATS[number % len(_COATS)],
            "height": 0.72 if age == "child" else (0.94 if sex == "woman" else 1.0) - (0.02 if age == "old" else 0.0),
            "beard": sex == "man" and (age == "old" or number % 3 == 2),
            "long_coat": bool(re.search(r"long [\w ]*coat|dress|robe", about)),
        }
    return looks


def inks_of(staging: Staging) -> dict[str, str]:
    """The colour of every speaker's name in captions."""
    names = [name for scene in staging.scenes for name in scene.present]
    names += [line.speaker for shot in staging.shots for line in shot.lines]
    kept = [name for name in dict.fromkeys(names) if name != "narrator"]
    return {name: NAME_INKS[number % len(NAME_INKS)] for number, name in enumerate(kept)}
