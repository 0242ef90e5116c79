"""Screenplays to files."""

from __future__ import annotations

import io

import pypdf
import pytest

from rushlight.core.project import create_project
from rushlight.create.convert_screenplay import convert_screenplay
from rushlight.create.read_screenplay import load_screenplay
from rushlight.timeline.screenplay.fountain import parse_fountain
from tests.timeline.screenplay.test_fountain import SCRIPT


@pytest.mark.parametrize("to", ["fountain", "fdx"])
def test_files_come_back(tmp_path, to):
    project = create_project(tmp_path / "p")
    screenplay = parse_fountain(SCRIPT)
    made = project.run(convert_screenplay, screenplay, to=to)
    assert made.file.path.suffix == f".{to}"
    assert load_screenplay(made.file.path) == screenplay


def test_a_pdf_has_a_title_page_and_its_pages(tmp_path):
    project = create_project(tmp_path / "p")
    made = project.run(convert_screenplay, parse_fountain(SCRIPT), to="pdf")
    reader = pypdf.PdfReader(io.BytesIO(made.file.path.read_bytes()))
    assert len(reader.pages) == 3
    assert reader.metadata.title == "The Lamp"
    assert project.ledger.all()[-1].figures["pages"] == 2
