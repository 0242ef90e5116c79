from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import EditList, Media, Transcript, TranscriptWord
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.project import Project, create_project
from rushlight.edit.assembling.lines import read_lines, takes_of
from tests.edit.recordings import recording
from tests.edit.test_assemble_cut import footage


def said(text: str, *, start: int = 0) -> tuple[TranscriptWord, ...]:
    """A word each half second."""
    return tuple(
        TranscriptWord(text=word, start=Fraction(start + n, 2), end=Fraction(2 * (start + n) + 1, 4))
        for n, word in enumerate(text.split())
    )


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return recording(tmp_path_factory.mktemp("script"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p")


def assembled(project: Project, media: Media, text: str, words: tuple[TranscriptWord, ...], **more: object) -> EditList:
    path = project.root / "lines.txt"
    path.write_text(text, encoding="utf-8")
    found, table = footage([[0.3] * 8, [0.6] * 8, [0.1] * 8], [0, 9, 20])
    rows = tuple(
        row.model_copy(update={"brightness": light, "faces": faces, "framing": framing})
        for row, light, faces, framing in zip(
            table.rows, (0.1, 0.5, 0.9), (0, 0, 2), ("none", "none", "close"), strict=True
        )
    )
    table = table.model_copy(update={"rows": rows})
    heard = Transcript(words=words, duration=media.duration)
    document = Document(file=FileRef.of(path))
    made = project.run("assemble_script", (media,), (found,), (table,), (heard,), document, **more)
    assert isinstance(made, EditList)
    return made


def test_lines_are_read_without_marks_headings_and_brackets() -> None:
    lines = read_lines("# Film\n\n- One, two!\n[a dark road]\n2. three\n---\n")
    assert [(line.number, line.words, line.is_picture) for line in lines] == [
        (3, ("one", "two"), False), (4, ("a", "dark", "road"), True), (5, ("three",), False),
    ]  # fmt: skip


def test_every_take_is_found_and_what_was_misheard_forgiven() -> None:
    (line,) = read_lines("the keeper winds the great clock")
    words = said("well the keeper wins the grey clock and then the keeper winds the great clock again")
    takes = takes_of(line, [words], least=0.5)
    assert [(take.first, take.last) for take in takes] == [(1, 6), (9, 14)]
    assert takes[0].share < takes[1].share == 1


def test_a_line_is_its_best_take(project: Project, media: Media) -> None:
    words = said("the keeper winds a a clock the keeper winds the great clock")
    made = assembled(project, media, "The keeper winds the great clock.", words)
    (span,) = made.spans
    assert Fraction(5, 2) < span.start <= Fraction(3)
    assert span.end >= Fraction(23, 4)


def test_of_like_takes_the_last_counts(project: Project, media: Media) -> None:
    words = said("the keeper winds the clock the keeper winds the clock")
    (span,) = assembled(project, media, "the keeper winds the clock", words).spans
    assert span.start > 2


def test_what_nobody_says_is_shown(project: Project, media: Media) -> None:
    made = assembled(project, media, "[a dark night]\n[people, close]\n", said("nothing of it"))
    assert [int(span.start // 4) for span in made.spans] == [0, 2]
    assert made.notes == ()
    blind = assembled(project, media, "philosophy of grammar\n", ())
    assert "nothing is known that shows" in blind.notes[0]


def test_pictures_share_what_speech_leaves(project: Project, media: Media) -> None:
    words = said("the keeper winds the clock")
    text = "[a dark night]\nthe keeper winds the clock\n[bright day]\n"
    made = assembled(project, media, text, words, length_seconds=Fraction(8))
    assert made.duration == 8
    with pytest.raises(InputError, match="at least"):
        assembled(project, media, text, words, length_seconds=Fraction(2))


def test_what_is_no_script_is_refused(project: Project, media: Media) -> None:
    with pytest.raises(InputError, match="no line"):
        assembled(project, media, "# only a heading\n\n", ())
