"""Cuts of other editors come in: media is found again, and what is no cut is refused in a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.run import Run, running
from rushlight.edit.export_cut import export_cut
from rushlight.edit.import_cut import import_cut
from rushlight.timeline.cutfile import make_cut, read_timeline, write_timeline
from rushlight.timeline.interchange.sequence import Clip, Line, Sequence, sequence_of, timeline_of
from tests.timeline.media import RATE, SIZE, clip


def cut_of(footage: Path, folder: Path) -> Cut:
    line = Line("Video", "Video", [Clip("one", 4, 0, str(footage)), Clip("two", 5, 6, str(footage))])
    timeline = timeline_of(Sequence("Cut", RATE, *SIZE, lines=[line]))
    write_timeline(timeline, folder / "cut.otio")
    return make_cut(timeline, folder / "cut.otio", width_px=SIZE[0], height_px=SIZE[1], rate=RATE)


def exported(footage: Path, folder: Path, form: str) -> Document:
    with running(Run(scratch=folder / "out")):
        return Document(file=FileRef.of(export_cut(cut_of(footage, folder), format=form).file.path))


@pytest.mark.parametrize("form", ["fcpxml", "premiere", "kdenlive", "csv"])
def test_media_that_moved_is_found_by_name(tmp_path: Path, form: str) -> None:
    footage = clip(tmp_path / "a take.mp4").path
    document = exported(footage, tmp_path, form)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(footage, elsewhere / footage.name)
    with running(Run(scratch=tmp_path / "s")) as run:
        back = import_cut(document, media_folder=str(elsewhere))
    assert run.figures["relinked"] == 1
    assert [(one.start, one.count) for one in sequence_of(read_timeline(back.file.path)).lines[0].clips] == [
        (0, 4),
        (6, 5),
    ]
    assert back.media[0].path == elsewhere / footage.name


def test_missing_media_is_named(tmp_path: Path) -> None:
    footage = clip(tmp_path / "gone.mp4").path
    document = exported(footage, tmp_path, "fcpxml")
    footage.unlink()
    with running(Run(scratch=tmp_path / "s")), pytest.raises(InputError, match=r"gone\.mp4"):
        import_cut(document)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.fcpxml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><fcpxml version='1.10'>&b;</fcpxml>"),
        ("a.xml", b"<xmeml version='5'><sequence>"),
        ("a.otio", b"{}"),
        ("a.edl", bytes(range(256))),
        ("a.kdenlive", b""),
        ("a.csv", b"not,a,cut\n1,2,3\n"),
        ("a.docx", b"PK"),
    ],
)
def test_what_is_no_cut_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with running(Run(scratch=tmp_path / "s")), pytest.raises(RushlightError) as caught:
        import_cut(Document(file=FileRef.of(path)))
    assert name in str(caught.value)
