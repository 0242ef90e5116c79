from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import SignedFile
from rushlight.core.errors import LimitError
from rushlight.trust.containers import find_store
from rushlight.trust.jumbf import read_store

END = bytes.fromhex("00110010800000aa00389b71")


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(kind: bytes, label: str, *children: bytes) -> bytes:
    description = box(b"jumd", kind + END + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", description + b"".join(children))


@pytest.fixture
def store(picture: Path, sign: Callable[..., SignedFile]) -> bytes:
    layout = find_store(sign(picture).file.path, "image/png")
    assert layout is not None
    return layout.store


def test_a_store_as_it_should_be_has_no_problem(store: bytes) -> None:
    found = read_store(store)
    assert found.problems == []
    assert len(found.labels) == 1
    assert len(found.signatures[found.labels[0]].chain) == 2


def test_cut_short_anywhere_is_a_problem_and_never_a_crash(store: bytes) -> None:
    for length in range(0, len(store), 11):
        assert read_store(store[:length]).problems


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_problem_and_never_a_crash(data: bytes) -> None:
    assert read_store(data).problems
    assert read_store(box(b"jumb", data)).problems
    assert read_store(superbox(b"c2pa", "c2pa", superbox(b"c2ma", "x", box(b"cbor", data)))).problems


def test_a_manifest_that_nothing_names_was_added(store: bytes) -> None:
    (length,) = struct.unpack_from(">I", store)
    stray = superbox(b"c2ma", "urn:c2pa:stray")
    end = 8 + struct.unpack_from(">I", store, 8)[0]
    grown = struct.pack(">I", length + len(stray)) + store[4:end] + stray + store[end:]
    assert any("was added" in problem for problem in read_store(grown).problems)


def test_ten_thousand_parts_are_refused_before_anything_is_built_of_them() -> None:
    parts = [superbox(b"cbor", f"c2pa.ingredient__{number}", box(b"cbor", b"\xa0")) for number in range(10_000)]
    with pytest.raises(LimitError, match="more than"):
        read_store(superbox(b"c2pa", "c2pa", superbox(b"c2ma", "x", superbox(b"c2as", "c2pa.assertions", *parts))))
    with pytest.raises(LimitError, match="manifests"):
        read_store(superbox(b"c2pa", "c2pa", *(superbox(b"c2ma", f"m{number}") for number in range(1_500))))


def test_deep_nesting_is_refused() -> None:
    inner = superbox(b"cbor", "x")
    for _ in range(500):
        inner = superbox(b"c2ma", "x", inner)
    with pytest.raises(LimitError, match="too deep"):
        read_store(superbox(b"c2pa", "c2pa", inner))
