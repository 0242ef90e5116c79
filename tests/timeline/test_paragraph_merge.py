"""Markdown scripts merged paragraph by paragraph."""

from __future__ import annotations

from rushlight.timeline.paragraph_merge import merge_paragraphs, read_comment, without_comments
from rushlight.timeline.screenplay.annotations import Annotation

BASE = "# Trains\n\n## b01 hook: Revenue\n\nRevenue rose to 160 million. [^1]\n\nIt fell later on. [^2]\n"


def test_both_changes_are_taken_where_they_do_not_touch():
    merged = merge_paragraphs(BASE, BASE.replace("rose", "climbed"), BASE.replace("later on", "in 2020"))
    assert "Revenue climbed to 160 million." in merged.text
    assert "It fell in 2020." in merged.text


def test_the_machines_wording_is_kept_as_a_comment():
    merged = merge_paragraphs(BASE, BASE.replace("rose", "climbed"), BASE.replace("rose", "jumped"), writer="data")
    assert "Revenue climbed" in merged.text
    assert "<!-- alt by data: Revenue jumped to 160 million. [^1] -->" in merged.text
    assert len(merged.set_aside) == 1
    assert without_comments(merged.text) == BASE.replace("rose", "climbed")


def test_pinned_paragraphs_stay():
    mine = BASE.replace("[^1]\n", "[^1]\n\n<!-- pin -->\n")
    merged = merge_paragraphs(BASE, mine, BASE.replace("Revenue rose", "Income jumped"))
    assert "Revenue rose" in merged.text
    assert "\nIncome jumped" not in merged.text


def test_deleted_paragraphs_stay_deleted():
    mine = BASE.replace("It fell later on. [^2]\n", "")
    merged = merge_paragraphs(BASE, mine, BASE.replace("later on", "at last"))
    assert "fell" not in merged.text
    assert merged.dropped == ("It fell at last. [^2]",)


def test_the_stamp_of_a_script_is_no_comment():
    assert read_comment("<!-- rushlight-script 1 | writer: data -->") is None
    assert read_comment("<!-- Anna: hm -->") == Annotation("comment", "hm", "Anna")
