"""The capability `perform_screenplay`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.signal import resample_poly

from rushlight.artifacts import Cast, Narration, NarrationLine, Phoneme, Staging, Word
from rushlight.artifacts.staging import StagedLine
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.staging.whisper import whispered
from rushlight.media.encode import write_wav
from rushlight.models.reading import read_line
from rushlight.models.voice import Utterance, Voice, load_voice

__all__ = ["perform_screenplay"]

SAMPLE_RATE = 48_000
_RELEASE_SECONDS = 0.06
_LONGEST_SECONDS = 3600
# What a delivery changes: pitch in steps of the engine, rate, level in decibels.
_WAYS = {"plain": (0, 1.0, 0.0), "soft": (-4, 0.92, -4.0), "whisper": (0, 0.95, -6.0), "shout": (18, 1.05, 4.0)}
_ENGINE_VOICE = re.compile(r"^(espeak/)([^+@]+)(\+[^@]+)?(?:@(\d+))?$")


def _revision(_: object) -> str:
    return load_voice("espeak/en-gb").revision


@capability(version=1, action="c2pa.created", source_type="algorithmicMedia", revision=_revision)
def perform_screenplay(
    staging: Staging,
    cast: Cast,
    /,
    *,
    words_per_minute: Annotated[float, Field(ge=80, le=260, description="How fast people speak.")] = 165.0,
) -> Narration:
    """Speak every line of a staged screenplay, each character with their own voice, on the film's clock.

    Parentheticals change pitch, pace and level: every voice can whisper, the embedded one also speaks softly and
    shouts; others change their pace and level alone. Lines of dual dialogue are laid over each other. Action is
    silence on the clock.

    Returns:
        A `Narration`: mono WAV, float32, 48 kHz; `beat_id` of a line is the id of its shot. Lines may overlap. A
        screenplay without speech gives silence and no lines.

    Raises:
        InputError: a film of more than an hour.
        ModelError: a voice is unknown or not installed.
    """
    voices = {part.character: load_voice(part.voice) for part in cast.parts}
    spoken = _speak(staging, voices, words_per_minute)
    times = staging.clock([[_seconds(utterance, rate) for utterance, rate in lines] for lines in spoken])
    end = times[-1].end + staging.close_seconds
    if end > _LONGEST_SECONDS:
        raise InputError(
            f"This screenplay makes a film of {float(end) / 60:.0f} minutes.", hint="Make it in parts of an hour."
        )
    sound = np.zeros(round(end * SAMPLE_RATE), dtype=np.float32)
    lines = []
    for shot, when, made in zip(staging.shots, times, spoken, strict=True):
        for index, (line, start, (utterance, rate)) in enumerate(zip(shot.lines, when.lines, made, strict=True)):
            first = round(start * SAMPLE_RATE)
            if line.delivery == "whisper":
                utterance = replace(utterance, samples=whispered(utterance.samples, rate))
            _place(sound, utterance, rate, first, _WAYS[line.delivery][2])
            lines.append(_timed(shot.id, index, line.speaker, utterance, rate, Fraction(first, SAMPLE_RATE)))
    for voice in {voice.name: voice for voice in voices.values()}.values():
        current_run().use_model(voice.name, voice.revision, voice.licence)
        if voice.trained:
            current_run().source_type = "trainedAlgorithmicMedia"
    path = current_run().new_file("speech.wav")
    write_wav(path, sound[:, None], SAMPLE_RATE)
    return Narration(
        audio=FileRef.of(path, "audio/wav"), sample_rate=SAMPLE_RATE, duration=Fraction(len(sound), SAMPLE_RATE),
        lines=tuple(lines), voices={part.character: part.voice for part in cast.parts}, language=staging.language,
        exact_times=all(voice.exact_times for voice in voices.values()),
    )  # fmt: skip


def _speak(staging: Staging, voices: dict[str, Voice], words_per_minute: float) -> list[list[tuple[Utterance, int]]]:
    """Every line said, grouped so that each way of speaking starts its engine once."""
    groups: dict[tuple[str, float], list[tuple[int, int, StagedLine]]] = defaultdict(list)
    for place, shot in enumerate(staging.shots):
        for index, line in enumerate(shot.lines):
            name = _delivered(voices[line.speaker].name, line.delivery)
            pace = _WAYS[line.delivery][1] * line.pace
            groups[name, round(min(max(words_per_minute * pace, 80), 260))].append((place, index, line))
    found: dict[tuple[int, int], tuple[Utterance, int]] = {}
    for number, ((name, rate), lines) in enumerate(sorted(groups.items())):
        current_run().progress(number / len(groups), f"speaking as {lines[0][2].speaker}")
        voice = load_voice(name)
        words = [read_line(line.text, staging.language) for _, _, line in lines]
        said = voice.speak(words, words_per_minute=rate)
        for (place, index, _), utterance in zip(lines, said, strict=True):
            found[place, index] = (utterance, voice.sample_rate)
    return [
        [found[place, index] for index in range(len(shot.lines))] for place, shot in enumerate(staging.shots)
    ]  # fmt: skip


def _delivered(name: str, delivery: str) -> str:
    """The embedded voice at the pitch of a delivery; other voices as they are."""
    match = _ENGINE_VOICE.match(name)
    if match is None or delivery in ("plain", "whisper"):
        return name
    engine, language, timbre, pitch = match.groups()
    height = int(pitch or 45)
    return f"{engine}{language}{timbre or ''}@{min(max(height + _WAYS[delivery][0], 0), 99)}"


def _seconds(utterance: Utterance, rate: int) -> Fraction:
    last = max([word.end for word in utterance.words] + [p.end for p in utterance.phonemes], default=0)
    return Fraction(min(last + round(_RELEASE_SECONDS * rate), len(utterance.samples)), rate)


def _place(sound: NDArray[np.float32], utterance: Utterance, rate: int, first: int, level_db: float) -> None:
    kept = utterance.samples[: round(_seconds(utterance, rate) * rate)]
    ratio = Fraction(SAMPLE_RATE, rate)
    samples = resample_poly(kept, ratio.numerator, ratio.denominator).astype(np.float32)
    fade = min(round(_RELEASE_SECONDS * SAMPLE_RATE), len(samples))
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    room = sound[first : first + len(samples)]
    room += (samples * np.float32(10 ** (level_db / 20)))[: len(room)]


def _timed(shot_id: str, index: int, speaker: str, utterance: Utterance, rate: int, start: Fraction) -> NarrationLine:
    length = _seconds(utterance, rate)

    def at(sample: int) -> Fraction:
        return start + min(Fraction(sample, rate), length)

    return NarrationLine(
        beat_id=shot_id, index=index, speaker=speaker, start=start, end=start + length,
        words=tuple(Word(text=w.text, start=at(w.start), end=at(w.end)) for w in utterance.words),
        phonemes=tuple(Phoneme(symbol=p.text, start=at(p.start), end=at(p.end)) for p in utterance.phonemes),
    )  # fmt: skip
