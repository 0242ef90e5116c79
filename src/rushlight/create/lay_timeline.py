"""The capability `lay_timeline`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from rushlight.artifacts import Audio, Captions, Cut, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Rate, Seconds
from rushlight.timeline.build import FilmFormat, build_timeline
from rushlight.timeline.cutfile import make_cut, write_timeline
from rushlight.timeline.style import load_style

__all__ = ["lay_timeline"]


@capability(version=1)
def lay_timeline(
    storyboard: Storyboard,
    mix: Audio | None = None,
    captions: Captions | None = None,
    /,
    *,
    title: Annotated[str, Field(description="Name of the timeline.")] = "Film",
    width_px: Annotated[int, Field(ge=64, le=7680, multiple_of=2, description="Width of the film.")] = 1280,
    height_px: Annotated[int, Field(ge=64, le=7680, multiple_of=2, description="Height of the film.")] = 720,
    rate: Annotated[Rate, Field(description="Frames a second.")] = Fraction(30),
    style: Annotated[str, Field(description="Look: house, paper, night or signal.")] = "house",
    style_changes: Annotated[dict[str, Any], Field(description="Changes to that look, as in `[style]`.")] = {},  # noqa: B006
    disclosure: Annotated[str, Field(description="What the corner label says; empty for none.")] = "",
    transition_seconds: Annotated[Seconds, Field(description="Length of dissolves; 0 for cuts.")] = Fraction(2, 5),
    inks: Annotated[dict[str, str], Field(description="Colour of each speaker's name in captions.")] = {},  # noqa: B006
) -> Cut:
    """Lay pictures, labels, captions and sound on an OpenTimelineIO timeline that any editor can open.

    Returns:
        A `Cut`: the `.otio` file and the media it uses.

    Raises:
        InputError: an unknown style, or media that is missing.
        ModelError: a font that is missing.
    """
    logo = load_style(style, style_changes).logo
    film = FilmFormat(width_px, height_px, rate, style, style_changes)
    timeline = build_timeline(
        title,
        storyboard,
        mix,
        captions,
        film,
        disclosure=disclosure,
        logo=FileRef.of(logo) if logo else None,
        transition_seconds=transition_seconds,
        inks=inks,
    )
    path = current_run().new_file("cut.otio")
    write_timeline(timeline, path)
    known = [panel.file for panel in storyboard.panels if panel.file] + (list(mix.files()) if mix else [])
    return make_cut(timeline, path, width_px=width_px, height_px=height_px, rate=rate, known=known)
