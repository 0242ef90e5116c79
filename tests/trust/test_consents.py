from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rushlight.core.errors import InputError, StorageError
from rushlight.trust.consents import ConsentBook
from rushlight.trust.notes import NoteSigner

SIGNER = NoteSigner("rushlight/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ON = date(2026, 6, 1)


@pytest.fixture
def book(tmp_path: Path) -> ConsentBook:
    return ConsentBook(tmp_path / "consents")


def record(book: ConsentBook, **given: Any) -> Any:
    said = {"person": "Anna Brandt", "aspects": ("voice",), "starts": date(2026, 1, 1), "models": ("piper/anna.onnx",)}
    return book.record(SIGNER, **{**said, **given})


def allowed(book: ConsentBook, aspect: str = "voice", on: date = ON, **given: Any) -> tuple[bool, str]:
    made = book.decide(aspects=(aspect,), on=on, **{"model": "piper/anna.onnx", **given})
    return made.allowed, " ".join(rule.reason for rule in made.rules)


def test_a_voice_needs_the_consent_of_whose_it_is(book: ConsentBook) -> None:
    record(book)
    assert allowed(book)[0]
    assert allowed(book, model="piper/other.onnx") == (True, "")
    assert allowed(book, "face")[0] is False


@pytest.mark.parametrize(
    ("given", "asked", "words"),
    [
        ({"until": date(2026, 5, 31)}, {}, "ended on 2026-05-31"),
        ({"starts": date(2026, 6, 2)}, {}, "begins on"),
        ({"purposes": ("film",)}, {"purpose": "advertising"}, "film only"),
        ({"works": ("clock",)}, {"work": "storm"}, "clock only"),
        ({"territories": ("DE",)}, {"territories": ("FR",)}, "not for FR"),
    ],
)
def test_a_consent_holds_for_what_it_says(
    book: ConsentBook, given: dict[str, Any], asked: dict[str, Any], words: str
) -> None:
    record(book, **given)
    found, reason = allowed(book, **asked)
    assert not found
    assert words in reason


def test_a_revoked_consent_holds_no_longer_and_stays_in_the_book(book: ConsentBook) -> None:
    made = record(book)
    book.revoke(made.id[:6], "changed her mind", SIGNER)
    found, reason = allowed(book)
    assert not found
    assert "revoked" in reason
    assert len(book.all()) == 1
    with pytest.raises(InputError, match="already"):
        book.revoke(made.id, "", SIGNER)
    record(book)
    assert allowed(book)[0]


def test_a_recording_is_known_under_another_name(book: ConsentBook, sound: Path, tmp_path: Path) -> None:
    made = record(book, models=(), references=(sound,))
    other = tmp_path / "nobody.bin"
    other.write_bytes(sound.read_bytes())
    assert allowed(book, model="", file=other)[0]
    book.revoke(made.id, "", SIGNER)
    assert not allowed(book, model="", file=other)[0]


def test_everybody_in_a_file_has_to_agree(book: ConsentBook, sound: Path) -> None:
    record(book, models=(), references=(sound,))
    record(book, person="Ole Holm", models=(), references=(sound,), aspects=("face",))
    found, reason = allowed(book, model="", file=sound)
    assert not found
    assert "Ole Holm" in reason


def test_a_consent_changed_by_hand_is_refused(book: ConsentBook) -> None:
    record(book, until=date(2026, 5, 31))
    path = next(book.folder.glob("*.json"))
    path.write_text(path.read_text().replace("2026-05-31", "2036-05-31"))
    with pytest.raises(StorageError, match="changed after it was signed"):
        book.all()
    path.write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        book.all()


def test_nonsense_is_one_sentence(book: ConsentBook) -> None:
    with pytest.raises(InputError, match="no file and no model"):
        record(book, models=())
    with pytest.raises(InputError, match="before it begins"):
        record(book, until=date(2025, 1, 1))
    with pytest.raises(InputError, match="aspects"):
        record(book, aspects=("soul",))
    with pytest.raises(InputError, match="no one consent"):
        book.revoke("", "", SIGNER)
