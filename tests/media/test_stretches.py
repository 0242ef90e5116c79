from __future__ import annotations

import numpy as np

from rushlight.media.stretches import runs


def test_holes_are_bridged_before_short_runs_are_left_out() -> None:
    on = np.array([0, 1, 1, 0, 1, 0, 0, 0, 1], bool)
    assert runs(on) == [(1, 3), (4, 5), (8, 9)]
    assert runs(on, bridged=1) == [(1, 5), (8, 9)]
    assert runs(on, bridged=1, least=2) == [(1, 5)]
    assert runs(np.zeros(0, bool)) == []
