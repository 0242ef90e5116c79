"""Chapters go into cuts, out of them into films and lists, and come back on the same frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.run import Run, running
from rushlight.create.render_film import render_film
from rushlight.edit.export_cut import export_cut
from rushlight.edit.mark_chapters import mark_chapters
from rushlight.media.chapter_list import media_chapters
from rushlight.timeline.cutfile import make_cut, read_timeline, write_timeline
from rushlight.timeline.interchange.sequence import Clip, Line, Sequence, sequence_of, timeline_of
from tests.timeline.media import SIZE, clip

RATE = Fraction(30000, 1001)
TITLES = ["Start; = #1", "Über die Brücke & <zurück>", "The end"]
LIST = "Chapters of this film\n0:00 Start; = #1\n00:02 - Über die Brücke & <zurück>\n(0:04) The end\nBye\n"


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    footage = clip(tmp_path / "take.mp4", frames=12).path
    line = Line("Video", "Video", [Clip("take", 15, 0, str(footage)) for _ in range(12)])
    timeline = timeline_of(Sequence("My cut", RATE, *SIZE, lines=[line]))
    write_timeline(timeline, tmp_path / "cut.otio")
    return make_cut(timeline, tmp_path / "cut.otio", width_px=SIZE[0], height_px=SIZE[1], rate=RATE)


def _document(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def _marks(cut: Cut) -> list[tuple[int, str]]:
    return [(mark.at, mark.name) for mark in sequence_of(read_timeline(cut.file.path)).markers]


def test_from_a_list_into_a_film_and_back(cut: Cut, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "s")):
        marked = mark_chapters(cut, _document(tmp_path, "list.txt", LIST))
        assert _marks(marked) == list(zip([0, 60, 120], TITLES, strict=True))
        film = render_film(marked).file.path
        assert [(round(start * RATE), round(end * RATE), title) for start, end, title in media_chapters(film)] == [
            (0, 60, TITLES[0]), (60, 120, TITLES[1]), (120, 180, TITLES[2]),
        ]  # fmt: skip
        again = mark_chapters(cut, Document(file=FileRef.of(film)))
    assert _marks(again) == _marks(marked)


@pytest.mark.parametrize("form", ["ffmetadata", "webvtt", "youtube"])
def test_lists_come_back_on_the_same_frames(form: str, cut: Cut, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "s")):
        marked = mark_chapters(cut, _document(tmp_path, "list.txt", LIST))
        back = mark_chapters(cut, export_cut(marked, format=form))
    assert _marks(back) == _marks(marked)


def test_what_the_cut_has_stays_and_what_lies_behind_it_is_named(cut: Cut, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "s")) as run:
        first = mark_chapters(cut, _document(tmp_path, "a.txt", "0:00 Old\n0:03 Stays\n"))
        second = mark_chapters(first, _document(tmp_path, "b.txt", "0:00 New\n0:59 Too late\n"))
    assert sorted(_marks(second)) == [(0, "New"), (90, "Stays")]
    assert run.figures["chapters"] == 1
    assert any("Too late" in message for message in run.weak)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "Nothing here.\n", "no chapters"),
        ("a.vtt", "WEBVTT\n\nNOTE nothing\n", "no chapters"),
        ("a.vtt", "WEBVTT\n\n00:05.000 --> 00:02.000\nBack\n", "ends before it begins"),
        ("a.ffmeta", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=0\nEND=1\n", "Chapter 1 has no times"),
        ("a.ffmeta", ";FFMETADATA1\n[CHAPTER]\ntitle=x\n", "Chapter 1 has no times"),
        ("a.mp4", "no film", "not a media file"),
    ],
)
def test_lists_without_chapters_are_refused(name: str, text: str, said: str, cut: Cut, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "s")), pytest.raises(RushlightError, match=said) as caught:
        mark_chapters(cut, _document(tmp_path, name, text))
    assert name in str(caught.value)


def test_a_film_without_chapters_is_refused(cut: Cut, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "s")), pytest.raises(InputError, match="no chapters"):
        mark_chapters(cut, Document(file=FileRef.of(tmp_path / "take.mp4")))
