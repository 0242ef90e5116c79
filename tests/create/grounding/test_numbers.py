"""Numbers of a line against its evidence: said again, converted, worked out."""

from __future__ import annotations

import pytest

from rushlight.create.grounding.numbers import number_faults

VOTE = "The council cut its repair fund from $4.8 million to $4.2 million and raised the fee by $15, to $90 a year."
BUSES = "The vote was 44 in favour and 13 against. The valley's population is now 118,000, up from 97,000."
TRIAL = "Of 1,140 patients, 17% dropped out; those who walked lost 1.9 kilograms, against 0.7 in the other group."


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        ("Road repairs lose $600,000.", VOTE),
        ("An eighth of the fund was cut.", VOTE),
        ("It used to cost $75; now it is $90.", VOTE),
        ("The plan passed with a majority of thirty-one.", BUSES),
        ("The population has risen by more than a fifth.", BUSES),
        ("The valley has gained 21,000 people.", BUSES),
        ("Almost two hundred patients left early.", TRIAL),
        ("That is 1.2 kilograms more.", TRIAL),
        ("It is about eleven kilometres to her home.", "She walked the 7 miles home."),
        ("A bus was thirty centimetres too tall.", "The bus stands 4.4 metres tall and the bridge 4.1 metres."),
        ("Two brothers, Amos and Silas, came.", "It was founded by the brothers Amos and Silas Barlow."),
        ("Most were children.", "There were 36,000 people, most of them schoolchildren."),
        ("More than half were children.", "There were 36,000 people, most of them schoolchildren."),
        ("Hamlet was twice as dear.", "Tickets cost half what was charged for Hamlet."),
        ("By the early 1950s she was in England.", "Born in 1932, she came to England at 20."),
        ("That is 130,000 euros a year.", "The work cost 780,000 euros over six years."),
        ("In all, the shop and the bus cost over £100,000.", "The council paid £86,500 and spent £14,000 more."),
        ("Three quarters know it.", "One in four does not know it."),
        ("It lasted nearly three months.", "It was dry between 1 March and 27 May."),
        ("Four times a day it sent data.", "It sent data four times a day."),
        ("They scored two goals.", "They scored twice."),
    ],
)
def test_true_numbers_pass(line: str, evidence: str) -> None:
    assert list(number_faults(line, evidence)) == []


@pytest.mark.parametrize(
    ("line", "evidence", "wrong"),
    [
        ("Road repairs lose $700,000.", VOTE, "$700,000"),
        ("A third of the fund was cut.", VOTE, "A third"),
        ("The plan passed with a majority of twenty-one.", BUSES, "twenty-one"),
        ("Almost four hundred patients left early.", TRIAL, "four hundred"),
        ("It is about eight kilometres to her home.", "She walked the 7 miles home.", "eight"),
        ("Three brothers, Amos and Silas, came.", "It was founded by the brothers Amos and Silas Barlow.", "Three"),
        ("It lasted ten hours.", "A ten-minute walk helped.", "ten"),
        ("Ten hospitals took part.", "Ten-minute walks were tried in six hospitals.", "Ten"),
        ("The pie has 12 grams of flour.", "It takes 400 grams of flour and 12 grams of salt.", "12"),
        ("The flat has 62 square feet.", "The flat has 62 square metres.", "62"),
        ("Computers stood within 6 blocks.", "Computers stood within 6 miles.", "6"),
        ("More than 83 died.", "Of those on board 83 died.", "83"),
        ("It was 8.20am when it ended.", "It ended at 8.10am.", "8.20am"),
        ("Since 1975 it has warmed.", "Since 1970 it has warmed, most in the last five years.", "1975"),
    ],
)
def test_false_numbers_are_caught(line: str, evidence: str, wrong: str) -> None:
    assert wrong in [found.text for found, _ in number_faults(line, evidence)]
