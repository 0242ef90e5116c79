"""Footage as people have it: one frame, very slow and very fast, black, interlaced, upright, one pixel."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import EditList, Faults, Media, MusicPlan, Section, Shots, ShotTable
from rushlight.core.errors import RushlightError
from rushlight.core.project import Project, create_project
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene

ODD = ("one frame", "5 fps", "240 fps", "black", "interlaced", "vertical", "1x1")


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Media]:
    folder = tmp_path_factory.mktemp("odd")
    upright = [np.ascontiguousarray(frame.transpose(1, 0, 2)) for frame in [*scene(3, 60), *scene(4, 60)]]
    paths = {
        "one frame": film(folder / "one.mp4", scene(1, 1)),
        "5 fps": film(folder / "slow.mp4", [*scene(1, 15), *scene(2, 15)], Fraction(5)),
        "240 fps": film(folder / "fast.mp4", [*scene(1, 500), *scene(2, 500)], Fraction(240)),
        "black": film(folder / "black.mp4", [np.zeros((180, 320, 3), np.uint8)] * 120),
        "vertical": film(folder / "upright.mp4", upright),
    }
    plain = film(folder / "plain.mp4", [*scene(5, 60), *scene(6, 60)])
    paths["interlaced"] = folder / "interlaced.mp4"
    interlacing = ["-vf", "tinterlace=interleave_top,fieldorder=tff", "-c:v", "libx264", "-flags", "+ilme+ildct"]
    run_ffmpeg(["-i", file_url(plain), *interlacing, "-y", file_url(paths["interlaced"])])
    paths["1x1"] = folder / "pixel.mkv"
    pixel = ["-f", "lavfi", "-i", "color=red:size=2x2:rate=25:duration=3", "-vf", "crop=1:1:exact=1,format=rgb24"]
    run_ffmpeg([*pixel, "-c:v", "ffv1", "-y", file_url(paths["1x1"])])
    return {name: probe(path) for name, path in paths.items()}


def seen(project: Project, media: Media) -> tuple[Shots, ShotTable]:
    shots: Shots = project.run("detect_shots", media)
    table: ShotTable = project.run("describe_shots", media, shots, None)
    return project.run("group_scenes", shots, table), table


@pytest.mark.parametrize("name", ODD)
def test_faults_are_sound_or_one_sentence_is_said(footage: dict[str, Media], name: str, tmp_path: Path) -> None:
    try:
        found = create_project(tmp_path / "p").run("check_quality", footage[name])
    except RushlightError as error:
        assert error.hint
        assert name == "one frame"
        return
    assert isinstance(found, Faults)
    kinds = {one.kind for one in found.faults if one.severity != "note"}
    # What is wrong with it, and nothing else.
    assert kinds <= ({"black"} if name == "black" else set())
    assert all(0 <= one.start <= one.end <= found.duration for one in found.faults)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("capability", ["assemble_cut", "make_trailer", "cut_to_music"])
def test_cuts_are_sound_or_one_sentence_is_said(
    footage: dict[str, Media], music: Media, name: str, capability: str, tmp_path: Path
) -> None:
    project, media = create_project(tmp_path / "p"), footage[name]
    try:
        shots, table = seen(project, media)
        given = ((media,), (shots,), (table,))
        if capability == "cut_to_music":
            made = project.run(capability, *given, project.run("find_beats", music), music, length_seconds=Fraction(4))
        else:
            made = project.run(capability, *given, None, length_seconds=Fraction(4))
    except RushlightError as error:
        assert error.hint
        assert name in ("one frame", "black") or float(media.duration) < 1
        return
    assert isinstance(made, EditList)
    assert 0 < made.duration <= 4
    assert made.duration == 4 or made.notes
    assert all(0 <= span.start < span.end <= media.duration for span in made.spans)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Media:
    project = create_project(tmp_path_factory.mktemp("music") / "p")
    part = Section(start=Fraction(0), end=Fraction(8), valence=0.2, arousal=0.8)
    score = project.run("compose_music", MusicPlan(duration=Fraction(8), sections=(part,)), genre="electronic")
    return probe(project.run("render_score", score).file.path)
