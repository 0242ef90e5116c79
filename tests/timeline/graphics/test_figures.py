from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.figures import format_tick, format_value, nice_ticks, percentages


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (160, "€ millions", "€160m"),
        (0.54, "millions", "540,000"),
        (2.1, "millions", "2.1m"),
        (2310, "thousand tonnes", "2.31 million tonnes"),
        (88.1, "%", "88.1%"),
        (-12, "%", "−12%"),
        (540, "km²", "540 km²"),
        (1.2e6, "km²", "1.2 million km²"),
        (1, "years", "1 year"),
        (12.5, "years", "12.5 years"),
        (1812, "year", "1812"),
        (3.5, "$", "$3.50"),
        (3.5, "USD", "$3.50"),
        (-41.2, "€ millions", "−€41.2m"),
        (999.7, "millions", "1bn"),
        (21.3, "°C", "21.3°C"),
        (0, "€ millions", "€0"),
        (12345, "", "12,345"),
        (0.00213, "", "0.0021"),
    ],
)
def test_numbers_read_as_people_write_them(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


def test_a_long_unit_may_be_left_out() -> None:
    assert format_value(2310, "thousand tonnes", brief=True) == "2.31m"
    assert format_value(46, "%", brief=True) == "46%"


@given(st.floats(-1e13, 1e13, allow_nan=False), st.sampled_from(["", "%", "€ millions", "thousand tonnes", "years"]))
def test_what_is_shown_is_near_what_is_meant(value: float, unit: str) -> None:
    text = format_value(value, unit, brief=True).rstrip("%")
    scale = {"m": 1e6, "n": 1e9}.get(text[-1], 1.0) * (1e3 if text.endswith("tn") else 1.0)
    shown = float(text.strip("−€tbmn").replace(",", "")) * scale
    factor = {"€ millions": 1e6, "thousand tonnes": 1e3}.get(unit, 1.0)
    # Money is written to the cent.
    least = 0.006 if unit.startswith("€") else 1e-10
    assert shown == pytest.approx(abs(value) * factor, rel=0.055, abs=least)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_span_the_range_evenly(low: float, extra: float) -> None:
    high = low + max(extra, abs(low) * 1e-3, 1e-6)
    ticks = nice_ticks(low, high)
    assert 2 <= len(ticks) <= 9
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + step * 1e-6
    assert high <= ticks[-1] + step * 1e-6
    assert all(b - a == pytest.approx(step) for a, b in zip(ticks, ticks[1:], strict=False))


@pytest.mark.parametrize("unit", ["", "%", "€ millions", "millions", "thousand tonnes"])
@pytest.mark.parametrize("span", [(0, 2.1), (40, 160), (-12, 21), (0.001, 0.004), (0, 999_999)])
def test_no_two_ticks_read_alike(span: tuple[float, float], unit: str) -> None:
    ticks = nice_ticks(*span)
    assert len({format_tick(tick, unit, ticks) for tick in ticks}) == len(ticks)


def test_shares() -> None:
    assert percentages([1, 1, 2]) == ["25%", "25%", "50%"]
    assert percentages([999, 1]) == ["100%", "<1%"]
    with pytest.raises(InputError):
        percentages([1, -1])


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        format_value(float("nan"))
