"""The capability `read_comments`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.artifacts.screenplay import Screenplay
from rushlight.artifacts.shot_table import ShotTable
from rushlight.artifacts.source import Document
from rushlight.audience.language.comments import load_comments
from rushlight.audience.language.lexicon import Subject
from rushlight.audience.language.naming import Film
from rushlight.audience.language.reading import read_all
from rushlight.audience.language.transformer import TransformerFeeling, model_revision
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run

__all__ = ["read_comments"]

_IRONY = "Irony without a sign of it is read as it is written; read a sample yourself before you act on a figure."


def _revision(parameters: BaseModel) -> str:
    return model_revision(str(getattr(parameters, "model", "")))


@capability(version=1, metrics=("comments", "unknown_share"), revision=_revision)
def read_comments(
    comments: Document,
    screenplay: Screenplay | None = None,
    shots: ShotTable | None = None,
    /,
    *,
    titles: Annotated[tuple[str, ...], Field(description="Only comments on these titles.")] = (),
    subject: Annotated[Subject, Field(description="film, or anything: which words are feeling.")] = "film",
    model: Annotated[
        str, Field(description="lexicon, or the folder of a Transformer for feeling (safetensors or ONNX).")
    ] = "lexicon",
) -> Comments:
    """Read what people wrote: language, feeling with the words that make it, emotions, times, scenes, characters, spam.

    Feeling is S = Σ wᵢ xᵢ over the words of a comment, by a lexicon for films in which slang can be praise and what
    happens in the plot is no feeling. Languages without a lexicon are left unknown rather than called neutral.
    Copies, bursts of one voice, accounts that repeat themselves and advertising are flagged and do not count.

    Args:
        comments: a file of comments (CSV, TSV, JSON, JSON lines, text), or a warehouse by its `warehouse.json`.
        screenplay: the film's, to find the characters and scenes that comments name.
        shots: its table of shots, to find the shots at the times they name.

    Returns:
        `Comments`.

    Raises:
        InputError: no comments, or no such model.
        ModelError: the general lexicon or what the model needs is not installed.
    """
    found, notes = load_comments(comments.file.path, titles)
    run = current_run()
    served = None
    if model not in ("", "lexicon"):
        served = TransformerFeeling(Path(model))
        run.use_model(Path(model).name, model_revision(model), "the person's own")
    else:
        run.use_model("vaderSentiment lexicon", "3.3.2", "MIT")
    rows, said = read_all(
        found, film=Film.of(screenplay, shots), subject=subject, model=served,
        progress=lambda done: run.progress(0.9 * done, "reading comments"),
    )  # fmt: skip
    notes = [*notes, *said]
    if not rows:
        notes.append("There are no comments on these titles.")
    elif served is None:
        notes.append(_IRONY)
    path = run.new_file("comments.jsonl")
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(rows), 5000):
            run.progress(0.9 + 0.1 * start / len(rows), "writing")
            file.write(Comments.write(rows[start : start + 5000]))
    made = summed(rows, FileRef.of(path, "application/jsonl"), "lexicon" if served is None else Path(model).name, notes)
    run.figure("comments", len(rows))
    run.figure("unknown_share", made.labels.get("unknown", 0.0) / made.counted if made.counted else 0.0)
    return made


def summed(rows: Sequence[CommentReading], table: FileRef, method: str, notes: Sequence[str]) -> Comments:
    """The figures of readings: weighted, so that spam does not count."""
    scored = [(row.score, row.weight) for row in rows if row.score is not None and row.weight > 0]
    weight = sum(one for _, one in scored)
    mean = sum(score * one for score, one in scored) / weight if weight else None
    return Comments(
        table=table,
        count=len(rows),
        counted=round(sum(row.weight for row in rows), 6),
        labels=Comments.tally((row.label, row.weight) for row in rows),
        mean_score=None if mean is None else round(mean, 6),
        languages=dict(sorted(Counter(row.language for row in rows).items(), key=lambda item: (-item[1], item[0]))),
        emotions=Comments.tally((name, row.weight) for row in rows for name in row.emotions),
        flags=dict(sorted(Counter(flag for row in rows for flag in row.flags).items())),
        titles=dict(sorted(Counter(row.title_id for row in rows if row.title_id).items())),
        tied=sum(bool(row.at_seconds) for row in rows),
        method=method,
        notes=tuple(notes),
    )
