"""The capability `write_script`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Script, Source
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.create.writers import Assignment, find_writer
from rushlight.models.text import text_model_revision

__all__ = ["count_words", "write_script"]


def _revision(parameters: object) -> str:
    return text_model_revision(str(getattr(parameters, "writer", "")))


@capability(version=1, metrics=("words", "target_words", "length_error"), revision=_revision)
def write_script(
    source: Source,
    /,
    *,
    writer: Annotated[
        str,
        Field(
            description="Who writes: auto (by source), extractive, data, a language model (http://HOST/v1#MODEL, "
            "transformers:FOLDER), or an installed writer."
        ),
    ] = "auto",
    length_seconds: Annotated[Seconds, Field(description="How long the spoken script should be.")] = Fraction(60),
    words_per_minute: Annotated[float, Field(ge=80, le=260, description="How fast it will be spoken.")] = 150.0,
    seed: Annotated[int, Field(ge=0, description="Chooses among equally good wordings.")] = 0,
    title: Annotated[str, Field(description="Title to use instead of the source's.")] = "",
) -> Script:
    """Write a script of a wanted length from a source, every line tied to the place it comes from.

    `extractive` chooses whole sentences from an article or brief; `data` finds and words the facts of a table.
    A language model rewords what the source says; each of its lines is checked against the source.
    What could not be done, such as filling the length from a short source, stands in the script's `notes`.

    Raises:
        InputError: the length is not above zero, or the source does not suit the writer.
        ModelError: there is no such writer, or its model cannot be reached or gives no usable answer.
        LimitError: the budget of a language model is used up.
    """
    if length_seconds <= 0:
        raise InputError("length_seconds must be above zero.", hint="A minute is 60.")
    target_words = max(round(float(length_seconds) * words_per_minute / 60), 1)
    chosen = writer if writer != "auto" else ("data" if source.form == "table" else "extractive")
    write, setting = find_writer(chosen)
    script = write(Assignment(source, target_words, seed, title or source.title, setting))
    words = count_words(script)
    run = current_run()
    run.figure("words", words)
    run.figure("target_words", target_words)
    run.figure("length_error", abs(words - target_words) / target_words)
    for note in script.notes:
        run.note_weak(note)
    return script


def count_words(script: Script) -> int:
    """Spoken words of a script, parted by white space."""
    return sum(len((line.spoken or line.text).split()) for _, line in script.lines())
