"""The capability `draw_panels`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import opentimelineio as otio
from PIL import Image
from pydantic import Field

from rushlight.artifacts import ContactSheet, Cut, Frame
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import frames_spanning
from rushlight.media.colour import i420_to_rgb
from rushlight.timeline.cutfile import MediaFinder, extra, read_timeline, seconds_of
from rushlight.timeline.plan import RENDERER_VERSION, compile_spans, picture_track
from rushlight.timeline.render import Output, render_frame

__all__ = ["draw_panels"]


@capability(
    version=1,
    action="c2pa.created",
    source_type="compositeSynthetic",
    revision=lambda _: f"renderer {RENDERER_VERSION}",
)
def draw_panels(
    cut: Cut,
    /,
    *,
    width_px: Annotated[int, Field(ge=32, le=3840, description="Width of the pictures.")] = 640,
    moment: Annotated[
        float, Field(ge=0, le=1, description="Where in each picture to look, from its start to its end.")
    ] = 0.7,
    captions: Annotated[bool, Field(description="Show captions and labels too.")] = False,
) -> ContactSheet:
    """Draw one frame of every picture in a cut: the panels of its storyboard, or a contact sheet.

    Returns:
        JPEG files in the order of the cut.

    Raises:
        InputError: the cut cannot be rendered.
    """
    timeline = read_timeline(cut.file.path)
    spans = compile_spans(timeline, cut.rate, MediaFinder(cut.file.path.parent, cut.media))
    output = Output(cut.width_px, cut.height_px, str(cut.rate), dict(extra(timeline).get("style", {})))
    track = picture_track(timeline)
    clips = [clip for clip in track if isinstance(clip, otio.schema.Clip) and clip.enabled]
    places = {(clip["from"], clip["to"]) for span in spans for clip in span["pictures"]}
    # A clip of no length is not seen, so it has no panel.
    clips = [clip for clip in clips if frames_spanning(seconds_of(clip.duration()), cut.rate)]
    frames = []
    for number, ((start, end), clip) in enumerate(zip(sorted(places), clips, strict=True), 1):
        current_run().progress(number / len(clips), "drawing panels")
        at = min(start + round((end - start) * moment), end - 1)
        span = next(span for span in spans if span["first"] <= at < span["first"] + span["count"])
        canvas = render_frame(span if captions else {**span, "overlays": []}, output, at)
        picture = Image.fromarray(i420_to_rgb(canvas))
        picture = picture.resize((width_px, round(width_px * cut.height_px / cut.width_px)), Image.Resampling.LANCZOS)
        path = current_run().new_file(f"{number:02d}.jpg")
        picture.save(path, quality=88)
        found = extra(clip)
        frames.append(
            Frame(
                at=Fraction(at) / cut.rate,
                file=FileRef.of(path),
                beat_id=str(found.get("beat", "")),
                reason=str(found.get("reason", "")),
            )
        )
    return ContactSheet(frames=tuple(frames))
