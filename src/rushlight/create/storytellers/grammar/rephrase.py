"""Other words by rule: what a sentence states stays."""

from __future__ import annotations

import re
from random import Random

from rushlight.create.tone import MARKERS, variants

__all__ = ["rephrase"]

_SPARE = re.compile(
    r"\b(?:very|really|just|quite|rather|actually|simply|somehow|perhaps|maybe|a little|a bit|of course|already)\s+",
    re.IGNORECASE,
)


def rephrase(text: str, wish: str, random: Random) -> str:
    """A text in other words.

    A wish is looked through for `short`, `calm`, `excited` or `loud`, `hesitant` or `unsure`, `formal` and `casual`;
    any other wish gives one of the wordings that state the same.
    """
    wanted = wish.lower()
    choices = [choice for choice in variants(text, ("well", "look")) if choice != text]
    tests = {
        "short": lambda choice: len(choice),
        "calm": lambda choice: choice.count("!") * 10 + len(choice) * 0.01,
        "excited": lambda choice: -choice.count("!"),
        "loud": lambda choice: -choice.count("!"),
        "hesita": lambda choice: -choice.count("…"),
        "unsure": lambda choice: -choice.count("…"),
        "formal": lambda choice: choice.count("'") + 5 * _opens_idly(choice),
        "casual": lambda choice: -choice.count("'"),
    }
    if "short" in wanted:
        lean = _SPARE.sub("", text)
        choices.append(lean[:1].upper() + lean[1:])
    for word, test in tests.items():
        if word in wanted and choices:
            return min([*choices, text], key=test)
    return random.choice(choices) if choices else text


def _opens_idly(text: str) -> bool:
    return text.split(",")[0].strip().lower() in MARKERS
