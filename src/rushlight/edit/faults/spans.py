"""A fault as it is measured, before it is reported."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Spotted"]


@dataclass(frozen=True)
class Spotted:
    """A fault on the clock of what was measured: its first and one past its last frame (or second), in words."""

    kind: str
    first: float
    end: float
    severity: str
    reason: str
    repair: str
