from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Transcript, TranscriptWord
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.media.encode import mux, write_wav
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene


def still(seed: int, count: int) -> list[np.ndarray]:
    return [scene(seed, 1)[0]] * count


def panned(seed: int, count: int) -> list[np.ndarray]:
    wide = np.concatenate([scene(seed, 1)[0]] * 2, axis=1)
    return [wide[:, number * 3 : number * 3 + 320] for number in range(count)]


def described(project: Project, path: Path, *more: object) -> ShotTable:
    media = probe(path)
    made = project.run("describe_shots", media, project.run("detect_shots", media), *(more or (None,)))
    assert isinstance(made, ShotTable)
    return made


def test_a_pan_moves_and_a_still_does_not(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", still(1, 50) + panned(2, 50))
    table = described(create_project(tmp_path / "p"), path)
    assert len(table.rows) == 2
    assert table.rows[0].camera_motion < 0.01
    # Three of 320 pixels a frame at 25 frames a second.
    assert table.rows[1].camera_motion == pytest.approx(3 / 320 * 25, rel=0.15)


def test_light_and_colour_are_measured(tmp_path: Path) -> None:
    dark = [np.full((90, 160, 3), (30, 30, 30)) for _ in range(40)]
    red = [np.full((90, 160, 3), (220, 40, 40)) for _ in range(40)]
    table = described(create_project(tmp_path / "p"), film(tmp_path / "film.mp4", dark + red))
    one, other = table.rows
    assert one.brightness == pytest.approx(30 / 255, abs=0.02)
    assert one.saturation < 0.1
    assert other.saturation > 0.7
    assert other.warmth > 0.5
    assert other.valence > one.valence
    assert other.arousal > one.arousal
    assert one.neighbour_contrast > 0.9
    assert sum(one.colours) == pytest.approx(1, abs=1e-3)


def test_sound_and_words_belong_to_their_shot(tmp_path: Path) -> None:
    picture = film(tmp_path / "picture.mp4", still(1, 50) + still(2, 50))
    samples = np.zeros((48_000 * 4, 1), np.float32)
    samples[48_000 * 2 :, 0] = 0.2 * np.sin(2 * np.pi * 440 * np.arange(48_000 * 2) / 48_000)
    write_wav(tmp_path / "sound.wav", samples, 48_000)
    mux(picture, tmp_path / "sound.wav", tmp_path / "film.mp4")
    words = tuple(TranscriptWord(text=text, start=at, end=at + 1) for text, at in (("one", 0), ("two", 3)))
    table = described(
        create_project(tmp_path / "p"), tmp_path / "film.mp4", Transcript(words=words, duration=4, recogniser="x")
    )
    assert [row.words for row in table.rows] == ["one", "two"]
    assert table.rows[1].loudness_db == pytest.approx(-17, abs=1.5)
    assert table.rows[0].loudness_db is not None
    assert table.rows[0].loudness_db < -60
    assert table.rows[1].speech_share is not None
    header, *lines = table.as_csv().splitlines()
    assert header.startswith("shot,start,end,framing")
    assert len(lines) == 2


def test_shots_of_another_film_are_refused(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p")
    one, other = (probe(film(tmp_path / f"{n}.mp4", still(n, 20))) for n in (1, 2))
    with pytest.raises(InputError, match="another film"):
        project.run("describe_shots", one, project.run("detect_shots", other), None)
