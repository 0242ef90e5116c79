"""The capability `group_scenes`."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from rushlight.artifacts import Shots
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.seeing.colours import hellinger

__all__ = ["group_scenes"]


@capability(version=1, metrics=("scenes",))
def group_scenes(
    shots: Shots,
    table: ShotTable,
    /,
    *,
    reach: Annotated[int, Field(ge=1, le=50, description="How many shots later the same place may be seen again.")] = 4,
    likeness: Annotated[
        float, Field(ge=0, le=1, description="How near colours must be (Hellinger distance) to be one place.")
    ] = 0.38,
) -> Shots:
    """Group shots of one place or action into scenes.

    Two shots whose colours are alike and that are near each other belong together, and so does all between them:
    in a dialogue the camera goes to and fro.

    Returns:
        The same shots, each with the number of its scene.

    Raises:
        InputError: a table of other shots.

    Reference:
        Yeung, Yeo and Liu 1998, "Segmentation of video by clustering and graph analysis" (scene transition graphs).
    """
    if len(shots.shots) != len(table.rows):
        raise InputError(
            f"The table describes {len(table.rows)} shots, but there are {len(shots.shots)}.",
            hint="Describe these shots again.",
        )
    colours = [np.array(row.colours) for row in table.rows]
    # A fade to black and a new picture after it is how editors end a scene.
    faded = {number for number, one in enumerate(shots.transitions) if one.kind == "fade"}
    joined = np.zeros(len(colours), bool)  # whether a shot belongs to the scene of the one before it
    for first in range(len(colours)):
        for later in range(min(first + reach, len(colours) - 1), first, -1):
            crossed = any(gap in faded for gap in range(first, later))
            if not crossed and hellinger(colours[first], colours[later]) < likeness:
                joined[first + 1 : later + 1] = True
                break
    scene, numbered = 0, []
    for place, shot in enumerate(shots.shots):
        scene += place > 0 and not joined[place]
        numbered.append(shot.model_copy(update={"scene": int(scene)}))
    current_run().figure("scenes", float(scene + 1))
    return shots.model_copy(update={"shots": tuple(numbered)})
