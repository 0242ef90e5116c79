from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.artifacts import MusicPlan, Section
from rushlight.cli.cut_command import cut
from rushlight.core.errors import InputError, MediaError
from rushlight.core.project import create_project
from rushlight.flows.assemble_footage import AssembleWishes, assemble_footage
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene

SMALL = (160, 90)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = [frame for seed in range(5) for frame in scene(seed, 75, SMALL)]
    return film(tmp_path_factory.mktemp("footage") / "market.mp4", frames)


def test_footage_becomes_a_cut_of_the_length_with_its_pages(footage: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p")
    made = assemble_footage(project, [footage], AssembleWishes(Fraction(6), exports=("edl",)))
    assert made.film is not None
    video = probe(made.film).video
    assert video is not None
    assert video.frame_count == 150
    assert made.review is not None
    page = made.review.read_text()
    assert page.count("<figure") == 5
    assert page.count('class="used"') == made.proposals
    with made.files["shots"].open() as table:
        rows = list(csv.DictReader(table))
    assert [row["shot"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert made.files["edl"].read_text().count("EVENT") or "001" in made.files["edl"].read_text()
    assert "quality 1" in made.files
    again = assemble_footage(project, [footage], AssembleWishes(Fraction(6)))
    assert again.film is not None
    assert probe(again.film).file.sha256 == probe(made.film).file.sha256


def test_what_cannot_be_read_is_left_out_and_said(footage: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(footage.read_bytes()[:500])
    made = assemble_footage(
        create_project(tmp_path / "p"), [footage, broken], AssembleWishes(Fraction(4), preview=True, quality=False)
    )
    assert made.film is None
    assert len(made.skipped) == 1
    assert "broken.mp4" in made.skipped[0]


def test_nothing_to_assemble_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    with pytest.raises(MediaError, match="empty"):
        assemble_footage(create_project(tmp_path / "p"), [tmp_path / "empty.mp4"], AssembleWishes(Fraction(4)))


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--length", "0s"], "--length"), (["--length", "10s", "--captions", "burn"], "do not go with it")],
)
def test_wishes_that_cannot_be_granted_are_refused(footage: Path, options: list[str], said: str) -> None:
    done = CliRunner().invoke(cut, [str(footage), *options])
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--by", "music"], "needs music"), (["--by", "script"], "needs a script"), (["--by", "luck"], "not known"),
        (["--by", "interest"], "needs a length"), (["--trailer", "2s"], "4 seconds"),
        (["--trailer", "20s", "--length", "9s"], "its own length"),
        (["--by", "music", "--music", "no.mp3"], "not exist"),
        (["--length", "9s", "--title", "Ah"], "for a trailer"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(footage: Path, options: list[str], said: str) -> None:
    done = CliRunner().invoke(cut, [str(footage), *options])
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)


def test_a_trailer_has_music_a_title_and_its_length(footage: Path, tmp_path: Path) -> None:
    wishes = AssembleWishes(Fraction(8), by="trailer", title="Three places", spoiler_share=0.0, quality=False)
    made = assemble_footage(create_project(tmp_path / "p"), [footage], wishes)
    assert made.film is not None
    assert made.film.name.endswith("-trailer.mp4")
    assert probe(made.film).duration == pytest.approx(8, abs=0.05)
    assert probe(made.film).sound is not None
    assert made.files["music"].is_file()
    again = assemble_footage(create_project(tmp_path / "q"), [footage], wishes)
    assert made.files["otio"].read_text() == again.files["otio"].read_text()


def test_a_cut_follows_music_and_script(footage: Path, tmp_path: Path) -> None:
    project = create_project(tmp_path / "p")
    part = Section(start=Fraction(0), end=Fraction(6), valence=0.2, arousal=0.7)
    score = project.run("compose_music", MusicPlan(duration=Fraction(6), sections=(part,)), genre="electronic")
    music = project.run("render_score", score).file.path
    wishes = AssembleWishes(Fraction(0), by="music", music=music, preview=True, quality=False)
    assert assemble_footage(project, [footage], wishes).seconds == pytest.approx(6, abs=0.1)
    script = tmp_path / "lines.txt"
    script.write_text("[bright day]\n[a dark night]\n", encoding="utf-8")
    wishes = AssembleWishes(Fraction(3), by="script", script=script, preview=True, quality=False)
    made = assemble_footage(create_project(tmp_path / "q"), [footage], wishes)
    assert (made.seconds, made.proposals) == (3, 2)


def test_a_dry_run_does_nothing(footage: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cut, [str(footage), "--length", "10s", "--dry-run", "--project", str(tmp_path / "p")])
    assert done.exit_code == 0
    assert "Would assemble a cut of 10 s by interest" in done.output
    assert not (tmp_path / "p").exists()
