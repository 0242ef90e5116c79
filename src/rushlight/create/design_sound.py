"""The capability `design_sound`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Audio, Narration, SoundCue, SoundCues
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.encode import write_wav
from rushlight.media.sound import integrated_loudness_lufs, read_sound
from rushlight.timeline.effects import make_sound
from rushlight.timeline.mixing import LoudnessMeter, Span, crossfade, duck_under, fade, gain_curve, merge_spans

__all__ = ["design_sound"]

Floats = NDArray[np.float32]
_RATE = 48_000
_SPEECH_LUFS = -23.0
# A bed is made in stretches that are crossfaded end to end, so that nothing is heard to repeat at once.
_LOOP_SECONDS, _LOOP_FADE = 12.0, 1.0


@capability(version=1, metrics=("cues",), action="c2pa.created", source_type="algorithmicMedia")
def design_sound(
    cues: SoundCues,
    narration: Narration | None = None,
    /,
    *,
    bed_under_speech_db: Annotated[
        float, Field(ge=0, le=30, description="How far beds go down while words sound.")
    ] = 6.0,
    spot_under_speech_db: Annotated[
        float, Field(ge=0, le=30, description="How far single events go down while words sound.")
    ] = 3.0,
    seed: Annotated[int, Field(ge=0, description="Of the synthesised sounds.")] = 0,
) -> Audio:
    """Make or read every sound of a cue sheet and lay them on the clock, ducked under speech.

    Beds are looped with crossfades for as long as their scene goes on; each sound is brought to its level by
    loudness (beds by their whole, events by their loudest 0.4 s), panned, faded, and summed.

    Returns:
        A stereo WAV of the film's length: the effects alone, at their levels against speech of −23 LUFS; the stems
        `beds` and `spots` add up to it. The figure `under_speech_lu` says how far their loudest moment lies under
        speech, as `mix_sound` takes it.

    Raises:
        InputError: a cue ends before it starts or names an unknown sound.
    """
    count = round(cues.duration * _RATE)
    beds, spots = np.zeros((count, 2), np.float32), np.zeros((count, 2), np.float32)
    for number, cue in enumerate(cues.cues):
        current_run().progress(number / max(len(cues.cues), 1), f"sound: {cue.sound.replace('_', ' ')}")
        if cue.end <= cue.start:
            raise InputError(f"The sound {cue.sound!r} ends before it starts.", hint="Mend its times.")
        sound = _sound(cue, seed + number)
        first = round(cue.start * _RATE)
        target = beds if cue.kind == "bed" else spots
        room = target[first : first + len(sound)]
        room += sound[: len(room)]
    words = [Span(word.start, word.end) for line in narration.lines for word in line.words] if narration else []
    spans = merge_spans(words, Fraction(7, 5))
    for stem, depth in ((beds, bed_under_speech_db), (spots, spot_under_speech_db)):
        if spans and depth:
            stem *= gain_curve(duck_under([(span, -depth) for span in spans]), count, _RATE)[:, None]
    current_run().figure("cues", len(cues.cues))
    return _write({"beds": beds, "spots": spots}, cues.duration)


def _sound(cue: SoundCue, seed: int) -> Floats:
    seconds = float(cue.end - cue.start)
    if cue.file is not None:
        sound = read_sound(cue.file.path, sample_rate=_RATE, channels=2)
        if cue.kind == "bed":
            sound = _looped([sound], round(seconds * _RATE))
    elif cue.kind == "bed" and seconds > _LOOP_SECONDS + _LOOP_FADE:
        takes = [make_sound(cue.sound, _LOOP_SECONDS, seed + 1000 * take) for take in range(2)]
        sound = _looped(takes, round(seconds * _RATE))
    else:
        sound = make_sound(cue.sound, seconds, seed)
    if cue.kind == "bed":
        sound = sound[: round(seconds * _RATE)]
        level = integrated_loudness_lufs(sound, _RATE) if len(sound) > _RATE // 2 else float("-inf")
    else:
        level = LoudnessMeter(sound, _RATE).loudest_lufs(Span(Fraction(0), Fraction(len(sound), _RATE)), 0.4)
    if np.isfinite(level):
        sound = sound * np.float32(10 ** ((_SPEECH_LUFS + cue.level_db - level) / 20))
    gain = fade(
        len(sound), _RATE, in_seconds=min(cue.fade_in_seconds, len(sound) / _RATE / 2),
        out_seconds=min(cue.fade_out_seconds, len(sound) / _RATE / 2),
        shape="equal_power" if cue.kind == "bed" else "cosine",
    )  # fmt: skip
    return sound * gain[:, None] * _panned(cue.pan)


def _looped(takes: list[Floats], count: int) -> Floats:
    """Takes one after the other, crossfaded, until they are long enough."""
    takes = [take for take in takes if len(take)] or [np.zeros((count, 2), np.float32)]
    whole, number = takes[0], 1
    overlap = min(_LOOP_FADE, len(takes[0]) / _RATE / 3)
    while len(whole) < count:
        following = takes[number % len(takes)]
        before = len(whole)
        whole = crossfade(whole, following, overlap, _RATE)
        number += 1
        if len(whole) <= before:
            break
    return whole[:count]


def _panned(pan: float) -> Floats:
    """Gains of left and right at constant power; 1 and 1 in the middle."""
    angle = (pan + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32) * np.float32(np.sqrt(2))


def _write(stems: dict[str, Floats], duration: Fraction) -> Audio:
    total = sum(stems.values(), np.zeros_like(next(iter(stems.values()))))
    peak = float(np.abs(total).max(initial=0.0))
    gain = np.float32(min(1.0, 0.98 / peak)) if peak > 0 else np.float32(1)
    kept = {}
    for name, stem in stems.items():
        path = current_run().new_file(f"effects-{name}.wav")
        write_wav(path, stem * gain, _RATE)
        kept[name] = FileRef.of(path, "audio/wav")
    path = current_run().new_file("effects.wav")
    write_wav(path, total * gain, _RATE)
    loudest = LoudnessMeter(total, _RATE).loudest_lufs(Span(Fraction(0), duration), 0.4)
    under = min(max(_SPEECH_LUFS - loudest, -6.0), 40.0) if np.isfinite(loudest) else 4.0
    figures = {"under_speech_lu": round(under, 2), "peak": round(peak * float(gain), 4)}
    return Audio(
        file=FileRef.of(path, "audio/wav"), sample_rate=_RATE, channels=2, duration=duration, stems=kept,
        figures=figures,
    )  # fmt: skip
