"""Small worlds of viewers and titles whose tastes are known."""

from __future__ import annotations

import numpy as np

from rushlight.audience.recommending.interactions import Interactions

FACTS = {f"t{n:02d}": {"name": f"Film {'harbour' if n < 20 else 'desert'} {n}", "category": "Sea" if n < 20 else "Sand"}
         for n in range(41)}  # fmt: skip


def two_tastes(viewers: int = 120, seed: int = 0, catalogue: tuple[str, ...] = ()) -> Interactions:
    """Half of the viewers choose among the first twenty titles, half among the others; ratings follow taste."""
    rng = np.random.default_rng(seed)
    rows = []
    for viewer in range(viewers):
        low = 20 * (viewer % 2)
        favour = rng.permutation(20)[:8] + low
        strays = rng.integers(0, 40, 2)
        for title in [*favour, *strays]:
            liked = low <= title < low + 20
            rows.append(
                (f"v{viewer:03d}", f"t{title:02d}", float(4 + rng.integers(0, 2) if liked else rng.integers(1, 3)))
            )
    columns = list(zip(*rows, strict=True))
    return Interactions.of(columns[0], columns[1], columns[2], catalogue=catalogue, facts=FACTS if catalogue else None)
