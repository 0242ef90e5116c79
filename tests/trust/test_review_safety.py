from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Document, Fault, Faults, Review
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.review_safety import review_safety


def document(tmp_path: Path, text: str, name: str = "work.md") -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def found(review: Review) -> list[tuple[str, str, str]]:
    return [(one.kind, one.severity, one.quote.lower()) for one in review.findings]


SCREENPLAY = """INT. KITCHEN - DAY

Mara cuts bread. A gun lies by the sink.

MARA
Damn. Who took the f**king knife?

EXT. PIER - NIGHT

He hanged himself here, they say.
"""


def test_a_screenplay_is_reviewed_with_scene_and_speaker(tmp_path: Path) -> None:
    review = review_safety(document(tmp_path, SCREENPLAY, "pier.fountain"), audience="family")
    assert found(review) == [
        ("violence", "note", "gun"),
        ("profanity", "note", "damn"),
        ("profanity", "error", "f##king"),
        ("self-harm", "error", "hanged himself"),
    ]
    assert review.findings[2].place == "scene 1 (INT. KITCHEN - DAY), MARA"
    assert all(one.reason and one.source and one.suggestion for one in review.findings)
    assert review.as_text().startswith("pier, safety for family: 2 errors, 2 notes.")


def test_the_audience_decides_how_grave_it_is(tmp_path: Path) -> None:
    work = document(tmp_path, "Oh damn, the bastard lit a cigarette. What a fucking mess.")
    said = {audience: review_safety(work, audience=audience) for audience in ("children", "family", "teens", "adults")}
    counts = {
        audience: [sum(one.severity == name for one in review.findings) for name in ("error", "warning", "note")]
        for audience, review in said.items()
    }
    assert counts == {"children": [2, 2, 0], "family": [1, 1, 2], "teens": [0, 1, 1], "adults": [0, 0, 1]}


def test_slurs_and_methods_of_suicide_need_a_decision_at_any_age(tmp_path: Path) -> None:
    review = review_safety(document(tmp_path, "The retard left a suicide note."), audience="adults")
    assert found(review) == [("slur", "warning", "retard"), ("self-harm", "warning", "suicide note")]


@pytest.mark.parametrize(
    "innocent",
    [
        "She pricks her finger on the spindle and takes a stab at the pie.",
        "A classic assassin in Scunthorpe passed the class with grass.",
        "They pull up a joint venture, weed the beds and punch cards.",
        "Seen with the naked eye, the oilseed rape was yellow.",
        "Homo sapiens is older than the murder of crows at Offa's Dyke.",
        "Shoot the scene at dawn, kill the lights, cut.",
    ],
)
def test_words_that_mean_something_else_are_left_alone(tmp_path: Path, innocent: str) -> None:
    assert found(review_safety(document(tmp_path, innocent), audience="children")) == []


@pytest.mark.parametrize("hidden", ["f**k", "f*ck", "sh1t", "s.h.i.t", "$hit", "FUCK", "bull5hit"])
def test_disguises_are_seen_through(tmp_path: Path, hidden: str) -> None:
    assert [kind for kind, _, _ in found(review_safety(document(tmp_path, f"Oh {hidden} that")))] == ["profanity"]


def test_captions_have_times_and_texts_have_lines(tmp_path: Path) -> None:
    captions = document(tmp_path, "1\n00:00:01,500 --> 00:00:03,000\nWhat the hell\n", "a.srt")
    (one,) = review_safety(captions).findings
    assert (one.start, one.end, one.place) == (Fraction(3, 2), Fraction(3), "00:00:01.500")
    text = document(tmp_path, "# A day\n\nFine.\n\nWhat the hell.[^1]\n\n[^1]: damn source\n")
    assert [one.place for one in review_safety(text).findings] == ["line 5"]


def test_flashing_is_taken_from_the_check_of_the_film(tmp_path: Path) -> None:
    work = document(tmp_path, "Lightning.")
    flash = Fault(kind="flashing", start=Fraction(2), end=Fraction(3), severity="error", reason="9 flashes in 1 s")
    black = Fault(kind="black", start=Fraction(4), end=Fraction(5), severity="note", reason="black")
    review = review_safety(work, Faults(faults=(flash, black), duration=Fraction(9)))
    assert found(review) == [("flashing", "error", "9 flashes in 1 s")]
    assert any("Flashing was not reviewed" in note for note in review_safety(work).notes)


def test_a_lexicon_of_ones_own_adds_terms(tmp_path: Path) -> None:
    own = document(
        tmp_path,
        '[[entry]]\nterms = ["grog*"]\nkind = "drugs"\nlevel = 2\nreason = "House rule"\nsource = "House style 7"\n',
        "own.toml",
    )
    review = review_safety(document(tmp_path, "More grogs!"), None, own)
    assert found(review) == [("drugs", "warning", "grogs")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("terms = [", "cannot be read"),
        ('[[entry]]\nterms = ["a"]\n', "incomplete"),
        ('[[entry]]\nterms = ["a"]\nkind = "odd"\nlevel = 1\nreason = "r"\nsource = "s"\n', "no kind odd"),
        ('[[entry]]\nterms = ["a"]\nkind = "law"\nlevel = 7\nreason = "r"\nsource = "s"\n', "level 7"),
        ("", "has no"),
    ],
)
def test_a_broken_lexicon_is_refused_with_the_entry(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        review_safety(document(tmp_path, "Words."), None, document(tmp_path, text, "own.toml"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.md", b"", "no words"),
        ("a.md", b"\xff\xfe\x00", "not text"),
        ("a.md", b"a\0b", "not a text"),
        ("a.exe", b"words", "not reviewed"),
        ("a.srt", b"words", "no captions"),
    ],
)
def test_what_is_no_work_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        review_safety(Document(file=FileRef.of(path)))


def test_the_page_and_the_table_are_safe_to_open(tmp_path: Path) -> None:
    review = review_safety(document(tmp_path, "=1+1 <script>alert(1)</script> damn"))
    assert "<script>" not in review.as_html()
    assert "<mark>damn</mark>" in review.as_html()
    (row,) = csv.DictReader(io.StringIO(review.as_csv()))
    assert row["context"].startswith("'=")
