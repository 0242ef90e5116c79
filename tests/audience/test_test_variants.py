from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.test_variants import test_variants as try_variants
from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played


def arm(variant: str, hazard: float, viewers: int, seed: int) -> list[dict]:
    title = SimulatedTitle("film", np.full(60, hazard), experiment_id="intro", variant=variant)
    rows = simulate_events([title], viewers=viewers, seed=seed)
    return [{**row, "viewer": f"{variant}-{row['viewer']}"} for row in rows]


def test_the_better_cut_is_found_with_its_interval(fill: Fill) -> None:
    warehouse = fill([*arm("a", 0.02, 700, 1), *arm("b", 0.012, 700, 2)])
    found = try_variants(warehouse.events(), best_at=1400)
    (one,) = found.comparisons
    truth = sum(0.988**n - 0.98**n for n in range(1, 61))
    assert found.valid
    assert one.verdict == "better"
    assert one.low is not None
    assert one.high is not None
    assert one.low < truth < one.high
    assert found.guardrails[0].metric == "completed"
    assert "better" in found.as_text()


def test_no_difference_says_what_would_have_been_found(fill: Fill) -> None:
    warehouse = fill([*arm("a", 0.02, 400, 1), *arm("b", 0.02, 400, 2)])
    found = try_variants(warehouse.events(), effect=1.0)
    (one,) = found.comparisons
    assert one.verdict == "no difference yet"
    assert one.smallest_found is not None
    assert one.smallest_found > 1
    assert one.viewers_needed is not None
    assert one.viewers_needed > 800
    assert found.guardrails[0].viewers_needed is None
    assert "four times in five" in found.as_text()


def test_a_broken_assignment_makes_it_invalid(fill: Fill) -> None:
    events = fill([*arm("a", 0.02, 500, 1), *arm("b", 0.01, 350, 2)]).events()
    found = try_variants(events)
    assert not found.valid
    assert "NOT VALID" in found.as_text()
    assert try_variants(events, planned={"a": 10, "b": 7}).valid


def test_viewers_of_two_variants_are_left_out_and_counted(fill: Fill) -> None:
    both = [
        event(f"{name}{n}", "exposure", n, viewer=f"both-{n}", view=None, experiment_id="intro", variant=name)
        for n in range(7)
        for name in "ab"
    ]
    found = try_variants(fill([*arm("a", 0.02, 150, 1), *arm("b", 0.02, 150, 2), *both]).events())
    assert sum(one.viewers for one in found.arms) == 300
    assert "7 viewers saw more than one variant" in found.notes[0]


def test_those_who_never_start_count(fill: Fill) -> None:
    shown = [
        event(f"s{name}{n}", "exposure", n, viewer=f"{name}{n}", view=None, experiment_id="intro", variant=name)
        for name in "ab"
        for n in range(120)
    ]
    watched = [
        row for n in range(60) for row in played(f"a{n}", (0, 50), begin=500.0, experiment_id="intro", variant="a")
    ]
    found = try_variants(fill([*shown, *watched]).events())
    assert [one.mean for one in found.arms] == [25.0, 0.0]


def test_what_was_watched_before_takes_variance_away(fill: Fill) -> None:
    rng = np.random.default_rng(4)
    rows = []
    for n in range(240):
        taste = float(rng.integers(10, 90))
        name = "ab"[n % 2]
        rows += played(f"v{n}", (0, taste), title="earlier", begin=-4000.0)
        rows += played(
            f"v{n}", (0, min(taste + float(rng.integers(0, 8)), 99)), experiment_id="intro", variant=name, view="x"
        )
    found = try_variants(fill(rows).events())
    assert found.variance_reduction > 0.9


def test_few_viewers_get_no_verdict(fill: Fill) -> None:
    found = try_variants(fill([*arm("a", 0.02, 30, 1), *arm("b", 0.02, 30, 2)]).events())
    assert found.comparisons[0].verdict == "too few viewers"
    assert found.comparisons[0].low is None


@pytest.mark.parametrize(
    ("rows", "says"),
    [(played("ann", (0, 20)), "No event belongs to an experiment"), (arm("a", 0.02, 20, 1), "has 1 variants")],
)
def test_no_test_to_speak_of(fill: Fill, rows: list[dict], says: str) -> None:
    with pytest.raises(InputError, match=says):
        try_variants(fill(rows).events())


def test_a_control_that_is_not_there(fill: Fill) -> None:
    with pytest.raises(InputError, match="no variant 'z'"):
        try_variants(fill([*arm("a", 0.02, 20, 1), *arm("b", 0.02, 20, 2)]).events(), control="z")
