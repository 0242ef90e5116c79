"""The capability `check_claims`."""

from __future__ import annotations

from rushlight.artifacts import GroundingReport, Script, Source
from rushlight.artifacts.claim_table import ClaimTable, StatedClaim
from rushlight.artifacts.script import Line
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["check_claims"]

_MOST_CELLS = 6


@capability(version=1, metrics=("statements", "unsupported"))
def check_claims(script: Script, source: Source, grounding: GroundingReport, /) -> ClaimTable:
    """Lead every statement of a script to the sentence or cells of its source, and name what is unsupported.

    A statement is unsupported when something checkable in it (a number, a name, a date, a direction, an extreme) is
    not borne out by the source, or when it has something checkable and traces to no place at all.

    Returns:
        A table of all statements; `as_csv` for a lawyer's or fact checker's own tools.

    Raises:
        InputError: the findings are of another script or another source.
    """
    if grounding.script_digest != script.digest() or grounding.source_digest != source.digest():
        raise InputError(
            "These findings are of another script or source.", where=script.title,
            hint="Run `rushlight create check-grounding` on this script and source.",
        )  # fmt: skip
    run = current_run()
    run.progress(0.0, "leading statements to their sources")
    claims = []
    for beat in script.beats:
        for index, line in enumerate(beat.lines):
            said = [one for one in grounding.claims if (one.beat_id, one.line_index) == (beat.id, index)]
            wrong = tuple(f"“{one.text}”: {one.reason}" for one in said if one.verdict == "ungrounded")
            sources = _sources(line, source)
            if said and not sources and not wrong:
                wrong = ("It traces to no place in the source.",)
            verdict = "unsupported" if wrong else "supported" if sources else "opinion"
            claims.append(
                StatedClaim.model_validate(
                    {
                        "beat_id": beat.id, "line_index": index, "statement": line.text, "verdict": verdict,
                        "sources": sources, "reasons": wrong, "by_person": line.author == "person",
                    }
                )
            )  # fmt: skip
    table = ClaimTable(title=script.title, claims=tuple(claims))
    run.figure("statements", len(claims))
    run.figure("unsupported", len(table.unsupported))
    return table


def _sources(line: Line, source: Source) -> tuple[str, ...]:
    found = []
    for trace in line.traces:
        if trace.start is not None and trace.end is not None:
            words = " ".join(source.text[trace.start : trace.end].split())
            found.append(f"“{words}” (characters {trace.start}–{trace.end})")
        elif trace.cells:
            cells = ", ".join(f"{cell.column}, row {cell.row + 1}" for cell in trace.cells[:_MOST_CELLS])
            more = f" and {len(trace.cells) - _MOST_CELLS} more" if len(trace.cells) > _MOST_CELLS else ""
            found.append(f"{trace.derivation or 'cell'}: {cells}{more}")
    return tuple(found)
