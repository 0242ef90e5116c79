"""What was shown, chosen, watched and come back to: the figures of titles and groups."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Engagement", "EngagementRow"]


class EngagementRow(BaseModel):
    """The figures of one group. A rate whose denominator is nothing is None, never zero and never NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    viewers: int
    impressions: int
    clicks: int
    click_through: float | None
    """Clicks an impression."""
    start_rate: float | None
    """Share of the viewers it was shown to who started it."""
    views: int
    """Times it was started."""
    watch_hours: float
    """Time spent playing: what is played twice counts twice, at double speed half."""
    content_hours: float
    """Parts of the title played, each once a view."""
    engagement: float | None
    """Mean share of the title played, each part once."""
    completion: float | None
    """Share of views that reached the end."""
    bounce: float | None
    """Share of views that left within the first ten seconds of content."""
    repeat: float | None
    """Share of viewers of a title who played it more than once."""
    responses: int
    """Likes, comments and shares."""
    interest: float | None
    """0 to 100: see `measure_engagement`."""


class Engagement(Artifact):
    """A table of figures, the most watched group first."""

    by: str
    rows: tuple[EngagementRow, ...]
    total: EngagementRow | None = None
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The table with its columns aligned."""
        head = (self.by.replace("_", " "), "viewers", "impressions", "CTR", "views", "hours", "content h", "engaged",
                "complete", "bounce", "repeat", "interest")  # fmt: skip
        table = [head, *(_cells(row) for row in self.rows)]
        if self.total is not None and len(self.rows) > 1:
            table.append(_cells(self.total))
        widths = [max(len(line[column]) for line in table) for column in range(len(head))]
        lines = [
            "  ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                      for index, (cell, width) in enumerate(zip(line, widths, strict=True)))
            for line in table
        ]  # fmt: skip
        return "\n".join([*lines, *self.notes] if self.rows else ["No figures can be given.", *self.notes])

    def as_csv(self) -> str:
        """The table for a spreadsheet; an empty cell where there is no figure."""
        names = list(EngagementRow.model_fields)
        lines = [",".join(names)]
        for row in self.rows:
            values = row.model_dump()
            group = '"{}"'.format(str(values.pop("group")).replace('"', '""'))
            lines.append(",".join([group, *("" if value is None else f"{value:g}" for value in values.values())]))
        return "\n".join(lines) + "\n"


def _cells(row: EngagementRow) -> tuple[str, ...]:
    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}"

    return (
        row.group, f"{row.viewers:,}", f"{row.impressions:,}", share(row.click_through), f"{row.views:,}",
        f"{row.watch_hours:,.1f}", f"{row.content_hours:,.1f}", share(row.engagement), share(row.completion),
        share(row.bounce), share(row.repeat), "–" if row.interest is None else f"{row.interest:.0f}",
    )  # fmt: skip
