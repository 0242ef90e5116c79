"""Mix speech, music and effects: the bed ducks under every word, the whole meets a loudness and a true peak."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from rushlight.artifacts import Audio, Narration, NarrationLine
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError
from rushlight.core.run import current_run
from rushlight.core.units import Seconds, parse_seconds
from rushlight.media.encode import write_wav
from rushlight.media.sound import integrated_loudness_lufs, read_sound, true_peak_dbtp
from rushlight.timeline.mixing import (
    GainKey,
    LoudnessMeter,
    Span,
    clear_speech,
    duck_under,
    fade,
    gain_curve,
    limiter_gain,
    merge_spans,
)

Floats = npt.NDArray[np.float32]

_WORKING_LUFS = -20.0
"""Level at which lines are set before the whole is brought to its target."""
_LOUDEST_CHANGE_DB = 20.0
_LONGEST_SECONDS = 4 * 3600
_EXACTNESS_LU = 0.1


@dataclass(frozen=True)
class _SpokenLine:
    """A line with the stretches in which words sound."""

    line: NarrationLine
    words: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.words[0].start, self.words[-1].end)


@capability(
    version=1,
    metrics=("integrated_lufs", "true_peak_dbtp", "bed_under_speech_lu", "speech_lufs", "music_lufs"),
    action="c2pa.edited",
    source_type="compositeSynthetic",
)
def mix_sound(
    narration: Narration | None,
    music: Audio | None,
    effects: tuple[Audio, ...] = (),
    /,
    *,
    target_lufs: Annotated[
        float, Field(ge=-36, le=-8, description="Integrated loudness: -14 for the web, -16 for podcasts, -23 for EBU.")
    ] = -14.0,
    ceiling_dbtp: Annotated[float, Field(ge=-9, le=0, description="Highest true peak.")] = -1.0,
    bed_under_speech_lu: Annotated[
        float, Field(ge=0, le=40, description="How far music lies under speech while words sound.")
    ] = 10.0,
    bed_alone_lu: Annotated[
        float, Field(ge=-6, le=30, description="How far music lies under speech where nobody speaks.")
    ] = 3.0,
    effects_under_speech_lu: Annotated[
        float, Field(ge=-6, le=40, description="How far the loudest moment of each effect lies under speech.")
    ] = 4.0,
    duration: Annotated[
        Seconds | None, Field(description="Length of the film; without one, that of the longest sound.")
    ] = None,
    effect_starts: Annotated[
        tuple[Seconds, ...], Field(description="When each effect begins, in order; without them all begin at zero.")
    ] = (),
    fade_out_seconds: Annotated[
        float, Field(ge=0, le=30, description="Fade of music that is longer than the film.")
    ] = 1.5,
    sample_rate: Annotated[int, Field(ge=22050, le=192000, description="Samples a second.")] = 48000,
) -> Audio:
    """Mix the sound of a film.

    Speech is cleaned and its lines are brought to one level. Music is taken down before every word, by as much as
    that line needs, and comes up in long gaps, at the head and at the tail: word times are known, so nothing has to
    be detected. The sum is brought to the target loudness under a true-peak limiter, stems alike.

    Returns:
        A stereo WAV of exactly `duration × sample_rate` samples, with the stems `speech`, `music` and `effects` as
        they stand in the mix (they add up to it). `figures` has what was measured: `integrated_lufs`,
        `true_peak_dbtp`, `speech_lufs`, `music_lufs`, `bed_under_speech_lu` (loudness of all speech over that of the
        bed, both while words sound) and `bed_under_speech_least_lu` (the same, for the line where it is least).

    Raises:
        InputError: nothing to mix, or another number of effect starts than of effects.
        LimitError: longer than four hours.

    Reference:
        Loudness and true peak: ITU-R BS.1770-4, EBU R 128. Speech over bed: at least 7 LU, better 10, after Torcoli et
        al. 2019, "Preferred levels for background ducking".
    """
    if narration is None and music is None and not effects:
        raise InputError("There is nothing to mix.", hint="Give narration, music or effects.")
    if effect_starts and len(effect_starts) != len(effects):
        raise InputError(
            f"{len(effect_starts)} effect starts were given for {len(effects)} effects.", hint="Give one for each."
        )
    starts = tuple(parse_seconds(start) for start in effect_starts) or (Fraction(0),) * len(effects)
    length = _length(narration, music, effects, starts) if duration is None else parse_seconds(duration)
    if not 0 < length <= _LONGEST_SECONDS:
        raise LimitError("A mix must be longer than nothing and at most four hours.", hint="Mix it in parts.")
    run, count = current_run(), round(length * sample_rate)
    run.progress(0.05, "Cleaning speech")
    lines = _spoken_lines(narration, length)
    stems: dict[str, Floats] = {}
    if narration is not None:
        stems["speech"] = _speech(narration, lines, count, sample_rate)
    speech_lufs = _speech_loudness(stems.get("speech"), lines, sample_rate)
    if music is not None:
        run.progress(0.3, "Ducking music")
        bed = _fit(
            read_sound(music.file.path, sample_rate=sample_rate, channels=2), count, sample_rate, fade_out_seconds
        )
        level = speech_lufs - bed_alone_lu
        stems["music"] = _bed(bed, stems.get("speech"), lines, level, bed_under_speech_lu, sample_rate)
    if effects:
        run.progress(0.5, "Placing effects")
        stems["effects"] = _effects(effects, starts, count, sample_rate, speech_lufs - effects_under_speech_lu)
    run.progress(0.6, "Meeting the loudness")
    mix, stems = _master(stems, sample_rate, target_lufs, ceiling_dbtp)
    figures = _measure(mix, stems, lines, sample_rate)
    return _write(mix, stems, figures, length, sample_rate)


def _length(
    narration: Narration | None, music: Audio | None, effects: tuple[Audio, ...], starts: tuple[Fraction, ...]
) -> Fraction:
    ends = [start + effect.duration for start, effect in zip(starts, effects, strict=True)]
    ends += [narration.duration] if narration is not None else []
    ends += [music.duration] if music is not None else []
    return max(ends)


def _spoken_lines(narration: Narration | None, length: Fraction) -> list[_SpokenLine]:
    found = []
    for line in narration.lines if narration is not None else ():
        spans = [Span(word.start, min(word.end, length)) for word in line.words] or [
            Span(line.start, min(line.end, length))
        ]
        heard = tuple(span for span in sorted(spans, key=lambda span: span.start) if span.end > span.start)
        if heard:
            found.append(_SpokenLine(line, heard))
    return sorted(found, key=lambda item: item.whole.start)


def _pad(sound: Floats, count: int) -> Floats:
    if len(sound) >= count:
        return sound[:count]
    return np.concatenate([sound, np.zeros((count - len(sound), sound.shape[1]), dtype=np.float32)])


def _fit(bed: Floats, count: int, rate: int, fade_out_seconds: float) -> Floats:
    """Music cut or padded to the film; cut music fades out, and both ends are free of clicks."""
    out = fade_out_seconds if len(bed) > count else 0.01
    fitted = _pad(bed, count)
    sounding = min(len(bed), count)
    gain = np.zeros(count, dtype=np.float32)
    gain[:sounding] = fade(sounding, rate, in_seconds=0.01, out_seconds=min(out, sounding / rate / 2))
    return fitted * gain[:, None]


def _speech(narration: Narration, lines: list[_SpokenLine], count: int, rate: int) -> Floats:
    """Speech in stereo: cleaned, and every line at the same loudness whoever speaks it."""
    raw = read_sound(narration.audio.path, sample_rate=rate, channels=1)
    sound = clear_speech(_pad(raw, count), rate)
    meter = LoudnessMeter(sound, rate)
    keys: list[GainKey] = []
    for item in lines:
        level = meter.lufs(item.words)
        if level < -70:
            continue  # a silent line: nothing to bring up but noise
        change = float(np.clip(_WORKING_LUFS - 3 - level, -_LOUDEST_CHANGE_DB, _LOUDEST_CHANGE_DB))
        first = max(item.whole.start - Fraction(1, 20), keys[-1].seconds if keys else Fraction(0))
        keys += [GainKey(first, change), GainKey(item.whole.end + Fraction(1, 20), change)]
    levelled = sound * gain_curve(keys, count, rate)[:, None]
    return np.repeat(levelled, 2, axis=1)


def _speech_loudness(speech: Floats | None, lines: list[_SpokenLine], rate: int) -> float:
    if speech is None or not lines:
        return _WORKING_LUFS
    level = LoudnessMeter(speech, rate).lufs([span for item in lines for span in item.words])
    return level if isfinite(level) else _WORKING_LUFS


def _bed(bed: Floats, speech: Floats | None, lines: list[_SpokenLine], level: float, under: float, rate: int) -> Floats:
    """Music at `level` where nobody speaks, and at least `under` beneath every line while its words sound."""
    lufs = integrated_loudness_lufs(bed, rate)
    if not isfinite(lufs):
        return bed
    bed = bed * np.float32(10 ** ((level - lufs) / 20))
    if speech is None or not lines:
        return bed
    meter, voice = LoudnessMeter(bed, rate), LoudnessMeter(speech, rate)
    everywhere = voice.lufs([span for item in lines for span in item.words])
    ducked: list[tuple[Span, float]] = []
    for item in lines:
        spoken = voice.lufs(item.words)
        spoken = min(spoken, everywhere + 1) if isfinite(spoken) else everywhere
        loud = max(meter.lufs(item.words), meter.loudest_lufs(item.whole, 1.5) - 1)
        depth = min(spoken - under - loud, 0.0) if isfinite(loud) else 0.0
        for span in merge_spans(item.words, Fraction(7, 5)):
            start = max(span.start, ducked[-1][0].end) if ducked else span.start
            if span.end > start:
                ducked.append((Span(start, span.end), depth))
    return bed * gain_curve(duck_under(ducked), len(bed), rate)[:, None]


def _effects(effects: tuple[Audio, ...], starts: tuple[Fraction, ...], count: int, rate: int, level: float) -> Floats:
    """All effects in place, each with its loudest 0.4 s at `level`."""
    total = np.zeros((count, 2), dtype=np.float32)
    for effect, start in zip(effects, starts, strict=True):
        sound = read_sound(effect.file.path, sample_rate=rate, channels=2)
        loudest = LoudnessMeter(sound, rate).loudest_lufs(Span(Fraction(0), Fraction(len(sound), rate)), 0.4)
        first = round(start * rate)
        room = sound[: max(count - first, 0)]
        if isfinite(loudest) and len(room):
            gain = np.float32(10 ** ((level - loudest) / 20))
            edges = fade(len(room), rate, in_seconds=0.002, out_seconds=0.02)
            total[first : first + len(room)] += room * (gain * edges)[:, None]
    return total


def _master(
    stems: dict[str, Floats], rate: int, target_lufs: float, ceiling_dbtp: float
) -> tuple[Floats, dict[str, Floats]]:
    """Bring the sum to its loudness under the ceiling; one gain curve for all, so that stems add up to the mix."""
    run = current_run()
    total: Floats = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        total = total + stem
    lufs = integrated_loudness_lufs(total, rate)
    if not isfinite(lufs):
        run.note_weak("The mix is silent, so it has no loudness to bring to a target.")
        return total, stems
    gain_db, curve, reached = target_lufs - lufs, np.ones(len(total), dtype=np.float32), lufs
    for attempt in range(8):
        run.progress(0.6 + 0.04 * attempt, "Meeting the loudness")
        gain = np.float32(10 ** (gain_db / 20))
        curve = gain * limiter_gain(total * gain, rate, ceiling_dbtp=ceiling_dbtp)
        reached = integrated_loudness_lufs(total * curve[:, None], rate)
        if abs(target_lufs - reached) <= _EXACTNESS_LU:
            break
        gain_db += (target_lufs - reached) * (1.0 if attempt == 0 else 1.5)
    if abs(target_lufs - reached) > 0.5:
        run.note_weak(
            f"The mix reaches {reached:.1f} LUFS, not {target_lufs:g}: "
            f"more would need peaks over {ceiling_dbtp:g} dBTP."
        )
    return total * curve[:, None], {name: stem * curve[:, None] for name, stem in stems.items()}


def _measure(mix: Floats, stems: dict[str, Floats], lines: list[_SpokenLine], rate: int) -> dict[str, float]:
    figures = {
        "integrated_lufs": integrated_loudness_lufs(mix, rate),
        "true_peak_dbtp": true_peak_dbtp(mix, rate),
    }
    for name in stems:
        figures[f"{name}_lufs"] = integrated_loudness_lufs(stems[name], rate)
    if lines and "speech" in stems and "music" in stems:
        voice, bed = LoudnessMeter(stems["speech"], rate), LoudnessMeter(stems["music"], rate)
        words = [span for item in lines for span in item.words]
        figures["bed_under_speech_lu"] = voice.lufs(words) - bed.lufs(words)
        figures["bed_under_speech_least_lu"] = min(voice.lufs(item.words) - bed.lufs(item.words) for item in lines)
    return {name: round(value, 3) for name, value in figures.items() if isfinite(value)}


def _write(mix: Floats, stems: dict[str, Floats], figures: dict[str, float], length: Fraction, rate: int) -> Audio:
    run = current_run()
    for name, value in figures.items():
        run.figure(name, value)
    kept: dict[str, FileRef] = {}
    for name, stem in stems.items():
        path = run.new_file(f"mix-{name}.wav")
        write_wav(path, stem, rate)
        kept[name] = FileRef.of(path, "audio/wav")
    path = run.new_file("mix.wav")
    write_wav(path, mix, rate)
    return Audio(
        file=FileRef.of(path, "audio/wav"),
        sample_rate=rate,
        channels=2,
        duration=length,
        stems=kept,
        figures=figures,
    )
