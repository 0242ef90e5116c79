from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.create.pictures.match import match_pictures, stem, stems
from tests.create.film_parts import photo


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("harbour", "harbours"),
        ("city", "cities"),
        ("train", "trains"),
        ("lighthouse", "lighthouses"),
        ("run", "running"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, two: str) -> None:
    assert stem(one) == stem(two)


def test_file_names_are_parted_into_words() -> None:
    assert stems("IMG_2041-oldHarbour_at.night") == [stem("old")] * 0 + [stem("harbour"), stem("night")]


def test_each_picture_goes_where_it_fits_and_once(tmp_path: Path) -> None:
    names = ["elephant.png", "ice-cream.png", "hubble_deep_field.png", "IMG_0001.png"]
    pictures = [photo(tmp_path / name) for name in names]
    texts = [
        "Hubble looked deep into a field of stars.",
        "People eat ice cream.",
        "An elephant walks.",
        "The elephant sleeps.",
    ]
    found = match_pictures(texts, pictures, threshold=0.18)
    assert [match.media.file.path.name if match else None for match in found] in (
        ["hubble_deep_field.png", "ice-cream.png", "elephant.png", None],
        ["hubble_deep_field.png", "ice-cream.png", None, "elephant.png"],
    )
    assert found[1] is not None
    assert set(found[1].words) == {"ice", "cream"}


def test_no_words_in_common_is_no_match(tmp_path: Path) -> None:
    found = match_pictures(["The council voted."], [photo(tmp_path / "elephant.png")], threshold=0.0)
    assert found == [None]
    assert match_pictures(["The council voted."], [], threshold=0.1) == [None]
