"""Which groups of pictures can be copied as they are, and which frames must be encoded again.

Works on the packets' table alone. A group begins where decoding can begin: an IDR picture of H.264 (a recovery point
that is no IDR depends on the numbering before it), an IDR, BLA or CRA picture of HEVC, a key frame of VP9 or AV1.
Pictures that come after a CRA and are shown before it (leading pictures) need the group before; they are copied with
it or, where a copy begins there, encoded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import MediaError

__all__ = ["Groups", "Piece", "plan_pieces"]

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Piece:
    """Frames `first` up to `end` in the order in which they are shown.

    Attributes:
        first: the first frame.
        end: the frame after the last.
        packets: in decoding order, what is copied; for a piece to be encoded again, what must be decoded.
        is_copied: whether the packets are taken as they are.
    """

    first: int
    end: int
    packets: tuple[int, ...]
    is_copied: bool


class Groups:
    """Frames of a stream, in the order of decoding and of showing, and its groups of pictures.

    Args:
        pts: when each packet's frame is shown, in ticks, in decoding order.
        starts: packets at which decoding can begin; the first must be one.

    Raises:
        MediaError: decoding cannot begin at the first packet, or two frames are shown at once.
    """

    def __init__(self, pts: Counts, starts: Counts) -> None:
        if not len(pts) or not len(starts) or starts[0] != 0:
            raise MediaError("The picture does not begin with a key frame.")
        self.order = np.argsort(pts, kind="stable")
        self.times = pts[self.order]
        if (np.diff(self.times) <= 0).any():
            raise MediaError("Two frames of this picture are shown at the same time.")
        self.rank = np.empty(len(pts), np.int64)
        self.rank[self.order] = np.arange(len(pts))
        self.starts = starts
        self.ends = np.append(starts[1:], len(pts))

    def leading(self, group: int) -> list[int]:
        """Packets of a group that are shown before its first picture."""
        start, end = int(self.starts[group]), int(self.ends[group])
        inside = np.arange(start + 1, end)
        return [int(packet) for packet in inside[self.rank[start + 1 : end] < self.rank[start]]]

    def core(self, group: int) -> tuple[int, int] | None:
        """Frames of a group from its first picture on; None when others are shown between."""
        start, end = int(self.starts[group]), int(self.ends[group])
        ranks = self.rank[start:end]
        ranks = ranks[ranks >= ranks[0]]
        last = int(ranks.max()) + 1
        return (int(ranks[0]), last) if last - ranks[0] == len(ranks) else None

    def nearest(self, ticks: Fraction) -> int:
        """The frame whose time is nearest to one."""
        at = int(np.searchsorted(self.times, float(ticks)))
        near = [index for index in (at - 1, at, at + 1) if 0 <= index < len(self.times)]
        return min(near, key=lambda index: abs(int(self.times[index]) - ticks))

    def needed(self, first: int, end: int) -> tuple[int, ...]:
        """Packets that must be decoded to see frames `first` up to `end`."""
        group = int(np.searchsorted(self.rank[self.starts], first, side="right")) - 1
        # Frames before the first key frame is shown have nothing to be decoded from.
        start = int(self.starts[max(group, 0)])
        last = int(self.order[first:end].max())
        lost = set(self.leading(max(group, 0)))
        return tuple(packet for packet in range(start, last + 1) if packet not in lost)


def plan_pieces(groups: Groups, first: int, end: int, *, copies: bool = True) -> list[Piece]:
    """Divide frames `first` up to `end` into pieces to copy and pieces to encode again.

    Args:
        groups: the stream.
        first: the first frame, in the order in which they are shown.
        end: the frame after the last.
        copies: false to encode all of it.
    """
    run = _longest_run(groups, first, end) if copies else None
    if run is None:
        return [Piece(first, end, groups.needed(first, end), False)]
    low, high, packets = run
    pieces = []
    if low > first:
        pieces.append(Piece(first, low, groups.needed(first, low), False))
    pieces.append(Piece(low, high, packets, True))
    if high < end:
        pieces.append(Piece(high, end, groups.needed(high, end), False))
    return pieces


def _longest_run(groups: Groups, first: int, end: int) -> tuple[int, int, tuple[int, ...]] | None:
    """Frames and packets of the longest row of whole groups inside a stretch."""
    shown = groups.rank[groups.starts]
    low = int(np.searchsorted(shown, first, side="left"))
    high = int(np.searchsorted(shown, end, side="left"))
    best: tuple[int, int, int, int] | None = None
    begun: tuple[int, int] | None = None
    for group in range(low, high):
        core = groups.core(group)
        if core is None or core[1] > end:
            begun = None
            continue
        if begun is None:
            begun = group, core[0]
        if best is None or core[1] - begun[1] > best[1] - best[0]:
            best = begun[1], core[1], begun[0], group
    if best is None:
        return None
    lost = set(groups.leading(best[2]))
    packets = range(int(groups.starts[best[2]]), int(groups.ends[best[3]]))
    return best[0], best[1], tuple(packet for packet in packets if packet not in lost)
