from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.trust.merkle import EMPTY_ROOT, MerkleTree, leaf_hash, proves_growth, proves_presence

# Entries and roots published with the reference implementation of Certificate Transparency.
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def slow_root(entries: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + slow_root(entries[:split]) + slow_root(entries[split:])).digest()


def test_published_roots() -> None:
    tree = MerkleTree(ENTRIES)
    assert tree.root(0) == EMPTY_ROOT
    for size, root in ROOTS.items():
        assert tree.root(size).hex() == root


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 70), st.data())
def test_roots_and_proofs_of_any_size(size: int, data: st.DataObject) -> None:
    entries = [bytes([number]) for number in range(size)]
    tree = MerkleTree(entries)
    assert tree.root() == slow_root(entries)
    before = data.draw(st.integers(1, size))
    growth = tree.growth_proof(before, size)
    assert proves_growth(before, size, growth, tree.root(before), tree.root())
    number = data.draw(st.integers(0, size - 1))
    proof = tree.presence_proof(number, size)
    assert proves_presence(leaf_hash(entries[number]), number, size, proof, tree.root())
    wrong = data.draw(st.integers(0, size - 1))
    if wrong != number:
        assert not proves_presence(leaf_hash(entries[wrong]), number, size, proof, tree.root())
        assert not proves_presence(leaf_hash(entries[number]), wrong, size, proof, tree.root())


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 60), st.data())
def test_a_rewritten_tree_proves_nothing(size: int, data: st.DataObject) -> None:
    entries = [bytes([number]) for number in range(size)]
    before = data.draw(st.integers(1, size))
    old = MerkleTree(entries[:before]).root()
    entries[data.draw(st.integers(0, before - 1))] = b"changed"
    tree = MerkleTree(entries)
    assert not proves_growth(before, size, tree.growth_proof(before, size), old, tree.root())
    assert not proves_growth(before, size, [], old, tree.root())


def test_sizes_that_never_were_are_refused() -> None:
    tree = MerkleTree(ENTRIES)
    for call in (lambda: tree.root(9), lambda: tree.presence_proof(8, 8), lambda: tree.growth_proof(5, 9)):
        with pytest.raises(IndexError):
            call()
