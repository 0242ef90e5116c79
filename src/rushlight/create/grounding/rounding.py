"""Whether a number as said is right of a true one."""

from __future__ import annotations

from typing import Literal

from rushlight.create.grounding.quantities import Quantity

__all__ = ["has_digits", "is_said_by"]

_CLOSE, _CLOSE_TO_ONE_DIGIT = 0.06, 0.1
# How far a truth may lie from `nearly`, `under` and `over` before a hearer would call them misleading, as its ratio to
# the number said.
_REACH = {
    "said": {"below": (0.84, 1.0), "under": (0.75, 1.0), "over": (1.0, 1.27)},
    # What the hearer cannot see in the text is held to more closely, save for units that do not divide evenly.
    "derived": {"below": (0.84, 1.0), "under": (0.84, 1.0), "over": (1.0, 1.16)},
    # The next fraction or multiple that has a word is far away.
    "words": {"below": (0.84, 1.0), "under": (0.72, 1.0), "over": (1.0, 1.4), "just over": (1.0, 1.2)},
    "converted": {"below": (0.79, 1.0), "under": (0.75, 1.0), "over": (1.0, 1.27)},
}
_CLEAR = {"just over": (1.0, 1.12), "just under": (0.88, 1.0), "far over": (1.05, 1.45), "far under": (0.6, 0.95)}
_DERIVED = 0.05

How = Literal["said", "derived", "converted"]


def is_said_by(said: Quantity, true: float, how: How = "said") -> bool:
    """Whether a number as said is right of a true value, given how it is hedged.

    Args:
        said: the number.
        true: the value.
        how: whether the value stands in the text, was worked out from others, or converted. In the last two cases the
            number need not be the exact one, and is right when the value rounds to it at the places that it states.
    """
    value, is_derived = said.low, how != "said"
    if said.kind == "vague":
        return said.low <= true < said.high
    exact = abs(value - true) <= max(said.slack, 1e-9 * max(abs(true), 1.0))
    if exact:
        # `More than 40` is not said of exactly 40, but `at least 40` is.
        return said.hedge in ("", "near", "below") or is_derived or said.slack > 0 or said.allows_equal
    if value * true <= 0:
        return False
    if is_derived and not said.hedge and abs(value - true) <= min(_last_place(said) / 2, _DERIVED * abs(true)):
        return True
    if has_digits(said) and not is_derived and not _is_rounder(value, true):
        # Rounding leaves fewer digits: `about 290` is no rounding of 280.
        return False
    ratio = true / value
    if said.hedge == "near":
        return abs(ratio - 1) <= (_CLOSE_TO_ONE_DIGIT if _digits_of(value) == 1 and has_digits(said) else _CLOSE)
    if said.hedge == "below" and said.kind == "fold" and value < 1:
        # Nearly halved is a little more than half.
        return 1 <= ratio <= 1 / _REACH["words"]["below"][0]
    if said.hedge == "under" and value == 1:
        return 0 < true <= 1
    if said.hedge:
        low, high = (_CLEAR | _REACH["words" if said.is_from_words else how])[said.hedge]
        return low <= ratio <= high
    # A share in words is round by itself: a third need not be 33.3 per cent.
    return said.kind in ("share", "fold") and not has_digits(said) and abs(ratio - 1) <= _CLOSE


def has_digits(said: Quantity) -> bool:
    """Whether a number is written with digits."""
    return any(char.isdigit() for char in said.text)


def _digits_of(value: float) -> int:
    """How many digits a number states: 2 for 280, 3 for 287."""
    return len(f"{abs(value):.10g}".replace(".", "").strip("0")) if "e" not in f"{abs(value):.10g}" else 1


def _is_rounder(value: float, true: float) -> bool:
    """Whether a number states fewer digits than another, or as many with more noughts: 10 for 9."""
    noughts = [len(f"{abs(number):.0f}") - len(f"{abs(number):.0f}".rstrip("0")) for number in (value, true)]
    digits, others = _digits_of(value), _digits_of(true)
    return digits < others or (digits == others and noughts[0] > noughts[1])


def _last_place(said: Quantity) -> float:
    """What one of the last place of a number is worth: 0.1 for 2.5, 10,000 for 70,000, but at least two places."""
    text = f"{abs(said.low):.10g}"
    if "." in text:
        return float(10.0 ** -len(text.partition(".")[2]))
    return float(10.0 ** min(len(text) - len(text.rstrip("0")), max(len(text) - 2, 0)))
