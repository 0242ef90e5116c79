"""Where the camera stands and what fills the picture: a panel's place and its people as two plates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from rushlight.timeline.graphics.panel.body import HEADS
from rushlight.timeline.graphics.panel.ink import Ink, mix, smooth
from rushlight.timeline.graphics.panel.landscapes import HORIZON
from rushlight.timeline.graphics.panel.light import Light, light_of
from rushlight.timeline.graphics.panel.people import draw_person
from rushlight.timeline.graphics.panel.places import draw_place, kind_of
from rushlight.timeline.graphics.panel.rooms import FLOOR
from rushlight.timeline.graphics.panel.things import THINGS, draw_thing

__all__ = ["MARGIN", "View", "draw_people", "draw_set", "view_of"]

MARGIN = 1.16
"""How much larger than the screen plates are, so that the camera has room to move."""


@dataclass(frozen=True)
class View:
    """What a framing means: how near the place is, how tall people stand in the picture, how soft the place is.

    Attributes:
        near: how often the place is magnified.
        tall: height of a grown person, in heights of the picture.
        top: where the top of the head lies.
        blur: how far the place is out of focus, in heights of the picture.
    """

    near: float
    tall: float
    top: float
    blur: float


_VIEWS = {
    "extreme_wide": View(1.0, 0.20, 0.66, 0.0),
    "wide": View(1.06, 0.46, 0.42, 0.0),
    "full": View(1.30, 0.70, 0.19, 0.0012),
    "two_shot": View(1.55, 1.30, 0.17, 0.0030),
    "over_shoulder": View(1.75, 1.55, 0.17, 0.0042),
    "medium": View(1.80, 1.55, 0.14, 0.0042),
    "close": View(2.30, 2.95, 0.09, 0.0085),
    "extreme_close": View(2.90, 5.40, -0.16, 0.0120),
    "insert": View(1.90, 0.50, 0.40, 0.0085),
    "pov": View(1.20, 0.42, 0.46, 0.0),
}
_ON_THE_WALL = {"clock": (0.30, 0.13), "window": (0.48, 0.30)}
_STANDING = {
    "bed": 0.62,
    "boat": 0.62,
    "car": 0.52,
    "chair": 0.24,
    "door": 0.46,
    "fire": 0.26,
    "lamp": 0.34,
    "screen": 0.16,
    "table": 0.40,
    "train": 0.9,
    "tree": 0.42,
}
# What an insert shows in its place rather than on a table.
_IN_PLACE = frozenset(("bed", "boat", "car", "door", "fire", "lamp", "train", "tree", "window", "table", "chair"))


def view_of(graphic: dict[str, Any], aspect: float) -> View:
    """The view of a panel; people who share a narrow picture are drawn smaller, so that all fit."""
    view = _VIEWS[str(graphic["framing"])]
    count = len(graphic.get("figures") or [])
    # The longer the lens, the softer the place; a person may have changed it.
    usual = {
        "extreme_wide": 21,
        "wide": 24,
        "full": 35,
        "two_shot": 40,
        "over_shoulder": 65,
        "medium": 50,
        "close": 85,
        "extreme_close": 100,
        "insert": 100,
        "pov": 35,
    }[str(graphic["framing"])]
    soft = view.blur * min(max(float(graphic.get("lens_mm") or usual) / usual, 0.25), 3.0)
    shrink = min(aspect / (1.25 if count > 1 else 0.75), 1.0)
    if view.tall > 0.6 and shrink < 1:
        top = view.top + (1 - shrink) * (0.16 if view.tall < 2 else 0.22)
        return View(view.near, view.tall * shrink, top, soft)
    return View(view.near, view.tall, view.top, soft)


def draw_set(width_px: int, height_px: int, graphic: dict[str, Any]) -> Ink:
    """The place of a panel with its large things, as a plate of `MARGIN` times the picture."""
    setting, place = str(graphic.get("setting", "EXT")), str(graphic.get("place", ""))
    time, weather = str(graphic.get("time", "day")), str(graphic.get("weather", "clear"))
    light = light_of(time, weather, inside=setting.startswith("INT"))
    view = view_of(graphic, width_px / height_px)
    near = view.near
    in_car = setting.startswith("INT") and kind_of(setting, place) == "car"
    near = 1.0 + (near - 1) * 0.35 if in_car else near
    props = [str(prop) for prop in graphic.get("props") or [] if prop in THINGS]
    insert = graphic["framing"] == "insert"
    if insert and props and props[0] in _IN_PLACE:
        near, soft = 1.25, 0.002
    else:
        soft = view.blur
    aspect = width_px / height_px
    # Singles look the other way than the wide shot: what lies behind someone who looks left is the room's right part.
    first = (graphic.get("figures") or [{}])[0]
    aside = {"right": -0.16, "left": 0.16}.get(str(first.get("facing", "")), 0.0) if near > 1.4 else 0.0
    low = 0.5 + (0.055 if setting.startswith("INT") else 0.03) * (near - 1)
    ink = Ink(
        round(width_px * MARGIN / 2) * 2,
        round(height_px * MARGIN / 2) * 2,
        zoom=near / MARGIN,
        centre=(aspect * (0.5 + aside), low if near < 1.4 else 0.5 - 0.05 * (near - 1.4)),
    )
    # Drawn in its own coordinates the picture is `aspect` wide whatever the zoom.
    ink.aspect = aspect
    draw_place(ink, setting, place, time, weather, light, seed=int(graphic.get("scene", 0)) + 11)
    if not insert and near < 1.5:
        _stand(ink, props, setting, place, light, aspect)
    ink.blur(soft)
    if insert:
        _insert(ink, props, light, aspect, near)
    if graphic["framing"] == "pov":
        _lens_edge(ink)
    return ink


def _stand(ink: Ink, props: list[str], setting: str, place: str, light: Light, aspect: float) -> None:
    inside = setting.startswith("INT")
    drawn_already = (
        {
            "bedroom": {"bed", "lamp", "window"},
            "kitchen": {"window"},
            "room": {"window", "lamp"},
            "office": {"window"},
        }.get(kind_of(setting, place), set())
        if inside
        else set()
    )
    spots = [0.70, 0.20, 0.47, 0.84]
    for prop in props:
        if prop in drawn_already or (inside and prop in ("boat", "car", "train", "tree")):
            continue
        if prop in _ON_THE_WALL and inside:
            y, size = _ON_THE_WALL[prop]
            draw_thing(ink, prop, aspect * 0.48, y, size, light)
        elif prop in _STANDING and spots:
            size = _STANDING[prop] * (min(aspect / 1.2, 1.0) if _STANDING[prop] > 0.4 else 1.0)
            if prop == "boat":
                draw_thing(ink, prop, aspect * 0.60, HORIZON + 0.14, size, light)
                continue
            foot = FLOOR + (0.0 if prop == "door" else 0.10) if inside else HORIZON + (0.24 if prop == "car" else 0.16)
            draw_thing(ink, prop, aspect * spots.pop(0), foot, size, light)


def _insert(ink: Ink, props: list[str], light: Light, aspect: float, near: float) -> None:
    if not props:
        return
    cx, cy = ink.centre
    size, name = 0.62 / near, props[0]
    if name in _IN_PLACE:
        size = (
            {"boat": 0.9, "car": 0.8, "train": 0.95, "door": 0.62, "tree": 0.7}.get(name, 0.6)
            * min(aspect / 1.3, 1)
            / near
        )
        foot = cy + (0.20 if name in ("boat", "car", "train") else 0.30) / near
        draw_thing(ink, name, cx, foot, size, light)
        return
    if name == "clock":
        draw_thing(ink, name, cx, cy + 0.20 / near, size, light)
        return
    top = cy + 0.14 / near
    wood = mix("#6b4a30", "#0a1020", light.dark * 0.5)
    ink.shape([(cx - 3, top), (cx + 3, top), (cx + 3, top + 2), (cx - 3, top + 2)], wood)
    for n in range(7):
        y = top + (0.02 + 0.06 * n) / near
        ink.line([(cx - 3, y), (cx + 3, y + 0.01)], 0.0022 / near, mix(wood, "#05070c", 0.3))
    ink.glow(cx, top + 0.06 / near, 0.75 / near, "#ffe2b0", 0.38)
    size *= min(aspect, 1.0)
    draw_thing(ink, name, cx, top + 0.15 / near, size, light)
    if len(props) > 1 and props[1] not in _IN_PLACE | {"clock"} and aspect > 1.2:
        draw_thing(ink, props[1], cx + 0.52 / near, top + 0.08 / near, size * 0.55, light)


def _lens_edge(ink: Ink) -> None:
    """The round edge of someone's view."""
    dark = Image.new("RGBA", ink.image.size, (4, 6, 12, 235))
    mask = Image.new("L", (ink.image.width // 4, ink.image.height // 4), 255)
    wide, tall = mask.size
    reach = tall * 0.40
    ImageDraw.Draw(mask).ellipse(
        (wide / 2 - reach * 1.35, tall / 2 - reach, wide / 2 + reach * 1.35, tall / 2 + reach), fill=0
    )
    mask = mask.filter(ImageFilter.GaussianBlur(tall / 40)).resize(ink.image.size, Image.Resampling.BILINEAR)
    ink.image.paste(dark, (0, 0), mask)


def draw_people(
    width_px: int, height_px: int, graphic: dict[str, Any], speaking: frozenset[str] = frozenset()
) -> Ink | None:
    """The people of a panel, and what stands before them, as a see-through plate; None when nobody is there."""
    figures: list[dict[str, Any]] = list(graphic.get("figures") or [])
    setting, place = str(graphic.get("setting", "EXT")), str(graphic.get("place", ""))
    in_car = setting.startswith("INT") and kind_of(setting, place) == "car"
    if not figures or graphic["framing"] in ("insert", "pov"):
        return None
    light = light_of(
        str(graphic.get("time", "day")), str(graphic.get("weather", "clear")), inside=setting.startswith("INT")
    )
    aspect = width_px / height_px
    view = view_of(graphic, aspect)
    size = (round(width_px * MARGIN / 2) * 2, round(height_px * MARGIN / 2) * 2)
    ink = Ink(*size, clear=True, zoom=1 / MARGIN, centre=(aspect / 2, 0.5))
    ink.aspect = aspect
    near: list[dict[str, Any]] = []
    for figure in sorted(figures, key=lambda item: item.get("facing") == "back"):
        if figure.get("facing") == "back" and graphic["framing"] == "over_shoulder":
            near.append(figure)
            continue
        _stand_person(ink, figure, view, aspect, in_car, str(figure.get("name")) in speaking)
    _before_people(ink, figures, graphic, view, light, aspect, in_car)
    if light.dark > 0.05:
        ink.tint(light.tint, light.dark * 0.52)
    ink.rim(light.rim, 0.0045 * min(view.tall, 1.6), 0.75 if light.dark > 0.2 else 0.35)
    for figure in near:
        _over_shoulder(ink, figure, size, aspect, light)
    return ink


def _stand_person(ink: Ink, figure: dict[str, Any], view: View, aspect: float, in_car: bool, speaks: bool) -> None:
    x, tall, top = float(figure.get("across", 0.5)) * aspect, view.tall, view.top
    pose = str(figure.get("pose", "standing"))
    if in_car:
        figure = {**figure, "pose": "phoning" if pose == "phoning" else "standing"}
        if view.tall < 1:
            tall, top = 1.25 * min(max(aspect / 1.2, 0.8), 1.0), 0.26
            x = aspect * (0.32 if x < aspect * 0.6 else 0.68)
        else:
            top += 0.06
    elif pose == "sitting" and view.tall > 0.9:
        top -= 1.35 * tall / HEADS
    unit = tall / HEADS
    if view.tall < 0.9 and pose != "lying":
        # A shadow on the ground, so that people stand on it.
        ink.ellipse(x, top + tall * 1.0, unit * 1.5, unit * 0.28, "#05070c", 90)
    if pose == "sitting" and view.tall < 0.9 and not in_car:
        draw_thing(
            ink,
            "chair",
            x - (0.2 if figure.get("facing") == "right" else -0.2) * unit,
            top + tall,
            unit * 3.6,
            light_of("day", "clear", inside=True),
        )
    draw_person(ink, figure, x, top, tall, mouth_open=speaks)


def _before_people(
    ink: Ink,
    figures: list[dict[str, Any]],
    graphic: dict[str, Any],
    view: View,
    light: Light,
    aspect: float,
    in_car: bool,
) -> None:
    if in_car:
        trim = mix("#20232b", "#05070c", light.dark * 0.3)
        lift = 0.0 if view.tall < 2 else 0.05
        ink.shape(
            smooth(
                [
                    (-0.6, 0.90 + lift),
                    (aspect * 0.2, 0.84 + lift),
                    (aspect * 0.8, 0.84 + lift),
                    (aspect + 0.6, 0.90 + lift),
                    (aspect + 0.6, 1.6),
                    (-0.6, 1.6),
                ],
                steps=5,
            ),
            trim,
        )
        driver = min((float(figure.get("across", 0.5)) for figure in figures), default=0.5)
        x = aspect * (0.32 if view.tall < 1 else driver)
        ring = [
            (x + 0.20 * a, 0.93 + lift + 0.17 * b)
            for a, b in ((-1, 0.3), (-0.8, -0.5), (0, -0.85), (0.8, -0.5), (1, 0.3))
        ]
        ink.line(smooth(ring, closed=False), 0.026, "#0c0d12")
        return
    sits = [figure for figure in figures if figure.get("pose") == "sitting"]
    if sits and "table" in (graphic.get("props") or []) and view.tall < 0.9:
        x = sum(float(figure.get("across", 0.5)) for figure in sits) / len(sits) * aspect
        draw_thing(
            ink,
            "table",
            x + (0.10 if sits[0].get("facing") == "right" else -0.10),
            view.top + view.tall * 1.02,
            view.tall * 0.72,
            light,
        )
    elif sits and 0.9 < view.tall < 2:
        edge = 0.80
        wood = mix("#7d5436", "#0a1020", light.dark * 0.3)
        ink.shape(
            [(-0.6, edge), (aspect + 0.6, edge), (aspect + 0.6, edge + 0.03), (-0.6, edge + 0.03)],
            mix(wood, "#ffffff", 0.2),
        )
        ink.shape([(-0.6, edge + 0.03), (aspect + 0.6, edge + 0.03), (aspect + 0.6, 1.6), (-0.6, 1.6)], wood)
    if "suitcase" in (graphic.get("props") or []) and figures and view.tall < 0.9:
        one = figures[0]
        side = 1 if one.get("facing") == "right" else -1
        x = float(one.get("across", 0.5)) * aspect + side * view.tall * 0.13
        draw_thing(ink, "suitcase", x, view.top + view.tall * 0.86, view.tall * 0.24, light)


def _over_shoulder(ink: Ink, figure: dict[str, Any], size: tuple[int, int], aspect: float, light: Light) -> None:
    """The one in front, seen from behind: large, dark and out of focus."""
    front = Ink(*size, clear=True, zoom=1 / MARGIN, centre=(aspect / 2, 0.5))
    front.aspect = aspect
    tall = 3.1 * min(aspect / 1.3, 1.0)
    draw_person(
        front, {**figure, "pose": "standing"}, float(figure.get("across", 0.9)) * aspect, 0.12, tall, rough=True
    )
    front.tint("#0a0d18", 0.52)
    front.rim(light.rim, 0.006, 0.5)
    front.blur(0.0035)
    ink.image.alpha_composite(front.image)
