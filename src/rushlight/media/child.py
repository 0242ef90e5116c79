"""The guarded process (`python -m rushlight.media.child`): it opens one file under limits, answers over a pipe.

Every answer is one byte of kind, four of length, and the payload. Kinds: `J` facts as JSON, `S` samples or pixels,
`D` done, `P` how far it came, `F` a frame is in its slot, `L` a colour table is needed, `E` an error.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import struct
import sys
from collections import deque
from fractions import Fraction
from typing import Any

from rushlight.core.errors import LimitError, MediaError, RushlightError
from rushlight.media.launcher import restrict

__all__ = ["answer", "main"]

_BLOCK = 1 << 20


def answer(kind: bytes, payload: bytes | memoryview = b"") -> None:
    """Send one answer."""
    _write(kind + struct.pack(">I", len(payload)))
    view = memoryview(payload)
    for start in range(0, len(view), _BLOCK):
        _write(view[start : start + _BLOCK])


def _write(data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


class _Requests:
    """Lines that the parent sends; one kind can be waited for past the others."""

    def __init__(self) -> None:
        self._left = b""
        self._waiting: deque[str] = deque()

    def _read(self) -> str | None:
        while b"\n" not in self._left:
            data = os.read(0, 65536)
            if not data:
                return None
            self._left += data
        line, _, self._left = self._left.partition(b"\n")
        return line.decode()

    def next(self) -> str | None:
        return self._waiting.popleft() if self._waiting else self._read()

    def wait_for(self, start: str) -> str:
        while (line := self._read()) is not None:
            if line.startswith(start):
                return line[len(start) :]
            self._waiting.append(line)
        raise SystemExit(0)


def _picture(task: dict[str, Any]) -> None:
    from rushlight.media.picture_source import FrameSource, Shape

    requests = _Requests()

    def table(transfer: str) -> str:
        answer(b"L", transfer.encode())
        return requests.wait_for("table ")

    shape = Shape(task["width_px"], task["height_px"], task["fit"])
    size = shape.width_px * shape.height_px * 3 // 2
    source = FrameSource(
        task["path"],
        shape,
        trusted=task["trusted"],
        lut_file=table,
        max_pixels=task["max_pixels"],
        threads=task["threads"],
    )
    with mmap.mmap(task["slots_fd"], size * task["slots"]) as slots:
        while (line := requests.next()) is not None:
            numerator, denominator, slot = (int(part) for part in line.split())
            moved = source.show(Fraction(numerator, denominator))
            if moved:
                source.write_to(memoryview(slots)[slot * size : (slot + 1) * size])
            answer(b"F", struct.pack(">I?", source.serial & 0xFFFFFFFF, moved))


def _sound(task: dict[str, Any]) -> None:
    from rushlight.media.sound_source import SoundSource

    source = SoundSource(task["path"], trusted=task["trusted"], max_seconds=task["max_seconds"])
    rate = source.head.sample_rate
    answer(b"J", json.dumps({"sample_rate": rate, "channels": source.head.channels}).encode())
    request = json.loads(sys.stdin.readline())
    left = task["max_bytes"]
    for block in source.blocks(request["first"], request["end"]):
        left -= len(block)
        if left < 0:
            raise LimitError(
                f"The sound is longer than {task['max_bytes'] >> 20} MB.",
                path=task["path"],
                hint="Read a part of it.",
            )
        answer(b"S", block)
    answer(b"D")


def _still(task: dict[str, Any]) -> None:
    from rushlight.media.still_source import load_still

    width, height, pixels = load_still(task["path"], task["max_pixels"], task["alpha"])
    answer(b"J", json.dumps({"width": width, "height": height}).encode())
    for start in range(0, len(pixels), _BLOCK):
        answer(b"S", pixels[start : start + _BLOCK])
    answer(b"D")


def _probe(task: dict[str, Any]) -> None:
    from rushlight.media.facts import read_facts

    answer(b"J", json.dumps(read_facts(task["path"], task["trusted"], task["max_pixels"])).encode())
    answer(b"D")


def _thumbnails(task: dict[str, Any]) -> None:
    from rushlight.media.thumbnail_source import small_frames

    for block in small_frames(task):
        answer(b"S", memoryview(block))
    answer(b"D")


def _packets(task: dict[str, Any]) -> None:
    from rushlight.media.packet_source import read_packets

    facts, rows = read_packets(task["path"], task["trusted"])
    answer(b"J", json.dumps(facts).encode())
    with memoryview(rows).cast("B") as table:
        for start in range(0, len(table), _BLOCK):
            answer(b"S", table[start : start + _BLOCK])
    answer(b"D")


def _seams(task: dict[str, Any]) -> None:
    from rushlight.media.seam_source import decode_around

    for window in decode_around(task["path"], task["trusted"], task["windows"]):
        answer(b"J", json.dumps(window).encode())
    answer(b"D")


def _damage(task: dict[str, Any]) -> None:
    from rushlight.media.damage_source import lost_parts

    found = lost_parts(task["path"], task["trusted"], task["whole"], lambda at: answer(b"P", str(at).encode()))
    answer(b"J", json.dumps(found).encode())
    answer(b"D")


def _chapters(task: dict[str, Any]) -> None:
    from rushlight.media.chapter_list import list_chapters

    answer(b"J", json.dumps(list_chapters(task["path"], task["trusted"])).encode())
    answer(b"D")


def main() -> None:
    """Do the one task given on the command line."""
    task = json.loads(sys.argv[1])
    restrict(**task["limits"])
    jobs = {"picture": _picture, "sound": _sound, "still": _still, "probe": _probe}
    jobs |= {"packets": _packets, "seams": _seams, "damage": _damage, "chapters": _chapters, "thumbnails": _thumbnails}
    try:
        jobs[task["job"]](task)
    except RushlightError as error:
        _explain(type(error).__name__, error.message, error.where, error.hint)
    except MemoryError:
        _explain(LimitError.__name__, "Reading this file needs more memory than is allowed.")
    except BrokenPipeError:
        pass  # nobody is listening any more
    except Exception as error:
        _explain(MediaError.__name__, f"This file cannot be read ({type(error).__name__}: {error}).")


def _explain(kind: str, message: str, where: str = "", hint: str = "") -> None:
    text = json.dumps({"kind": kind, "message": message, "where": where, "hint": hint})
    with contextlib.suppress(BrokenPipeError):
        answer(b"E", text.encode())


if __name__ == "__main__":
    main()
    # Decoder threads may still be busy with a file nobody wants any more.
    os._exit(0)
