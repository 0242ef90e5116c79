"""A manifest store read box by box, strictly: every byte is either signed or has the one value it may have.

The library that checks signatures reads these boxes leniently, which leaves room to write into padding and headers.

Reference:
    ISO/IEC 19566-5 (JUMBF); C2PA specification 2.2, "Manifest store" and "COSE signatures"; RFC 9052.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cbor2

from rushlight.core.errors import LimitError

__all__ = ["Box", "Signature", "Store", "read_store"]

_MOST_BYTES = 64 << 20
_MOST_BOXES = 3_000
_MOST_MANIFESTS = 1_000
_DEEPEST = 12
_UUID_END = bytes.fromhex("00110010800000aa00389b71")
# Kinds of superbox that C2PA defines, by the first four bytes of their type.
_SUPERBOXES = frozenset(
    (b"c2pa", b"c2ma", b"c2um", b"c2cm", b"c2as", b"c2cl", b"c2cs", b"c2vc", b"c2db", b"cbor", b"json", b"uuid")
)
_EMBEDDED_FILE = bytes.fromhex("40cb0c32bb8a489da70b2ad6f47f4369")
# What the boxes of a manifest are called; C2PA leaves no choice, and no hash covers their names.
_LABELS = {
    b"c2pa": ("c2pa",),
    b"c2as": ("c2pa.assertions",),
    b"c2cl": ("c2pa.claim", "c2pa.claim.v2"),
    b"c2cs": ("c2pa.signature",),
    b"c2vc": ("c2pa.credentials",),
}
_UNPROTECTED = frozenset(("pad", "pad2", "sigTst", "sigTst2", "rVals", "x5chain", 33))


@dataclass(frozen=True)
class Box:
    """One superbox: what its description says, and where its content lies."""

    kind: bytes
    label: str
    start: int
    end: int
    children: tuple[Box, ...] = ()
    content: tuple[tuple[bytes, int, int], ...] = ()
    """Type, start and end of the content boxes."""


@dataclass(frozen=True)
class Signature:
    """What a COSE signature holds besides the signature."""

    chain: tuple[bytes, ...]
    """Certificates in DER, the leaf first."""
    has_time_stamp: bool


@dataclass
class Store:
    """A manifest store, and everything in it that should not be so."""

    labels: tuple[str, ...] = ()
    """Of the manifests, in order; the last is the active one."""
    signatures: dict[str, Signature] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unusual: list[str] = field(default_factory=list)
    """What the reference library never writes, and others may: a problem in what that library signed."""
    hashed: dict[str, set[str]] = field(default_factory=dict)
    """For each manifest, the labels of the manifests that its ingredients name."""


class _MalformedError(Exception):
    """The boxes do not fit into one another."""


def read_store(data: bytes) -> Store:
    """Read a manifest store.

    Raises:
        LimitError: it is too large, too deep, or has too many parts.
    """
    if len(data) > _MOST_BYTES:
        raise LimitError(f"The credentials are {len(data) >> 20} MiB; the limit is 64 MiB.", hint="They are not read.")
    found = Store()
    try:
        top = list(_boxes(data, 0, len(data), 0, [0]))
    except (_MalformedError, struct.error, UnicodeDecodeError, RecursionError) as error:
        found.problems.append(f"The credentials are damaged: {error or 'boxes do not fit into one another'}.")
        return found
    if len(top) != 1 or top[0].kind[:4] != b"c2pa":
        found.problems.append("The credentials are damaged: there is not exactly one manifest store.")
        return found
    manifests = [box for box in top[0].children if box.kind[:4] in (b"c2ma", b"c2um", b"c2cm")]
    if len(manifests) > _MOST_MANIFESTS:
        raise LimitError(
            f"The credentials name {len(manifests)} manifests; the limit is {_MOST_MANIFESTS}.",
            hint="They are not checked. Whoever signed this should sign fewer ingredients.",
        )
    if len(manifests) != len(top[0].children):
        found.problems.append("A box that is no manifest stands in the credentials.")
    found.labels = tuple(box.label for box in manifests)
    if len(set(found.labels)) != len(found.labels):
        found.problems.append("Two manifests have the same name.")
    _check_kinds(top[0], found)
    for manifest in manifests:
        _check_manifest(data, manifest, found)
    _check_reach(found)
    return found


def _boxes(data: bytes, start: int, end: int, depth: int, count: list[int]) -> Iterator[Box]:
    """The superboxes between two places, which they must fill exactly."""
    if depth > _DEEPEST:
        raise LimitError("The credentials are nested too deep.", hint="They are not checked.")
    at = start
    while at < end:
        kind, body, after = _header(data, at, end)
        if kind != b"jumb":
            raise _MalformedError(f"a box of type {kind!r} stands where a superbox should")
        count[0] += 1
        if count[0] > _MOST_BOXES:
            raise LimitError(f"The credentials have more than {_MOST_BOXES} boxes.", hint="They are not checked.")
        yield _superbox(data, at, body, after, depth, count)
        at = after


def _header(data: bytes, at: int, end: int) -> tuple[bytes, int, int]:
    """Type of the box at a place, where its content starts, and where it ends."""
    if at + 8 > end:
        raise _MalformedError("a box is cut short")
    size, kind = struct.unpack_from(">I4s", data, at)
    body = at + 8
    if size == 1:
        if at + 16 > end:
            raise _MalformedError("a box is cut short")
        (size,) = struct.unpack_from(">Q", data, body)
        if size < 1 << 32:
            raise _MalformedError("a box states its length in a longer form than it needs")
        body += 8
    if size < body - at or at + size > end:
        raise _MalformedError("a box is longer than what it stands in")
    return kind, body, at + size


def _superbox(data: bytes, start: int, body: int, end: int, depth: int, count: list[int]) -> Box:
    kind, inner, after = _header(data, body, end)
    if kind != b"jumd":
        raise _MalformedError("a superbox has no description")
    identity, toggles = data[inner : inner + 16], data[inner + 16]
    if toggles & ~0x17 or not toggles & 0x03 == 0x03:
        raise _MalformedError("a description has flags that mean nothing")
    stop = data.find(b"\0", inner + 17, after)
    if stop < 0:
        raise _MalformedError("a label has no end")
    label, rest = data[inner + 17 : stop].decode("utf-8"), stop + 1
    if toggles & 0x04:
        rest += 4
    if toggles & 0x10:
        private, _, rest = _header(data, rest, after)
        if private != b"c2sh":
            raise _MalformedError("a description holds a private box of another kind than a salt")
    if rest != after:
        raise _MalformedError("a description has bytes that mean nothing")
    children: list[Box] = []
    content: list[tuple[bytes, int, int]] = []
    at = after
    while at < end:
        kind, inner, following = _header(data, at, end)
        if kind == b"jumb":
            children += _boxes(data, at, following, depth + 1, count)
        else:
            content.append((kind, inner, following))
        at = following
    return Box(identity, label, start, end, tuple(children), tuple(content))


def _check_kinds(box: Box, found: Store) -> None:
    if box.kind != _EMBEDDED_FILE and (box.kind[:4] not in _SUPERBOXES or box.kind[4:] != _UUID_END):
        known = box.kind[4:] == _UUID_END
        found.problems.append(
            f"The box “{box.label[:60]}” is of a kind that C2PA does not {'use' if known else 'know'}."
        )
    if box.label not in _LABELS.get(box.kind[:4], (box.label,)):
        found.problems.append(f"A box of the credentials was renamed to “{box.label[:60]}”.")
    for child in box.children:
        _check_kinds(child, found)


def _check_manifest(data: bytes, manifest: Box, found: Store) -> None:
    name = manifest.label[:80]
    parts = {box.kind[:4]: box for box in manifest.children}
    stray = [box for box in manifest.children if box.kind[:4] not in (b"c2as", b"c2cl", b"c2cs", b"c2vc", b"c2db")]
    if stray or len(parts) != len(manifest.children) or manifest.content:
        found.problems.append(f"The manifest {name} has parts that do not belong there.")
    found.hashed[manifest.label] = _named_manifests(data[manifest.start : manifest.end], found.labels)
    claims, signature = [b for b in manifest.children if b.kind[:4] == b"c2cl"], parts.get(b"c2cs")
    for box in (parts.get(b"c2as"), parts.get(b"c2vc"), parts.get(b"c2db")):
        if box is not None and box.content:
            found.problems.append(f"Bytes that nobody signed stand in the manifest {name}.")
    for box in [*claims, *([signature] if signature else [])]:
        if len(box.content) != 1 or box.content[0][0] != b"cbor" or box.children:
            found.problems.append(f"Claim or signature of the manifest {name} has parts that do not belong there.")
    if signature is not None and signature.content:
        _, start, end = signature.content[0]
        _check_signature(data[start:end], manifest.label, found)


def _named_manifests(data: bytes, labels: tuple[str, ...]) -> set[str]:
    """Labels of the manifests that a manifest's links lead to."""
    known = {label.encode() for label in labels}
    lengths = sorted({len(label) for label in known}, reverse=True)
    named, mark, at = set(), b"jumbf=/c2pa/", 0
    while (at := data.find(mark, at)) >= 0:
        at += len(mark)
        found = next((label for length in lengths if (label := data[at : at + length]) in known), None)
        if found is not None:
            named.add(found.decode())
    return named


