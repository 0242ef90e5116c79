"""A page that shows how films were watched."""

from __future__ import annotations

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["AudienceReport"]


class AudienceReport(Artifact):
    """One HTML page that opens without a network."""

    page: FileRef
    panels: tuple[str, ...]
    """What it shows, in order."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """What it shows and where it lies."""
        return "\n".join([f"{', '.join(self.panels)}: {self.page.path}", *self.notes])
