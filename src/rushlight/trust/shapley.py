"""Shapley values: what each player adds to what all of them reach together, on average over all orders of joining.

Reference:
    Shapley 1953, "A value for n-person games"; Castro, Gómez, Tejada 2009, "Polynomial calculation of the Shapley value
    based on sampling", for many players.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from rushlight.core.errors import InputError

__all__ = ["shapley_values"]

_MOST_EXACT = 12
_MOST_PLAYERS = 1000


def shapley_values(
    players: Sequence[str], worth: Callable[[frozenset[str]], float], *, orders: int = 2000, seed: int = 0
) -> dict[str, float]:
    """The Shapley value of each player; they add up to the worth of all less that of none.

    Args:
        players: names, each once.
        worth: what a set of players reaches together, V = f(H, A, D).
        orders: how many random orders stand in for all of them, from 13 players on.
        seed: of those orders.

    Raises:
        InputError: no players, one twice, or too many.
    """
    if not players or len(set(players)) != len(players) or len(players) > _MOST_PLAYERS:
        raise InputError("Give between 1 and 1000 players, each once.", hint="Look at their names.")
    known: dict[frozenset[str], float] = {}

    def reached(group: frozenset[str]) -> float:
        if group not in known:
            known[group] = float(worth(group))
        return known[group]

    if len(players) <= _MOST_EXACT:
        return {player: _exact(player, players, reached) for player in players}
    chance, found = random.Random(seed), dict.fromkeys(players, 0.0)  # noqa: S311 - no secret hangs on it
    for _ in range(orders):
        order = list(players)
        chance.shuffle(order)
        group: frozenset[str] = frozenset()
        for player in order:
            joined = group | {player}
            found[player] += (reached(joined) - reached(group)) / orders
            group = joined
    return found


def _exact(player: str, players: Sequence[str], reached: Callable[[frozenset[str]], float]) -> float:
    others = [other for other in players if other != player]
    count, value = len(players), 0.0
    for mask in range(1 << len(others)):
        group = frozenset(other for place, other in enumerate(others) if mask >> place & 1)
        weight = math.factorial(len(group)) * math.factorial(count - len(group) - 1) / math.factorial(count)
        value += weight * (reached(group | {player}) - reached(group))
    return value
