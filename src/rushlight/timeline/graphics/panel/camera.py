"""The graphic `panel`: a drawn shot under a camera that moves, with a mouth that speaks, arrows and a slate."""

from __future__ import annotations

from math import atan2, cos, pi, sin
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from rushlight.core.errors import InputError
from rushlight.media.colour import i420_planes, rgb_to_i420, rgba_to_yuva
from rushlight.timeline.graphics.canvas import Canvas, Sprite
from rushlight.timeline.graphics.lettering import colour, font, letter
from rushlight.timeline.graphics.motion import Change, steady
from rushlight.timeline.graphics.panel.composition import View, draw_people, draw_set, view_of
from rushlight.timeline.graphics.scene import Layer, Scene
from rushlight.timeline.graphics.stage import Stage

__all__ = ["PanelScene", "draw_panel"]

Plane = NDArray[np.uint8]
# How far the camera goes: a share of the picture; how much of that the place takes part in (people stand nearer).
_ZOOM, _TRAVEL, _DEPTH = 1.10, 0.045, 0.55
_MOUTHS_A_SECOND = 7
_SPEAKING_VIEWS = frozenset(("two_shot", "over_shoulder", "medium", "close", "extreme_close"))
_RAIN_PHASES, _RAIN_RATE = 3, 12
_MOST_FIGURES = 6


def draw_panel(graphic: dict[str, Any], stage: Stage) -> Scene:
    """A drawn panel: `{"kind": "panel", "setting", "place", "time", "weather", "framing", "movement", "lens_mm",
    "figures", "props", "subject", "label", "speech"}`.

    `figures` are people with `name`, `pose`, `facing`, `expression`, `across` (0 to 1) and `look`; `speech` tells when
    words of whom are heard, `{"name", "from", "to"}` in seconds.

    Raises:
        InputError: an unknown framing or movement, or more than six people.
    """
    framing, movement = str(graphic["framing"]), str(graphic.get("movement", "static"))
    if movement not in _PATHS:
        raise InputError(f"There is no camera movement {movement!r}.", hint=f"Movements: {', '.join(_PATHS)}.")
    if len(graphic.get("figures") or []) > _MOST_FIGURES:
        raise InputError(f"A panel cannot show more than {_MOST_FIGURES} people.", hint="Leave some out.")
    view = view_of(graphic, stage.width_px / stage.height_px)
    layers = _weather(graphic, stage)
    layers += _arrows(graphic, stage, view)
    if label := str(graphic.get("label", "")):
        layers.append(_slate(label, stage))
    return PanelScene(graphic, stage, layers, framing in _SPEAKING_VIEWS)


_PATHS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    # zoom, travel across, travel down: each from and to
    "static": ((1, 1), (0, 0), (0, 0)),
    "push_in": ((1, _ZOOM), (0, 0), (0, 0)),
    "pull_out": ((_ZOOM, 1), (0, 0), (0, 0)),
    "pan_left": ((1.02, 1.02), (_TRAVEL, -_TRAVEL), (0, 0)),
    "pan_right": ((1.02, 1.02), (-_TRAVEL, _TRAVEL), (0, 0)),
    "tilt_up": ((1.02, 1.02), (0, 0), (_TRAVEL, -_TRAVEL)),
    "tilt_down": ((1.02, 1.02), (0, 0), (-_TRAVEL, _TRAVEL)),
    "track_left": ((1.02, 1.02), (_TRAVEL, -_TRAVEL), (0, 0)),
    "track_right": ((1.02, 1.02), (-_TRAVEL, _TRAVEL), (0, 0)),
    "handheld": ((1.03, 1.03), (0, 0), (0, 0)),
}


