"""Final Draft files read and written without loss."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from lxml import etree

from rushlight.artifacts.screenplay import Element, Screenplay, TitleField
from rushlight.core.errors import InputError, LimitError
from rushlight.timeline.screenplay.fdx import MAX_BYTES, parse_fdx, write_fdx
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from tests.timeline.screenplay.test_fountain import ODD_TEXT, SCRIPT

FOREIGN = b"""<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<FinalDraft DocumentType="Script" Template="No" Version="5">
  <Content>
    <Paragraph Alignment="Left" Number="1A" Type="Scene Heading">
      <SceneProperties Length="1/8"><Summary><Paragraph><Text>They meet.</Text></Paragraph></Summary></SceneProperties>
      <Text>INT. KITCHEN - DAY</Text>
    </Paragraph>
    <Paragraph Type="Action">
      <ScriptNote ID="7" Color="#FFFF00"><Paragraph><Text Font="Courier">Too dark?</Text></Paragraph></ScriptNote>
      <Text>Anna </Text><Text Style="Bold+Underline" RevisionID="2">runs</Text><Text> in *here*.</Text>
    </Paragraph>
    <Paragraph Type="Shot"><Text>CLOSE ON</Text></Paragraph>
    <Paragraph><DualDialogue>
      <Paragraph Type="Character"><Text>ANNA</Text></Paragraph>
      <Paragraph Type="Parenthetical"><Text>(loud)</Text></Paragraph>
      <Paragraph Type="Dialogue"><Text>Yes!</Text></Paragraph>
      <Paragraph Type="Character"><Text>BEN</Text></Paragraph>
      <Paragraph Type="Dialogue"><Text>No!</Text></Paragraph>
    </DualDialogue></Paragraph>
    <Paragraph Type="Action" Alignment="Center" StartsNewPage="Yes"><Text>THE END</Text></Paragraph>
  </Content>
  <TitlePage><Content>
    <Paragraph Alignment="Center"><Text>Lamp</Text></Paragraph>
    <Paragraph Alignment="Center"><Text>Written by</Text></Paragraph>
    <Paragraph Alignment="Center"><Text>A. Writer</Text></Paragraph>
    <Paragraph Alignment="Left"><Text>a@b.c</Text></Paragraph>
  </Content></TitlePage>
  <ElementSettings Type="Action"><FontSpec Font="Courier"/></ElementSettings>
  <Revisions ActiveSet="2"><Revision ID="2" Color="#0000FF" Mark="*" Name="Blue"/></Revisions>
