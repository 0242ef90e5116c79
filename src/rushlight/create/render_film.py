"""The capability `render_film`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from rushlight.artifacts import Captions, Cut, Media
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.media.encode import mux, write_wav
from rushlight.media.probe import probe
from rushlight.timeline.captionfile import captions_to_srt
from rushlight.timeline.cutfile import MediaFinder, extra, read_timeline
from rushlight.timeline.mixdown import mix_down
from rushlight.timeline.plan import RENDERER_VERSION, compile_spans, find_gaps
from rushlight.timeline.render import Output, render_spans

__all__ = ["render_film"]

Preset = Literal["ultrafast", "veryfast", "faster", "fast", "medium", "slow"]


@capability(
    version=2,
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
    cut itself.

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
    sound: Path | None = None
    if (samples := mix_down(timeline, cut.rate, find)) is not None:
        sound = run.new_file("sound.wav")
        write_wav(sound, samples, 48_000)
    subtitles: Path | None = None
    if captions is not None and captions.cues:
        subtitles = run.new_file("captions.srt")
        subtitles.write_text(captions_to_srt(captions), encoding="utf-8")
    mux(picture, sound, film, metadata=metadata, subtitles=subtitles)
    return probe(film)
