"""A screenplay becomes a film, and what a person changes is kept."""

from __future__ import annotations

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from rushlight.core.errors import InputError, RushlightError
from rushlight.core.project import Project, create_project, open_project
from rushlight.flows.make_film import Film, FilmWishes, make_film
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from rushlight.timeline.captionfile import read_captions
from rushlight.timeline.edl import read_edl

EXAMPLE = Path(__file__).parents[2] / "examples" / "screenplays" / "night_shift.fountain"
SMALL = FilmWishes(height=144, rate="24")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Film]:
    folder = tmp_path_factory.mktemp("screenplay")
    shutil.copy(EXAMPLE, folder / "night.fountain")
    return folder, make_film(create_project(folder / "film"), folder / "night.fountain", SMALL)


@pytest.fixture
def again(made: tuple[Path, Film], tmp_path: Path) -> tuple[Project, Path]:
    shutil.copytree(made[0], tmp_path / "copy")
    return open_project(tmp_path / "copy" / "film"), tmp_path / "copy" / "night.fountain"


def test_everything_is_written(made: tuple[Path, Film]) -> None:
    root = made[0] / "film"
    for name in (
        "renders/night.mp4", "renders/night.srt", "renders/night.vtt", "renders/night.ass", "timelines/night.otio",
        "timelines/night.edl", "scores/night.mid", "sounds/night-cues.csv", "storyboards/night/01.jpg",
        "storyboards/night/index.html", "storyboards/night/shots.csv", "storyboards/night/storyboard.pdf",
        "report.html",
    ):  # fmt: skip
        assert (root / name).stat().st_size > 0, name
    assert (root / "storyboards/night/storyboard.pdf").read_bytes().startswith(b"%PDF")


def test_the_film_is_as_long_as_its_words_and_actions(made: tuple[Path, Film]) -> None:
    folder, film = made
    facts = probe(folder / "film" / "renders" / "night.mp4")
    assert facts.video is not None
    assert facts.sound is not None
    assert abs(facts.duration - film.narration.duration) < Fraction(1, 10)
    assert abs(film.figures["integrated_lufs"] + 14) <= 0.5
    assert film.figures["true_peak_dbtp"] <= -0.9
    assert film.mix.figures["bed_under_speech_lu"] >= 8
    assert set(film.mix.stems) == {"speech", "music", "effects"}
    data = (folder / "film" / "renders" / "night.mp4").read_bytes()
    assert b"Made with AI" in data


def test_every_spoken_line_is_captioned_with_who_speaks(made: tuple[Path, Film]) -> None:
    folder, film = made
    text = " ".join(line for cue in read_captions(folder / "film/renders/night.srt").cues for line in cue.lines)
    for _, line in film.script.lines():
        assert line.text in text
    assert "ADA: Who is there?" in text
    assert "BEN:" in text


def test_pictures_are_cut_and_speakers_have_their_colours(made: tuple[Path, Film]) -> None:
    timeline = otio.adapters.read_from_file(str(made[0] / "film/timelines/night.otio"))
    pictures = next(track for track in timeline.video_tracks() if track.name == "Pictures")
    shots = [clip for clip in pictures if isinstance(clip, otio.schema.Clip)]
    assert len(shots) == len(made[1].storyboard.panels)
    captions = next(track for track in timeline.video_tracks() if track.name == "Captions")
    graphics = [
        dict(clip.media_reference.parameters["graphic"]) for clip in captions if isinstance(clip, otio.schema.Clip)
    ]
    assert {graphic["kind"] for graphic in graphics} == {"caption", "action_caption"}
    named = [dict(graphic["inks"]) for graphic in graphics if graphic.get("inks")]
    assert {name for inks in named for name in inks} == {"ADA", "BEN"}


def test_the_edit_list_agrees_with_the_shots(made: tuple[Path, Film]) -> None:
    folder, film = made
    title, events = read_edl((folder / "film/timelines/night.edl").read_text(), Fraction(24))
    assert title == "Night Shift"
    assert film.staging is not None
    assert [event.name for event in events] == [shot.label for shot in film.staging.shots]
    for one, other in zip(events, events[1:], strict=False):
        assert one.record_out == other.record_in


def test_the_report_names_cast_shots_and_sounds(made: tuple[Path, Film]) -> None:
    folder, film = made
    page = (folder / "film/report.html").read_text(encoding="utf-8")
    assert film.cast is not None
    for part in film.cast.parts:
        assert part.voice in page
    assert "INT. KITCHEN - NIGHT" in page
    with (folder / "film/sounds/night-cues.csv").open(encoding="utf-8") as file:
        cues = list(csv.DictReader(file))
    assert {"knock", "rain_on_window"} <= {cue["sound"] for cue in cues}
    assert all(cue["source"] and cue["licence"] for cue in cues)
    board = (folder / "film/storyboards/night/index.html").read_text(encoding="utf-8")
    assert "ADA (whispering): Who is there?" in board


