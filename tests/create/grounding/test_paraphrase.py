"""Lines in other words against the sentences they rest on."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rushlight.create.grounding.evidence import Evidence
from rushlight.create.grounding.paraphrase import paraphrase_faults

ROOT = Path(__file__).resolve().parents[3]
EVIDENCE = (
    "The Aurelia struck a mine off Cape Wessel on 9 January 1942 and sank in 17 minutes. "
    "Of the 291 people on board, 83 died, and Captain Lars Holm of the Sundby Steamship Company was the last to leave."
)
BEFORE = "She was designed by Ingrid Solheim, a Norwegian."
ALL = Evidence((EVIDENCE,), (BEFORE,), "", BEFORE + " " + EVIDENCE)


@pytest.mark.parametrize(
    "line",
    [
        "On January 9, 1942, the Aurelia went down within seventeen minutes.",
        "She sank in under twenty minutes, on 9 Jan. 1942.",
        "In the early 1940s a mine sank the Aurelia.",
        "Eighty-three of nearly 300 people died, more than a quarter.",
        "Holm, of the SSC, left last.",
        "The mine lay off Cape Wessel.",
    ],
)
def test_true_lines_pass(line: str) -> None:
    assert paraphrase_faults(line, Evidence((EVIDENCE,), (BEFORE,))) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("On February 9, 1942, the Aurelia went down.", "February 9, 1942"),
        ("In the early 1950s a mine sank the Aurelia.", "1950s"),
        ("She sank in under forty minutes.", "forty"),
        ("She sank within 17 hours.", "17"),
        ("Eighty-four people died.", "Eighty-four"),
        ("More than a third of the 291 people died.", "a third"),
        ("Solheim was the last to leave.", "Solheim"),
        ("Thorne was the last to leave the Aurelia.", "Thorne"),
        ("The mine lay off Cape Selby.", "Cape Selby"),
        ("The HLF owned the Aurelia.", "HLF"),
    ],
)
def test_false_lines_are_caught(line: str, wrong: str) -> None:
    assert wrong in [found.text for found, _ in paraphrase_faults(line, ALL)]


def test_a_pronoun_lends_its_name() -> None:
    assert paraphrase_faults("Solheim drew two ships.", Evidence(("She drew 2 ships.",), (BEFORE,))) == []
    assert paraphrase_faults("Holm drew two ships.", Evidence(("She drew 2 ships.",), (BEFORE,), "", EVIDENCE))


def benchmark() -> ModuleType:
    folder = ROOT / "benchmarks" / "ground_text"
    sys.path[:0] = [str(folder), str(folder.parent)]
    try:
        spec = importlib.util.spec_from_file_location("ground_text_run", folder / "run.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["ground_text_run"] = module
        spec.loader.exec_module(module)
        return module
    finally:
        del sys.path[:2]


def test_the_bank_of_true_paraphrases_is_hardly_flagged() -> None:
    bank = [item for item in benchmark().read_bank() if item.kind == "true" and item.split == "tuning"]
    flagged = [item.line.text for item in bank if item.faults(item.line)]
    assert len(bank) >= 120
    assert len(flagged) <= 0.04 * len(bank), flagged
