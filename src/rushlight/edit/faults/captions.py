"""Captions that viewers cannot read: too fast, too short, too long, too wide, or on top of each other.

The limits are those of Netflix's Timed Text Style Guide: 42 characters a line, 2 lines, 20 characters a second,
5/6 to 7 seconds.
"""

from __future__ import annotations

from rushlight.artifacts import Captions
from rushlight.edit.faults.spans import Spotted

__all__ = ["spot_caption_faults"]

_WIDEST, _MOST_LINES, _FASTEST = 42, 2, 20.0
_SHORTEST, _LONGEST = 5 / 6, 7.0


def spot_caption_faults(captions: Captions) -> list[Spotted]:
    """Every rule that a caption breaks, on the clock of seconds."""
    found = []
    before = 0.0
    for cue in captions.cues:
        start, end = float(cue.start), float(cue.end)
        seconds, signs = max(end - start, 1e-3), sum(len(line) for line in cue.lines)
        wide = max((len(line) for line in cue.lines), default=0)
        broken = [
            (wide > _WIDEST, f"a line of {wide} characters; {_WIDEST} can be read", "break it into two lines"),
            (len(cue.lines) > _MOST_LINES, f"{len(cue.lines)} lines; {_MOST_LINES} are usual", "split the caption"),
            (signs / seconds > _FASTEST, f"{signs / seconds:.0f} characters a second; {_FASTEST:.0f} can be read",
             "shorten it or let it stand longer"),
            (seconds < _SHORTEST - 0.01, f"it stands for {seconds:.2f} s; at least {_SHORTEST:.2f} s is needed",
             "let it stand longer"),
            (seconds > _LONGEST + 0.01, f"it stands for {seconds:.1f} s; at most {_LONGEST:.0f} s is good", "split it"),
            (start < before - 0.001, "it begins before the last one ends", "end the last one earlier"),
        ]  # fmt: skip
        before = max(before, end)
        for is_broken, reason, repair in broken:
            if is_broken:
                found.append(Spotted("captions", start, end, "warning", f"caption: {reason}", repair))
    return found