class PanelScene(Scene):
    """A set behind people, both under one camera; the set lies farther away and so moves less.

    A camera that stands still costs one drawing for each state of the mouths; one that moves, a warp of both plates
    for each frame.
    """

    def __init__(self, graphic: dict[str, Any], stage: Stage, layers: list[Layer], speaks: bool) -> None:
        super().__init__(None, layers)
        self.graphic, self.size = graphic, (stage.width_px, stage.height_px)
        self.seconds = max(stage.seconds, 0.1)
        self.movement = str(graphic.get("movement", "static"))
        spoken = graphic.get("speech") or [] if speaks else []
        self.speech = [(str(word["name"]), float(word["from"]), float(word["to"])) for word in spoken]
        place = draw_set(*self.size, graphic).result()
        self._place = [np.ascontiguousarray(p) for p in i420_planes(rgb_to_i420(np.ascontiguousarray(place[..., :3])))]
        self._people: dict[frozenset[str], tuple[Plane, ...] | None] = {}
        self._composed: dict[tuple[object, ...], Canvas] = {}
        self._plate(frozenset())  # A panel that cannot be drawn is refused before the first frame is asked for.
        self._shown: tuple[tuple[object, ...], Canvas] | None = None

    def state(self, seconds: float) -> tuple[object, ...]:
        """See `Scene.state`."""
        return (self._camera(seconds), self._mouths(seconds), super().state(seconds))

    def frame(self, seconds: float) -> Canvas:
        """See `Scene.frame`."""
        state = self.state(seconds)
        if self._shown is None or self._shown[0] != state:
            canvas = self._composition(self._camera(seconds), self._mouths(seconds))
            if self.layers:
                canvas = canvas.copy()
                self.draw_over(canvas, seconds)
            self._shown = (state, canvas)
        return self._shown[1]

    def _camera(self, seconds: float) -> tuple[float, float, float]:
        """Zoom and travel of the camera at a time."""
        share = min(max(seconds / self.seconds, 0.0), 1.0)
        eased = share * share * (3 - 2 * share)
        zoom, across, down = (a + (b - a) * eased for a, b in _PATHS[self.movement])
        if self.movement == "handheld":
            across = 0.007 * sin(2.1 * seconds) + 0.004 * sin(5.3 * seconds + 1)
            down = 0.006 * sin(1.7 * seconds + 2) + 0.003 * sin(6.1 * seconds)
        return round(zoom, 5), round(across, 5), round(down, 5)

    def _mouths(self, seconds: float) -> frozenset[str]:
        """Whose mouths are open at a time."""
        return frozenset(
            name
            for name, start, end in self.speech
            if start <= seconds < end and int((seconds - start) * _MOUTHS_A_SECOND * 2) % 2 == 0
        )

    def _composition(self, camera: tuple[float, float, float], mouths: frozenset[str]) -> Canvas:
        key = (camera, mouths)
        if key in self._composed:
            return self._composed[key]
        zoom, across, down = camera
        tracks = 1.9 if self.movement.startswith("track") else _DEPTH
        canvas = self._warp(self._place, 1 + (zoom - 1) * _DEPTH, across * tracks, down * _DEPTH)
        people = self._plate(mouths)
        if people is not None:
            follow = 0.25 if self.movement.startswith("track") else 1.0
            _lay(canvas, [self._warped(plane, n, zoom, across * follow, down) for n, plane in enumerate(people)])
        if len(self._composed) < 6 and self.movement == "static":
            self._composed[key] = canvas
        return canvas

    def _plate(self, mouths: frozenset[str]) -> tuple[Plane, ...] | None:
        if mouths not in self._people:
            ink = draw_people(*self.size, self.graphic, mouths)
            if ink is None:
                self._people[mouths] = None
            else:
                y, u, v, full, half = rgba_to_yuva(np.ascontiguousarray(ink.result()))
                pairs = ((y, full), (u, half), (v, half))
                planes: list[Any] = [cv2.multiply(plane, alpha, scale=1 / 255) for plane, alpha in pairs]
                self._people[mouths] = (*planes, full, half)
        return self._people[mouths]

    def _warp(self, planes: list[Plane], zoom: float, across: float, down: float) -> Canvas:
        canvas = np.empty((self.size[1] * 3 // 2, self.size[0]), dtype=np.uint8)
        for number, (plane, target) in enumerate(zip(planes, i420_planes(canvas), strict=True)):
            target[:] = self._warped(plane, number, zoom, across, down)
        return canvas

    def _warped(self, plane: Plane, number: int, zoom: float, across: float, down: float) -> Plane:
        """A plate's plane as the camera sees it; planes 1, 2 and 4 are at half size."""
        part = 2 if number in (1, 2, 4) else 1
        rows, columns = plane.shape
        width, height = self.size[0] // part, self.size[1] // part
        step = 1 / zoom
        x = (columns - width * step) / 2 + min(max(across, -0.07), 0.07) * width
        y = (rows - height * step) / 2 + min(max(down, -0.07), 0.07) * height
        matrix = np.array([[step, 0, x + step / 2 - 0.5], [0, step, y + step / 2 - 0.5]])
        return cv2.warpAffine(  # type: ignore[return-value]
            plane,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )


def _lay(canvas: Canvas, planes: list[Plane]) -> None:
    """Lay premultiplied planes over a canvas."""
    y, u, v, full, half = planes
    for target, plane, cover in zip(i420_planes(canvas), (y, u, v), (full, half, half), strict=True):
        target[:] = cv2.add(plane, cv2.multiply(np.ascontiguousarray(target), cv2.bitwise_not(cover), scale=1 / 255))


def _slate(label: str, stage: Stage) -> Layer:
    corner, unit = stage.layout.corner, stage.unit
    sprite = letter([label], font(stage.style.text_font, round(stage.fine * 2.2)), "#e8e4da", box="#0a0d18")
    return Layer(sprite, (corner.right - sprite.width_px) & ~1, corner.top - round(unit * 0.2) & ~1)


def _weather(graphic: dict[str, Any], stage: Stage) -> list[Layer]:
    """Rain or snow in the air, outside; a few drawings that take turns."""
    weather = str(graphic.get("weather", "clear"))
    outside = not str(graphic.get("setting", "EXT")).startswith("INT") and graphic["framing"] != "insert"
    if weather not in ("rain", "storm", "snow") or not outside:
        return []
    sprites = [_drops(stage, weather, phase) for phase in range(_RAIN_PHASES)]
    rate = _RAIN_RATE if weather != "snow" else 5

    def choose(seconds: float) -> Sprite:
        return sprites[int(seconds * rate) % len(sprites)]

    return [Layer(sprites[0], 0, 0, choose=choose)]


def _drops(stage: Stage, weather: str, phase: int) -> Sprite:
    width, height = stage.width_px, stage.height_px
    rng = np.random.default_rng(40 + phase)
    image = Image.new("RGBA", (width, height), (225, 235, 250, 0))
    draw = ImageDraw.Draw(image)
    unit = stage.unit
    for _ in range(260 if weather == "storm" else 170):
        x, y, near = rng.uniform(-0.1, 1.05) * width, rng.uniform(-0.1, 1.0) * height, rng.uniform(0.4, 1.0)
        if weather == "snow":
            r = unit * 0.45 * near
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 255, round(190 * near)))
        else:
            length = unit * 7 * near
            draw.line(
                (x, y, x - length * 0.28, y + length),
                fill=(215, 228, 248, round(105 * near)),
                width=max(round(unit * 0.22 * near), 1),
            )
    return Sprite.from_rgba(np.asarray(image))


