from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.review_culture import review_culture
from rushlight.trust.reviewing.generalising import generalisations


def document(tmp_path: Path, text: str, name: str = "work.md") -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def test_only_what_holds_where_it_is_shown_is_told(tmp_path: Path) -> None:
    work = document(tmp_path, "Over bacon and beer he gives a thumbs up.")
    told = {place: {one.quote for one in review_culture(work, cultures=(place,)).findings} for place in ("DE", "IR")}
    assert told == {"DE": set(), "IR": {"bacon", "beer", "gives a thumbs up"}}
    everywhere = review_culture(work)
    assert {one.culture for one in everywhere.findings if one.quote == "gives a thumbs up"} == {"IR, IQ, AF, GR, SA"}


def test_a_sign_is_told_for_everybody_and_as_law_where_it_is_forbidden(tmp_path: Path) -> None:
    review = review_culture(document(tmp_path, "A swastika on the wall."), cultures=("DE",))
    assert {(one.kind, one.culture, one.severity) for one in review.findings} == {
        ("law", "DE", "error"),
        ("symbol", "", "error"),
    }
    assert any("86a" in one.source for one in review.findings)


def test_a_character_may_say_what_a_narrator_should_not(tmp_path: Path) -> None:
    narrated = document(tmp_path, "Gypsies came to town.")
    said = document(tmp_path, "INT. BAR - DAY\n\nBEN\nGypsies came to town.\n", "bar.fountain")
    assert [one.severity for one in review_culture(narrated).findings] == ["warning"]
    assert [one.severity for one in review_culture(said).findings] == ["note"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Women can't drive.",
        "All immigrants steal.",
        "Everybody knows that the Germans are humourless.",
        "Old people are just stubborn.",
        "You throw like a girl!",
        "Women are terrible drivers, he said.",
        "Boys don't cry.",
    ],
)
def test_traits_of_whole_groups_are_found(sentence: str) -> None:
    assert list(generalisations(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "Women are on average paid less.",
        "Forty per cent of immigrants always work nights.",
        "The women are at the door.",
        "Two Germans are late.",
        "Migrants are rescued at sea.",
    ],
)
def test_facts_about_people_are_left_alone(sentence: str) -> None:
    assert not list(generalisations(sentence))


def test_an_unknown_culture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing is known of XX"):
        review_culture(document(tmp_path, "Words."), cultures=("XX",))


def test_several_cultures_may_stand_in_one_word(tmp_path: Path) -> None:
    assert review_culture(document(tmp_path, "Words."), cultures=("DE,IR",)).measured_for == "DE, IR"
