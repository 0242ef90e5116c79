"""How likely it is that a mark was read where there is none.

The signs of a mark are the output of a hash under a key, so for a file that does not know them they are fair coins. For
any fixed values c and independent signs s, Hoeffding's inequality gives P(Σ s·c / ‖c‖ ≥ t) ≤ exp(−t² / 2), whatever the
values are: no distribution of pictures or sounds is assumed. A reader that tries many payloads and many places adds
these bounds up.

Reference:
    Hoeffding 1963, "Probability inequalities for sums of bounded random variables", theorem 2.
"""

from __future__ import annotations

import math

__all__ = ["false_positive_bound"]


def false_positive_bound(statistic: float, *, payload_bits: int, places_bits: float) -> float:
    """Upper bound on the probability that material without this mark gives a statistic as large.

    Args:
        statistic: Σ s·c / ‖c‖ of the best payload at the best place.
        payload_bits: binary logarithm of how many payloads could have been read.
        places_bits: binary logarithm of how many places, sizes and starts were tried.
    """
    if statistic <= 0:
        return 1.0
    exponent = (payload_bits + places_bits) * math.log(2) - statistic * statistic / 2
    return math.exp(max(min(exponent, 0.0), -700.0))
