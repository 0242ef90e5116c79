"""The capability `render_film`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Captions, Cut, Media
from rushlight.core.capability import capability
from rushlight.core.run import Run, current_run
from rushlight.media.encode import mux, write_wav
from rushlight.media.probe import probe
from rushlight.media.sound import integrated_loudness_lufs, limit_as_heard, read_sound, true_peak_dbtp
from rushlight.timeline.captionfile import captions_to_srt
from rushlight.timeline.cutfile import MediaFinder, extra, read_timeline
from rushlight.timeline.interchange.chapters import timeline_chapters
from rushlight.timeline.mixdown import CEILING_DBTP, mix_down
from rushlight.timeline.plan import RENDERER_VERSION, compile_spans, find_gaps
from rushlight.timeline.render import Output, render_spans

__all__ = ["render_film"]

_SAMPLE_RATE = 48_000
_TRIES = 5
_SOUND_VERSION = 1
# Players find a caption track by the three letters of its language.
_ISO_639_2 = {
    "en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "nl": "nld", "pt": "por", "sv": "swe", "pl": "pol",
    "ru": "rus", "el": "ell", "da": "dan", "nb": "nob", "no": "nor", "fi": "fin", "cs": "ces", "tr": "tur", "uk": "ukr",
    "ja": "jpn", "zh": "zho", "ko": "kor", "ar": "ara", "hi": "hin",
}  # fmt: skip

Preset = Literal["ultrafast", "veryfast", "faster", "fast", "medium", "slow"]


@capability(
    version=5,
    metrics=("true_peak_dbtp", "integrated_lufs"),
    action="c2pa.created",
    source_type="compositeWithTrainedAlgorithmicMedia",
    revision=lambda _: f"renderer {RENDERER_VERSION}",
)
def render_film(
    cut: Cut,
    captions: Captions | None = None,
    /,
    *,
    crf: Annotated[int, Field(ge=0, le=40, description="H.264 quality; lower is better and larger.")] = 20,
    preset: Annotated[Preset, Field(description="Speed of encoding against size of file.")] = "veryfast",
    metadata: Annotated[dict[str, str], Field(description="Tags written into the file.")] = {},  # noqa: B006
) -> Media:
    """Render a cut to an MP4 (H.264 and AAC, ready to stream), drawing only what has not been drawn before.

    Captions given here become a track that players can turn on; captions burned into the picture are part of the
    cut itself. Markers of the timeline become chapters.

    The true peak of the sound as players decode it is kept at or under −1 dBTP.

    Returns:
        The film. The same cut gives the same frames and samples on any number of workers.

    Raises:
        InputError: the cut holds something that cannot be rendered, or media is missing.
        ToolError: FFmpeg failed.
    """
    run = current_run()
    timeline = read_timeline(cut.file.path)
    find = MediaFinder(cut.file.path.parent, cut.media)
    style: dict[str, Any] = dict(extra(timeline).get("style", {}))
    output = Output(cut.width_px, cut.height_px, str(cut.rate), style, crf, preset)
    picture, film = run.new_file("picture.mp4"), run.new_file("film.mp4")
    size = (cut.width_px, cut.height_px)
    facts_of = cache(probe)
    spans = compile_spans(timeline, cut.rate, find, size=size, facts_of=facts_of)
    for message in find_gaps(spans, cut.rate, facts_of):
        run.note_weak(message)
    render_spans(spans, output, picture, run)
    subtitles: Path | None = None
    if captions is not None and captions.cues:
        subtitles = run.new_file("captions.srt")
        subtitles.write_text(captions_to_srt(captions), encoding="utf-8")
    language = _ISO_639_2.get(captions.language.split("-")[0], "und") if captions is not None else "und"
    put_together = partial(
        mux, picture, out=film, metadata=metadata, subtitles=subtitles, subtitle_language=language,
        chapters=timeline_chapters(timeline, cut.rate),
    )  # fmt: skip
    samples = mix_down(timeline, cut.rate, find)
    if samples is None:
        put_together(sound=None)
    else:
        _mux_under_ceiling(samples, put_together, film, run)
    return probe(film)


def _mux_under_ceiling(samples: NDArray[np.float32], put_together: Callable[..., None], film: Path, run: Run) -> None:
    """Encode the sound so that what players decode stays under the ceiling.

    AAC overshoots: peaks come back some tenths of a decibel higher than they went in. Where they come back too high
    the sound is turned down by as much and encoded again. The result is kept, so that a film in several shapes, or
    with other pictures, does that once.
    """
    heard = peak = None

    def settle(beside: Path) -> None:
        nonlocal heard, peak
        lower = samples
        for number in range(_TRIES):
            write_wav(beside, lower, _SAMPLE_RATE)
            put_together(sound=beside)
            heard = read_sound(film, sample_rate=_SAMPLE_RATE, channels=2)
            turned_down, peak = limit_as_heard(lower, heard, _SAMPLE_RATE, CEILING_DBTP)
            if turned_down is lower or number == _TRIES - 1:
                return
            lower = turned_down

    key = hashlib.sha256(f"{_SOUND_VERSION} {CEILING_DBTP}".encode() + samples.tobytes()).hexdigest()
    sound = run.cached(f"sound-{key}", ".wav", settle)
    if heard is None or peak is None:
        put_together(sound=sound)
        heard = read_sound(film, sample_rate=_SAMPLE_RATE, channels=2)
        peak = true_peak_dbtp(heard, _SAMPLE_RATE)
    if np.isfinite(peak):
        run.figure("true_peak_dbtp", peak)
    if np.isfinite(loudness := integrated_loudness_lufs(heard, _SAMPLE_RATE)):
        run.figure("integrated_lufs", loudness)
