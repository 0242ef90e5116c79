"""Bad recordings in `cut`: what decodes is kept, what is lost is said, and nothing half-made has a final name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rushlight.core.errors import InputError, MediaError, ModelError
from rushlight.core.project import Project, create_project
from rushlight.edit.import_cut import import_cut
from rushlight.flows.cut_footage import CutWishes, cut_footage
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import read_cut
from tests.edit.damaged import cut_short, overwritten, picture_only, sound_only, whole


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


def _left(project: Project) -> list[str]:
    """What lies under a final name."""
    return [path.name for path in (project.root / "renders").glob("*")]


@pytest.mark.parametrize("damage", [cut_short, overwritten])
def test_what_decodes_is_kept_and_what_was_lost_is_said(damage, project: Project, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = damage(whole(tmp_path))
    before = path.read_bytes()
    made = cut_footage(project, [path])
    assert made.film is not None
    film = probe(made.film)
    assert film.duration > 3
    said = [message for message in made.weak if path.name in message]
    assert len(said) == 1
    assert "cut short" in said[0] if damage is cut_short else "cannot be decoded" in said[0]
    records = [json.loads(file.read_text()) for file in (project.root / ".rushlight/records").rglob("*.json")]
    lost = next(record for record in records if record["capability"].endswith("find_damage"))
    assert lost["figures"]["lost_picture_seconds"] > 0.5
    assert any("picture" in message for message in lost["weak"])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: cut_short(whole(folder, index_first=False)), "table of contents"),
        (picture_only, "no sound in it to cut by"),
        (lambda folder: _empty(folder), "is empty"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_a_sentence(make, said: str, project: Project, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MediaError, match=said):
        cut_footage(project, [make(tmp_path)])
    assert _left(project) == []


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.write_bytes(b"")
    return path


def test_sound_alone_that_was_cut_short(project: Project, tmp_path: Path) -> None:
    made = cut_footage(project, [cut_short(sound_only(tmp_path))])
    assert made.film is not None
    assert made.film.suffix == ".wav"


def test_picture_and_sound_recordings_do_not_mix(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="with and without picture"):
        cut_footage(project, [whole(tmp_path), sound_only(tmp_path)])
    assert _left(project) == []


def test_recordings_of_different_rates_become_one_and_it_is_said(project: Project, tmp_path: Path) -> None:
    first, other = whole(tmp_path), whole(tmp_path, "other.mp4", rate=30)
    made = cut_footage(project, [first, other])
    assert made.film is not None
    film = probe(made.film)
    assert film.video is not None
    assert film.video.rate == 25
    assert film.duration == made.seconds
    assert any("other.mp4" in message and "30" in message and "25" in message for message in made.weak)


def test_two_hundred_files_at_once(project: Project, tmp_path: Path) -> None:
    good = sound_only(tmp_path, "good.wav", seconds=3)
    files = [good]
    for number in range(199):
        path = tmp_path / f"bad-{number:03}.mp4"
        path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(number))
        files.append(path)
    made = cut_footage(project, files, CutWishes(remove=()))
    assert len(made.skipped) == 199
    assert len({message.split(":")[0] for message in made.skipped}) == 199
    assert made.film is not None


def test_a_language_the_recogniser_does_not_know(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="de"):
        cut_footage(project, [sound_only(tmp_path, seconds=3)], CutWishes(captions="track", language="de"))
    assert _left(project) == []


def test_a_timeline_that_points_at_missing_media(project: Project, tmp_path: Path) -> None:
    path = whole(tmp_path)
    made = cut_footage(project, [path], CutWishes(exports=("edl",)))
    path.rename(tmp_path / "elsewhere.mp4")
    with pytest.raises(InputError, match=r"whole\.mp4.* not there"):
        read_cut(made.files["otio"])
    from rushlight.artifacts.source import Document
    from rushlight.core.artifact import FileRef

    with pytest.raises(InputError, match="not there"):
        import_cut(Document(file=FileRef.of(made.files["edl"])))


def test_copying_takes_whole_groups_of_what_is_there(project: Project, tmp_path: Path) -> None:
    path = cut_short(whole(tmp_path))
    made = cut_footage(project, [path], CutWishes(copy=True, remove=()))
    assert made.film is not None
    assert not any("encoded again" in message for message in made.weak)
    assert probe(made.film).duration > 6
