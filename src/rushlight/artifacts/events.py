"""How films were watched: a warehouse of events, by reference."""

from __future__ import annotations

from pathlib import Path

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["Events"]


class Events(Artifact):
    """The state of an event warehouse at one moment. The events stay in Parquet files beside the manifest."""

    manifest: FileRef
    """Names every live file; its hash stands for all of them."""
    rows: int
    """Events kept."""
    views: int
    """Playings of a title by a viewer."""
    first_date: str = ""
    last_date: str = ""
    """Days of the first and last event, `2026-10-01`; empty where there are none."""
    schema_version: str = "1.0"

    @property
    def folder(self) -> Path:
        """Where the warehouse lies."""
        return self.manifest.path.parent

    def as_text(self) -> str:
        """One line."""
        if not self.rows:
            return f"No events yet in {self.folder}."
        return f"{self.rows:,} events, {self.views:,} views, {self.first_date} to {self.last_date}, in {self.folder}."
