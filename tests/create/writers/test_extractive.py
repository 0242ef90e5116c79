"""The extractive writer: word for word, with exact places, nothing that hangs in the air."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rushlight.artifacts import Script, Source
from rushlight.create.prose.sentences import find_sentences, spans_to_speak
from rushlight.create.write_script import write_script

from ..script_sources import article, lighthouses


def normalised(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def assert_quotes(script: Script, source: Source) -> None:
    for _, line in script.lines():
        assert line.traces
        said = " ".join(source.text[trace.start : trace.end] for trace in line.traces)
        said = re.sub(r"\s+([.,;:!?…”’)])", r"\1", said)
        assert normalised(line.text) == said[:1].upper() + said[1:]


@pytest.mark.parametrize("seconds", [15, 45, 120, 400])
def test_every_line_is_in_the_source_word_for_word(seconds: int) -> None:
    source = lighthouses()
    assert_quotes(write_script(source, length_seconds=seconds), source)


def test_order_of_the_source_is_kept_after_the_hook() -> None:
    script = write_script(lighthouses(), length_seconds=90)
    starts = [line.traces[0].start for beat in script.beats[1:] for line in beat.lines]
    assert starts == sorted(starts)  # type: ignore[type-var]


def test_sentences_that_point_back_never_stand_alone() -> None:
    source = lighthouses()
    sentences = find_sentences(source)
    by_start = {sentence.start: place for place, sentence in enumerate(sentences)}
    for seconds in (20, 40, 60, 80, 120):
        script = write_script(source, length_seconds=seconds)
        starts = [line.traces[0].start or 0 for _, line in script.lines()]
        spoken = [
            next(place for begin, place in by_start.items() if begin <= start < sentences[place].end)
            for start in starts
        ]
        for place in spoken:
            if sentences[place].leans:
                assert place - 1 in spoken, sentences[place].text


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("It opened in 1901.", True),
        ("This was new.", True),
        ("He never came back.", True),
        ("The first of his lenses was lit in July.", True),
        ("When they arrived, the harbour was empty.", True),
        ("Two years later the tower burned.", True),
        ("But nobody came.", True),
        ("On the night of 26 November he had his wish.", True),
        ("Smeaton built his tower of granite.", False),
        ("The tower burned in 1755.", False),
        ("In 1698 Henry Winstanley finished his tower.", False),
        ("“I slept,” she told the council, “and I woke up.”", False),
    ],
)
def test_what_points_back(tmp_path: Path, text: str, leans: bool) -> None:
    source = article(tmp_path, f"An opening sentence stands here first. {text}")
    assert find_sentences(source)[-1].leans is leans


def test_sentence_offsets_survive_abbreviations_decimals_and_quotations(tmp_path: Path) -> None:
    text = (
        "Dr. Smith went to Washington, D.C. on Jan. 5 and paid $1.5 million. The U.S. economy grew 2.5% in 2020. "
        "“Is it true? Nobody knows,” said Ms. Étienne. See Vol. 2 of the works. It cost £3.50 at 9 a.m. on Monday."
    )
    source = article(tmp_path, text)
    sentences = find_sentences(source)
    assert [source.text[s.start : s.end] for s in sentences] == [s.text for s in sentences]
    assert [sentence.text for sentence in sentences] == [
        "Dr. Smith went to Washington, D.C. on Jan. 5 and paid $1.5 million.",
        "The U.S. economy grew 2.5% in 2020.",
        "“Is it true? Nobody knows,” said Ms. Étienne.",
        "See Vol. 2 of the works.",
        "It cost £3.50 at 9 a.m. on Monday.",
    ]


def test_openers_and_parentheses_are_left_out_with_exact_pieces(tmp_path: Path) -> None:
    source = article(
        tmp_path, "The mill (built in 1820) stood empty for years. However, the wheel (of oak) still turned."
    )
    script = write_script(source, length_seconds=60)
    assert_quotes(script, source)
    texts = [line.text for _, line in script.lines()]
    assert texts == ["The mill stood empty for years.", "The wheel still turned."]
    last = find_sentences(source)[-1]
    assert [source.text[start:end] for _, start, end in spans_to_speak(last)] == ["the wheel", "still turned."]


def test_links_and_headings_are_not_spoken(tmp_path: Path) -> None:
    source = article(
        tmp_path, "# T\n\n## A heading here\n\nWords stand here now. See http://example.org for the rest.\n"
    )
    script = write_script(source, length_seconds=60)
    assert [line.text for _, line in script.lines()] == ["Words stand here now."]


def test_other_languages_are_cut_into_sentences(tmp_path: Path) -> None:
    text = "Der Turm wurde 1759 gebaut. Er steht auf einem Felsen im Meer. Viele Schiffe fuhren z. B. nach Plymouth."
    source = article(tmp_path, text).model_copy(update={"language": "de"})
    assert_quotes(write_script(source, length_seconds=10), source)
    assert len(find_sentences(source)) >= 2


def test_a_long_article_is_narrowed_and_still_quick(tmp_path: Path) -> None:
    body = "\n\n".join(
        f"The town of Place{n} counted {n * 37 + 100} people in {1500 + n % 400}. Its market drew many."
        for n in range(600)
    )
    source = article(tmp_path, body)
    script = write_script(source, length_seconds=60)
    assert_quotes(script, source)
    assert script.notes == ()
