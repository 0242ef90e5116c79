from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from rushlight.artifacts.source import Document
from rushlight.audience.predict_creative import predict_creative
from rushlight.audience.predicting.creatives import import_creatives, import_drafts
from rushlight.audience.report.creatives_panel import creatives_panel
from rushlight.audience.report.panels import Context
from rushlight.core.errors import InputError
from rushlight.media.probe import probe
from tests.audience.conftest import Fill
from tests.audience.predicting.worlds import document
from tests.audience.viewing import event

WORDS = "storm keeper harbour night love war secret island river king ghost train".split()


def past_tests(count: int, *, seed: int, effect: float, shown: int = 3000) -> list[str]:
    """Past tests of two to four titles; a question is clicked more, by the effect in log-odds."""
    rng = np.random.default_rng(seed)
    lines = ["test,variant,text,impressions,clicks"]
    for test in range(count):
        level = rng.normal(-3, 0.4)
        for variant in range(int(rng.integers(2, 5))):
            asks = bool(rng.integers(2))
            text = " ".join(rng.choice(WORDS, int(rng.integers(2, 6)), replace=False)) + ("?" if asks else "")
            odds = level + effect * asks + rng.normal(0, 0.08)
            lines.append(f"t{test},v{variant},{text},{shown},{rng.binomial(shown, 1 / (1 + np.exp(-odds)))}")
    return lines


DRAFTS = "variant,text\nA,secret night?\nB,secret night\nC,king river\n"


def test_the_better_draft_is_told_with_its_reasons(tmp_path: Path) -> None:
    tests = document(tmp_path / "tests.csv", "\n".join(past_tests(80, seed=1, effect=0.4)))
    found = predict_creative(tests, (), document(tmp_path / "drafts.csv", DRAFTS))
    assert found.better is True
    assert found.loss_high < np.log(2)
    assert found.right > 0.75
    assert found.candidates[0].variant == "A"
    assert found.candidates[0].best > 0.8
    assert found.candidates[0].low > 1
    assert "a question" in found.candidates[0].because
    assert sum(one.best for one in found.candidates) == pytest.approx(1, abs=1e-4)
    even = {frozenset((pair.first, pair.second)): pair.probability for pair in found.pairs}
    assert even[frozenset("AB")] > 0.8
    assert even[frozenset("BC")] < 0.85
    assert found.traits[0].trait == "question"
    assert found.traits[0].low > 1
    assert found.explanation_error <= 1e-6
    assert "nan" not in found.model_dump_json().lower()
    with safe_open(found.model.path, framework="numpy") as file:
        assert np.isfinite(file.get_tensor("weights")).all()
    assert found.as_csv().startswith("test,variant,best,")


def test_where_contents_say_nothing_a_coin_is_as_good(tmp_path: Path) -> None:
    tests = document(tmp_path / "tests.csv", "\n".join(past_tests(60, seed=2, effect=0.0)))
    found = predict_creative(tests, (), document(tmp_path / "drafts.csv", DRAFTS))
    assert found.better is not True
    assert "Not shown to be better than tossing a coin" in found.verdict
    assert all(pair.probability < 0.75 for pair in found.pairs)


def test_too_little_history_is_said(tmp_path: Path) -> None:
    few = predict_creative(document(tmp_path / "few.csv", "\n".join(past_tests(8, seed=3, effect=1.0))), (), None)
    assert "8 past tests are too few" in few.verdict
    assert (few.model, few.traits, few.candidates) == (None, (), ())
    none = [",".join([*line.split(",")[:4], "0"]) for line in past_tests(30, seed=4, effect=0.0)[1:]]
    lines = [past_tests(1, seed=0, effect=0)[0], *none]
    nobody = predict_creative(document(tmp_path / "none.csv", "\n".join(lines)), (), None)
    assert "Nobody clicked anything" in nobody.verdict


