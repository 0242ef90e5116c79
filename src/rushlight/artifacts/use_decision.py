"""Whether something may be used, and why."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["UseDecision", "UseRule"]


class UseRule(BaseModel):
    """One entry of a registry that speaks of what is to be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """As the registry calls it."""
    found_by: str
    """`content`, `text`, `picture` or `sound` for a file, `name` for a model."""
    allowed: bool
    reason: str
    """In one sentence."""
    credit: str = ""
    """Who is to be named where it is used."""


class UseDecision(Artifact):
    """Whether a use is allowed by everything that is registered of it."""

    allowed: bool
    subject: str
    """File or model."""
    purpose: str
    rules: tuple[UseRule, ...] = ()

    def as_text(self) -> str:
        """The decision for people."""
        head = f"{'ALLOWED' if self.allowed else 'NOT ALLOWED'}  {self.subject}: {self.purpose}"
        return "\n".join([head, *(f"  {rule.name} ({rule.found_by}): {rule.reason}" for rule in self.rules)])