</FinalDraft>
"""


def test_a_final_draft_file_is_read():
    screenplay = parse_fdx(FOREIGN)
    found = [(element.kind, element.text) for element in screenplay.elements]
    assert found == [
        ("scene_heading", "INT. KITCHEN - DAY"),
        ("synopsis", "They meet."),
        ("action", "Anna _**runs**_ in \\*here\\*. [[Too dark?]]"),
        ("action", "CLOSE ON"),
        ("character", "ANNA"),
        ("parenthetical", "loud"),
        ("dialogue", "Yes!"),
        ("character", "BEN"),
        ("dialogue", "No!"),
        ("page_break", ""),
        ("centered", "THE END"),
    ]
    assert screenplay.elements[0].scene_number == "1A"
    assert [e.dual for e in screenplay.elements if e.kind == "character"] == [False, True]
    assert screenplay.elements[2].revised == "2"
    assert [(field.key, field.lines) for field in screenplay.title_page] == [
        ("Title", ("Lamp",)),
        ("Credit", ("Written by",)),
        ("Author", ("A. Writer",)),
        ("Contact", ("a@b.c",)),
    ]


def test_what_rushlight_does_not_know_is_written_back():
    screenplay = parse_fdx(FOREIGN)
    written = write_fdx(screenplay)
    root = etree.fromstring(written)
    assert root.find("Revisions/Revision").get("Name") == "Blue"
    assert root.find("ElementSettings/FontSpec").get("Font") == "Courier"
    assert root.find("Content/Paragraph/SceneProperties").get("Length") == "1/8"
    assert root.find("Content/Paragraph/ScriptNote").get("Color") == "#FFFF00"
    assert [node.get("RevisionID") for node in root.iter("Text") if node.text == "runs"] == ["2"]
    assert parse_fdx(written) == screenplay


def test_a_changed_paragraph_is_written_anew():
    screenplay = parse_fdx(FOREIGN)
    elements = list(screenplay.elements)
    elements[2] = elements[2].model_copy(update={"text": "Anna *walks*."})
    root = etree.fromstring(write_fdx(screenplay.model_copy(update={"elements": tuple(elements)})))
    runs = [(node.get("Style"), node.text) for node in root.findall("Content/Paragraph")[1].findall("Text")]
    assert runs == [(None, "Anna "), ("Italic", "walks"), (None, ".")]


def test_fountain_goes_through_final_draft_unchanged():
    screenplay = parse_fountain(SCRIPT)
    written = write_fdx(screenplay)
    assert parse_fdx(written) == screenplay
    assert write_fountain(parse_fdx(written)) == SCRIPT
    root = etree.fromstring(written)
    dual = root.find("Content/Paragraph/DualDialogue")
    assert [node.findtext("Text") for node in dual if node.get("Type") == "Character"] == ["MARA (V.O.)", "JON"]
    assert [node.get("Number") for node in root.iter("Paragraph") if node.get("Number")] == ["1A"]
    assert {node.get("Type") for node in root.find("Content").iter("Paragraph") if node.get("Type")} <= {
        "Scene Heading", "Action", "Character", "Parenthetical", "Dialogue", "Transition",
    }  # fmt: skip


def test_what_was_edited_in_final_draft_wins_over_what_was_kept():
    screenplay = Screenplay(elements=(Element(kind="action", text="A [[why?]] *b* c."),))
    edited = write_fdx(screenplay).replace(b">A ", b">An old ")
    assert parse_fdx(edited).elements[0].text == "An old  *b* c. [[why?]]"


@settings(deadline=None, max_examples=150)
@given(ODD_TEXT)
def test_any_fountain_goes_through_final_draft(text):
    screenplay = parse_fountain(text)
    read = parse_fdx(write_fdx(screenplay))
    assert read.model_copy(update={"notes": screenplay.notes}) == screenplay
    assert write_fountain(read) == text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "broken"),
        (b"just words", "broken"),
        (b"\x00\x01\x02", "broken"),
        (b"<svg/>", "no Final Draft"),
        (b'<FinalDraft DocumentType="Budget"/>', "no Final Draft"),
        (b'<FinalDraft DocumentType="Script"/>', "no content"),
        (b"<FinalDraft>" + b"<a>" * 10_000, "broken"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><FinalDraft>&b;</FinalDraft>', "entities"),
        (b"<!-- -->" + b" " * 9000 + b'<!DOCTYPE a [<!ENTITY b "c">]><FinalDraft>&b;</FinalDraft>', "entities"),
    ],
)
def test_what_is_no_final_draft_file_is_refused(data, says):
    with pytest.raises(InputError, match=says):
        parse_fdx(data)


def test_laughs_are_not_multiplied():
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    with pytest.raises(InputError):
        parse_fdx(b'<!DOCTYPE l [<!ENTITY l0 "ha">' + laughs + b"]><FinalDraft>&l9;</FinalDraft>")


def test_too_large_is_refused():
    with pytest.raises(LimitError, match="at most"):
        parse_fdx(b" " * (MAX_BYTES + 1))


def test_a_title_page_keeps_its_keys():
    fields = (TitleField(key="Title", lines=("*A*", "B")), TitleField(key="Copyright", lines=()))
    assert parse_fdx(write_fdx(Screenplay(elements=(), title_page=fields))).title_page == fields
