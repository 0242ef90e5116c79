from __future__ import annotations

from fractions import Fraction

import pytest

from rushlight.artifacts import Beat, Line, Script, Word
from rushlight.create.pictures.phrase import dated_events, key_phrase, salient_number, spoken_change, spoken_quote


@pytest.mark.parametrize(
    ("text", "shown", "label"),
    [
        ("More than 40,000 people had signed a petition.", "40,000+", "People had signed a petition"),
        ("Last year it carried 2.1 million passengers, more than ever.", "2.1 million", "Passengers, more than ever"),
        ("Passenger numbers fell by 71 percent in a year.", "71 percent", "Passenger numbers fell in a year"),
        ("Some 46 percent named the price.", "46 percent", "Named the price"),
        ("The rocks lie about 14 kilometres off the coast of Devon.", "about 14 kilometres", "Off the coast of Devon"),
        ("It earned €160 million in its best year.", "€160 million", "In its best year"),
    ],
)
def test_a_figure_stands_with_what_it_counts(text: str, shown: str, label: str) -> None:
    figure = salient_number(text)
    assert figure is not None
    assert (figure.shown, figure.label) == (shown, label)


@pytest.mark.parametrize(
    "text",
    [
        "It was first lit on 16 October 1759.", "It was finished around 280 BC.", "The train leaves at 22:40.",
        "The vote was 31 to 30.", "He came in the 1780s.", "Three men and a clock.", "She is 88 and still rides.",
    ],
)  # fmt: skip
def test_dates_times_and_small_numbers_are_no_figures(text: str) -> None:
    assert salient_number(text) is None


def test_quotations() -> None:
    assert spoken_quote("“I slept from the harbour to the mountains,” she said.").startswith("I slept")
    assert spoken_quote('He called it "odd" once, in a long letter to a friend of his.') == ""


def test_changes_between_two_figures() -> None:
    found = spoken_change("Between 1994 and 2004 the number of passengers fell from 1.4 million to 0.6 million a year.")
    assert found is not None
    assert found["title"] == "Number of passengers"
    assert spoken_change("The share rose from 12% to 40%.") is not None
    assert spoken_change("He went from Paris to Rome.") is None
    assert spoken_change("Prices rose from $5 to 40%.") is None


def test_events_rise_in_time_and_are_at_least_three() -> None:
    three = [
        "In 1698 Henry Winstanley finished the first tower.",
        "It fell in 1703 in a storm.",
        "It rose again by 1759, in stone.",
    ]
    assert [(at, number) for at, _, number in dated_events(three)] == [("1698", 0), ("1703", 1), ("1759", 2)]
    assert dated_events(three[:2]) == []
    assert dated_events([three[2], three[1], three[0]]) == []


def phrase(sentence: str, *others: str) -> str:
    lines = tuple(Line(text=text) for text in (sentence, *others))
    script = Script(
        title="t", language="en", beats=(Beat(id="b01", role="hook", lines=lines),), writer="w", source_sha256="0"
    )
    words = [Word(text=text, start=Fraction(n), end=Fraction(n + 1)) for n, text in enumerate(sentence.split())]
    return " ".join(word.text for word, _ in key_phrase(words, script))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A light on a rock needs no password.", "A light on a rock needs no password."),
        ("Then came cheap flights.", "Then came cheap flights."),
        ("The Great Storm swept away the tower, and Winstanley with it.", "The Great Storm swept away the tower,"),
    ],
)
def test_short_sentences_are_shown_whole(sentence: str, expected: str) -> None:
    assert phrase(sentence, "The light and the tower stood by the sea for years.") == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The state railway sold the dining cars in 1999 and the station after that.",
        "John Smeaton looked at the trunk of an oak for a very long time indeed.",
    ],
)
def test_a_phrase_does_not_stop_before_an_article(sentence: str) -> None:
    found = phrase(sentence)
    following = sentence[sentence.index(found) + len(found) :].split()
    assert not following or following[0] not in ("the", "a", "an")
