"""What `check_grounding` lets pass and what it catches."""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rushlight.artifacts import Line, Script, Source, Trace
from rushlight.core.errors import InputError
from rushlight.create.check_grounding import check_grounding, line_checker
from rushlight.create.claims import find_claims
from rushlight.create.derivation import derive
from rushlight.create.read_source import load_source
from rushlight.create.sources.table import load_table
from rushlight.create.write_script import write_script

from .script_sources import EXAMPLES, RANKING, SERIES, article, lighthouses, table

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))


def mutations() -> ModuleType:
    path = ROOT / "benchmarks" / "write_script" / "mutations.py"
    spec = importlib.util.spec_from_file_location("mutations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutations"] = module
    spec.loader.exec_module(module)
    return module


def assert_catches(source: Source, scripts: list[Script], names: list[str]) -> int:
    """Every true line passes and every mutated one is caught; returns how many were tried."""
    mutate = mutations().mutate
    grounded, chooser, tried = line_checker(source), random.Random(1), 0
    for script in scripts:
        for _, line in script.lines():
            assert grounded(line), line.text
            for mutation in mutate(line.text, names, chooser):
                assert not grounded(line.model_copy(update={"text": mutation.after})), mutation
                tried += 1
    return tried


def test_mutations_of_examples_are_caught(tmp_path: Path) -> None:
    tried = 0
    for path in sorted(EXAMPLES.glob("*/*.csv")) + sorted(EXAMPLES.glob("*/*.md")):
        source = load_source(path)
        scripts = [write_script(source, length_seconds=120, seed=seed) for seed in range(2)]
        names = ["Anselm", "Kestrel Bay", "Hollin"] if path.name == "harbours.csv" else []
        tried += assert_catches(source, scripts, names)
    assert tried >= 200


def test_mutations_of_real_tables_are_caught() -> None:
    path = FIXTURES / "text" / "fivethirtyeight" / "airline-safety" / "airline-safety.csv"
    if not path.exists():
        pytest.skip("the fixtures folder is not here")
    source = load_source(path)
    scripts = [write_script(source, length_seconds=60, seed=seed) for seed in range(2)]
    assert assert_catches(source, scripts, ["Aer Lingus", "Qantas", "Aeroflot"]) >= 40


def test_report_counts_places_and_reasons(tmp_path: Path) -> None:
    source = table(tmp_path, SERIES)
    script = write_script(source, length_seconds=60)
    report = check_grounding(script, source)
    assert report.grounded_share == 1.0
    assert report.script_digest == script.digest()
    assert all(claim.place for claim in report.claims)
    beat = script.beats[0]
    broken = beat.lines[0].model_copy(update={"text": beat.lines[0].text + " That is 77 in all."})
    changed = script.model_copy(update={"beats": (beat.model_copy(update={"lines": (broken,)}), *script.beats[1:])})
    (claim,) = check_grounding(changed, source).ungrounded
    assert (claim.kind, claim.text, claim.beat_id, claim.line_index) == ("number", "77", beat.id, 0)
    assert broken.text[claim.start : claim.end] == "77"
    assert claim.reason


def text_line(source: Source, quoted: str, text: str = "") -> Line:
    start = source.text.index(quoted)
    trace = Trace(source_sha256=source.file.sha256, start=start, end=start + len(quoted))
    return Line(text=text or quoted, traces=(trace,))


QUOTED = "In 1698 Henry Winstanley, an engraver and showman, finished the first tower there."


@pytest.mark.parametrize(
    ("text", "true"),
    [
        (QUOTED, True),
        ("Henry Winstanley, an engraver and showman, finished the first tower there.", True),
        (QUOTED.replace("1698", "1689"), False),
        (QUOTED.replace("Henry Winstanley", "John Smeaton"), False),
        (QUOTED.replace("finished", "never finished"), False),
        (QUOTED.replace("first", "second"), False),
        ("By 1698, showman Henry Winstanley had a tower up.", True),
        ("The showman Henry Winstanley completed his work by 1698.", True),
        ("The showman John Smeaton completed his work by 1699.", False),
    ],
)
def test_lines_about_text(text: str, true: bool) -> None:
    source = lighthouses()
    assert line_checker(source)(text_line(source, QUOTED, text)) is true


def test_a_dropped_not_is_caught(tmp_path: Path) -> None:
    source = article(tmp_path, "The council did not close the line in 2004, and the trains kept running.")
    quoted = source.text
    grounded = line_checker(source)
    assert grounded(text_line(source, quoted))
    assert not grounded(text_line(source, quoted, quoted.replace("did not close", "did close")))


def test_lines_of_a_person_are_checked_against_the_whole_source_and_marked() -> None:
    source = lighthouses()
    script = write_script(source, length_seconds=20)
    lines = (
        Line(text="The tower was lit in October of 1759.", author="person"),
        Line(text="It cost 5,000 pounds.", author="person"),
    )
    changed = script.model_copy(update={"beats": (script.beats[0].model_copy(update={"lines": lines}),)})
    report = check_grounding(changed, source)
    assert all(claim.by_person for claim in report.claims)
    assert [claim.text for claim in report.ungrounded] == ["5,000"]


