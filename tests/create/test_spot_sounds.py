"""Where a screenplay asks for sounds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import SoundCue
from rushlight.create.spot_sounds import spot_sounds
from rushlight.create.staging.times import shot_times
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe

from .screenplays import performed


@pytest.fixture(scope="module")
def cues() -> tuple[SoundCue, ...]:
    staging, _, narration = performed("the_last_ferry")
    return spot_sounds(staging, narration).cues


def test_sounds_that_are_told_of_are_heard(cues: tuple[SoundCue, ...]) -> None:
    heard = {(cue.scene, cue.sound) for cue in cues}
    for wanted in (
        (0, "wind"), (0, "sea"), (1, "clock"), (1, "phone"), (1, "thunder"), (1, "rain_on_window"), (2, "rain"),
        (2, "car_pass"), (3, "wipers"), (3, "horn"), (4, "running_steps"), (4, "brakes"), (5, "knock"),
        (5, "door_open"), (5, "water"), (5, "stamp"),
    ):  # fmt: skip
        assert wanted in heard, wanted
    assert (0, "running_steps") not in heard, "an engine that runs takes no steps"


def test_each_is_heard_in_its_shot(cues: tuple[SoundCue, ...]) -> None:
    staging, _, narration = performed("the_last_ferry")
    times = shot_times(staging, narration)
    knock = next(cue for cue in cues if cue.sound == "knock")
    place = next(n for n, shot in enumerate(staging.shots) if "knock" in shot.action)
    assert times[place].start <= knock.start < times[place].end


def test_beds_cross_over_from_scene_to_scene(cues: tuple[SoundCue, ...]) -> None:
    beds = [cue for cue in cues if cue.kind == "bed"]
    for scene in range(5):
        end = max(cue.end for cue in beds if cue.scene == scene)
        begin = min(cue.start for cue in beds if cue.scene == scene + 1)
        assert Fraction(1, 4) < end - begin < 2


def test_a_persons_own_sound_is_taken_first_with_its_licence(tmp_path: Path) -> None:
    staging, _, narration = performed("night_shift")
    path = tmp_path / "knock-on-oak-door.wav"
    write_wav(path, np.zeros((4800, 2), np.float32), 48_000)
    own = probe(path).model_copy(update={"description": "Recorded in the barn. Licence: CC0"})
    cue = next(cue for cue in spot_sounds(staging, narration, (own,)).cues if cue.sound == "knock")
    assert cue.file == own.file
    assert (cue.source, cue.licence) == (path.name, "CC0")
