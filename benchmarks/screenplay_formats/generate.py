"""Seeded Fountain: ordinary scripts that use every kind of paragraph, and odd ones that try to confuse a reader."""

from __future__ import annotations

import random

__all__ = ["generate_script", "mutated"]

_NAMES = ["MARA", "JON", "OLD MAN JOE", "R2D2", "ÅSA", "ΝΙΚΟΣ", "МАША", "DR. O'NEIL-SMITH", "GUARD #2"]
_FORCED = ["@McCabe", "@ödön", "@王", "@la la", "@e.e."]
_PLACES = ["KITCHEN", "YARD", "TRAIN - MOVING", "WAREHOUSE", "CAFÉ «ЛУНА»", "MUSÉE D'ORSAY", "ROOM 12/B"]
_TIMES = ["DAY", "NIGHT", "CONTINUOUS", "DAWN", "1964", "LATER THAT SAME NIGHT"]
_SETTINGS = ["INT.", "EXT.", "INT./EXT.", "I/E.", "EST.", "int.", "INT", "EXT"]
_WORDS = (
    "the lamp smokes and nobody in house had seen it burn before rain falls on yard she waits then turns away a dog "
    "barks twice über naïve façade привет мир καλημέρα 日本語 — “quoted” it's 3,000 $5 a_b 2*3 x/y e.g. #tag @home"
).split()
_ODD = [
    "[[", "]]", "/*", "*/", "\n", "\n\n", "  \n", "\t", "   ", "INT. X - DAY", " ^", "(beat)", "~la", "> c <", "> T",
    "CUT TO:", "# a", "= b", "===", "!", "@mc", ".", "#1#", "Title: a", "é", "\\", "*", "_", "\r\n", "\r", "\x0c",
    "\u2028", "\u00a0", "**", "]", "[", "JOHN (v.o.)\nhi",
]  # fmt: skip


def _sentence(dice: random.Random, low: int = 3, high: int = 24) -> str:
    words = [dice.choice(_WORDS) for _ in range(dice.randint(low, high))]
    if dice.random() < 0.15:
        place = dice.randrange(len(words))
        mark = dice.choice(["*", "**", "***", "_", "_**"])
        words[place] = f"{mark}{words[place]}{mark[::-1]}"
    if dice.random() < 0.05:
        words.insert(
            dice.randrange(len(words)), dice.choice(["[[a note]]", "/* cut */", "\\*kept\\*", "[[two\nlines]]"])
        )
    text = " ".join(words)
    return text[:1].upper() + text[1:] + dice.choice([".", ".", "!", "?", " --"])


def _heading(dice: random.Random) -> str:
    number = f" #{dice.choice(['1', '12A', 'A-7', '3.2'])}#" if dice.random() < 0.3 else ""
    if dice.random() < 0.15:
        return f".{dice.choice(_PLACES)}{number}"
    return f"{dice.choice(_SETTINGS)} {dice.choice(_PLACES)} - {dice.choice(_TIMES)}{number}"


def _speech(dice: random.Random, dual: bool = False) -> str:
    forced = dice.random() < 0.15
    name = dice.choice(_FORCED if forced else _NAMES)
    if dice.random() < 0.25:
        name += dice.choice([" (V.O.)", " (O.S.)", " (CONT'D)", " (on the radio)", " (V.O.) (cont'd)"])
    lines = [name + (" ^" if dual else "")]
    for _ in range(dice.randint(1, 3)):
        if dice.random() < 0.3:
            lines.append(f"({_sentence(dice, 1, 5)[:-1]})")
        lines.append(("~" if dice.random() < 0.1 else "") + _sentence(dice))
        if dice.random() < 0.1:
            lines += ["  ", _sentence(dice)]
    return "\n".join(lines)


def _paragraph(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.32:
        return "\n".join(_sentence(dice) for _ in range(dice.choice([1, 1, 1, 2, 4])))
    if kind < 0.66:
        return _speech(dice)
    if kind < 0.70:
        return _speech(dice) + "\n\n" + _speech(dice, dual=True)
    if kind < 0.78:
        return _heading(dice)
    other = [
        lambda: dice.choice(["CUT TO:", "> FADE OUT.", "SMASH CUT TO:", "> Slowly to black"]),
        lambda: f"> {_sentence(dice, 1, 5)} <\n> {_sentence(dice, 1, 5)} <",
        lambda: "#" * dice.randint(1, 4) + " " + _sentence(dice, 1, 4),
        lambda: f"= {_sentence(dice, 2, 8)}",
        lambda: f"[[{_sentence(dice)}]]",
        lambda: f"[[{_sentence(dice)}\n  \n{_sentence(dice)}]]",
        lambda: f"/*\n{_speech(dice)}\n\n{_heading(dice)}\n*/",
        lambda: "===",
        lambda: f"!{dice.choice(['INT. as a word', 'SILENCE', '> so <', '~ more', '# 1'])}",
        lambda: "\n".join("~" + _sentence(dice, 2, 6) for _ in range(3)),
        lambda: "    " + _sentence(dice) + "\n\t\tindented " + _sentence(dice),
    ]
    return dice.choice(other)()


def generate_script(seed: int) -> str:
    """A script; one in three has odd pieces in it, one in five other line breaks or a byte order mark."""
    dice = random.Random(seed)
    parts = []
    if dice.random() < 0.7:
        parts.append(
            f"Title: {_sentence(dice, 1, 5)}\nCredit: Written by\nAuthor:\n    {_sentence(dice, 2, 3)}\n\t"
            f"{_sentence(dice, 2, 3)}\nDraft date: 1/2/2026\nContact:\n    a@b.c"
        )
    parts += [_paragraph(dice) for _ in range(dice.randint(5, 60))]
    text = parts[0]
    for part in parts[1:]:
        text += dice.choice(["\n\n"] * 12 + ["\n\n\n", "\n \n", "\n", "\n\t\n\n"]) + part
    text += dice.choice(["\n", "", "\n\n\n", "  \n"])
    if seed % 3 == 0:
        text = mutated(text, dice, dice.randint(1, 8))
    if seed % 5 == 0:
        text = dice.choice(["\ufeff", ""]) + text.replace("\n", dice.choice(["\r\n", "\r", "\n"]))
    return text


def mutated(text: str, dice: random.Random, count: int) -> str:
    """The text with pieces cut out, doubled, or odd ones put in."""
    for _ in range(count):
        place = dice.randrange(len(text) + 1)
        end = min(place + dice.choice([0, 0, 1, 3, 40]), len(text))
        text = text[:place] + dice.choice([dice.choice(_ODD), text[place:end] * 2, ""]) + text[end:]
    return text
