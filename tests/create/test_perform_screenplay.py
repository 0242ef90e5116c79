"""Screenplays spoken on the clock."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rushlight.create.cast_voices import cast_voices
from rushlight.create.perform_screenplay import perform_screenplay
from rushlight.create.stage_screenplay import stage_screenplay
from rushlight.create.staging.auditions import median_pitch_hz
from rushlight.create.staging.times import shot_times
from rushlight.media.encode import read_wav

from .screenplays import performed, screenplay


def sound_of(text: str) -> tuple[np.ndarray, int]:
    staging = stage_screenplay(screenplay(text))
    narration = perform_screenplay(staging, cast_voices(staging))
    samples, rate = read_wav(narration.audio.path)
    line = narration.lines[0]
    return samples[round(line.start * rate) : round(line.end * rate), 0], rate


def test_lines_are_heard_where_the_shots_say() -> None:
    staging, _, narration = performed("night_shift")
    times = shot_times(staging, narration)
    starts = [start for when in times for start in when.lines]
    for line, start in zip(narration.lines, starts, strict=True):
        assert abs(line.start - start) <= Fraction(1, narration.sample_rate)
    assert narration.duration >= times[-1].end + staging.close_seconds - Fraction(1, 100)


def test_dual_dialogue_really_overlaps() -> None:
    _, _, narration = performed("night_shift")
    one, other = narration.lines[-2:]
    assert one.start == other.start
    samples, rate = read_wav(narration.audio.path)
    both = samples[round(one.start * rate) : round(min(one.end, other.end) * rate)]
    assert np.abs(both).max() > np.abs(samples).max() * 0.2


def test_action_is_silent() -> None:
    staging, _, narration = performed("night_shift")
    samples, rate = read_wav(narration.audio.path)
    for shot, when in zip(staging.shots, shot_times(staging, narration), strict=True):
        if not shot.lines:
            assert np.abs(samples[round(when.start * rate) : round(when.end * rate)]).max() == 0


def test_shouting_is_higher_and_louder_and_whispering_has_no_pitch() -> None:
    text = "INT. ROOM - DAY\n\nMARK\n{}The boat is leaving without you.\n"
    plain, rate = sound_of(text.format(""))
    shout, _ = sound_of(text.format("(shouting)\n"))
    whisper, _ = sound_of(text.format("(whispering)\n"))
    assert median_pitch_hz(shout, rate) > 1.1 * median_pitch_hz(plain, rate)
    assert np.std(shout) > np.std(plain) > np.std(whisper)

    def noisiness(sound: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(sound)) ** 2 + 1e-12
        return float(np.exp(np.log(power).mean()) / power.mean())

    assert noisiness(whisper) > 2 * noisiness(plain)


def test_without_dialogue_there_is_silence_of_the_right_length() -> None:
    staging = stage_screenplay(screenplay("EXT. SEA - DAY\n\nWaves. Nothing else.\n"))
    narration = perform_screenplay(staging, cast_voices(staging))
    assert narration.lines == ()
    assert narration.duration == staging.title_seconds + staging.shots[0].hold_seconds + staging.close_seconds
