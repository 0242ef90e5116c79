"""The capability `check_rights`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from rushlight.artifacts.source import Document
from rushlight.artifacts.use_decision import UseDecision
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.trust.rights import Use, day, decide, load_registry

__all__ = ["check_rights"]

Purpose = Literal["show", "change", "commercial", "train", "mine"]


def _revision(parameters: BaseModel) -> str:
    """Today, when no day is given: terms end."""
    return str(getattr(parameters, "on", "")) or f"{datetime.now(UTC):%Y-%m-%d}"


@capability(version=1, revision=_revision)
def check_rights(
    file: Document,
    registry: Document,
    /,
    *,
    purpose: Annotated[
        Purpose, Field(description="What is to be done: show, change, commercial, train, mine.")
    ] = "show",
    territories: Annotated[tuple[str, ...], Field(description="Where, such as DE; none for everywhere.")] = (),
    on: Annotated[str, Field(description="Day of the use, such as 2026-11-25; empty for today.")] = "",
) -> UseDecision:
    """Say whether a file may be used, by a registry of rights (`rights.toml`).

    The file is told by its content, and where that was coded anew by how it looks or sounds; its name does not count.

    Returns:
        The decision, with every entry that speaks of the file and why it allows or forbids the use.

    Raises:
        InputError: the registry or a policy in it cannot be read, or the day is none.
    """
    current_run().progress(0.0, "looking for the file among what is registered")
    use = Use(purpose=purpose, territories=territories, on=day(on))
    place = registry.file.path
    return decide(load_registry(place), place.parent, use, file=file.file.path)
