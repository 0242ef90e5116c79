from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts import Claim, GroundingReport, Script, Source
from rushlight.artifacts.script import Beat, CellRef, Line, Trace
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.check_claims import check_claims


def matter(tmp_path: Path) -> tuple[Script, Source, GroundingReport]:
    path = tmp_path / "clock.md"
    path.write_text("The clock is from 1894. It is loved.")
    source = Source(form="article", title="Clock", file=FileRef.of(path), text=path.read_text())
    there = Trace(source_sha256=source.file.sha256, start=0, end=23)
    cells = Trace(
        source_sha256=source.file.sha256, cells=(CellRef(row=1, column="people"),), derivation="max(people)"
    )  # fmt: skip
    lines = (
        Line(text="The clock is from 1894.", traces=(there,)),
        Line(text="The clock is from 1849.", traces=(there,)),
        Line(text="The most were 9.", traces=(cells,)),
        Line(text="In 1900 it fell.", author="person"),
        Line(text="How lovely."),
    )
    script = Script(title="Clock", beats=(Beat(id="b1", role="lead", lines=lines),), writer="extractive")
    said = [(0, "1894", "grounded"), (1, "1849", "ungrounded"), (2, "9", "grounded"), (3, "1900", "grounded")]
    claims = tuple(
        Claim.model_validate(
            {"beat_id": "b1", "line_index": index, "kind": "number", "text": text, "start": 0, "end": 1,
             "verdict": verdict, "reason": "The source says 1894." if verdict == "ungrounded" else ""}
        )
        for index, text, verdict in said
    )  # fmt: skip
    report = GroundingReport(script_digest=script.digest(), source_digest=source.digest(), claims=claims)
    return script, source, report


def test_every_statement_leads_to_its_place_or_is_named(tmp_path: Path) -> None:
    table = check_claims(*matter(tmp_path))
    assert [claim.verdict for claim in table.claims] == [
        "supported", "unsupported", "supported", "unsupported", "opinion",
    ]  # fmt: skip
    assert "The clock is from 1894." in table.claims[0].sources[0]
    assert table.claims[2].sources == ("max(people): people, row 2",)
    assert "1849" in table.claims[1].reasons[0]
    assert table.claims[3].by_person
    assert "2 unsupported" in table.as_text()
    assert table.as_csv().count("\n") == 6


def test_findings_of_another_script_are_refused(tmp_path: Path) -> None:
    script, source, report = matter(tmp_path)
    with pytest.raises(InputError, match="another script"):
        check_claims(script.model_copy(update={"title": "Other"}), source, report)
