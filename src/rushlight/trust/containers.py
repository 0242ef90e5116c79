"""Where credentials lie in a file, and whether everything around them is as it must be.

A signature leaves out the place it stands in itself. What is there besides the manifest store has one form only, which
is checked here byte by byte; whatever else a form of file lets stand unsigned is found too.

Reference:
    C2PA specification 2.2, appendix "Embedding manifests into assets".
"""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from rushlight.core.errors import InputError, LimitError

__all__ = ["EMBEDDED", "SIDECAR", "Layout", "bmff_layout", "find_store", "holds_remnants", "media_type_of"]

EMBEDDED = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".m4a": "audio/mp4", ".wav": "audio/wav",
    ".mp3": "audio/mpeg", ".flac": "audio/flac", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".webp": "image/webp", ".gif": "image/gif", ".avi": "video/x-msvideo",
}  # fmt: skip
"""Endings of files that hold their credentials inside."""

SIDECAR = {
    ".mkv": "video/x-matroska", ".webm": "video/webm", ".srt": "application/x-subrip", ".vtt": "text/vtt",
    ".otio": "application/json", ".ass": "text/x-ass", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".txt": "text/plain",
    ".md": "text/markdown", ".csv": "text/csv", ".mid": "audio/midi", ".fcpxml": "application/xml",
    ".edl": "text/plain", ".kdenlive": "application/xml", ".xml": "application/xml", ".json": "application/json",
    ".html": "text/html",
}  # fmt: skip
"""Endings of files whose credentials lie beside them, in `NAME.c2pa`."""

_MOST_BYTES = 64 << 20
_MOST_PARTS = 1_000_000
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MANIFEST_MARK = b"c2ma" + bytes.fromhex("00110010800000aa00389b71")
# Top-level boxes that a signature leaves out.
_UNSIGNED_BOXES = frozenset((b"ftyp", b"free", b"skip", b"mfra"))


@dataclass
class Layout:
    """What was found around the credentials."""

    store: bytes = b""
    """The manifest store; empty when there is none."""
    ranges: list[tuple[int, int]] = field(default_factory=list)
    """Start and length of what a signature of this file has to leave out."""
    problems: list[str] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    """Of an MP4 and its kin: every top-level box but the credentials', and the hash of those that are left unsigned."""
    jpeg_instance: int = 0
    """Number of the credentials among the JUMBF boxes of a JPEG, which nothing signs."""
    loose: list[tuple[str, str]] = field(default_factory=list)
    """Boxes that are left unsigned by most signers and hold what they should not: the type, and what is wrong."""


