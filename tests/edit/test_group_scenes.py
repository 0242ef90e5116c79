from __future__ import annotations

from fractions import Fraction

import pytest

from rushlight.artifacts import Shots, ShotSpan, Transition
from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project

# Three places that have no colour in common.
PLACES = {"a": (1.0, 0.0, 0.0), "b": (0.0, 1.0, 0.0), "c": (0.0, 0.0, 1.0)}


@pytest.fixture
def project(tmp_path):
    return create_project(tmp_path / "p")


def film(places: str, kinds: str = "") -> tuple[Shots, ShotTable]:
    spans = tuple(
        ShotSpan(start_frame=50 * n, end_frame=50 * n + 50, start=Fraction(2 * n), end=Fraction(2 * n + 2))
        for n in range(len(places))
    )
    between = tuple(
        Transition(
            kind="fade" if kinds[n : n + 1] == "f" else "cut",
            start_frame=50 * n + 49, end_frame=50 * n + 50, start=Fraction(2 * n + 1), end=Fraction(2 * n + 2),
            probability=1,
        )
        for n in range(len(places) - 1)
    )  # fmt: skip
    shots = Shots(shots=spans, transitions=between, rate=25, frame_count=50 * len(places), duration=2 * len(places))
    rows = tuple(
        ShotDescription(start=span.start, end=span.end, colours=PLACES[place])
        for span, place in zip(spans, places, strict=True)
    )
    return shots, ShotTable(rows=rows)


def scenes(project: Project, places: str, kinds: str = "", **settings: object) -> list[int | None]:
    return [shot.scene for shot in project.run("group_scenes", *film(places, kinds), **settings).shots]


def test_a_dialogue_is_one_scene(project: Project) -> None:
    assert scenes(project, "ababac") == [0, 0, 0, 0, 0, 1]


def test_places_that_do_not_come_back_are_scenes_of_their_own(project: Project) -> None:
    assert scenes(project, "aabbcc") == [0, 0, 1, 1, 2, 2]


def test_a_place_seen_again_much_later_is_another_scene(project: Project) -> None:
    assert scenes(project, "abbbba", reach=3) == [0, 1, 1, 1, 1, 2]


def test_a_fade_ends_a_scene(project: Project) -> None:
    assert scenes(project, "aaaa", "-f-") == [0, 0, 1, 1]


def test_a_table_of_other_shots_is_refused(project: Project) -> None:
    with pytest.raises(InputError, match="describes 2 shots"):
        project.run("group_scenes", film("abc")[0], film("ab")[1])
