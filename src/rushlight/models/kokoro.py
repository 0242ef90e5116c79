"""Kokoro voices: natural speech from an 82-million-parameter network under Apache-2.0, run through kokoro-onnx."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from rushlight.core.errors import ModelError
from rushlight.models.cards import models_folder
from rushlight.models.neural_voice import NeuralVoice, revision_of_files
from rushlight.models.voice_program import ask_program, require_package

__all__ = ["load"]

CARD = "kokoro-v1.0"
_PROGRAM = Path(__file__).with_name("kokoro_program.py")
# The first letter of a Kokoro voice is its language.
_LANGUAGES = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br", "z": "cmn",
}  # fmt: skip
_NATURAL_WORDS_PER_MINUTE = 170.0


def load(rest: str) -> NeuralVoice:
    """The voice `kokoro/NAME`, such as `kokoro/af_heart`; its files lie in the models folder under `kokoro-v1.0`.

    Raises:
        ModelError: kokoro-onnx or the files are missing, the model is broken, or it has no such voice.
    """
    require_package("kokoro_onnx", "The program for Kokoro voices (kokoro-onnx)", "kokoro")
    folder = models_folder() / CARD
    networks, voices = sorted(folder.glob("*.onnx")), sorted(folder.glob("voices*.npz"))
    if not networks or not voices:
        raise ModelError(
            "The files of the Kokoro voices are not here.", path=folder, hint=f"Run `rushlight models fetch {CARD}`."
        )
    revision = revision_of_files(networks[0], voices[0])
    facts = _facts(networks[0], voices[0], revision)
    name = rest or "af_heart"
    if name not in facts["voices"]:
        near = get_close_matches(name, facts["voices"], 3, 0.3) or facts["voices"][:8]
        raise ModelError(f"Kokoro has no voice {name!r}.", hint=f"Did you mean {', '.join(near)}?")
    return NeuralVoice(
        name=f"kokoro/{name}",
        program=_PROGRAM,
        setting={
            "model": str(networks[0]),
            "voices": str(voices[0]),
            "voice": name,
            "language": _LANGUAGES.get(name[:1], "en-us"),
        },
        revision=revision,
        licence="Apache-2.0",
        sample_rate=facts["sample_rate"],
        exact_times=facts["has_times"],
        natural_words_per_minute=_NATURAL_WORDS_PER_MINUTE,
    )


@cache
def _facts(model: Path, voices: Path, revision: str) -> dict[str, Any]:  # noqa: ARG001 - another file, another answer
    request = {"model": str(model), "voices": str(voices), "voice": "", "language": "en-us", "speed": 1, "texts": []}
    return ask_program(_PROGRAM, request)[0]
