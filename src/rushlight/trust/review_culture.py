"""The capability `review_culture`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Document
from rushlight.artifacts.faults import Severity
from rushlight.artifacts.review import Review, ReviewFinding
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.trust.reviewing.generalising import generalisations
from rushlight.trust.reviewing.lexicon import Entry, Hit, find_terms, lexicon_revision, load_lexicon, read_lexicon
from rushlight.trust.reviewing.passages import Passage, read_passages

__all__ = ["review_culture"]

_PLACE = re.compile(r"[A-Z]{2}|faith:[a-z]+")
_LEVELS: dict[int, Severity] = {1: "note", 2: "warning", 3: "error"}
_GENERAL = "A trait is ascribed to everybody of a group"
_GENERAL_SOURCE = "AP Stylebook and ASA/CAP rule 4.9 on harmful stereotypes"


@capability(version=1, metrics=("errors", "warnings", "notes"), revision=lambda given: lexicon_revision("culture"))
def review_culture(
    work: Document,
    lexicon: Document | None = None,
    /,
    *,
    cultures: Annotated[
        tuple[str, ...],
        Field(description="Where it will be shown: countries such as DE, IN, SA, or faith:islam; none for all known."),
    ] = (),
) -> Review:
    """Review what a work says for what reads otherwise elsewhere: symbols, gestures, food, faith, law, naming,
    stereotypes.

    An English lexicon says for each term where it may hurt or be forbidden, why, what that is from and what could
    stand there instead. Sentences that ascribe a trait to a whole group are found by their form. What a character
    says weighs less than what the work itself says. It helps to ask the right people; it does not replace them.

    Args:
        work: a screenplay, captions, or a text such as a script or a transcript.
        lexicon: terms of one's own, in the same form, on top.

    Returns:
        Each finding with place, words, reason, source, and for whom.

    Raises:
        InputError: the work or the lexicon cannot be read, or nothing is known of a culture that was named.
    """
    run = current_run()
    run.progress(0.0, "reading")
    cultures = tuple(part.strip() for one in cultures for part in one.split(",") if part.strip())
    terms = load_lexicon("culture") + (read_lexicon(lexicon.file.path) if lexicon else ())
    known = {place for entry in terms for place in entry.cultures}
    for place in cultures:
        if not _PLACE.fullmatch(place) or place not in known:
            raise InputError(
                f"Nothing is known of {place}.", where="cultures",
                hint=f"Known are {', '.join(sorted(known))}; add entries of your own as a lexicon.",
            )  # fmt: skip
    passages = read_passages(work.file.path)
    found = []
    for number, passage in enumerate(passages):
        run.progress(number / len(passages), "reviewing")
        for hit in find_terms(passage, tuple(one for one in terms if _holds(one, cultures))):
            found.append(_finding(hit, cultures))
        found += _general(passage)
    for name in ("error", "warning", "note"):
        run.figure(f"{name}s", float(sum(one.severity == name for one in found)))
    where = ", ".join(cultures) if cultures else "every culture it knows"
    return Review(
        title=work.file.path.stem, subject="culture", measured_for=where, findings=tuple(found), passages=len(passages),
        notes=(
            "Words were reviewed, in English; pictures, costumes, music and casting were not.",
            "A culture is many people who do not agree: ask some of them.",
        ),
    )  # fmt: skip


def _holds(entry: Entry, cultures: tuple[str, ...]) -> bool:
    return not entry.cultures or not cultures or bool(set(entry.cultures) & set(cultures))


def _finding(hit: Hit, cultures: tuple[str, ...]) -> ReviewFinding:
    entry, severity = hit.entry, _LEVELS[hit.entry.level]
    # A character may be wrong; the work should not be.
    if hit.passage.voice == "dialogue" and entry.kind in ("naming", "ability", "stereotype") and severity == "warning":
        severity = "note"
    where = [place for place in entry.cultures if not cultures or place in cultures]
    return ReviewFinding(
        kind=entry.kind,  # type: ignore[arg-type]
        severity=severity, quote=hit.quote, context=hit.context, place=hit.passage.place, start=hit.passage.start,
        end=hit.passage.end, reason=entry.reason, source=entry.source, culture=", ".join(where),
        suggestion=entry.suggestion,
    )  # fmt: skip


def _general(passage: Passage) -> list[ReviewFinding]:
    severity: Severity = "note" if passage.voice == "dialogue" else "warning"
    return [
        ReviewFinding(
            kind="stereotype", severity=severity, quote=passage.text[start:end], context=passage.text,
            place=passage.place, start=passage.start, end=passage.end, reason=_GENERAL, source=_GENERAL_SOURCE,
            suggestion="Say who, how many, and how it is known – or let the story answer it.",
        )
        for start, end in generalisations(passage.text)
    ]  # fmt: skip
