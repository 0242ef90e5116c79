"""The capability `measure_screenplay`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Screenplay, ScreenplayStatistics
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.timeline.screenplay.statistics import measure

__all__ = ["measure_screenplay"]


@capability(version=1, metrics=("pages", "minutes", "dialogue_share"))
def measure_screenplay(
    screenplay: Screenplay,
    /,
    *,
    words_a_minute: Annotated[float, Field(ge=40, le=400, description="How fast dialogue is spoken.")] = 150.0,
) -> ScreenplayStatistics:
    """Count a screenplay: pages and minutes, scenes in eighths, who speaks how much, who meets whom.

    Minutes are counted twice: a page a minute, and by the speed of speech. Characters meet in a scene when both speak
    in it, other than from off screen, or are named in its action.

    Returns:
        The figures, by scene and by character.
    """
    found = measure(screenplay, words_a_minute=words_a_minute)
    run = current_run()
    run.figure("pages", found.pages)
    run.figure("minutes", found.minutes)
    run.figure("dialogue_share", found.dialogue_share)
    return found
