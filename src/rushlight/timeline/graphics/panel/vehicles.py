"""Cars, ships and trains in panels."""

from __future__ import annotations

from rushlight.timeline.graphics.panel.ink import Colour, Ink, mix, smooth
from rushlight.timeline.graphics.panel.light import Light

__all__ = ["draw_boat", "draw_box", "draw_car", "draw_train"]

_DARK = "#141823"


def draw_box(
    ink: Ink, left: float, top: float, right: float, bottom: float, fill: str | Colour, alpha: int = 255
) -> None:
    """Fill an upright box."""
    ink.shape([(left, top), (right, top), (right, bottom), (left, bottom)], fill, alpha)


def draw_car(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    """A car from the side, its front to the right."""
    body = mix("#a33b35", "#0a1020", light.dark * 0.7)
    ink.ellipse(x, y, s * 0.54, s * 0.035, "#05070c", 110)
    ink.shape(
        smooth(
            [
                (x - s * 0.5, y - s * 0.10),
                (x - s * 0.49, y - s * 0.2),
                (x - s * 0.30, y - s * 0.235),
                (x - s * 0.17, y - s * 0.355),
                (x + s * 0.12, y - s * 0.36),
                (x + s * 0.27, y - s * 0.235),
                (x + s * 0.46, y - s * 0.205),
                (x + s * 0.51, y - s * 0.12),
                (x + s * 0.49, y - s * 0.06),
                (x - s * 0.48, y - s * 0.06),
            ]
        ),
        body,
    )
    glass = mix("#bcd6e6", light.sky[1], 0.5)
    ink.shape(
        smooth(
            [
                (x - s * 0.25, y - s * 0.235),
                (x - s * 0.155, y - s * 0.325),
                (x - s * 0.01, y - s * 0.33),
                (x - s * 0.01, y - s * 0.235),
            ],
            steps=4,
        ),
        glass,
    )
    ink.shape(
        smooth(
            [
                (x + s * 0.02, y - s * 0.235),
                (x + s * 0.02, y - s * 0.33),
                (x + s * 0.105, y - s * 0.33),
                (x + s * 0.20, y - s * 0.235),
            ],
            steps=4,
        ),
        glass,
    )
    ink.line([(x, y - s * 0.23), (x + s * 0.005, y - s * 0.08)], s * 0.006, mix(body, _DARK, 0.5))
    ink.line([(x - s * 0.48, y - s * 0.15), (x + s * 0.49, y - s * 0.15)], s * 0.008, mix(body, "#ffffff", 0.3))
    for wheel in (-0.30, 0.31):
        ink.ellipse(x + s * wheel, y - s * 0.065, s * 0.085, s * 0.085, "#0e1016")
        ink.ellipse(x + s * wheel, y - s * 0.065, s * 0.042, s * 0.042, "#8a8f98")
    ink.ellipse(x + s * 0.485, y - s * 0.16, s * 0.016, s * 0.024, "#fff3c4")
    ink.ellipse(x - s * 0.485, y - s * 0.16, s * 0.012, s * 0.022, "#ff5a4a")
    if light.dark > 0.2:
        ink.shape(
            [(x + s * 0.49, y - s * 0.17), (x + s * 1.25, y - s * 0.27), (x + s * 1.25, y + s * 0.04)], "#fff0b8", 64
        )
        ink.glow(x + s * 0.49, y - s * 0.16, s * 0.2, "#fff3c4", 0.8)


def draw_boat(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    """A ferry with lit windows."""
    hull, house = mix("#b6402f", "#0a1020", light.dark * 0.75), mix("#f0ece0", "#0a1428", light.dark * 0.8)
    draw_box(ink, x - s * 0.30, y - s * 0.36, x + s * 0.26, y - s * 0.20, house)
    draw_box(ink, x - s * 0.22, y - s * 0.47, x + s * 0.10, y - s * 0.36, house)
    draw_box(ink, x - s * 0.10, y - s * 0.62, x + s * 0.0, y - s * 0.47, mix("#d9a13b", "#0a1020", light.dark * 0.6))
    draw_box(ink, x - s * 0.10, y - s * 0.62, x + s * 0.0, y - s * 0.58, _DARK)
    lit = "#ffd98a" if light.lamps else mix(light.sky[1], "#22324a", 0.5)
    for n in range(8):
        draw_box(ink, x - s * (0.27 - n * 0.066), y - s * 0.32, x - s * (0.27 - n * 0.066 - 0.038), y - s * 0.26, lit)
    for n in range(4):
        draw_box(ink, x - s * (0.19 - n * 0.07), y - s * 0.44, x - s * (0.19 - n * 0.07 - 0.045), y - s * 0.39, lit)
    ink.shape(
        smooth(
            [
                (x - s * 0.48, y - s * 0.21),
                (x + s * 0.52, y - s * 0.23),
                (x + s * 0.43, y - s * 0.06),
                (x + s * 0.40, y),
                (x - s * 0.42, y),
                (x - s * 0.46, y - s * 0.1),
            ],
            steps=5,
        ),
        hull,
    )
    ink.line([(x - s * 0.46, y - s * 0.165), (x + s * 0.47, y - s * 0.175)], s * 0.014, mix(hull, "#ffffff", 0.7))
    ink.shape(
        smooth([(x - s * 0.56, y + s * 0.012), (x, y - s * 0.02), (x + s * 0.56, y + s * 0.012), (x, y + s * 0.03)]),
        mix(light.sky[2], light.far, 0.4),
        150,
    )


def draw_train(ink: Ink, x: float, y: float, s: float, light: Light) -> None:
    """The end of a train."""
    body = mix("#3a5f8f", "#0a1020", light.dark * 0.7)
    draw_box(ink, x - s * 0.5, y - s * 0.30, x + s * 0.40, y - s * 0.05, body)
    ink.shape(
        smooth(
            [
                (x + s * 0.38, y - s * 0.30),
                (x + s * 0.52, y - s * 0.2),
                (x + s * 0.55, y - s * 0.05),
                (x + s * 0.38, y - s * 0.05),
            ]
        ),
        body,
    )
    draw_box(ink, x - s * 0.5, y - s * 0.14, x + s * 0.5, y - s * 0.115, "#e4c25a")
    for n in range(7):
        draw_box(
            ink,
            x - s * (0.46 - n * 0.12),
            y - s * 0.26,
            x - s * (0.46 - n * 0.12 - 0.085),
            y - s * 0.165,
            "#ffd98a" if light.lamps else "#bcd2df",
        )
    for n in range(6):
        ink.ellipse(x - s * (0.42 - n * 0.16), y - s * 0.035, s * 0.03, s * 0.03, _DARK)
