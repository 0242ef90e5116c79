from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.commission import Commission, PropertyWeight
from rushlight.artifacts.source import Document
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.audience.weigh_commission import weigh_commission
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from tests.audience.conftest import Fill
from tests.audience.viewing import played


def document(tmp_path: Path, text: str, name: str = "titles.csv") -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def catalogue(tmp_path: Path, *, count: int = 120, seed: int = 1) -> Document:
    """Politics doubles demand, Ann halves it; Bob only ever plays in politics; old titles have had more time."""
    rng = np.random.default_rng(seed)
    lines = ["title_id,demand,released,theme,cast,director"]
    for number in range(count):
        theme = ("politics", "sea", "love", "war")[number % 4]
        cast = {"Ann"} if rng.random() < 0.3 else {"Cem"}
        if theme == "politics" and rng.random() < 0.4:
            cast.add("Bob")
        year = int(rng.integers(2010, 2026))
        level = 6 + 0.06 * (2026 - year) + 0.7 * (theme == "politics") - 0.7 * ("Ann" in cast)
        demand = int(rng.poisson(np.exp(level + rng.normal(0, 0.3))))
        director = f"D{rng.integers(5)}"
        lines.append(f"t{number},{demand},{year},{theme},{'|'.join(sorted(cast))},{director}")
    return document(tmp_path, "\n".join(lines) + "\n")


def weight(found: Commission, group: str, name: str) -> PropertyWeight:
    return next(one for one in found.weights if (one.group, one.name) == (group, name))


def test_what_raises_demand_is_found_and_what_comes_with_it_is_named(tmp_path: Path) -> None:
    found = weigh_commission(catalogue(tmp_path), (), None)
    others = [weight(found, "theme", name).ratio for name in ("sea", "love", "war")]
    assert weight(found, "theme", "politics").ratio / np.mean(others) == pytest.approx(math.exp(0.7), rel=0.2)
    assert weight(found, "cast", "Ann").high < 1
    bob = weight(found, "cast", "Bob")
    assert bob.low < 1 < bob.high
    # Raw means give Bob the credit of politics.
    assert bob.raw_ratio > 1.3 > bob.ratio
    assert [(other.group, other.name) for other in bob.confounders] == [("theme", "politics")]
    assert found.card.controls == ("age", "age squared")
    assert found.card.rmse < found.card.rmse_of_mean  # type: ignore[operator]
    assert 0.8 <= found.card.held <= 1.0  # type: ignore[operator]
    text = found.as_text()
    assert "not what causes it" in text
    assert "hardly to be told from theme politics" in text or bob.low < 1


def test_a_proposal_has_bounds_comparables_and_what_nobody_knows(tmp_path: Path) -> None:
    titles = catalogue(tmp_path)
    found = weigh_commission(
        titles, (), None, propose=("theme=politics; cast=Cem", "theme=war; cast=Ann", "theme=politics; cast=Zoe|Yan")
    )
    good, poor, new = found.proposals
    assert good.low < good.expected < good.high
    assert good.expected > 2 * poor.expected
    assert good.above_median > 0.7 > poor.above_median
    assert new.unknown == ("cast Yan", "cast Zoe")
    assert new.high / new.low > good.high / good.low
    assert all("theme politics" in other.shares for other in good.comparables)
    proposals = document(tmp_path, "title,theme,cast\nThe House,politics,Cem\n", "proposals.csv")
    assert weigh_commission(titles, (proposals,), None).proposals[0].expected == good.expected


def test_chance_alone_raises_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    lines = ["title_id,demand,theme"] + [f"t{n},{rng.lognormal(3, 1):.2f},g{rng.integers(6)}" for n in range(120)]
    found = weigh_commission(document(tmp_path, "\n".join(lines)), (), None)
    assert sum(one.low > 1 or one.high < 1 for one in found.weights) <= 1
    assert "NO better" in found.as_text() or found.card.rmse <= found.card.rmse_of_mean  # type: ignore[operator]


def test_viewers_of_a_warehouse_are_the_demand_where_the_table_has_none(fill: Fill, tmp_path: Path) -> None:
    rows, lines = [], ["title_id,name,category"]
    for number in range(12):
        liked = number % 2
        for viewer in range(12 + 14 * liked):
            rows += played(f"v{viewer}", (0, 20), title=f"t{number}", view=f"{viewer}")
        lines.append(f"t{number},Film {number},{('sea', 'city')[liked]}")
    warehouse = fill(rows, into=Warehouse.create(tmp_path / "audience", buckets=1))
    table = document(tmp_path, "\n".join(lines) + "\n")
    found = weigh_commission(table, (), warehouse.events())
    assert found.measure == "viewers"
    assert weight(found, "theme", "city").ratio > 1 > weight(found, "theme", "sea").ratio
    assert "Too few titles to hold some back" in found.as_text()
    import_titles(warehouse, table.file.path)
    told = weigh_commission(Document(file=warehouse.events().manifest), (), None)
    assert [one.ratio for one in told.weights] == [one.ratio for one in found.weights]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title_id,demand\na,1\n", "nothing of what titles are made of"),
        ("theme,demand\nx,1\n", "no column `title_id`"),
        ("title_id,theme\na,x\n", "Nothing says how much"),
        ("title_id,theme,demand\n", "no title"),
        ("title_id,theme,demand\na,x,3\nb,x,-4\nc,y,many\n", "Demand is known of 1 titles"),
        ("title_id,theme,demand\n" + "".join(f"t{n},x,5\n" for n in range(9)), "all the same"),
        ("title_id,theme,demand\n" + "".join(f"t{n},x{n},{n}\n" for n in range(9)), "No property is shared"),
    ],
)
def test_what_says_nothing_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        weigh_commission(document(tmp_path, text), (), None)


def test_a_proposal_in_other_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="describes no property"):
        weigh_commission(catalogue(tmp_path, count=20), (), None, propose=("politics",))


def test_zeros_and_missing_dates_give_figures_and_the_table_starts_no_formula(tmp_path: Path) -> None:
    lines = ["title_id,demand,released,theme"]
    lines += [f"t{n},{0 if n % 3 else 40 + n},{'' if n % 2 else '2020-02-30'},=x{n % 2}" for n in range(30)]
    found = weigh_commission(document(tmp_path, "\n".join(lines)), (), None)
    assert all(math.isfinite(value) for one in found.weights for value in (one.ratio, one.low, one.high, one.raises))
    names = [row["name"] for row in csv.DictReader(io.StringIO(found.as_csv()))]
    assert all(name.startswith("'=x") for name in names)
    assert found == weigh_commission(document(tmp_path, "\n".join(lines)), (), None)
