"""Single shots to train on: recorded clips, photographs under a moving camera, and scenes made of shapes.

Everything is small (96 × 54), because the network sees 48 × 27. Made scenes follow the dead-leaves model, random
shapes that hide each other, whose statistics are near those of photographs (Lee, Mumford and Huang 2001, "Occlusion
models for natural images"), each shape with a texture whose spectrum falls as 1/f.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError

__all__ = ["HEIGHT", "SOURCES", "WIDTH", "Scene", "Sources", "load_sources", "made_scene"]

Frames = NDArray[np.uint8]
Floats = NDArray[np.float32]

WIDTH, HEIGHT = 96, 54
# Scenes are kept larger than they are shown, so that a camera can move over them.
_WIDE, _HIGH = WIDTH * 3 // 2, HEIGHT * 3 // 2
SOURCES = Path(__file__).with_name("sources.toml")


@dataclass
class Scene:
    """One place, seen by one camera: frames of (144 × 81) or one still, and things that move in front of it."""

    frames: Frames
    """(n, 81, 144, 3); a still has n = 1."""
    things: list[Thing] = field(default_factory=list)
    place: int = 0
    """Scenes of one place share it."""

    def picture(self, number: float, matrix: NDArray[np.float64]) -> Floats:
        """What the camera sees at a frame: float32 (54, 96, 3), 0 to 255.

        Args:
            number: which frame, from 0; the last one stays.
            matrix: from the screen to the scene, 2 × 3.
        """
        frame = self.frames[min(int(number), len(self.frames) - 1)]
        if self.things:
            frame = frame.copy()
            for thing in self.things:
                thing.draw(frame, number)
        # Shrinking by more than a little shimmers with bilinear sampling, so what is shrunk is blurred first.
        step = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        if step > 1.25:
            frame = cv2.blur(frame, (2, 2))
        seen = cv2.warpAffine(
            frame, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip
        return seen.astype(np.float32)


@dataclass
class Thing:
    """A shape that moves, turns and swings in front of a scene."""

    texture: Frames
    mask: Floats
    """(high, wide, 1), 0 to 1."""
    at: tuple[float, float]
    speed: tuple[float, float]
    swing: tuple[float, float, float]
    """How far it swings to and fro (pixels), how fast (turns a frame), and from where (a share of a turn)."""
    step: tuple[float, float, float, float, float] = (0, 1, 0, 0, 0)
    """A move that begins and ends, as of a hand reaching in: from which frame, for how many, by how many pixels across
    and down, and how much it grows; a negative number of frames goes there and back."""

    def draw(self, frame: Frames, number: float) -> None:
        """Put it into a frame."""
        far, fast, begin = self.swing
        turn = far * np.sin(2 * np.pi * (fast * number + begin))
        begin_at, lasts, across, down, growth = self.step
        share = float(np.clip((number - begin_at) / abs(lasts), 0, 1))
        eased = np.sin(np.pi * share) if lasts < 0 else share * share * (3 - 2 * share)
        x = round(self.at[0] + self.speed[0] * number + turn + across * eased)
        y = round(self.at[1] + self.speed[1] * number + turn * 0.3 + down * eased)
        mask, texture = self._grown(1 + growth * eased)
        high, wide = mask.shape[:2]
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + wide, frame.shape[1]), min(y + high, frame.shape[0])
        if left >= right or top >= bottom:
            return
        mask = mask[top - y : bottom - y, left - x : right - x]
        under = frame[top:bottom, left:right]
        over = texture[top - y : bottom - y, left - x : right - x]
        frame[top:bottom, left:right] = (under + mask * (over.astype(np.float32) - under)).astype(np.uint8)

    def _grown(self, scale: float) -> tuple[Floats, Frames]:
        if abs(scale - 1) < 0.01:
            return self.mask, self.texture
        high, wide = self.mask.shape[:2]
        size = max(round(wide * scale), 2), max(round(high * scale), 2)
        mask = cv2.resize(self.mask, size, interpolation=cv2.INTER_LINEAR)
        return mask[..., None], cv2.resize(self.texture, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _texture(rng: np.random.Generator, wide: int, high: int) -> Frames:
    """A colour with detail at every scale, falling as 1/f."""
    picture = np.full((high, wide, 3), rng.uniform(20, 235, 3) if rng.random() < 0.7 else rng.uniform(20, 235))
    strength = np.exp(rng.uniform(np.log(2), np.log(45)))
    for power in range(1, 7):
        size = (max(wide >> power, 1), max(high >> power, 1))
        grey = rng.normal(size=(size[1], size[0], 1)) + 0.3 * rng.normal(size=(size[1], size[0], 3))
        coarse = cv2.resize(grey.astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR)
        picture += coarse * strength * 2.0 ** (power - 6)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _shape(rng: np.random.Generator, wide: int, high: int) -> Floats:
    """The mask of a random shape: an ellipse, a box or a polygon, sharp or soft."""
    mask = np.zeros((high, wide), np.uint8)
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(mask, (wide // 2, high // 2), (max(wide // 2 - 1, 1), max(high // 2 - 1, 1)), 0, 0, 360, 255, -1)
    elif kind == 1:
        mask[1:-1, 1:-1] = 255
    else:
        points = rng.uniform(0, 1, (int(rng.integers(3, 8)), 2)) * (wide, high)
        cv2.fillPoly(mask, [cv2.convexHull(points.astype(np.int32))], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.choice([0.5, 0.5, 1.0, 2.5])))
    return np.asarray(soft[..., None] / np.float32(255), np.float32)


def made_scene(rng: np.random.Generator) -> Scene:
    """A scene of shapes that hide each other, some of them moving."""
    ground = _texture(rng, _WIDE, _HIGH)
    if rng.random() < 0.5:  # light that falls off to one side, as sky and rooms have it
        ramp = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.4, 1), _HIGH, dtype=np.float32)[:, None, None]
        ground = (ground * ramp).astype(np.uint8)
    for _ in range(int(rng.integers(0, 26))):
        size = int(np.exp(rng.uniform(np.log(5), np.log(75)))), int(np.exp(rng.uniform(np.log(5), np.log(60))))
        thing = Thing(_texture(rng, *size), _shape(rng, *size), _place(rng), (0, 0), (0, 0, 0))
        thing.draw(ground, 0)
    scene = Scene(ground[None], place=int(rng.integers(1 << 30)))
    for _ in range(int(rng.choice([0, 1, 1, 2, 3, 5, 7]))):
        scene.things.append(moving_thing(rng))
    return scene


def moving_thing(rng: np.random.Generator) -> Thing:
    """A shape that crosses or swings in front of a scene, slow or fast."""
    size = int(np.exp(rng.uniform(np.log(6), np.log(70)))), int(np.exp(rng.uniform(np.log(8), np.log(70))))
    pace = np.exp(rng.uniform(np.log(0.02), np.log(3)))
    angle = rng.uniform(0, 2 * np.pi)
    swing = (rng.uniform(0, 12), rng.uniform(0.002, 0.05), rng.uniform()) if rng.random() < 0.6 else (0.0, 0.0, 0.0)
    speed = (float(pace * np.cos(angle)), float(pace * np.sin(angle) * 0.4))
    step = (0.0, 1.0, 0.0, 0.0, 0.0)
    if rng.random() < 0.55:
        size = int(rng.integers(20, 100)), int(rng.integers(20, 90))
        lasts = float(rng.integers(8, 50)) * float(rng.choice([1, 1, -2]))
        growth = float(rng.choice([0, 0, rng.uniform(-0.4, 1.2)]))
        step = float(rng.integers(0, 140)), lasts, float(rng.normal(0, 60)), float(rng.normal(0, 35)), growth
        if rng.random() < 0.6:
            speed = (speed[0] * 0.1, speed[1] * 0.1)
    return Thing(_texture(rng, *size), _shape(rng, *size), _place(rng), speed, swing, step)


def _place(rng: np.random.Generator) -> tuple[float, float]:
    return float(rng.uniform(-30, _WIDE)), float(rng.uniform(-20, _HIGH))


@dataclass
class Sources:
    """What was found to film: recorded shots and photographs, all at 144 × 81."""

    clips: list[Frames]
    stills: list[Frames]

    def scene(self, rng: np.random.Generator) -> Scene:
        """Any scene: half of them made, else recorded or a photograph, sometimes with things in front of it."""
        kinds = ["made", *(["still"] * bool(self.stills)), *(["clip"] * bool(self.clips))]
        shares = np.array([{"made": 0.4, "still": 0.35, "clip": 0.25}[kind] for kind in kinds])
        kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        if kind == "made":
            return made_scene(rng)
        chosen: Sequence[Frames] = self.stills if kind == "still" else self.clips
        number = int(rng.integers(len(chosen)))
        scene = Scene(chosen[number], place=-1 - number - (10_000 if kind == "still" else 0))
        if kind == "still":
            scene.things = [moving_thing(rng) for _ in range(int(rng.choice([0, 0, 1, 1, 2, 3, 5])))]
        else:
            start = int(rng.integers(max(len(scene.frames) - 60, 1)))
            scene.frames = scene.frames[start:]
        return scene


def load_sources(folder: Path, listing: Path = SOURCES) -> Sources:
    """Read what `sources.toml` lists from a folder of unpacked packages.

    Raises:
        InputError: nothing of it is there.
    """
    described: dict[str, Any] = tomllib.loads(listing.read_text())
    stills = []
    for pattern in described["stills"]["patterns"]:
        for path in sorted(folder.rglob(pattern)):
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is not None and min(picture.shape[:2]) >= _HIGH:
                stills.append(_fitted(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))[None])
    clips = []
    for clip in described["clips"]:
        found = sorted(folder.rglob(clip["path"]))
        if found:
            whole = _decoded(found[0])
            clips += [whole[start:end] for start, end in clip.get("shots", [[0, len(whole)]])]
    if not stills and not clips:
        raise InputError("Nothing to film was found.", path=folder, hint=f"{listing.name} lists what is looked for.")
    return Sources(clips, stills)


def _fitted(picture: Any) -> Frames:
    high, wide = picture.shape[:2]
    scale = max(_WIDE / wide, _HIGH / high)
    size = max(round(wide * scale), _WIDE), max(round(high * scale), _HIGH)
    sized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (size[1] - _HIGH) // 2, (size[0] - _WIDE) // 2
    return np.ascontiguousarray(sized[top : top + _HIGH, left : left + _WIDE])


def _decoded(path: Path) -> Frames:
    import av

    with av.open(str(path)) as container:
        return np.stack([_fitted(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)])
