from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import BiasReport, Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.check_bias import check_bias
from rushlight.trust.representing.shares import agreement, exact_intervals, misfit, parity


def sheet(tmp_path: Path, rows: list[str], head: str = "person,gender,role,reviewed_by") -> Document:
    path = tmp_path / "shown.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return Document(file=FileRef.of(path))


def target(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "target.toml"
    path.write_text(text)
    return Document(file=FileRef.of(path))


def of(report: BiasReport, attribute: str, role: str = "") -> dict[str, str]:
    (one,) = [one for one in report.attributes if (one.attribute, one.role) == (attribute, role)]
    return {group.group: group.verdict for group in one.groups}


def test_a_group_that_is_shown_too_seldom_is_told(tmp_path: Path) -> None:
    rows = [f"p{n},{'woman' if n < 20 else 'man'},,ann" for n in range(100)]
    report = check_bias(sheet(tmp_path, rows), target(tmp_path, "[gender]\nwoman = 1\nman = 1\n"))
    assert of(report, "gender") == {"man": "too many", "woman": "too few"}
    (one,) = report.attributes
    assert one.parity == pytest.approx(0.25)
    assert one.parity_low < 0.25 < one.parity_high < 0.8
    assert one.chance < 0.001
    assert not report.draft


def test_few_people_tell_little(tmp_path: Path) -> None:
    report = check_bias(sheet(tmp_path, ["a,woman,,x", "b,man,,x", "c,man,,x"]))
    assert of(report, "gender") == {"man": "in reach", "woman": "in reach"}
    assert report.attributes[0].enough_people > 100
    assert any("no target for gender" in note for note in report.notes)


def test_a_wanted_group_that_nobody_saw_is_told(tmp_path: Path) -> None:
    rows = [f"p{n},{'woman' if n % 2 else 'man'},,x" for n in range(80)]
    report = check_bias(sheet(tmp_path, rows), target(tmp_path, "[gender]\nwoman = 4\nman = 4\nnonbinary = 2\n"))
    assert of(report, "gender")["nonbinary"] == "too few"
    assert report.attributes[0].parity == 0


def test_roles_are_looked_at_one_by_one(tmp_path: Path) -> None:
    rows = [f"d{n},man,doctor,x" for n in range(20)] + [f"n{n},woman,nurse,x" for n in range(20)]
    report = check_bias(sheet(tmp_path, rows))
    assert of(report, "gender") == {"man": "in reach", "woman": "in reach"}
    assert of(report, "gender", "doctor") == {"man": "too many", "woman": "too few"}


def test_labels_nobody_signed_make_a_draft(tmp_path: Path) -> None:
    report = check_bias(sheet(tmp_path, ["a,woman,,", "b,man,,ann"]))
    assert report.draft
    assert report.reviewed == 0.5
    assert "DRAFT" in report.as_text()


def test_raters_who_do_not_agree_make_a_draft(tmp_path: Path) -> None:
    rows = [f"p{n},{'woman' if (n + r) % 2 else 'man'},,rater{r}" for n in range(10) for r in range(2)]
    report = check_bias(sheet(tmp_path, [*rows, "q,man,,rater0"]))
    assert report.draft
    assert any("do not agree" in note for note in report.notes)


def test_monk_tones_are_counted_in_three_groups(tmp_path: Path) -> None:
    rows = [f"p{n},{tone},x" for n, tone in enumerate([1, 3, 4, 7, 8, 10])]
    report = check_bias(sheet(tmp_path, rows, head="person,monk_tone,reviewed_by"))
    assert {group.group: group.count for group in report.attributes[0].groups} == {"dark": 2, "light": 2, "medium": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,gender\na,b\n", "no column `person`"),
        ("person,reviewed_by\na,b\n", "no attribute"),
        ("person,gender\n", "nobody in this sheet"),
        ("person,gender\na,\n", "Nobody in this sheet has a label"),
        ("person,monk_tone\na,11\n", "no tone of the Monk scale"),
        ("", "no column `person`"),
    ],
)
def test_a_sheet_that_cannot_be_counted_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "shown.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        check_bias(Document(file=FileRef.of(path)))


@pytest.mark.parametrize(
    "text",
    ["[gender", "gender = 1", "[gender]\nwoman = -1", "[gender]\nwoman = nan", "[gender]\nwoman = 0", "[x]\na = 1"],
)
def test_a_target_that_means_nothing_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        check_bias(sheet(tmp_path, ["a,woman,,x"]), target(tmp_path, text))


def test_bounds_hold_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    shares = np.array([0.1, 0.3, 0.6])
    held = 0
    for _ in range(400):
        bounds = exact_intervals([int(count) for count in rng.multinomial(60, shares)])
        held += all(low <= share <= high for (low, high), share in zip(bounds, shares, strict=True))
    assert held / 400 >= 0.93


def test_chance_is_told_from_bias() -> None:
    rng = np.random.default_rng(4)
    shares = [0.2, 0.3, 0.5]
    fair = [misfit([int(n) for n in rng.multinomial(50, shares)], shares, seed) for seed in range(60)]
    assert 0.0 <= np.mean(np.array(fair) < 0.05) <= 0.15
    assert misfit([0, 25, 25], shares, 0) < 0.01
    assert misfit([1, 0], [0.0, 1.0], 0) == 0


@given(st.lists(st.integers(0, 50), min_size=2, max_size=5).filter(any))
@settings(deadline=None, max_examples=25)
def test_parity_lies_within_its_bounds(counts: list[int]) -> None:
    found = parity(counts, [1 / len(counts)] * len(counts), 0)
    assert 0 <= found.low <= found.ratio <= found.high <= 1


def test_agreement_is_that_of_the_book() -> None:
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example B: two observers, ten units, nominal.
    one = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    other = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    units = {str(place): pair for place, pair in enumerate(zip(one, other, strict=True))}
    assert agreement(units) == pytest.approx(0.692, abs=5e-4)
    assert agreement({"a": ["x", "x"], "b": ["y", "y"]}) == 1
    assert agreement({"a": ["x"], "b": ["y"]}) is None


def test_the_page_draws_every_group(tmp_path: Path) -> None:
    report = check_bias(sheet(tmp_path, ["a,<b>woman,,x", "b,man,,x"]))
    assert "<b>woman" not in report.as_html()
    assert report.as_html().count("<dd ") == 2
    assert "person" not in report.as_csv().splitlines()[0].split(",")
