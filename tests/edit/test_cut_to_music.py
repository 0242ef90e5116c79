from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Beats, EditList, Media
from rushlight.artifacts.beats import Beat
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.edit.cut_to_music import music_energy
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from tests.edit.test_assemble_cut import many
from tests.edit.test_detect_shots import film, scene
from tests.edit.test_make_trailer import story, tension


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return probe(film(tmp_path_factory.mktemp("media") / "film.mp4", scene(1, 10)))


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Soft for twelve seconds, then loud for twelve."""
    samples = np.random.default_rng(1).standard_normal((24 * 16_000, 1)).astype(np.float32) * 0.01
    samples[12 * 16_000 :] *= 20
    path = tmp_path_factory.mktemp("music") / "music.wav"
    write_wav(path, samples, 16_000)
    return probe(path)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


BEATS = Beats(beats=tuple(Beat(at=Fraction(n, 2), place=n % 4 + 1) for n in range(48)), duration=Fraction(24))


def cut(project: Project, media: Media, music: Media, found, beats: Beats = BEATS, **more: object) -> EditList:
    made = project.run("cut_to_music", (media,), (found[0],), (found[1],), beats, music, **more)
    assert isinstance(made, EditList)
    return made


def test_energy_follows_the_loudness(music: Media) -> None:
    energy = music_energy(music)
    assert len(energy) == 48
    assert energy[:20].max() < energy[28:].min()


def test_cuts_are_on_beats_and_quicker_and_livelier_where_it_is_loud(
    project: Project, media: Media, music: Media
) -> None:
    found = story(3, 80)
    made = cut(project, media, music, found)
    assert made.duration == 24
    at, soft, loud = Fraction(0), [], []
    for span in made.spans:
        felt = float(np.mean([tension(found, span.start + span.duration * n / 8) for n in range(8)]))
        (soft if at < 11 else loud).append((float(span.duration), felt))
        at += span.duration
        assert at == 24 or at in {beat.at for beat in BEATS.beats}
    assert np.mean([seconds for seconds, _ in loud]) < 0.6 * np.mean([seconds for seconds, _ in soft])
    assert np.mean([felt for _, felt in loud]) > np.mean([felt for _, felt in soft]) + 0.2


def test_a_length_of_ones_own_is_met(project: Project, media: Media, music: Media) -> None:
    assert cut(project, media, music, many(4, 45), length_seconds=Fraction(173, 10)).duration == Fraction(173, 10)


def test_what_is_missing_is_said(project: Project, media: Media, music: Media) -> None:
    with pytest.raises(InputError, match=r"24\.0 s long"):
        cut(project, media, music, many(4, 20), length_seconds=Fraction(60))
    with pytest.raises(InputError, match="no beat"):
        cut(project, media, music, many(4, 20), Beats(beats=(), duration=Fraction(24)))
    with pytest.raises(InputError, match="no sound"):
        music_energy(media)
