"""People in panels: one look for each character, drawn at any size, in any pose and with a face where it can be seen."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, radians, sin
from typing import Any

from rushlight.timeline.graphics.panel.ink import Ink, Point, ellipse_points, mix, rgb, smooth

__all__ = ["HEADS", "draw_person"]

HEADS = 7.2
"""How many heads tall a person is."""
_TROUSERS, _SHOES = "#2a3040", "#1a1d26"
# For each pose, from the hip joint: knees and feet; from the shoulder: elbows and hands; all facing right, in heads.
_STAND: dict[str, list[Point]] = {
    "legs": [(-0.30, 1.75), (-0.36, 3.45), (0.28, 1.75), (0.36, 3.45)],
    "arms": [(-0.30, 1.15), (-0.16, 2.15), (0.26, 1.15), (0.32, 2.15)],
}
_POSES: dict[str, dict[str, list[Point]]] = {
    "standing": _STAND,
    "walking": {
        "legs": [(-0.10, 1.70), (-1.02, 3.15), (0.42, 1.66), (0.86, 3.40)],
        "arms": [(-0.48, 1.05), (-0.30, 2.02), (0.28, 1.10), (0.78, 1.88)],
    },
    "running": {
        "legs": [(-0.20, 1.62), (-1.72, 2.16), (0.98, 1.22), (1.02, 2.92)],
        "arms": [(-0.72, 0.72), (-0.30, 1.42), (0.42, 0.98), (1.16, 0.46)],
    },
    "sitting": {
        "legs": [(1.30, 0.18), (1.22, 1.80), (1.44, 0.24), (1.52, 1.84)],
        "arms": [(-0.06, 1.12), (0.92, 1.40), (0.22, 1.12), (1.16, 1.34)],
    },
    "pointing": {**_STAND, "arms": [(-0.30, 1.15), (-0.16, 2.15), (1.00, 0.12), (2.00, -0.22)]},
    "phoning": {**_STAND, "arms": [(-0.30, 1.15), (-0.16, 2.15), (0.62, 0.94), (0.40, -0.26)]},
    "lying": {
        "legs": [(-0.16, 1.75), (-0.20, 3.45), (0.16, 1.75), (0.20, 3.45)],
        "arms": [(-0.42, 1.12), (-0.30, 2.10), (0.40, 1.12), (0.30, 2.10)],
    },
}  # fmt: skip
_LEANS = {"running": 0.20, "walking": 0.05, "sitting": 0.03}


class _Body:
    """Turns a person's own coordinates (heads from the top of the head, facing right) into the drawing's."""

    def __init__(self, ink: Ink, x: float, top: float, tall: float, facing: str, pose: str) -> None:
        self.ink, self.x, self.top, self.unit = ink, x, top, tall / HEADS
        self.turn = -1.0 if facing == "left" else 1.0
        self.lean = _LEANS.get(pose, 0.0)
        self.lies = pose == "lying"

    def at(self, point: Point) -> Point:
        """A point in heads as one of the drawing; leaning grows towards the head."""
        x, y = point
        x += self.lean * max(3.7 - y, 0)
        if self.lies:
            # Feet to one side, seen from the side, a little above the ground.
            return self.x + self.turn * (3.6 - y) * self.unit, self.top + (6.6 - 0.45 * x) * self.unit
        return self.x + self.turn * x * self.unit, self.top + y * self.unit

    def shape(self, points: list[Point], fill: Any, alpha: int = 255) -> None:
        self.ink.shape([self.at(point) for point in points], fill, alpha)

    def limb(self, start: Point, end: Point, thick: float, thin: float, fill: Any) -> None:
        self.ink.limb(self.at(start), self.at(end), thick * self.unit, thin * self.unit, fill)

    def line(self, points: list[Point], width: float, fill: Any) -> None:
        self.ink.line([self.at(point) for point in points], width * self.unit, fill)


def draw_person(
    ink: Ink,
    figure: dict[str, Any],
    x: float,
    top: float,
    tall: float,
    *,
    mouth_open: bool = False,
    rough: bool = False,
) -> None:
    """Draw someone.

    Args:
        ink: what to draw on.
        figure: `pose`, `facing`, `expression` and `look` as the panel graphic has them.
        x: where the middle of the body stands.
        top: where the top of the head would be if they stood upright.
        tall: height from head to foot.
        mouth_open: whether the mouth is caught speaking.
        rough: leave the face out, for people who are seen small or from behind.
    """
    look = {"coat": "#5f6b80", "skin": "#c98f68", "hair_colour": "#2b2026", "hair": "short", "sex": "man",
            **figure.get("look", {})}  # fmt: skip
    pose, facing = str(figure.get("pose", "standing")), str(figure.get("facing", "front"))
    if pose not in _POSES:
        pose = "standing"
    shrink = float(look.get("height", 1.0))
    body = _Body(ink, x, top + tall * (1 - shrink), tall * shrink, facing, pose)
    if pose == "sitting":
        body.top += 1.55 * body.unit
    joints = _POSES[pose]
    wide = 0.80 if look["sex"] == "woman" else 0.94
    if facing in ("left", "right"):
        wide *= 0.90
    if facing == "back":
        rough = True
    if look["hair"] in ("long", "ponytail"):
        _back_hair(body, look, facing)
    _arm(body, joints["arms"][:2], -wide, look, back=True)
    _legs(body, joints["legs"], look)
    _torso(body, wide, look, pose)
    if pose == "phoning":
        _head(body, look, figure, facing, mouth_open, rough)
        _arm(body, joints["arms"][2:], wide, look, back=False)
        hand = (wide * 0.86 + joints["arms"][3][0], 1.62 + joints["arms"][3][1])
        body.limb((hand[0] - 0.04, hand[1] - 0.36), (hand[0] + 0.04, hand[1] + 0.2), 0.10, 0.10, "#14161c")
        return
    _arm(body, joints["arms"][2:], wide, look, back=False)
    _head(body, look, figure, facing, mouth_open, rough)


def _legs(body: _Body, joints: list[Point], look: dict[str, Any]) -> None:
    hip = 3.62
    for side, (knee, foot), shade in ((-0.24, joints[:2], 0.25), (0.24, joints[2:], 0.0)):
        fill = mix(_TROUSERS, "#05070c", shade)
        start = (side, hip)
        k, f = (side * 0.4 + knee[0], hip + knee[1]), (side * 0.4 + foot[0], hip + foot[1])
        body.limb(start, k, 0.36, 0.25, fill)
        body.limb(k, f, 0.25, 0.14, fill)
        body.shape(
            smooth([(f[0] - 0.16, f[1] - 0.06), (f[0] + 0.10, f[1] - 0.10), (f[0] + 0.46, f[1] + 0.12),
                    (f[0] + 0.42, f[1] + 0.2), (f[0] - 0.18, f[1] + 0.2)]), _SHOES,
        )  # fmt: skip


def _torso(body: _Body, wide: float, look: dict[str, Any], pose: str) -> None:
    coat = rgb(look["coat"])
    hem = 3.95 if pose in ("sitting", "running") or not look.get("long_coat") else 5.35
    waist, flare = wide * (0.66 if look["sex"] == "woman" else 0.78), 0.12 if hem > 4 else 0.0
    outline = smooth(
        [(0.0, 1.26), (wide * 0.52, 1.34), (wide * 0.98, 1.60), (wide * 0.92, 2.2), (waist, 2.95),
         (wide * 0.80 + flare, hem - 0.1), (wide * 0.76 + flare, hem), (0.0, hem + 0.06),
         (-wide * 0.76 - flare, hem), (-wide * 0.80 - flare, hem - 0.1), (-waist, 2.95), (-wide * 0.92, 2.2),
         (-wide * 0.98, 1.60), (-wide * 0.52, 1.34)]
    )  # fmt: skip
    body.shape(outline, coat)
    shade = mix(coat, "#0b1020", 0.30)
    body.shape(
        smooth([(-wide * 0.98, 1.60), (-wide * 0.40, 1.40), (-waist * 0.50, 2.9), (-wide * 0.46, hem - 0.06),
                (-wide * 0.76 - flare, hem - 0.1), (-waist, 2.95), (-wide * 0.94, 2.2)]), shade,
    )  # fmt: skip
    # Lapels and the line where the coat closes.
    dark = mix(coat, "#05070c", 0.45)
    body.shape([(0.02, 1.30), (0.34, 1.34), (0.20, 2.30), (0.12, 2.42)], mix(coat, "#ffffff", 0.12))
    body.shape([(0.0, 1.30), (-0.26, 1.34), (-0.04, 2.2), (0.12, 2.42)], dark)
    body.line([(0.13, 2.4), (0.15, hem - 0.05)], 0.035, dark)
    if hem > 4:
        body.line([(-wide * 0.70, 2.98), (wide * 0.70, 2.98)], 0.10, dark)


def _arm(body: _Body, joints: list[Point], side: float, look: dict[str, Any], *, back: bool) -> None:
    shoulder = (side * 0.84, 1.64)
    fill = mix(look["coat"], "#0b1020", 0.38 if back else 0.08)
    elbow = (shoulder[0] + joints[0][0], shoulder[1] + joints[0][1])
    hand = (shoulder[0] + joints[1][0], shoulder[1] + joints[1][1])
    skin = mix(look["skin"], "#0b1020", 0.18 if back else 0.0)
    body.limb(elbow, hand, 0.15, 0.12, skin)
    body.shape(ellipse_points(*hand, 0.155, 0.17), skin)
    near = (elbow[0] + (hand[0] - elbow[0]) * 0.80, elbow[1] + (hand[1] - elbow[1]) * 0.80)
    body.limb(shoulder, elbow, 0.255, 0.195, fill)
    body.limb(elbow, near, 0.195, 0.155, fill)


def _head(
    body: _Body, look: dict[str, Any], figure: dict[str, Any], facing: str, mouth_open: bool, rough: bool
) -> None:
    skin = look["skin"]
    shade = mix(skin, "#3a1f1a", 0.28)
    body.limb((0.0, 0.92), (0.0, 1.42), 0.20, 0.25, shade)
    body.shape([(-0.22, 1.28), (0.24, 1.28), (0.10, 1.58)], shade)
    turn = 0.11 if facing in ("left", "right") else 0.0
    centre = (0.05 if turn else 0.0, 0.56)
    if facing != "back":
        body.shape(ellipse_points(centre[0] - 0.37 + turn * 0.7, 0.62, 0.075, 0.115), shade)
        if not turn:
            body.shape(ellipse_points(0.37, 0.62, 0.075, 0.115), shade)
    face = smooth(
        [(centre[0] + across * 0.41 + (turn * 0.22 if down > 0.2 else 0), centre[1] + down * 0.54)
         for across, down in ((0, -1), (0.72, -0.76), (1.0, -0.10), (0.94, 0.40), (0.60, 0.82), (0.10, 1.0),
                              (-0.50, 0.86), (-0.93, 0.42), (-1.0, -0.10), (-0.72, -0.76))]
    )  # fmt: skip
    body.shape(face, skin)
    if facing == "back":
        body.shape(face, look["hair_colour"])
        _hair(body, look, centre, 0.0, back=True)
        return
    # The side away from the light.
    body.shape(
        smooth([(centre[0] - 0.41, 0.50), (centre[0] - 0.20, 0.30), (centre[0] - 0.22, 0.80), (centre[0] - 0.12, 1.04),
                (centre[0] - 0.24, 0.99), (centre[0] - 0.37, 0.78)]), mix(skin, shade, 0.6),
    )  # fmt: skip
    if look.get("beard"):
        _beard(body, look, centre, turn)
    if not rough:
        detailed = body.ink.length(body.unit) > 150
        _face(body, look, str(figure.get("expression", "neutral")), centre, turn, mouth_open, detailed)
    _hair(body, look, centre, turn, back=False)


_BROWS = {
    # height of the inner and the outer end, in heads above their usual place
    "neutral": (0.0, 0.0), "glad": (0.03, 0.03), "sad": (0.08, -0.03), "angry": (-0.09, 0.05), "afraid": (0.10, 0.02),
    "surprised": (0.12, 0.11), "tender": (0.05, 0.0), "thoughtful": (-0.02, 0.05),
}  # fmt: skip
_MOUTHS = {
    # half width, bend (upwards is glad), height when open
    "neutral": (0.115, 0.006, 0.055), "glad": (0.155, 0.055, 0.075), "sad": (0.11, -0.045, 0.05),
    "angry": (0.125, -0.03, 0.085), "afraid": (0.11, -0.02, 0.07), "surprised": (0.075, 0.0, 0.10),
    "tender": (0.115, 0.028, 0.045), "thoughtful": (0.10, -0.008, 0.04),
}  # fmt: skip
_LIDS = {"glad": 0.72, "tender": 0.68, "sad": 0.66, "angry": 0.74, "thoughtful": 0.76, "surprised": 1.25, "afraid": 1.2}


def _face(
    body: _Body, look: dict[str, Any], expression: str, centre: Point, turn: float, mouth_open: bool, detailed: bool
) -> None:
    x, dark = centre[0] + turn, mix(look["hair_colour"], "#120c10", 0.5)
    if look["hair_colour"] in ("#b9bcc4", "#8c8f98"):
        dark = mix(look["hair_colour"], "#30323a", 0.45)
    lid = _LIDS.get(expression, 0.92)
    inner, outer = _BROWS.get(expression, (0.0, 0.0))
    for side in (-1, 1):
        # The far eye is nearer to the nose in a turned head.
        eye = (x + side * (0.165 - (0.03 if side > 0 and turn else 0.0)), 0.575)
        if detailed:
            _eye(body, eye, lid, look)
        else:
            body.shape(ellipse_points(*eye, 0.036, 0.056 * lid), "#1a1416")
        brow = [(eye[0] - side * 0.095, 0.455 - inner), (eye[0], 0.425 - (inner + outer) / 2),
                (eye[0] + side * 0.105, 0.458 - outer)]  # fmt: skip
        body.line(smooth(brow, closed=False), 0.042, dark)
    nose = mix(look["skin"], "#4a241c", 0.42)
    body.line(smooth([(x + 0.02 + turn * 0.3, 0.60), (x + 0.05 + turn * 0.5, 0.715), (x - 0.01 + turn * 0.3, 0.735)],
                     closed=False), 0.026, nose)  # fmt: skip
    wide, bend, tall = _MOUTHS.get(expression, _MOUTHS["neutral"])
    mouth = (x + turn * 0.25, 0.855)
    if mouth_open or expression == "surprised":
        opened = smooth([(mouth[0] - wide * 0.8, mouth[1] - bend * 0.4), (mouth[0], mouth[1] - tall * 0.55),
                         (mouth[0] + wide * 0.8, mouth[1] - bend * 0.4), (mouth[0], mouth[1] + tall)])  # fmt: skip
        body.shape(opened, "#4b1a1c")
        body.shape([(mouth[0] - wide * 0.42, mouth[1] - tall * 0.34), (mouth[0] + wide * 0.42, mouth[1] - tall * 0.34),
                    (mouth[0] + wide * 0.34, mouth[1] - tall * 0.02), (mouth[0] - wide * 0.34, mouth[1] - tall * 0.02)],
                   "#efe6da")  # fmt: skip
    else:
        body.line(
            smooth([(mouth[0] - wide, mouth[1] - bend), (mouth[0], mouth[1] + bend), (mouth[0] + wide, mouth[1] - bend)],
                   closed=False), 0.034, mix(look["skin"], "#6b1f24", 0.66),
        )  # fmt: skip
    if look["sex"] == "woman" and detailed:
        body.shape(ellipse_points(x - 0.26, 0.74, 0.08, 0.05), mix(look["skin"], "#c0504a", 0.5), 70)


def _eye(body: _Body, eye: Point, lid: float, look: dict[str, Any]) -> None:
    tall = 0.056 * lid
    body.shape(smooth([(eye[0] - 0.088, eye[1] + 0.01), (eye[0], eye[1] - tall), (eye[0] + 0.088, eye[1] + 0.01),
                       (eye[0], eye[1] + tall * 0.9)]), "#f4efe6")  # fmt: skip
    body.shape(ellipse_points(eye[0] + 0.018, eye[1], 0.042, min(0.046, tall)), "#33241f")
    body.shape(ellipse_points(eye[0] + 0.032, eye[1] - 0.016, 0.012, 0.012), "#ffffff")
    upper = smooth([(eye[0] - 0.094, eye[1] + 0.012), (eye[0], eye[1] - tall), (eye[0] + 0.094, eye[1] + 0.008)],
                   closed=False)  # fmt: skip
    body.line(upper, 0.030 if look["sex"] == "woman" else 0.022, "#1a1216")


def _beard(body: _Body, look: dict[str, Any], centre: Point, turn: float) -> None:
    x, fill = centre[0] + turn * 0.5, mix(look["hair_colour"], "#20242c", 0.12)
    body.shape(
        smooth([(x - 0.40, 0.66), (x - 0.22, 0.76), (x - 0.10, 0.775), (x + 0.05, 0.79), (x + 0.20, 0.775),
                (x + 0.31, 0.72), (x + 0.37, 0.66), (x + 0.34, 0.92), (x + 0.14, 1.15), (x - 0.10, 1.16),
                (x - 0.34, 0.96)]), fill,
    )  # fmt: skip


def _back_hair(body: _Body, look: dict[str, Any], facing: str) -> None:
    fill, turned = mix(look["hair_colour"], "#05070c", 0.2), facing in ("left", "right")
    if look["hair"] == "long":
        body.shape(smooth([(-0.50, 0.4), (0.30 if turned else 0.50, 0.4), (0.28 if turned else 0.56, 1.2),
                           (0.1 if turned else 0.50, 1.9), (-0.3, 2.05), (-0.60, 1.7), (-0.58, 1.0)]), fill)  # fmt: skip
    else:
        body.shape(
            smooth([(-0.30, 0.35), (-0.58, 0.45), (-0.74, 0.95), (-0.62, 1.5), (-0.50, 1.1), (-0.42, 0.8)]), fill
        )


def _hair(body: _Body, look: dict[str, Any], centre: Point, turn: float, *, back: bool) -> None:
    style, fill, x = str(look["hair"]), rgb(look["hair_colour"]), centre[0]
    light = mix(fill, "#ffffff", 0.14)
    if style == "bald":
        for side in (-1, 1) if not turn else (-1,):
            body.shape(smooth([(x + side * 0.42, 0.46), (x + side * 0.30, 0.40), (x + side * 0.34, 0.72),
                               (x + side * 0.43, 0.70)]), fill)  # fmt: skip
        return
    _HAIR.get(style, _short)(body, x, turn, fill, light, back)


def _crown(body: _Body, x: float, turn: float, fill: Any, light: Any, low: float) -> None:
    """The hair on top: from ear to ear over the head, its front line falling to one side."""
    body.shape(
        smooth([(x - 0.455, low), (x - 0.46, 0.34), (x - 0.30, 0.06), (x + 0.02, -0.045), (x + 0.32, 0.06),
                (x + 0.455, 0.36), (x + 0.43, 0.46), (x + 0.34 + turn * 0.3, 0.33), (x + 0.10 + turn, 0.255),
                (x - 0.16 + turn, 0.33), (x - 0.30, 0.47), (x - 0.36, low)]), fill,
    )  # fmt: skip
    body.line(smooth([(x - 0.26, 0.16), (x - 0.02, 0.055), (x + 0.22, 0.11)], closed=False), 0.03, light)


def _short(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    _crown(body, x, turn, fill, light, 0.66)


def _bob(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    body.shape(smooth([(x - 0.44, 0.26), (x - 0.54, 0.70), (x - 0.50, 1.10), (x - 0.26, 1.12), (x - 0.31, 0.80),
                       (x - 0.28, 0.42)]), fill)  # fmt: skip
    far = x + (0.40 if turn else 0.44)
    body.shape(smooth([(far - 0.06, 0.26), (far + 0.10, 0.66), (far + 0.06, 1.08), (far - 0.10, 1.08),
                       (far - 0.06, 0.74), (far - 0.09, 0.44)]), mix(fill, "#05070c", 0.15))  # fmt: skip
    _crown(body, x, turn, fill, light, 0.7)


def _long(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    body.shape(smooth([(x - 0.44, 0.26), (x - 0.54, 0.80), (x - 0.58, 1.50), (x - 0.36, 1.62), (x - 0.33, 0.95),
                       (x - 0.29, 0.42)]), fill)  # fmt: skip
    if not turn:
        body.shape(smooth([(x + 0.42, 0.26), (x + 0.52, 0.80), (x + 0.56, 1.50), (x + 0.36, 1.62), (x + 0.33, 0.95),
                           (x + 0.29, 0.42)]), fill)  # fmt: skip
    _crown(body, x, turn, fill, light, 0.74)


def _bun(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    body.shape(ellipse_points(x - (0.30 if turn else 0.0), 0.02 if turn else -0.10, 0.21, 0.19), fill)
    _crown(body, x, turn, fill, light, 0.60)


def _ponytail(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    _crown(body, x, turn, fill, light, 0.62)


def _curly(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    for n in range(11):
        angle = radians(188 + n * 16.4)
        body.shape(ellipse_points(x + 0.38 * cos(angle), 0.44 + 0.40 * sin(angle), 0.16, 0.16), fill)
    for n in range(6):
        angle = pi + n * pi / 5
        body.shape(ellipse_points(x + 0.22 * cos(angle), 0.34 + 0.20 * sin(angle), 0.14, 0.13), mix(fill, light, 0.3))


def _cap(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    _crown(body, x, turn, fill, light, 0.68)
    body.shape(smooth([(x - 0.47, 0.38), (x - 0.42, 0.06), (x, -0.09), (x + 0.42, 0.06), (x + 0.47, 0.36),
                       (x + 0.1, 0.30), (x - 0.2, 0.33)]), "#26304a")  # fmt: skip
    if not back:
        body.shape(smooth([(x - 0.10 + turn, 0.30), (x + 0.40, 0.27), (x + 0.74, 0.40), (x + 0.42, 0.39),
                           (x + 0.05 + turn, 0.38)]), "#1a2236")  # fmt: skip


def _hat(body: _Body, x: float, turn: float, fill: Any, light: Any, back: bool) -> None:
    _crown(body, x, turn, fill, light, 0.64)
    body.shape(smooth([(x - 0.40, 0.30), (x - 0.36, -0.16), (x - 0.06, -0.20), (x + 0.04, -0.15), (x + 0.16, -0.21),
                       (x + 0.38, -0.12), (x + 0.42, 0.30)]), "#4a3a2e")  # fmt: skip
    body.shape([(x - 0.41, 0.12), (x + 0.42, 0.12), (x + 0.43, 0.26), (x - 0.42, 0.26)], "#2b211a")
    body.shape(smooth([(x - 0.78, 0.30), (x - 0.40, 0.20), (x + 0.42, 0.20), (x + 0.80, 0.30), (x + 0.38, 0.36),
                       (x - 0.38, 0.36)]), "#54432f")  # fmt: skip


_HAIR: dict[str, Callable[[_Body, float, float, Any, Any, bool], None]] = {
    "short": _short, "bob": _bob, "long": _long, "bun": _bun, "ponytail": _ponytail, "curly": _curly, "cap": _cap,
    "hat": _hat,
}  # fmt: skip
