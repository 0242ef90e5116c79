"""The cut follows the text."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Document, Findings, Media
from rushlight.artifacts.findings import Finding
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.edit.edit_transcript import edit_transcript
from rushlight.edit.plan_cut import plan_cut
from rushlight.timeline.transcriptfile import transcript_to_text
from tests.edit.recordings import RATE, recording, transcript


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return recording(tmp_path_factory.mktemp("text"))


def document(folder: Path, text: str) -> Document:
    path = folder / "edited.txt"
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def test_delete_move_and_correct(media: Media, tmp_path: Path) -> None:
    said = transcript(media)
    text = "nine ten eleven one two FOUR, five six SIEBEN eight twelve never said this"
    run = Run(scratch=tmp_path)
    with running(run):
        edits = edit_transcript(media, said, document(tmp_path, text))
    shown = [word.text for span in edits.spans for word in span.words]
    assert shown == "nine ten eleven one two FOUR, five six SIEBEN eight twelve".split()
    starts = [span.words[0].start for span in edits.spans]
    assert starts == [said.words[n].start for n in (8, 0, 3, 11)]
    assert run.figures["deleted_words"] == 1
    assert run.figures["moved_words"] == 3
    assert any("never said this" in message for message in run.weak)
    for span in edits.spans:
        assert (span.duration * RATE).denominator == 1
        for word in said.words:
            assert not any(word.start < edge < word.end for edge in (span.start, span.end))


def test_left_alone_everything_stays(media: Media, tmp_path: Path) -> None:
    said = transcript(media)
    edits = edit_transcript(media, said, document(tmp_path, transcript_to_text(said, "talk")))
    assert len(edits.spans) == 1
    assert edits.duration == media.duration


def test_silences_are_cut_out_of_what_the_text_keeps(media: Media, tmp_path: Path) -> None:
    said = transcript(media)
    text = document(tmp_path, "five six seven EIGHT one two")
    edited = edit_transcript(media, said, text)
    silence = Finding(kind="silence", start=Fraction("2.95"), end=Fraction("3.05"), confidence=1)
    findings = Findings(findings=(silence,), duration=media.duration)
    both = plan_cut(media, findings, said, edited, margin_seconds=Fraction(0))
    assert len(both.spans) == len(edited.spans) + 1
    assert [w.text for span in both.spans for w in span.words] == "five six seven EIGHT one two".split()
    assert both.duration < edited.duration


def test_another_recording_and_nothing_left(media: Media, tmp_path: Path) -> None:
    said = transcript(media)
    with pytest.raises(InputError, match="another recording"):
        edit_transcript(media, said.model_copy(update={"sound_sha256": "0" * 64}), document(tmp_path, "one"))
    with pytest.raises(InputError, match="No word"):
        edit_transcript(media, said, document(tmp_path, "# nothing"))
    with pytest.raises(InputError, match="no words"):
        edit_transcript(media, said.model_copy(update={"words": ()}), document(tmp_path, "one"))
    binary = tmp_path / "b.txt"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="UTF-8"):
        edit_transcript(media, said, Document(file=FileRef.of(binary)))
