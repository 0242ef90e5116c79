"""What in a work may hurt, offend or be forbidden: each with its place, its reason and where that reason is from."""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.faults import Severity
from rushlight.core.artifact import Artifact
from rushlight.core.units import Seconds

__all__ = ["Review", "ReviewFinding", "ReviewKind"]

ReviewKind = Literal[
    "profanity", "slur", "violence", "sex", "drugs", "self-harm", "imitable", "gambling", "flashing",
    "symbol", "gesture", "number", "colour", "food", "religion", "law", "naming", "stereotype", "ability",
]  # fmt: skip
_ORDER = {"error": 0, "warning": 1, "note": 2}
_SEVERAL = {"error": "errors", "warning": "warnings", "note": "notes"}


class ReviewFinding(BaseModel):
    """One thing that somebody should look at; whether it stays is a person's decision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ReviewKind
    severity: Severity
    """For the audience or culture: an error is not shown there, a warning needs a decision, a note is for care."""
    quote: str
    """The words or what was measured."""
    context: str = ""
    """The words around it."""
    place: str
    """Where: a line, a scene and who speaks, a time."""
    start: Seconds | None = None
    end: Seconds | None = None
    reason: str
    source: str
    """The rule, law, study or guide that the reason is from."""
    culture: str = ""
    """For whom, such as `DE`; empty for everybody."""
    suggestion: str = ""


class Review(Artifact):
    """All findings, the gravest first."""

    title: str
    subject: Literal["safety", "culture"]
    measured_for: str
    """The audience, or the cultures."""
    findings: tuple[ReviewFinding, ...]
    passages: int
    """How many stretches of words were read."""
    notes: tuple[str, ...] = ()
    """What was not looked at."""

    def ordered(self) -> tuple[ReviewFinding, ...]:
        """The gravest first, else as they come in the work."""
        return tuple(sorted(self.findings, key=lambda one: _ORDER[one.severity]))

    @property
    def summary(self) -> str:
        """In one sentence."""
        counts = Counter[str](one.severity for one in self.findings)
        said = ", ".join(
            f"{counts[name]} {name if counts[name] == 1 else _SEVERAL[name]}" for name in _ORDER if counts[name]
        )
        return f"{self.title}, {self.subject} for {self.measured_for}: {said or 'nothing found'}."

    def as_text(self) -> str:
        """A few lines for each finding."""
        lines = [self.summary]
        for one in self.ordered():
            culture = f" [{one.culture}]" if one.culture else ""
            lines.append(f"{one.severity:<8}{one.kind:<11}{one.place}: “{one.quote}”{culture}")
            lines.append(f"        {one.reason} ({one.source})")
            if one.suggestion:
                lines.append(f"        → {one.suggestion}")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each finding."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        names = ["severity", "kind", "place", "quote", "context", "culture", "reason", "source", "suggestion"]
        writer.writerow(names)
        for one in self.ordered():
            # Spreadsheets run cells that begin with these as formulas.
            cells = [str(getattr(one, name)) for name in names]
            writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells])
        return out.getvalue()

    def as_html(self) -> str:
        """A page to go through: each finding in its context."""
        rows = []
        for one in self.ordered():
            context = html.escape(one.context or one.quote)
            marked = context.replace(html.escape(one.quote), f"<mark>{html.escape(one.quote)}</mark>", 1)
            more = f"<p>→ {html.escape(one.suggestion)}</p>" if one.suggestion else ""
            culture = f" · {html.escape(one.culture)}" if one.culture else ""
            rows.append(
                f'<li class="{one.severity}"><h2>{one.kind}{culture} <small>{html.escape(one.place)}</small></h2>'
                f"<blockquote>{marked}</blockquote><p>{html.escape(one.reason)} "
                f"<cite>{html.escape(one.source)}</cite></p>{more}</li>"
            )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return _PAGE.format(
            title=html.escape(self.title), summary=html.escape(self.summary), rows="".join(rows), notes=notes
        )


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Review of {title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
ul {{ list-style: none; padding: 0 }} li {{ border-left: .4rem solid #8a8f98; padding: .2rem 1rem; margin: 1.2rem 0 }}
li.error {{ border-color: #c62f3b }} li.warning {{ border-color: #d98a00 }}
h2 {{ font-size: 1rem; margin: 0 }} small, cite {{ color: #767c86; font-weight: normal }}
blockquote {{ margin: .3rem 0; font-family: ui-monospace, monospace }} p {{ margin: .3rem 0 }}
mark {{ background: #ffe08a; color: #222 }}
</style><h1>{title}</h1><p>{summary}</p><ul>{rows}</ul>{notes}</html>
"""
