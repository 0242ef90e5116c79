from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.audience.model_retention import model_retention
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill

PROPERTIES = ("subject_motion", "brightness")
BETA = np.array([0.6, -0.5])


def film(seed: int, shots: int = 20, bad: int | None = None, flat: bool = False) -> tuple[ShotTable, np.ndarray]:
    """Shots of five seconds with random properties, and the hazard that follows from them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(shots, 2))
    rows = tuple(
        ShotDescription(start=Fraction(5 * n), end=Fraction(5 * n + 5), subject_motion=float(a), brightness=float(b))
        for n, (a, b) in enumerate(values)
    )
    hazard = np.exp(-4.6 + np.repeat(values @ BETA, 5))
    if flat:
        hazard[:] = 0.01
    if bad is not None:
        hazard[5 * bad : 5 * bad + 5] *= 6
    return ShotTable(rows=rows), np.clip(hazard, 0, 0.5)


def watched(fill: Fill, films: list[tuple[ShotTable, np.ndarray]], viewers: int) -> object:
    titles = [SimulatedTitle(f"film-{n}", hazard) for n, (_, hazard) in enumerate(films)]
    return fill(simulate_events(titles, viewers=viewers, seed=9, ping_seconds=20)).events()


def test_effects_are_found_in_pooled_films(fill: Fill) -> None:
    films = [film(seed) for seed in range(8)]
    events = watched(fill, films, 400)
    titles = tuple(f"film-{n}" for n in range(8))
    found = model_retention(events, tuple(table for table, _ in films), titles=titles, properties=PROPERTIES)
    for one, truth in zip(found.properties, BETA, strict=True):
        assert one.status == "identified"
        assert one.log_effect is not None
        assert one.log_effect / one.unit == pytest.approx(truth, abs=0.12)
        assert one.q is not None
        assert one.q < 0.01
    assert found.titles == 8
    assert found.exits > 500
    again = model_retention(
        events, tuple(table for table, _ in films), titles=titles, properties=PROPERTIES, baseline="free"
    )
    assert again.properties[0].log_effect == pytest.approx(found.properties[0].log_effect, abs=0.15)


def test_one_film_says_not_identified(fill: Fill) -> None:
    films = [film(1)]
    found = model_retention(watched(fill, films, 300), (films[0][0],), titles=("film-0",), properties=PROPERTIES)
    assert {one.status for one in found.properties} == {"not identified"}
    assert all(one.hazard_ratio is None for one in found.properties)
    assert "not identified" in found.as_text()
    assert "One film alone" in found.notes[0]


def test_few_films_are_weakly_identified(fill: Fill) -> None:
    films = [film(seed) for seed in range(3)]
    tables = tuple(table for table, _ in films)
    found = model_retention(
        watched(fill, films, 100), tables, titles=("film-0", "film-1", "film-2"), properties=PROPERTIES
    )
    assert {one.status for one in found.properties} == {"weakly identified"}


def test_a_shot_that_drives_viewers_away_stands_out(fill: Fill) -> None:
    films = [film(seed, bad=7 if seed == 0 else None, flat=True) for seed in range(6)]
    found = model_retention(
        watched(fill, films, 400),
        tuple(t for t, _ in films),
        titles=tuple(f"film-{n}" for n in range(6)),
        properties=(),
    )
    worst = max(found.shots, key=lambda shot: shot.ratio)
    assert (worst.title_id, worst.shot) == ("film-0", 8)
    assert worst.q < 0.001
    assert worst.exits > 2 * worst.expected


def test_survival_is_the_share_left_at_the_end_of_each_second(fill: Fill) -> None:
    films = [film(2)]
    found = model_retention(watched(fill, films, 500), (films[0][0],), titles=("film-0",), properties=PROPERTIES)
    truth = np.cumprod(1 - films[0][1])
    curve = found.survival[0]
    inside = [low <= true <= high for low, true, high in zip(curve.low[:95], truth, curve.high[:95], strict=False)]
    assert np.mean(inside) > 0.85


def test_titles_and_tables_must_fit(fill: Fill) -> None:
    films = [film(1)]
    events = watched(fill, films, 20)
    with pytest.raises(InputError, match="1 tables of shots and 0 different titles"):
        model_retention(events, (films[0][0],))
    with pytest.raises(InputError, match="no property 'smell'"):
        model_retention(events, (films[0][0],), titles=("film-0",), properties=("smell",))
    with pytest.raises(InputError, match="No view of these titles"):
        model_retention(events, (films[0][0],), titles=("other",))
    with pytest.raises(InputError, match="is no number"):
        model_retention(events, (films[0][0],), titles=("film-0",), properties=("framing",))
