from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.core.units import format_clock, frame_at, frames_spanning, parse_rate, parse_seconds

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12),
        ("0.6s", Fraction(3, 5)),
        ("00:00:00.600", Fraction(3, 5)),
        ("1m30s", 90),
        ("2h", 7200),
        ("1:05", 65),
        ("3/2", Fraction(3, 2)),
        (0.1, Fraction(1, 10)),
        (7, 7),
        ("00:00:12,500", Fraction(25, 2)),
    ],
)
def test_times_as_people_type_them(text: object, seconds: object) -> None:
    assert parse_seconds(text) == seconds


def test_timecode_needs_a_rate_and_counts_frames() -> None:
    assert parse_seconds("00:00:00:15", Fraction(25)) == Fraction(3, 5)
    with pytest.raises(InputError, match="frame rate is not known"):
        parse_seconds("00:00:00:15")
    with pytest.raises(InputError, match="past 24"):
        parse_seconds("00:00:00:25", Fraction(25))


def test_drop_frame_leaves_out_two_numbers_a_minute_but_not_each_tenth() -> None:
    # SMPTE ST 12: ten minutes of drop-frame timecode at 29.97 are exactly 17982 frames.
    assert parse_seconds("00:10:00;00", NTSC) == 17982 / NTSC
    assert parse_seconds("00:01:00;02", NTSC) == 1800 / NTSC
    with pytest.raises(InputError, match="drop-frame"):
        parse_seconds("00:01:00;02", Fraction(25))


@pytest.mark.parametrize("text", ["", "soon", "-3", "1:99:", "12 apples", "s", None, True, "nan", "inf"])
def test_what_is_not_a_time_is_refused_in_one_sentence(text: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_seconds(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "rate"), [("29.97", NTSC), ("23.976", Fraction(24000, 1001)), (25, 25), ("30000/1001", NTSC)]
)
def test_rates(text: object, rate: object) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["0", "-25", "fast", "1/0", "100000"])
def test_bad_rates(text: str) -> None:
    with pytest.raises(InputError):
        parse_rate(text)


@given(st.integers(0, 10**7), st.sampled_from([24, 25, 30, 50, 60, Fraction(24000, 1001), NTSC, Fraction(60000, 1001)]))
def test_a_frame_is_on_screen_from_its_own_start(number: int, rate: Fraction) -> None:
    rate = Fraction(rate)
    assert frame_at(number / rate, rate) == number
    assert frame_at((number + Fraction(999, 1000)) / rate, rate) == number
    assert frames_spanning(number / rate, rate) == number


@given(st.integers(0, 360_000_000))
def test_clock_keeps_milliseconds(milliseconds: int) -> None:
    seconds = Fraction(milliseconds, 1000)
    hours = milliseconds // 3_600_000
    if hours < 100:
        assert parse_seconds(format_clock(seconds)) == seconds
