"""The capability `render_cut_sound`."""

from __future__ import annotations

from rushlight.artifacts import Audio, Cut
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.encode import write_wav
from rushlight.media.sound import integrated_loudness_lufs, true_peak_dbtp
from rushlight.timeline.cutfile import MediaFinder, read_timeline
from rushlight.timeline.mixdown import mix_down

__all__ = ["render_cut_sound"]

_SAMPLE_RATE = 48_000


@capability(
    version=1, metrics=("true_peak_dbtp", "integrated_lufs"), action="c2pa.edited", source_type="digitalCapture"
)
def render_cut_sound(cut: Cut, /) -> Audio:
    """Render the sound of a cut alone, as for a podcast: WAV, 48 kHz, stereo, 32-bit float.

    Raises:
        InputError: the cut has no sound, or media is missing.
    """
    timeline = read_timeline(cut.file.path)
    samples = mix_down(timeline, cut.rate, MediaFinder(cut.file.path.parent, cut.media), sample_rate=_SAMPLE_RATE)
    if samples is None:
        raise InputError("This cut has no sound.", path=cut.file.path)
    path = current_run().new_file("cut.wav")
    write_wav(path, samples, _SAMPLE_RATE)
    figures = {
        "true_peak_dbtp": float(true_peak_dbtp(samples, _SAMPLE_RATE)),
        "integrated_lufs": float(integrated_loudness_lufs(samples, _SAMPLE_RATE)),
    }
    for name, value in figures.items():
        current_run().figure(name, value)
    return Audio(
        file=FileRef.of(path, "audio/wav"),
        sample_rate=_SAMPLE_RATE,
        channels=2,
        duration=cut.duration,
        figures={name: value for name, value in figures.items() if abs(value) < 1000},
    )
