from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.measure_engagement import measure_engagement
from rushlight.audience.segment_viewers import segment_viewers
from rushlight.audience.statistics.clusters import find_clusters, one_hill_p, standardised
from rushlight.audience.warehouse.people import pseudonym
from rushlight.audience.warehouse.simulating import SimulatedGroup, simulate_population
from rushlight.audience.warehouse.tables import import_segments
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse
from tests.audience.conftest import Fill
from tests.audience.viewing import played

OWLS = SimulatedGroup(0.5, finishing=0.85, hour=2.0, categories=(8, 1, 1), repeating=0.05)
FAMILIES = SimulatedGroup(0.5, finishing=0.3, hour=16.0, weekend=0.8, categories=(1, 8, 1), repeating=0.5)


def filled(fill: Fill, groups: list[SimulatedGroup], viewers: int, seed: int, **more: float) -> tuple[Warehouse, dict]:
    rows, kinds, categories = simulate_population(groups, viewers=viewers, seed=seed, **more)
    warehouse = fill(rows)
    table = warehouse.folder.parent / "titles.csv"
    lines = ["title_id,category", *(f"{title},{kind}" for title, kind in categories.items())]
    table.write_text("\n".join(lines), encoding="utf-8")
    import_titles(warehouse, table)
    return warehouse, kinds


def test_two_kinds_of_viewers_are_found_named_and_can_group_other_figures(fill: Fill) -> None:
    warehouse, kinds = filled(fill, [OWLS, FAMILIES], 120, seed=3)
    found = segment_viewers(warehouse.events(), most=4)
    assert len(found.segments) == 2
    assert found.members is not None
    with found.members.path.open(newline="") as file:
        members = {row["viewer"]: row["segment"] for row in csv.DictReader(file)}
    truth = {pseudonym(warehouse, viewer): kind for viewer, kind in kinds.items()}
    pairs = Counter((truth[viewer], segment) for viewer, segment in members.items())
    assert sum(max(count for (kind, _), count in pairs.items() if kind == one) for one in (0, 1)) >= 0.97 * len(members)
    words = {one.name: [trait.words for trait in one.traits] for one in found.segments}
    assert any("watch at night" in said for said in words.values())
    assert any("watch kind 1" in said for said in words.values())
    assert import_segments(warehouse, found.members.path) == len(members)
    grouped = measure_engagement(warehouse.events(), by="segment")
    assert {row.group for row in grouped.rows} >= set(words)


def test_one_kind_of_viewers_has_no_segments(fill: Fill) -> None:
    warehouse, _ = filled(fill, [SimulatedGroup(1.0)], 120, seed=5)
    found = segment_viewers(warehouse.events(), most=4)
    assert found.segments == ()
    assert found.candidates
    assert "No segments" in found.as_text()


def test_few_viewers_are_not_grouped(fill: Fill) -> None:
    found = segment_viewers(fill(played("ann", (0, 50))).events())
    assert (found.segments, found.viewers) == ((), 0)
    assert "1 viewers have fewer than 5 views" in found.as_text()


def test_the_same_seed_gives_the_same_segments(fill: Fill, tmp_path: Path) -> None:
    events = filled(fill, [OWLS, FAMILIES], 80, seed=4)[0].events()
    once, again = (segment_viewers(events, seed=1, most=3).model_dump(exclude={"members"}) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_number_of_groups_is_found(k: int) -> None:
    rng = np.random.default_rng(k)
    centres = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6]])[:k]
    points = centres[np.arange(400) % k] + rng.standard_normal((400, 3))
    found = find_clusters(standardised(points), most=5)
    assert found.k == k
    assert len(set(zip(found.labels.tolist(), (np.arange(400) % k).tolist(), strict=True))) <= k + 4


def test_a_long_or_a_skewed_cloud_is_one_group() -> None:
    rng = np.random.default_rng(0)
    long = rng.standard_normal((500, 4)) @ np.diag([5, 1, 1, 1]) @ np.ones((4, 4)) + rng.standard_normal((500, 4))
    skewed = np.exp(rng.standard_normal((500, 4)) * 0.7 + rng.standard_normal((500, 1)))
    assert find_clusters(standardised(long), most=4).k == 1
    assert find_clusters(standardised(skewed), most=4).k == 1


def test_one_hill_and_two() -> None:
    rng = np.random.default_rng(1)
    assert one_hill_p(rng.standard_normal(400)) > 0.05
    assert one_hill_p(np.concatenate([rng.normal(0, 1, 200), rng.normal(5, 1, 200)])) < 0.02
    assert one_hill_p(np.ones(50)) == 1.0
