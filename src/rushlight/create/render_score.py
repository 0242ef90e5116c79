"""Play a score: notes become sound, with a stem for every track and a MIDI file to edit."""

from __future__ import annotations

import re
from typing import Annotated

import numpy as np
from pydantic import Field

from rushlight.artifacts import Audio, Score
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import LimitError
from rushlight.core.run import current_run
from rushlight.media.encode import write_wav
from rushlight.media.sound import integrated_loudness_lufs, true_peak_dbtp
from rushlight.timeline.music.midi import score_to_midi
from rushlight.timeline.music.render import render_tracks

_LOUDNESS_LUFS = -20.0
_CEILING_DBTP = -1.5
_LONGEST_SECONDS = 3600


@capability(
    version=1,
    metrics=("integrated_lufs", "true_peak_dbtp"),
    action="c2pa.created",
    source_type="algorithmicMedia",
)
def render_score(
    score: Score,
    /,
    *,
    sample_rate: Annotated[int, Field(ge=22050, le=192000, description="Samples a second.")] = 48000,
    seed: Annotated[int, Field(ge=0, description="Of the room and the players' looseness.")] = 0,
) -> Audio:
    """Play a score with Rushlight's own synthesiser.

    Every track is played, placed in one room and passed through one gentle bus; the whole is set to -20 LUFS (less
    if its true peak would pass -1.5 dBTP). The same score and seed give the same samples.

    Returns:
        A stereo WAV of exactly `duration × sample_rate` samples that is silent on its last one. `stems` has one WAV
        per track, which add up to the mix, and under `midi` the score as a MIDI file.

    Raises:
        InputError: a track asks for an instrument that does not exist.
        LimitError: longer than an hour.
    """
    if score.duration > _LONGEST_SECONDS:
        raise LimitError("This score is longer than an hour.", hint="Render it in parts.")
    run = current_run()
    rendered = render_tracks(score, sample_rate, seed, lambda done, what: run.progress(0.8 * done, what), run.scratch)
    run.progress(0.8, "Writing stems")
    lufs, peak = integrated_loudness_lufs(rendered.mix, sample_rate), true_peak_dbtp(rendered.mix, sample_rate)
    gain_db = min(_LOUDNESS_LUFS - lufs, _CEILING_DBTP - peak) if np.isfinite(lufs) and np.isfinite(peak) else 0.0
    gain = np.float32(10 ** (gain_db / 20))
    stems: dict[str, FileRef] = {}
    for track, sound in rendered.tracks.items():
        path = run.new_file(f"stem-{_file_name(track)}.wav")
        write_wav(path, sound * gain, sample_rate)
        stems[_stem_name(track, stems)] = FileRef.of(path, "audio/wav")
    midi = run.new_file("score.mid")
    score_to_midi(score, midi)
    stems["midi"] = FileRef.of(midi, "audio/midi")
    mix = run.new_file("music.wav")
    write_wav(mix, rendered.mix * gain, sample_rate)
    figures = {}
    if np.isfinite(lufs):
        figures = {"integrated_lufs": round(lufs + gain_db, 3), "true_peak_dbtp": round(peak + gain_db, 3)}
    for name, value in figures.items():
        run.figure(name, value)
    return Audio(
        file=FileRef.of(mix, "audio/wav"),
        sample_rate=sample_rate,
        channels=2,
        duration=score.duration,
        stems=stems,
        figures=figures,
    )


def _file_name(track: str) -> str:
    """A track's name, from a person's MIDI file perhaps, made safe as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", track).strip("-")[:40] or "track"


def _stem_name(track: str, taken: dict[str, FileRef]) -> str:
    return f"{track} track" if track == "midi" or track in taken else track
