"""Every format at every rate: what is written is read back the same, frame by frame."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError, LimitError
from rushlight.timeline.interchange import read_sequence, write_sequence
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence, sequence_of, timeline_of

RATES = [
    (Fraction(24000, 1001), False), (Fraction(24), False), (Fraction(25), False), (Fraction(30000, 1001), False),
    (Fraction(30000, 1001), True), (Fraction(30), False), (Fraction(50), False), (Fraction(60000, 1001), True),
]  # fmt: skip
FORMATS = ["edl", "fcpxml", "premiere", "kdenlive", "csv"]
SUFFIX = {"edl": ".edl", "fcpxml": ".fcpxml", "premiere": ".xml", "kdenlive": ".kdenlive", "csv": ".csv"}


def sequence(rate: Fraction, drop: bool, *, timecode: int = 107_892) -> Sequence:
    """Two picture tracks, a dissolve off the middle, gaps, sound with a level and fades, markers."""
    a = Clip("A & <b> é", 100, 50, "/media/a & b.mp4", 4000, timecode, "A001")
    b = Clip("B", 75, 1799, "/media/b.mov", 90_000, 0, "B002")
    first = Line("Video", "Video", [a, b, Clip("", 31), replace(a, start=1000, count=1801)], {1: Join(5, 8)})
    over = Line("Video", "Video", [Clip("", 20), replace(b, count=40, start=7)])
    sound = Line("Audio", "Audio", [
        Clip("S", 206, 0, "/media/s.wav", 50_000, 0, "", -6.5, 3, 4), replace(b, name="B", gain_db=2.25)
    ])  # fmt: skip
    return Sequence("Cut", rate, 1280, 720, drop, [first, over, sound], [Marker(0, "Start"), Marker(1801, "Märk", 0)])


def expected(given_: Sequence, name: str) -> Sequence:
    """What a format promises to keep of it."""
    lines = list(given_.lines)
    if name == "edl":
        lines = [lines[0], *[line for line in lines if line.kind == "Audio"]]
        lines = [replace(line, name="") for line in lines]
    if name == "premiere":
        lines = [replace(line, clips=[replace(clip, fade_in=0, fade_out=0) for clip in line.clips]) for line in lines]
    return replace(given_, lines=lines, lost=[], drop=given_.drop if name != "kdenlive" else False)


def same(one: Sequence, other: Sequence) -> None:
    assert (one.rate, one.drop) == (other.rate, other.drop)
    assert [line.kind for line in one.lines] == [line.kind for line in other.lines]
    for mine, theirs in zip(one.lines, other.lines, strict=True):
        assert mine.clips == theirs.clips
        assert mine.joins == theirs.joins
    assert one.markers == other.markers


@pytest.mark.parametrize(("rate", "drop"), RATES)
@pytest.mark.parametrize("name", FORMATS)
def test_exact_at_every_rate(name: str, rate: Fraction, drop: bool) -> None:
    made = sequence(rate, drop)
    text = write_sequence(made, name)
    same(read_sequence(text.encode(), SUFFIX[name]), expected(made, name))


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_exact_through_opentimelineio(rate: Fraction, drop: bool) -> None:
    made = sequence(rate, drop)
    same(sequence_of(timeline_of(made)), made)


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_cut_survives(name: str, data: st.DataObject) -> None:
    rate, drop = data.draw(st.sampled_from(RATES))
    clips: list[Clip] = []
    joins: dict[int, Join] = {}
    for index in range(data.draw(st.integers(1, 8))):
        if clips and not clips[-1].is_gap and data.draw(st.booleans()) and data.draw(st.booleans()):
            clips.append(Clip("", data.draw(st.integers(1, 500))))
        elif clips and not clips[-1].is_gap and data.draw(st.booleans()):
            joins[len(clips)] = Join(data.draw(st.integers(0, 9)), data.draw(st.integers(1, 9)))
        number = data.draw(st.integers(0, 3))
        clips.append(Clip(f"clip {index}", data.draw(st.integers(20, 20_000)), data.draw(st.integers(10, 10_000)),
                          f"/m/{number}.mov", 100_000, number * 86_399))  # fmt: skip
    made = Sequence("Cut", rate, 1920, 1080, drop, [Line("Video", "Video", clips, joins)])
    same(read_sequence(write_sequence(made, name).encode(), SUFFIX[name]), expected(made, name))


def test_what_a_list_cannot_hold_is_said() -> None:
    made = sequence(Fraction(25), False)
    write_sequence(made, "edl")
    assert "picture tracks above the first" in made.lost
    assert any("levels" in what for what in made.lost)


@pytest.mark.parametrize("name", ["fcpxml", "premiere", "kdenlive"])
def test_entities_are_refused(name: str) -> None:
    text = write_sequence(sequence(Fraction(25), False), name)
    hostile = text.replace("?>", '?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1).replace(
        "<!DOCTYPE fcpxml>", ""
    )
    with pytest.raises(InputError, match="entities"):
        read_sequence(hostile.encode(), SUFFIX[name])


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_damage_is_an_error_in_words(name: str, data: st.DataObject) -> None:
    text = bytearray(write_sequence(sequence(Fraction(25), False), name).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        if data.draw(st.booleans()):
            text[place] = data.draw(st.integers(0, 255))
        else:
            del text[place : place + data.draw(st.integers(1, 300))]
            text = text or bytearray(b" ")
    try:
        read_sequence(bytes(text), SUFFIX[name])
    except (InputError, LimitError) as error:
        assert error.message


def test_chapters_begin_at_zero_and_end_with_the_cut() -> None:
    made = sequence(Fraction(30000, 1001), True)
    made.markers = [Marker(300, "One = two"), Marker(900, "Three")]
    text = write_sequence(made, "ffmetadata")
    assert "TIMEBASE=1001/30000\nSTART=300\nEND=900\ntitle=One \\= two" in text
    assert text.endswith(f"START=900\nEND={made.count}\ntitle=Three\n")
    assert write_sequence(made, "youtube").splitlines() == ["0:00 Cut", "0:10 One = two", "0:30 Three"]


def test_a_lane_that_is_no_number_is_an_error_in_words() -> None:
    from lxml import etree

    from rushlight.timeline.interchange.fcpxml import _lane

    with pytest.raises(InputError, match="not a lane"):
        _lane(etree.fromstring("<clip lane=' '/>"))
