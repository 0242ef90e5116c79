from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Beats, EditList, Media, Shots
from rushlight.artifacts.beats import Beat
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.edit.make_trailer import BREATH, CLIMAX
from rushlight.media.probe import probe
from tests.edit.test_assemble_cut import footage
from tests.edit.test_detect_shots import film, scene


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return probe(film(tmp_path_factory.mktemp("media") / "film.mp4", scene(1, 10)))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return create_project(tmp_path_factory.mktemp("trailer") / "p")


def story(seed: int, count: int) -> tuple[Shots, ShotTable]:
    """Shots of all tensions; every fourth begins a scene."""
    rng = np.random.default_rng(seed)
    found, table = footage(
        [
            rng.uniform(0.8 * level, 0.2 + 0.8 * level, rng.integers(6, 14)).tolist()
            for level in rng.uniform(0, 1, count)
        ],
        [n % 46 for n in range(count)],
    )
    spans = tuple(shot.model_copy(update={"scene": n // 4}) for n, shot in enumerate(found.shots))
    return found.model_copy(update={"shots": spans}), table


def trailer(project: Project, reel: Media, found: tuple[Shots, ShotTable], beats: Beats | None = None, **more: object):
    whole = reel.model_copy(update={"duration": found[0].duration})
    made = project.run("make_trailer", (whole,), (found[0],), (found[1],), beats, **more)
    assert isinstance(made, EditList)
    return made


def tension(found: tuple[Shots, ShotTable], at: Fraction) -> float:
    shot, row = next(
        (shot, row) for shot, row in zip(found[0].shots, found[1].rows, strict=True) if shot.start <= at < shot.end
    )
    return row.interest[min(int((at - shot.start) * 2), len(row.interest) - 1)]


@settings(deadline=None, max_examples=12)
@given(st.integers(4, 45), st.integers(0, 1000))
def test_the_length_is_met_exactly(project: Project, reel: Media, seconds: int, seed: int) -> None:
    made = trailer(project, reel, story(seed, 60), length_seconds=Fraction(seconds), seed=seed)
    assert made.duration == seconds


def test_tension_rises_holds_its_breath_and_ends_highest(project: Project, reel: Media) -> None:
    found = story(5, 80)
    made = trailer(project, reel, found, length_seconds=Fraction(30))
    at, felt = Fraction(0), []
    for span in made.spans:
        felt.append(
            (at / 30, span.duration, np.mean([tension(found, span.start + span.duration * n / 8) for n in range(8)]))
        )
        at += span.duration
    build = [value for place, _, value in felt if place < BREATH]
    half = len(build) // 2
    assert np.mean(build[half:]) > np.mean(build[:half]) + 0.15
    breath = next(value for place, _, value in felt if abs(place - BREATH) < Fraction(1, 50))
    climax = [value for place, _, value in felt if place >= CLIMAX - Fraction(1, 50)]
    assert breath < 0.3
    assert min(climax) > 0.7
    lengths = [float(seconds) for place, seconds, _ in felt if place < BREATH]
    assert np.mean(lengths[half:]) < np.mean(lengths[:half])


def test_nothing_gives_the_end_away_and_no_scene_is_told_whole(project: Project, reel: Media) -> None:
    found = story(6, 60)
    made = trailer(project, reel, found, length_seconds=Fraction(20), spoiler_share=0.4, most_of_scene=0.25)
    assert max(span.end for span in made.spans) <= found[0].duration * Fraction(6, 10)
    for scene_number in {shot.scene for shot in found[0].shots}:
        shots = [shot for shot in found[0].shots if shot.scene == scene_number]
        used = sum((span.duration for span in made.spans if shots[0].start <= span.start < shots[-1].end), Fraction(0))
        assert used <= (shots[-1].end - shots[0].start) / 4


def test_the_same_seed_gives_the_same_and_another_another(tmp_path: Path, reel: Media) -> None:
    found = story(7, 60)
    one, again, other = (
        trailer(create_project(tmp_path / name), reel, found, length_seconds=Fraction(20), seed=seed).spans
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == again
    assert one != other


def test_every_cut_is_on_a_beat(project: Project, reel: Media) -> None:
    music = Beats(
        beats=tuple(Beat(at=Fraction(n * 53, 100), place=n % 4 + 1) for n in range(60)), duration=Fraction(31)
    )
    made = trailer(project, reel, story(8, 80), music, length_seconds=Fraction(25))
    assert made.duration == 25
    at, times = Fraction(0), {beat.at for beat in music.beats}
    for span in made.spans[:-1]:
        at += span.duration
        assert at in times


def test_what_cannot_be_is_said(project: Project, reel: Media) -> None:
    with pytest.raises(InputError, match="four seconds"):
        trailer(project, reel, story(9, 10), length_seconds=Fraction(2))
    short = trailer(project, reel, story(9, 4), length_seconds=Fraction(40), most_of_scene=0.5)
    assert short.duration < 40
    assert "shorter" in short.notes[0]
    with pytest.raises(InputError, match="spoiler"):
        trailer(project, reel, footage([[0.5] * 4], [0]), length_seconds=Fraction(5), spoiler_share=0.9)