def test_traces_into_nowhere_are_refused() -> None:
    source = lighthouses()
    grounded = line_checker(source)
    inside = Trace(source_sha256=source.file.sha256, start=0, end=10**9)
    assert not grounded(Line(text="In 1698 it stood.", traces=(inside,)))
    foreign = Trace(source_sha256="0" * 64, start=0, end=50)
    assert not grounded(Line(text="In 1698 it stood.", traces=(foreign,)))


def data_line(source: Source, text: str, *derivations: str) -> Line:
    return Line(text=text, traces=tuple(Trace(source_sha256=source.file.sha256, derivation=d) for d in derivations))


@pytest.mark.parametrize(
    ("text", "derivations", "true"),
    [
        ("Alder counts 120 ships.", ("Harbour[0]", "Ships[0]"), True),
        ("Alder counts about 120 ships.", ("Harbour[0]", "Ships[0]"), True),
        ("Birch counts 120 ships.", ("Harbour[0]", "Ships[0]"), False),
        ("Alder counts 120 ships.", ("Harbour[1]", "Ships[0]"), False),
        ("Alder is 40 metres high.", ("Harbour[0]", "col('Height (m)')[0]"), True),
        ("Alder is 40 feet high.", ("Harbour[0]", "col('Height (m)')[0]"), False),
        ("Alder is 40 high.", ("Harbour[0]", "col('Height (m)')[0]"), False),
        ("Alder has the highest tower.", ("Harbour[0]", "col('Height (m)')[0] == max(col('Height (m)'))"), True),
        ("Birch has the highest tower.", ("Harbour[1]", "col('Height (m)')[1] == max(col('Height (m)'))"), False),
        ("Alder has the lowest tower.", ("Harbour[0]", "col('Height (m)')[0] == max(col('Height (m)'))"), False),
        ("Alder counts 120 ships.", ("Harbour[0]", "Ships[0] +"), False),
        ("Alder counts 120 ships.", ("Harbour[0]", "__import__('os')"), False),
        ("Alder leads, and half of all ships come from two harbours.", ("Harbour[0]",), False),
        ("Half of the ships sail from elsewhere.", ("Ships[2] / Ships[0]",), True),
        ("A third of the ships sail from elsewhere.", ("Ships[2] / Ships[0]",), False),
        ("Birch comes second.", ("Harbour[1]", "rank(Ships, 1)"), True),
        ("Birch comes third.", ("Harbour[1]", "rank(Ships, 1)"), False),
    ],
)
def test_lines_about_tables(tmp_path: Path, text: str, derivations: tuple[str, ...], true: bool) -> None:
    source = table(tmp_path, RANKING)
    assert line_checker(source)(data_line(source, text, *derivations)) is true


def test_a_changed_table_is_noticed(tmp_path: Path) -> None:
    source = table(tmp_path, RANKING)
    script = write_script(source, length_seconds=30)
    source.file.path.write_text(RANKING.replace("120", "121"), encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        check_grounding(script, source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost $3.5 million in 2020.", [("number", "$3.5 million"), ("number", "2020")]),
        ("On 5 May 1999, Anna Keller left.", [("date", "5 May 1999"), ("name", "Anna Keller")]),
        ("Sales rose by a third.", [("direction", "rose"), ("number", "a third")]),
        ("The 21st house is the tallest.", [("number", "21st"), ("extreme", "tallest")]),
        ("Nothing to see here.", []),
        ("From 1985–99 it fell 12%.", [("number", "1985"), ("number", "99"), ("direction", "fell"), ("number", "12%")]),
    ],
)
def test_claims_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(claim.kind, claim.text) for claim in find_claims(text)] == expected


@pytest.mark.parametrize(
    ("derivation", "value"),
    [
        ("max(Ships)", 120.0),
        ("sum(Ships) - Ships[0]", 200.0),
        ("percent(Ships[1] / sum(Ships))", 25.0),
        ("mean(where(Ships, Island == 'North'))", 57.5),
        ("count(where(Ships, Ships == 0))", 2.0),
        ("median(Ships)", 25.0),
        ("rank_up(Ships, 7)", 3.0),
        ("top(Ships, 2)", 200.0),
        ("distinct(Island)", 2.0),
        ("rows()", 8.0),
        ("Ships[0] > Ships[1]", True),
        ("Harbour[2]", "Cedar"),
        ("holders(Ships, min(Ships))", 2.0),
    ],
)
def test_derivations_compute(tmp_path: Path, derivation: str, value: object) -> None:
    assert derive(derivation, load_table(table(tmp_path, RANKING).file.path)).value == value


@pytest.mark.parametrize(
    "derivation",
    [
        "Ships", "Nowhere[0]", "Ships[99]", "Ships[-1]", "Ships[0] / 0", "Ships[0] + col('Height (m)')[0]",
        "Ships.sum()",
        "open('x')", "[1, 2]", "9**9**9", "lambda: 1", "(" * 3000, "max()", "max(Harbour, 1)", "where(Ships, 3)",
        "Ships[Ships]", "'a' * 10**9", "",
    ],
)  # fmt: skip
def test_derivations_refuse_everything_else(tmp_path: Path, derivation: str) -> None:
    with pytest.raises(InputError):
        derive(derivation, load_table(table(tmp_path, RANKING).file.path))
