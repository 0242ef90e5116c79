"""Ideas side by side: far apart, kept, mixed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rushlight.artifacts.outline import Ideas
from rushlight.core.errors import InputError, ModelError
from rushlight.core.project import create_project
from rushlight.create.story_distance import farthest, story_distances, story_words
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.create.write_ideas import write_ideas

PREMISE = "A ferry captain must carry a stranger across a frozen lake"


def spread(ideas: Ideas) -> float:
    return min(ideas.distances[a][b] for a in range(len(ideas.ideas)) for b in range(a))


def test_ideas_lie_farther_apart_than_plain_ones() -> None:
    for seed in range(4):
        shown = write_ideas(premise=PREMISE, count=6, seed=seed)
        plain = [GrammarStoryteller().plain_idea(PREMISE, seed=100 * seed + n) for n in range(6)]
        distances = story_distances([story_words(idea) for idea in plain])
        assert spread(shown) > min(distances[a][b] for a in range(6) for b in range(a))


def test_the_distances_are_of_these_ideas() -> None:
    shown = write_ideas(premise=PREMISE, count=4, seed=2)
    again = story_distances([story_words(idea) for idea in shown.ideas])
    assert shown.distances == tuple(tuple(round(value, 4) for value in row) for row in again)
    assert shown.measure
    assert any("formulaic" in note for note in shown.notes)
    assert shown == write_ideas(premise=PREMISE, count=4, seed=2)
    assert shown != write_ideas(premise=PREMISE, count=4, seed=3)


def test_kept_ideas_stay_and_mixed_ones_join_two() -> None:
    first = write_ideas(premise=PREMISE, count=4, seed=1)
    second = write_ideas(first, count=4, keep=("i2",), mix=("i1+i3",), seed=9)
    assert second.ideas[0] == first.ideas[1]
    assert second.kept == ("i2",)
    mixed = second.ideas[1]
    assert mixed.characters == first.ideas[0].characters
    people = {role.name for role in first.ideas[2].characters} - {role.name for role in mixed.characters}
    assert not any(name in " ".join(mixed.turns) for name in people)
    assert len({idea.id for idea in second.ideas}) == 4
    third = write_ideas(second, count=4, seed=11)
    assert third.ideas[0] == first.ideas[1]


def test_people_can_read_them() -> None:
    shown = write_ideas(premise=PREMISE, count=3, seed=1)
    text = shown.as_text()
    for idea in shown.ideas:
        assert f"{idea.id}  {idea.title}" in text
    nearest = min((shown.distances[0][n], shown.ideas[n].id) for n in (1, 2))
    assert f"nearest: {nearest[1]}, {nearest[0]:.2f} apart" in text


def test_distance() -> None:
    same, other, half = Counter(boat=2, ice=1), Counter(lamp=1, moth=3), Counter(boat=1, moth=1)
    distances = story_distances([same, same, other, half])
    assert distances[0][0] == 0
    assert distances[0][1] == pytest.approx(0, abs=1e-9)
    assert distances[0][2] == 1
    assert 0 < distances[0][3] < 1
    assert distances[3][2] == distances[2][3]
    assert story_distances([]) == ()
    assert farthest(distances, 2) in ([0, 2], [2, 0], [1, 2], [2, 1])
    assert farthest(distances, 3, [3])[0] == 3
    assert farthest((), 4) == []


def test_bad_wishes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no premise"):
        write_ideas(premise=" … ")
    with pytest.raises(InputError, match="longer"):
        write_ideas(premise="word " * 2000)
    first = write_ideas(premise=PREMISE, count=2)
    with pytest.raises(InputError, match="i7"):
        write_ideas(first, keep=("i7",))
    with pytest.raises(InputError, match="not a mix"):
        write_ideas(first, mix=("i1",))
    with pytest.raises(InputError, match="only 1"):
        write_ideas(first, keep=("i1", "i2"), count=1)
    with pytest.raises(ModelError, match="nobody"):
        write_ideas(premise=PREMISE, writer="nobody")
    project = create_project(tmp_path / "p")
    with pytest.raises(InputError):
        project.run(write_ideas, None, premise=PREMISE, count=0)
