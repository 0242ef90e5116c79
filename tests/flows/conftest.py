"""One small film for all tests of this folder that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.core.project import Project, create_project
from rushlight.flows.make_film import Film, FilmWishes, make_film

ARTICLE = """# The harbour clock

The harbour clock of Lindmark has told the time since 1894. It was a gift of the shipping company North Line.

## The storm

In 1923 a storm broke the glass and the clock stood still for eleven days. Fishermen took their time from the sun.

## Today

Today 240,000 people pass the clock every year. The keeper, Anna Brandt, winds it by hand each Monday.
"""
SMALL = FilmWishes(length="12s", height=144, rate="12")


def small_project(folder: Path) -> tuple[Project, Path]:
    """An empty project and the article beside it."""
    document = folder / "clock.md"
    document.write_text(ARTICLE, encoding="utf-8")
    return create_project(folder / "film"), document


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Film]:
    """The folder and the film; do not change anything in it."""
    folder = tmp_path_factory.mktemp("made")
    project, document = small_project(folder)
    return folder, make_film(project, document, SMALL)
