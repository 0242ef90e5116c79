"""Draws the pictures of the examples: painted light, no photographs, so they may be used by anyone for anything.

Run `python examples/draw_pictures.py` to draw them again; a fixed seed gives the same pictures. A picture is an array
of light, float32, shape (1000, 1600, 3), about 0 to 1, RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 1600, 1000
Light = NDArray[np.float32]
Colour = tuple[float, float, float]
FOLDER = Path(__file__).parent / "pictures"
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


def rgb(text: str) -> Light:
    """A colour as light."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def sky(stops: Sequence[tuple[float, str]]) -> Light:
    """A gradient from the top down; stops are (share of the height, colour)."""
    at = np.linspace(0, 1, HEIGHT)
    colours = np.array([rgb(colour) for _, colour in stops])
    column = np.stack([np.interp(at, [s for s, _ in stops], colours[:, c]) for c in range(3)], axis=1)
    return np.repeat(column[:, None].astype(np.float32), WIDTH, axis=1)


def clouds(rng: np.random.Generator, cell: float, octaves: int = 5, stretch: float = 1.0) -> Light:
    """Fractal noise from 0 to 1, shape (h, w); `cell` is the size of its largest lumps in pixels."""
    total, weight = np.zeros((HEIGHT, WIDTH), np.float32), 0.0
    for octave in range(octaves):
        size = max(cell / 2**octave, 2)
        grid = rng.random((int(HEIGHT / size) + 3, int(WIDTH / size / stretch) + 3), dtype=np.float32)
        total += cv2.resize(grid, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) * 0.5**octave
        weight += 0.5**octave
    return np.clip(total / weight, 0, 1)


def add_glow(
    picture: Light, x: float, y: float, radius: float, colour: str, strength: float, squash: float = 1
) -> None:
    """Light that falls off around a point."""
    away = np.hypot(X - x, (Y - y) * squash) / radius
    picture += (strength / (1 + (away * 2.2) ** 2.6))[..., None] * rgb(colour)


