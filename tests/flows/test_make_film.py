"""The whole job on small films: what it writes, what a person changes, what is done again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from rushlight.core.errors import InputError, ModelError, RushlightError, StorageError
from rushlight.core.project import Project, create_project, open_project
from rushlight.core.units import parse_seconds
from rushlight.flows.explain import explain_moment
from rushlight.flows.make_film import Film, FilmWishes, make_film
from rushlight.media.colour import i420_to_rgb
from rushlight.media.decode import VideoReader
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound
from rushlight.timeline.captionfile import read_captions
from rushlight.timeline.captioning import CaptionRules, find_breaches
from tests.flows.conftest import ARTICLE, SMALL, small_project


@pytest.fixture
def again(made: tuple[Path, Film], tmp_path: Path) -> tuple[Project, Path]:
    """A copy of the made film's project, to change things in."""
    shutil.copytree(made[0], tmp_path / "copy")
    return open_project(tmp_path / "copy" / "film"), tmp_path / "copy" / "clock.md"


def ran(project: Project, before: set[str]) -> set[str]:
    """Which capabilities ran since `before` was noted."""
    return {record.capability for record in project.ledger.all() if record.key not in before}


def keys(project: Project) -> set[str]:
    return {record.key for record in project.ledger.all()}


def frame_digest(path: Path) -> str:
    facts = probe(path)
    assert facts.video is not None
    reader = VideoReader(path, width_px=facts.video.width_px, height_px=facts.video.height_px, rate=facts.video.rate)
    digest = hashlib.sha256()
    for frame in reader.frames(Fraction(0), facts.video.frame_count or 0):
        digest.update(frame.tobytes())
    digest.update(read_sound(path).tobytes())
    return digest.hexdigest()


def test_everything_is_written(made: tuple[Path, Film]) -> None:
    root = made[0] / "film"
    for name in (
        "renders/clock.mp4",
        "renders/clock.srt",
        "renders/clock.vtt",
        "renders/clock.ass",
        "scripts/clock.md",
        "timelines/clock.otio",
        "scores/clock.mid",
        "storyboards/clock/01.jpg",
        "storyboards/clock/index.html",
        "report.html",
    ):
        assert (root / name).stat().st_size > 0, name


def test_the_film_is_what_was_asked_for(made: tuple[Path, Film]) -> None:
    folder, film = made
    facts = probe(folder / "film" / "renders" / "clock.mp4")
    assert facts.video is not None
    assert facts.sound is not None
    assert abs(facts.duration - 12) <= Fraction(12, 50)
    assert (facts.video.width_px, facts.video.height_px, facts.video.rate) == (256, 144, 12)
    assert facts.sound.codec == "aac"
    data = (folder / "film" / "renders" / "clock.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "faststart"
    assert b"Made with AI" in data
    assert abs(film.mix.figures["integrated_lufs"] + 14) <= 0.5
    assert film.mix.figures["true_peak_dbtp"] <= -1.0
    assert film.mix.figures["bed_under_speech_lu"] >= 8


def test_captions_keep_the_rules_and_start_with_their_words(made: tuple[Path, Film]) -> None:
    folder, film = made
    captions = read_captions(folder / "film" / "renders" / "clock.srt")
    assert find_breaches(captions, CaptionRules(rate=Fraction(12), gap_frames=1)) == []
    starts = {word.start for line in film.narration.lines for word in line.words}
    for cue in captions.cues:
        assert min(abs(cue.start - start) for start in starts) <= Fraction(1, 1000)


def test_every_claim_traces(made: tuple[Path, Film]) -> None:
    traced, claims = made[1].grounded
    assert claims >= 3
    assert traced == claims


def test_neighbours_never_look_the_same(made: tuple[Path, Film]) -> None:
    panels = made[1].storyboard.panels
    assert panels[0].start == 0
    assert panels[-1].end == made[1].narration.duration
    for one, two in zip(panels, panels[1:], strict=False):
        assert one.end == two.start
        assert one.graphic != two.graphic


def test_the_cut_opens_in_any_otio_tool_and_its_links_hold(made: tuple[Path, Film]) -> None:
    path = made[0] / "film" / "timelines" / "clock.otio"
    timeline = otio.adapters.read_from_file(str(path))
    assert next(track.name for track in timeline.tracks) == "Pictures"
    for clip in timeline.find_clips():
        if isinstance(clip.media_reference, otio.schema.ExternalReference):
            assert not clip.media_reference.target_url.startswith("/")
            assert (path.parent / clip.media_reference.target_url).is_file()


def test_a_second_run_does_nothing_again(again: tuple[Project, Path]) -> None:
    project, document = again
    before = keys(project)
    make_film(project, document, SMALL)
    assert keys(project) == before


def test_an_edited_script_is_kept_and_only_what_depends_on_it_is_redone(again: tuple[Project, Path]) -> None:
    project, document = again
    script = project.root / "scripts" / "clock.md"
    text = script.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "clock" in line and "[^" in line)
    words = line.split(" [^")[0]
    script.write_text(text.replace(words, words.replace("clock", "bell", 1)), encoding="utf-8")
    edited = script.read_text(encoding="utf-8")
    before = keys(project)
    film = make_film(project, document, SMALL)
    assert script.read_text(encoding="utf-8") == edited
    assert any("bell" in line.text for _, line in film.script.lines())
    assert {"person", "speak_script", "caption_narration", "render_film"} <= ran(project, before)
    assert not {"read_source", "write_script"} & ran(project, before)
    assert "bell" in (project.root / "renders" / "clock.srt").read_text()


