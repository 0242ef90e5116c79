"""Scripts as files that people edit: nothing is lost, edits come back, traces are kept honestly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Beat, CellRef, Line, Script, Trace
from rushlight.core.errors import InputError
from rushlight.timeline.scriptfile import markdown_to_script, script_to_markdown

SHA = "a" * 64


def quote(start: int, end: int) -> Trace:
    return Trace(source_sha256=SHA, start=start, end=end)


SCRIPT = Script(
    title="Night trains",
    language="en",
    writer="data",
    source_sha256=SHA,
    notes=("Something could not be done.",),
    beats=(
        Beat(
            id="b01",
            role="hook",
            heading="Revenue: the story",
            valence=0.12,
            arousal=0.34,
            picture="night | trains",
            chart={"kind": "number", "values": [1.5, None], "title": "{x} = [y]"},
            lines=(
                Line(
                    text="Revenue rose from €41.2 million to €160 million in 2024.",
                    traces=(
                        Trace(
                            source_sha256=SHA,
                            cells=tuple(CellRef(row=row, column='GDP "($)", a=b') for row in (0, 1, 2, 7)),
                            derivation="col('GDP (\"$\")')[1] > min(x)",
                        ),
                        Trace(source_sha256=SHA, derivation="rows()"),
                    ),
                ),
                Line(
                    text="It *really* did.", spoken="It really; did {so}.", speaker="Anna", pause_seconds=Fraction(1, 3)
                ),
            ),
        ),
        Beat(
            id="b02",
            role="close",
            lines=(Line(text="The tower stood until 1882.", traces=(quote(10, 40), quote(45, 60))),),
        ),
    ),
)


def test_round_trip_is_lossless() -> None:
    assert markdown_to_script(script_to_markdown(SCRIPT), SCRIPT) == SCRIPT


words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)
traces = st.builds(
    Trace,
    source_sha256=st.sampled_from([SHA, "b" * 64]),
    start=st.one_of(st.none(), st.integers(0, 99)),
    end=st.one_of(st.none(), st.integers(100, 999)),
    cells=st.lists(st.builds(CellRef, row=st.integers(0, 50), column=words), max_size=4).map(tuple),
    derivation=words | st.just(""),
)
lines = st.builds(
    Line,
    text=words.filter(lambda text: bool(text.strip())),
    spoken=words.map(str.strip) | st.just(""),
    speaker=words.map(str.strip).filter(bool),
    traces=st.lists(traces, max_size=3).map(tuple),
    pause_seconds=st.fractions(0, 9, max_denominator=1000),
    author=st.sampled_from(["writer", "person"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(lines, min_size=1, max_size=4),
    words.map(lambda text: " ".join(text.split())),
    st.floats(-1, 1),
    st.floats(0, 1),
)
def test_round_trip_of_anything(some: list[Line], heading: str, valence: float, arousal: float) -> None:
    beat = Beat(
        id="b01", role="lead", heading=heading, lines=tuple(some), valence=valence, arousal=arousal, picture=heading
    )
    script = Script(title=heading or "T", beats=(beat,), writer="data", source_sha256=SHA)
    assert markdown_to_script(script_to_markdown(script), script) == script


def edited(old: str, new: str) -> Script:
    text = script_to_markdown(SCRIPT)
    assert old in text
    return markdown_to_script(text.replace(old, new), SCRIPT)


def test_rewording_that_states_the_same_keeps_traces() -> None:
    script = edited("Revenue rose from", "Its Revenue rose steadily from".replace("Its Revenue", "Revenue"))
    line = script.beats[0].lines[0]
    assert line.text.startswith("Revenue rose steadily")
    assert line.traces == SCRIPT.beats[0].lines[0].traces
    assert (line.author, script.writer) == ("person", "person")


@pytest.mark.parametrize(
    ("old", "new"), [("€160", "€180"), ("rose", "fell"), ("million in", "billion in"), ("2024", "2023")]
)
def test_rewording_that_states_something_else_loses_them(old: str, new: str) -> None:
    script = edited(old, new)
    line = script.beats[0].lines[0]
    assert new in line.text
    assert line.traces == ()
    assert line.author == "person"
    assert any("lost its traces" in note for note in script.notes)


def test_the_callers_own_check_decides_when_given() -> None:
    text = script_to_markdown(SCRIPT).replace("The tower stood until 1882.", "The old tower stood until 1883.")
    kept = markdown_to_script(text, SCRIPT, grounds=lambda line: True)
    assert kept.beats[1].lines[0].traces == SCRIPT.beats[1].lines[0].traces
    lost = markdown_to_script(text, SCRIPT, grounds=lambda line: False)
    assert lost.beats[1].lines[0].traces == ()


def test_lines_and_beats_are_added_deleted_and_moved() -> None:
    text = script_to_markdown(SCRIPT)
    first, second = text.index("## b01"), text.index("## b02")
    notes = text.index("[^1]:")
    moved = (
        text[:first]
        + text[second:notes]
        + "## development: Mine\n\nWhat a day it was.\n\n"
        + text[first:second]
        + text[notes:]
    )
    script = markdown_to_script(moved.replace("The tower stood", "Look.\n\nThe tower stood"), SCRIPT)
    assert [beat.id for beat in script.beats] == ["b02", "b03", "b01"]
    assert script.beats[0].lines[0] == Line(text="Look.", author="person")
    assert script.beats[0].lines[1] == SCRIPT.beats[1].lines[0]
    assert script.beats[1].lines == (Line(text="What a day it was.", author="person"),)
    assert script.beats[1].heading == "Mine"
    assert script.beats[2] == SCRIPT.beats[0]
    gone = markdown_to_script(text[:second] + text[notes:], SCRIPT)
    assert gone.beats == SCRIPT.beats[:1]


def test_wrapped_lines_and_windows_line_ends_are_read() -> None:
    text = script_to_markdown(SCRIPT).replace("The tower stood until", "The tower\nstood until").replace("\n", "\r\n")
    assert markdown_to_script(text, SCRIPT) == SCRIPT


def test_attributes_are_edited() -> None:
    script = edited(
        "mood: 0.12, 0.34 | chart: [^chart-b01] | picture: night | trains", "mood: -0.5, 0.9 | picture: a harbour"
    )
    beat = script.beats[0]
    assert (beat.valence, beat.arousal, beat.picture, beat.chart) == (-0.5, 0.9, "a harbour", None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# Night trains\n", "", "starts with its title"),
        ("## b01 hook: Revenue: the story", "## b01 opening", "line 7: This heading is not a beat's"),
        ("## b02", "## b01", "Two beats are called b01"),
        ("mood: 0.12, 0.34", "mood: loud", "A mood is two numbers"),
        ("| chart:", "| chrt:", "not an attribute"),
        ("The tower stood until 1882. [^3] [^4]", "", "Beat b02 has no lines"),
        (" [^4]", " [^99]", "no footnote \\[\\^99\\]"),
        ("[^4]:", "[^3]:", "given twice"),
        ("characters 45-60", "characters x", "neither"),
        ("{speaker: Anna", "{voice: Anna", "says nothing known"),
        ("pause: 1/3", "pause: long", "cannot be read"),
        ('"kind": "number"', '"kind": number', "not valid JSON"),
        ("rushlight-script 1", "rushlight-script 2", "form 2"),
        ("## b01 hook", "A stray line.\n\n## b01 hook", "none before this one"),
        ("The tower", "The [^3] tower", "inside a line"),
    ],
)
def test_broken_structure_is_named_with_its_line(old: str, new: str, says: str) -> None:
    text = script_to_markdown(SCRIPT)
    assert old in text
    with pytest.raises(InputError, match=says) as caught:
        markdown_to_script(text.replace(old, new, 1), SCRIPT)
    assert caught.value.where.startswith("line ")
    assert caught.value.hint


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InputError, match="title"):
        markdown_to_script("", SCRIPT)
    with pytest.raises(InputError, match="no beats"):
        markdown_to_script("# T\n", SCRIPT)


def test_pins_and_comments_are_passed_over() -> None:
    text = script_to_markdown(SCRIPT).rstrip("\n") + "\n\n<!-- pin -->\n\n<!-- Anna: too long? -->\n"
    assert markdown_to_script(text, SCRIPT) == SCRIPT


def test_a_derivation_keeps_the_spaces_at_its_ends() -> None:
    from rushlight.timeline.trace_notes import read_trace, trace_text

    for derivation in (" ", "0 ", " sum"):
        trace = Trace(source_sha256="a" * 64, derivation=derivation)
        assert read_trace(trace_text(trace, "a" * 64), "a" * 64, 1) == trace
