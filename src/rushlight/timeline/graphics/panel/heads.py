"""Heads of people in panels: faces with expressions, beards and hair."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, radians, sin
from typing import Any

from rushlight.timeline.graphics.panel.body import Body
from rushlight.timeline.graphics.panel.ink import Point, ellipse_points, mix, rgb, smooth

__all__ = ["draw_back_hair", "draw_beard", "draw_face", "draw_hair"]

_BROWS = {
    # height of the inner and the outer end, in heads above their usual place
    "neutral": (0.0, 0.0),
    "glad": (0.03, 0.03),
    "sad": (0.08, -0.03),
    "angry": (-0.09, 0.05),
    "afraid": (0.10, 0.02),
    "surprised": (0.12, 0.11),
    "tender": (0.05, 0.0),
    "thoughtful": (-0.02, 0.05),
}
_MOUTHS = {
    # half width, bend (upwards is glad), height when open
    "neutral": (0.115, 0.006, 0.055),
    "glad": (0.155, 0.055, 0.075),
    "sad": (0.11, -0.045, 0.05),
    "angry": (0.125, -0.03, 0.085),
    "afraid": (0.11, -0.02, 0.07),
    "surprised": (0.075, 0.0, 0.10),
    "tender": (0.115, 0.028, 0.045),
    "thoughtful": (0.10, -0.008, 0.04),
}
_LIDS = {"glad": 0.72, "tender": 0.68, "sad": 0.66, "angry": 0.74, "thoughtful": 0.76, "surprised": 1.25, "afraid": 1.2}


def draw_face(
    body: Body, look: dict[str, Any], expression: str, centre: Point, turn: float, mouth_open: bool, detailed: bool
) -> None:
    """Draw eyes, brows, nose and mouth; eyes with whites and irises where they are large enough to be seen."""
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
        brow = [
            (eye[0] - side * 0.095, 0.455 - inner),
            (eye[0], 0.425 - (inner + outer) / 2),
            (eye[0] + side * 0.105, 0.458 - outer),
        ]
        body.line(smooth(brow, closed=False), 0.042, dark)
    nose = mix(look["skin"], "#4a241c", 0.42)
    body.line(
        smooth(
            [(x + 0.02 + turn * 0.3, 0.60), (x + 0.05 + turn * 0.5, 0.715), (x - 0.01 + turn * 0.3, 0.735)],
            closed=False,
        ),
        0.026,
        nose,
    )
    wide, bend, tall = _MOUTHS.get(expression, _MOUTHS["neutral"])
    mouth = (x + turn * 0.25, 0.855)
    if mouth_open or expression == "surprised":
        opened = smooth(
            [
                (mouth[0] - wide * 0.8, mouth[1] - bend * 0.4),
                (mouth[0], mouth[1] - tall * 0.55),
                (mouth[0] + wide * 0.8, mouth[1] - bend * 0.4),
                (mouth[0], mouth[1] + tall),
            ]
        )
        body.shape(opened, "#4b1a1c")
        body.shape(
            [
                (mouth[0] - wide * 0.42, mouth[1] - tall * 0.34),
                (mouth[0] + wide * 0.42, mouth[1] - tall * 0.34),
                (mouth[0] + wide * 0.34, mouth[1] - tall * 0.02),
                (mouth[0] - wide * 0.34, mouth[1] - tall * 0.02),
            ],
            "#efe6da",
        )
    else:
        body.line(
            smooth(
                [(mouth[0] + wide * t, mouth[1] + bend * (1 - 2 * t * t)) for t in (-1, -0.6, -0.2, 0.2, 0.6, 1)],
                closed=False,
            ),
            0.034,
            mix(look["skin"], "#6b1f24", 0.66),
        )
    if look["sex"] == "woman" and detailed:
        body.shape(ellipse_points(x - 0.26, 0.74, 0.08, 0.05), mix(look["skin"], "#c0504a", 0.5), 70)


def _eye(body: Body, eye: Point, lid: float, look: dict[str, Any]) -> None:
    tall = 0.056 * lid
    body.shape(
        smooth(
            [
                (eye[0] - 0.088, eye[1] + 0.01),
                (eye[0], eye[1] - tall),
                (eye[0] + 0.088, eye[1] + 0.01),
                (eye[0], eye[1] + tall * 0.9),
            ]
        ),
        "#f4efe6",
    )
    body.shape(ellipse_points(eye[0] + 0.018, eye[1], 0.042, min(0.046, tall)), "#33241f")
    body.shape(ellipse_points(eye[0] + 0.032, eye[1] - 0.016, 0.012, 0.012), "#ffffff")
    upper = smooth(
        [(eye[0] - 0.094, eye[1] + 0.012), (eye[0], eye[1] - tall), (eye[0] + 0.094, eye[1] + 0.008)], closed=False
    )
    body.line(upper, 0.030 if look["sex"] == "woman" else 0.022, "#1a1216")


def draw_beard(body: Body, look: dict[str, Any], centre: Point, turn: float) -> None:
    """Draw a beard."""
    x, fill = centre[0] + turn * 0.5, mix(look["hair_colour"], "#20242c", 0.12)
    body.shape(
        smooth(
            [
                (x - 0.40, 0.66),
                (x - 0.22, 0.76),
                (x - 0.10, 0.775),
                (x + 0.05, 0.79),
                (x + 0.20, 0.775),
                (x + 0.31, 0.72),
                (x + 0.37, 0.66),
                (x + 0.34, 0.92),
                (x + 0.14, 1.15),
                (x - 0.10, 1.16),
                (x - 0.34, 0.96),
            ]
        ),
        fill,
    )


def draw_back_hair(body: Body, look: dict[str, Any], facing: str) -> None:
    """Draw hair that falls behind the shoulders."""
    fill, turned = mix(look["hair_colour"], "#05070c", 0.2), facing in ("left", "right")
    if look["hair"] == "long":
        body.shape(
            smooth(
                [
                    (-0.50, 0.4),
                    (0.30 if turned else 0.50, 0.4),
                    (0.28 if turned else 0.56, 1.2),
                    (0.1 if turned else 0.50, 1.9),
                    (-0.3, 2.05),
                    (-0.60, 1.7),
                    (-0.58, 1.0),
                ]
            ),
            fill,
        )
    else:
        body.shape(
            smooth([(-0.30, 0.35), (-0.58, 0.45), (-0.74, 0.95), (-0.62, 1.5), (-0.50, 1.1), (-0.42, 0.8)]), fill
        )


def draw_hair(body: Body, look: dict[str, Any], centre: Point, turn: float) -> None:
    """Draw the hair of a look, or its hat."""
    style, fill, x = str(look["hair"]), rgb(look["hair_colour"]), centre[0]
    light = mix(fill, "#ffffff", 0.14)
    if style == "bald":
        for side in (-1, 1) if not turn else (-1,):
            body.shape(
                smooth(
                    [(x + side * 0.42, 0.46), (x + side * 0.30, 0.40), (x + side * 0.34, 0.72), (x + side * 0.43, 0.70)]
                ),
                fill,
            )
        return
    _HAIR.get(style, _short)(body, x, turn, fill, light)


def _crown(body: Body, x: float, turn: float, fill: Any, light: Any, low: float) -> None:
    """The hair on top: from ear to ear over the head, its front line falling to one side."""
    body.shape(
        smooth(
            [
                (x - 0.455, low),
                (x - 0.46, 0.34),
                (x - 0.30, 0.06),
                (x + 0.02, -0.045),
                (x + 0.32, 0.06),
                (x + 0.455, 0.36),
                (x + 0.43, 0.46),
                (x + 0.34 + turn * 0.3, 0.33),
                (x + 0.10 + turn, 0.255),
                (x - 0.16 + turn, 0.33),
                (x - 0.30, 0.47),
                (x - 0.36, low),
            ]
        ),
        fill,
    )
    body.line(smooth([(x - 0.26, 0.16), (x - 0.02, 0.055), (x + 0.22, 0.11)], closed=False), 0.03, light)


def _short(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    _crown(body, x, turn, fill, light, 0.66)


def _bob(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    body.shape(
        smooth(
            [(x - 0.44, 0.26), (x - 0.54, 0.70), (x - 0.50, 1.10), (x - 0.26, 1.12), (x - 0.31, 0.80), (x - 0.28, 0.42)]
        ),
        fill,
    )
    far = x + (0.40 if turn else 0.44)
    body.shape(
        smooth(
            [
                (far - 0.06, 0.26),
                (far + 0.10, 0.66),
                (far + 0.06, 1.08),
                (far - 0.10, 1.08),
                (far - 0.06, 0.74),
                (far - 0.09, 0.44),
            ]
        ),
        mix(fill, "#05070c", 0.15),
    )
    _crown(body, x, turn, fill, light, 0.7)


def _long(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    body.shape(
        smooth(
            [(x - 0.44, 0.26), (x - 0.54, 0.80), (x - 0.58, 1.50), (x - 0.36, 1.62), (x - 0.33, 0.95), (x - 0.29, 0.42)]
        ),
        fill,
    )
    if not turn:
        body.shape(
            smooth(
                [
                    (x + 0.42, 0.26),
                    (x + 0.52, 0.80),
                    (x + 0.56, 1.50),
                    (x + 0.36, 1.62),
                    (x + 0.33, 0.95),
                    (x + 0.29, 0.42),
                ]
            ),
            fill,
        )
    _crown(body, x, turn, fill, light, 0.74)


def _bun(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    body.shape(ellipse_points(x - (0.30 if turn else 0.0), 0.02 if turn else -0.10, 0.21, 0.19), fill)
    _crown(body, x, turn, fill, light, 0.60)


def _ponytail(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    _crown(body, x, turn, fill, light, 0.62)


def _curly(body: Body, x: float, _turn: float, fill: Any, light: Any) -> None:
    for n in range(11):
        angle = radians(188 + n * 16.4)
        body.shape(ellipse_points(x + 0.38 * cos(angle), 0.44 + 0.40 * sin(angle), 0.16, 0.16), fill)
    for n in range(6):
        angle = pi + n * pi / 5
        body.shape(ellipse_points(x + 0.22 * cos(angle), 0.34 + 0.20 * sin(angle), 0.14, 0.13), mix(fill, light, 0.3))


def _cap(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    _crown(body, x, turn, fill, light, 0.68)
    body.shape(
        smooth(
            [
                (x - 0.47, 0.38),
                (x - 0.42, 0.06),
                (x, -0.09),
                (x + 0.42, 0.06),
                (x + 0.47, 0.36),
                (x + 0.1, 0.30),
                (x - 0.2, 0.33),
            ]
        ),
        "#26304a",
    )
    if turn:
        body.shape(
            smooth(
                [(x - 0.10 + turn, 0.30), (x + 0.40, 0.27), (x + 0.74, 0.40), (x + 0.42, 0.39), (x + 0.05 + turn, 0.38)]
            ),
            "#1a2236",
        )


def _hat(body: Body, x: float, turn: float, fill: Any, light: Any) -> None:
    _crown(body, x, turn, fill, light, 0.64)
    body.shape(
        smooth(
            [
                (x - 0.40, 0.30),
                (x - 0.36, -0.16),
                (x - 0.06, -0.20),
                (x + 0.04, -0.15),
                (x + 0.16, -0.21),
                (x + 0.38, -0.12),
                (x + 0.42, 0.30),
            ]
        ),
        "#4a3a2e",
    )
    body.shape([(x - 0.41, 0.12), (x + 0.42, 0.12), (x + 0.43, 0.26), (x - 0.42, 0.26)], "#2b211a")
    body.shape(
        smooth(
            [(x - 0.78, 0.30), (x - 0.40, 0.20), (x + 0.42, 0.20), (x + 0.80, 0.30), (x + 0.38, 0.36), (x - 0.38, 0.36)]
        ),
        "#54432f",
    )


_HAIR: dict[str, Callable[[Body, float, float, Any, Any], None]] = {
    "short": _short,
    "bob": _bob,
    "long": _long,
    "bun": _bun,
    "ponytail": _ponytail,
    "curly": _curly,
    "cap": _cap,
    "hat": _hat,
}
