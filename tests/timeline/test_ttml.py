"""TTML written and read back, as other programs write it, and as an attacker does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.timeline.captionfile import read_captions
from rushlight.timeline.ttml import captions_to_ttml

TT = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf", "Cn", "Co"]), min_size=1, max_size=20
)


def read(folder: Path, content: bytes | str) -> Captions:
    path = folder / "c.ttml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_captions(path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(LINE, min_size=1, max_size=2).map(tuple), st.sampled_from(["", "Anna", 'B & "C" <d>'])),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[tuple[str, ...], str]]) -> None:
    captions = Captions(
        language="ar",
        cues=tuple(
            Cue(start=Fraction(n), end=Fraction(n) + Fraction(57, 100), lines=lines, speaker=speaker)
            for n, (lines, speaker) in enumerate(texts)
        ),
    )
    assert read(tmp_path_factory.mktemp("t"), captions_to_ttml(captions)) == captions


def test_it_states_its_profile_direction_and_colours() -> None:
    captions = Captions(language="he", cues=(Cue(start=0, end=1, lines=("שלום",), speaker="Anna"),))
    root = etree.fromstring(captions_to_ttml(captions, inks={"Anna": "#FFD166"}))
    styling = "{http://www.w3.org/ns/ttml#styling}"
    assert root.get("{http://www.w3.org/ns/ttml#parameter}contentProfiles").endswith("imsc1.1/text")
    assert root.find(".//{*}div").get(f"{styling}direction") == "rtl"
    style = root.find(".//{*}span").get("style")
    inks = {
        item.get("{http://www.w3.org/XML/1998/namespace}id"): item.get(f"{styling}color")
        for item in root.iter("{*}style")
    }
    assert inks[style] == "#ffd166"


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ('begin="00:00:01.500" end="00:00:02"', (Fraction(3, 2), Fraction(2))),
        ('begin="1.5s" dur="500ms"', (Fraction(3, 2), Fraction(2))),
        ('begin="00:00:01:12" end="00:00:02:00"', (Fraction(3, 2), Fraction(2))),
        ('begin="36f" end="48f"', (Fraction(3, 2), Fraction(2))),
        ('begin="15t" end="20t"', (Fraction(3, 2), Fraction(2))),
    ],
)
def test_every_form_of_time_is_read(tmp_path: Path, times: str, wanted: tuple[Fraction, Fraction]) -> None:
    found = read(
        tmp_path,
        f'<tt {TT} ttp:frameRate="24" ttp:tickRate="10"><body><div><p {times}>One<br/> two\n  three</p></div></body>'
        "</tt>",
    )
    assert (found.cues[0].start, found.cues[0].end) == wanted
    assert found.cues[0].lines == ("One", "two three")


def test_times_of_divisions_and_spans_add_up(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f'<tt {TT} xml:lang="fr"><body><div begin="10s"><p><span begin="1s" end="2s">a</span>'
        '<span begin="3s" end="4s">b</span></p></div></body></tt>',
    )
    assert [(cue.start, cue.end, cue.lines) for cue in found.cues] == [(11, 12, ("a",)), (13, 14, ("b",))]
    assert found.language == "fr"


BOMB = "<!DOCTYPE tt [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    "content",
    [
        f"{BOMB}<tt {TT}><body><div><p begin='1s' end='2s'>&b;</p></div></body></tt>",
        f"<!DOCTYPE tt [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><tt {TT}><p begin='0s' end='1s'>&x;</p></tt>",
        f"<tt {TT}><body><p begin='1s' end='2s'>cut off",
        f"<tt {TT}><body><p begin='soon' end='2s'>x</p></body></tt>",
        f"<tt {TT}><body><p begin='3s' end='2s'>x</p></body></tt>",
        f"<tt {TT}><body/></tt>",
        "<root><tt >x</tt ></root>",
    ],
)
def test_hostile_and_broken_documents_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert "c.ttml" in str(caught.value)
    assert caught.value.hint


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "c.ttml").open("wb") as file:
        file.truncate(21 << 20)
    with pytest.raises(InputError, match="larger"):
        read_captions(tmp_path / "c.ttml")
