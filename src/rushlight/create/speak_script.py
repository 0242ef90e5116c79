"""The capability `speak_script`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.signal import resample_poly

from rushlight.artifacts import Beat, Line, Narration, NarrationLine, Phoneme, Script, Word
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.media.encode import write_wav
from rushlight.models.reading import SpokenWord, read_line, trailing_pause
from rushlight.models.voice import Utterance, Voice, load_voice

__all__ = ["speak_script"]

SAMPLE_RATE = 48_000
# Silence after a line, and after the last line of a beat: shortest, natural, longest, in seconds.
_LINE_GAP = (Fraction(22, 100), Fraction(38, 100), Fraction(80, 100))
_BEAT_GAP = (Fraction(50, 100), Fraction(85, 100), Fraction(180, 100))
# How far the rate may leave what was asked for to meet a length.
_SLOWEST, _FASTEST = 0.88, 1.12
# Kept after the last sound of a line so that its decay is not cut off.
_RELEASE_SECONDS = 0.06


@dataclass(frozen=True)
class _Spoken:
    beat: Beat
    index: int
    line: Line
    speaker: str
    utterance: Utterance
    rate: int

    @property
    def seconds(self) -> Fraction:
        last = max([word.end for word in self.utterance.words] + [p.end for p in self.utterance.phonemes], default=0)
        kept = min(last + round(_RELEASE_SECONDS * self.rate), len(self.utterance.samples))
        return Fraction(kept, self.rate)


def _revision(parameters: object) -> str:
    names = [getattr(parameters, "voice", ""), *getattr(parameters, "voices", {}).values()]
    return "; ".join(f"{name} {load_voice(name).revision}" for name in sorted(set(names)))


@capability(version=2, action="c2pa.created", source_type="algorithmicMedia", revision=_revision)
def speak_script(
    script: Script,
    /,
    *,
    voice: Annotated[str, Field(description="Who narrates: ENGINE/NAME, such as espeak/en-gb.")] = "espeak/en-gb",
    voices: Annotated[dict[str, str], Field(description="Voice of each other speaker, by name.")] = {},  # noqa: B006
    words_per_minute: Annotated[float, Field(ge=80, le=260, description="How fast to speak.")] = 160.0,
    target_seconds: Annotated[
        Seconds | None, Field(description="Length to meet by pauses first, then by up to 12 % of speed.")
    ] = None,
    head_seconds: Annotated[Seconds, Field(description="Silence before the first word.")] = Fraction(7, 10),
    tail_seconds: Annotated[Seconds, Field(description="Silence after the last word.")] = Fraction(2),
) -> Narration:
    """Read a script aloud and say exactly when every word and phoneme is heard.

    The result is the clock of a made film: captions, pictures, music and cuts are placed by its times. A target
    length is met by stretching pauses first and changing the speaking rate second; when neither reaches it, the
    narration has the nearest length and its `duration` says so.

    Returns:
        A `Narration`: mono WAV, float32, 48 kHz, one entry for every line of the script.

    Raises:
        InputError: the script has no words.
        ModelError: a voice is unknown or not installed.
    """
    lines = script.lines()
    if not any(map(str.isalnum, "".join(w.spoken for _, line in lines for w in _words(line, script.language)))):
        raise InputError("The script has no words to speak.", where=script.title)
    cast = {speaker: load_voice(voices.get(speaker, voice)) for speaker in {line.speaker for _, line in lines}}
    for used in sorted({(v.name, v.revision, v.licence) for v in cast.values()}):
        current_run().use_model(*used)
    if any(v.trained for v in cast.values()):
        current_run().source_type = "trainedAlgorithmicMedia"
    for name in sorted({v.name for v in cast.values() if not v.exact_times}):
        current_run().note_weak(f"{name} does not say when its words are heard; captions follow estimated times.")
    rate, wanted = words_per_minute, target_seconds
    spoken = _speak(script, cast, rate)
    if wanted is not None:
        room = wanted - head_seconds - tail_seconds
        for _ in range(3):
            factor = _needed_factor(spoken, room)
            if factor == 1:
                break
            rate = min(max(rate * factor, words_per_minute * _SLOWEST), words_per_minute * _FASTEST)
            spoken = _speak(script, cast, rate)
    gaps = _gaps(spoken, None if wanted is None else wanted - head_seconds - tail_seconds)
    return _assemble(script, spoken, gaps, cast, head_seconds, tail_seconds, wanted)


def _speak(script: Script, cast: dict[str, Voice], words_per_minute: float) -> list[_Spoken]:
    places = [
        (beat, index, line, _words(line, script.language))
        for beat in script.beats
        for index, line in enumerate(beat.lines)
    ]
    places = [place for place in places if place[3]]
    found: dict[int, Utterance] = {}
    for done, (speaker, voice) in enumerate(sorted(cast.items())):
        current_run().progress(done / len(cast), f"speaking as {speaker}")
        mine = [number for number, place in enumerate(places) if place[2].speaker == speaker]
        words: Sequence[Sequence[SpokenWord]] = [places[number][3] for number in mine]
        for number, utterance in zip(mine, voice.speak(words, words_per_minute=words_per_minute), strict=True):
            found[number] = utterance
    return [
        _Spoken(beat, index, line, line.speaker, found[number], cast[line.speaker].sample_rate)
        for number, (beat, index, line, _) in enumerate(places)
    ]


def _words(line: Line, language: str) -> list[SpokenWord]:
    """The words that captions show for a line, each with what is said for it.

    Where the line is said in other words than it is written, both are matched word by word, and what differs is
    shared out in order.
    """
    shown = read_line(line.text, language)
    if not line.spoken:
        return shown
    read = read_line(line.spoken, language)
    if not shown:
        return read
    said: list[list[SpokenWord]] = [[] for _ in shown]
    matcher = SequenceMatcher(None, [_key(word) for word in shown], [_key(word) for word in read], autojunk=False)
    for _, first, after, low, high in matcher.get_opcodes():
        for place in range(low, high):
            owner = first + (place - low) * (after - first) // (high - low) if after > first else max(first - 1, 0)
            said[owner].append(read[place])
    return [
        SpokenWord(
            word.text,
            " ".join(part.spoken for part in parts if part.spoken),
            word.emphasis or any(part.emphasis for part in parts),
            sum((part.pause_seconds for part in parts), Fraction(0)),
        )
        for word, parts in zip(shown, said, strict=True)
    ]


def _key(word: SpokenWord) -> str:
    return "".join(filter(str.isalnum, word.text.lower()))


def _gap_choices(spoken: list[_Spoken]) -> list[tuple[Fraction, Fraction, Fraction]]:
    """For every line but the last, the shortest, natural and longest silence after it."""
    choices = []
    for this, following in zip(spoken, spoken[1:], strict=False):
        base = _LINE_GAP if this.beat.id == following.beat.id else _BEAT_GAP
        extra = this.line.pause_seconds + trailing_pause(this.line.spoken or this.line.text)
        choices.append((base[0] + extra, base[1] + extra, base[2] + extra))
    return choices


def _needed_factor(spoken: list[_Spoken], room: Fraction) -> float:
    """By what to multiply the rate so that pauses can do the rest; 1 when they can already."""
    speech = sum((item.seconds for item in spoken), Fraction(0))
    choices = _gap_choices(spoken)
    shortest, longest = (sum((choice[i] for choice in choices), Fraction(0)) for i in (0, 2))
    if speech + shortest > room:
        return float(speech / max(room - shortest * Fraction(11, 10), Fraction(1, 2)))
    if speech + longest < room:
        return float(speech / (room - longest * Fraction(9, 10)))
    return 1.0


def _gaps(spoken: list[_Spoken], room: Fraction | None) -> list[Fraction]:
    choices = _gap_choices(spoken)
    if room is None or not choices:
        return [choice[1] for choice in choices]
    silence = room - sum((item.seconds for item in spoken), Fraction(0))
    low, natural, high = (sum((choice[i] for choice in choices), Fraction(0)) for i in range(3))
    if silence <= natural:
        share = max((silence - low) / (natural - low), Fraction(0)) if natural > low else Fraction(1)
        return [a + (b - a) * share for a, b, _ in choices]
    share = min((silence - natural) / (high - natural), Fraction(1))
    return [b + (c - b) * share for _, b, c in choices]


def _assemble(
    script: Script,
    spoken: list[_Spoken],
    gaps: list[Fraction],
    cast: dict[str, Voice],
    head: Fraction,
    tail: Fraction,
    wanted: Fraction | None,
) -> Narration:
    starts = [head]
    for item, gap in zip(spoken, gaps, strict=False):
        starts.append(starts[-1] + item.seconds + gap)
    end = starts[-1] + spoken[-1].seconds + tail
    if wanted is not None and abs(end - wanted) < Fraction(1, 2):
        end = wanted
    sound = np.zeros(round(end * SAMPLE_RATE), dtype=np.float32)
    lines = []
    for item, start in zip(spoken, starts, strict=True):
        # Times are counted from the sample the line really starts on.
        first = round(start * SAMPLE_RATE)
        _place(sound, item, first)
        lines.append(_timed(item, Fraction(first, SAMPLE_RATE)))
    path = current_run().new_file("narration.wav")
    write_wav(path, sound[:, None], SAMPLE_RATE)
    return Narration(
        audio=FileRef.of(path, "audio/wav"),
        sample_rate=SAMPLE_RATE,
        duration=Fraction(len(sound), SAMPLE_RATE),
        lines=tuple(lines),
        voices={speaker: voice.name for speaker, voice in sorted(cast.items())},
        language=script.language,
        exact_times=all(voice.exact_times for voice in cast.values()),
    )


def _place(sound: NDArray[np.float32], item: _Spoken, first: int) -> None:
    kept = item.utterance.samples[: round(item.seconds * item.rate)]
    ratio = Fraction(SAMPLE_RATE, item.rate)
    samples = resample_poly(kept, ratio.numerator, ratio.denominator).astype(np.float32)
    fade = min(round(_RELEASE_SECONDS * SAMPLE_RATE), len(samples))
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    room = sound[first : first + len(samples)]
    room += samples[: len(room)]


def _timed(item: _Spoken, start: Fraction) -> NarrationLine:
    def at(sample: int) -> Fraction:
        return start + Fraction(min(sample, round(item.seconds * item.rate)), item.rate)

    return NarrationLine(
        beat_id=item.beat.id,
        index=item.index,
        speaker=item.speaker,
        start=start,
        end=start + item.seconds,
        words=tuple(Word(text=w.text, start=at(w.start), end=at(w.end)) for w in item.utterance.words),
        phonemes=tuple(Phoneme(symbol=p.text, start=at(p.start), end=at(p.end)) for p in item.utterance.phonemes),
    )
