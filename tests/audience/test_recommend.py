from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.recommendations import Recommendations
from rushlight.audience.recommend import recommend
from rushlight.audience.recommending.lists import lists_as_csv, lists_as_html
from rushlight.audience.warehouse.people import erase_viewer, pseudonym
from rushlight.audience.warehouse.tables import import_ratings, import_segments
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import event, played


@pytest.fixture
def rated(tmp_path: Path) -> Warehouse:
    """Sixty viewers of two tastes who rated eight of twenty titles each, with names and categories."""
    rng = np.random.default_rng(4)
    rows = ["viewer,title_id,rating"]
    for viewer in range(60):
        low = 10 * (viewer % 2)
        rows += [f"viewer-{viewer},t{title:02d},{rng.integers(3, 6)}" for title in low + rng.permutation(10)[:8]]
    (tmp_path / "ratings.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = ["title_id,name,category", *(f"t{n:02d},Film {n},{'Sea' if n < 10 else 'Sand'}" for n in range(20))]
    (tmp_path / "titles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=4)
    import_ratings(warehouse, tmp_path / "ratings.csv")
    import_titles(warehouse, tmp_path / "titles.csv")
    return warehouse


def listed(found: Recommendations) -> dict[str, list[dict[str, str]]]:
    lists: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(lists_as_csv(found))):
        lists.setdefault(row["viewer"], []).append(row)
    return lists


def test_the_best_model_is_above_popularity_and_says_why(rated: Warehouse) -> None:
    found = recommend(rated.events(), most=2)
    by_name = {one.model: one.ndcg for one in found.scores}
    assert found.card.model == found.scores[0].model != "popularity"
    assert by_name[found.card.model] > by_name["popularity"]
    assert found.rating_rmse is not None
    assert all(str(value) not in found.as_text() for value in ("nan", "NaN"))
    lists = listed(found)
    assert len(lists) == 60
    mine = lists[pseudonym(rated, "viewer-0")]
    assert [row["place"] for row in mine] == ["1", "2"]
    assert {row["title_id"] for row in mine} <= {f"t{n:02d}" for n in range(10)}
    assert mine[0]["because"].startswith("because you chose Film ")
    assert "Film" in lists_as_html(found)


def test_an_erased_viewer_leaves_no_trace(rated: Warehouse) -> None:
    found = recommend(rated.events(), model="blend")
    assert found.model is not None
    name = pseudonym(rated, "viewer-7")
    assert name.encode() not in found.model.path.read_bytes()
    assert name not in found.model_dump_json()
    erase_viewer(rated, "viewer-7")
    with pytest.raises(InputError, match="has changed"):
        lists_as_csv(found)
    again = recommend(rated.events(), model="blend")
    assert again.card.viewers == 59
    assert name not in listed(again)


def test_groups_of_titles_are_shown_alike_on_request(rated: Warehouse) -> None:
    found = recommend(rated.events(), model="ease", fair_by="category", most_lost=1.0)
    (parity,) = found.parities
    assert {one.group for one in parity.groups} == {"Sea", "Sand"}
    assert parity.after >= min(parity.before, 0.8)
    assert found.bonuses
    assert "price" in found.as_text() or parity.before >= 0.8
    listed(found)


def test_segments_are_told_apart(rated: Warehouse, tmp_path: Path) -> None:
    rows = ["viewer,segment", *(f"viewer-{n},{'even' if n % 2 == 0 else 'odd'}" for n in range(60))]
    (tmp_path / "segments.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    import_segments(rated, tmp_path / "segments.csv")
    found = recommend(rated.events(), model="ease")
    (parity,) = found.parities
    assert parity.of == "viewers"
    assert parity.before_low <= parity.before <= parity.before_high


def viewing(consent: str, viewers: int = 24, begin: float = 0.0) -> list[dict[str, object]]:
    rows = []
    for viewer in range(viewers):
        for number in range(5):
            title = f"film-{6 * (viewer % 2) + (viewer + number) % 6}"
            more = {"viewer": f"p{viewer}", "title": title, "consent": consent, "view": f"{title} {consent}"}
            rows += played(
                more.pop("viewer"), (0.0, 100.0), begin=begin, device="tv" if number % 2 else "mobile", **more
            )
    return rows


def test_only_viewers_who_agreed_are_learned_from(fill: Fill) -> None:
    with pytest.raises(InputError, match="No viewer who agreed to personalise"):
        recommend(fill(viewing("measure")).events())
    rows = viewing("measure personalise", begin=1e4)
    # The last word counts: one of them took it back.
    rows.append(event("later", "like", 9e4, None, viewer="p0", title="film-0", consent="measure", view=None))
    found = recommend(fill(rows).events(), model="ease", device="tv", hour=12, most=3)
    assert found.card.viewers == 23
    assert found.card.titles == 12
    lists = listed(found)
    assert len(lists) == 23
    with pytest.raises(InputError, match="Nobody watched on a device 'watch'"):
        recommend(found.events, device="watch")


def test_a_view_that_was_left_early_is_no_choice(fill: Fill) -> None:
    rows = played("ann", (0.0, 10.0), consent="measure personalise")
    with pytest.raises(InputError, match="has watched or rated anything"):
        recommend(fill(rows).events())
    found = recommend(fill(rows).events(), least_share=0.05)
    assert found.card.choices == 1
    assert "Models were not compared" in found.notes[0]
    assert lists_as_csv(found).count("\n") == 1


def test_too_few_to_compare_is_said(fill: Fill) -> None:
    found = recommend(fill(viewing("measure personalise", 4)).events())
    assert found.card.model == "popularity"
    assert "Models were not compared" in found.notes[0]


def test_a_formula_in_a_name_stays_text(rated: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text('title_id,name\nt03,"=HYPERLINK(1)"\n', encoding="utf-8")
    import_titles(rated, tmp_path / "more.csv")
    text = lists_as_csv(recommend(rated.events(), model="popularity", most=20))
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
