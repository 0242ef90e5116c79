"""The pages are true: links lead somewhere, commands exist, generated pages are fresh."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rushlight.cli.main import _Program, program

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert isinstance(program, _Program)
    for name in re.findall(r"^\S*rushlight ([a-z]+)", "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S)), re.M):
        assert name in {*program.jobs, *program.areas}, name
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    for name in re.findall(r"`make ([a-z]+)", text):
        assert name in targets, name


def test_the_reference_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_how_to_is_listed() -> None:
    listed = (ROOT / "docs" / "how-to" / "README.md").read_text()
    for page in (ROOT / "docs" / "how-to").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in listed, page.name
