"""The capability `transcribe`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Media, Transcript, TranscriptWord
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.edit.listening.bands import RATE
from rushlight.edit.listening.recording import exact_seconds, hear
from rushlight.edit.listening.turns import turns_of_speech
from rushlight.edit.listening.voices import speakers_of
from rushlight.models.recogniser import Recogniser, load_recogniser

__all__ = ["transcribe"]

_SPEAKER_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _revision(parameters: object) -> str:
    recogniser = load_recogniser(getattr(parameters, "model", ""))
    return f"{recogniser.name} {recogniser.revision}"


@capability(version=1, metrics=("words", "speakers"), revision=_revision)
def transcribe(
    recording: Media,
    /,
    *,
    model: Annotated[
        str,
        Field(
            description="Who listens: pocketsphinx/en-us, faster-whisper/FOLDER, sherpa-onnx/FOLDER, "
            "'whisper.cpp http://…'."
        ),
    ] = "pocketsphinx/en-us",
    words: Annotated[
        tuple[str, ...], Field(max_length=2000, description="Names and words that are likely to be said.")
    ] = (),
    language: Annotated[str, Field(description="Language spoken, such as en.")] = "en",
    tell_speakers_apart: Annotated[bool, Field(description="Say who speaks when, where voices differ clearly.")] = True,
) -> Transcript:
    """Write down what is said, word by word, with times.

    The embedded recogniser makes a draft: good enough to find places and to start from, not to publish. Models of
    your own do better. Either way the recording stays on this machine, unless you name a server.

    Returns:
        A `Transcript`; speakers are `A`, `B` and on in order of appearance, or nobody where it is not clear.

    Raises:
        InputError: a recording without sound.
        ModelError: the recogniser is not installed, broken, or does not know the language.
    """
    recogniser = load_recogniser(model)
    samples = hear(recording)
    turns = turns_of_speech(samples)
    speakers = speakers_of(samples) if tell_speakers_apart else []
    count = len({number for _, _, number in speakers}) or 1
    found: list[TranscriptWord] = []
    for number, (start, end) in enumerate(turns):
        current_run().progress(0.3 + 0.7 * number / len(turns), "writing down")
        part = samples[int(start * RATE) : int(end * RATE)]
        for word in recogniser.recognise(part, words=words, language=language):
            first = max(
                exact_seconds(start + word.start, recording.duration), found[-1].start if found else Fraction(0)
            )
            last = max(exact_seconds(start + min(word.end, end - start), recording.duration), first)
            speaker = _speaker_at(float(first + last) / 2, speakers) if count > 1 else ""
            found.append(
                TranscriptWord(text=word.text, start=first, end=last, speaker=speaker, confidence=word.confidence)
            )
    run = current_run()
    run.use_model(recogniser.name, recogniser.revision, recogniser.licence)
    if recogniser.draft:
        run.note_weak(f"{recogniser.name} hears only about half of the words rightly: read its draft before using it.")
    run.figure("words", len(found))
    run.figure("speakers", count)
    return Transcript(
        words=tuple(found), duration=recording.duration, language=language, recogniser=recogniser.name,
        draft=recogniser.draft, exact_times=recogniser.exact_times, sound_sha256=recording.file.sha256,
        notes=_notes(recogniser, turns),
    )  # fmt: skip


def _speaker_at(seconds: float, speakers: Sequence[tuple[float, float, int]]) -> str:
    """Who speaks in the stretch that a time lies in, or nearest to."""
    nearest = min(speakers, key=lambda stretch: max(stretch[0] - seconds, seconds - stretch[1], 0.0))
    return _SPEAKER_LETTERS[nearest[2] % len(_SPEAKER_LETTERS)]


def _notes(recogniser: Recogniser, turns: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    notes = ["A draft by the embedded recogniser: a person has to read it."] if recogniser.draft else []
    if not turns:
        notes.append("Nobody is heard speaking.")
    return tuple(notes)
