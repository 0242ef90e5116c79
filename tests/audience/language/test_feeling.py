from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.audience.language.feeling import bounded, feel, label_of
from rushlight.audience.language.lexicon import Lexicon, load_lexicon

_WORDS = "not never great awful but although very so sick 10/10 ★★ ❤ 🙄 !!! ? , . lol no plot SOOO good".split()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("that score is sick", "positive"),
        ("the camera made me sick", "negative"),
        ("killer soundtrack", "positive"),
        ("A killer hunts thieves and the villain dies", "neutral"),
        ("insane movie", "positive"),
        ("not good", "negative"),
        ("not bad at all", "positive"),
        ("I can't recommend it to anyone", "negative"),
        ("soooo gooood", "positive"),
        ("8/10", "positive"),
        ("2/10", "negative"),
        ("★☆☆☆☆", "negative"),
        ("two stars out of five", "negative"),
        ("❤❤❤", "positive"),
        ("👎", "negative"),
        ("no plot", "negative"),
        ("painfully unfunny", "negative"),
        ("crazy good", "positive"),
        ("Where was this shot?", "neutral"),
        ("", "neutral"),
        ("????", "neutral"),
    ],
)
def test_slang_plot_words_negation_and_ratings(text: str, label: str) -> None:
    assert feel(text).label == label


def test_in_everyday_talk_plot_words_keep_their_feeling() -> None:
    assert feel("he was murdered", "anything").sum < 0
    assert feel("he was murdered", "film").sum == 0


def test_but_weakens_what_stands_before_and_strengthens_what_stands_after() -> None:
    lexicon = Lexicon(words={"great": 3.0, "awful": -3.0})
    plain = {term.text: term.value for term in feel("great. awful", lexicon=lexicon).terms}
    turned = {term.text: term.value for term in feel("great but awful", lexicon=lexicon).terms}
    assert turned["great"] < plain["great"]
    assert turned["awful"] < plain["awful"] < 0


def test_capitals_degree_and_exclamation_strengthen() -> None:
    plain = feel("it is good").sum
    assert feel("it is GOOD").sum > plain
    assert feel("it is very good").sum > plain
    assert feel("it is good!!!").sum > plain
    assert feel("it is slightly good").sum < plain


def test_a_wish_turns_praise_around() -> None:
    assert feel("should have been brilliant").sum < 0


def test_laughter_at_blame_is_no_praise() -> None:
    assert feel("this is so bad lol").label == "negative"
    assert feel("great, what a plot 🙄").label == "negative"


def test_why_names_what_made_the_factor() -> None:
    (term,) = feel("never good").terms
    assert "never" in term.why
    assert term.value == round(1000 * term.weight * term.factor)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join))
def test_terms_add_up_exactly_and_stand_in_the_text(text: str) -> None:
    found = feel(text)
    assert found.sum == sum(term.value for term in found.terms)
    assert -1 <= found.score <= 1
    assert found.score == bounded(found.sum / 1000)
    assert found.label == label_of(found.sum / 1000, list(found.terms))
    for term in found.terms:
        assert text[term.start :].startswith(term.text)


def test_the_longest_term_counts() -> None:
    lexicon = load_lexicon("film")
    assert lexicon.phrases.longest("edge of my seat".split(), 0) == (4, 2.2)
    assert lexicon.phrases.longest("cant recommend this enough".split(), 0) == (4, 3.2)
    assert lexicon.weight("loove", is_long=True) == lexicon.weight("love")
