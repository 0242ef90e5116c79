"""Landscapes of panels: the sky, and what lies under it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rushlight.timeline.graphics.panel.ink import Colour, Ink, Point, mix, smooth
from rushlight.timeline.graphics.panel.light import Light
from rushlight.timeline.graphics.panel.things import draw_thing

__all__ = ["HORIZON", "LANDS", "draw_sky"]

HORIZON = 0.60
"""Where the horizon lies."""


def draw_sky(ink: Ink, time: str, weather: str, light: Light, rng: np.random.Generator) -> None:
    """A sky with sun or moon, stars, clouds and lightning, over the colour of the ground."""
    ink.gradient(
        [
            (-0.2, light.sky[0]),
            (0.05, light.sky[0]),
            (0.36, light.sky[1]),
            (HORIZON, light.sky[2]),
            (HORIZON + 0.02, light.ground),
            (1.2, mix(light.ground, "#05070c", 0.4)),
        ]
    )
    wide, clear = ink.aspect, weather in ("clear", "wind")
    if time == "night" and clear:
        for _ in range(90):
            x, y, r = rng.uniform(-0.3, wide + 0.3), rng.uniform(-0.1, 0.5), rng.uniform(0.0008, 0.0024)
            ink.ellipse(x, y, r, r, "#dfe8ff", int(rng.uniform(110, 255)))
        ink.glow(wide * 0.76, 0.17, 0.30, "#bcd0ff", 0.35)
        ink.ellipse(wide * 0.76, 0.17, 0.055, 0.055, "#f1f0e2")
        ink.ellipse(wide * 0.76 + 0.022, 0.158, 0.047, 0.047, mix(light.sky[0], light.sky[1], 0.45))
    elif clear:
        at: Point = {"day": (wide * 0.78, 0.14), "dusk": (wide * 0.70, 0.50), "dawn": (wide * 0.28, 0.50)}[time]
        ink.glow(*at, 0.62, "#fff1c9" if time == "day" else "#ffcf94", 0.75)
        ink.ellipse(*at, 0.045, 0.045, "#fff9e6" if time == "day" else "#ffe7b3")
    many = {"storm": 13, "rain": 10, "snow": 8, "wind": 7, "fog": 4}.get(weather, 4 if time != "night" else 2)
    for _ in range(many):
        heavy = weather in ("storm", "rain", "snow")
        x, y = rng.uniform(-0.2, wide + 0.2), rng.uniform(0.02, 0.28 if heavy else 0.38)
        fill = mix(light.sky[1], "#ffffff" if not heavy else "#10182a", 0.42 if time != "night" else 0.14)
        _cloud(ink, x, y, rng.uniform(0.12, 0.34) * (1.5 if heavy else 1), fill, rng)
    if weather == "storm":
        x = wide * rng.uniform(0.2, 0.8)
        bolt = [(x, -0.02), (x - 0.03, 0.14), (x + 0.02, 0.17), (x - 0.045, 0.36), (x + 0.0, 0.40), (x - 0.05, 0.585)]
        ink.glow(x - 0.02, 0.25, 0.5, "#cfdcff", 0.5)
        ink.line(bolt, 0.008, "#f4f6ff")
        ink.line([bolt[3], (x + 0.06, 0.47)], 0.004, "#f4f6ff")


def _cloud(ink: Ink, x: float, y: float, s: float, fill: str | Colour, rng: np.random.Generator) -> None:
    for n in range(5):
        share = (n - 2) / 2
        ink.ellipse(
            x + share * s * 0.8,
            y + abs(share) * s * 0.05,
            s * (0.42 - 0.12 * abs(share)),
            s * (0.13 - 0.05 * abs(share)) * rng.uniform(0.8, 1.1),
            fill,
            120,
        )


def _ridge(ink: Ink, low: float, tall: float, fill: str | Colour, rng: np.random.Generator, steps: int = 9) -> None:
    left, right = -0.5, ink.aspect + 0.5
    tops = [(left + (right - left) * n / steps, low - tall * rng.uniform(0.25, 1.0)) for n in range(steps + 1)]
    ink.shape([*smooth(tops, closed=False), (right, 1.4), (left, 1.4)], fill)


def _hills(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _ridge(ink, HORIZON, 0.17, light.far, rng)
    _ridge(ink, HORIZON + 0.03, 0.09, mix(light.far, light.ground, 0.5), rng)
    _ground(ink, light)
    for _ in range(4):
        draw_thing(
            ink, "tree", rng.uniform(0, ink.aspect), HORIZON + rng.uniform(0.06, 0.1), rng.uniform(0.14, 0.24), light
        )


def _ground(ink: Ink, light: Light) -> None:
    top = HORIZON + 0.04
    for n in range(8):
        share = n / 7
        y = top + 0.5 * share**1.6
        ink.shape(
            [(-0.6, y), (ink.aspect + 0.6, y - 0.008), (ink.aspect + 0.6, 1.5), (-0.6, 1.5)],
            mix(light.ground, "#05070c", 0.06 + 0.26 * share),
        )


def _sea(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    wide = ink.aspect
    _ridge(ink, HORIZON, 0.06, mix(light.far, light.sky[2], 0.25), rng, 7)
    water = mix(light.sky[1], "#123246", 0.55)
    for n in range(14):
        share = n / 13
        y = HORIZON + 0.20 * share
        ink.shape(
            [(-0.6, y), (wide + 0.6, y), (wide + 0.6, 1.5), (-0.6, 1.5)],
            mix(mix(light.sky[2], water, 0.5), water, share),
        )
    for _ in range(46):
        y = HORIZON + 0.19 * rng.random() ** 1.5
        x, reach = rng.uniform(-0.3, wide + 0.3), rng.uniform(0.02, 0.09) * (0.4 + 4 * (y - HORIZON))
        ink.line([(x, y), (x + reach, y)], 0.0022 + 0.012 * (y - HORIZON), mix(light.sky[2], "#ffffff", 0.2), 120)
    # The quay one stands on, in stone, with bollards.
    stone = mix("#6f6a66", "#0a1020", 0.15 + light.dark * 0.75)
    edge = 0.80
    ink.shape([(-0.6, edge), (wide + 0.6, edge - 0.015), (wide + 0.6, 1.5), (-0.6, 1.5)], stone)
    ink.shape(
        [(-0.6, edge), (wide + 0.6, edge - 0.015), (wide + 0.6, edge + 0.012), (-0.6, edge + 0.03)],
        mix(stone, "#ffffff", 0.16),
    )
    for n in range(-6, 14):
        x = wide / 2 + (n - 3.5) * 0.26
        ink.line([(x, edge + 0.02), (wide / 2 + (n - 3.5) * 0.48, 1.1)], 0.003, mix(stone, "#05070c", 0.3))
    for y in (0.87, 0.96):
        ink.line([(-0.6, y), (wide + 0.6, y - 0.01)], 0.003, mix(stone, "#05070c", 0.3))
    for share in (0.10, 0.9):
        x = wide * share
        ink.limb((x, edge + 0.05), (x, edge - 0.025), 0.020, 0.022, mix("#23262e", "#05070c", light.dark * 0.5))
        ink.ellipse(x, edge - 0.03, 0.033, 0.014, "#343944")


def _street(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    wide = ink.aspect
    x = -0.4
    while x < wide + 0.4:
        w, tall = rng.uniform(0.10, 0.2), rng.uniform(0.16, 0.44)
        ink.shape(
            [(x, HORIZON + 0.02 - tall), (x + w, HORIZON + 0.02 - tall), (x + w, HORIZON + 0.1), (x, HORIZON + 0.1)],
            mix(light.far, light.sky[2], rng.uniform(0.0, 0.3)),
        )
        x += w * 0.96
    x = -0.4
    while x < wide + 0.4:
        w, tall = rng.uniform(0.16, 0.28), rng.uniform(0.2, 0.5)
        if abs(x + w / 2 - wide / 2) > 0.22:
            wall = mix(mix("#8a7466", light.far, 0.45), "#0a1020", light.dark * 0.8)
            top = HORIZON + 0.06 - tall
            ink.shape([(x, top), (x + w, top), (x + w, HORIZON + 0.1), (x, HORIZON + 0.1)], wall)
            for row in range(int(tall / 0.075)):
                for column in range(int(w / 0.05)):
                    lit = rng.random() < (0.45 if light.lamps else 0.08)
                    a, b = x + 0.016 + column * 0.05, top + 0.022 + row * 0.075
                    ink.shape(
                        [(a, b), (a + 0.025, b), (a + 0.025, b + 0.04), (a, b + 0.04)],
                        "#ffd98a" if lit else mix(wall, "#05070c", 0.35),
                    )
        x += w
    road = mix("#4b4e56", "#0a1020", light.dark * 0.7)
    y = HORIZON + 0.09
    ink.shape(
        [(-0.6, y), (wide + 0.6, y), (wide + 0.6, 1.5), (-0.6, 1.5)], mix("#85817b", "#0a1020", 0.1 + light.dark * 0.75)
    )
    ink.shape([(wide / 2 - 0.10, y), (wide / 2 + 0.10, y), (wide / 2 + 1.1, 1.2), (wide / 2 - 1.1, 1.2)], road)
    for n in range(5):
        a, b = y + 0.03 + 0.10 * n**1.2, y + 0.06 + 0.10 * n**1.2 + 0.02 * n
        w = 0.004 + 0.010 * n
        ink.shape([(wide / 2 - w, a), (wide / 2 + w, a), (wide / 2 + w * 1.3, b), (wide / 2 - w * 1.3, b)], "#d6d0bb")
    for side in (-1, 1):
        x = wide / 2 + side * 0.56
        ink.limb((x, 0.86), (x, 0.28), 0.010, 0.007, "#20232c")
        ink.line([(x, 0.285), (x - side * 0.09, 0.275)], 0.008, "#20232c")
        if light.lamps:
            ink.glow(x - side * 0.09, 0.29, 0.28, "#ffd590", 0.6)
        ink.ellipse(x - side * 0.09, 0.288, 0.026, 0.011, "#fff0c2" if light.lamps else "#c9ced6")


def _wood(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _ridge(ink, HORIZON, 0.2, mix(light.far, "#2f4a3a", 0.35), rng, 22)
    _ridge(ink, HORIZON + 0.05, 0.13, mix(light.far, "#2c4634", 0.6), rng, 30)
    _ground(ink, light)
    places = sorted((rng.uniform(0.64, 0.80), rng.uniform(-0.1, ink.aspect + 0.1)) for _ in range(12))
    for y, x in places:
        if abs(x - ink.aspect / 2) > (y - 0.55) * 1.2:
            draw_thing(ink, "tree", x, y, 0.30 + (y - 0.6) * 1.6, light)


def _mountain(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    for low, tall, fill in ((HORIZON, 0.42, light.far), (HORIZON + 0.02, 0.24, mix(light.far, light.ground, 0.4))):
        tops: list[Point] = []
        for n in range(12):
            x = -0.4 + (ink.aspect + 0.8) * n / 11
            tops.append((x, low - tall * (rng.uniform(0.55, 1.0) if n % 2 else rng.uniform(0.15, 0.4))))
        ink.shape([*tops, (ink.aspect + 0.5, 1.4), (-0.5, 1.4)], fill)
        if tall > 0.3:
            for x, y in tops[1::2]:
                ink.shape(
                    [(x, y), (x + 0.06, y + 0.10), (x + 0.02, y + 0.08), (x - 0.02, y + 0.11), (x - 0.05, y + 0.09)],
                    mix(fill, "#ffffff", 0.6),
                )
    _ground(ink, light)


def _desert(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    sand = mix("#d3a35f", "#0a1020", light.dark * 0.75)
    for n in range(4):
        _ridge(ink, HORIZON + 0.03 + 0.09 * n, 0.09, mix(sand, "#6b4522", 0.1 + 0.14 * n), rng, 5)


def _house(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _hills(ink, light, rng)
    x, y = ink.aspect * 0.62, HORIZON + 0.13
    wall, roof = mix("#d9c9ad", "#0a1428", light.dark * 0.85), mix("#7d3f34", "#0a1020", light.dark * 0.75)
    ink.shape([(x - 0.30, y - 0.24), (x + 0.30, y - 0.24), (x + 0.30, y), (x - 0.30, y)], wall)
    ink.shape([(x - 0.36, y - 0.23), (x - 0.24, y - 0.40), (x + 0.24, y - 0.40), (x + 0.36, y - 0.23)], roof)
    ink.shape(
        [(x + 0.12, y - 0.47), (x + 0.17, y - 0.47), (x + 0.17, y - 0.36), (x + 0.12, y - 0.36)],
        mix(roof, "#05070c", 0.3),
    )
    for shift in (-0.19, 0.19):
        lit = "#ffd98a" if light.lamps else mix(light.sky[1], "#22324a", 0.4)
        ink.shape(
            [
                (x + shift - 0.05, y - 0.18),
                (x + shift + 0.05, y - 0.18),
                (x + shift + 0.05, y - 0.08),
                (x + shift - 0.05, y - 0.08),
            ],
            lit,
        )
        ink.line([(x + shift, y - 0.18), (x + shift, y - 0.08)], 0.004, mix(wall, "#ffffff", 0.4))
        if light.lamps:
            ink.glow(x + shift, y - 0.13, 0.14, "#ffd98a", 0.4)
    draw_thing(ink, "door", x, y, 0.16, light)


LANDS: dict[str, Callable[[Ink, Light, np.random.Generator], None]] = {
    "desert": _desert,
    "hills": _hills,
    "house": _house,
    "mountain": _mountain,
    "sea": _sea,
    "street": _street,
    "wood": _wood,
}
"""A landscape for each kind of place."""
