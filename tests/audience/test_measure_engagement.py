from __future__ import annotations

import pytest

from rushlight.audience.measure_engagement import measure_engagement
from rushlight.audience.warehouse.titles import import_titles
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played

# The content-category table of the creative-industries survey: interest,
# hours (thousands there), engagement %, repeat %.
CATEGORIES = {
    "British Series": (85, 1200, 75, 50),
    "David Fincher Films": (92, 1500, 80, 55),
    "Kevin Spacey Movies": (88, 1300, 78, 53),
    "Competitor Series": (65, 800, 60, 35),
    "Documentaries": (70, 900, 65, 40),
}


def events_to_margins(name: str, interest: int, hours: int, engaged: int, repeat: int) -> list[dict]:
    """Events of one category that have exactly these margins: 100 viewers play, `repeat` of them twice."""
    views = 100 + repeat
    length = hours * 3600 / (views * engaged / 100)
    start_rate = (interest - 0.3 * engaged) / 0.7
    shown = 100 * 100 / start_rate
    rows = []
    for number in range(views):
        viewer, title = f"{name}-{number % 100}", f"title {name}"
        for key, place in ((0, 0.0), (1, length * engaged / 100)):
            rows.append(
                event(f"{number}-{key}", "ping" if key else "play", place + number * 9, place, viewer=viewer,
                      view=f"{name}-{number}", title=title, duration_seconds=length)
            )  # fmt: skip
    started = [f"{name}-{number}" for number in range(100)]
    others = [f"{name}-other-{number}" for number in range(round(shown) - 100)]
    rows += [
        event("shown", "impression", 1, viewer=viewer, view=None, title=f"title {name}")
        for viewer in (*started, *others)
    ]
    return rows


def test_the_surveys_table_is_reproduced(fill: Fill, tmp_path) -> None:
    rows = [row for name, margins in CATEGORIES.items() for row in events_to_margins(name, *margins)]
    warehouse = fill(rows)
    table = tmp_path / "titles.csv"
    table.write_text("title_id,category\n" + "\n".join(f"title {name},{name}" for name in CATEGORIES), encoding="utf-8")
    assert import_titles(warehouse, table) == 5
    found = {row.group: row for row in measure_engagement(warehouse.events(), by="category").rows}
    shown = {
        name: tuple(
            round(value or 0)
            for value in (row.interest, row.watch_hours, 100 * (row.engagement or 0), 100 * (row.repeat or 0))
        )
        for name, row in found.items()
    }  # fmt: skip
    assert shown == CATEGORIES


def test_figures_counted_by_hand(fill: Fill) -> None:
    rows = [
        *played("a", (0, 100)), *played("b", (0, 50), (40, 60)), *played("c", (0, 5)),
        *played("c", (0, 20), view="two", begin=900),
        *[event(f"i{name}", "impression", 0, viewer=name, view=None) for name in "abcd"],
        *[event(f"k{name}", "click", 0, viewer=name, view=None) for name in "abc"],
        event("l", "like", 9, viewer="a", view=None), event("m", "comment", 9, viewer="b", view=None, text="sick"),
    ]  # fmt: skip
    (row,) = measure_engagement(fill(rows).events(), least_viewers=1).rows
    assert (row.viewers, row.impressions, row.clicks, row.views, row.responses) == (4, 4, 3, 4, 2)
    assert row.click_through == row.start_rate == 0.75
    assert row.watch_hours == pytest.approx((100 + 70 + 5 + 20) / 3600, abs=1e-6)
    assert row.content_hours == pytest.approx((100 + 60 + 5 + 20) / 3600, abs=1e-6)
    assert row.engagement == pytest.approx((1 + 0.6 + 0.05 + 0.2) / 4)
    assert row.completion == 0.25
    assert row.bounce == 0.25
    assert row.repeat == pytest.approx(1 / 3, abs=1e-6)
    assert row.interest == pytest.approx(100 * (0.7 * 0.75 + 0.3 * 0.4625), abs=0.01)


def test_no_impressions_no_clicks_no_views_are_said_and_never_nan(fill: Fill) -> None:
    watched = measure_engagement(fill([row for n in range(10) for row in played(f"v{n}", (0, 50))]).events())
    (row,) = watched.rows
    assert row.click_through is None
    assert row.interest is None
    assert "No impressions" in watched.as_text()
    assert "nan" not in watched.as_text().lower() + watched.as_csv().lower() + watched.model_dump_json().lower()


def test_only_impressions(fill: Fill) -> None:
    rows = [event(n, "impression", n, viewer=f"v{n}", view=None) for n in range(10)]
    (row,) = measure_engagement(fill(rows).events()).rows
    assert row.click_through == 0
    assert row.views == 0
    assert row.engagement is None
    assert row.interest is None


def test_hours_are_the_viewers_own(fill: Fill) -> None:
    rows = [row for n in range(10) for row in played(f"v{n}", (0, 50), tz="Europe/Berlin")]
    rows += [row for n in range(10) for row in played(f"w{n}", (0, 50), tz="Nowhere/Land")]
    found = measure_engagement(fill(rows).events(), by="hour")
    assert [row.group for row in found.rows] == ["12", "14"]


def test_one_viewer_is_not_shown(fill: Fill) -> None:
    found = measure_engagement(fill(played("ann", (0, 50))).events())
    assert found.rows == ()
    assert found.total is None
    assert "fewer than 10 viewers" in found.notes[0]


def test_an_engine_that_is_not_there_is_refused(fill: Fill) -> None:
    with pytest.raises(InputError, match="no engine"):
        measure_engagement(fill(played("ann", (0, 50))).events(), engine="oracle")


def test_a_clock_that_is_hours_ahead_is_set_right(fill: Fill) -> None:
    rows = [row for n in range(10) for row in played(f"v{n}", (0, 50))]
    wrong = [{**row, "ts_client": str(row["ts_client"]).replace("T12", "T17"), "viewer": f"w{row['viewer']}",
              "event_id": f"w{row['event_id']}"} for row in rows]  # fmt: skip
    found = measure_engagement(fill([*rows, *wrong]).events(), by="hour")
    assert [(row.group, row.views) for row in found.rows] == [("12", 20)]
