from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.audience.find_themes import find_themes
from rushlight.audience.read_comments import summed
from rushlight.core.artifact import FileRef
from tests.audience.test_read_comments import HOSTILE, read, table


def test_themes_with_true_quotes_and_their_own_feeling(tmp_path: Path) -> None:
    texts = ["The music is wonderful", "what a beautiful soundtrack, 3:10 gave me goosebumps",
             "awful plot",
             "plot full of holes", HOSTILE, "hello there"]  # fmt: skip
    made = read(table(tmp_path / "c.csv", texts))
    found = find_themes(made, step_seconds=10)
    themes = {one.theme: one for one in found.themes}
    assert set(themes) == {"music", "story", "ending"}
    assert themes["music"].mean_score > 0 > themes["story"].mean_score
    assert themes["music"].positive == themes["story"].negative == 2
    known = {row.id: row.text for row in made.rows()}
    for one in found.themes:
        assert one.quotes
        assert all(known[quote.comment][quote.start :].startswith(quote.text) for quote in one.quotes)
    (moment,) = themes["music"].moments
    assert (moment.start_seconds, moment.end_seconds) == (190, 200)
    assert found.unthemed == 1
    assert "praise" in found.as_text()
    assert found.as_csv().count("\n") == 4


def test_spam_does_not_count(tmp_path: Path) -> None:
    rows = [CommentReading(id=str(n), text="the ending is awful", language="en", label="negative", sum=-2600,
                           score=-0.55, weight=0.0 if n else 1.0) for n in range(50)]  # fmt: skip
    path = tmp_path / "rows.jsonl"
    path.write_text(Comments.write(rows), encoding="utf-8")
    (theme,) = find_themes(summed(rows, FileRef.of(path), "lexicon", ())).themes
    assert theme.comments == 1
    assert len(theme.quotes) == 1


@pytest.mark.parametrize("language", ["de", "ar"])
def test_other_languages_are_said_to_be_left_out(language: str, tmp_path: Path) -> None:
    text = {"de": "Die Musik ist sehr schön und das Ende auch", "ar": "هذا فيلم رائع"}[language]
    found = find_themes(read(table(tmp_path / "c.csv", [text])))
    assert found.themes == ()
    assert "other languages" in found.notes[0]
    assert "No comment" in found.as_text()