def shape(points: Sequence[tuple[float, float]], soft: float = 0.8) -> Light:
    """A mask of a polygon with smooth edges, shape (h, w)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    out = mask.astype(np.float32) / 255
    return cv2.GaussianBlur(out, (0, 0), soft) if soft > 0.3 else out


def paint(picture: Light, mask: Light, colour: str | Light) -> None:
    """Cover a part of a picture."""
    ink = rgb(colour) if isinstance(colour, str) else colour
    picture *= 1 - mask[..., None]
    picture += mask[..., None] * ink


def stars(picture: Light, rng: np.random.Generator, count: int, floor: float) -> None:
    """Stars above a line, faint ones many, bright ones few."""
    field = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(count):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, int(floor)))
        field[y, x] += float(rng.pareto(1.8) * 0.35) * (1 - y / floor) ** 0.5
    field = np.clip(field, 0, 6)
    light = cv2.GaussianBlur(field, (0, 0), 0.9) * 2.4 + cv2.GaussianBlur(np.maximum(field - 1, 0), (0, 0), 4) * 3
    picture += light[..., None] * rgb("#dfe8ff")


def ridge(rng: np.random.Generator, base: float, height: float, cell: float, rough: float = 0.55) -> Light:
    """A mountain line: its height for every column."""
    line = np.zeros(WIDTH, np.float32)
    size, part = cell, 1.0
    while size > 3:
        knots = rng.random(int(WIDTH / size) + 3)
        line += np.interp(np.arange(WIDTH) / size, np.arange(len(knots)), knots).astype(np.float32) * part
        size, part = size / 2, part * rough
    return base - height * (line - line.min()) / (line.max() - line.min())


def below(line: Light) -> Light:
    """A mask of all that lies under a line."""
    return np.clip(Y - line[None, :] + 0.5, 0, 1)


def water(
    picture: Light, rng: np.random.Generator, horizon: int, tint: str, *, swell: float = 1.0, keep: float = 0.6
) -> None:
    """Turn what lies under the horizon into water that mirrors what lies above it, in ripples that widen nearer by."""
    depth = np.clip((Y - horizon) / (HEIGHT - horizon), 0, 1)
    near = 0.15 + depth
    ripple = np.zeros((HEIGHT, WIDTH), np.float32)
    for cell, part in ((150, 0.5), (60, 0.35), (22, 0.25)):
        # Noise is squeezed towards the horizon, as waves look when they lie flat.
        flat = clouds(rng, cell, 3, 3.2)
        rows = (np.sqrt(depth) * (HEIGHT - 1)).astype(np.float32)
        ripple += (cv2.remap(flat, X, rows, cv2.INTER_LINEAR) - 0.5) * part
    up = np.clip(2 * horizon - Y + ripple * 260 * near * swell, 0, horizon - 1).astype(np.float32)
    aside = (X + ripple * 110 * near * swell).astype(np.float32)
    mirrored = cv2.remap(picture, aside, up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    mirrored = cv2.blur(mirrored, (3, 9))
    shade = (keep - 0.25 * depth)[..., None] * (0.85 + 0.8 * ripple[..., None])
    surface = mirrored * shade + rgb(tint) * (0.35 + 0.5 * depth[..., None] + ripple[..., None] * 0.5)
    glint = np.clip(ripple - 0.14, 0, 1)[..., None] * mirrored.mean(axis=2, keepdims=True) * 3
    mask = np.clip(Y - horizon + 0.5, 0, 1)[..., None]
    picture[:] = picture * (1 - mask) + np.maximum(surface + glint, 0) * mask


def beam(
    picture: Light, x: float, y: float, angle: float, spread: float, colour: str, strength: float, fog: Light
) -> None:
    """A beam of light through haze; its angle and spread are in radians."""
    dx, dy = X - x, Y - y
    along = dx * cos(angle) + dy * sin(angle)
    across = -dx * sin(angle) + dy * cos(angle)
    width = np.maximum(along, 1) * spread + 7
    light = np.exp(-((across / width) ** 2)) * (along > 0) / (1 + along / 750) * np.clip(along / 12, 0, 1)
    picture += (light * strength * (0.45 + 0.9 * fog))[..., None] * rgb(colour)


def lighthouse(
    picture: Light, x: float, foot: float, top: float, wide: float, lit_from: float, banded: bool = True
) -> float:
    """A tower with its gallery and lantern, lit from one side (-1 left to 1 right); gives the lantern's height."""
    tall = foot - top
    left = [
        (x - wide * (0.5 - 0.17 * s**0.7) - wide * 0.16 * (1 - s) ** 3, foot - tall * s) for s in np.linspace(0, 1, 24)
    ]
    right = [(2 * x - px, py) for px, py in left[::-1]]
    body = shape([*left, *right])
    turn = np.clip((X - x) / (wide * 0.5), -1, 1)
    round_light = np.clip(0.42 + 0.55 * turn * lit_from, 0.05, 1)
    tone = rgb("#d9d3c6") * round_light[..., None]
    if banded:
        band = (np.sin((Y - top) / tall * pi * 5 + 0.4) > 0).astype(np.float32)
        band = cv2.GaussianBlur(band, (0, 0), 1)[..., None]
        tone = tone * (1 - band) + rgb("#9c2f2a") * round_light[..., None] * band
    paint(picture, body, tone * 0.75)
    neck = wide * 0.33
    dark = rgb("#12151c")
    paint(
        picture,
        shape([(x - neck * 1.45, top), (x + neck * 1.45, top), (x + neck * 1.45, top - 9), (x - neck * 1.45, top - 9)]),
        dark,
    )
    lamp = top - tall * 0.06
    glass = shape(
        [
            (x - neck * 0.85, top - 9),
            (x + neck * 0.85, top - 9),
            (x + neck * 0.85, top - tall * 0.115),
            (x - neck * 0.85, top - tall * 0.115),
        ]
    )
    paint(picture, glass, rgb("#ffe2a0") * 1.3)
    for bar in (-0.85, -0.3, 0.3, 0.85):
        paint(
            picture,
            shape(
                [
                    (x + neck * bar - 1.5, top - 9),
                    (x + neck * bar + 1.5, top - 9),
                    (x + neck * bar + 1.5, top - tall * 0.115),
                    (x + neck * bar - 1.5, top - tall * 0.115),
                ],
                0.3,
            ),
            dark,
        )
    roof = top - tall * 0.11
    paint(picture, shape([(x - neck * 1.1, roof), (x, roof - tall * 0.085), (x + neck * 1.1, roof)]), dark)
    for row in (0.3, 0.55, 0.78):
        y = foot - tall * row
        paint(picture, shape([(x - 5, y), (x + 5, y), (x + 5, y - 17), (x - 5, y - 17)], 0.6), rgb("#ffcf7d") * 0.9)
    return lamp


def rock(picture: Light, rng: np.random.Generator, left: float, right: float, top: float, ink: str) -> None:
    """A skerry that rises out of the sea, darker at its foot, with light on its upper edges."""
    line = ridge(rng, 60, 120, 150, 0.62)
    middle, half = (left + right) / 2, (right - left) / 2
    off = np.abs((np.arange(WIDTH) - middle) / half)
    hump = np.clip(1 - off**3.2, 0, 1).astype(np.float32) ** 0.9
    edge = (HEIGHT + 60) - (HEIGHT + 60 - top) * hump + line * (0.25 + 1.1 * off.astype(np.float32)) * (hump > 0)
    mask = below(edge.astype(np.float32)) * (hump > 0)[None, :]
    grain = np.abs(clouds(rng, 70, 6, 0.7) * 2 - 1) * 1.5
    shade = np.clip(1.25 - (Y - edge[None, :]) / 260, 0.25, 1.2) * (0.35 + 0.9 * grain)
    paint(picture, mask, rgb(ink) * shade[..., None])


def finish(picture: Light, rng: np.random.Generator, name: str, quality: int = 80) -> None:
    """Bloom, a vignette, a little grain and a soft shoulder; then a file."""
    bright = np.maximum(picture - 0.75, 0)
    picture = picture + cv2.GaussianBlur(bright, (0, 0), 22) * 0.7 + cv2.GaussianBlur(bright, (0, 0), 70) * 0.5
    away = np.hypot((X / WIDTH - 0.5) * 1.05, Y / HEIGHT - 0.5)
    picture = picture * (1 - 0.55 * np.clip(away - 0.25, 0, 1) ** 1.4)[..., None]
    picture = np.where(picture < 0.7, picture, 0.7 + 0.3 * (1 - np.exp(-(picture - 0.7) / 0.3)))
    picture = picture + rng.normal(0, 0.006, (HEIGHT, WIDTH, 1)).astype(np.float32)
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=quality, optimize=True, progressive=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


