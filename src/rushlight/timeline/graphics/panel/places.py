"""Places in panels: rooms in one-point perspective, and landscapes under a sky."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from rushlight.timeline.graphics.panel.ink import Ink, Point, mix, smooth
from rushlight.timeline.graphics.panel.light import Light
from rushlight.timeline.graphics.panel.things import draw_thing

__all__ = ["FLOOR", "HORIZON", "draw_place", "kind_of"]

HORIZON, FLOOR = 0.60, 0.70
"""Where the horizon lies outside, and where wall and floor meet inside."""
_OUTSIDE = (
    ("sea", r"harbou?r|sea|coast|beach|quay|pier|dock|ship|boat|deck|ocean|shore|lake|river|island|pool|ferry|cliff"),
    ("street", r"street|road|city|town|alley|avenue|square|market|downtown|corner|rooftop|skyline|parking|highway"),
    ("wood", r"forest|wood|jungle|trees|park|garden|orchard"),
    ("mountain", r"mountain|peak|ridge|valley|canyon|snowfield|glacier"),
    ("desert", r"desert|dune|wasteland|mars"),
    ("house", r"house|home|patio|porch|yard|farm|cottage|villa|cabin|trailer|driveway|hut|church|castle|school"),
)  # fmt: skip
_INSIDE = (
    ("car", r"\bcar\b|taxi|cab\b|truck|van\b|cockpit|bus\b"),
    ("kitchen", r"kitchen|galley"),
    ("bar", r"\bbar\b|caf[eé]|restaurant|diner|pub|saloon|coffee|club"),
    ("bedroom", r"bedroom|hotel|motel|hospital|ward|dormitory|bunk"),
    ("corridor", r"corridor|hall|stair|lobby|tunnel|lift|elevator"),
    ("office", r"office|station|desk|library|studio|class|school|court|bank|hut|shop|newsroom|laborator|bridge|control"),
)  # fmt: skip


def kind_of(setting: str, place: str) -> str:
    """Which set a heading asks for; `hills` or `room` when it names none that is known."""
    for kind, pattern in _OUTSIDE if not setting.startswith("INT") else _INSIDE:
        if re.search(pattern, place, re.IGNORECASE):
            return kind
    return "room" if setting.startswith("INT") else "hills"


def draw_place(ink: Ink, setting: str, place: str, time: str, weather: str, light: Light, seed: int) -> None:
    """Draw a set, filling the picture and some room around it."""
    rng = np.random.default_rng(seed)
    kind = kind_of(setting, place)
    if setting.startswith("INT"):
        _ROOMS[kind](ink, light, rng)
    else:
        _sky(ink, time, weather, light, rng)
        _LANDS[kind](ink, light, rng)
        if weather == "fog":
            for n in range(5):
                ink.ellipse(ink.aspect * rng.random(), 0.50 + 0.05 * n, 0.9, 0.06, "#dfe5ea", 60)


# -- outside --------------------------------------------------------------------------------------


def _sky(ink: Ink, time: str, weather: str, light: Light, rng: np.random.Generator) -> None:
    ink.gradient([(-0.2, light.sky[0]), (0.05, light.sky[0]), (0.36, light.sky[1]), (HORIZON, light.sky[2]),
                  (HORIZON + 0.02, light.ground), (1.2, mix(light.ground, "#05070c", 0.4))])  # fmt: skip
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


def _cloud(ink: Ink, x: float, y: float, s: float, fill: object, rng: np.random.Generator) -> None:
    for n in range(5):
        share = (n - 2) / 2
        ink.ellipse(
            x + share * s * 0.8,
            y + abs(share) * s * 0.05,
            s * (0.42 - 0.12 * abs(share)),
            s * (0.13 - 0.05 * abs(share)) * rng.uniform(0.8, 1.1),
            fill,
            120,
        )  # type: ignore[arg-type]


def _ridge(ink: Ink, low: float, tall: float, fill: object, rng: np.random.Generator, steps: int = 9) -> None:
    left, right = -0.5, ink.aspect + 0.5
    tops = [(left + (right - left) * n / steps, low - tall * rng.uniform(0.25, 1.0)) for n in range(steps + 1)]
    ink.shape([*smooth(tops, closed=False), (right, 1.4), (left, 1.4)], fill)  # type: ignore[arg-type]


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
        ink.shape([(-0.6, y), (ink.aspect + 0.6, y - 0.008), (ink.aspect + 0.6, 1.5), (-0.6, 1.5)],
                  mix(light.ground, "#05070c", 0.06 + 0.26 * share))  # fmt: skip


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
        ink.shape([(x, HORIZON + 0.02 - tall), (x + w, HORIZON + 0.02 - tall), (x + w, HORIZON + 0.1), (x, HORIZON + 0.1)],
                  mix(light.far, light.sky[2], rng.uniform(0.0, 0.3)))  # fmt: skip
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
                    ink.shape([(a, b), (a + 0.025, b), (a + 0.025, b + 0.04), (a, b + 0.04)],
                              "#ffd98a" if lit else mix(wall, "#05070c", 0.35))  # fmt: skip
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
                ink.shape([(x, y), (x + 0.06, y + 0.10), (x + 0.02, y + 0.08), (x - 0.02, y + 0.11), (x - 0.05, y + 0.09)],
                          mix(fill, "#ffffff", 0.6))  # fmt: skip
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


_LANDS: dict[str, Callable[[Ink, Light, np.random.Generator], None]] = {
    "desert": _desert, "hills": _hills, "house": _house, "mountain": _mountain, "sea": _sea, "street": _street,
    "wood": _wood,
}  # fmt: skip


# -- inside ---------------------------------------------------------------------------------------


def _room(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    draw_thing(ink, "window", wide * 0.30, 0.50, 0.30, light)
    _curtains(ink, wide * 0.30, 0.50, 0.30, light)
    _frame(ink, wide * 0.62, 0.30, light, rng)
    draw_thing(ink, "lamp", wide * 0.86, FLOOR + 0.06, 0.36, light)


def _shell(ink: Ink, light: Light) -> None:
    """Back wall, side walls, ceiling and a floor of boards that run to one point."""
    wide, wall, floor = ink.aspect, light.wall, light.floor
    ink.gradient([(-0.2, mix(wall, "#05070c", 0.30)), (0.1, wall), (0.5, mix(wall, "#ffffff", 0.06)), (FLOOR, mix(wall, "#05070c", 0.12)),
                  (FLOOR + 0.001, mix(floor, "#05070c", 0.25)), (1.2, floor)])  # fmt: skip
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
            ink.shape(smooth([(a - s * 0.05, y - s * 1.10), (a + s * 0.05, y - s * 1.10), (a + s * 0.045, y + s * 0.18),
                              (a - s * 0.045, y + s * 0.18)], steps=4), mix(cloth, "#05070c", 0.14 * (n % 2)))  # fmt: skip
    ink.line([(x - s * 0.75, y - s * 1.1), (x + s * 0.75, y - s * 1.1)], 0.008, "#3a2a20")


def _frame(ink: Ink, x: float, y: float, light: Light, rng: np.random.Generator) -> None:
    ink.shape([(x - 0.09, y - 0.075), (x + 0.09, y - 0.075), (x + 0.09, y + 0.075), (x - 0.09, y + 0.075)], "#4a3524")
    ink.shape(
        [(x - 0.078, y - 0.063), (x + 0.078, y - 0.063), (x + 0.078, y + 0.063), (x - 0.078, y + 0.063)],
        mix(light.sky[1], "#c9b48a", 0.5),
    )
    ink.shape(smooth([(x - 0.078, y + 0.03), (x - 0.03, y - 0.01), (x + 0.02, y + 0.025), (x + 0.078, y), (x + 0.078, y + 0.063), (x - 0.078, y + 0.063)], steps=3),
              mix(light.ground, "#3a4a3a", 0.4))  # fmt: skip


def _kitchen(ink: Ink, light: Light, rng: np.random.Generator) -> None:
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
        ink.shape([(wide * x, 0.505 - 0.07 - 0.015 * n), (wide * x + 0.04, 0.505 - 0.07 - 0.015 * n), (wide * x + 0.044, 0.505), (wide * x - 0.004, 0.505)],
                  ("#b8563e", "#d6a24a", "#5f7f8f")[n])  # fmt: skip


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
            ink.shape([(x, shelf - tall * 0.65), (x + 0.007, shelf - tall), (x + 0.015, shelf - tall), (x + 0.022, shelf - tall * 0.65), (x + 0.022, shelf), (x, shelf)],
                      mix(fill, "#0a1020", light.dark * 0.3))  # fmt: skip
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


def _bedroom(ink: Ink, light: Light, rng: np.random.Generator) -> None:
    _shell(ink, light)
    wide = ink.aspect
    draw_thing(ink, "window", wide * 0.68, 0.48, 0.30, light)
    _curtains(ink, wide * 0.68, 0.48, 0.30, light)
    _frame(ink, wide * 0.30, 0.28, light, rng)
    draw_thing(ink, "bed", wide * 0.32, FLOOR + 0.12, min(0.70, wide * 0.6), light)
    draw_thing(ink, "lamp", wide * 0.53, FLOOR + 0.04, 0.26, light)


def _corridor(ink: Ink, light: Light, rng: np.random.Generator) -> None:
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
        ink.shape([(point[0] + side * far[0], point[1] - far[1]), (point[0] + side * near[0], point[1] - near[1]),
                   (point[0] + side * near[0], point[1] + near[1]), (point[0] + side * far[0], point[1] + far[1])],
                  mix(wall, "#05070c", 0.2 if side < 0 else 0.3))  # fmt: skip
        for n in range(4):
            t, u = 0.10 * 2.0**n / 1.2, 0.10 * 2.0**n / 1.2 * 1.28
            ink.shape([(point[0] + side * near[0] * t, point[1] - near[1] * t * 0.48), (point[0] + side * near[0] * u, point[1] - near[1] * u * 0.48),
                       (point[0] + side * near[0] * u, point[1] + near[1] * u), (point[0] + side * near[0] * t, point[1] + near[1] * t)],
                      mix("#6b4a33", "#0a1020", 0.2 + light.dark * 0.4))  # fmt: skip
    ink.shape([(point[0] - far[0], point[1] + far[1]), (point[0] + far[0], point[1] + far[1]),
               (point[0] + near[0], point[1] + near[1]), (point[0] - near[0], point[1] + near[1])], light.floor)  # fmt: skip
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


def _car(ink: Ink, light: Light, rng: np.random.Generator) -> None:
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
    ink.shape(smooth([(wide * 0.11, 0.36), (wide * 0.5, 0.32), (wide * 0.89, 0.36), (wide * 0.93, 0.50), (wide * 0.5, 0.53), (wide * 0.07, 0.50)], steps=6),
              mix(light.far, light.ground, 0.4))  # fmt: skip
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


_ROOMS: dict[str, Callable[[Ink, Light, np.random.Generator], None]] = {
    "bar": _bar, "bedroom": _bedroom, "car": _car, "corridor": _corridor, "kitchen": _kitchen, "office": _office,
    "room": _room,
}  # fmt: skip
