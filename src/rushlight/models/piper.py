"""Piper voices: small VITS networks in many languages, run through piper-tts as a program of its own (GPL-3)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from rushlight.core.errors import ModelError
from rushlight.models.cards import known_cards, models_folder
from rushlight.models.neural_voice import NeuralVoice, revision_of_files
from rushlight.models.voice_program import ask_program, require_package

__all__ = ["load"]

_PROGRAM = Path(__file__).with_name("piper_program.py")
_NATURAL_WORDS_PER_MINUTE = 165.0


def load(rest: str) -> NeuralVoice:
    """The voice `piper/NAME` from the models folder (`piper-NAME`), or `piper/PATH.onnx`.

    Raises:
        ModelError: piper-tts or a file is missing, or the voice is broken.
    """
    require_package("piper", "The program for Piper voices (piper-tts)", "piper")
    card = f"piper-{rest}"
    path = Path(rest).expanduser() if rest.endswith(".onnx") else models_folder() / card / f"{rest}.onnx"
    config = path.with_name(f"{path.name}.json")
    for file in (path, config):
        if not file.is_file():
            known = [found.used_as for found in known_cards() if found.used_as.startswith("piper/")]
            raise ModelError(
                f"The Piper voice {rest!r} is not complete.",
                path=file,
                hint=f"Run `rushlight models fetch {card}`, or give the path of an .onnx file; "
                f"known are {', '.join(known)}.",
            )
    revision = revision_of_files(path, config)
    facts = _facts(path, revision)
    licence = next((found.licence for found in known_cards() if found.name == card), "")
    return NeuralVoice(
        name=f"piper/{rest}",
        program=_PROGRAM,
        setting={"model": str(path.absolute())},
        revision=revision,
        licence=licence,
        sample_rate=facts["sample_rate"],
        exact_times=facts["has_times"],
        natural_words_per_minute=_NATURAL_WORDS_PER_MINUTE,
    )


@cache
def _facts(path: Path, revision: str) -> dict[str, Any]:  # noqa: ARG001 - another file, another answer
    return ask_program(_PROGRAM, {"model": str(path.absolute()), "speed": 1, "texts": []})[0]