# -- arrows ---------------------------------------------------------------------------------------


def _arrows(graphic: dict[str, Any], stage: Stage, view: View) -> list[Layer]:
    """Arrows as storyboards draw them: how the camera moves, and where people go."""
    movement, unit = str(graphic.get("movement", "static")), stage.unit
    width, height = stage.width_px, stage.height_px
    shown = min(max(stage.seconds * 0.5, 1.2), max(stage.seconds - 0.3, 0.4))
    seen = Change.between(0.15, 0.25, 0, 0.92).then(shown, 0.35, 0)
    found: list[Layer] = []
    reach = min(width * 0.24, unit * 34)
    if movement.startswith(("pan", "track")):
        side = 1 if movement.endswith("right") else -1
        y = height * 0.17
        found.append(_arrow([(width / 2 - side * reach / 2, y), (width / 2 + side * reach / 2, y)], stage, seen))
    elif movement.startswith("tilt"):
        side = 1 if movement.endswith("down") else -1
        x = width * 0.93
        found.append(_arrow([(x, height / 2 - side * unit * 15), (x, height / 2 + side * unit * 15)], stage, seen))
    elif movement in ("push_in", "pull_out"):
        for a, b in ((0.06, 0.16), (0.94, 0.16), (0.06, 0.74), (0.94, 0.74)):
            outer = (width * a, height * b)
            inner = (outer[0] + (width / 2 - outer[0]) * 0.12, outer[1] + (height / 2 - outer[1]) * 0.22)
            found.append(_arrow([outer, inner] if movement == "push_in" else [inner, outer], stage, seen, thin=True))
    for figure in graphic.get("figures") or []:
        if figure.get("pose") in ("walking", "running") and view.tall < 0.9:
            side = 1 if figure.get("facing") == "right" else -1
            x = float(figure.get("across", 0.5)) * width + side * view.tall * height * 0.22
            y = (view.top + view.tall * 0.66) * height
            bend = [(x, y), (x + side * unit * 9, y - unit * 2.4), (x + side * unit * 18, y)]
            found.append(_arrow(bend, stage, seen))
    return found