def test_edited_captions_are_burned_in_and_nothing_else_changes(again: tuple[Project, Path]) -> None:
    project, document = again
    path = project.root / "renders" / "clock.srt"
    path.write_text(path.read_text().replace("clock", "CLOCK", 1))
    before = keys(project)
    film = make_film(project, document, SMALL)
    assert "CLOCK" in path.read_text()
    assert "CLOCK" in (project.root / "renders" / "clock.vtt").read_text()
    assert any("renders/clock.srt" in message for message in film.weak)
    assert not {"write_script", "speak_script", "mix_sound", "plan_pictures"} & ran(project, before)


def test_an_edited_timeline_is_rendered_as_it_is(again: tuple[Project, Path]) -> None:
    project, document = again
    path = project.root / "timelines" / "clock.otio"
    timeline = otio.adapters.read_from_file(str(path))
    titles = [clip for clip in timeline.find_clips() if clip.name == "Disclosure"]
    titles[0].enabled = False
    otio.adapters.write_to_file(timeline, str(path))
    edited = path.read_bytes()
    before = keys(project)
    make_film(project, document, SMALL)
    assert path.read_bytes() == edited
    allowed = {"person", "render_film", "sign_credentials", "draw_panels"}
    assert {"person", "render_film"} <= ran(project, before) <= allowed


def test_a_panel_can_be_replaced_by_a_photo(again: tuple[Project, Path]) -> None:
    project, document = again
    red = Image.fromarray(np.full((90, 160, 3), (250, 0, 0), dtype=np.uint8))
    red.save(project.root / "storyboards" / "clock" / "02.png")
    film = make_film(project, document, SMALL)
    panel = film.storyboard.panels[1]
    assert panel.form == "still"
    assert panel.reason == "a person chose 02.png"
    reader = VideoReader(project.root / "renders" / "clock.mp4", width_px=256, height_px=144, rate=Fraction(12))
    frame = reader.frame_at((panel.start + panel.end) / 2)
    assert frame[144 + 36 :].mean() > 150, "V is high where red is seen"


def test_an_edited_score_is_played(again: tuple[Project, Path]) -> None:
    import mido

    project, document = again
    path = project.root / "scores" / "clock.mid"
    midi = mido.MidiFile(str(path))
    for track in midi.tracks:
        for message in track:
            if message.type in ("note_on", "note_off") and message.channel != 9:
                message.note = min(message.note + 2, 127)
    midi.save(str(path))
    edited = path.read_bytes()
    before = keys(project)
    make_film(project, document, SMALL)
    assert path.read_bytes() == edited
    assert {"person", "render_score", "mix_sound", "render_film"} <= ran(project, before)
    assert "speak_script" not in ran(project, before)


