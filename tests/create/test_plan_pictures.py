from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rushlight.artifacts import Media, Panel, Script, Storyboard
from rushlight.core.run import Run, running
from rushlight.create.pictures.gather import gather_pictures
from rushlight.create.plan_pictures import plan_pictures
from rushlight.create.write_script import write_script

from .film_parts import footage, narrate, photo, script_of
from .script_sources import EXAMPLES, RANKING, SERIES, lighthouses, table

CHART = {
    "kind": "line_chart", "title": "Passengers", "unit": "", "labels": ["2001", "2002"], "values": [1, 2],
    "highlight": 1, "source": "the railway",
}  # fmt: skip


def plan(script: Script, folder: Path, pictures: tuple[Media, ...] = (), **settings: Any) -> Storyboard:
    return plan_pictures(script, narrate(script, folder), pictures, **settings)


def kind(panel: Panel) -> str:
    return str(panel.graphic["kind"]) if panel.graphic else panel.form


def content(panel: Panel) -> Any:
    return {k: v for k, v in panel.graphic.items() if k != "variant"} if panel.graphic else panel.file


def check(board: Storyboard) -> None:
    assert board.panels[0].start == 0
    assert board.panels[-1].end == board.duration
    for before, after in zip(board.panels, board.panels[1:], strict=False):
        assert before.end == after.start
        assert content(before) != content(after)
        if before.graphic and after.graphic:
            assert before.graphic["variant"] != after.graphic["variant"]
    for panel in board.panels:
        assert panel.end - panel.start >= Fraction(1)
        assert panel.reason


@pytest.mark.parametrize("seconds", [30, 90])
def test_storyboards_of_the_examples_hold_together(tmp_path: Path, seconds: int) -> None:
    sources = [lighthouses(), table(tmp_path, SERIES, "trains.csv"), table(tmp_path, RANKING)]
    for source in sources:
        check(plan(write_script(source, length_seconds=seconds), tmp_path))


def test_the_pictures_of_the_example_are_all_seen(tmp_path: Path) -> None:
    pictures = gather_pictures([EXAMPLES / "pictures" / "lighthouses"])
    assert len(pictures) >= 4
    board = plan(write_script(lighthouses(), length_seconds=180), tmp_path, pictures)
    check(board)
    used = [panel.file.sha256 for panel in board.panels if panel.file]
    assert len(set(used)) == len(used) == len(pictures)


def test_a_chart_comes_before_a_photo_and_a_photo_before_words(tmp_path: Path) -> None:
    harbour = photo(tmp_path / "old_harbour.png")
    script = script_of(
        ["It begins here with a few plain words."],
        {"lines": ["Passengers rose over the harbour."], "chart": CHART},
        ["Boats lie in the old harbour all winter."],
        ["Nobody took any photographs of that."],
    )
    board = plan(script, tmp_path, (harbour,))
    assert [kind(panel) for panel in board.panels] == ["title", "line_chart", "still", "words"]
    assert "harbour" in board.panels[2].reason


def test_unused_pictures_are_told_of(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    with running(run):
        plan(script_of(["Nothing here speaks of it."]), tmp_path, (photo(tmp_path / "elephant.png"),))
    assert any("1 of 1 pictures" in message for message in run.weak)
    assert run.figures["own_pictures"] == 0


def test_two_lines_of_a_moment_each_get_their_own_picture(tmp_path: Path) -> None:
    pictures = (photo(tmp_path / "elephant.png"), photo(tmp_path / "lighthouse.png"))
    script = script_of(
        ["Title words come first and last a while here."],
        ["An elephant drinks cool water by the river.", "A lighthouse shines far."],
    )
    board = plan(script, tmp_path, pictures)
    assert [panel.file.path.stem for panel in board.panels if panel.file] == ["elephant", "lighthouse"]


def test_a_short_clip_is_followed_by_a_graphic_not_frozen(tmp_path: Path) -> None:
    clip = footage(tmp_path / "waves_breaking.mp4", 24)
    script = script_of(
        ["Here are enough words for a title card to stand."],
        ["Waves are breaking over the long stone wall all night and all day in every winter storm."],
    )
    board = plan(script, tmp_path, (clip,))
    check(board)
    shown = next(panel for panel in board.panels if panel.form == "clip")
    assert shown.end - shown.start == clip.duration
    after = board.panels[board.panels.index(shown) + 1]
    assert after.form == "graphic"
    assert after.beat_id == shown.beat_id


def test_a_clip_too_short_to_be_seen_is_left_out(tmp_path: Path) -> None:
    board = plan(script_of(["Title."], ["Waves are breaking."]), tmp_path, (footage(tmp_path / "waves.mp4", 6),))
    assert all(panel.form == "graphic" for panel in board.panels)


def test_the_source_closes_the_film(tmp_path: Path) -> None:
    closing = {"lines": ["The source of these figures: the harbour office."], "role": "close"}
    board = plan(script_of(["One line that is long enough to stand alone here."], closing), tmp_path)
    assert kind(board.panels[-1]) == "end_card"
    assert content(board.panels[-1])["sources"] == ["the harbour office"]
    data = script_of(
        {"lines": ["Passengers rose, and then rose again for years."], "chart": CHART},
        {"lines": ["Since then nothing has changed."], "role": "close"}, writer="data",
    )  # fmt: skip
    assert content(plan(data, tmp_path).panels[-1])["sources"] == ["the railway"]
    story = script_of(["One line that is long enough to stand."], {"lines": ["And so it ends."], "role": "close"})
    assert kind(plan(story, tmp_path).panels[-1]) != "end_card"


def test_dates_in_a_row_become_one_line_of_time(tmp_path: Path) -> None:
    script = script_of(
        ["One line that is long enough to stand alone here."],
        [
            "The line opened in 1926 with two sleeping cars.", "It sold its dining cars in 1999.",
            "In 2003 it announced that the last train would run.",
        ],
    )  # fmt: skip
    board = plan(script, tmp_path)
    check(board)
    (panel,) = [panel for panel in board.panels if kind(panel) == "timeline"]
    events = content(panel)["events"]
    assert [event["at"] for event in events] == ["1926", "1999", "2003"]
    assert [event["seconds"] for event in events] == sorted(event["seconds"] for event in events)
    # Each event comes up while its line is spoken.
    assert events[-1]["seconds"] < float(panel.end - panel.start)


def test_a_change_becomes_two_bars(tmp_path: Path) -> None:
    script = script_of(
        ["One line that is long enough to stand alone here."],
        ["Between 1994 and 2004 the number of passengers fell from 1.4 million to 0.6 million a year."],
    )
    bars = content(plan(script, tmp_path).panels[-1])
    assert bars["kind"] == "bar_chart"
    assert (bars["labels"], bars["values"]) == (["1994", "2004"], [1.4e6, 0.6e6])


def test_words_come_up_as_they_are_heard(tmp_path: Path) -> None:
    board = plan(
        script_of(["Title words first and then some more."], ["A light on a rock needs no password."]), tmp_path
    )
    words = content(board.panels[-1])["words"]
    assert " ".join(word["text"] for word in words) == "A light on a rock needs no password"
    assert [word["at"] for word in words] == sorted(word["at"] for word in words)
    assert any(word["strong"] for word in words)
