from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import People
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.edit.track_people import track_people
from rushlight.media.probe import probe
from tests.edit.drawn_people import ANNA, BERT, Drawn, draw_person, room
from tests.edit.test_detect_shots import film


def shot(people: list[tuple[Drawn, float, float]], seed: int, count: int = 24) -> list[np.ndarray]:
    """People swaying a little before a wall: each with where they stand across, and how large."""
    frames = []
    for number in range(count):
        picture = room((180, 320), seed)
        for who, across, face_px in people:
            draw_person(picture, who, (across + 4 * np.sin(number / 5), 75), face_px)
        frames.append(picture)
    return frames


def people_of(path: Path, project: Project, **settings: object) -> People:
    found = project.run(track_people, probe(path), None, None, **settings)
    assert isinstance(found, People)
    return found


def dialogue() -> list[np.ndarray]:
    return (
        shot([(ANNA, 120, 56)], 1, 30)
        + shot([(BERT, 200, 50)], 20)
        + shot([(ANNA, 180, 70)], 33)
        + shot([(BERT, 130, 62)], 41)
        + shot([(ANNA, 90, 48), (BERT, 230, 48)], 56)
    )


def test_people_keep_their_numbers_through_cuts(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", dialogue())
    project = create_project(tmp_path / "p")
    found = people_of(path, project)
    anna, bert = found.people
    assert anna.shots == (0, 2, 4)
    assert bert.shots == (1, 3, 4)
    assert float(anna.seconds) == pytest.approx(78 / 25, abs=0.1)
    (left, right) = sorted(found.in_frame(115), key=lambda seen: seen[1].left)
    assert (left[0], right[0]) == (1, 2)
    assert found.as_text().startswith("person 1: ")
    assert "2 people in" in found.as_text()
    assert found.as_csv().count("\n") == 7


def test_pictures_and_a_page_are_for_people_and_looks_are_not_kept(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", dialogue())
    found = people_of(path, create_project(tmp_path / "p"))
    assert all(person.picture is not None and person.picture.path.stat().st_size > 500 for person in found.people)
    assert found.page is not None
    page = found.page.path.read_text()
    assert page.count("<article") == 2
    assert "data:image/jpeg" in page
    # Boxes, times, files: nothing by which a person could be known again.
    assert set(found.people[0].model_dump()) == {"number", "tracks", "picture"}
    assert set(found.people[0].tracks[0].model_dump()) == {"shot", "start", "end", "boxes", "confidence"}


def test_the_same_film_gives_the_same_numbers(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", dialogue())
    one, other = (people_of(path, create_project(tmp_path / name), pictures=False) for name in ("a", "b"))
    assert one == other


def test_caution_splits_what_it_doubts(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", dialogue())
    project = create_project(tmp_path / "p")
    faces = project.run("find_faces", probe(path), None)
    many = project.run(track_people, probe(path), faces, None, caution=0.4, pictures=False)
    few = project.run(track_people, probe(path), faces, None, caution=-0.4, pictures=False)
    assert len(few.people) == 2
    assert len(many.people) >= 2


def test_a_film_without_people_says_so(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", [room((180, 320), 3)] * 20)
    found = people_of(path, create_project(tmp_path / "p"))
    assert found.people == ()
    assert found.as_text() == "No person's face was found."
    assert found.page is not None
    assert "No person" in found.page.path.read_text()


def test_faces_of_another_film_are_refused(tmp_path: Path) -> None:
    one, other = (film(tmp_path / f"{seed}.mp4", [room((90, 160), seed)] * 8) for seed in (1, 2))
    project = create_project(tmp_path / "p")
    faces = project.run("find_faces", probe(one), None)
    with pytest.raises(InputError, match="another film"):
        project.run(track_people, probe(other), faces, None)