def _arrow(points: list[tuple[float, float]], stage: Stage, seen: Change, *, thin: bool = False) -> Layer:
    unit, times = stage.unit, 3
    if len(points) == 3:
        a, b, c = points
        points = [
            (
                (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
                (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1],
            )
            for t in (n / 12 for n in range(13))
        ]
    wide, head = unit * (0.8 if thin else 1.3), unit * (2.2 if thin else 3.6)
    margin = head * 1.6
    left, top = min(x for x, _ in points) - margin, min(y for _, y in points) - margin
    size = (round(max(x for x, _ in points) + margin - left), round(max(y for _, y in points) + margin - top))
    image = Image.new("RGBA", (size[0] * times, size[1] * times), colour(stage.style.accent, 0))
    draw = ImageDraw.Draw(image)
    spots = [((x - left) * times, (y - top) * times) for x, y in points]
    angle = atan2(spots[-1][1] - spots[-2][1], spots[-1][0] - spots[-2][0])
    tip = spots[-1]
    foot = (tip[0] - head * times * 0.8 * cos(angle), tip[1] - head * times * 0.8 * sin(angle))
    shaft = [*spots[:-1], foot] if len(spots) == 2 else [*spots[:-2], foot]
    wings = [
        (tip[0] - head * times * 1.25 * cos(angle + turn), tip[1] - head * times * 1.25 * sin(angle + turn))
        for turn in (pi / 6.2, -pi / 6.2)
    ]
    for ink, grow in (("#0a0d18", unit * 0.45 * times), (stage.style.accent, 0.0)):
        draw.line(shaft, fill=(*colour(ink)[:3], 255), width=round(wide * times + 2 * grow), joint="curve")
        centre = (sum(x for x, _ in [tip, *wings]) / 3, sum(y for _, y in [tip, *wings]) / 3)
        scale = 1 + 2.6 * grow / (head * times)
        draw.polygon(
            [(centre[0] + (x - centre[0]) * scale, centre[1] + (y - centre[1]) * scale) for x, y in [tip, *wings]],
            fill=(*colour(ink)[:3], 255),
        )
    sprite = Sprite.from_rgba(np.asarray(image.reduce(times)))
    return Layer(sprite, round(left) & ~1, round(top) & ~1, opacity=seen, scale=steady(1.0))
