from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from rushlight.core.errors import InputError
from rushlight.trust.rights import Use, add_item, decide, load_registry

ON = date(2026, 6, 1)


def registry(folder: Path, *lines: str, head: str = "") -> Path:
    path = folder / "rights.toml"
    path.write_text(head + '[[item]]\nname = "Harbour"\nfile = "harbour.png"\n' + "\n".join(lines) + "\n")
    return path


def ask(path: Path, file: Path, purpose: str = "show", *territories: str, on: date = ON) -> tuple[bool, str]:
    use = Use(purpose=purpose, territories=territories, on=on)  # type: ignore[arg-type]
    made = decide(load_registry(path), path.parent, use, file=file)
    return made.allowed, made.rules[0].reason


@pytest.mark.parametrize(
    ("lines", "purpose", "places", "allowed", "words"),
    [
        (('licence = "CC-BY-4.0"',), "commercial", (), True, "CC-BY-4.0 allows"),
        (('licence = "CC-BY-NC-4.0"',), "commercial", (), False, "does not allow"),
        (('licence = "CC-BY-4.0"', 'forbidden = ["train"]'), "train", (), False, "holder does not allow"),
        (('licence = "CC-BY-4.0"', 'tdm = "reserved"'), "train", (), False, "TDMRep"),
        (('licence = "CC-BY-4.0"', 'tdm = "reserved"'), "show", (), True, "allows"),
        (('purposes = ["show"]',), "show", (), True, "holder allows"),
        (('purposes = ["show"]',), "change", (), False, "not changed"),
        (('purposes = ["show"]', 'territories = ["DE"]'), "show", ("DE",), True, "allows"),
        (('purposes = ["show"]', 'territories = ["DE"]'), "show", ("DE", "FR"), False, "not in FR"),
        (('purposes = ["show"]', 'territories = ["DE"]'), "show", (), False, "the world"),
        (('purposes = ["show"]', "until = 2026-05-31"), "show", (), False, "ended on 2026-05-31"),
        (('purposes = ["show"]', "until = 2026-06-01"), "show", (), True, "allows"),
        (('purposes = ["show"]', "from = 2026-06-02"), "show", (), False, "from 2026-06-02"),
        (('licence = "LicenseRef-Stock"',), "show", (), False, "nothing is known"),
        ((), "show", (), False, "no licence is given"),
    ],
)
def test_rules(
    tmp_path: Path, picture: Path, lines: tuple[str, ...], purpose: str, places: tuple[str, ...], allowed: bool,
    words: str,
) -> None:  # fmt: skip
    found, reason = ask(registry(tmp_path, *lines), picture, purpose, *places)
    assert found is allowed
    assert words in reason


def test_another_name_and_another_form_do_not_help(tmp_path: Path) -> None:
    import numpy as np

    coarse = np.random.default_rng(3).uniform(0, 255, (9, 12, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize((320, 240)).save(tmp_path / "harbour.png")
    path = registry(tmp_path, 'licence = "CC-BY-NC-4.0"')
    renamed = tmp_path / "holiday.jpg"
    Image.open(tmp_path / "harbour.png").resize((200, 150)).save(renamed, quality=60)
    assert ask(path, renamed, "commercial")[0] is False
    (tmp_path / "plain.txt").write_text("another file")
    assert ask(path, tmp_path / "plain.txt", "commercial") == (True, "It is not registered.")
    path.write_text('unlisted = "refuse"\n' + path.read_text())
    assert ask(path, tmp_path / "plain.txt")[0] is False


def test_odrl(tmp_path: Path, picture: Path) -> None:
    policy = {
        "permission": [{"action": "display"}, {"action": "distribute", "constraint": [{"x": 1}]}],
        "prohibition": [{"action": {"@id": "http://www.w3.org/ns/odrl/2/derive"}}],
    }
    (tmp_path / "p.json").write_text(json.dumps(policy))
    path = registry(tmp_path, 'odrl = "p.json"', 'licence = "MIT"')
    assert ask(path, picture, "show")[0]
    assert not ask(path, picture, "change")[0]
    assert not ask(path, picture, "train")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[item]\n", "not valid TOML"),
        ('[[item]]\nname = "x"\n', "no file, hash or model"),
        ('[[item]]\nname = "x"\nfile = "a"\npurposes = ["fly"]\n', "purposes"),
        ('[[item]]\nname = "x"\nfile = "a"\nlicence = "((("\n', "SPDX"),
        ('[[item]]\nname = "x"\nfile = "a"\nuntil = "soon"\n', "until"),
        ("unknown = 1\n", "unknown"),
    ],
)
def test_a_registry_with_a_fault_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rights.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_registry(path)
    assert words in str(caught.value)


def test_adding_leaves_what_is_there(tmp_path: Path, picture: Path) -> None:
    path = registry(tmp_path, 'licence = "MIT"', head="# mine\n")
    before = path.read_text()
    add_item(path, {"name": "Tone", "file": "tone.wav", "purposes": ("show",), "until": "2027-01-01"})
    assert path.read_text().startswith(before.rstrip())
    assert load_registry(path).item[1].until == date(2027, 1, 1)
    with pytest.raises(InputError):
        add_item(path, {"name": "x", "file": "y", "purposes": ("fly",)})
    assert len(load_registry(path).item) == 2
