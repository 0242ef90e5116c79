"""People in panels: one look for each character, drawn at any size and in any pose, with a face where it is seen."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.panel.body import HEADS, Body
from rushlight.timeline.graphics.panel.heads import draw_back_hair, draw_beard, draw_face, draw_hair
from rushlight.timeline.graphics.panel.ink import Ink, Point, ellipse_points, mix, rgb, smooth

__all__ = ["HEADS", "draw_person"]

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
}


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
    look = {
        "coat": "#5f6b80",
        "skin": "#c98f68",
        "hair_colour": "#2b2026",
        "hair": "short",
        "sex": "man",
        **figure.get("look", {}),
    }
    pose, facing = str(figure.get("pose", "standing")), str(figure.get("facing", "front"))
    if pose not in _POSES:
        pose = "standing"
    shrink = float(look.get("height", 1.0))
    body = Body(ink, x, top + tall * (1 - shrink), tall * shrink, facing, pose)
    if pose == "sitting":
        body.top += 1.55 * body.unit
    joints = _POSES[pose]
    wide = 0.80 if look["sex"] == "woman" else 0.94
    if facing in ("left", "right"):
        wide *= 0.90
    if facing == "back":
        rough = True
    if look["hair"] in ("long", "ponytail"):
        draw_back_hair(body, look, facing)
    _arm(body, joints["arms"][:2], -wide, look, back=True)
    _legs(body, joints["legs"])
    _torso(body, wide, look, pose)
    if pose == "phoning":
        _head(body, look, figure, facing, mouth_open, rough)
        _arm(body, joints["arms"][2:], wide, look, back=False)
        hand = (wide * 0.86 + joints["arms"][3][0], 1.62 + joints["arms"][3][1])
        body.limb((hand[0] - 0.04, hand[1] - 0.36), (hand[0] + 0.04, hand[1] + 0.2), 0.10, 0.10, "#14161c")
        return
    _arm(body, joints["arms"][2:], wide, look, back=False)
    _head(body, look, figure, facing, mouth_open, rough)


def _legs(body: Body, joints: list[Point]) -> None:
    hip = 3.62
    for side, (knee, foot), shade in ((-0.24, joints[:2], 0.25), (0.24, joints[2:], 0.0)):
        fill = mix(_TROUSERS, "#05070c", shade)
        start = (side, hip)
        k, f = (side * 0.4 + knee[0], hip + knee[1]), (side * 0.4 + foot[0], hip + foot[1])
        body.limb(start, k, 0.36, 0.25, fill)
        body.limb(k, f, 0.25, 0.14, fill)
        body.shape(
            smooth(
                [
                    (f[0] - 0.16, f[1] - 0.06),
                    (f[0] + 0.10, f[1] - 0.10),
                    (f[0] + 0.46, f[1] + 0.12),
                    (f[0] + 0.42, f[1] + 0.2),
                    (f[0] - 0.18, f[1] + 0.2),
                ]
            ),
            _SHOES,
        )


def _torso(body: Body, wide: float, look: dict[str, Any], pose: str) -> None:
    coat = rgb(look["coat"])
    hem = 3.95 if pose in ("sitting", "running") or not look.get("long_coat") else 5.35
    waist, flare = wide * (0.66 if look["sex"] == "woman" else 0.78), 0.12 if hem > 4 else 0.0
    outline = smooth(
        [
            (0.0, 1.26),
            (wide * 0.52, 1.34),
            (wide * 0.98, 1.60),
            (wide * 0.92, 2.2),
            (waist, 2.95),
            (wide * 0.80 + flare, hem - 0.1),
            (wide * 0.76 + flare, hem),
            (0.0, hem + 0.06),
            (-wide * 0.76 - flare, hem),
            (-wide * 0.80 - flare, hem - 0.1),
            (-waist, 2.95),
            (-wide * 0.92, 2.2),
            (-wide * 0.98, 1.60),
            (-wide * 0.52, 1.34),
        ]
    )
    body.shape(outline, coat)
    shade = mix(coat, "#0b1020", 0.30)
    body.shape(
        smooth(
            [
                (-wide * 0.98, 1.60),
                (-wide * 0.40, 1.40),
                (-waist * 0.50, 2.9),
                (-wide * 0.46, hem - 0.06),
                (-wide * 0.76 - flare, hem - 0.1),
                (-waist, 2.95),
                (-wide * 0.94, 2.2),
            ]
        ),
        shade,
    )
    # Lapels and the line where the coat closes.
    dark = mix(coat, "#05070c", 0.45)
    body.shape([(0.02, 1.30), (0.34, 1.34), (0.20, 2.30), (0.12, 2.42)], mix(coat, "#ffffff", 0.12))
    body.shape([(0.0, 1.30), (-0.26, 1.34), (-0.04, 2.2), (0.12, 2.42)], dark)
    body.line([(0.13, 2.4), (0.15, hem - 0.05)], 0.035, dark)
    if hem > 4:
        body.line([(-wide * 0.70, 2.98), (wide * 0.70, 2.98)], 0.10, dark)


def _arm(body: Body, joints: list[Point], side: float, look: dict[str, Any], *, back: bool) -> None:
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


def _head(body: Body, look: dict[str, Any], figure: dict[str, Any], facing: str, mouth_open: bool, rough: bool) -> None:
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
        [
            (centre[0] + across * 0.41 + (turn * 0.22 if down > 0.2 else 0), centre[1] + down * 0.54)
            for across, down in (
                (0, -1),
                (0.72, -0.76),
                (1.0, -0.10),
                (0.94, 0.40),
                (0.60, 0.82),
                (0.10, 1.0),
                (-0.50, 0.86),
                (-0.93, 0.42),
                (-1.0, -0.10),
                (-0.72, -0.76),
            )
        ]
    )
    body.shape(face, skin)
    if facing == "back":
        body.shape(face, look["hair_colour"])
        draw_hair(body, look, centre, 0.0)
        return
    # The side away from the light.
    body.shape(
        smooth(
            [
                (centre[0] - 0.41, 0.50),
                (centre[0] - 0.20, 0.30),
                (centre[0] - 0.22, 0.80),
                (centre[0] - 0.12, 1.04),
                (centre[0] - 0.24, 0.99),
                (centre[0] - 0.37, 0.78),
            ]
        ),
        mix(skin, shade, 0.6),
    )
    if look.get("beard"):
        draw_beard(body, look, centre, turn)
    if not rough:
        detailed = body.ink.length(body.unit) > 150
        draw_face(body, look, str(figure.get("expression", "neutral")), centre, turn, mouth_open, detailed)
    draw_hair(body, look, centre, turn)
