"""A Merkle tree that only grows: roots, proofs that something is in it, and proofs that it only grew.

Reference:
    RFC 6962, "Certificate Transparency", section 2.1; RFC 9162 for the checking of proofs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

__all__ = ["EMPTY_ROOT", "MerkleTree", "leaf_hash", "proves_growth", "proves_presence"]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """All hashes of a tree, level by level; level 0 holds those of the entries."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for data in leaves:
            self.append(data)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, data: bytes) -> int:
        """Add an entry; its number, from 0."""
        found, level, sha256 = hashlib.sha256(b"\0" + data).digest(), 0, hashlib.sha256
        levels = self._levels
        levels[0].append(found)
        while len(levels[level]) % 2 == 0:
            if level + 1 == len(levels):
                levels.append([])
            found = sha256(b"\x01" + levels[level][-2] + found).digest()
            level += 1
            levels[level].append(found)
        return len(levels[0]) - 1

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` entries, or all."""
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise IndexError(f"the tree has {len(self)} entries, not {size}")
        return self._range(0, size) if size else EMPTY_ROOT

    def _range(self, low: int, high: int) -> bytes:
        """The root over some entries; whole subtrees are looked up."""
        count = high - low
        if count & (count - 1) == 0 and low % count == 0:
            return self._levels[count.bit_length() - 1][low // count]
        split = low + _split(count)
        return _node(self._range(low, split), self._range(split, high))

    def presence_proof(self, number: int, size: int) -> list[bytes]:
        """The hashes that lead from an entry to the root over the first `size` entries."""
        if not 0 <= number < size <= len(self):
            raise IndexError(f"there is no entry {number} among the first {size} of {len(self)}")
        return self._path(number, 0, size)

    def _path(self, number: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        split = low + _split(high - low)
        if number < split:
            return [*self._path(number, low, split), self._range(split, high)]
        return [*self._path(number, split, high), self._range(low, split)]

    def growth_proof(self, before: int, after: int) -> list[bytes]:
        """The hashes that show that the tree of `after` entries begins with the tree of `before` entries."""
        if not 0 < before <= after <= len(self):
            raise IndexError(f"the tree did not grow from {before} to {after} entries; it has {len(self)}")
        return self._growth(before, 0, after, whole=True)

    def _growth(self, before: int, low: int, high: int, *, whole: bool) -> list[bytes]:
        if before == high:
            return [] if whole else [self._range(low, high)]
        split = low + _split(high - low)
        if before <= split:
            return [*self._growth(before, low, split, whole=whole), self._range(split, high)]
        return [*self._growth(before, split, high, whole=False), self._range(low, split)]


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def proves_presence(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf's hash stands at a place of the tree with this root."""
    if not 0 <= number < size:
        return False
    place, last, found = number, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def proves_growth(
    before: int, after: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:  # fmt: skip
    """Whether a proof shows that the tree with the new root begins with all of the tree with the old one."""
    if before == after:
        return not proof and old_root == new_root
    if not 0 < before < after or not proof:
        return False
    steps = list(proof)
    if before & (before - 1) == 0:
        steps.insert(0, old_root)
    place, last = before - 1, after - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node(beside, old), _node(beside, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = _node(new, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
