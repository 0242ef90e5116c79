"""From raw takes to a cut: silences go, words stay whole, people decide, and nothing is written over."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.artifacts import Media
from rushlight.cli.main import program
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError, MediaError, RushlightError
from rushlight.core.project import Project, create_project
from rushlight.flows.cut_footage import CutWishes, cut_footage, read_decisions
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import read_timeline
from tests.edit.recordings import recording, spoken

LINES = [
    "The harbour clock has told the time for more than a hundred years.",
    "Every Monday morning the keeper winds it by hand.",
    "Nobody has ever seen it stop.",
]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return spoken(tmp_path_factory.mktemp("takes"), LINES)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


def test_silences_go_and_nothing_else(take: Media, project: Project) -> None:
    before = file_sha256(take.file.path)
    made = cut_footage(project, [take.file.path])
    assert made.proposals == 4
    assert made.film is not None
    film = probe(made.film)
    # Four pauses of 1.2 s, each with margins that stay: towards speech on one side or on both.
    assert take.duration - film.duration == pytest.approx(4 * 1.2 - 6 * 0.12, abs=0.5)
    assert file_sha256(take.file.path) == before
    assert (project.root / "timelines/take-cut.otio").is_file()
    page = (project.root / "reviews/take/index.html").read_text(encoding="utf-8")
    assert page.count('type="checkbox"') == 4
    for name in re.findall(r'data-play="([^"]+)"', page):
        assert (project.root / "reviews/take" / name).stat().st_size > 1000
    assert "{{" not in page


def test_preview_makes_no_film_and_decisions_are_kept(take: Media, project: Project, tmp_path: Path) -> None:
    made = cut_footage(project, [take.file.path], CutWishes(preview=True))
    assert made.film is None
    assert not list((project.root / "renders").glob("*.mp4"))
    decisions = tmp_path / "decisions.json"
    decisions.write_text(json.dumps({"keep": ["f2", "f3"]}))
    kept = cut_footage(project, [take.file.path], CutWishes(keep=read_decisions(decisions)))
    assert kept.kept == 2
    # The two pauses between sentences stay whole.
    assert kept.seconds - made.seconds == pytest.approx(Fraction(2) * (Fraction(12, 10) - Fraction(24, 100)), abs=0.3)
    with pytest.raises(InputError, match="f9"):
        cut_footage(project, [take.file.path], CutWishes(keep=("f9",)))
    decisions.write_text("[]")
    with pytest.raises(InputError, match="no decisions"):
        read_decisions(decisions)


def test_several_takes_in_one_cut_and_what_cannot_be_used_is_named(
    take: Media, project: Project, tmp_path: Path
) -> None:
    other = spoken(tmp_path, ["A second camera was there as well."], "second")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(range(200)))
    made = cut_footage(project, [take.file.path, broken, other.file.path])
    assert len(made.skipped) == 1
    assert "broken.mp4" in made.skipped[0]
    timeline = read_timeline(project.root / "timelines/take-cut.otio")
    names = {clip.media_reference.target_url.rsplit("/", 1)[-1] for clip in timeline.find_clips()}
    assert names == {"take.mp4", "second.mp4"}
    assert made.recorded_seconds == take.duration + other.duration


def test_an_edited_timeline_is_used_and_kept(take: Media, project: Project) -> None:
    cut_footage(project, [take.file.path])
    path = project.root / "timelines/take-cut.otio"
    timeline = read_timeline(path)
    import opentimelineio as otio

    for track in timeline.tracks:
        while len(track) > 1:
            del track[len(track) - 1]
    otio.adapters.write_to_file(timeline, str(path), "otio_json")
    mine = path.read_bytes()
    made = cut_footage(project, [take.file.path])
    assert any("timeline is yours" in message for message in made.weak)
    assert path.read_bytes() == mine
    assert probe(made.film).duration < 6


def test_sound_alone_is_cut_too(project: Project, tmp_path: Path) -> None:
    voice = spoken(tmp_path, LINES[:2], "podcast", picture=False)
    made = cut_footage(project, [voice.file.path])
    assert made.film is not None
    assert made.film.suffix == ".wav"
    assert probe(made.film).duration == pytest.approx(float(made.seconds), abs=0.02)


def test_bad_input(project: Project, tmp_path: Path, take: Media) -> None:
    silent = recording(tmp_path, 2, "silent")
    text = tmp_path / "notes.mp4"
    text.write_text("#EXTM3U\nhttp://example.org/a.ts\n")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    for path in (text, empty):
        with pytest.raises(RushlightError) as caught:
            cut_footage(project, [path])
        assert path.name in str(caught.value)
    voice = spoken(tmp_path, LINES[:1], "voice", picture=False)
    with pytest.raises(InputError, match="with and without picture"):
        cut_footage(project, [silent.file.path, voice.file.path])
    with pytest.raises(InputError, match="nothing to cut"):
        cut_footage(project, [])
    assert not list((project.root / "renders").glob("*"))
    assert isinstance(MediaError("x"), RushlightError)


def test_on_the_command_line(take: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    tried = runner.invoke(program, ["cut", str(take.file.path), "--dry-run"])
    assert "Would cut silence out of take.mp4" in tried.output
    assert not list(tmp_path.iterdir())
    done = runner.invoke(program, ["cut", str(take.file.path), "--keep", "f1", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["kept"] == 1
    assert Path(said["film"]).is_file()
    again = runner.invoke(program, ["cut", str(take.file.path), "--json"])
    assert json.loads(again.stdout)["duration_seconds"] < said["duration_seconds"]
    for words in (["--remove", "yawns"], ["--export", "avid"], ["--margin", "9s"]):
        assert isinstance(runner.invoke(program, ["cut", str(take.file.path), *words]).exception, InputError)
    assert isinstance(runner.invoke(program, ["cut", "none.mp4"]).exception, InputError)
