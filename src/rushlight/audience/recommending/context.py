"""The moment: what is chosen more at this hour or on this device than otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rushlight.audience.recommending.interactions import Context, Interactions
from rushlight.core.errors import InputError

__all__ = ["context_lift", "lift_of"]

Floats = NDArray[np.float64]
# Choices that a title must have before a moment says half of what it seems to.
_PRIOR = 20.0
_NEAR_HOURS = {-2: 0.2, -1: 0.6, 0: 1.0, 1: 0.6, 2: 0.2}


def lift_of(context: Context, value: str) -> Floats:
    """log P(title | value) / P(title) of every title, drawn to 0 where little is known.

    Hours next to an hour count for part of it, around the clock.
    """
    place = context.values.index(value)
    counts = context.counts
    if len(context.values) == 24 and context.values[0] == "0":
        near = [np.roll(context.counts, shift, axis=0) * weight for shift, weight in _NEAR_HOURS.items()]
        counts = np.sum(near, axis=0)
    total = counts.sum(axis=0)
    share = counts[place].sum() / max(counts.sum(), 1e-12)
    lift: Floats = np.log((counts[place] + _PRIOR * share + 1e-12) / ((total + _PRIOR) * share + 1e-12))
    return np.where(total > 0, lift, 0.0)


def context_lift(interactions: Interactions, hour: int, device: str, strength: float = 0.5) -> Floats:
    """What the moment adds to every title, in units of the reach of scores; nothing where it is not known.

    Raises:
        InputError: a device nobody used.
    """
    found = np.zeros(len(interactions.titles))
    if hour >= 0 and "hour" in interactions.contexts:
        found += lift_of(interactions.contexts["hour"], str(hour))
    if device:
        known = interactions.contexts.get("device")
        if known is None or device not in known.values:
            said = ", ".join(known.values) if known else "none"
            raise InputError(f"Nobody watched on a device {device!r}.", hint=f"Known devices: {said}.")
        found += lift_of(known, device)
    return strength * found