def test_bad_rows_are_counted_and_left_out(tmp_path: Path) -> None:
    good = past_tests(25, seed=5, effect=0.2)
    bad = [
        "x,a,one,100,120",
        "x,b,two,-4,1",
        "x,c,three,0,0",
        "x,d,four,many,1",
        ",e,five,10,1",
        "y,f,six,10,1",
        good[3],
    ]
    found = predict_creative(document(tmp_path / "tests.csv", "\n".join([*good, *bad])), (), None)
    said = " ".join(found.notes)
    for part in ("1 variants were clicked more often than shown", "2 variants have a count that is none",
                 "1 variants were never shown", "1 variants name no test", "1 variants are alone",
                 "1 rows were there before"):  # fmt: skip
        assert part in said
    assert found.card.tests == 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("variant,text,impressions,clicks\na,x,1,0\n", "no column `test`"),
        ("test,text,clicks\na,x,1\n", "no column `impressions`"),
        ("test,impressions,clicks\na,10,1\n", "neither `text` nor `picture`"),
        ("test,text,impressions,clicks\na,x,10,1\n", "no test with two variants"),
        ("", "no column"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        predict_creative(document(tmp_path / "tests.csv", text), (), None)


def test_pictures_are_looked_at(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = []
    for number in range(8):
        pixels = rng.integers(0, 60, (45, 80, 3)) + (number % 2) * 150
        path = tmp_path / f"p{number}.png"
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        pictures.append(probe(path))
    lines = ["test,variant,picture,impressions,clicks"]
    for test in range(40):
        for variant in rng.choice(8, 3, replace=False):
            odds = -3 + 0.5 * (variant % 2) + rng.normal(0, 0.05)
            clicks = rng.binomial(3000, 1 / (1 + np.exp(-odds)))
            lines.append(f"t{test},v{variant},../elsewhere/p{variant}.png,3000,{clicks}")
    tests = document(tmp_path / "tests.csv", "\n".join(lines))
    wanted = document(tmp_path / "drafts.csv", "variant,picture\ndark,p0.png\nbright,p1.png\n")
    found = predict_creative(tests, tuple(pictures), wanted)
    assert found.better is True
    assert found.candidates[0].variant == "bright"
    assert "brighter" in " ".join(one.words for one in found.traits) + found.candidates[0].because
    blind = predict_creative(tests, (), None, features=())
    assert "No pictures were given" in " ".join(blind.notes)
    assert blind.better is not True


def test_a_warehouse_knows_its_tests_and_the_panel_draws_them(fill: Fill, tmp_path: Path) -> None:
    rng, rows, said = np.random.default_rng(0), [], ["test,variant,text"]
    for test in range(22):
        for arm, mark, chance in (("a", "?", 0.6), ("b", "", 0.2)):
            said.append(f"e{test},{arm},{' '.join(rng.choice(WORDS, 3, replace=False))}{mark}")
            for number in range(30):
                base = {"viewer": f"v{test}-{arm}-{number}", "title": "harbour", "view": None,
                        "experiment_id": f"e{test}", "variant": arm}  # fmt: skip
                rows.append(event(f"i{number}", "impression", 60.0 * number, **base))
                if rng.random() < chance:
                    rows.append(event(f"c{number}", "click", 60.0 * number + 2, **base))
    warehouse = fill(rows)
    with pytest.raises(InputError, match="Nothing is known of what the tested variants"):
        predict_creative(Document(file=warehouse.events().manifest), (), None)
    assert creatives_panel(Context(warehouse.events(), warehouse)) is None
    before = warehouse.events().manifest.sha256
    assert import_creatives(warehouse, document(tmp_path / "c.csv", "\n".join(said)).file.path) == 44
    assert (
        import_drafts(warehouse, document(tmp_path / "d.csv", "variant,text\nA,ghost train?\nB,bells\n").file.path) == 2
    )
    assert warehouse.events().manifest.sha256 != before
    panel = creatives_panel(Context(warehouse.events(), warehouse))
    assert panel is not None
    page = str(panel.body)
    assert "Better than tossing a coin on 22 tests" in page
    assert "a question" in page
    assert "Drafts: which is the best" in page
    assert "<svg" in page
    assert "nan" not in page.lower()