def _check_signature(data: bytes, label: str, found: Store) -> None:
    name = label[:80]
    try:
        tagged: Any = cbor2.loads(data)
        body = tagged.value if isinstance(tagged, cbor2.CBORTag) else tagged
        protected, open_part, payload, _ = body
        signed: Any = cbor2.loads(protected) if protected else {}
        chain = signed.get(33) or signed.get("x5chain") or open_part.get("x5chain") or open_part.get(33) or ()
        chain = (chain,) if isinstance(chain, bytes) else tuple(part for part in chain if isinstance(part, bytes))
        beside = dict(open_part.items())
        exact = cbor2.dumps(tagged) == data
    except Exception:
        # Whatever a hostile value makes the decoder do, the answer is the same.
        found.problems.append(f"The signature of the manifest {name} is damaged.")
        return
    if payload is not None:
        found.problems.append(f"The signature of the manifest {name} carries a payload of its own.")
    for key, value in beside.items():
        if key not in _UNPROTECTED:
            found.problems.append(f"Bytes that nobody signed stand beside the signature of the manifest {name}.")
        elif key in ("pad", "pad2") and (not isinstance(value, bytes) or any(value)):
            found.problems.append(f"Something was written into the padding of the signature of the manifest {name}.")
    if not exact:
        found.unusual.append(f"The signature of the manifest {name} is not in the one form it should have.")
    found.signatures[label] = Signature(chain, "sigTst" in beside or "sigTst2" in beside)


def _check_reach(found: Store) -> None:
    """Every manifest must be the active one, or be named by one that is reached from it."""
    if not found.labels:
        found.problems.append("There is no manifest in the credentials.")
        return
    reached, ahead = set(), [found.labels[-1]]
    while ahead:
        label = ahead.pop()
        if label not in reached:
            reached.add(label)
            ahead += found.hashed.get(label, ())
    if stray := [label for label in found.labels if label not in reached]:
        found.problems.append(f"The manifest {stray[0][:80]} was added: nothing that is signed names it.")