@pytest.mark.slow
def test_same_frames_and_samples_with_one_worker_and_two_twice(tmp_path: Path) -> None:
    digests = set()
    for number, workers in enumerate((1, 2, 1, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        project, document = small_project(folder)
        project.workers = workers
        film = make_film(project, document, FilmWishes(length="8s", height=144, rate="12"))
        digests.add(frame_digest(film.renders["16:9"]))
    assert len(digests) == 1


def test_several_aspects_share_all_but_the_picture(again: tuple[Project, Path]) -> None:
    project, document = again
    before = keys(project)
    film = make_film(project, document, FilmWishes(length="12s", height=144, rate="12", aspect="16:9,9:16,1:1"))
    assert ran(project, before) <= {"lay_timeline", "render_film", "sign_credentials"}
    sizes = {}
    for aspect, path in film.renders.items():
        facts = probe(path)
        assert facts.video is not None
        sizes[aspect] = (facts.video.width_px, facts.video.height_px)
    assert sizes == {"16:9": (256, 144), "9:16": (144, 256), "1:1": (144, 144)}


def test_a_film_without_music_or_captions(again: tuple[Project, Path]) -> None:
    project, document = again
    film = make_film(project, document, replace(SMALL, music=False, captions="none"))
    assert film.score is None
    assert "No music, as asked" in (project.root / "report.html").read_text(encoding="utf-8")


def test_a_persons_own_files_under_our_names_are_never_written_over(again: tuple[Project, Path]) -> None:
    project, document = again
    stem = next((project.root / "scores" / "clock").glob("*.wav"))
    mine = [project.root / name for name in ("report.html", "renders/clock.mp4", "renders/clock.ass")] + [stem]
    for path in mine:
        path.write_bytes(b"mine")
    film = make_film(project, document, replace(SMALL, style="night"))
    assert all(path.read_bytes() == b"mine" for path in mine)
    assert film.renders["16:9"].name == "clock-new.mp4"
    for path in mine:
        assert any(str(path.relative_to(project.root)) in message for message in film.weak)


def test_captions_edited_before_the_script_are_said_to_be_stale(again: tuple[Project, Path]) -> None:
    project, document = again
    captions = project.root / "renders" / "clock.srt"
    captions.write_text(captions.read_text().replace("clock", "CLOCK", 1))
    assert not any("since" in message for message in make_film(project, document, SMALL).weak)
    script = project.root / "scripts" / "clock.md"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("since 1894", "from 1894 on"), encoding="utf-8")
    weak = make_film(project, document, SMALL).weak
    assert any("renders/clock.srt" in message and "since" in message for message in weak)
    captions.unlink()
    assert not any("renders/clock.srt" in message for message in make_film(project, document, SMALL).weak)


def test_a_timeline_edited_before_the_script_is_said_to_be_stale(again: tuple[Project, Path]) -> None:
    project, document = again
    path = project.root / "timelines" / "clock.otio"
    timeline = otio.adapters.read_from_file(str(path))
    next(clip for clip in timeline.find_clips() if clip.name == "Disclosure").enabled = False
    otio.adapters.write_to_file(timeline, str(path))
    assert not any("since" in message for message in make_film(project, document, SMALL).weak)
    weak = make_film(project, document, replace(SMALL, style="night")).weak
    assert any("timelines/clock.otio" in message and "since" in message for message in weak)


def test_a_panel_replaced_by_a_clip_is_played_and_shown(again: tuple[Project, Path]) -> None:
    project, document = again
    folder = project.root / "storyboards" / "clock"
    shutil.copyfile(project.root / "renders" / "clock.mp4", folder / "02.mp4")
    film = make_film(project, document, SMALL)
    assert film.storyboard.panels[1].form == "clip"
    assert (folder / "02.jpg").is_file()
    assert 'src="storyboards/clock/02.jpg"' in (project.root / "report.html").read_text(encoding="utf-8")
    (folder / "02.mp4").unlink()
    assert make_film(project, document, SMALL).storyboard.panels[1].form == "graphic"


def test_a_clip_turned_off_in_the_timeline_goes_and_why_still_answers(again: tuple[Project, Path]) -> None:
    project, document = again
    path = project.root / "timelines" / "clock.otio"
    timeline = otio.adapters.read_from_file(str(path))
    pictures = [clip for clip in timeline.tracks[0] if isinstance(clip, otio.schema.Clip)]
    pictures[-1].enabled = False
    next(track for track in timeline.tracks if track.name == "Music").enabled = False
    otio.adapters.write_to_file(timeline, str(path))
    film = make_film(project, document, SMALL)
    assert any("black" in message for message in film.weak)
    sheet = [record for record in project.ledger.all() if record.capability == "draw_panels"][-1]
    assert len(sheet.output["frames"]) == len(pictures) - 1
    answer = explain_moment(project, project.root / "renders" / "clock.mp4", "1")
    assert answer.seen[0]["track"] == "Pictures"
    assert answer.said


def test_an_edited_script_that_is_no_text_is_said_plainly(again: tuple[Project, Path]) -> None:
    project, document = again
    script = project.root / "scripts" / "clock.md"
    for content, words in ((b"\xff\xfe\x00", "UTF-8"), (b"", "title"), (b"# Only a title\n", "no beats")):
        script.write_bytes(content)
        with pytest.raises(InputError, match=words) as caught:
            make_film(project, document, SMALL)
        assert "clock.md" in str(caught.value)
        assert caught.value.hint


def test_a_panel_and_captions_past_the_end_are_said(again: tuple[Project, Path]) -> None:
    project, document = again
    Image.new("RGB", (64, 36)).save(project.root / "storyboards" / "clock" / "77.png")
    captions = project.root / "renders" / "clock.srt"
    captions.write_text(captions.read_text() + "\n99\n00:03:00,000 --> 00:03:02,000\nToo late.\n")
    weak = make_film(project, document, SMALL).weak
    assert any("77.png is not used" in message for message in weak)
    assert any("03:02" in message for message in weak)


def test_a_german_article_is_spoken_in_german_unasked(tmp_path: Path) -> None:
    document = tmp_path / "uhr.md"
    document.write_text(
        "# Die Uhr\n\nDie Uhr am Hafen ist seit 1894 da und zeigt den Fischern die Zeit. Sie ist alt, aber sie "
        "wird jeden Montag von einer Frau aufgezogen, die auch das Glas putzt.\n",
        encoding="utf-8",
    )
    film = make_film(create_project(tmp_path / "film"), document, replace(SMALL, length="auto"))
    assert film.narration.voices == {"narrator": "espeak/de"}
    assert any("German" in message for message in film.weak)
    assert "Mit KI erstellt" in (tmp_path / "film" / "timelines" / "uhr.otio").read_text(encoding="utf-8")


def test_two_documents_of_one_name_have_files_of_their_own(again: tuple[Project, Path]) -> None:
    project, document = again
    before = tree(project.root)
    brief = document.with_suffix(".toml")
    brief.write_text(
        'title = "Another"\ntext = """The tower of Lindmark is 40 metres high. It was painted in 1990."""\n'
    )
    film = make_film(project, brief, replace(SMALL, length="auto"))
    assert film.renders["16:9"].name == "clock-toml.mp4"
    after = tree(project.root)
    assert {name for name in before if after.get(name) != before[name]} == {"report.html"}
    assert (project.root / "reports" / "clock.html").is_file()
    assert make_film(project, document, SMALL).renders["16:9"].name == "clock.mp4"


def tree(root: Path) -> dict[str, str]:
    """Every file a person sees in a project, with its hash."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".rushlight" not in path.parts
    }


@pytest.mark.parametrize(
    ("name", "content", "wishes", "error", "words"),
    [
        ("empty.md", b"", {}, InputError, "empty|no text"),
        ("binary.md", bytes(range(256)) * 20, {}, InputError, "binary"),
        ("zero.csv", b"year,people\n", {}, InputError, "row"),
        ("broken.toml", b"title = \n", {}, InputError, "TOML"),
        ("clock.md", ARTICLE.encode(), {"voice": "espeak/xx"}, ModelError, "no voice"),
        ("clock.md", ARTICLE.encode(), {"voice": "robot/one"}, ModelError, "no voice"),
        ("clock.md", ARTICLE.encode(), {"style": "baroque"}, InputError, "no style"),
        ("clock.md", ARTICLE.encode(), {"length": "9000h"}, InputError, "out of range"),
        ("clock.md", ARTICLE.encode(), {"length": "0"}, InputError, "out of range"),
        ("clock.md", ARTICLE.encode(), {"aspect": "7:3"}, InputError, "not an aspect"),
        ("clock.md", ARTICLE.encode(), {"writer": "shakespeare"}, ModelError, "writer"),
        ("clock.md", ARTICLE.encode(), {"genre": "polka"}, InputError, "genre"),
        ("clock.md", ARTICLE.encode(), {"pictures": (Path("/nowhere"),)}, InputError, "does not exist"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    tmp_path: Path, name: str, content: bytes, wishes: dict[str, object], error: type[RushlightError], words: str
) -> None:
    project = create_project(tmp_path / "film")
    (tmp_path / name).write_bytes(content)
    before = tree(project.root)
    with pytest.raises(error, match=words) as caught:
        make_film(project, tmp_path / name, FilmWishes(**({"length": "12s", "height": 144} | wishes)))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert tree(project.root) == before


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    project, document = small_project(tmp_path)
    with (project.root / "rushlight.toml").open("a") as file:
        file.write('\n[style]\ndisplay_font = "Comic Papyrus"\n')
    with pytest.raises(ModelError, match="Comic Papyrus"):
        make_film(project, document, SMALL)


def test_an_edited_script_that_will_not_fit_is_reported_before_rendering(again: tuple[Project, Path]) -> None:
    project, document = again
    script = project.root / "scripts" / "clock.md"
    text = script.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "[^" in line and not line.startswith("["))
    more = " ".join(["The keeper looks up at the tower and waits for the hour to strike."] * 12)
    script.write_text(text.replace(line, line + "\n\n" + more), encoding="utf-8")
    before = keys(project)
    with pytest.raises(InputError, match=r"takes .* s to speak") as caught:
        make_film(project, document, SMALL)
    assert "Cut about" in caught.value.hint
    assert "render_film" not in ran(project, before)


def test_no_permission_is_said_plainly(tmp_path: Path) -> None:
    # Root may write anywhere, so a file stands where the project's memory should be.
    project, document = small_project(tmp_path)
    shutil.rmtree(project.memory, ignore_errors=True)
    project.memory.write_text("not a folder")
    with pytest.raises(StorageError, match="cannot be written") as caught:
        make_film(project, document, SMALL)
    assert caught.value.hint


def test_records_name_the_voice(made: tuple[Path, Film]) -> None:
    records = open_project(made[0] / "film").ledger.all()
    spoken = [record for record in records if record.capability == "speak_script"][-1]
    assert spoken.models[0]["name"] == "espeak/en-gb"
    assert spoken.models[0]["licence"].startswith("GPL-3")
    assert json.loads(spoken.model_dump_json())["output"]["voices"] == {"narrator": "espeak/en-gb"}
    assert parse_seconds(spoken.parameters["target_seconds"]) == 12


def test_a_full_disk_is_said_plainly_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("making a small disk needs root")
    try:
        project, document = small_project(disk)
        with pytest.raises(StorageError, match="disk is full") as caught:
            make_film(project, document, SMALL)
        assert "Free some space" in caught.value.hint
        assert project.store.verify() == []
        finished = keys(project)
        assert finished
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        make_film(project, document, SMALL)
        assert finished <= keys(project)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_projects_logo_and_colours_are_seen(tmp_path: Path) -> None:
    project, document = small_project(tmp_path)
    Image.fromarray(np.full((40, 40, 4), (0, 255, 0, 255), dtype=np.uint8)).save(project.root / "media" / "logo.png")
    with (project.root / "rushlight.toml").open("a") as file:
        file.write('\n[style]\nlogo = "media/logo.png"\nbackground = "#800000"\nbackground_edge = "#800000"\n')
    film = make_film(project, document, FilmWishes(length="8s", height=144, rate="10"))
    reader = VideoReader(film.renders["16:9"], width_px=256, height_px=144, rate=Fraction(10))
    rgb = i420_to_rgb(reader.frame_at(Fraction(4)))
    corner = rgb[8:16, -22:-14].reshape(-1, 3).mean(axis=0)
    assert corner[1] > 150 > 100 > corner[0], "the green logo stands in the upper right corner"
    middle = rgb[100:110, 20:40].reshape(-1, 3).mean(axis=0)
    assert middle[0] > 2 * middle[2], "the ground is red"
