"""The capability `disclose_sound`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from rushlight.artifacts import Audio, Media
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.encode import write_wav
from rushlight.media.loudness import integrated_loudness_lufs, true_peak_dbtp
from rushlight.media.sound import read_sound, resample
from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice

__all__ = ["SPOKEN_DISCLOSURES", "disclose_sound"]

SPOKEN_DISCLOSURES = {
    "en": "This recording was made with the help of artificial intelligence.",
    "de": "Diese Aufnahme wurde mit künstlicher Intelligenz erstellt.",
    "fr": "Cet enregistrement a été réalisé à l’aide de l’intelligence artificielle.",
    "es": "Esta grabación se ha hecho con ayuda de la inteligencia artificial.",
}
"""What is said at the start of a work that is only heard."""

_GAP_SECONDS = Fraction(1, 2)
_QUIETEST_LUFS = -40.0
_PEAK_DBTP = -1.0


def _revision(parameters: BaseModel) -> str:
    name = str(getattr(parameters, "voice", "")) or f"espeak/{getattr(parameters, 'language', 'en')}"
    voice = load_voice(name)
    return f"{voice.name} {voice.revision}"


@capability(
    version=1, metrics=("line_seconds",), action="c2pa.edited", source_type="algorithmicMedia", revision=_revision
)
def disclose_sound(
    sound: Media,
    /,
    *,
    language: Annotated[str, Field(description="Language of the line: en, de, fr, es.")] = "en",
    line: Annotated[str, Field(description="The line itself; empty for the one of the language.")] = "",
    voice: Annotated[str, Field(description="Who says it: ENGINE/NAME. Empty for espeak in the language.")] = "",
) -> Audio:
    """Say at the start of a work that is only heard that artificial intelligence had a part in it.

    What is seen has a label on the picture; what is only heard has to say it (EU AI Act, article 50). The line is as
    loud as the work (integrated, ITU-R BS.1770), half a second before it.

    Returns:
        The work with the line before it: WAV, float32, 48 kHz.

    Raises:
        InputError: there is no sound, or no line in this language.
        ModelError: the voice is unknown or not installed.
    """
    words = line or SPOKEN_DISCLOSURES.get(language[:2], "")
    if not words:
        raise InputError(f"There is no spoken line in {language!r}.", hint="Give --line, the sentence to say.")
    if sound.sound is None:
        raise InputError("There is no sound in this file.", path=sound.file.path, hint="Give a recording.")
    run = current_run()
    run.progress(0.0, "speaking the line")
    rate = 48_000
    channels = 1 if sound.sound.channels == 1 else 2
    work = np.asarray(read_sound(sound.file.path, sample_rate=rate, channels=channels), dtype=np.float32)
    speaker = load_voice(voice or f"espeak/{'en-gb' if language.startswith('en') else language[:2]}")
    run.use_model(speaker.name, speaker.revision, speaker.licence)
    if speaker.trained:
        run.source_type = "trainedAlgorithmicMedia"
    spoken = speaker.speak([read_line(words, language)], words_per_minute=150.0)[0].samples
    said = resample(np.asarray(spoken, dtype=np.float32)[:, None], speaker.sample_rate, rate)
    said = np.repeat(said, channels, axis=1)
    wanted = max(integrated_loudness_lufs(work, rate), _QUIETEST_LUFS)
    gain = wanted - integrated_loudness_lufs(said, rate)
    gain = min(gain, _PEAK_DBTP - true_peak_dbtp(said, rate))
    said = (said * 10 ** (gain / 20)).astype(np.float32)
    run.figure("line_seconds", len(said) / rate)
    whole = np.concatenate([said, np.zeros((int(_GAP_SECONDS * rate), channels), np.float32), work])
    path = run.new_file("sound.wav")
    write_wav(path, whole, rate)
    return Audio(file=FileRef.of(path), sample_rate=rate, channels=channels, duration=Fraction(len(whole), rate))
