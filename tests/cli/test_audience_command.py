from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rushlight.audience.warehouse.simulating import SimulatedTitle, simulate_events, write_events


def rushlight(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "rushlight.cli.main", *map(str, arguments)],
        capture_output=True, text=True, cwd=folder, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audience")
    titles = [SimulatedTitle("harbour", np.full(40, 0.02))]
    write_events(simulate_events(titles, viewers=40, seed=1, ping_seconds=5), folder / "events.jsonl")
    done = rushlight("audience", "import", "events.jsonl", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["kept"] == said["read"] > 200
    return folder


def test_measures_are_printed_and_written(folder: Path) -> None:
    done = rushlight("audience", "measure-retention", "audience", "--out", "curve.csv", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "harbour: 40 views by 40 viewers" in done.stdout
    assert (folder / "curve.csv").read_text("utf-8").startswith("title_id,group,second,watching")
    told = rushlight("audience", "measure-engagement", "audience", "--by", "device", "--json", folder=folder)
    assert {row["group"] for row in json.loads(told.stdout)["rows"]} == {"mobile", "desktop", "tv"}


def test_access_then_erase_then_nothing(folder: Path) -> None:
    kept = json.loads(rushlight("audience", "access", "viewer-3", folder=folder).stdout)
    assert kept["views"]
    refused = rushlight("audience", "erase", "viewer-3", folder=folder)
    assert refused.returncode != 0
    done = rushlight("audience", "erase", "viewer-3", "--yes", folder=folder)
    assert "finds 0 rows" in done.stdout
    assert json.loads(rushlight("audience", "access", "viewer-3", folder=folder).stdout) == {}


def test_the_report_is_one_page(folder: Path) -> None:
    done = rushlight("audience", "report", "--simulated", "--out", "page.html", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Simulated viewers" in (folder / "page.html").read_text("utf-8")


def test_the_schema_is_printed(folder: Path) -> None:
    done = rushlight("audience", "schema", folder=folder)
    assert "| `propensity` | double |" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("import", "missing.jsonl"), 3, "does not exist"),
        (("measure-retention", "elsewhere"), 3, "does not exist"),
        (("access", "ann", "--warehouse", "elsewhere"), 7, "no event warehouse here"),
        (("watch", "--port", "1", "--times", "1"), 6, "No collector answers"),
        (("erase",), 2, "Say whom to erase"),
        (("import", "events.jsonl", "--form", "soap"), 3, "no form 'soap'"),
    ],
)
def test_mistakes_are_one_sentence(folder: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = rushlight("audience", *arguments, folder=folder)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
