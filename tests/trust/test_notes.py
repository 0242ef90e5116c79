from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.trust.notes import Checkpoint, NoteSigner, parse_checkpoint, public_key_text, verifies

SIGNER = NoteSigner("rushlight/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = NoteSigner("rushlight/test", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_a_note_is_read_back_and_verified() -> None:
    note = SIGNER.sign(Checkpoint("rushlight/ledger/x", 7, bytes(range(32))))
    read = parse_checkpoint(note.text())
    assert read == note
    assert verifies(read, public_key_text(SIGNER.name, SIGNER.public))
    assert not verifies(read, public_key_text(OTHER.name, OTHER.public))
    assert note.text().startswith("rushlight/ledger/x\n7\n")
    assert "\n\n— rushlight/test " in note.text()


def test_any_change_of_what_was_signed_is_seen() -> None:
    note = SIGNER.sign(Checkpoint("rushlight/ledger/x", 7, bytes(range(32))))
    key = public_key_text(SIGNER.name, SIGNER.public)
    for changed in (
        Checkpoint("rushlight/ledger/y", 7, note.root, note.signatures),
        Checkpoint(note.origin, 8, note.root, note.signatures),
        Checkpoint(note.origin, 7, bytes(32), note.signatures),
    ):
        assert not verifies(changed, key)


def test_a_witness_signs_the_time_too() -> None:
    note = SIGNER.sign(Checkpoint("rushlight/ledger/x", 7, bytes(range(32))))
    both = OTHER.cosign(note, 1_800_000_000)
    key = public_key_text(OTHER.name, OTHER.public, is_witness=True)
    assert verifies(parse_checkpoint(both.text()), key)
    assert not verifies(note, key)
    assert verifies(both, public_key_text(SIGNER.name, SIGNER.public))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_whatever_is_no_checkpoint_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match="no checkpoint"):
        parse_checkpoint(text)


def test_a_wrong_key_is_one_sentence() -> None:
    note = SIGNER.sign(Checkpoint("rushlight/ledger/x", 7, bytes(32)))
    for key in ("", "a+b", "a+b+c", "a+b+AAAA"):
        with pytest.raises(InputError, match="no public key"):
            verifies(note, key)
    with pytest.raises(InputError, match="no name"):
        NoteSigner("with space", SIGNER.key)
