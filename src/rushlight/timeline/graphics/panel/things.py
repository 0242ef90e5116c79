"""Things in panels, each drawn about a point at a size, in flat shapes."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from rushlight.timeline.graphics.panel.ink import Ink, mix, smooth
from rushlight.timeline.graphics.panel.light import Light
from rushlight.timeline.graphics.panel.vehicles import draw_boat, draw_box, draw_car, draw_train

__all__ = ["THINGS", "draw_thing"]

# A thing is drawn with its foot in the middle at (x, y), `s` tall or wide, whichever is larger.
Thing = Callable[[Ink, float, float, float, Light], None]
_DARK = "#141823"


def draw_thing(ink: Ink, name: str, x: float, y: float, size: float, light: Light) -> None:
    """Draw a thing by name, its foot at (x, y); one that is not known is left out."""
    if name in THINGS:
        THINGS[name](ink, x, y, size, light)


def _door(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    wood = mix("#7a5236", "#0a1020", light.dark * 0.6)
    draw_box(ink, x - s * 0.25, y - s, x + s * 0.25, y, mix(wood, "#05070c", 0.45))
    draw_box(ink, x - s * 0.215, y - s * 0.965, x + s * 0.215, y, wood)
    for top, bottom in ((0.90, 0.56), (0.48, 0.10)):
        draw_box(ink, x - s * 0.15, y - s * top, x + s * 0.15, y - s * bottom, mix(wood, "#05070c", 0.22))
        draw_box(ink, x - s * 0.135, y - s * (top - 0.015), x + s * 0.15, y - s * bottom, mix(wood, "#ffffff", 0.06))
    ink.ellipse(x + s * 0.175, y - s * 0.5, s * 0.02, s * 0.02, "#e3b75c")


def _table(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    wood = mix("#8a5d3b", "#0a1020", light.dark * 0.6)
    ink.ellipse(x, y, s * 0.54, s * 0.05, "#05070c", 70)
    for leg in (-0.42, 0.42):
        ink.limb((x + s * leg, y - s * 0.40), (x + s * leg * 1.02, y), s * 0.025, s * 0.018, mix(wood, "#05070c", 0.4))
    ink.shape(
        [
            (x - s * 0.44, y - s * 0.47),
            (x + s * 0.44, y - s * 0.47),
            (x + s * 0.52, y - s * 0.405),
            (x - s * 0.52, y - s * 0.405),
        ],
        mix(wood, "#ffffff", 0.12),
    )
    draw_box(ink, x - s * 0.52, y - s * 0.405, x + s * 0.52, y - s * 0.345, wood)


def _chair(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    wood = mix("#5f4230", "#0a1020", light.dark * 0.6)
    for leg in (-0.2, 0.2):
        ink.limb((x + s * leg, y - s * 0.45), (x + s * leg * 1.1, y), s * 0.03, s * 0.022, wood)
    draw_box(ink, x - s * 0.25, y - s * 0.5, x + s * 0.25, y - s * 0.42, mix(wood, "#ffffff", 0.12))
    for post in (-0.21, 0.21):
        ink.limb((x + s * post, y - s * 0.45), (x + s * post, y - s), s * 0.03, s * 0.025, wood)
    draw_box(ink, x - s * 0.22, y - s * 0.98, x + s * 0.22, y - s * 0.78, mix(wood, "#ffffff", 0.08))


def _phone(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    body, hi = mix("#23262f", "#0a1020", light.dark * 0.3), "#5a6274"
    ink.ellipse(x, y, s * 0.46, s * 0.05, "#05070c", 110)
    ink.shape(
        smooth(
            [
                (x - s * 0.40, y - s * 0.02),
                (x - s * 0.30, y - s * 0.34),
                (x - s * 0.14, y - s * 0.46),
                (x + s * 0.14, y - s * 0.46),
                (x + s * 0.30, y - s * 0.34),
                (x + s * 0.40, y - s * 0.02),
            ]
        ),
        body,
    )
    ink.ellipse(x, y - s * 0.235, s * 0.155, s * 0.135, "#d9d3c4")
    ink.ellipse(x, y - s * 0.235, s * 0.058, s * 0.05, body)
    for n in range(10):
        angle = pi * (0.2 + n * 0.168)
        ink.ellipse(x + s * 0.108 * cos(angle), y - s * 0.235 - s * 0.094 * sin(angle), s * 0.019, s * 0.017, body)
    ink.shape(
        smooth(
            [
                (x - s * 0.47, y - s * 0.43),
                (x - s * 0.44, y - s * 0.56),
                (x - s * 0.2, y - s * 0.62),
                (x + s * 0.2, y - s * 0.62),
                (x + s * 0.44, y - s * 0.56),
                (x + s * 0.47, y - s * 0.43),
                (x + s * 0.27, y - s * 0.43),
                (x + s * 0.2, y - s * 0.52),
                (x - s * 0.2, y - s * 0.52),
                (x - s * 0.27, y - s * 0.43),
            ]
        ),
        mix(body, "#000000", 0.15),
    )
    ink.line([(x - s * 0.3, y - s * 0.585), (x + s * 0.26, y - s * 0.585)], s * 0.014, hi)


def _bed(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    frame, cloth = mix("#6b4a33", "#0a1020", light.dark * 0.6), mix("#8fa3bf", "#0a1020", light.dark * 0.6)
    draw_box(ink, x - s * 0.5, y - s * 0.40, x - s * 0.46, y, frame)
    draw_box(ink, x + s * 0.46, y - s * 0.26, x + s * 0.5, y, frame)
    ink.shape(
        smooth(
            [
                (x - s * 0.47, y - s * 0.22),
                (x - s * 0.2, y - s * 0.25),
                (x + s * 0.2, y - s * 0.235),
                (x + s * 0.47, y - s * 0.21),
                (x + s * 0.47, y - s * 0.07),
                (x - s * 0.47, y - s * 0.07),
            ]
        ),
        cloth,
    )
    ink.shape(
        smooth(
            [
                (x - s * 0.45, y - s * 0.22),
                (x - s * 0.40, y - s * 0.30),
                (x - s * 0.27, y - s * 0.30),
                (x - s * 0.24, y - s * 0.22),
            ]
        ),
        mix("#e9e4d8", "#0a1020", light.dark * 0.5),
    )


def _tree(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    leaf, trunk = (
        mix(mix("#4f7a4c", light.far, 0.25), "#0a1224", light.dark * 0.75),
        mix("#4a3a2c", "#05070c", light.dark),
    )
    ink.limb((x, y), (x + s * 0.02, y - s * 0.55), s * 0.04, s * 0.02, trunk)
    for dx, dy, r, shade in (
        (-0.16, 0.56, 0.19, 0.2),
        (0.18, 0.58, 0.18, 0.25),
        (0, 0.78, 0.23, 0.0),
        (-0.06, 0.58, 0.2, 0.06),
    ):
        ink.shape(
            smooth(
                [
                    (
                        x + s * (dx + r * (1 + 0.08 * (n % 2)) * cos(2 * pi * n / 9)),
                        y - s * (dy + r * (1 + 0.08 * (n % 2)) * sin(2 * pi * n / 9)),
                    )
                    for n in range(9)
                ]
            ),
            mix(leaf, "#05070c", shade),
        )
    ink.ellipse(x - s * 0.05, y - s * 0.86, s * 0.09, s * 0.06, mix(leaf, light.rim, 0.25), 130)


def _window(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    draw_box(ink, x - s * 0.46, y - s, x + s * 0.46, y, mix("#e5dccb", "#0a1020", light.dark * 0.7))
    for row in range(8):
        share = row / 7
        sky = (
            mix(light.sky[0], light.sky[1], share * 2)
            if share < 0.5
            else mix(light.sky[1], light.sky[2], share * 2 - 1)
        )
        draw_box(
            ink,
            x - s * 0.41,
            y - s * (0.95 - row * 0.1125),
            x + s * 0.41,
            y - s * max(0.95 - (row + 1) * 0.1125, 0.05),
            sky,
        )
    ink.shape(
        [
            (x - s * 0.3, y - s * 0.95),
            (x - s * 0.05, y - s * 0.95),
            (x - s * 0.34, y - s * 0.2),
            (x - s * 0.41, y - s * 0.2),
        ],
        "#ffffff",
        26,
    )
    frame = mix("#d6ccb9", "#0a1020", light.dark * 0.75)
    draw_box(ink, x - s * 0.018, y - s * 0.95, x + s * 0.018, y - s * 0.05, frame)
    draw_box(ink, x - s * 0.41, y - s * 0.52, x + s * 0.41, y - s * 0.485, frame)
    draw_box(ink, x - s * 0.52, y - s * 0.03, x + s * 0.52, y + s * 0.03, mix(frame, "#ffffff", 0.15))


def _lamp(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    ink.limb((x, y), (x, y - s * 0.55), s * 0.025, s * 0.02, "#2b2a30")
    ink.ellipse(x, y, s * 0.16, s * 0.035, "#22222a")
    ink.glow(x, y - s * 0.72, s * 1.5, "#ffcf7a", 0.55 if light.lamps else 0.2)
    ink.shape(
        [
            (x - s * 0.13, y - s * 0.95),
            (x + s * 0.13, y - s * 0.95),
            (x + s * 0.26, y - s * 0.55),
            (x - s * 0.26, y - s * 0.55),
        ],
        "#f7d692" if light.lamps else "#e2cfa5",
    )


def _clock(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    r = s * 0.46
    ink.ellipse(x, y - r, r * 1.08, r * 1.08, "#4a3524")
    ink.ellipse(x, y - r, r * 0.94, r * 0.94, mix("#f2ead8", "#0a1020", light.dark * 0.35))
    for n in range(12):
        angle = pi * n / 6
        ink.line(
            [
                (x + r * 0.76 * sin(angle), y - r - r * 0.76 * cos(angle)),
                (x + r * 0.88 * sin(angle), y - r - r * 0.88 * cos(angle)),
            ],
            r * (0.06 if n % 3 == 0 else 0.03),
            _DARK,
        )
    ink.line([(x, y - r), (x + r * 0.42 * sin(-1.05), y - r - r * 0.42 * cos(-1.05))], r * 0.08, _DARK)
    ink.line([(x, y - r), (x + r * 0.68 * sin(0.08), y - r - r * 0.68 * cos(0.08))], r * 0.055, _DARK)
    ink.ellipse(x, y - r, r * 0.06, r * 0.06, "#b33a2e")


def _suitcase(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    skin = mix("#8a5a34", "#0a1020", light.dark * 0.6)
    ink.ellipse(x, y, s * 0.5, s * 0.04, "#05070c", 100)
    ink.line(
        smooth(
            [
                (x - s * 0.13, y - s * 0.62),
                (x - s * 0.1, y - s * 0.74),
                (x + s * 0.1, y - s * 0.74),
                (x + s * 0.13, y - s * 0.62),
            ],
            closed=False,
        ),
        s * 0.035,
        mix(skin, _DARK, 0.5),
    )
    draw_box(ink, x - s * 0.46, y - s * 0.63, x + s * 0.46, y, skin)
    for strap in (-0.26, 0.26):
        draw_box(ink, x + s * (strap - 0.035), y - s * 0.63, x + s * (strap + 0.035), y, mix(skin, _DARK, 0.4))
    draw_box(ink, x - s * 0.46, y - s * 0.36, x + s * 0.46, y - s * 0.34, mix(skin, _DARK, 0.55))


def _letter(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    paper = mix("#f4ecd9", "#0a1020", light.dark * 0.35)
    ink.shape(
        [
            (x - s * 0.44, y - s * 0.02),
            (x - s * 0.38, y - s * 0.58),
            (x + s * 0.46, y - s * 0.52),
            (x + s * 0.42, y + s * 0.05),
        ],
        "#05070c",
        80,
    )
    ink.shape(
        [
            (x - s * 0.46, y - s * 0.05),
            (x - s * 0.40, y - s * 0.62),
            (x + s * 0.44, y - s * 0.55),
            (x + s * 0.40, y + s * 0.02),
        ],
        paper,
    )
    for n in range(6):
        top = y - s * (0.50 - n * 0.075)
        ink.line(
            [(x - s * 0.32 - n * s * 0.006, top), (x + s * (0.30 if n % 3 < 2 else 0.06), top + s * 0.05)],
            s * 0.012,
            mix(paper, "#3a4a6a", 0.55),
        )


def _cup(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    china = mix("#e9ecf0", "#0a1020", light.dark * 0.4)
    ink.ellipse(x, y - s * 0.02, s * 0.52, s * 0.09, mix(china, _DARK, 0.25))
    ink.line(
        smooth(
            [
                (x + s * 0.27, y - s * 0.42),
                (x + s * 0.46, y - s * 0.4),
                (x + s * 0.43, y - s * 0.18),
                (x + s * 0.22, y - s * 0.13),
            ],
            closed=False,
        ),
        s * 0.055,
        mix(china, _DARK, 0.12),
    )
    ink.shape(
        smooth(
            [
                (x - s * 0.30, y - s * 0.52),
                (x - s * 0.29, y - s * 0.24),
                (x - s * 0.16, y - s * 0.04),
                (x + s * 0.16, y - s * 0.04),
                (x + s * 0.29, y - s * 0.24),
                (x + s * 0.30, y - s * 0.52),
            ]
        ),
        china,
    )
    ink.ellipse(x, y - s * 0.52, s * 0.30, s * 0.07, mix(china, "#ffffff", 0.4))
    ink.ellipse(x, y - s * 0.515, s * 0.265, s * 0.052, "#7a4a26")
    for shift in (-0.1, 0.06):
        steam = smooth(
            [
                (x + s * shift, y - s * 0.6),
                (x + s * (shift + 0.06), y - s * 0.72),
                (x + s * (shift - 0.03), y - s * 0.84),
                (x + s * (shift + 0.04), y - s * 0.97),
            ],
            closed=False,
        )
        ink.line(steam, s * 0.022, "#ffffff", 90)


def _screen(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    draw_box(ink, x - s * 0.1, y - s * 0.14, x + s * 0.1, y, "#3a3f4a")
    draw_box(ink, x - s * 0.46, y - s * 0.72, x + s * 0.46, y - s * 0.1, "#171a22")
    draw_box(ink, x - s * 0.43, y - s * 0.69, x + s * 0.43, y - s * 0.13, mix("#4a86b8", "#9fd0f0", 0.2))
    for n in range(5):
        draw_box(
            ink,
            x - s * 0.36,
            y - s * (0.62 - n * 0.09),
            x + s * (0.1 + 0.08 * (n % 3)),
            y - s * (0.585 - n * 0.09),
            "#dff1ff",
            170,
        )
    ink.glow(x, y - s * 0.4, s * 0.9, "#9fd0f0", 0.25 + light.dark * 0.4)


def _stamp(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    wood = mix("#7a4d2c", "#0a1020", light.dark * 0.4)
    ink.ellipse(x, y, s * 0.4, s * 0.06, "#05070c", 100)
    ink.shape(
        smooth(
            [
                (x - s * 0.10, y - s * 0.2),
                (x - s * 0.07, y - s * 0.5),
                (x - s * 0.16, y - s * 0.78),
                (x, y - s * 0.95),
                (x + s * 0.16, y - s * 0.78),
                (x + s * 0.07, y - s * 0.5),
                (x + s * 0.10, y - s * 0.2),
            ]
        ),
        wood,
    )
    draw_box(ink, x - s * 0.32, y - s * 0.22, x + s * 0.32, y - s * 0.05, mix(wood, _DARK, 0.35))
    draw_box(ink, x - s * 0.30, y - s * 0.06, x + s * 0.30, y, "#b33a2e")
    ink.line([(x - s * 0.03, y - s * 0.82), (x - s * 0.08, y - s * 0.68)], s * 0.03, mix(wood, "#ffffff", 0.4))


def _book(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    page = mix("#f2ead6", "#0a1020", light.dark * 0.4)
    ink.shape([(x - s * 0.5, y), (x - s * 0.4, y - s * 0.4), (x + s * 0.4, y - s * 0.4), (x + s * 0.5, y)], "#5a2f2a")
    ink.shape(
        smooth(
            [
                (x, y - s * 0.38),
                (x - s * 0.2, y - s * 0.42),
                (x - s * 0.38, y - s * 0.38),
                (x - s * 0.46, y - s * 0.04),
                (x - s * 0.22, y - s * 0.08),
                (x, y - s * 0.03),
            ],
            steps=4,
        ),
        page,
    )
    ink.shape(
        smooth(
            [
                (x, y - s * 0.38),
                (x + s * 0.2, y - s * 0.42),
                (x + s * 0.38, y - s * 0.38),
                (x + s * 0.46, y - s * 0.04),
                (x + s * 0.22, y - s * 0.08),
                (x, y - s * 0.03),
            ],
            steps=4,
        ),
        mix(page, _DARK, 0.08),
    )
    for n in range(5):
        top = y - s * (0.33 - n * 0.06)
        ink.line([(x - s * (0.34 + n * 0.012), top), (x - s * 0.06, top + s * 0.01)], s * 0.008, mix(page, _DARK, 0.5))
        ink.line([(x + s * 0.06, top + s * 0.01), (x + s * (0.34 + n * 0.012), top)], s * 0.008, mix(page, _DARK, 0.5))


def _key(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    gold = mix("#d9a94a", "#0a1020", light.dark * 0.4)
    ink.ellipse(x - s * 0.3, y - s * 0.2, s * 0.18, s * 0.16, gold)
    ink.ellipse(x - s * 0.3, y - s * 0.2, s * 0.09, s * 0.08, _DARK)
    ink.line([(x - s * 0.14, y - s * 0.2), (x + s * 0.46, y - s * 0.2)], s * 0.06, gold)
    for tooth in (0.28, 0.40):
        ink.line([(x + s * tooth, y - s * 0.2), (x + s * tooth, y - s * 0.05)], s * 0.05, gold)


def _fire(ink: Ink, x: float, y: float, s: float, _light: Light) -> None:
    draw_box(ink, x - s * 0.36, y - s * 0.85, x + s * 0.36, y, "#22232b")
    draw_box(ink, x - s * 0.24, y - s * 0.52, x + s * 0.24, y - s * 0.1, "#0c0c10")
    draw_box(ink, x - s * 0.07, y - s * 1.8, x + s * 0.07, y - s * 0.85, "#1b1c23")
    ink.glow(x, y - s * 0.28, s * 0.8, "#ff9a3c", 0.6)
    for dx, tall, fill in ((-0.08, 0.26, "#ff7a2c"), (0.07, 0.3, "#ff9a3c"), (0.0, 0.2, "#ffd76a")):
        ink.shape(
            smooth(
                [
                    (x + s * (dx - 0.09), y - s * 0.12),
                    (x + s * dx, y - s * (0.12 + tall)),
                    (x + s * (dx + 0.09), y - s * 0.12),
                ]
            ),
            fill,
        )


THINGS: dict[str, Thing] = {
    "bed": _bed,
    "boat": draw_boat,
    "book": _book,
    "car": draw_car,
    "chair": _chair,
    "clock": _clock,
    "cup": _cup,
    "door": _door,
    "fire": _fire,
    "key": _key,
    "lamp": _lamp,
    "letter": _letter,
    "phone": _phone,
    "screen": _screen,
    "stamp": _stamp,
    "suitcase": _suitcase,
    "table": _table,
    "train": draw_train,
    "tree": _tree,
    "window": _window,
}
"""Every thing that can be drawn, by name."""
