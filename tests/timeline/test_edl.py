"""Edit decision lists written and read back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.timeline.edl import RATES, Event, format_timecode, parse_edl_timecode, read_edl, write_edl

NTSC = Fraction(30000, 1001)


def test_drop_frame_leaves_out_numbers_and_not_frames() -> None:
    assert format_timecode(1799, NTSC, drop=True) == "00:00:59;29"
    assert format_timecode(1800, NTSC, drop=True) == "00:01:00;02"
    assert format_timecode(17982, NTSC, drop=True) == "00:10:00;00"
    assert format_timecode(107892, NTSC, drop=True) == "01:00:00;00"


@settings(max_examples=200, deadline=None)
@given(frames=st.integers(0, 2_000_000), rate=st.sampled_from(RATES))
def test_timecode_comes_back(frames: int, rate: Fraction) -> None:
    drop = rate.denominator == 1001 and rate != Fraction(24000, 1001)
    text = format_timecode(frames, rate, drop=drop)
    assert parse_edl_timecode(text, rate) == frames


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 5000), min_size=1, max_size=30),
    rate=st.sampled_from(RATES),
    sources=st.lists(st.integers(0, 90_000), min_size=30, max_size=30),
)
def test_a_list_comes_back(lengths: list[int], rate: Fraction, sources: list[int]) -> None:
    events, at = [], 0
    for number, length in enumerate(lengths):
        reel, name = f"S{number}", f"shot {number}"
        events.append(Event(name, sources[number], sources[number] + length, at, reel, comment="x" * (number % 2)))
        at += length
    title, found = read_edl(write_edl("A film", events, rate), rate)
    assert title == "A film"
    assert found == events


def test_it_reads_as_cmx_3600() -> None:
    text = write_edl("Ferry", [Event("1A", 0, 50, 0, "S1A"), Event("1B", 0, 25, 50, "S1B", 12)], Fraction(25))
    assert text.splitlines()[:5] == [
        "TITLE: Ferry", "FCM: NON-DROP FRAME", "",
        "001  S1A      V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00", "* FROM CLIP NAME: 1A",
    ]  # fmt: skip
    assert "D    012" in text


@pytest.mark.parametrize("text", ["1:00:00:00", "00:00:61:00", "00:00:00:25", "00:00:00;00", "x"])
def test_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_edl_timecode(text, Fraction(25))


def test_numbers_that_drop_frame_leaves_out_are_refused() -> None:
    with pytest.raises(InputError, match="does not exist"):
        parse_edl_timecode("00:01:00;00", NTSC)


def test_other_rates_are_refused() -> None:
    with pytest.raises(InputError, match="12 frames"):
        write_edl("x", [], Fraction(12))
