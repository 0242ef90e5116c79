"""The command line as a person meets it: one process for each call."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.cli.main import _Area, program
from rushlight.core.index import load_index

ARTICLE = """# The bell

The bell of Lindmark was cast in 1894 by the North Line company. It weighs 2,400 kilograms.

Every Monday the keeper, Anna Brandt, climbs 92 steps to wind the clock that rings it.
"""


def rushlight(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rushlight.cli.main", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_jobs_areas_and_exit_codes(tmp_path: Path) -> None:
    done = rushlight("--help", folder=tmp_path)
    assert done.returncode == 0
    for word in ("make", "new", "log", "why", "doctor", "create", "Exit codes", "130"):
        assert word in done.stdout


def test_every_command_of_every_area_has_help() -> None:
    for entry in load_index()["capabilities"].values():
        done = CliRunner().invoke(program, [entry["area"], entry["command"], "--help"])
        assert done.exit_code == 0, (entry["command"], done.exception)
        # What is written by hand may ask for its inputs otherwise.
        by_hand = entry["command"] in _Area.by_hand.get(entry["area"], ())
        for slot in () if by_hand else entry["inputs"]:
            flag = f"--{slot['name'].replace('_', '-')}"
            assert slot["name"].upper() in done.output or flag in done.output, entry["command"]


def test_every_capability_has_help(tmp_path: Path) -> None:
    done = rushlight("create", "speak-script", "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "--words-per-minute" in done.stdout
    assert "80 to 260" in done.stdout


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "bell.md").write_text(ARTICLE)
    done = rushlight("create", "read-source", "bell.md", "--json", "--project", "p", folder=tmp_path)
    assert json.loads(done.stdout)["title"] == "The bell"
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("make", "none.md"), 3, "does not exist"),
        (("make", "bell.md", "--voice", "robot/x"), 5, "no voice"),
        (("make", "bell.md", "--length", "soon"), 3, "not a time"),
        (("make",), 2, "DOCUMENT"),
        (("fly",), 2, "fly"),
        (("log",), 7, "no Rushlight project"),
        (("why", "bell.md"), 7, "no Rushlight project"),
        (("create", "read-source", "none.md"), 3, "does not exist"),
        (("create", "speak-script", "bell.md"), 3, "does not hold a Script"),
        (("create", "write-script", "bell.md", "--words-per-minute", "9000"), 3, "words_per_minute"),
    ],
)
def test_errors_are_one_sentence_a_hint_and_a_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "bell.md").write_text(ARTICLE)
    done = rushlight(*arguments, folder=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [("none.md",), ("bell.md", "--aspect", "7:3"), (".",)])
def test_what_is_cheap_to_refuse_is_refused_before_slow_libraries_are_loaded(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "bell.md").write_text(ARTICLE)
    code = (
        "import sys\nfrom rushlight.cli.main import main\n"
        f"try: main(['make', *{arguments!r}])\n"
        "finally: print(*sorted({'numpy', 'scipy', 'polars', 'cv2', 'av', 'inflect'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stdout.strip() == ""


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "bell.md").write_text(ARTICLE)
    done = rushlight("make", "bell.md", "--dry-run", folder=tmp_path)
    assert done.returncode == 0
    assert "renders/bell.mp4" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["bell.md"]


def test_a_film_from_the_command_line_and_why(tmp_path: Path) -> None:
    (tmp_path / "bell.md").write_text(ARTICLE)
    assert rushlight("new", "tower", folder=tmp_path).returncode == 0
    tower = tmp_path / "tower"
    small = ("--length", "10s", "--height", "144", "--rate", "10", "--workers", "1")
    done = rushlight("make", "../bell.md", *small, "--json", folder=tower)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["grounded"] == made["claims"] > 0
    assert abs(made["duration_seconds"] - 10) <= 0.2
    why = rushlight("why", "renders/bell.mp4@4", folder=tower)
    assert "speak script" in why.stdout
    assert "espeak/en-gb" in why.stdout
    assert "characters" in why.stdout
    answer = json.loads(rushlight("why", "renders/bell.mp4@4", "--json", folder=tower).stdout)
    assert {clip["track"] for clip in answer["seen"]} >= {"Pictures", "Speech", "Music"}
    assert rushlight("why", "renders/bell.mp4@99", folder=tower).returncode == 3
    log = rushlight("log", folder=tower)
    assert "render film" in log.stdout
    records = json.loads(rushlight("log", "--json", folder=tower).stdout)["records"]
    assert {record["capability"] for record in records} >= {"write_script", "render_film"}


def test_doctor_says_what_serves_each_task(tmp_path: Path) -> None:
    done = rushlight("doctor", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert findings["ffmpeg"]["state"] == "ok"
    assert findings["voice: espeak"]["state"] == "ok"
    assert all(finding["hint"] for finding in findings.values() if finding["state"] != "ok")


def test_doctor_refuses_a_vulnerable_ffmpeg(tmp_path: Path) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho 'ffmpeg version 5.1.9 Copyright (c) the FFmpeg developers'\n")
    fake.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "rushlight.cli.main", "doctor"],
        env={"PATH": "/usr/bin:/bin", "IMAGEIO_FFMPEG_EXE": str(fake), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6
    assert "CVE-2026-8461" in done.stdout
