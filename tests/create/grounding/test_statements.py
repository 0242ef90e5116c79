"""Roles, negations, wholes, causes and what numbers are tied to."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.statements import statement_faults


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        # Who does it to whom.
        ("Sixty-three crows caught the researchers.", "Researchers caught 63 crows in a mask."),
        ("Hesketh pays the Wetland Trust.", "The Wetland Trust now pays him a rent."),
        ("Verhagen took over from Rao.", "Rao, who took over from founder Verhagen, left."),
        ("Akande raised his target price.", "Ferro raised her target price, but Akande warned of oats."),
        ("The museum paid a million euros to its insurer.", "The museum was paid a million euros by its insurer."),
        # What is more than what.
        ("Men read more than women.", "Women read more than men."),
        ("He makes more from sheep than from beavers.", "I make more from beavers than from sheep."),
        # Which number is whose.
        ("The beavers cost £1.9m and the wall £148,000.", "The wall cost £1.9m, and the beavers cost £148,000."),
        ("Varde leads with 61%.", "Estermark leads with 61%, while Varde comes last with 36%."),
        ("Profit fell to €8.9 million from €18.6 million.", "Profit rose to €18.6 million from €8.9 million."),
        # What is denied.
        ("She will pay a dividend.", "She will not pay a dividend."),
        ("The crows were not ringed.", "They caught the crows, ringed them and let them go."),
        ("Hesketh was never against it.", "Hesketh was against it."),
        ("A ban is likely.", "A ban is unlikely."),
        ("The play has an interval.", "The play runs without an interval."),
        # All for some.
        ("The mask was scolded by all birds.", "The mask was scolded by only 3% of birds."),
        ("All failures are loaves cut too soon.", "Nine out of ten failures are loaves cut too soon."),
        ("Nearly all named a lack of time.", "Asked why, 38% named a lack of time."),
        # Causes.
        ("The road was shut because of a street party.", "The road was shut by a burst water main."),
        ("Strand opposes it because her brother owns a taxi firm.", "Taxi owner Dutton and leader Strand oppose it."),
    ],
)
def test_contradictions_are_caught(line: str, evidence: str) -> None:
    assert list(statement_faults(line, evidence))


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        ("Sixty-three crows were caught by researchers.", "Researchers caught 63 crows in a mask."),
        ("The rent is paid to him by the Trust.", "The Wetland Trust now pays him a rent."),
        ("Men read less than women.", "Women read more than men."),
        ("The beavers cost £148,000, the wall £1.9m.", "The wall cost £1.9m, and the beavers cost £148,000."),
        ("In 1972, 488,000 passengers came.", "In 1950 there were 61,000 passengers; by 1972 it was 488,000."),
        ("It failed by two votes, 31 against 29.", "It was thrown out by 31 votes to 29."),
        ("From 250 it is turned down to 190 degrees.", "Heat it to 250 degrees. Turn the heat down to 190."),
        ("Never was more power needed.", "The power that was needed peaked."),
        ("Music is the only subject that she does not teach.", "She teaches every subject except music."),
        ("No school is smaller.", "It is the smallest school."),
        ("Three pencils weigh as much as its brain.", "Its brain weighs about the same as three pencils."),
        ("All five stay open.", "All five libraries will stay open, and most are full."),
        ("In all, half came.", "Half of them came."),
        ("The road was closed because a water main had burst.", "The road was shut by a burst water main."),
        ("According to Nuñez, 229 people died.", "It killed 229 people, says Carla Nuñez, up from 142."),
    ],
)
def test_true_lines_pass(line: str, evidence: str) -> None:
    assert list(statement_faults(line, evidence)) == []
