"""Words and their forms."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.lexicon import content_words, is_comparative, is_known, keys_of, plural_nouns


@pytest.mark.parametrize(
    ("one", "other"), [("won", "win"), ("designer", "designed"), ("crows", "crow"), ("ringed", "ring")]
)
def test_forms_of_one_word_meet(one: str, other: str) -> None:
    assert keys_of(one) & keys_of(other)


@pytest.mark.parametrize(
    ("word", "known"), [("library", True), ("the", True), ("ringed", True), ("Thorne", False), ("Lisbon", False)]
)
def test_names_are_not_in_the_dictionary(word: str, known: bool) -> None:
    assert is_known(word) is known


@pytest.mark.parametrize(
    ("word", "comparative"),
    [("older", True), ("dearer", True), ("starter", False), ("water", False), ("number", False)],
)
def test_comparatives(word: str, comparative: bool) -> None:
    assert is_comparative(word) is comparative


def test_content_words_have_places() -> None:
    text = "The well-known miller did not stop."
    assert [text[word.start : word.end] for word in content_words(text)] == ["well", "known", "miller", "stop"]


def test_the_counted_noun_is_the_first_plural() -> None:
    assert plural_nouns(["large", "counties"]) == {"county"}
    assert plural_nouns(["died"]) == frozenset()