def test_again_nothing_is_done(again: tuple[Project, Path]) -> None:
    project, document = again
    done: list[str] = []
    project.watcher.on_step = lambda title, kept: None if kept else done.append(title)
    make_film(project, document, SMALL)
    assert done == []


def test_the_shot_list_the_voices_and_a_sound_of_ones_own_come_back(again: tuple[Project, Path]) -> None:
    project, document = again
    shots = project.root / "storyboards/night/shots.csv"
    rows = list(csv.DictReader(shots.open(encoding="utf-8")))
    rows[0] |= {"framing": "close", "seconds": "2.5", "movement": "pan_left"}
    with shots.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    mine = shots.read_bytes()
    with (project.root / "rushlight.toml").open("a", encoding="utf-8") as file:
        file.write('\n[voices]\nADA = "espeak/en-us+f4"\n')
    (project.root / "sounds").mkdir(exist_ok=True)
    write_wav(project.root / "sounds" / "knock.wav", np.ones((4800, 2), np.float32) * 0.1, 48_000)
    Image.new("RGB", (64, 36), "#00ff00").save(project.root / "storyboards/night/03.png")
    film = make_film(project, document, SMALL)
    assert film.staging is not None
    assert (film.staging.shots[0].framing, film.staging.shots[0].movement) == ("close", "pan_left")
    panel = film.storyboard.panels[1]
    assert panel.end - panel.start == Fraction(5, 2)
    assert film.narration.voices["ADA"] == "espeak/en-us+f4"
    assert film.storyboard.panels[2].form == "still"
    assert film.cues is not None
    assert any(cue.source == "knock.wav" for cue in film.cues.cues)
    assert shots.read_bytes() == mine
    assert any("shot list is yours" in message for message in film.weak)


def test_a_changed_word_is_spoken_and_captioned(again: tuple[Project, Path]) -> None:
    project, document = again
    document.write_text(document.read_text().replace("Only me.", "Just Benjamin."), encoding="utf-8")
    film = make_film(project, document, SMALL)
    assert "Just Benjamin." in (project.root / "renders/night.srt").read_text(encoding="utf-8")
    assert any(word.text == "Benjamin." for line in film.narration.lines for word in line.words)


def test_a_screenplay_without_dialogue_is_a_silent_film_with_its_sounds(tmp_path: Path) -> None:
    document = tmp_path / "sea.fountain"
    document.write_text("EXT. BEACH - DAY\n\nWaves roll in.\n\nA storm gathers.\n", encoding="utf-8")
    film = make_film(create_project(tmp_path / "film"), document, FilmWishes(height=144, rate="8", length="30s"))
    assert film.narration.lines == ()
    assert film.renders["16:9"].is_file()
    assert any("--length is not used" in message for message in film.weak)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), ""),
        (b"Title: Nothing\n\n", ""),
        (b"INT. ROOM - DAY\n", "nothing to see or hear"),
    ],
)
def test_bad_screenplays_are_one_clear_sentence_and_write_nothing(tmp_path: Path, content: bytes, says: str) -> None:
    document = tmp_path / "bad.fountain"
    document.write_bytes(content)
    project = create_project(tmp_path / "film")
    with pytest.raises(RushlightError) as caught:
        make_film(project, document, SMALL)
    assert says in caught.value.message
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert not list((project.root / "renders").iterdir())


def test_an_unknown_voice_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    document = tmp_path / "night.fountain"
    shutil.copy(EXAMPLE, document)
    project = create_project(tmp_path / "film")
    with (project.root / "rushlight.toml").open("a", encoding="utf-8") as file:
        file.write('\n[voices]\nADA = "espeak/klingon-x"\n')
    with pytest.raises(RushlightError, match="klingon-x"):
        make_film(project, document, SMALL)
    assert not list((project.root / "renders").iterdir())


def test_a_wrong_cell_of_the_shot_list_is_named_and_the_old_film_stays(again: tuple[Project, Path]) -> None:
    project, document = again
    film = (project.root / "renders/night.mp4").read_bytes()
    shots = project.root / "storyboards/night/shots.csv"
    shots.write_text(shots.read_text().replace(",static,", ",somersault,", 1), encoding="utf-8")
    with pytest.raises(InputError, match="somersault") as caught:
        make_film(project, document, SMALL)
    assert caught.value.path == shots
    assert (project.root / "renders/night.mp4").read_bytes() == film


def test_the_command_prints_the_cast(made: tuple[Path, Film]) -> None:
    from click.testing import CliRunner

    from rushlight.cli.jobs import make

    folder = made[0]
    options = ["--project", str(folder / "film"), "--height", "144", "--rate", "24"]
    result = CliRunner().invoke(make, [str(folder / "night.fountain"), *options])
    assert result.exit_code == 0, result.output
    assert "ADA" in result.output
    assert "espeak/" in result.output
    dry = CliRunner().invoke(make, [str(folder / "night.fountain"), "--dry-run", "--json"])
    assert json.loads(dry.output)["form"] == "screenplay"
