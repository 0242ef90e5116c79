"""The chapters that a film carries, read in the guarded process."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushlight.media.sandbox import DEFAULT_LIMITS, GuardedProcess, Limits

__all__ = ["list_chapters", "media_chapters"]


def list_chapters(path: str, trusted: bool) -> list[dict[str, Any]]:
    """Start and end in seconds (fractions as text) and title of each chapter; it runs inside the guarded process."""
    from rushlight.media.source import open_container

    with open_container(path, trusted=trusted) as container:
        return [
            {
                "start": str(chapter["start"] * (chapter["time_base"] or Fraction(1))),
                "end": str(chapter["end"] * (chapter["time_base"] or Fraction(1))),
                "title": str(chapter["metadata"].get("title", "")),
            }
            for chapter in container.chapters()
        ]


def media_chapters(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> list[tuple[Fraction, Fraction, str]]:
    """Start and end in seconds and title of each chapter of a film or sound; empty when it has none.

    Raises:
        InputError: no such file.
        MediaError: not media, or damaged.
    """
    with GuardedProcess("chapters", path, limits=limits) as process:
        said = json.loads(process.receive()[1])
    return [(Fraction(one["start"]), Fraction(one["end"]), one["title"]) for one in said]
