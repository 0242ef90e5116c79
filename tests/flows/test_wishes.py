from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rushlight.core.errors import ApprovalError, InputError
from rushlight.flows.wishes import FilmWishes, settle


def test_the_command_line_wins_over_the_brief_and_the_brief_over_the_project() -> None:
    found = settle(
        FilmWishes(style="night"),
        {"style": "paper", "genre": "ambient"},
        {"style": "house", "genre": "acoustic", "voice": "espeak/de", "music": False, "loudness": -23},
    )
    assert (found.style, found.genre, found.voice) == ("night", "ambient", "espeak/de")
    assert (found.music, found.loudness_lufs) == (False, -23.0)


def test_no_length_is_as_long_as_the_script() -> None:
    assert settle(FilmWishes(length="auto"), {}, {}).length is None
    assert settle(FilmWishes(length="1m30s"), {}, {}).length == 90


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5", "4:3"])
@pytest.mark.parametrize("height", [144, 233, 720])
def test_sizes_are_even_and_of_the_shape(aspect: str, height: int) -> None:
    width, tall = settle(FilmWishes(aspect=aspect, height=height), {}, {}).size(aspect)
    assert width % 2 == tall % 2 == 0
    wide, high = map(int, aspect.split(":"))
    assert abs(Fraction(width, tall) - Fraction(wide, high)) < Fraction(1, 40)


@pytest.mark.parametrize(
    ("wishes", "defaults", "words"),
    [
        ({"rate": "0.5"}, {}, "frames a second"),
        ({"rate": "x"}, {}, "not a frame rate"),
        ({}, {"height": "tall"}, "height"),
        ({}, {"height": 7}, "height"),
        ({"loudness_lufs": 3.0}, {}, "loudness"),
        ({}, {"loudness": "loud"}, "loudness"),
        ({"captions": "some"}, {}, "captions"),
        ({}, {"music": "perhaps"}, "neither true nor false"),
        ({"length": "2s"}, {}, "out of range"),
        ({"aspect": "2:1"}, {}, "not an aspect"),
        ({"pictures": (Path(__file__),)}, {}, "is a file"),
    ],
)
def test_what_cannot_be_granted_is_named_with_a_hint(
    wishes: dict[str, Any], defaults: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        settle(FilmWishes(**wishes), {}, defaults)
    assert caught.value.hint


def test_a_brief_alone_sends_nothing_to_another_machine() -> None:
    remote = "https://models.example.org/v1#large"
    with pytest.raises(ApprovalError, match=r"models\.example\.org"):
        settle(FilmWishes(), {"writer": remote}, {})
    assert settle(FilmWishes(writer=remote), {"writer": remote}, {}).writer == remote
    assert settle(FilmWishes(), {"writer": remote}, {"writer": remote}).writer == remote
    local = "http://localhost:11434/v1#qwen3"
    assert settle(FilmWishes(), {"writer": local}, {}).writer == local
