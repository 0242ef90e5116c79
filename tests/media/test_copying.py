"""Plans of what is copied: whole groups inside a stretch, leading pictures with the group they need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import MediaError
from rushlight.media.copying import Groups, plan_pieces
from rushlight.media.parameter_sets import free_set_id, has_sequence_header, merge_avc, set_id

# Shown 0 1 2 | 5 3 4: the second group's first picture is shown after two that lead it.
_OPEN = Groups(np.array([0, 2, 1, 5, 3, 4, 8, 6, 7]), np.array([0, 3, 6]))


def test_a_copy_may_not_begin_with_pictures_that_lead() -> None:
    pieces = plan_pieces(_OPEN, 1, 6)
    assert [(piece.first, piece.end, piece.is_copied) for piece in pieces] == [(1, 5, False), (5, 6, True)]
    assert pieces[1].packets == (3,)
    assert pieces[0].packets == (0, 1, 2, 3, 4, 5)


def test_leading_pictures_go_with_the_group_before() -> None:
    pieces = plan_pieces(_OPEN, 0, 6)
    assert [(piece.first, piece.end, piece.is_copied, piece.packets) for piece in pieces] == [
        (0, 6, True, (0, 1, 2, 3, 4, 5))
    ]


def test_frames_shown_at_once_are_refused() -> None:
    with pytest.raises(MediaError, match="same time"):
        Groups(np.array([0, 1, 1]), np.array([0]))


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.data())
def test_pieces_cover_a_stretch_once(sizes: list[int], data: st.DataObject) -> None:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    shown: list[int] = []
    for size in sizes:
        first = len(shown)
        shown += [first, *data.draw(st.permutations(range(first + 1, first + size)))]
    groups = Groups(np.array(shown), starts)
    total = len(shown)
    first = data.draw(st.integers(0, total - 1))
    end = data.draw(st.integers(first + 1, total))
    pieces = plan_pieces(groups, first, end)
    assert [pieces[0].first, *(piece.end for piece in pieces)] == [*(piece.first for piece in pieces), end]
    assert pieces[0].first == first
    for piece in pieces:
        frames = {shown[packet] for packet in piece.packets}
        wanted = set(range(piece.first, piece.end))
        assert frames == wanted if piece.is_copied else frames >= wanted


def test_parameter_sets_of_two_encoders_fit_in_one_configuration() -> None:
    first = bytes.fromhex(
        "0164001effe1001a6764001eacd940a02ff97011000003000100000300320f162d9601000668ebe3cb22c0fdf8f800"
    )
    second = bytes.fromhex(
        "0164001effe1001b6764001e22cd940a02ff97011000000300100000030320f162d96001000768212be3cb22c0fdf8f800"
    )
    assert (set_id(first[8:]), set_id(second[8:])) == (0, 3)
    merged = merge_avc(first, second)
    assert merged[5] & 31 == 2
    assert free_set_id(merged) == 31
    with pytest.raises(ValueError, match="avcC"):
        free_set_id(b"\1\2")


def test_sequence_headers_are_found_past_other_units() -> None:
    assert has_sequence_header(bytes((0x12, 0x00, 0x0A, 0x01, 0x00)))
    assert not has_sequence_header(bytes((0x12, 0x00, 0x32, 0x01, 0x00)))
