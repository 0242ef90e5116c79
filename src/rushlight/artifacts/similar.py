"""Works that look or sound like something."""

from __future__ import annotations

import csv
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds, format_clock

__all__ = ["Similar", "SimilarWork"]


class SimilarWork(BaseModel):
    """One work that is alike, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    whose: Literal["protected", "own"]
    holder: str = ""
    by: Literal["content", "picture", "sound"]
    share: float
    """Of the frames asked about that are in the work; 1 for sound."""
    points: int = 0
    """Points that the frames most alike share."""
    start: Seconds | None = None
    """Where in the work, for films."""
    end: Seconds | None = None
    speed: float = 1.0
    is_mirrored: bool = False
    place: str = ""
    """Where the work lay when it was added."""


class Similar(Artifact):
    """All works of an index that are alike, those most alike first."""

    title: str
    file_sha256: str
    works: tuple[SimilarWork, ...]
    looked_at: int
    """How many works there are in the index."""
    notes: tuple[str, ...] = ()

    @property
    def protected(self) -> tuple[SimilarWork, ...]:
        """Those that are somebody else's."""
        return tuple(one for one in self.works if one.whose == "protected")

    def as_text(self) -> str:
        """A line for each work."""
        lines = [f"{self.title}: {len(self.works)} of {self.looked_at} works are alike"]
        for one in self.works:
            where = ""
            if one.start is not None and one.end is not None:
                where = f", {format_clock(one.start)} to {format_clock(one.end)} there"
            how = ", mirrored" if one.is_mirrored else ""
            how += f", at {one.speed:.2f} of its speed" if abs(one.speed - 1) > 0.01 else ""
            whose = f"PROTECTED{f' ({one.holder})' if one.holder else ''}" if one.whose == "protected" else "your own"
            share = f"{one.share:.0%} of the frames" if one.by == "picture" else f"the {one.by}"
            lines.append(f"  {one.title}, {whose}: {share}{where}{how}")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each work."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ["title", "whose", "holder", "by", "share", "start_seconds", "end_seconds", "speed", "mirrored"]
        )
        for one in self.works:
            times = ["" if time is None else f"{float(time):.3f}" for time in (one.start, one.end)]
            cells = [
                f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in (one.title, one.whose, one.holder)
            ]
            writer.writerow([*cells, one.by, f"{one.share:.3f}", *times, f"{one.speed:.2f}", one.is_mirrored])
        return out.getvalue()