def lighthouse_at_night(rng: np.random.Generator) -> None:
    """A lighthouse whose beam sweeps a quiet sea."""
    picture = sky([(0, "#050a1c"), (0.35, "#0d1d3f"), (0.55, "#27406b"), (0.64, "#58648a"), (1, "#58648a")])
    stars(picture, rng, 2600, 600)
    haze = clouds(rng, 420, 5, 2.6)
    picture += (np.clip(haze - 0.45, 0, 1) * 0.5)[..., None] * rgb("#31456e")
    add_glow(picture, 420, 640, 620, "#d08a5a", 0.30, 2.6)
    lamp = (1080.0, 298.0)
    for angle, strength in ((pi + 0.07, 1.15), (-0.1, 0.8)):
        beam(picture, *lamp, angle, 0.05, "#ffe3a6", strength, haze)
    far = ridge(rng, 648, 46, 380)
    paint(picture, below(far), rgb("#152340"))
    add_glow(picture, *lamp, 170, "#ffd98c", 1.1)
    water(picture, rng, 640, "#081329", keep=0.72)
    add_glow(picture, 560, 700, 420, "#ffd98c", 0.13, 4)
    rock(picture, rng, 800, 1520, 640, "#2b3140")
    y = lighthouse(picture, 1080, 690, 345, 120, -0.5)
    add_glow(picture, 1080, y, 90, "#fff2c8", 1.5)
    finish(picture, rng, "lighthouses/lighthouse-beam-over-night-sea.jpg")


