"""Names in other forms, and names that are not there."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.evidence import Evidence
from rushlight.create.grounding.names import name_faults

ARTICLE = (
    "Annika Rao runs Havre, the Rotterdam-based company. Founder Joost Verhagen left. "
    "Brothers Amos and Silas Barlow began it. Amos had by then left the firm. He moved to Pittsburgh. "
    "Krall's grandson Erich repaired it. On Thursday the Foundry Company began. She spoke."
)


def faults(line: str, evidence: str) -> list[str]:
    before = ARTICLE[: ARTICLE.index(evidence)]
    return [
        found.text
        for found, _ in name_faults(line, Evidence((evidence,), (before,), "Havre doubles profit", ARTICLE), [])
    ]


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        ("Chief executive Rao runs it.", "Annika Rao runs Havre, the Rotterdam-based company."),
        ("Havre has its seat in Rotterdam.", "Annika Rao runs Havre, the Rotterdam-based company."),
        ("Silas and Amos Barlow were brothers.", "Brothers Amos and Silas Barlow began it."),
        ("Amos went to Pittsburgh.", "He moved to Pittsburgh."),
        ("Amos Barlow went to Pittsburgh.", "He moved to Pittsburgh."),
        ("Erich Krall repaired it.", "Krall's grandson Erich repaired it."),
        ("Since Thursday the Foundry Company has played.", "On Thursday the Foundry Company began."),
    ],
)
def test_names_in_other_forms_pass(line: str, evidence: str) -> None:
    assert faults(line, evidence) == []


@pytest.mark.parametrize(
    ("line", "evidence", "wrong"),
    [
        ("Thorne runs it.", "Annika Rao runs Havre, the Rotterdam-based company.", "Thorne"),
        ("Verhagen runs it.", "Annika Rao runs Havre, the Rotterdam-based company.", "Verhagen"),
        ("Amos went to Rotterdam.", "He moved to Pittsburgh.", "Rotterdam"),
        ("Joost Barlow began it.", "Brothers Amos and Silas Barlow began it.", "Joost Barlow"),
        ("Rao repaired it.", "Krall's grandson Erich repaired it.", "Rao"),
    ],
)
def test_other_names_are_caught(line: str, evidence: str, wrong: str) -> None:
    assert wrong in faults(line, evidence)
