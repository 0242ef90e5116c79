"""What a line says about its numbers and names that its evidence plainly contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from rushlight.create.claims import Found
from rushlight.create.grounding.bindings import binding_faults
from rushlight.create.grounding.causes import cause_faults
from rushlight.create.grounding.numbers import spans_of_times
from rushlight.create.grounding.polarity import negation_faults, universal_faults
from rushlight.create.grounding.roles import role_faults

__all__ = ["statement_faults"]


def statement_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Contradictions of roles, negations, wholes and causes, and numbers tied to the wrong thing, with the reason."""
    yield from role_faults(line, evidence)
    yield from negation_faults(line, evidence)
    yield from universal_faults(line, evidence)
    yield from cause_faults(line, evidence)
    yield from binding_faults(line, evidence, spans_of_times(line), spans_of_times(evidence))