def media_type_of(path: Path) -> str:
    """The media type of a file, told by its first bytes; by its ending where they do not tell.

    Raises:
        InputError: there is no such file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise InputError(f"This file cannot be read ({error.strerror}).", path=path) from error
    by_name = {**EMBEDDED, **SIDECAR}.get(path.suffix.lower())
    if head[4:8] == b"ftyp":
        brands = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
        return brands.get(head[8:12], by_name if by_name in ("audio/mp4", "image/avif") else "video/mp4")
    if head[:4] == b"RIFF":
        forms = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}
        return forms.get(head[8:12], "application/octet-stream")
    for start, kind in (
        (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"),
        (b"fLaC", "audio/flac"), (b"\x1aE\xdf\xa3", "video/x-matroska"),
    ):  # fmt: skip
        if head.startswith(start):
            return kind
    if head[:3] == b"ID3":
        return "audio/flac" if by_name == "audio/flac" else "audio/mpeg"
    return by_name or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def find_store(path: Path, media_type: str) -> Layout | None:
    """Find the credentials inside a file; None for a form of file that is not known here.

    Raises:
        LimitError: the file's parts are too many, or the credentials too large.
    """
    reader = _READERS.get(media_type)
    if reader is None:
        return None
    layout = Layout()
    with path.open("rb") as file:
        try:
            reader(file, path.stat().st_size, layout)
        except (struct.error, _CutShortError):
            layout.problems.append("The file is cut short or damaged.")
    if len(layout.store) > _MOST_BYTES:
        raise LimitError(
            f"The credentials are {len(layout.store) >> 20} MiB; the limit is 64 MiB.", path=path,
            hint="They are not checked.",
        )  # fmt: skip
    return layout


def holds_remnants(path: Path, media_type: str) -> bool:
    """Whether parts of a manifest stand in a file that has none: its frame was damaged, or cut.

    Credentials of a cover picture inside a film or a sound are not the file's own.
    """
    foreign = [mark for kind, mark in (("image/jpeg", b"\xff\xeb"), ("image/png", b"caBX")) if kind != media_type]
    before = b""
    with path.open("rb") as file:
        while part := file.read(4 << 20):
            data = before + part
            at = -1
            while (at := data.find(_MANIFEST_MARK, at + 1)) >= 0:
                ahead = data[max(at - 120, 0) : at]
                if not any(mark in ahead for mark in foreign):
                    return True
            before = data[-160:]
    return False


class _CutShortError(Exception):
    """The file ends inside one of its parts."""


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    if length > os.fstat(file.fileno()).st_size - at:
        raise _CutShortError
    if length > _MOST_BYTES + 4096:
        raise LimitError(f"The credentials would be {length >> 20} MiB; the limit is 64 MiB.", hint="Not checked.")
    file.seek(at)
    data = file.read(length)
    if len(data) != length:
        raise _CutShortError
    return data


# -- MP4 and its kin ---------------------------------------------------------------------------


def bmff_layout(path: Path) -> list[dict[str, Any]]:
    """Every top-level box of an MP4, MOV or M4A but that of the credentials: its type, size, and hash if unsigned."""
    layout = Layout()
    # A file that is cut short has the boxes it has; whoever signs or checks it says the rest.
    with path.open("rb") as file, contextlib.suppress(_CutShortError):
        _bmff(file, path.stat().st_size, layout)
    return layout.boxes


def _bmff(file: BinaryIO, size: int, layout: Layout) -> None:
    at = count = 0
    while at < size:
        count += 1
        if count > _MOST_PARTS:
            raise LimitError("This file has more than a million boxes.", hint="It is not checked.")
        if size - at < 8:
            raise _CutShortError
        length, kind = struct.unpack(">I4s", _read(file, at, 8))
        head = 8
        if length == 1:
            (length,), head = struct.unpack(">Q", _read(file, at + 8, 8)), 16
        elif length == 0:
            length = size - at
        if length < head or at + length > size:
            raise _CutShortError
        if kind == b"uuid" and _read(file, at + head, 16) == _C2PA_UUID:
            _bmff_store(file, at, head + 16, length, layout)
        else:
            box: dict[str, Any] = {"type": kind.decode("latin-1"), "size": length}
            if kind in _UNSIGNED_BOXES:
                box["sha256"], is_used = _unsigned_content(file, at, head, length)
                _loose_box(kind, is_used, at + length == size, layout)
            layout.boxes.append(box)
        at += length


def _unsigned_content(file: BinaryIO, at: int, head: int, length: int) -> tuple[str, bool]:
    """The hash of a box, which may be long, and whether anything but zeros stands in it."""
    hashed, is_used = hashlib.sha256(_read(file, at, head)), False
    for start in range(head, length, 1 << 20):
        part = _read(file, at + start, min(1 << 20, length - start))
        hashed.update(part)
        is_used = is_used or part.count(0) != len(part)
    return hashed.hexdigest(), is_used


def _loose_box(kind: bytes, is_used: bool, is_last: bool, layout: Layout) -> None:
    name = kind.decode("latin-1")
    if kind in (b"free", b"skip") and is_used:
        layout.loose.append((name, f"Something was written into a “{name}” box, which no signature covers."))
    elif kind in (b"free", b"skip") and is_last:
        layout.loose.append((name, f"The file ends in a “{name}” box, which no signature covers."))


def _bmff_store(file: BinaryIO, at: int, head: int, length: int, layout: Layout) -> None:
    content = _read(file, at + head, length - head)
    flags, stop = content[:4], content.find(b"\0", 4)
    purpose = content[4:stop] if stop >= 0 else b""
    layout.ranges.append((at, length))
    if purpose in (b"manifest", b"original", b"update"):
        start = stop + 1 + 8
        if layout.store:
            layout.problems.append("There are two boxes of credentials.")
        store, rest = _sized(content[start:])
        layout.store = store
        if any(content[stop + 1 : start]) or any(flags) or any(rest):
            layout.problems.append("Bytes that nobody signed stand in the box of the credentials.")
    elif purpose != b"merkle":
        layout.problems.append("The box of the credentials does not say what it is for.")


def _sized(data: bytes) -> tuple[bytes, bytes]:
    """The first JUMBF box of some bytes, and what follows it."""
    if len(data) < 8:
        raise _CutShortError
    (length,) = struct.unpack_from(">I", data)
    if length == 1 and len(data) >= 16:
        (length,) = struct.unpack_from(">Q", data, 8)
    return (data[:length], data[length:]) if 8 <= length <= len(data) else (data, b"")


# -- RIFF: WAV, AVI, WebP ----------------------------------------------------------------------


def _riff(file: BinaryIO, size: int, layout: Layout) -> None:
    at, count = 0, 0
    # AVI files over a gigabyte go on in further RIFF chunks; what else stands after the first is signed like the rest.
    while at + 12 <= size and _read(file, at, 4) == b"RIFF":
        (length,) = struct.unpack("<I", _read(file, at + 4, 4))
        end = min(at + 8 + length, size)
        inner = at + 12
        while inner + 8 <= end:
            count += 1
            if count > _MOST_PARTS:
                raise LimitError("This file has more than a million chunks.", hint="It is not checked.")
            kind, body = struct.unpack("<4sI", _read(file, inner, 8))
            if kind == b"C2PA":
                _riff_store(file, inner, body, end, layout)
            inner += 8 + body + body % 2
        at = end + length % 2


def _riff_store(file: BinaryIO, at: int, body: int, end: int, layout: Layout) -> None:
    if layout.store:
        layout.problems.append("There are two chunks of credentials.")
    layout.store, rest = _sized(_read(file, at + 8, body))
    padding = body % 2 if at + 8 + body < end else 0
    if any(rest) or (padding and any(_read(file, at + 8 + body, 1))):
        layout.problems.append("Bytes that nobody signed stand in the chunk of the credentials.")
    layout.ranges.append((at, 8 + body))


# -- PNG, JPEG, GIF ----------------------------------------------------------------------------


def _png(file: BinaryIO, size: int, layout: Layout) -> None:
    at = 8
    while at < size:
        length, kind = struct.unpack(">I4s", _read(file, at, 8))
        if at + 12 + length > size:
            raise _CutShortError
        if kind == b"IEND":
            return  # What stands after it is signed like the rest.
        if kind == b"caBX":
            content = _read(file, at + 8, length)
            (check,) = struct.unpack(">I", _read(file, at + 8 + length, 4))
            if layout.store:
                layout.problems.append("There are two chunks of credentials.")
            layout.store, rest = _sized(content)
            layout.ranges.append((at, length + 12))
            if any(rest) or zlib.crc32(kind + content) != check:
                layout.problems.append("The chunk of the credentials was changed: its checksum or padding is wrong.")
        at += 12 + length


def _jpeg(file: BinaryIO, size: int, layout: Layout) -> None:
    at, parts, head, number = 2, [], b"", 0
    while at + 4 <= size:
        marker, length = struct.unpack(">HH", _read(file, at, 4))
        if marker == 0xFFFF:
            at += 1
            continue
        if marker < 0xFF00 or length < 2:
            raise _CutShortError
        if marker == 0xFFEB and _read(file, at + 4, min(2, length - 2)) == b"JP" and length >= 18:
            segment = _read(file, at + 4, length - 2)
            (sequence,) = struct.unpack_from(">I", segment, 4)
            begins = sequence == 1 and segment[12:16] == b"jumb" and segment[24:28] == b"c2pa"
            if begins and head:
                layout.problems.append("There are two sets of credentials.")
            if begins or (head and segment[2:4] == head[2:4]):
                number += 1
                head = head or segment
                (layout.jpeg_instance,) = struct.unpack_from(">H", segment, 2)
                if sequence != number or segment[8:16] != head[8:16]:
                    layout.problems.append("The segments of the credentials do not belong together.")
                parts.append(segment[8:] if number == 1 else segment[16:])
                layout.ranges.append((at, length + 2))
        at += 2 + length
        if marker == 0xFFDA:
            break
    layout.store, rest = _sized(b"".join(parts)) if parts else (b"", b"")
    if any(rest):
        layout.problems.append("Bytes that nobody signed stand after the credentials.")


def _gif(file: BinaryIO, size: int, layout: Layout) -> None:
    head = _read(file, 0, 13)
    at = 13 + (3 << ((head[10] & 7) + 1) if head[10] & 0x80 else 0)
    for _ in range(_MOST_PARTS):
        kind = _read(file, at, 1)
        if kind == b"\x3b":
            return
        if kind == b"\x21":
            is_ours = _read(file, at + 1, min(10, size - at - 1))[1:] == b"\x0bC2PA_GIF"
            start, at = at, at + 2
            if is_ours:
                is_plain = _read(file, at, 12)[9:] == b"\x01\x00\x00"
                at += 12
        elif kind == b"\x2c":
            flags = _read(file, at + 9, 1)[0]
            at, is_ours, start = at + 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1, False, at
        else:
            raise _CutShortError
        parts = []
        while length := _read(file, at, 1)[0]:
            parts.append((at + 1, length))
            at += 1 + length
        at += 1
        if is_ours:
            if layout.store or not is_plain or any(part[1] != 255 for part in parts[:-1]):
                layout.problems.append("The block of the credentials is not as it must be.")
            layout.store, rest = _sized(b"".join(_read(file, *part) for part in parts))
            if any(rest):
                layout.problems.append("Bytes that nobody signed stand in the block of the credentials.")
            layout.ranges.append((start, at - start))
    raise LimitError("This picture has more than a million blocks.", hint="It is not checked.")


# -- ID3: MP3, FLAC ----------------------------------------------------------------------------


def _id3(file: BinaryIO, size: int, layout: Layout) -> None:
    head = file.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return
    major, flags, length = head[3], head[5], _synchsafe(head[6:10])
    if 10 + length > size:
        raise _CutShortError
    if flags & 0xC0 or major not in (3, 4):
        return  # Unsynchronised or extended: the library's own reading has to do.
    at, end = 10, 10 + length
    while at + 10 <= end:
        frame = _read(file, at, 10)
        if not frame[0]:
            return
        body = _synchsafe(frame[4:8]) if major == 4 else struct.unpack(">I", frame[4:8])[0]
        if at + 10 + body > end:
            raise _CutShortError
        if frame[:4] == b"GEOB":
            _geob(_read(file, at + 10, body), at + 10, layout)
        at += 10 + body


def _geob(content: bytes, at: int, layout: Layout) -> None:
    kind, _, rest = content[1:].partition(b"\0")
    if kind not in (b"application/c2pa", b"application/x-c2pa-manifest-store"):
        return
    _, _, rest = rest.partition(b"\0")
    _, _, rest = rest.partition(b"\0")
    if layout.store:
        layout.problems.append("There are two frames of credentials.")
    layout.store, after = _sized(rest)
    if any(after):
        layout.problems.append("Bytes that nobody signed stand in the frame of the credentials.")
    layout.ranges.append((at + len(content) - len(rest), len(layout.store)))


def _synchsafe(data: bytes) -> int:
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


_READERS: dict[str, Callable[[BinaryIO, int, Layout], None]] = {
    "video/mp4": _bmff,
    "video/quicktime": _bmff,
    "audio/mp4": _bmff,
    "audio/wav": _riff,
    "video/x-msvideo": _riff,
    "image/webp": _riff,
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "audio/mpeg": _id3,
    "audio/flac": _id3,
}
