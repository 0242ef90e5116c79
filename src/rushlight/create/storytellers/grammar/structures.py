"""Story structures: which turns come in which order, and what each is for.

Reference:
    Field 1979 (three acts); Snyder 2005 (fifteen beats); kishōtenketsu after classical Chinese and Japanese four-part
    composition; the inverted pyramid of news writing.
"""

from __future__ import annotations

from dataclasses import dataclass

from rushlight.core.errors import InputError

__all__ = ["STRUCTURES", "Step", "Structure", "find_structure"]


@dataclass(frozen=True)
class Step:
    """One beat of a structure: its name, the turn that plays it, and how soon it may be left out (0 never)."""

    beat: str
    turn: str
    spare: int = 0


@dataclass(frozen=True)
class Structure:
    """A sequence of beats. Whatever is left out, no turn loses the turn it rests on."""

    name: str
    steps: tuple[Step, ...]
    fiction: bool = True

    def fitted(self, scenes: int) -> tuple[Step, ...]:
        """At most `scenes` steps, the most spare left out first, but never one that cannot be missed."""
        kept = list(self.steps)
        while len(kept) > scenes and (most := max(step.spare for step in kept)):
            last = max(number for number, step in enumerate(kept) if step.spare == most)
            del kept[last]
        return tuple(kept)


STRUCTURES = {
    structure.name: structure
    for structure in (
        Structure(
            "three_act",
            (
                Step("set-up", "open"), Step("inciting incident", "news"), Step("refusal", "doubt", 3),
                Step("first turning point", "decide", 2), Step("rising action", "search", 1),
                Step("obstacle", "block", 2), Step("withheld truth", "ask", 3), Step("midpoint", "find", 1),
                Step("the rival's plan", "overhear", 3), Step("second turning point", "reveal"),
                Step("crisis", "blame", 2), Step("lowest point", "loss", 1), Step("pause", "alone", 4),
                Step("climax", "confront"), Step("resolution", "close"),
            ),
        ),
        Structure(
            "save_the_cat",
            (
                Step("opening image", "open"), Step("theme stated", "theme", 4), Step("set-up", "block", 3),
                Step("catalyst", "news"), Step("debate", "doubt", 3), Step("break into two", "decide", 2),
                Step("B story", "ask", 3), Step("fun and games", "search", 1), Step("midpoint", "find", 1),
                Step("bad guys close in", "overhear", 3), Step("all is lost", "loss", 1),
                Step("dark night of the soul", "alone", 4), Step("break into three", "reveal"),
                Step("finale", "confront"), Step("final image", "close"),
            ),
        ),
        Structure(
            "kishotenketsu",
            (
                Step("ki: introduction", "open"), Step("shō: development", "deepen", 1),
                Step("shō: development", "deepen", 3), Step("shō: development", "theme", 4),
                Step("ten: twist", "other_side"), Step("ten: twist", "reveal", 2), Step("ketsu: joining", "join"),
                Step("ketsu: joining", "close", 3),
            ),
        ),
        Structure(
            "news_pyramid",
            (
                Step("lead", "report_lead"), Step("most important facts", "witness"), Step("answer", "answer", 1),
                Step("background", "background", 2), Step("outlook", "report_end"),
            ),
            fiction=False,
        ),
        Structure(
            "explainer",
            (
                Step("question", "question"), Step("first guess", "guess", 2), Step("how it works", "works"),
                Step("example", "example", 1), Step("limit", "limit", 3), Step("take-away", "takeaway"),
            ),
            fiction=False,
        ),
    )
}  # fmt: skip


def find_structure(name: str) -> Structure:
    """A structure by name.

    Raises:
        InputError: there is none of this name.
    """
    found = STRUCTURES.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
    if found is None:
        raise InputError(f"There is no story structure named {name!r}.", hint=f"Choose among {', '.join(STRUCTURES)}.")
    return found
