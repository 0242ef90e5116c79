from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Beats, EditList, Media, Shots, ShotSpan
from rushlight.artifacts.beats import Beat
from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return probe(film(tmp_path_factory.mktemp("media") / "film.mp4", scene(1, 10)))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


def footage(interests: list[list[float]], colours: list[int]) -> tuple[Shots, ShotTable]:
    """Shots with a value for each half second, and a colour each; 46 are known."""
    at, spans, rows = Fraction(0), [], []
    for interest, colour in zip(interests, colours, strict=True):
        end = at + Fraction(len(interest), 2)
        spans.append(ShotSpan(start_frame=int(at * 24), end_frame=int(end * 24), start=at, end=end))
        histogram = [0.0] * 46
        histogram[colour] = 1.0
        rows.append(ShotDescription(start=at, end=end, colours=tuple(histogram), interest=tuple(interest)))
        at = end
    return Shots(shots=tuple(spans), transitions=(), rate=24, frame_count=int(at * 24), duration=at), ShotTable(
        rows=tuple(rows)
    )


def cut(project: Project, media: Media, found: tuple[Shots, ShotTable], seconds: Fraction, **more: object) -> EditList:
    made = project.run("assemble_cut", (media,), (found[0],), (found[1],), length_seconds=seconds, **more)
    assert isinstance(made, EditList)
    return made


def many(seed: int, count: int) -> tuple[Shots, ShotTable]:
    rng = np.random.default_rng(seed)
    return footage([rng.uniform(0, 1, rng.integers(4, 20)).tolist() for _ in range(count)], list(range(count)))


@pytest.mark.parametrize("seconds", [Fraction(7), Fraction(20), Fraction(61, 3)])
def test_the_length_is_met_exactly(project: Project, media: Media, seconds: Fraction) -> None:
    assert cut(project, media, many(1, 30), seconds).duration == seconds


def test_stretches_stay_within_their_shots_in_order(project: Project, media: Media) -> None:
    found = many(2, 25)
    made = cut(project, media, found, Fraction(25))
    ends = [(shot.start, shot.end) for shot in found[0].shots]
    assert all(any(a <= span.start and span.end <= b for a, b in ends) for span in made.spans)
    assert all(one.end <= other.start for one, other in zip(made.spans, made.spans[1:], strict=False))


def test_the_burst_of_interest_is_taken(project: Project, media: Media) -> None:
    quiet, burst = [0.05] * 16, [0.05] * 6 + [1.0] * 5 + [0.05] * 5
    found = footage([quiet, burst, quiet], [0, 1, 2])
    made = cut(project, media, found, Fraction(5, 2), variety=0.0)
    assert len(made.spans) == 1
    assert Fraction(8 + 3) <= made.spans[0].start <= Fraction(8 + 4)


def test_shots_that_look_the_same_are_not_put_side_by_side(project: Project, media: Media) -> None:
    found = footage([[0.9] * 8, [0.9] * 8, [0.2] * 8], [3, 3, 4])
    made = cut(project, media, found, Fraction(4))
    shots = [
        next(n for n, shot in enumerate(found[0].shots) if shot.start <= span.start < shot.end) for span in made.spans
    ]
    assert (0, 1) not in list(zip(shots, shots[1:], strict=False))


def test_variety_brings_in_other_pictures(project: Project, media: Media) -> None:
    found = footage([[0.6] * 8, [0.58] * 8, [0.3] * 8, [0.3] * 8], [1, 1, 2, 3])
    colours = [row.colours for row in found[1].rows]
    made = cut(project, media, found, Fraction(9, 2), variety=4.0, jump_cut_distance=0.0)
    shown = {colours[int(span.start // 4)] for span in made.spans}
    assert len(shown) == 3


def test_too_little_footage_is_said(project: Project, media: Media) -> None:
    made = cut(project, media, footage([[0.5] * 6], [0]), Fraction(60))
    assert made.duration == Fraction(3)
    assert "57.00 s shorter" in made.notes[0]


def test_what_cannot_be_assembled_is_refused(project: Project, media: Media) -> None:
    found = footage([[0.5]], [0])
    with pytest.raises(InputError, match="long enough"):
        cut(project, media, found, Fraction(10))
    with pytest.raises(InputError, match="needs a length"):
        cut(project, media, found, Fraction(0))


def test_pictures_change_on_the_beats_of_the_music(project: Project, media: Media) -> None:
    found = many(7, 30)
    music = Beats(
        beats=tuple(Beat(at=Fraction(n * 47, 100), place=n % 4 + 1) for n in range(60)), duration=Fraction(30)
    )
    made = project.run("assemble_cut", (media,), (found[0],), (found[1],), music, length_seconds=Fraction(20))
    assert made.duration == Fraction(20)
    times = {beat.at for beat in music.beats}
    at, on = Fraction(0), []
    for span in made.spans[:-1]:
        at += span.duration
        on.append(at in times)
    assert sum(on) >= 0.9 * len(on)