def storm(rng: np.random.Generator) -> None:
    """A tower in a great storm, the sea breaking over it."""
    picture = sky([(0, "#0e1318"), (0.3, "#2a333b"), (0.5, "#56636a"), (0.62, "#8b9793"), (1, "#3d4a4f")])
    mass = clouds(rng, 520, 6, 1.8)
    picture *= (0.35 + 1.15 * mass)[..., None]
    add_glow(picture, 520, 430, 430, "#dfe6d2", 0.42, 1.4)
    tower_x = 930
    lamp_y = lighthouse(picture, tower_x, 800, 320, 120, -0.85, banded=False)
    beam(picture, tower_x, lamp_y, pi - 0.16, 0.06, "#ffe6b0", 0.7, mass)
    add_glow(picture, tower_x, lamp_y, 80, "#ffe9b8", 1.2)
    rain = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(1500):
        x, y = rng.integers(0, WIDTH), rng.integers(0, HEIGHT)
        length = int(rng.integers(18, 60))
        cv2.line(
            rain, (int(x), int(y)), (int(x) - length // 3, int(y) + length), float(rng.random() * 0.35), 1, cv2.LINE_AA
        )
    for layer, (base, tall, ink, foam) in enumerate(
        ((640, 70, "#4d5c60", 0.35), (715, 110, "#33434a", 0.5), (800, 150, "#1f2f37", 0.7), (910, 170, "#101d25", 0.9))
    ):
        line = ridge(rng, base + 40, tall, 420 - 60 * layer, 0.42)
        line = cv2.GaussianBlur(line[None, :], (0, 0), 16)[0]
        down = np.clip((Y - line[None, :]) / 190, 0, 1)
        texture = clouds(rng, 90, 5, 2.8)
        streaks = np.clip(texture - 0.5 + 0.15 * (1 - down), 0, 1) * 2.2
        body = rgb(ink) * (1.25 - 0.75 * down)[..., None] + (streaks * (1 - down) ** 2 * foam)[..., None] * rgb(
            "#cfd8d4"
        )
        crest = np.exp(-((((Y - line[None, :]) - 5) / (7 + 3 * layer)) ** 2)) * (0.3 + texture) * foam
        paint(picture, below(line), body + crest[..., None] * rgb("#e8eee9"))
    spray = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(5200):
        angle, speed = rng.normal(-pi / 2, 0.5), rng.gamma(2.2, 75)
        x = tower_x - 40 + cos(angle) * speed * 1.1 + rng.normal(0, 26)
        y = 815 + sin(angle) * speed + (speed / 260) ** 2 * 50
        if 0 <= x < WIDTH and 0 <= y < HEIGHT:
            cv2.circle(spray, (int(x), int(y)), int(rng.integers(1, 4)), float(rng.random()), -1, cv2.LINE_AA)
    burst = cv2.GaussianBlur(spray, (0, 0), 2) * 0.7 + cv2.GaussianBlur(spray, (0, 0), 18) * 1.5
    paint(picture, np.clip(burst * 0.9, 0, 0.93), rgb("#dfe7e6") * 0.95)
    picture += (rain * 0.35)[..., None]
    finish(picture, rng, "lighthouses/great-storm-waves-sweeping-over-tower.jpg", 76)


def lens(rng: np.random.Generator) -> None:
    """A great lens from the front: rings of prisms, and rays."""
    picture = sky([(0, "#0b0d14"), (0.5, "#1a1712"), (1, "#070605")])
    cx, cy = 800.0, 500.0
    radius = np.hypot(X - cx, Y - cy)
    angle = np.arctan2(Y - cy, X - cx)
    dust = clouds(rng, 300, 5, 1.5)
    for turn in np.linspace(0, 2 * pi, 25)[:-1]:
        beam(picture, cx, cy, float(turn + rng.normal(0, 0.02)), 0.022, "#ffc873", 0.42, dust)
    add_glow(picture, cx, cy, 420, "#ff9a3c", 0.5)
    edges = [0, 95, 150, 198, 240, 278, 313, 345, 375, 403]
    for inner, outer in zip(edges, edges[1:], strict=False):
        across = np.clip((radius - inner) / (outer - inner), 0, 1)
        ring = np.clip(radius - inner, 0, 1) * np.clip(outer - radius, 0, 1)
        facet = 0.5 + 0.5 * np.sin(angle * 2 + inner * 0.31) * np.sin(angle * 5 - inner * 0.07)
        glass = (0.16 + 0.75 * across**3) * (0.55 + 0.6 * facet) * (1.15 - radius / 620)
        split = np.stack([across**2.0, across**2.6, across**3.6], axis=2) * np.array([1.0, 0.86, 0.62], np.float32)
        tone = rgb("#ffd693") * glass[..., None] + split * 0.42 + rgb("#2f5f7a") * (1 - across)[..., None] * 0.16
        paint(picture, ring * 0.8, tone.astype(np.float32))
        edge = np.exp(-(((radius - outer) / 1.8) ** 2)) * (0.45 + 0.55 * np.cos(angle + 0.8) ** 2)
        picture += edge[..., None] * rgb("#fff3d6") * 0.8
    brass = np.exp(-(((radius - 420) / 11) ** 2)) * (0.35 + 0.65 * np.abs(np.sin(angle * 1 + 0.9)))
    paint(picture, np.clip(brass * 1.3, 0, 1), rgb("#b98436") * (0.4 + brass[..., None]))
    for turn in np.linspace(0, 2 * pi, 9)[:-1] + pi / 8:
        ends = [
            (cx + cos(turn) * r - sin(turn) * w, cy + sin(turn) * r + cos(turn) * w)
            for r, w in ((100, -3), (430, -6), (430, 6), (100, 3))
        ]
        paint(picture, shape(ends) * 0.85, rgb("#5d421d"))
    add_glow(picture, cx, cy, 70, "#fff4d8", 2.4)
    finish(picture, rng, "lighthouses/fresnel-lens-rings-of-prisms-bending-light.jpg", 78)


def building(rng: np.random.Generator) -> None:
    """A tower of granite being built at sunset."""
    picture = sky([(0, "#24365c"), (0.28, "#7b6f8c"), (0.48, "#e39a6b"), (0.6, "#ffcf8a"), (1, "#ffcf8a")])
    banks = clouds(rng, 380, 6, 3.2)
    lit = np.clip(banks - 0.46, 0, 1) * 2.2
    picture = picture * (1 - 0.5 * lit[..., None]) + (lit * 0.55)[..., None] * rgb("#ff9d72")
    add_glow(picture, 400, 575, 300, "#ffe9b0", 1.1, 1.2)
    water(picture, rng, 610, "#2a3047", keep=0.8)
    rock(picture, rng, 560, 1500, 660, "#51463f")
    x, foot, top, wide = 1020.0, 705.0, 345.0, 230.0
    rows = 15
    for row in range(rows):
        y1, y0 = foot - (foot - top) * row / rows, foot - (foot - top) * (row + 1) / rows
        half = wide * (0.30 + 0.20 * (1 - (row + 0.5) / rows) ** 2.2)
        blocks = 7
        # The topmost course is not finished.
        last = blocks if row < rows - 1 else 4
        for block in range(last):
            a = -1 + 2 * (block + 0.5 * (row % 2) * (block > 0)) / blocks
            b = min(-1 + 2 * (block + 1 + 0.5 * (row % 2)) / blocks, 1)
            xa, xb = x + half * sin(a * pi / 2), x + half * sin(b * pi / 2)
            tone = np.clip(0.62 - 0.62 * (a + b) / 2, 0.16, 1) * float(rng.uniform(0.82, 1.06))
            paint(
                picture,
                shape([(xa + 1, y0 + 1.5), (xb - 1, y0 + 1.5), (xb - 1, y1), (xa + 1, y1)], 0.6),
                rgb("#e3b48a") * tone,
            )
    wood = rgb("#1d1614")
    for offset in (-150, -112, 118, 156):
        paint(
            picture,
            shape(
                [
                    (x + offset - 4, foot + 18),
                    (x + offset + 4, foot + 18),
                    (x + offset + 3, top - 40),
                    (x + offset - 3, top - 40),
                ]
            ),
            wood,
        )
    for level in range(6):
        y = foot - 20 - level * 66
        for a, b in ((-158, -88), (88, 164)):
            paint(picture, shape([(x + a, y), (x + b, y), (x + b, y + 7), (x + a, y + 7)], 0.6), wood)
        sign = 1 if level % 2 else -1
        for a in (-131, 137):
            paint(
                picture,
                shape(
                    [
                        (x + a - 19 * sign, y),
                        (x + a + 19 * sign, y - 66),
                        (x + a + 19 * sign + 4, y - 66),
                        (x + a - 19 * sign + 4, y),
                    ],
                    0.6,
                ),
                wood,
            )
    mast = (x + 40, top - 190)
    for a, b, w in (((x + 30, top + 4), mast, 6), (mast, (x - 230, top - 120), 5), (mast, (x + 120, top - 60), 3)):
        nx, ny = b[1] - a[1], a[0] - b[0]
        size = float(np.hypot(nx, ny))
        nx, ny = nx / size * w / 2, ny / size * w / 2
        paint(
            picture,
            shape([(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)]),
            wood,
        )
    paint(
        picture,
        shape([(x - 231, top - 120), (x - 229, top - 120), (x - 229, top + 30), (x - 231, top + 30)], 0.4),
        wood,
    )
    paint(
        picture,
        shape([(x - 262, top + 30), (x - 198, top + 30), (x - 198, top + 72), (x - 262, top + 72)]),
        rgb("#c08f68") * 0.7,
    )
    for px, py in ((x - 60, top + 2), (x + 8, top + 24), (x - 132, foot - 152), (x + 128, foot - 284)):
        paint(picture, shape([(px - 6, py), (px + 6, py), (px + 5, py - 24), (px - 5, py - 24)], 1.0), wood)
        paint(picture, np.clip(8.5 - np.hypot(X - px, Y - (py - 31)), 0, 1), wood)
    add_glow(picture, 400, 575, 520, "#ff9a55", 0.25)
    finish(picture, rng, "lighthouses/granite-blocks-tower-under-construction.jpg", 80)


def carriage(picture: Light, x0: float, x1: float, top: float, foot: float, lean: float, glow: float) -> None:
    """A sleeping car seen from the side with lit windows; `lean` moves the right end down for perspective."""
    body = [(x0, top), (x1, top + lean), (x1, foot + lean), (x0, foot)]
    paint(picture, shape(body), rgb("#16294d"))
    stripe = [
        (x0, foot - (foot - top) * 0.24),
        (x1, foot + lean - (foot - top) * 0.24),
        (x1, foot + lean - (foot - top) * 0.2),
        (x0, foot - (foot - top) * 0.2),
    ]
    paint(picture, shape(stripe), rgb("#c9a45a") * 0.55)
    roof = [(x0, top), (x0 + 10, top - 16), (x1 - 10, top + lean - 16), (x1, top + lean)]
    paint(picture, shape(roof), rgb("#3a4a68"))
    count = 8
    for number in range(count):
        a = x0 + (x1 - x0) * (number + 0.22) / count
        b = x0 + (x1 - x0) * (number + 0.78) / count
        drop = lean * (number + 0.5) / count
        y0, y1 = top + drop + (foot - top) * 0.2, top + drop + (foot - top) * 0.56
        asleep = (number * 7 + int(x0)) % 5 == 0
        window = shape([(a, y0), (b, y0), (b, y1), (a, y1)])
        blend = np.clip((Y - y0) / (y1 - y0), 0, 1)[..., None]
        warm = rgb("#ffdd9a") * (1 - blend) + rgb("#e58e3a") * blend
        paint(picture, window, warm * (0.22 if asleep else glow))
        if not asleep:
            curtain = shape([(a, y0), (a + (b - a) * 0.2, y0), (a + (b - a) * 0.12, y1), (a, y1)]) * 0.7
            paint(picture, curtain, rgb("#7d2f2a") * 0.8)


def pines(picture: Light, rng: np.random.Generator, line: Light, count: int, tall: float, ink: str) -> None:
    """A wood of firs along a line, with snow on their upper sides."""
    for _ in range(count):
        x = float(rng.uniform(-20, WIDTH + 20))
        foot = float(line[int(np.clip(x, 0, WIDTH - 1))]) + 12
        high = tall * float(rng.uniform(0.55, 1.1))
        for step in range(5):
            y = foot - high * (0.18 + 0.2 * step)
            half = high * 0.2 * (1 - step / 5.6)
            paint_box(picture, [(x - half, y + high * 0.06), (x, y - high * 0.24), (x + half, y + high * 0.06)], ink)
            paint_box(
                picture, [(x - half * 0.8, y), (x, y - high * 0.24), (x - half * 0.1, y - high * 0.04)], "#8fa3c4", 0.35
            )


def paint_box(picture: Light, points: Sequence[tuple[float, float]], ink: str, strength: float = 1.0) -> None:
    """Paint a small polygon, touching only the pixels round it."""
    spots = np.array(points)
    left, top = np.maximum(np.floor(spots.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.minimum(np.ceil(spots.max(axis=0)).astype(int) + 3, (WIDTH, HEIGHT))
    if right <= left or bottom <= top:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [np.round((spots - (left, top)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    part = (mask.astype(np.float32) / 255 * strength)[..., None]
    region = picture[top:bottom, left:right]
    region *= 1 - part
    region += part * rgb(ink)


def snow(picture: Light, rng: np.random.Generator, count: int) -> None:
    """Falling snow, near flakes large and soft."""
    for size, share, blur in ((1, 0.7, 0.7), (2, 0.24, 1.4), (5, 0.06, 4.0)):
        field = np.zeros((HEIGHT, WIDTH), np.float32)
        for _ in range(int(count * share)):
            spot = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
            cv2.circle(field, spot, size, float(rng.uniform(0.3, 0.9)), -1, cv2.LINE_AA)
        picture += cv2.GaussianBlur(field, (0, 0), blur)[..., None] * rgb("#dbe6ff") * 0.5


def train_in_snow(rng: np.random.Generator) -> None:
    """A sleeping train before mountains in the snow."""
    picture = sky([(0, "#060b1e"), (0.3, "#10224a"), (0.55, "#35507f"), (0.7, "#7b8db0"), (1, "#7b8db0")])
    stars(picture, rng, 1900, 480)
    add_glow(picture, 1240, 190, 330, "#cfdcff", 0.24)
    paint(picture, np.clip(44 - np.hypot(X - 1240, Y - 190), 0, 1), rgb("#eef3ff") * 1.1)
    for base, tall, cell, ink, cap in ((600, 330, 420, "#2c4370", "#b9c9e6"), (655, 190, 300, "#1b2e55", "#7f95c0")):
        line = ridge(rng, base, tall, cell, 0.5)
        down = (Y - line[None, :]) / tall
        face = clouds(rng, 70, 4, 0.6)
        snowed = np.clip(1.1 - down * 2.4 + (face - 0.5) * 1.6, 0, 1) * np.clip(0.75 + (face - 0.5) * 2, 0.2, 1)
        paint(picture, below(line), rgb(ink) * (1 - snowed[..., None]) + rgb(cap) * snowed[..., None] * 0.75)
    hill = ridge(rng, 680, 40, 500, 0.35)
    pines(picture, rng, hill, 130, 96, "#0c1a30")
    field = np.full(WIDTH, 668, np.float32) + 8 * np.sin(np.arange(WIDTH) / 190).astype(np.float32)
    drift = clouds(rng, 240, 5, 3)
    paint(
        picture,
        below(field),
        rgb("#8fa5cc") * (0.5 + 0.5 * drift)[..., None] * np.clip(1.15 - (Y - 660) / 520, 0.4, 1.2)[..., None],
    )
    for number in range(4):
        x0 = -120 + number * 425
        carriage(picture, x0, x0 + 410, 628 + number * 5, 742 + number * 5, 5, 1.15)
    paint(picture, shape([(-10, 742), (WIDTH + 10, 765), (WIDTH + 10, 785), (-10, 762)]), rgb("#0b1222"))
    bank = ridge(rng, 815, 34, 320, 0.4)
    near = clouds(rng, 160, 5, 2.4)
    light = np.exp(-(((Y - 830) / 70) ** 2)) * (0.4 + 0.35 * np.sin(X / 25.6) * np.sin(X / 212))
    tone = rgb("#a9bde0") * (0.42 + 0.5 * near)[..., None] * np.clip(1.2 - (Y - 800) / 300, 0.35, 1.1)[..., None]
    paint(picture, below(bank), tone + np.clip(light, 0, 1)[..., None] * rgb("#ff9d3f") * 0.5)
    pines(picture, rng, np.full(WIDTH, 1010, np.float32), 16, 200, "#060d1a")
    snow(picture, rng, 900)
    finish(picture, rng, "night_trains/blue-night-train-sleeping-cars-in-the-snow.jpg", 76)


def harbour_station(rng: np.random.Generator) -> None:
    """A station at a harbour in the evening, mirrored in the water."""
    picture = sky([(0, "#0a0f26"), (0.3, "#28264f"), (0.5, "#7b4a68"), (0.6, "#d98262"), (1, "#d98262")])
    bank = clouds(rng, 360, 6, 3.4)
    picture += (np.clip(bank - 0.5, 0, 1) * 0.9)[..., None] * rgb("#b3566a") * np.clip(Y / 600, 0, 1)[..., None]
    stars(picture, rng, 700, 330)
    add_glow(picture, 300, 600, 420, "#ffb56b", 0.5, 1.8)
    for base, low, high, ink in ((610, 40, 150, "#33294d"), (618, 24, 100, "#1d1a36")):
        x = -20.0
        while x < WIDTH:
            wide, tall = float(rng.uniform(34, 104)), float(rng.uniform(low, high))
            roof = float(rng.uniform(6, 34)) if rng.random() < 0.6 else 0.0
            paint_box(
                picture,
                [
                    (x, base),
                    (x, base - tall),
                    (x + wide / 2, base - tall - roof),
                    (x + wide, base - tall),
                    (x + wide, base),
                ],
                ink,
            )
            for wx in np.arange(x + 8, x + wide - 8, 13):
                for wy in np.arange(base - tall + 10, base - 10, 17):
                    if rng.random() < 0.3:
                        paint_box(picture, [(wx, wy), (wx + 5, wy), (wx + 5, wy + 8), (wx, wy + 8)], "#ffcf82", 0.9)
            x += wide + float(rng.uniform(0, 10))
    tower = 1120.0
    paint_box(picture, [(tower - 26, 610), (tower - 26, 330), (tower + 26, 330), (tower + 26, 610)], "#1d1a36")
    paint_box(picture, [(tower - 32, 332), (tower, 258), (tower + 32, 332)], "#15122b")
    paint(picture, np.clip(18 - np.hypot(X - tower, Y - 368), 0, 1), rgb("#ffe8b5") * 1.1)
    paint_box(picture, [(tower - 1, 369), (tower + 1, 369), (tower + 1, 355), (tower - 1, 355)], "#332211")
    paint_box(picture, [(tower, 367), (tower + 9, 373), (tower + 8, 375), (tower, 370)], "#332211")
    add_glow(picture, tower, 368, 60, "#ffd98c", 0.5)
    for number in range(3):
        carriage(picture, 560 + number * 372, 560 + number * 372 + 360, 548, 612, 0, 1.2)
    for x in np.arange(500, WIDTH, 150):
        paint_box(picture, [(x - 2, 618), (x - 2, 520), (x + 2, 520), (x + 2, 618)], "#0c0b18")
        add_glow(picture, float(x), 518, 34, "#ffdf9c", 1.0)
    paint_box(picture, [(430, 612), (WIDTH, 612), (WIDTH, 634), (430, 634)], "#141126")
    for x, tall, wide in ((150, 210, 150), (330, 150, 110)):
        paint_box(
            picture,
            [(x - wide / 2, 618), (x + wide / 2, 618), (x + wide * 0.4, 645), (x - wide * 0.42, 645)],
            "#0d0b1a",
        )
        paint_box(picture, [(x - 2, 620), (x - 2, 620 - tall), (x + 2, 620 - tall), (x + 2, 620)], "#0d0b1a")
        paint_box(picture, [(x + 4, 612), (x + 4, 622 - tall), (x + wide * 0.4, 610)], "#3a2a44", 0.85)
        add_glow(picture, x, 622 - tall, 16, "#ffe6b0", 0.9)
    water(picture, rng, 636, "#120f26", keep=0.85)
    finish(picture, rng, "night_trains/harbour-station-in-the-evening.jpg", 80)


def cabin(rng: np.random.Generator) -> None:
    """A cabin with a window on mountains at sunrise."""
    outside = sky([(0, "#2a4a86"), (0.3, "#6f7fb0"), (0.48, "#f2a98a"), (0.58, "#ffd9a0"), (1, "#ffd9a0")])
    add_glow(outside, 900, 520, 260, "#fff0c0", 1.0)
    for base, tall, cell, ink, cap in ((600, 250, 360, "#6a6f9c", "#ffd9c4"), (690, 190, 260, "#3c4a78", "#c59aa0")):
        line = ridge(rng, base, tall, cell, 0.5)
        face = clouds(rng, 60, 4, 0.6)
        snowed = np.clip(1.0 - (Y - line[None, :]) / tall * 2 + (face - 0.5) * 1.8, 0, 1)
        paint(outside, below(line), rgb(ink) * (1 - snowed[..., None]) + rgb(cap) * snowed[..., None])
    pines(outside, rng, ridge(rng, 790, 60, 380, 0.4), 70, 120, "#1c2848")
    outside = outside * 0.92 + cv2.blur(outside, (61, 1)) * 0.08
    grain = clouds(rng, 200, 6, 14)
    room = (rgb("#4a2c1c") * (0.55 + 0.5 * grain)[..., None]).astype(np.float32)
    room *= (
        np.clip(0.75 + 0.4 * (X / WIDTH), 0, 1.2)[..., None]
        * np.clip(0.5 + 0.8 * (1 - Y / HEIGHT), 0.3, 1.2)[..., None]
    )
    frame = shape([(318, 118), (1282, 118), (1282, 742), (318, 742)])
    paint(room, frame, rgb("#b08a4e") * (0.5 + 0.5 * (Y < 430))[..., None].astype(np.float32))
    x0, y0, x1, y1, r = 340.0, 140.0, 1260.0, 720.0, 44.0
    corners = [(x1 - r, y0 + r, -pi / 2), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, pi / 2), (x0 + r, y0 + r, pi)]
    rounded = [(cx + r * cos(a + t), cy + r * sin(a + t)) for cx, cy, a in corners for t in np.linspace(0, pi / 2, 10)]
    pane = shape(rounded)
    paint(room, pane, outside)
    shine = np.clip(1 - np.abs(X - Y * 0.6 - 420) / 90, 0, 1) * pane
    room += (shine * 0.07)[..., None]
    for side in (-1, 1):
        edge = 800 + side * 470
        folds = 0.5 + 0.5 * np.sin((X - edge) / 11)
        width = 105 + 18 * np.sin(Y / 140)
        cloth = (
            np.clip(width / 2 - np.abs(X - edge) + 0.5, 0, 1)
            * np.clip((Y - 95) / 3, 0, 1)
            * np.clip((770 - Y) / 3, 0, 1)
        )
        paint(room, cloth, rgb("#24437c") * (0.3 + 0.75 * folds)[..., None])
    paint(room, shape([(250, 88), (1350, 88), (1350, 100), (250, 100)]), rgb("#c79a52"))
    bed = shape([(-10, 1010), (-10, 850), (500, 812), (1100, 812), (1610, 850), (1610, 1010)], 2)
    weave = clouds(rng, 26, 4, 3)
    paint(
        room,
        bed,
        rgb("#e9e2d4") * (0.45 + 0.35 * weave)[..., None] * np.clip(1.5 - np.abs(X - 800) / 900, 0.4, 1.2)[..., None],
    )
    pillow = np.clip(1.2 - np.hypot((X - 1220) / 230, (Y - 842) / 66) ** 4, 0, 1)
    paint(room, cv2.GaussianBlur(pillow, (0, 0), 3), rgb("#fff7ea") * np.clip(1.1 - (Y - 790) / 200, 0.5, 1)[..., None])
    blanket = shape([(-10, 1010), (-10, 880), (700, 862), (860, 1010)], 2)
    paint(room, blanket, rgb("#2c4f8f") * (0.35 + 0.5 * weave)[..., None])
    spill = np.exp(-(((X - 820) / 520) ** 2)) * np.clip((Y - 720) / 60, 0, 1) * np.clip(1.25 - (Y - 720) / 330, 0, 1)
    room += (spill * 0.28)[..., None] * rgb("#ffc48c")
    add_glow(room, 130, 300, 200, "#ffb45a", 0.75)
    paint(room, shape([(88, 330), (172, 330), (152, 262), (108, 262)], 1.5), rgb("#ffe0a8") * 1.1)
    finish(room, rng, "night_trains/cabin-window-waking-up-in-the-mountains.jpg", 80)


def tunnel(rng: np.random.Generator) -> None:
    """A train that comes through a tunnel."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    cx, cy = 800.0, 470.0
    distance = np.maximum(np.abs(X - cx) ** 2.2 / 1.0 + np.abs(Y - cy) ** 2.2, 1) ** (1 / 2.2)
    depth = 260 / distance
    angle = np.arctan2(Y - cy, X - cx)
    rows, columns = np.mod(depth * 130, HEIGHT).astype(np.float32), ((angle + pi) / (2 * pi) * WIDTH).astype(np.float32)
    stone = cv2.remap(clouds(rng, 60, 5, 1.0), columns % WIDTH, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    joints = np.clip(np.abs(np.sin(depth * 16)) * 6, 0, 1) * np.clip(np.abs(np.sin(angle * 15)) * 9, 0.25, 1)
    far = np.clip(1 - distance / 900, 0, 1) ** 1.5
    walls = (stone * 0.75 + 0.2) * (0.55 + 0.45 * joints)
    picture += walls[..., None] * (rgb("#32435e") * 0.35 + rgb("#ffb869") * (far * 0.62)[..., None])
    for number in range(1, 9):
        r = 900 / number**1.25
        for side in (-1, 1):
            x, y = cx + side * r * 0.78, cy - r * 0.42
            if 0 <= x < WIDTH and 0 <= y < HEIGHT:
                add_glow(picture, x, y, 12 + r * 0.09, "#ffd08a", 1.0)
    floor = shape([(cx - 34, cy + 46), (cx + 34, cy + 46), (WIDTH - 120, HEIGHT + 5), (120, HEIGHT + 5)], 2)
    gravel = clouds(rng, 9, 3, 1.4)
    paint(
        picture,
        floor,
        (rgb("#2a2d36") * (0.35 + gravel)[..., None] * np.clip(1.4 - (Y - cy) / 560, 0.3, 1.4)[..., None]).astype(
            np.float32
        ),
    )
    for number in range(26):
        y = cy + 46 + (HEIGHT - cy - 46) * (number / 25) ** 2.1
        half = 30 + (y - cy - 46) * 1.05
        thick = 2 + (y - cy) * 0.03
        paint_box(
            picture,
            [(cx - half, y), (cx + half, y), (cx + half * 1.03, y + thick), (cx - half * 1.03, y + thick)],
            "#15110f",
            0.85,
        )
    for side in (-1, 1):
        rail = [
            (cx + side * 20, cy + 46),
            (cx + side * 23, cy + 46),
            (cx + side * 470, HEIGHT),
            (cx + side * 445, HEIGHT),
        ]
        paint(picture, shape(rail), rgb("#ffcf94") * np.clip(1.15 - (Y - cy) / 620, 0.25, 1)[..., None])
    add_glow(picture, cx, cy, 330, "#ffdca0", 0.34)
    front = [
        (cx - 62, cy + 52),
        (cx - 66, cy - 20),
        (cx - 46, cy - 64),
        (cx + 46, cy - 64),
        (cx + 66, cy - 20),
        (cx + 62, cy + 52),
    ]
    paint(picture, shape(front, 1.2), rgb("#14284d"))
    paint_box(picture, [(cx - 46, cy - 14), (cx - 36, cy - 50), (cx - 5, cy - 50), (cx - 5, cy - 14)], "#ffd694", 0.8)
    paint_box(picture, [(cx + 46, cy - 14), (cx + 36, cy - 50), (cx + 5, cy - 50), (cx + 5, cy - 14)], "#ffd694", 0.8)
    paint_box(picture, [(cx - 64, cy + 2), (cx + 64, cy + 2), (cx + 63, cy + 9), (cx - 63, cy + 9)], "#c9a45a", 0.8)
    for x, y, strength in ((cx - 42, cy + 30, 2.2), (cx + 42, cy + 30, 2.2), (cx, cy - 58, 1.0)):
        add_glow(picture, x, y, 22, "#fff3d2", strength)
        add_glow(picture, x, y, 120, "#ffdca0", 0.16)
    haze = clouds(rng, 300, 5, 1.5)
    picture += (haze * np.clip(1 - distance / 760, 0, 1) * 0.28)[..., None] * rgb("#ffd9a6")
    finish(picture, rng, "night_trains/train-lights-in-the-karn-tunnel.jpg", 76)


SCENES: tuple[Callable[[np.random.Generator], None], ...] = (
    lighthouse_at_night, storm, lens, building, train_in_snow, harbour_station, cabin, tunnel,
)  # fmt: skip


def main() -> None:
    """Draw all pictures."""
    for number, scene in enumerate(SCENES):
        scene(np.random.default_rng(1800 + number))


if __name__ == "__main__":
    main()
