"""Drawn panels: every framing, place, pose and movement on every shape of screen."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from rushlight.artifacts.staging import FRAMINGS, MOVEMENTS, Expression, Pose
from rushlight.core.errors import InputError
from rushlight.timeline.graphics import Stage, draw_graphic
from rushlight.timeline.graphics.panel.ink import Ink
from rushlight.timeline.graphics.panel.light import light_of
from rushlight.timeline.graphics.panel.places import kind_of
from rushlight.timeline.graphics.panel.things import THINGS, draw_thing
from rushlight.timeline.style import STYLES

SIZES = {"16:9": (320, 180), "1:1": (240, 240), "9:16": (180, 320)}
PERSON = {"name": "ANNA", "pose": "standing", "facing": "right", "expression": "glad", "across": 0.4,
          "look": {"coat": "#b8393a", "hair": "bob"}}  # fmt: skip
OTHER = {**PERSON, "name": "BEN", "facing": "left", "across": 0.7, "look": {"coat": "#35619c", "hair": "short"}}


def panel(**changes: Any) -> dict[str, Any]:
    return {"kind": "panel", "setting": "INT", "place": "KITCHEN", "time": "day", "weather": "clear",
            "framing": "medium", "movement": "static", "lens_mm": 50, "figures": [PERSON], "props": [], "subject": "",
            "label": "1A · MS", "speech": [], "scene": 0, **changes}  # fmt: skip


def drawn(graphic: dict[str, Any], aspect: str = "16:9", seconds: float = 2.0) -> np.ndarray:
    scene = draw_graphic(graphic, Stage(*SIZES[aspect], STYLES["house"], 4.0))
    return scene.frame(seconds).copy()


def luma(canvas: np.ndarray) -> np.ndarray:
    return canvas[: canvas.shape[0] * 2 // 3].astype(int)


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_every_framing_fills_the_screen(framing: str, aspect: str) -> None:
    canvas = drawn(panel(framing=framing, figures=[PERSON, OTHER], props=["phone"]), aspect)
    assert canvas.shape == (SIZES[aspect][1] * 3 // 2, SIZES[aspect][0])
    assert luma(canvas).std() > 8
    black = (luma(canvas) <= 17).mean()
    assert black < (0.9 if framing == "pov" else 0.35)


def test_nearer_framings_show_people_larger() -> None:
    shares = []
    for framing in ("extreme_wide", "wide", "full", "medium", "close"):
        with_one, without = drawn(panel(framing=framing)), drawn(panel(framing=framing, figures=[]))
        if framing == "extreme_wide":
            shares.append(float((np.abs(luma(with_one) - luma(without)) > 12).mean()))
        else:
            shares.append(max(float((np.abs(luma(with_one) - luma(without)) > 12).mean()), 0.0))
    assert shares[0] < shares[1] < shares[2] < shares[4]


@pytest.mark.parametrize("pose", get_args(Pose))
@pytest.mark.parametrize("facing", ["left", "right", "front", "back"])
def test_poses_differ(pose: str, facing: str) -> None:
    one = {**PERSON, "pose": pose, "facing": facing}
    canvas = drawn(panel(framing="full", figures=[one]))
    assert np.abs(luma(canvas) - luma(drawn(panel(framing="full", figures=[])))).max() > 30
    if pose != "standing":
        standing = drawn(panel(framing="full", figures=[{**one, "pose": "standing"}]))
        assert np.abs(luma(canvas) - luma(standing)).max() > 30


def test_expressions_can_be_told_apart_in_a_close_up() -> None:
    faces = {name: luma(drawn(panel(framing="close", figures=[{**PERSON, "expression": name}])))
             for name in get_args(Expression)}  # fmt: skip
    names = list(faces)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert (np.abs(faces[one] - faces[other]) > 25).sum() > 15, (one, other)


def test_night_is_darker_than_day_and_inside_is_not_outside() -> None:
    outside = {time: luma(drawn(panel(setting="EXT", place="STREET", time=time))).mean()
               for time in ("day", "dawn", "dusk", "night")}  # fmt: skip
    assert outside["night"] < outside["dusk"] < outside["day"]
    assert np.abs(luma(drawn(panel())) - luma(drawn(panel(setting="EXT")))).mean() > 10


@pytest.mark.parametrize(
    ("setting", "place", "kind"),
    [("EXT", "HARBOUR", "sea"), ("EXT", "MAIN STREET", "street"), ("EXT", "THE WOODS", "wood"),
     ("EXT", "NOWHERE", "hills"),
     ("INT", "CAR", "car"), ("INT", "HOTEL ROOM", "bedroom"), ("INT", "SOMEWHERE", "room"), ("INT/EXT", "TAXI", "car")],
)  # fmt: skip
def test_headings_find_their_set(setting: str, place: str, kind: str) -> None:
    assert kind_of(setting, place) == kind
    assert luma(drawn(panel(setting=setting, place=place, framing="wide"))).std() > 8


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_cameras_move_when_they_are_asked_to(movement: str) -> None:
    scene = draw_graphic(panel(movement=movement, label=""), Stage(*SIZES["16:9"], STYLES["house"], 4.0))
    first, last = luma(scene.frame(3.0).copy()), luma(scene.frame(3.9).copy())
    moved = np.abs(first - last).mean() > 0.05
    assert moved == (movement != "static")


def test_only_the_speaker_opens_their_mouth_and_only_while_speaking() -> None:
    speech = [{"name": "ANNA", "from": 1.0, "to": 1.5}]
    graphic = panel(framing="close", speech=speech)
    scene = draw_graphic(graphic, Stage(*SIZES["16:9"], STYLES["house"], 4.0))
    silent, speaking = luma(scene.frame(0.5).copy()), luma(scene.frame(1.02).copy())
    rows, _ = np.nonzero(np.abs(silent - speaking) > 20)
    assert len(rows) > 5
    assert rows.min() > 0.3 * silent.shape[0], "nothing above the mouth changes"
    np.testing.assert_array_equal(luma(scene.frame(2.0)), silent)


def test_frames_do_not_depend_on_what_was_drawn_before() -> None:
    graphic = panel(setting="EXT", place="HARBOUR", weather="rain", movement="track_right", framing="full")
    one, two = (draw_graphic(graphic, Stage(*SIZES["16:9"], STYLES["house"], 4.0)) for _ in range(2))
    for seconds in (0.0, 0.7, 2.3):
        one.frame(seconds)
    np.testing.assert_array_equal(one.frame(1.1), two.frame(1.1))


@pytest.mark.parametrize("name", THINGS)
def test_things_stay_near_their_place(name: str) -> None:
    ink = Ink(200, 200, clear=True)
    draw_thing(ink, name, 0.5, 0.7, 0.4, light_of("day", "clear", inside=True))
    solid = np.asarray(ink.result())[..., 3] > 200
    assert solid.sum() > 150
    rows, columns = np.nonzero(solid)
    assert rows.max() < 175
    assert columns.min() > 40
    assert columns.max() < 165


@pytest.mark.parametrize(
    "graphic",
    [panel(framing="sideways"), panel(movement="spin"), panel(figures=[PERSON] * 9), {"kind": "panel"},
     panel(figures=[{**PERSON, "across": "left"}])],
)  # fmt: skip
def test_a_wrong_panel_is_one_clear_sentence(graphic: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        draw_graphic(graphic, Stage(*SIZES["16:9"], STYLES["house"], 4.0)).frame(0)
    assert caught.value.message.endswith(".")
