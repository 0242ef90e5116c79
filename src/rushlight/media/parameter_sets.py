"""Parameter sets and units of coded pictures: as much of H.264, HEVC, AV1 and VP9 as copying packets needs.

Reference:
    ITU-T H.264 and H.265; ISO/IEC 14496-15 (avcC, hvcC); AV1 bitstream specification; VP9 in ISO base media.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = [
    "END_OF_SEQUENCE_HEVC",
    "avc_sets",
    "free_set_id",
    "has_sequence_header",
    "hevc_sets",
    "level_of",
    "merge_avc",
    "set_id",
    "unit_types",
    "vp9_configuration",
]

END_OF_SEQUENCE_HEVC = bytes((0, 0, 0, 2, 36 << 1, 1))
"""Tells a decoder that the next CRA picture begins anew, so that what leads it is not waited for."""
_AVC_IDR, _AVC_SLICES = 5, range(1, 6)
_HIGHEST_SET_ID = 31


def avc_sets(configuration: bytes) -> tuple[list[bytes], list[bytes]]:
    """Sequence and picture parameter sets of an `avcC` with lengths of four bytes.

    Raises:
        ValueError: it is none.
    """
    if len(configuration) < 7 or configuration[0] != 1 or configuration[4] & 3 != 3:
        raise ValueError("not an avcC with lengths of four bytes")
    at, groups = 5, list[list[bytes]]()
    for mask in (31, 255):
        count, at, group = configuration[at] & mask, at + 1, []
        for _ in range(count):
            (length,) = struct.unpack_from(">H", configuration, at)
            group.append(configuration[at + 2 : at + 2 + length])
            at += 2 + length
        groups.append(group)
    if at > len(configuration) or not all(groups):
        raise ValueError("an avcC without parameter sets")
    return groups[0], groups[1]


def _exp_golomb(data: bytes) -> int:
    bits = "".join(f"{byte:08b}" for byte in data[:12])
    zeros = bits.find("1")
    if zeros < 0 or zeros > 31:
        raise ValueError("a damaged parameter set")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1


def set_id(sequence_set: bytes) -> int:
    """The number that an H.264 sequence parameter set goes by."""
    return _exp_golomb(sequence_set[4:])


def free_set_id(configuration: bytes) -> int:
    """A number that no H.264 sequence or picture parameter set of an `avcC` goes by.

    Raises:
        ValueError: a damaged `avcC`, or no number is left.
    """
    sequence, picture = avc_sets(configuration)
    used = {set_id(one) for one in sequence} | {_exp_golomb(one[1:]) for one in picture}
    return next(number for number in range(_HIGHEST_SET_ID, -1, -1) if number not in used)


def level_of(configuration: bytes) -> int:
    """`level_idc` of an `avcC`: 31 for level 3.1."""
    return configuration[3]


def merge_avc(first: bytes, second: bytes) -> bytes:
    """One `avcC` that holds the parameter sets of two; what follows the sets is the first one's.

    Raises:
        ValueError: one of them is damaged.
    """
    (sequence, picture), (more, others) = avc_sets(first), avc_sets(second)
    rest = len(first) - 7 - sum(2 + len(one) for one in [*sequence, *picture])
    sequence, picture = [*sequence, *more], [*picture, *others]
    merged = first[:3] + bytes((max(first[3], second[3]), first[4], 0xE0 | len(sequence)))
    merged += b"".join(struct.pack(">H", len(one)) + one for one in sequence) + bytes((len(picture),))
    merged += b"".join(struct.pack(">H", len(one)) + one for one in picture)
    return merged + (first[-rest:] if rest > 0 else b"")


def hevc_sets(configuration: bytes) -> bytes:
    """The parameter sets of an `hvcC` as a packet holds them, each after its length of four bytes.

    Raises:
        ValueError: it is none.
    """
    if len(configuration) < 23 or configuration[0] != 1 or configuration[21] & 3 != 3:
        raise ValueError("not an hvcC with lengths of four bytes")
    at, found = 23, b""
    for _ in range(configuration[22]):
        (count,) = struct.unpack_from(">H", configuration, at + 1)
        at += 3
        for _ in range(count):
            (length,) = struct.unpack_from(">H", configuration, at)
            unit = configuration[at + 2 : at + 2 + length]
            at += 2 + length
            if (unit[0] >> 1) & 63 in (32, 33, 34):
                found += struct.pack(">I", len(unit)) + unit
    return found


def unit_types(packet: bytes, codec: str) -> Iterator[int]:
    """Types of the units of an H.264 or HEVC packet whose units follow their length of four bytes."""
    at = 0
    while at + 5 <= len(packet):
        (length,) = struct.unpack_from(">I", packet, at)
        yield packet[at + 4] & 31 if codec == "h264" else packet[at + 4] >> 1 & 63
        at += 4 + length


def has_sequence_header(packet: bytes) -> bool:
    """Whether an AV1 packet says by itself how its pictures are coded."""
    at = 0
    while at < len(packet):
        kind, extended, sized = packet[at] >> 3 & 15, packet[at] >> 2 & 1, packet[at] >> 1 & 1
        if kind == 1:
            return True
        at += 1 + extended
        if not sized:
            return False
        length = shift = 0
        while at < len(packet):
            length |= (packet[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if not packet[at - 1] & 128:
                break
        at += length
    return False


def vp9_configuration(profile: int, bits: int, subsampling: int, colour: tuple[int, int, int], full: bool) -> bytes:
    """The payload of a `vpcC`.

    Args:
        profile: 0 to 3.
        bits: of a sample.
        subsampling: 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
        colour: primaries, transfer and matrix as ISO/IEC 23091-2 numbers them.
        full: whether samples use their whole range.
    """
    primaries, transfer, matrix = colour
    # Level 0 stands for "not known"; players take the picture's size instead.
    return bytes((profile, 0, bits << 4 | subsampling << 1 | full, primaries, transfer, matrix, 0, 0))
