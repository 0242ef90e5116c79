from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.source import Document
from rushlight.audience.cluster_bounces import cluster_bounces
from rushlight.audience.report.bounces_panel import bounces_panel
from rushlight.audience.report.panels import Context
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.predicting.worlds import START, document
from tests.audience.viewing import event, played

DEVICES, SOURCES, KINDS, HOURS = ("tv", "mobile", "desktop"), ("search", "home", "share"), ("drama", "news"), (3, 8, 20)


def visits(count: int, *, seed: int, planted: bool, lifted: float = 1.0) -> str:
    """A table in which visits on mobile, from share, at news, at night, at least three of these, often end at once."""
    rng = np.random.default_rng(seed)
    lines = ["viewer,title_id,started_at,watch_seconds,duration_seconds,device,traffic_source,category"]
    for _ in range(count):
        device, source, kind, hour = (int(rng.integers(size)) for size in (3, 3, 2, 3))
        alike = (device == 1) + (source == 2) + (kind == 1) + (hour == 0)
        chance = 0.7 if planted and alike >= 3 else 0.08 * (lifted if device == 1 else 1.0)
        seconds = rng.uniform(1, 9) if rng.random() < chance else rng.uniform(15, 200)
        at = START + timedelta(days=int(rng.integers(20)), hours=HOURS[hour], seconds=int(rng.integers(3600)))
        lines.append(
            f"u{rng.integers(count // 3)},t{kind},{at.isoformat()},{seconds:.1f},300,{DEVICES[device]},"
            f"{SOURCES[source]},{KINDS[kind]}"
        )
    return "\n".join(lines)


def test_a_group_is_found_and_said_in_words(tmp_path: Path) -> None:
    found = cluster_bounces(document(tmp_path / "views.csv", visits(3000, seed=1, planted=True)))
    assert len(found.groups) == 1
    group = found.groups[0]
    assert {(trait.trait, trait.value) for trait in group.traits} == {
        ("device", "mobile"), ("traffic_source", "share"), ("category", "news"), ("daypart", "night"),
    }  # fmt: skip
    assert group.rate_low > found.rate
    assert group.rate_low < group.rate < group.rate_high
    assert 1 < group.median_seconds < 9
    assert "on mobile" in found.as_text().lower()
    assert "from share" in found.as_text().lower()
    assert found.as_csv().count("\n") > 4
    assert "nan" not in found.model_dump_json().lower()


def test_no_groups_are_no_groups(tmp_path: Path) -> None:
    found = cluster_bounces(document(tmp_path / "views.csv", visits(3000, seed=2, planted=False)))
    assert found.groups == ()
    assert "No groups" in found.as_text()
    assert not any(one.differs for one in found.rates)


def test_one_thing_that_makes_leaving_likely_is_named(tmp_path: Path) -> None:
    found = cluster_bounces(document(tmp_path / "views.csv", visits(3000, seed=3, planted=False, lifted=3.0)))
    assert found.rates[0].differs
    assert ("device", "mobile") in {(one.trait, one.value) for one in found.rates if one.differs}
    assert "on mobile: " in found.as_text()


def test_few_visits_and_one_viewer_are_said(tmp_path: Path) -> None:
    few = cluster_bounces(document(tmp_path / "few.csv", visits(60, seed=4, planted=True)))
    assert "too few to look for groups" in few.as_text()
    lines = visits(200, seed=5, planted=True).splitlines()
    one = [lines[0], *("ann," + line.split(",", 1)[1] for line in lines[1:])]
    alone = cluster_bounces(document(tmp_path / "one.csv", "\n".join(one)))
    assert (alone.rate, alone.groups, alone.rates) == (None, (), ())
    assert "1 viewers are too few" in alone.as_text()
    some = cluster_bounces(document(tmp_path / "few.csv", visits(60, seed=4, planted=True)), least_viewers=19)
    assert len(some.rates) < len(few.rates)
    assert "kinds of visits have fewer than 19 viewers" in some.as_text()
    with pytest.raises(InputError, match="no column `watch_seconds`"):
        cluster_bounces(document(tmp_path / "bad.csv", "title_id,started_at\na,2026-03-01\n"))


def test_what_the_network_ended_is_not_leaving(fill: Fill) -> None:
    rows = []
    for number in range(24):
        rows += played(f"v{number}", (0, 4 if number % 2 else 60), begin=100.0 * number)
        if number % 4 == 1:
            rows.append(
                event(99, "error", 100.0 * number + 5, 4.0, viewer=f"v{number}", error_code="network_timeout")
            )  # fmt: skip
    found = cluster_bounces(Document(file=fill(rows).events().manifest))
    assert (found.visits, found.bounces) == (18, 6)
    assert "6 visits that the network or the player ended" in found.as_text()


def test_the_panel_shows_rates_and_groups(fill: Fill) -> None:
    rng, rows = np.random.default_rng(0), []
    for number in range(900):
        device = ("tv", "mobile", "desktop")[int(rng.integers(3))]
        source = ("search", "share")[int(rng.integers(2))]
        is_odd = device == "mobile" and source == "share"
        until = float(rng.uniform(2, 9)) if rng.random() < (0.7 if is_odd else 0.06) else float(rng.uniform(15, 40))
        base = {"viewer": f"v{number % 300}", "view": f"w{number}", "device": device, "traffic_source": source}
        rows += [
            event(0, "play", 700.0 * number, 0.0, **base), event(1, "pause", 700.0 * number + until, until, **base),
        ]  # fmt: skip
    warehouse = fill(rows)
    panel = bounces_panel(Context(warehouse.events(), warehouse))
    assert panel is not None
    page = str(panel.body)
    assert "on mobile" in page.lower()
    assert page.count("<svg") >= 2
    assert "nan" not in page.lower()
