"""What is said for what is written."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.models.reading import caption_text, read_line, trailing_pause


def said(text: str, language: str = "en") -> str:
    return " ".join(word.spoken for word in read_line(text, language))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in 1905", "in nineteen oh five"),
        ("in 2000 and 2005 and 2010", "in two thousand and two thousand and five and twenty ten"),
        ("in 1066", "in ten sixty-six"),
        ("1500 ships", "one thousand five hundred ships"),
        ("the 1980s and the 80s", "the nineteen eighties and the eighties"),
        ("mid-1990s", "mid nineteen nineties"),
        ("1914–1918 and 1939-45", "nineteen fourteen to nineteen eighteen and nineteen thirty-nine to forty-five"),
        ("pages 12–15", "pages twelve to fifteen"),
        ("5–10%", "five to ten percent"),
        ("$1.5 billion", "one point five billion dollars"),
        ("€3m", "three million euros"),
        ("$5-10 million", "five to ten million dollars"),
        ("$4.99", "four dollars and ninety-nine cents"),
        ("£0.01", "one penny"),
        ("-$5", "minus five dollars"),
        ("US$1", "one U S dollar"),
        ("5 €", "five euros"),
        ("1st, 2nd and 21st", "first, second and twenty-first"),
        ("on 26 November 1703", "on the twenty-sixth of November seventeen oh three"),
        ("the 9 March 2004.", "the ninth of March two thousand and four."),
        ("May 17, 2004", "May seventeenth, two thousand and four"),
        ("2024-05-01", "May first, twenty twenty-four"),
        ("at 22:40.", "at twenty-two forty."),
        ("9:05 am", "nine oh five ay M"),
        ("3:30pm", "three thirty P M"),
        ("12:00 and 20:00", "twelve o'clock and twenty hundred"),
        ("16:9", "sixteen to nine"),
        ("call 555-0123", "call five five five, oh one two three"),
        ("020-7946-0958", "oh two oh, seven nine four six, oh nine five eight"),
        ("+44 20 7946.", "plus four four two oh, seven nine four six."),
        ("Elizabeth II and Louis XIV's", "Elizabeth the second and Louis the fourteenth's"),
        ("World War II, Chapter IV", "World War two, Chapter four"),
        ("Ptolemy II. Then I left.", "Ptolemy the second. Then I left."),
        ("1/2, ½ and 2½", "half, half and two and a half"),
        ("3/4", "three quarters"),
        ("20°C and −5 °F", "twenty degrees Celsius and minus five degrees Fahrenheit"),
        ("1 km, 60 km/h", "one kilometre, sixty kilometres an hour"),
        ("6-bed", "six bed"),
        ("-7 and −3.5", "minus seven and minus three point five"),
        ("0.25", "zero point two five"),
        ("1,234,567", "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ("46% and 20 %", "forty-six percent and twenty percent"),
        ("No. 10. No.", "number ten. No."),
        ("the U.S. MPs", "the U S M P's"),
        ("me@site.org", "me at site dot org"),
        ("https://www.example.org/a.", "W W W dot example dot org slash a."),
        ("Mr. Smith vs. Dr Who", "mister Smith versus doctor Who"),
        ("Main St. is", "Main street is"),
        ("this — that", "this , that"),
        ("twenty-one", "twenty-one"),
        ("and/or A4 R2D2", "and/or A4 R2D2"),
    ],
)  # fmt: skip
def test_what_is_said(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_other_languages_are_left_to_the_voice() -> None:
    assert said("1905 kamen 20 % *mehr* {Nguyen|nwin}", "de") == "1905 kamen 20 % mehr nwin"


@pytest.mark.parametrize(
    ("line", "shown", "emphatic"),
    [
        ("a *b* c", "a b c", ["b"]),
        ("*a b*, c", "a b, c", ["a", "b,"]),
        ("**a** b", "a b", ["a"]),
        ("a *b", "a *b", []),
        ("a b* c", "a b* c", []),
        ("2*3*4", "2*3*4", []),
        ("* *", "* *", []),
    ],
)
def test_emphasis(line: str, shown: str, emphatic: list[str]) -> None:
    assert caption_text(line) == shown
    assert [word.text for word in read_line(line) if word.emphasis] == emphatic


@pytest.mark.parametrize(
    ("line", "shown", "spoken"),
    [
        ("{Nguyen|nwin}, he", "Nguyen, he", "nwin, he"),
        ("“{Nguyen|nwin}”", "“Nguyen”", "“nwin”"),
        ("{New York|noo yawk} is", "New York is", "noo yawk is"),
        ("{shown|} only", "shown only", " only"),
        ("{a|b", "{a|b", "{a|b"),
        ("{|b}", "{|b}", "{|b}"),
        ("{ |0}", "{ |0}", " |zero}"),
        ("{{one|two}", "{one", "{two"),
        ("{one|two}[pause 1s] three", "one three", "two three"),
        ("a | b", "a | b", "a  b"),
        ("{1905|nineteen hundred and five}", "1905", "nineteen hundred and five"),
    ],
)
def test_respelling(line: str, shown: str, spoken: str) -> None:
    assert caption_text(line) == shown
    assert said(line) == spoken


def test_pauses() -> None:
    words = read_line("One.[pause 0.5s] Two [pause 1s] [pause 200/1000] three [pause 2s]")
    assert [(word.text, word.pause_seconds) for word in words] == [
        ("One.", 0), ("Two", Fraction(1, 2)), ("three", Fraction(6, 5)),
    ]  # fmt: skip
    assert trailing_pause("Three [pause 2s]") == 2
    assert caption_text("a [pause 0.5s") == "a [pause 0.5s"
    for wrong in ("[pause soon]", "[pause -1]", "[pause 1e9]"):
        with pytest.raises(InputError, match="pause"):
            read_line(f"a {wrong} b")


MARKUP = st.text(alphabet="ab1 2*{}|[]pause0.5s-—/$%°:'\"½٣²\n", max_size=40)


@settings(max_examples=300, deadline=None)
@given(st.one_of(MARKUP, st.text(max_size=40)), st.sampled_from(["en", "de"]))
def test_no_text_crashes_and_none_is_lost(line: str, language: str) -> None:
    try:
        words = read_line(line, language)
    except InputError as error:
        assert "pause" in str(error)
        return
    assert all(word.text.strip() for word in words)
    bare = re.sub(r"\[pause\s+[^\[\]]+\]", "", line, flags=re.IGNORECASE).replace("\ue000", "").replace("\ue001", "")
    if "{" not in bare and "*" not in bare:
        assert "".join(word.text for word in words) == "".join(bare.split())
    letters = [letter for letter in re.sub(r"\{([^{}|]*[^{}|\s][^{}|]*)\|[^{}]*\}", r"\1", bare) if letter.isalnum()]
    assert [letter for word in words for letter in word.text if letter.isalnum()] == letters
    assert caption_text(line) == " ".join(word.text for word in words)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,/-–:$€%stx ", max_size=60))
def test_no_number_crashes(line: str) -> None:
    read_line(line)


def test_endless_digits_are_said_one_by_one() -> None:
    for form in ("{}", "${}", "{}.50", "${}.50", "{}th", "{}-{}", "1/{}", "{}km"):
        assert read_line(form.replace("{}", "9" * 5000))
