"""Captions keep the rules wherever words allow it, and lose nothing."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Captions, Cue, Word
from rushlight.timeline.captioning import CaptionRules, break_lines, caption_words, find_breaches

RULES = CaptionRules(rate=Fraction(25))
RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]


def spoken(texts: list[str], seconds_a_letter: Fraction = Fraction(1, 15), start: Fraction = Fraction(1)) -> list[Word]:
    """Words said one after another at an even pace."""
    found = []
    for text in texts:
        end = start + (len(text) + 1) * seconds_a_letter
        found.append(Word(text=text, start=start, end=end))
        start = end
    return found


def captions(groups: list[list[Word]], rules: CaptionRules = RULES) -> Captions:
    end = max((word.end for group in groups for word in group), default=Fraction(0)) + 2
    return Captions(cues=caption_words(groups, rules, end))


def check_whole(groups: list[list[Word]], made: Captions, rules: CaptionRules) -> None:
    """What holds for any words: nothing lost, in order, each caption starting with its first word, none overlapping."""
    words = [word for group in groups for word in group]
    assert " ".join(line for cue in made.cues for line in cue.lines).split() == [
        part for word in words for part in word.text.split()
    ]
    starts = {word.start for word in words}
    assert all(cue.start in starts and cue.end > cue.start for cue in made.cues)
    assert all(a.end <= b.start for a, b in itertools.pairwise(made.cues))
    assert all(len(cue.lines) <= rules.lines for cue in made.cues)


SENTENCE = "A light on a rock needs no password. It says what it has always said: here I am, and here is the danger."
TEXTS = st.lists(
    st.builds(lambda body, mark: body + mark, st.text("abcdefghij", min_size=1, max_size=11),
              st.sampled_from(["", "", "", ",", ".", "?"])), min_size=2, max_size=60,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.integers(9, 17), st.sampled_from(RATES))
def test_rules_hold_for_speech_at_a_reading_pace(lines: list[list[str]], letters_a_second: int, rate: Fraction) -> None:
    groups, start = [], Fraction(1)
    for line in lines:
        words = spoken(line, Fraction(1, letters_a_second), start)
        groups.append(words)
        # A thought is followed by a rest long enough for a caption of one short word to stay.
        start = words[-1].end + Fraction(6, 5)
    rules = CaptionRules(rate=rate)
    made = captions(groups, rules)
    check_whole(groups, made, rules)
    assert find_breaches(made, rules) == []


GAPS = st.integers(0, 1500).map(lambda ms: Fraction(ms, 1000))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=90),
            GAPS,
            GAPS,
        ),
        max_size=25,
    ),
    st.integers(1, 4),
    st.sampled_from(RATES),
)
def test_nothing_is_lost_whatever_the_times(
    words: list[tuple[str, Fraction, Fraction]], parts: int, rate: Fraction
) -> None:
    timed, at = [], Fraction(1)
    for text, gap, length in words:
        at += gap + Fraction(1, 100)
        timed.append(Word(text=text, start=at, end=at + length))
        at += length
    groups = [timed[number::1][: len(timed) // parts + 1] for number in range(0, len(timed), len(timed) // parts + 1)]
    rules = CaptionRules(rate=rate)
    check_whole(groups, captions(groups, rules), rules)


def test_a_word_longer_than_a_line_is_shown_and_reported() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänswitwe"
    groups = [spoken(["The", word, "waits", "there", "still."])]
    made = captions(groups)
    check_whole(groups, made, RULES)
    assert any(word in line for cue in made.cues for line in cue.lines)
    assert any("a line of 48 characters" in breach for breach in find_breaches(made, RULES))


def test_one_word_stays_long_enough() -> None:
    made = captions([[Word(text="No.", start=Fraction(1), end=Fraction(5, 4))]])
    assert made.cues[0].end - made.cues[0].start >= RULES.shortest_seconds
    assert find_breaches(made, RULES) == []


def test_fast_speech_is_merged_and_honestly_reported() -> None:
    groups = [spoken(SENTENCE.split() * 4, Fraction(1, 32))]
    made = captions(groups)
    check_whole(groups, made, RULES)
    breaches = find_breaches(made, RULES)
    assert breaches
    assert all("characters a second" in breach for breach in breaches)
    # As full as they can be: no caption could take its neighbour in.
    assert all(
        break_lines([*" ".join(a.lines).split(), *" ".join(b.lines).split()], RULES) is None
        for a, b in itertools.pairwise(made.cues)
        if len(a.lines) == 1 and len(b.lines) == 1
    )


def test_breaks_read_well() -> None:
    made = captions([spoken(SENTENCE.split())])
    lines = [line for cue in made.cues for line in cue.lines]
    assert not [line for line in lines if line.split()[-1].lower() in ("a", "the", "is", "on", "and", "no")]
    assert made.cues[0].lines == ("A light on a rock needs no password.",)


@pytest.mark.parametrize(
    "text",
    [
        "灯塔的光每天晚上都会亮起来，照亮海面上的船只，帮助它们安全回家，已经有两千多年的历史了，人们一直相信它们会在那里等着。",
        "どの灯台も毎晩灯りをともし、海を渡る船を二千年以上も導いてきたのだが、今では人が住まない灯台がほとんどになっている。",
    ],
)
def test_scripts_without_spaces_fit_their_lines(text: str) -> None:
    made = captions([[Word(text=text, start=Fraction(1), end=Fraction(9))]])
    assert "".join(line for cue in made.cues for line in cue.lines) == text
    assert max(len(line) for cue in made.cues for line in cue.lines) <= RULES.characters_a_line
    assert not [line for cue in made.cues for line in cue.lines if line[0] in "，。、！？"]


def test_right_to_left_text_keeps_its_order() -> None:
    text = "الضوء يضيء كل ليلة على الصخرة ولا يحتاج إلى كلمة سر، ويقول دائما ما قاله: أنا هنا، وهنا الخطر."
    groups = [spoken(text.split())]
    made = captions(groups)
    check_whole(groups, made, RULES)
    assert find_breaches(made, RULES) == []


def test_adjacent_speakers_share_no_caption() -> None:
    anna = spoken("Who is there?".split())
    bert = spoken("Nobody you would know.".split(), start=anna[-1].end + Fraction(1, 5))
    made = captions([anna, bert])
    assert [" ".join(cue.lines) for cue in made.cues] == ["Who is there?", "Nobody you would know."]
    assert made.cues[1].start - made.cues[0].end >= RULES.gap_seconds


def test_every_breach_is_found() -> None:
    def cue(start: float, end: float, *lines: str) -> Cue:
        return Cue(start=Fraction(start), end=Fraction(end), lines=lines)

    good = cue(0, 2, "Fine.")
    for wrong, says in (
        ([good, cue(2, 4, "Too near.")], "less than 2 frames"),
        ([cue(0, 0.5, "Short.")], "0.50 s on screen"),
        ([cue(0, 8, "Long.")], "8.00 s on screen"),
        ([cue(0, 1, "Twenty-one characters")], "21.0 characters a second"),
        ([cue(0, 6, "x" * 43)], "a line of 43"),
        ([cue(0, 6, "a", "b", "c")], "3 lines"),
    ):
        breaches = find_breaches(Captions(cues=tuple(wrong)), RULES)
        assert len(breaches) == 1
        assert says in breaches[0]
    assert find_breaches(Captions(cues=(good,)), RULES) == []


def test_words_that_follow_faster_than_the_gap_keep_their_captions() -> None:
    at = [Fraction(101, 100), Fraction(102, 100)]
    groups = [[Word(text=text, start=start, end=start)] for text, start in zip("ab", at, strict=True)]
    made = captions(groups)
    check_whole(groups, made, RULES)
