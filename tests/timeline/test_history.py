"""Versions of scripts, and who wrote what."""

from __future__ import annotations

import pytest

from rushlight.core.errors import InputError, StorageError
from rushlight.timeline.authorship import VersionText, trace_authors
from rushlight.timeline.history import History


def test_versions_are_kept_and_brought_back(tmp_path):
    history = History(tmp_path / "h")
    first = history.add("one\r\n", "grammar", is_person=False, key="k")
    assert history.add("one\r\n", "anna", is_person=True) == first
    second = history.add("two", "anna", is_person=True, note="edit")
    assert [version.number for version in history.versions()] == [1, 2]
    assert history.text(history.find("1")) == "one\r\n"
    assert history.find("-1") == second
    assert history.find(second.sha256[:8]) == second
    assert history.last_by_machine() == first
    with pytest.raises(InputError, match="no version"):
        history.find("7")


def test_a_damaged_version_is_said(tmp_path):
    history = History(tmp_path)
    version = history.add("one", "a", is_person=True)
    (tmp_path / f"{version.sha256}.txt").write_text("tampered")
    with pytest.raises(StorageError, match="damaged"):
        history.text(version)
    (tmp_path / "versions.json").write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        history.versions()


def authors(*versions: tuple[str, str]) -> list[tuple[str, str]]:
    traced = trace_authors("x", [VersionText(text, author, author != "grammar") for author, text in versions])
    assert "".join(traced.text[span.start : span.end] for span in traced.spans) == traced.text
    return [(traced.text[span.start : span.end].strip(), span.author) for span in traced.spans]


def test_every_word_has_its_author():
    found = authors(
        ("grammar", "The lamp is lit by Mara.\n\nIt smokes.\n"),
        ("anna", "The old lamp is lit by Mara.\n\nIt smokes.\n"),
        ("ben", "The old lamp is lit by Mara.\n\nIt smokes badly.\n"),
    )
    assert [(words, author) for words, author in found if author != "grammar"] == [("old", "anna"), ("badly", "ben")]


def test_what_is_moved_or_brought_back_stays_its_authors():
    line = "Nobody in the house had seen it burn before."
    found = authors(
        ("anna", f"{line}\n\nOne.\n\nTwo.\n"),
        ("grammar", "One.\n\nTwo.\n"),
        ("ben", f"One.\n\nTwo.\n\n{line}\n"),
    )
    assert (line, "anna") in [(words.split("\n")[-1], author) for words, author in found]


def test_shares_add_up():
    traced = trace_authors("x", [VersionText("a b c d", "grammar", False), VersionText("a b c d e f", "anna", True)])
    assert [(share.author, share.words, share.is_person) for share in traced.shares] == [
        ("grammar", 4, False),
        ("anna", 2, True),
    ]
    assert sum(share.share for share in traced.shares) == pytest.approx(1, abs=1e-3)
    assert trace_authors("x", []).spans == ()
