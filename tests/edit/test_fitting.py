from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts.shot_table import ShotDescription
from rushlight.edit.assembling.fitting import fitted
from rushlight.edit.assembling.material import Footage, Moment, jump_between

SECONDS = st.fractions(min_value=1, max_value=8, max_denominator=50)


def laid(lengths: list[Fraction]) -> tuple[list[Moment], Footage]:
    """A moment in the middle of each of some shots that are two seconds longer; no two shots are alike."""
    moments, limits, at = [], {}, Fraction(0)
    for number, seconds in enumerate(lengths):
        limits[0, number] = (at, at + seconds + 2)
        moments.append(Moment(0, number, at + 1, at + 1 + seconds, value=float(seconds)))
        at += seconds + 2
    rows = {key: ShotDescription(start=first, end=last) for key, (first, last) in limits.items()}
    numbers = {key: key[1] for key in limits}
    return moments, Footage(tuple(limits), limits, rows, dict.fromkeys(limits), numbers, np.eye(len(limits)))


@settings(deadline=None)
@given(
    st.lists(SECONDS, min_size=1, max_size=12), st.fractions(min_value=Fraction(1, 2), max_value=90, max_denominator=24)
)
def test_lengths_add_up_within_their_shots(lengths: list[Fraction], wanted: Fraction) -> None:
    moments, footage = laid(lengths)
    found, lacking = fitted(moments, footage, wanted)
    assert sum((one.seconds for one in found), Fraction(0)) + lacking == wanted
    assert lacking == max(wanted - sum(lengths) - 2 * len(lengths), 0)
    for one in found:
        first, last = footage.limits[one.key]
        assert first <= one.start < one.end <= last
        assert one.seconds >= min(1, wanted)


def test_leaving_one_out_makes_no_jump() -> None:
    moments, footage = laid([Fraction(2), Fraction(1), Fraction(2), Fraction(3, 2)])
    alike = np.eye(4)
    alike[0, 2] = alike[2, 0] = 1.0
    footage = Footage(footage.keys, footage.limits, footage.rows, footage.scenes, footage.shots, alike)
    # The least of them stands between two that are alike, so another goes.
    found, _ = fitted(moments, footage, Fraction(3), 0.16)
    assert [one.part for one in found] == [0, 1, 2]
    assert not any(jump_between(a, b, footage, 0.16) for a, b in zip(found, found[1:], strict=False))
