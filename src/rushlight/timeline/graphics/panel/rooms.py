"""Rooms of panels, in one-point perspective."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rushlight.timeline.graphics.panel.ink import Ink, mix, smooth
from rushlight.timeline.graphics.panel.landscapes import HORIZON
from rushlight.timeline.graphics.panel.light import Light
from rushlight.timeline.graphics.panel.things import draw_thing

__all__ = ["FLOOR", "ROOMS"]

FLOOR = 0.70
"""Where wall and floor meet."""


def _room(ink: Ink, light: Light, _rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    draw_thing(ink, "window", wide * 0.30, 0.50, 0.30, light)
    _curtains(ink, wide * 0.30, 0.50, 0.30, light)
    _frame(ink, wide * 0.62, 0.30, light)
    draw_thing(ink, "lamp", wide * 0.86, FLOOR + 0.06, 0.36, light)


def _shell(ink: Ink, light: Light) -> None:
    """Back wall, side walls, ceiling and a floor of boards that run to one point."""
    wide, wall, floor = ink.aspect, light.wall, light.floor
    ink.gradient(
        [
            (-0.2, mix(wall, "#05070c", 0.30)),
            (0.1, wall),
            (0.5, mix(wall, "#ffffff", 0.06)),
            (FLOOR, mix(wall, "#05070c", 0.12)),
            (FLOOR + 0.001, mix(floor, "#05070c", 0.25)),
            (1.2, floor),
        ]
    )
    left, right = wide * 0.08, wide * 0.92
    middle = (wide / 2, HORIZON - 0.14)
    for n in range(-14, 15):
        x = wide / 2 + n * wide * 0.075
        end = (middle[0] + (x - middle[0]) * 4, middle[1] + (FLOOR - middle[1]) * 4)
        ink.line([(x, FLOOR), end], 0.0028, mix(floor, "#05070c", 0.35))
    for side, x in ((-1, left), (1, right)):
        out = wide / 2 + side * (wide / 2 + 0.9)
        ink.shape([(x, 0.06), (out, -0.34), (out, 1.36), (x, FLOOR)], mix(wall, "#05070c", 0.26 if side < 0 else 0.38))
        ink.shape([(x, FLOOR - 0.02), (out, 1.26), (out, 1.36), (x, FLOOR)], mix(wall, "#05070c", 0.55))
    ink.shape(
        [(left, 0.06), (right, 0.06), (wide / 2 + wide / 2 + 0.9, -0.34), (-0.9, -0.34)], mix(wall, "#05070c", 0.48)
    )
    ink.shape(
        [(left, FLOOR - 0.028), (right, FLOOR - 0.028), (right, FLOOR), (left, FLOOR)], mix(wall, "#05070c", 0.42)
    )
    if light.lamps:
        ink.glow(wide / 2, 0.12, 0.85, "#ffcf8a", 0.34)


def _curtains(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    cloth = mix("#8c4a44", "#0a1020", light.dark * 0.6)
    for side in (-1, 1):
        for n in range(3):
            a = x + side * s * (0.50 + 0.07 * n)
            ink.shape(
                smooth(
                    [
                        (a - s * 0.05, y - s * 1.10),
                        (a + s * 0.05, y - s * 1.10),
                        (a + s * 0.045, y + s * 0.18),
                        (a - s * 0.045, y + s * 0.18),
                    ],
                    steps=4,
                ),
                mix(cloth, "#05070c", 0.14 * (n % 2)),
            )
    ink.line([(x - s * 0.75, y - s * 1.1), (x + s * 0.75, y - s * 1.1)], 0.008, "#3a2a20")


def _frame(ink: Ink, x: float, y: float, light: Light) -> None:
    ink.shape([(x - 0.09, y - 0.075), (x + 0.09, y - 0.075), (x + 0.09, y + 0.075), (x - 0.09, y + 0.075)], "#4a3524")
    ink.shape(
        [(x - 0.078, y - 0.063), (x + 0.078, y - 0.063), (x + 0.078, y + 0.063), (x - 0.078, y + 0.063)],
        mix(light.sky[1], "#c9b48a", 0.5),
    )
    ink.shape(
        smooth(
            [
                (x - 0.078, y + 0.03),
                (x - 0.03, y - 0.01),
                (x + 0.02, y + 0.025),
                (x + 0.078, y),
                (x + 0.078, y + 0.063),
                (x - 0.078, y + 0.063),
            ],
            steps=3,
        ),
        mix(light.ground, "#3a4a3a", 0.4),
    )


def _kitchen(ink: Ink, light: Light, _rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide, wood = ink.aspect, mix("#6f8a86", "#0a1020", light.dark * 0.6)
    draw_thing(ink, "window", wide * 0.50, 0.44, 0.26, light)
    for n in range(6):
        if n in (2, 3):
            continue
        x = wide * (0.12 + 0.127 * n)
        ink.shape([(x, 0.14), (x + wide * 0.12, 0.14), (x + wide * 0.12, 0.33), (x, 0.33)], wood)
        ink.shape(
            [
                (x + 0.012, 0.155),
                (x + wide * 0.12 - 0.012, 0.155),
                (x + wide * 0.12 - 0.012, 0.315),
                (x + 0.012, 0.315),
            ],
            mix(wood, "#ffffff", 0.1),
        )
    ink.shape(
        [(wide * 0.1, 0.52), (wide * 0.9, 0.52), (wide * 0.9, FLOOR), (wide * 0.1, FLOOR)], mix(wood, "#05070c", 0.14)
    )
    ink.shape(
        [(wide * 0.09, 0.505), (wide * 0.91, 0.505), (wide * 0.91, 0.535), (wide * 0.09, 0.535)],
        mix("#d9cdb8", "#0a1020", light.dark * 0.5),
    )
    for n in range(1, 6):
        ink.line(
            [(wide * (0.1 + 0.133 * n), 0.545), (wide * (0.1 + 0.133 * n), FLOOR)], 0.004, mix(wood, "#05070c", 0.45)
        )
    for n, x in enumerate((0.70, 0.74, 0.775)):
        ink.shape(
            [
                (wide * x, 0.505 - 0.07 - 0.015 * n),
                (wide * x + 0.04, 0.505 - 0.07 - 0.015 * n),
                (wide * x + 0.044, 0.505),
                (wide * x - 0.004, 0.505),
            ],
            ("#b8563e", "#d6a24a", "#5f7f8f")[n],
        )


def _bar(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    for shelf in (0.26, 0.40):
        ink.shape(
            [(wide * 0.16, shelf), (wide * 0.84, shelf), (wide * 0.84, shelf + 0.012), (wide * 0.16, shelf + 0.012)],
            "#3a271b",
        )
        for n in range(26):
            x, tall = wide * (0.175 + 0.0255 * n), rng.uniform(0.045, 0.085)
            fill = ("#3f6b4f", "#8a4a2c", "#b98a3c", "#5a6f8a", "#7a2f3a")[int(rng.integers(5))]
            ink.shape(
                [
                    (x, shelf - tall * 0.65),
                    (x + 0.007, shelf - tall),
                    (x + 0.015, shelf - tall),
                    (x + 0.022, shelf - tall * 0.65),
                    (x + 0.022, shelf),
                    (x, shelf),
                ],
                mix(fill, "#0a1020", light.dark * 0.3),
            )
    ink.shape(
        [(wide * 0.08, 0.55), (wide * 0.92, 0.55), (wide * 0.92, FLOOR + 0.05), (wide * 0.08, FLOOR + 0.05)],
        mix("#5a3a26", "#0a1020", light.dark * 0.4),
    )
    ink.shape([(wide * 0.06, 0.53), (wide * 0.94, 0.53), (wide * 0.94, 0.56), (wide * 0.06, 0.56)], "#8a5c38")
    for share in (0.3, 0.5, 0.7):
        x = wide * share
        ink.line([(x, 0.0), (x, 0.13)], 0.003, "#14161c")
        ink.glow(x, 0.16, 0.22, "#ffcf7a", 0.6)
        ink.shape([(x - 0.012, 0.12), (x + 0.012, 0.12), (x + 0.05, 0.165), (x - 0.05, 0.165)], "#2b2f3a")


def _bedroom(ink: Ink, light: Light, _rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    draw_thing(ink, "window", wide * 0.68, 0.48, 0.30, light)
    _curtains(ink, wide * 0.68, 0.48, 0.30, light)
    _frame(ink, wide * 0.30, 0.28, light)
    draw_thing(ink, "bed", wide * 0.32, FLOOR + 0.12, min(0.70, wide * 0.6), light)
    draw_thing(ink, "lamp", wide * 0.53, FLOOR + 0.04, 0.26, light)


def _corridor(ink: Ink, light: Light, _rng: np.random.Generator) -> None:
    wide, wall = ink.aspect, light.wall
    ink.gradient([(-0.2, mix(wall, "#05070c", 0.5)), (1.2, mix(wall, "#05070c", 0.5))])
    point = (wide / 2, 0.46)
    for n in range(9, 0, -1):
        share = 0.09 + 0.24 * ((10 - n) / 9) ** 2.2 * 4
        a, b = (
            (point[0] - wide * share * 0.5, point[1] - 0.62 * share),
            (point[0] + wide * share * 0.5, point[1] + 0.60 * share),
        )
        if n == 9:
            ink.shape([a, (b[0], a[1]), b, (a[0], b[1])], mix(wall, "#fff3d6", 0.35))
    far = (wide * 0.045, 0.056)
    near = (wide * 0.75, 0.92)
    for side in (-1, 1):
        ink.shape(
            [
                (point[0] + side * far[0], point[1] - far[1]),
                (point[0] + side * near[0], point[1] - near[1]),
                (point[0] + side * near[0], point[1] + near[1]),
                (point[0] + side * far[0], point[1] + far[1]),
            ],
            mix(wall, "#05070c", 0.2 if side < 0 else 0.3),
        )
        for n in range(4):
            t, u = 0.10 * 2.0**n / 1.2, 0.10 * 2.0**n / 1.2 * 1.28
            ink.shape(
                [
                    (point[0] + side * near[0] * t, point[1] - near[1] * t * 0.48),
                    (point[0] + side * near[0] * u, point[1] - near[1] * u * 0.48),
                    (point[0] + side * near[0] * u, point[1] + near[1] * u),
                    (point[0] + side * near[0] * t, point[1] + near[1] * t),
                ],
                mix("#6b4a33", "#0a1020", 0.2 + light.dark * 0.4),
            )
    ink.shape(
        [
            (point[0] - far[0], point[1] + far[1]),
            (point[0] + far[0], point[1] + far[1]),
            (point[0] + near[0], point[1] + near[1]),
            (point[0] - near[0], point[1] + near[1]),
        ],
        light.floor,
    )
    for n in range(5):
        t = 0.12 * 1.65**n
        ink.ellipse(point[0], point[1] - near[1] * t * 0.96, 0.10 * t, 0.018 * t, "#fff0c8")
        ink.glow(point[0], point[1] - near[1] * t * 0.9, 0.35 * t, "#ffe2a8", 0.4)


def _office(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    draw_thing(ink, "window", wide * 0.28, 0.47, 0.28, light)
    case = mix("#5a3f2b", "#0a1020", light.dark * 0.4)
    left, right = wide * 0.60, wide * 0.86
    ink.shape([(left, 0.16), (right, 0.16), (right, FLOOR - 0.01), (left, FLOOR - 0.01)], mix(case, "#05070c", 0.35))
    for row in range(4):
        top, bottom = 0.18 + row * 0.13, 0.29 + row * 0.13
        x = left + 0.012
        while x < right - 0.03:
            w, tall = rng.uniform(0.010, 0.022), rng.uniform(0.065, 0.10)
            fill = ("#8a3f38", "#3f5f7a", "#6f7a4a", "#b08a4a", "#4a4560")[int(rng.integers(5))]
            if rng.random() < 0.86:
                ink.shape(
                    [(x, bottom - tall), (x + w, bottom - tall), (x + w, bottom), (x, bottom)],
                    mix(fill, "#0a1020", 0.1 + light.dark * 0.4),
                )
            x += w + 0.002
        ink.shape([(left, bottom), (right, bottom), (right, bottom + 0.014), (left, bottom + 0.014)], case)
        ink.line([(left, top - 0.02), (left, bottom)], 0.008, case)


def _car(ink: Ink, light: Light, _rng: np.random.Generator) -> None:
    """The inside of a car, seen through its windscreen from the bonnet: the road behind lies in the rear window."""
    wide = ink.aspect
    trim = mix("#2a2d36", "#05070c", light.dark * 0.4)
    ink.gradient([(-0.2, trim), (0.2, mix(trim, "#ffffff", 0.05)), (1.2, mix(trim, "#05070c", 0.4))])
    ink.shape(
        smooth(
            [
                (wide * 0.14, 0.16),
                (wide * 0.5, 0.10),
                (wide * 0.86, 0.16),
                (wide * 0.93, 0.50),
                (wide * 0.5, 0.53),
                (wide * 0.07, 0.50),
            ],
            steps=6,
        ),
        light.sky[1],
    )
    ink.shape(
        smooth(
            [
                (wide * 0.11, 0.36),
                (wide * 0.5, 0.32),
                (wide * 0.89, 0.36),
                (wide * 0.93, 0.50),
                (wide * 0.5, 0.53),
                (wide * 0.07, 0.50),
            ],
            steps=6,
        ),
        mix(light.far, light.ground, 0.4),
    )
    ink.shape(
        [(wide * 0.47, 0.345), (wide * 0.53, 0.345), (wide * 0.66, 0.525), (wide * 0.34, 0.525)],
        mix("#3c4048", "#05070c", light.dark * 0.4),
    )
    if light.lamps:
        for x in (0.30, 0.44, 0.58, 0.71):
            ink.glow(wide * x, 0.36, 0.07, "#ffd590", 0.7)
    for share in (0.30, 0.70):
        x = wide * share
        ink.shape(
            smooth(
                [
                    (x - 0.20, 1.2),
                    (x - 0.20, 0.60),
                    (x - 0.13, 0.50),
                    (x + 0.13, 0.50),
                    (x + 0.20, 0.60),
                    (x + 0.20, 1.2),
                ],
                steps=5,
            ),
            mix("#4a4038", "#05070c", 0.2 + light.dark * 0.5),
        )
        ink.shape(
            smooth([(x - 0.09, 0.52), (x - 0.08, 0.38), (x + 0.08, 0.38), (x + 0.09, 0.52)], steps=5),
            mix("#564a40", "#05070c", 0.2 + light.dark * 0.5),
        )


ROOMS: dict[str, Callable[[Ink, Light, np.random.Generator], None]] = {
    "bar": _bar,
    "bedroom": _bedroom,
    "car": _car,
    "corridor": _corridor,
    "kitchen": _kitchen,
    "office": _office,
    "room": _room,
}
"""A room for each kind of place."""
