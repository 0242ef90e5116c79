"""The data writer: right figures, honest words, charts that can be drawn."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rushlight.artifacts import Beat, Script
from rushlight.create.check_grounding import check_grounding
from rushlight.create.derivation import derive
from rushlight.create.sources.table import load_table
from rushlight.create.tabular.profile import profile_table
from rushlight.create.tabular.series import series_facts
from rushlight.create.tabular.wording import name_text, number_text
from rushlight.create.write_script import write_script

from ..script_sources import RANKING, SERIES, table


def texts(script: Script) -> str:
    return "\n".join(line.text for _, line in script.lines())


def all_words(tmp_path: Path, text: str) -> str:
    source = table(tmp_path, text)
    return "\n".join(texts(write_script(source, length_seconds=300, seed=seed)) for seed in range(5))


def test_series_facts_are_right(tmp_path: Path) -> None:
    said = all_words(tmp_path, SERIES)
    assert "from 1 million" in said
    assert "2.5 million" in said
    assert "2.5 times" in said
    assert "from 1.6 million to 500,000" in said
    assert "the lowest" in said.lower()
    assert "no figure for the on time share in 2003" in said
    assert "made for a test" in said


def test_ranking_facts_are_right(tmp_path: Path) -> None:
    said = all_words(tmp_path, RANKING)
    assert "Alder has the most ships" in said
    assert "two of the 8 harbours, or 25 percent," in said.lower()
    assert "81 percent of all ships" in said  # (120 + 80 + 60) / 320
    assert "Gorse" in said


def test_percentages_change_in_points_and_never_in_percent(tmp_path: Path) -> None:
    said = all_words(tmp_path, "Year,Turnout (%)\n2001,40\n2005,44\n2009,47\n2013,52\n2017,55\n")
    assert "15 percentage points" in said
    assert "37.5 percent" not in said


def test_correlation_is_never_called_a_cause(tmp_path: Path) -> None:
    rows = "\n".join(f"P{n},{n * 3 + n % 2},{n * 7 + (n * 5) % 11 * 4}" for n in range(1, 13))
    said = all_words(tmp_path, f"name,sales,rainfall\n{rows}\n")
    line = next(line for line in said.split("\n") if "correlation" in line)
    assert "over 12" in line.lower()
    assert "cause" in line
    few = "\n".join(f"P{n},{n * 3 + n % 2},{n * 7 + (n * 5) % 11 * 4}" for n in range(1, 7))
    assert "correlation" not in all_words(tmp_path, f"name,sales,rainfall\n{few}\n")


def test_every_trace_computes_and_names_its_cells(tmp_path: Path) -> None:
    for text in (SERIES, RANKING):
        source = table(tmp_path, text)
        read = load_table(source.file.path)
        for _, line in write_script(source, length_seconds=200).lines():
            assert line.traces
            for trace in line.traces:
                found = derive(trace.derivation, read)
                assert found.cells <= {(cell.row, cell.column) for cell in trace.cells}
                assert all(cell.row < read.frame.height for cell in trace.cells)


def test_large_tables_list_only_the_deciding_cells(tmp_path: Path) -> None:
    rows = "\n".join(f"Town{n},{(n * 7919) % 100_003}" for n in range(3000))
    source = table(tmp_path, f"town,visitors\n{rows}\n")
    script = write_script(source, length_seconds=30)
    assert max(len(trace.cells) for _, line in script.lines() for trace in line.traces) <= 2000
    assert check_grounding(script, source).ungrounded == ()


def drawable(beat: Beat) -> None:
    chart = beat.chart
    assert chart is not None
    assert chart["kind"] in {"bar_chart", "line_chart", "ranking", "share", "number", "scatter"}
    assert chart["title"]
    assert chart["source"]
    assert all(math.isfinite(value) for value in chart["values"])
    if chart["kind"] == "scatter":
        assert len(chart["x"]) == len(chart["values"])
        assert len(chart["labels"]) == 2
    else:
        assert len(chart["labels"]) == len(chart["values"])
        assert chart["kind"] == "line_chart" or len(chart["labels"]) <= 8
    if chart["kind"] == "line_chart":
        assert chart["x"] == sorted(chart["x"])
    assert chart["highlight"] is None or 0 <= chart["highlight"] < len(chart["values"])


def test_charts_can_be_drawn(tmp_path: Path) -> None:
    flags = "item,red,blue,green\n" + "\n".join(f"Thing{n},{n % 2},{int(n % 3 == 0)},1" for n in range(12)) + "\n"
    for text in (SERIES, RANKING, flags):
        script = write_script(table(tmp_path, text), length_seconds=200)
        charted = [beat for beat in script.beats if beat.chart is not None]
        assert charted
        for beat in charted:
            drawable(beat)


def test_chart_values_stand_in_the_unit_of_the_file(tmp_path: Path) -> None:
    script = write_script(table(tmp_path, SERIES), length_seconds=200)
    chart = next(b.chart for b in script.beats if b.chart and b.chart["title"] == "Passengers")
    assert chart["unit"] == "millions"
    assert chart["values"][0] == 1.0


def test_unsorted_time_is_put_in_order(tmp_path: Path) -> None:
    shuffled = "Year,Sales\n2003,30\n2001,10\n2004,45\n2002,20\n"
    source = table(tmp_path, shuffled)
    script = write_script(source, length_seconds=100)
    assert "from 10" in texts(script)
    assert check_grounding(script, source).ungrounded == ()


def test_ties_are_told_as_ties(tmp_path: Path) -> None:
    said = all_words(tmp_path, "team,points\nReds,9\nBlues,9\nGreens,4\nGolds,3\nGreys,2\n")
    assert "Reds and Blues share the most points" in said


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "name\nOnly\n",
        "x,y\n1,2\n",
        "name,v\nA,\nB,\nC,\n",
        "Year,v\n2001,5\n2002,5\n2003,5\n",
        "name,v\nA,-5\nB,-7\nC,-1\nD,0\n",
        "Year,v\n2001,-5\n2002,3\n2003,0\n2004,0\n",
        "name,max\nA,1\nB,2\nC,3\n",
        "name,class,if (x)\nA,1,4\nB,2,5\nC,4,9\n",
        'na\'me,v"w\nO\'Neil,1\n"B ""q""",2\nC,7\n',
        "name,v\n" + "\n".join(f"N{n},{10**n}" for n in range(12)) + "\n",
        "name,v\n" + "\n".join(f"N{n},{n / 7000:.6f}" for n in range(12)) + "\n",
    ],
)
def test_odd_tables_give_true_scripts(tmp_path: Path, text: str) -> None:
    source = table(tmp_path, text)
    script = write_script(source, length_seconds=60)
    assert script.beats
    assert check_grounding(script, source).ungrounded == ()


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (3_412_567, "", "3.41 million"),
        (34_846, "", "34,800"),
        (1_330, "", "1,330"),
        (88.1, "%", "88.1 percent"),
        (1.0, "km", "1 kilometre"),
        (41_200_000, "€", "€41.2 million"),
        (-4.5, "°C", "minus 4.5 degrees Celsius"),
        (999_999, "", "1 million"),
        (0.5, "points", "0.5 percentage points"),
    ],
)
def test_numbers_in_words(value: float, unit: str, said: str) -> None:
    assert number_text(value, unit) == said


def test_names_lose_what_files_put_round_them() -> None:
    assert name_text('"A WALK IN THE WOODS"') == "A Walk In The Woods"
    assert name_text("Aeroflot*") == "Aeroflot"


def test_no_facts_without_time(tmp_path: Path) -> None:
    read = load_table(table(tmp_path, RANKING).file.path)
    assert series_facts(profile_table(read, "t")) == []
