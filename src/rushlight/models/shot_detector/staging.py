"""Making films to learn from: shots, transitions between them, and things inside shots that look like transitions.

Every gap between two frames is labelled with what happens there. A transition runs from the last frame of the old
shot alone to the first frame of the new one alone; a cut is one gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.shot_detector.decoding import KINDS
from rushlight.models.shot_detector.footage import HEIGHT, WIDTH, Floats, Frames, Scene, Sources, made_scene

__all__ = ["KINDS", "SEEN", "Film", "make_film"]


SEEN = (48, 27)
"""Width and height of the pictures the network sees."""

_Effect = Callable[[Floats, float, int], Floats]


@dataclass
class Film:
    """Frames and what each gap between them is."""

    frames: Frames
    """(n, 27, 48, 3), RGB."""
    gaps: NDArray[np.uint8]
    """(n − 1,), numbers into `KINDS`."""
    lures: list[tuple[int, int, str]] = field(default_factory=list)
    """What only looks like a transition: first and last frame, and what it is."""


class Shot:
    """One scene through one camera: framing, its moves, its light, and what happens in it."""

    def __init__(self, rng: np.random.Generator, scene: Scene, length: int) -> None:
        self.rng, self.scene, self.length = rng, scene, length
        self.pace = float(rng.choice([1, 1, 1, 1, 0.5, 0.8, 1.25, 2]))
        # Footage of fewer frames a second than the film's shows frames twice.
        self.zoom = float(rng.choice([1.5, 1.4, 1.25, 1.1, 1.0, 0.8]))
        reach = max(1.5 - self.zoom, 0.0) / 2 / 1.5
        self.centre = rng.uniform(-reach, reach, 2) * (WIDTH, HEIGHT) * 1.5
        slow = rng.random() < 0.55
        self.drift = np.zeros(2) if slow else rng.normal(0, 1, 2) * np.exp(rng.uniform(np.log(0.02), np.log(1.5)))
        self.growth = 0.0 if rng.random() < 0.6 else float(rng.normal(0, 0.0025))
        self.tremble = float(rng.choice([0, 0, 0, 0.05, 0.2, 0.5]))
        self.sway = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.02, 0.2, 4)
        self.flip = rng.random() < 0.5
        self.gain = rng.uniform(0.55, 1.2)
        self.tint = rng.uniform(0.88, 1.12, 3)
        self.light = float(rng.choice([0, 0, 0, rng.normal(0, 0.002)]))
        self.lures: list[tuple[int, int, str, dict[str, float]]] = []

    def lure(self, kind: str, first: int, length: int) -> None:
        """Let something happen from a frame on that looks like a transition and is none."""
        rng = self.rng
        values = {"sign": float(rng.choice([-1, 1])), "strength": float(rng.uniform(0.5, 1)), "a": rng.uniform()}
        values |= {"b": rng.uniform(), "c": rng.uniform(), "seed": float(rng.integers(1 << 30))}
        self.lures.append((first, first + length, kind, values))

    def picture(self, number: int) -> Floats:
        """A frame, float32 (54, 96, 3)."""
        at, zoom, centre, turn, smear = number * self.pace, self.zoom, self.centre.copy(), 0.0, 0.0
        zoom *= float(np.exp(-self.growth * number))
        centre += self.drift * number
        if self.tremble:
            begin, fast = self.sway
            waves = np.sin(begin + fast * number * 2 * np.pi)
            centre += self.tremble * 3 * waves[:2] + self.rng.normal(0, self.tremble, 2)
            turn += self.tremble * float(waves[2]) * 0.6
        for first, end, kind, v in self.lures:
            if not first <= number < end:
                if kind in _LASTING and number >= end:
                    zoom, centre = _moved(kind, 1.0, v, zoom, centre)[:2]
                continue
            share = (number - first + 1) / (end - first + 1)
            if kind == "freeze":
                at = first * self.pace
            elif kind == "shake":
                rng = np.random.default_rng(int(v["seed"]) + number)
                centre += rng.normal(0, 2.2 * v["strength"] + 0.3, 2)
                turn += float(rng.normal(0, 1.3 * v["strength"]))
            else:
                zoom, centre, smear = _moved(kind, share, v, zoom, centre, end - first)
        matrix = _matrix(zoom, centre, turn)
        seen = self.scene.picture(at, matrix)
        if smear >= 1.5:
            seen = cv2.blur(seen, (min(int(smear) + 1, 40), 1))  # type: ignore[assignment]
        if self.flip:
            seen = seen[:, ::-1]
        seen = seen * (self.gain * (1 + self.light * number) * self.tint).astype(np.float32)
        for first, end, kind, v in self.lures:
            if first <= number < end and kind in _EFFECTS:
                seen = _EFFECTS[kind](seen, (number - first) / max(end - first - 1, 1), v, number - first)
        return np.clip(seen, 0, 255).astype(np.float32)


# Moves of the camera that stay where they went.
_LASTING = ("pan_away", "zoom_to")


def _moved(
    kind: str, share: float, v: dict[str, float], zoom: float, centre: NDArray[np.float64], frames: int = 1
) -> tuple[float, NDArray[np.float64], float]:
    """Zoom, centre and smear (pixels) at a share of a fast move."""
    eased = share * share * (3 - 2 * share)
    if kind == "whip_pan":  # away and back
        far = 55 * v["strength"] * v["sign"]
        smear = abs(far * np.pi * np.cos(np.pi * share) / frames)
        return zoom, centre + (far * np.sin(np.pi * share), far * 0.2 * (v["a"] - 0.5)), smear * 1.2
    if kind == "pan_away":
        far = 70 * v["strength"] * v["sign"]
        return zoom, centre + (far * eased, far * eased * 0.5 * (v["a"] - 0.5)), abs(far * 1.5 / frames) * (share < 1)
    if kind == "fast_zoom":
        return zoom / (1 + v["strength"] * np.sin(np.pi * share)), centre, 0
    if kind == "zoom_to":
        return zoom / (1 + v["strength"] * eased * (1 if v["sign"] > 0 else -0.45)), centre, 0
    return zoom, centre, 0


def _matrix(zoom: float, centre: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    zoom = float(np.clip(zoom, 0.25, 1.6))
    angle = np.deg2rad(turn)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * zoom
    middle = np.array([WIDTH, HEIGHT]) * 0.75 + centre
    shift = middle - turned @ (np.array([WIDTH, HEIGHT]) / 2)
    return np.concatenate([turned, shift[:, None]], axis=1)


def _flash(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    strength = 260 * v["strength"] * (1 - share) ** (0.5 + 2 * v["a"])
    if v["b"] < 0.3:  # a lamp from one side
        side = np.linspace(1.2, 0.1, WIDTH, dtype=np.float32)[None, :, None]
        return seen + strength * (side if v["sign"] > 0 else side[:, ::-1])
    return seen + np.float32(strength)


def _flicker(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    rng = np.random.default_rng(int(v["seed"]) + number)
    return seen * np.float32(1 + 0.45 * v["strength"] * rng.uniform(-1, 1))


def _dip(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    depth = (0.35 + 0.45 * v["strength"]) * (1 - abs(2 * share - 1))
    return seen * np.float32(1 - depth) if v["sign"] > 0 or v["b"] < 0.5 else seen + (235 - seen) * np.float32(depth * 0.8)


def _exposure(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    return seen * np.float32(2.0 ** (v["sign"] * 0.9 * v["strength"] * np.sin(np.pi * share)))


def _subtitles(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    seen = seen.copy()
    rng = np.random.default_rng(int(v["seed"]) + int(share * 2.99))
    for line in range(int(rng.integers(1, 3))):
        half, y = int(rng.integers(10, 40)), HEIGHT - 5 - 5 * line - int(8 * v["a"] * (v["b"] < 0.3))
        marks = rng.uniform(0, 1, half * 2) < 0.75
        seen[y - 2 : y + 1, WIDTH // 2 - half : WIDTH // 2 + half][:, marks] = 235
        seen[y + 1, WIDTH // 2 - half : WIDTH // 2 + half] *= 0.3
    return seen


def _lower_third(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    wide = WIDTH * (0.4 + 0.6 * v["a"]) * (1 if v["sign"] > 0 else min(1.0, 6 * share, 6 * (1 - share)))
    top, high = int(HEIGHT * (0.62 + 0.15 * v["b"])), int(6 + 6 * v["c"])
    seen = seen.copy()
    part = seen[top : top + high, : int(wide)]
    colour = np.random.default_rng(int(v["seed"])).uniform(0, 255, 3).astype(np.float32)
    part += (colour - part) * 0.85
    if wide > WIDTH * 0.4:
        seen[top + 2 : top + 4, 6 : int(wide * 0.7)] = 240
    return seen


def _occluder(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    wide = int(WIDTH * (0.25 + 0.8 * v["a"]))
    left = int(-wide + (WIDTH + wide) * (share if v["sign"] > 0 else 1 - share))
    first, end = max(left, 0), min(left + wide, WIDTH)
    if end <= first:
        return seen
    seen = seen.copy()
    colour = np.random.default_rng(int(v["seed"])).uniform(0, 200, 3).astype(np.float32)
    part = seen[:, first:end]
    if v["b"] < 0.5:
        seen[:, first:end] = cv2.blur(part, (1, 9)) * 0.15
    else:
        top = int(HEIGHT * 0.4 * v["c"])
        seen[top:, first:end] = colour * (0.3 + 0.7 * v["strength"])
    return seen


def _blur(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    strength = 6 * v["strength"] * np.sin(np.pi * share)
    return cv2.GaussianBlur(seen, (0, 0), float(strength)) if strength > 0.3 else seen  # type: ignore[return-value]


def _glitch(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    rng = np.random.default_rng(int(v["seed"]) + number)
    seen = seen.copy()
    for _ in range(4):
        top, high = int(rng.integers(HEIGHT - 4)), int(rng.integers(2, 14))
        seen[top : top + high] = np.roll(seen[top : top + high], int(rng.integers(-30, 30)), axis=1)
    return seen


def _picture_in(seen: Floats, share: float, v: dict[str, float], number: int) -> Floats:
    """An inset that appears and goes; the shot behind it goes on."""
    seen = seen.copy()
    high, wide = int(HEIGHT * (0.2 + 0.2 * v["a"])), int(WIDTH * (0.2 + 0.2 * v["b"]))
    top, left = (3 if v["c"] < 0.5 else HEIGHT - 3 - high), (3 if v["sign"] > 0 else WIDTH - 3 - wide)
    rng = np.random.default_rng(int(v["seed"]))
    seen[top : top + high, left : left + wide] = cv2.resize(
        rng.uniform(0, 255, (4, 5, 3)).astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR
    )
    return seen


_EFFECTS: dict[str, Callable[[Floats, float, dict[str, float], int], Floats]] = {
    "flash": _flash, "flicker": _flicker, "dip": _dip, "exposure": _exposure, "subtitles": _subtitles,
    "lower_third": _lower_third, "occluder": _occluder, "blur": _blur, "glitch": _glitch, "inset": _picture_in,
}  # fmt: skip
# Frames that each lasts, least and most.
_LURES = {
    "flash": (1, 7), "flicker": (8, 35), "dip": (10, 34), "exposure": (6, 40), "subtitles": (30, 90),
    "lower_third": (25, 80), "occluder": (4, 22), "blur": (8, 40), "glitch": (1, 6), "inset": (10, 60),
    "whip_pan": (8, 30), "pan_away": (6, 24), "fast_zoom": (7, 26), "zoom_to": (6, 24), "shake": (12, 50),
    "freeze": (5, 30),
}  # fmt: skip
_OFTEN = np.array([3, 2, 3, 1.5, 1.5, 1.5, 3, 1, 0.5, 0.5, 3, 2, 3, 2, 2, 2])


def _wipe_order(rng: np.random.Generator) -> Floats:
    """When each pixel changes in a wipe, 0 to 1, (54, 96)."""
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH, dtype=np.float32), np.linspace(0, 1, HEIGHT, dtype=np.float32))
    cx, cy = rng.uniform(0.3, 0.7, 2)
    orders = [
        x, 1 - x, y, 1 - y, (x + y) / 2, (x + 1 - y) / 2, np.hypot(x - cx, y - cy) / 0.9,
        1 - np.hypot(x - cx, y - cy) / 0.9, (np.arctan2(y - 0.5, x - 0.5) / np.pi + 1) / 2, np.abs(x - 0.5) * 2,
        1 - np.abs(y - 0.5) * 2, (x * rng.integers(4, 9)) % 1, np.maximum(np.abs(x - 0.5), np.abs(y - 0.5)) * 2,
    ]  # fmt: skip
    order = orders[int(rng.integers(len(orders)))]
    return np.clip(order, 0, 1).astype(np.float32)


@dataclass
class _Passage:
    """How one shot gives way to the next: frames of the old alone are followed by these mixed ones."""

    kind: str
    old: int = 0
    """Frames at the end of the old shot that are mixed."""
    hold: int = 0
    new: int = 0
    colour: Floats | None = None
    order: Floats | None = None
    soft: float = 0.02
    curve: float = 1.0
    push: tuple[int, int] | None = None

    @property
    def frames(self) -> int:
        return self.old if self.kind in ("dissolve", "wipe") else self.old + self.hold + self.new

    def mixed(self, place: int, old: Shot, new: Shot) -> Floats:
        """One frame of it."""
        if self.kind == "fade":
            assert self.colour is not None
            if place < self.old:
                share = ((place + 1) / (self.old + 1)) ** self.curve
                return _mix(old.picture(old.length - self.old + place), self.colour, share)
            if place < self.old + self.hold:
                return np.broadcast_to(self.colour, (HEIGHT, WIDTH, 3)).copy()
            at = place - self.old - self.hold
            return _mix(np.broadcast_to(self.colour, (HEIGHT, WIDTH, 3)), new.picture(at), ((at + 1) / (self.new + 1)) ** self.curve)
        share = (place + 1) / (self.old + 1)
        first, second = old.picture(old.length - self.old + place), new.picture(place)
        if self.kind == "dissolve":
            eased = share * share * (3 - 2 * share) if self.curve > 1.2 else share
            return _mix(first, second, eased)
        if self.push is not None:
            return _pushed(first, second, share, self.push)
        assert self.order is not None
        mask = np.clip((share * (1 + self.soft) - self.order) / self.soft, 0, 1)[..., None]
        return first * (1 - mask) + second * mask


def _mix(first: Floats, second: Floats, share: float) -> Floats:
    return (first * np.float32(1 - share) + second * np.float32(share)).astype(np.float32)


def _pushed(first: Floats, second: Floats, share: float, way: tuple[int, int]) -> Floats:
    both = np.concatenate([first, second] if sum(way) > 0 else [second, first], axis=0 if way[0] else 1)
    if way[0]:
        top = round(HEIGHT * (share if way[0] > 0 else 1 - share))
        return both[top : top + HEIGHT]
    left = round(WIDTH * (share if way[1] > 0 else 1 - share))
    return both[:, left : left + WIDTH]


def _passage(rng: np.random.Generator) -> _Passage:
    kind = rng.choice(["cut", "dissolve", "fade", "wipe"], p=[0.46, 0.22, 0.16, 0.16])
    if kind == "cut":
        return _Passage("cut")
    length = int(np.exp(rng.uniform(np.log(4), np.log(44))))
    if kind == "dissolve":
        return _Passage("dissolve", old=max(length, 5), curve=float(rng.choice([1, 1, 2])))
    if kind == "fade":
        colour = np.float32([[rng.choice([0, 0, 0, 0, 16, 255])] * 3] if rng.random() < 0.93 else [rng.uniform(0, 255, 3)])
        parts = [int(np.exp(rng.uniform(np.log(3), np.log(26)))) for _ in range(2)]
        hold = int(rng.choice([0, 0, 1, 2, 5, 10, 20]))
        return _Passage("fade", old=parts[0], new=parts[1], hold=hold, colour=colour, curve=float(rng.choice([1, 1, 0.7, 1.5])))
    soft = float(np.exp(rng.uniform(np.log(0.01), np.log(0.3))))
    ways = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    push = ways[int(rng.integers(4))] if rng.random() < 0.15 else None
    return _Passage("wipe", old=int(rng.integers(6, 36)), order=_wipe_order(rng), soft=soft, push=push)


def make_film(rng: np.random.Generator, sources: Sources | None, count: int) -> Film:
    """A film of shots and transitions with its truth.

    Args:
        rng: source of every choice.
        sources: what was recorded; None for made scenes alone.
        count: frames.
    """
    pick = sources.scene if sources is not None else made_scene
    frames, gaps, lures = [], [], []
    shot = Shot(rng, pick(rng), 0)
    shot.length = _length(rng)
    at = 0
    while len(frames) < count:
        passage = _passage(rng)
        similar = rng.random() < 0.16
        scene = shot.scene if similar else pick(rng)
        following = Shot(rng, scene, _length(rng))
        if similar and not _apart(shot, following):
            following = Shot(rng, pick(rng), _length(rng))
        tail, head = passage.old, passage.new if passage.kind == "fade" else passage.old
        shot.length = max(shot.length, at + tail + int(rng.integers(5, 14)))
        following.length = max(following.length, head + 12)
        _add_lures(rng, shot, at + 6, shot.length - tail - 6)
        begin = len(frames)
        for number in range(at, shot.length - tail):
            frames.append(shot.picture(number))
        gaps += [0] * (shot.length - tail - at - 1)
        lures += [(begin + a - at, begin + b - 1 - at, kind) for a, b, kind, _ in shot.lures]
        for place in range(passage.frames):
            frames.append(passage.mixed(place, shot, following))
        gaps += [KINDS.index(passage.kind)] * (passage.frames + 1)
        shot, at = following, head if passage.kind != "cut" else 0
    return Film(_finished(rng, np.stack(frames[:count])), np.array(gaps[: count - 1], np.uint8), lures)


def _length(rng: np.random.Generator) -> int:
    return int(np.exp(rng.uniform(np.log(12), np.log(160))))


def _apart(one: Shot, other: Shot) -> bool:
    """Whether two shots of one scene look unlike enough for a cut between them to be seen."""
    first, second = one.picture(one.length - 1), other.picture(0)
    return float(np.abs(first - second).mean()) > 16


def _add_lures(rng: np.random.Generator, shot: Shot, first: int, end: int) -> None:
    names = list(_LURES)
    for kind in rng.choice(names, int(rng.choice([0, 1, 2, 3], p=[0.4, 0.35, 0.17, 0.08])), p=_OFTEN / _OFTEN.sum()):
        least, most = _LURES[kind]
        length = int(rng.integers(least, most + 1))
        if end - first <= length:
            continue
        begin = int(rng.integers(first, end - length))
        if all(begin > b + 3 or begin + length < a - 3 for a, b, *_ in shot.lures):
            shot.lure(str(kind), begin, length)


def _finished(rng: np.random.Generator, frames: Floats) -> Frames:
    """What cameras, encoders and archives do to a whole film."""
    count = len(frames)
    if rng.random() < 0.12:  # black and white
        grey = frames @ np.float32([0.3, 0.59, 0.11])
        frames = np.repeat(grey[..., None], 3, axis=3) * rng.uniform(0.85, 1.1, 3).astype(np.float32)
    if rng.random() < 0.3:
        frames = 255 * (frames.clip(0, 255) / 255) ** np.float32(np.exp(rng.normal(0, 0.3)))
    small = np.stack([cv2.resize(frame, SEEN, interpolation=cv2.INTER_AREA) for frame in frames])
    if rng.random() < 0.6:  # grain
        small = small + rng.normal(0, rng.choice([0.4, 1, 2, 4]), small.shape).astype(np.float32)
    if rng.random() < 0.5:  # an encoder's key frames bring detail back at once
        every, strength = int(rng.integers(10, 60)), float(rng.uniform(0.3, 2.5))
        for start in range(0, count, every):
            error = rng.normal(0, strength, (7, 12, 3)).astype(np.float32)
            small[start : start + every] += cv2.resize(error, SEEN, interpolation=cv2.INTER_NEAREST)
    if rng.random() < 0.18:  # bars
        bar = int(rng.integers(1, 6))
        if rng.random() < 0.6:
            small[:, :bar] = small[:, -bar:] = 0
        else:
            small[:, :, :bar] = small[:, :, -bar:] = 0
    return small.clip(0, 255).astype(np.uint8)
