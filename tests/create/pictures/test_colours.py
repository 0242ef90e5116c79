from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rushlight.artifacts import Media
from rushlight.create.pictures.colours import COLOUR_WORDS, name_colours
from rushlight.create.pictures.match import match_pictures
from rushlight.media.probe import probe

PAINTS = {
    "red": (210, 20, 20), "orange": (250, 140, 20), "yellow": (250, 230, 30), "green": (30, 160, 60),
    "blue": (20, 60, 200), "purple": (120, 40, 190), "pink": (250, 80, 180), "brown": (110, 60, 20),
    "black": (5, 5, 5), "white": (250, 250, 250), "grey": (128, 128, 128),
}  # fmt: skip


def paint(path: Path, *names: str) -> Path:
    stripes = [np.full((90, 60, 3), PAINTS[name], dtype=np.uint8) for name in names]
    Image.fromarray(np.concatenate(stripes, axis=1)).save(path)
    return path


@pytest.mark.parametrize("name", sorted(PAINTS))
def test_a_painted_wall_has_the_name_of_its_paint(tmp_path: Path, name: str) -> None:
    assert name in COLOUR_WORDS
    assert name_colours(paint(tmp_path / "wall.png", name)) == {name}


def test_colours_that_fill_little_are_not_named(tmp_path: Path) -> None:
    names = name_colours(paint(tmp_path / "wall.png", *["blue"] * 9, "red"))
    assert names == {"blue"}


def test_colour_decides_between_pictures_that_agree_alike(tmp_path: Path) -> None:
    pictures: list[Media] = []
    for colour in ("red", "blue"):
        pictures.append(probe(paint(tmp_path / f"train-{colour[0]}.png", colour)))
    texts = ["The blue train leaves at night."]
    colours = [name_colours(media.file.path) for media in pictures]
    for order in (1, -1):
        (match,) = match_pictures(texts, pictures[::order], threshold=0.1, colours=colours[::order])
        assert match is not None
        assert match.media.file.path.name == "train-b.png"


def test_colour_alone_makes_no_match(tmp_path: Path) -> None:
    media = probe(paint(tmp_path / "harbour.png", "blue"))
    assert match_pictures(["The blue mood of the song."], [media], threshold=0.1, colours=[frozenset({"blue"})]) == [
        None
    ]
