"""The capability `review_safety`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rushlight.artifacts import Document, Faults
from rushlight.artifacts.faults import Severity
from rushlight.artifacts.review import Review, ReviewFinding
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import format_clock
from rushlight.trust.reviewing.lexicon import Hit, find_terms, lexicon_revision, load_lexicon, read_lexicon
from rushlight.trust.reviewing.passages import read_passages

__all__ = ["Audience", "review_safety"]

Audience = Literal["children", "family", "teens", "adults"]

# What a level means for an audience: mild, moderate, strong.
_SEVERITIES: dict[Audience, tuple[Severity | None, Severity | None, Severity | None]] = {
    "children": ("warning", "error", "error"),
    "family": ("note", "warning", "error"),
    "teens": (None, "note", "warning"),
    "adults": (None, None, "note"),
}
# What hurts at any age.
_EVER: dict[str, Severity] = {"slur": "warning", "self-harm": "warning"}
_FLASHING = "ITU-R BT.1702, Ofcom Broadcasting Code rule 2.12, WCAG 2.3.1"


@capability(version=1, metrics=("errors", "warnings", "notes"), revision=lambda given: lexicon_revision("safety"))
def review_safety(
    work: Document,
    faults: Faults | None = None,
    lexicon: Document | None = None,
    /,
    *,
    audience: Annotated[
        Audience, Field(description="Who it is for: children, family (before 21:00), teens, adults.")
    ] = "family",
) -> Review:
    """Review what a work says for profanity, slurs, violence, sex, drugs, self-harm and what children may copy.

    Findings come from an English lexicon in which every term has a level, a reason and the rule that it is from; for
    the audience it becomes an error, a warning or a note. Words that mean something else here (`prick of a needle`)
    are left alone, disguised ones (`f**k`) are found. It knows words, not what a scene is about: irony, and violence
    without its words, are for a person.

    Args:
        work: a screenplay, captions, or a text such as a script or a transcript.
        faults: what `check-quality` found in the film, so that dangerous flashing is reviewed too.
        lexicon: terms of one's own, in the same form, on top.

    Returns:
        Each finding with place, words, reason, source and what could stand there; what was not looked at in `notes`.

    Raises:
        InputError: the work or the lexicon cannot be read.
    """
    run = current_run()
    run.progress(0.0, "reading")
    passages = read_passages(work.file.path)
    terms = load_lexicon("safety") + (read_lexicon(lexicon.file.path) if lexicon else ())
    found = []
    for number, passage in enumerate(passages):
        run.progress(number / len(passages), "reviewing")
        found += [one for one in (_finding(hit, audience) for hit in find_terms(passage, terms)) if one]
    notes = ["Only English words are known, and only words: a person reviews what is shown and meant."]
    if faults is not None:
        found += _flashing(faults)
    else:
        notes.append("Flashing was not reviewed: give what `rushlight edit check-quality` finds in the film.")
    for name in ("error", "warning", "note"):
        run.figure(f"{name}s", float(sum(one.severity == name for one in found)))
    return Review(
        title=work.file.path.stem, subject="safety", measured_for=audience, findings=tuple(found),
        passages=len(passages), notes=tuple(notes),
    )  # fmt: skip


def _finding(hit: Hit, audience: Audience) -> ReviewFinding | None:
    severity = _SEVERITIES[audience][hit.entry.level - 1] or _EVER.get(hit.entry.kind)
    if hit.entry.kind in _EVER and severity == "note":
        severity = "warning"
    if severity is None:
        return None
    return ReviewFinding(
        kind=hit.entry.kind,  # type: ignore[arg-type]
        severity=severity, quote=hit.quote, context=hit.context, place=hit.passage.place, start=hit.passage.start,
        end=hit.passage.end, reason=hit.entry.reason, source=hit.entry.source, suggestion=hit.entry.suggestion,
    )  # fmt: skip


def _flashing(faults: Faults) -> list[ReviewFinding]:
    return [
        ReviewFinding(
            kind="flashing", severity="error", quote=one.reason, place=format_clock(one.start), start=one.start,
            end=one.end, reason="Flashing can set off seizures in people with photosensitive epilepsy",
            source=_FLASHING, suggestion=one.repair or "Slow it, soften it or cut it; a warning is not enough.",
        )
        for one in faults.faults
        if one.kind == "flashing"
    ]  # fmt: skip
