from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rushlight.timeline.layout import Box, layout_for


def test_boxes_meet_only_when_they_share_a_pixel() -> None:
    box = Box(10, 10, 20, 20)
    assert box.meets(Box(19, 19, 30, 30))
    assert not box.meets(Box(20, 10, 30, 20))
    assert not box.meets(Box(10, 20, 20, 30))
    assert (box.width, box.height) == (10, 10)


@given(st.integers(80, 2000).map(lambda n: 2 * n), st.integers(80, 2000).map(lambda n: 2 * n))
def test_parts_of_a_screen_keep_apart(width: int, height: int) -> None:
    layout = layout_for(width, height)
    screen = Box(0, 0, width, height)
    for part in (layout.safe, layout.graphic, layout.captions, layout.corner):
        assert part.width > 0
        assert screen.left <= part.left
        assert part.right <= screen.right
        assert screen.top <= part.top
        assert part.bottom <= screen.bottom
    assert not layout.graphic.meets(layout.captions)
    assert not layout.graphic.meets(layout.corner)
    assert layout.graphic.height > 0.2 * height


def test_upright_screens_leave_room_for_buttons() -> None:
    wide, upright = layout_for(1920, 1080), layout_for(1080, 1920)
    assert (1080 - wide.safe.bottom) / 1080 < (1920 - upright.safe.bottom) / 1920
