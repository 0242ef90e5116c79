"""Graphics that Rushlight draws itself: titles, kinetic typography, charts, captions.

A graphic is a dictionary with a `kind`; `draw_graphic` makes a `Scene` of it. Another kind is one function in one
file here and one line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight.core.errors import InputError
from rushlight.timeline.graphics.bars import draw_bars, draw_ranking
from rushlight.timeline.graphics.diagram import draw_diagram
from rushlight.timeline.graphics.end_card import draw_end_card
from rushlight.timeline.graphics.events import draw_events
from rushlight.timeline.graphics.geography import draw_map
from rushlight.timeline.graphics.line import draw_line
from rushlight.timeline.graphics.number import draw_number
from rushlight.timeline.graphics.panel.camera import draw_panel
from rushlight.timeline.graphics.scatter import draw_scatter
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.share import draw_share
from rushlight.timeline.graphics.stage import Stage
from rushlight.timeline.graphics.words import draw_quote, draw_title, draw_words

__all__ = ["KINDS", "Layer", "Scene", "Stage", "draw_graphic"]

KINDS: dict[str, Callable[[dict[str, Any], Stage], Scene]] = {
    "bar_chart": draw_bars,
    "diagram": draw_diagram,
    "end_card": draw_end_card,
    "line_chart": draw_line,
    "map": draw_map,
    "number": draw_number,
    "panel": draw_panel,
    "quote": draw_quote,
    "ranking": draw_ranking,
    "scatter": draw_scatter,
    "share": draw_share,
    "timeline": draw_events,
    "title": draw_title,
    "words": draw_words,
}


def draw_graphic(graphic: dict[str, Any], stage: Stage) -> Scene:
    """Make the scene of a graphic.

    Raises:
        InputError: an unknown kind, or a field missing or wrong.
    """
    kind = str(graphic.get("kind", ""))
    if kind not in KINDS:
        raise InputError(f"There is no graphic of kind {kind!r}.", hint=f"Kinds: {', '.join(sorted(KINDS))}.")
    try:
        return KINDS[kind](graphic, stage)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"This {kind} graphic cannot be drawn: {error!r}.") from error
