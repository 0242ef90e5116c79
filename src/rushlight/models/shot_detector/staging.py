"""Making films to learn from: shots, transitions between them, and things inside shots that look like transitions.

Every gap between two frames is labelled with what happens there. A transition runs from the last frame of the old
shot alone to the first frame of the new one alone; a cut is one gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.shot_detector.decoding import KINDS
from rushlight.models.shot_detector.footage import HEIGHT, WIDTH, Floats, Frames, Scene, Sources, made_scene
from rushlight.models.shot_detector.lures import EFFECTS, LASTING, LENGTHS, OFTEN, Lure, Moment, moved, new_lure

__all__ = ["KINDS", "SEEN", "Film", "make_film"]


SEEN = (48, 27)
"""Width and height of the pictures the network sees."""


@dataclass
class Film:
    """Frames and what each gap between them is."""

    frames: Frames
    """(n, 27, 48, 3), RGB."""
    gaps: NDArray[np.uint8]
    """(n − 1,), numbers into `KINDS`."""
    lures: list[tuple[int, int, str]] = field(default_factory=list)
    """What only looks like a transition: first and last frame, and what it is."""


@dataclass(frozen=True)
class Grade:
    """The look that all shots of a film share, so that cuts are not told by colour alone."""

    mean: Floats
    spread: float
    strength: float

    @classmethod
    def any(cls, rng: np.random.Generator) -> Grade | None:
        """A look; none for footage from everywhere."""
        if rng.random() < 0.4:
            return None
        mean = rng.uniform(45, 170) + rng.normal(0, 18, 3)
        return cls(mean.astype(np.float32), float(rng.uniform(20, 55)), float(rng.uniform(0.5, 1)))


class Shot:
    """One scene through one camera: framing, its moves, its light, and what happens in it."""

    def __init__(self, rng: np.random.Generator, scene: Scene, length: int, grade: Grade | None = None) -> None:
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
        self.lures: list[Lure] = []
        self.scale, self.offset = self.gain * self.tint, np.zeros(3)
        if grade is not None:
            seen = scene.picture(0, _matrix(self.zoom, self.centre, 0.0))
            scale = np.clip(grade.spread / max(float(seen.std(axis=(0, 1)).mean()), 4.0), 0.3, 3.0)
            offset = grade.mean - scale * seen.mean(axis=(0, 1))
            self.scale = (1 - grade.strength) * self.scale + grade.strength * scale
            self.offset = grade.strength * offset

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
        for lure in self.lures:
            if lure.first <= number < lure.end and lure.kind == "freeze":
                at = lure.first * self.pace
            elif lure.first <= number < lure.end and lure.kind == "shake":
                rng = Moment(lure, number).rng
                centre += rng.normal(0, 2.2 * lure.strength + 0.3, 2)
                turn += float(rng.normal(0, 1.3 * lure.strength))
            elif lure.first <= number < lure.end:
                share = (number - lure.first + 1) / (lure.end - lure.first + 1)
                zoom, centre, smear = moved(lure, share, zoom, centre)
            elif number >= lure.end and lure.kind in LASTING:
                zoom, centre, _ = moved(lure, 1.0, zoom, centre)
        matrix = _matrix(zoom, centre, turn)
        seen = self.scene.picture(at, matrix)
        if smear >= 1.5:
            seen = cv2.blur(seen, (min(int(smear) + 1, 40), 1))  # type: ignore[assignment]
        if self.flip:
            seen = seen[:, ::-1]
        seen = seen * (self.scale * (1 + self.light * number)).astype(np.float32) + self.offset.astype(np.float32)
        for lure in self.lures:
            if lure.first <= number < lure.end and lure.kind in EFFECTS:
                seen = EFFECTS[lure.kind](seen, Moment(lure, number))
        return np.clip(seen, 0, 255).astype(np.float32)


def _matrix(zoom: float, centre: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    zoom = float(np.clip(zoom, 0.25, 1.6))
    angle = np.deg2rad(turn)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * zoom
    middle = np.array([WIDTH, HEIGHT]) * 0.75 + centre
    shift = middle - turned @ (np.array([WIDTH, HEIGHT]) / 2)
    return np.concatenate([turned, shift[:, None]], axis=1)


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
    return np.asarray(np.clip(order, 0, 1), np.float32)


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
            return _mix(
                np.broadcast_to(self.colour, (HEIGHT, WIDTH, 3)),
                new.picture(at),
                ((at + 1) / (self.new + 1)) ** self.curve,
            )
        share = (place + 1) / (self.old + 1)
        first, second = old.picture(old.length - self.old + place), new.picture(place)
        if self.kind == "dissolve":
            eased = share * share * (3 - 2 * share) if self.curve > 1.2 else share
            return _mix(first, second, eased)
        if self.push is not None:
            return _pushed(first, second, share, self.push)
        assert self.order is not None
        mask = np.clip((share * (1 + self.soft) - self.order) / self.soft, 0, 1)[..., None]
        return np.asarray(first * (1 - mask) + second * mask, np.float32)


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
        grey = rng.random() < 0.93
        values = [float(rng.choice([0, 0, 0, 0, 16, 255]))] * 3 if grey else rng.uniform(0, 255, 3).tolist()
        colour = np.array([values], np.float32)
        parts = [int(np.exp(rng.uniform(np.log(3), np.log(26)))) for _ in range(2)]
        hold = int(rng.choice([0, 0, 1, 2, 5, 10, 20]))
        return _Passage(
            "fade", old=parts[0], new=parts[1], hold=hold, colour=colour, curve=float(rng.choice([1, 1, 0.7, 1.5]))
        )
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
    frames: list[Floats] = []
    gaps: list[int] = []
    lures: list[tuple[int, int, str]] = []
    grade = Grade.any(rng)
    shot = Shot(rng, pick(rng), 0, grade)
    shot.length = _length(rng)
    at = 0
    while len(frames) < count:
        passage = _passage(rng)
        similar = rng.random() < 0.22
        scene = shot.scene if similar else pick(rng)
        following = Shot(rng, scene, _length(rng), grade)
        if similar and not _apart(shot, following):
            following = Shot(rng, pick(rng), _length(rng), grade)
        tail, head = passage.old, passage.new if passage.kind == "fade" else passage.old
        shot.length = max(shot.length, at + tail + int(rng.integers(5, 14)))
        following.length = max(following.length, head + 12)
        _add_lures(rng, shot, at + 6, shot.length - tail - 6)
        begin = len(frames)
        for number in range(at, shot.length - tail):
            frames.append(shot.picture(number))
        gaps += [0] * (shot.length - tail - at - 1)
        lures += [(begin + lure.first - at, begin + lure.end - 1 - at, lure.kind) for lure in shot.lures]
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
    return float(np.abs(first - second).mean()) > 11


def _add_lures(rng: np.random.Generator, shot: Shot, first: int, end: int) -> None:
    count = int(rng.choice([0, 1, 2, 3], p=[0.4, 0.35, 0.17, 0.08]))
    for kind in rng.choice(list(LENGTHS), count, p=OFTEN / OFTEN.sum()):
        least, most = LENGTHS[kind]
        length = int(rng.integers(least, most + 1))
        if end - first <= length:
            continue
        begin = int(rng.integers(first, end - length))
        if all(begin > other.end + 3 or begin + length < other.first - 3 for other in shot.lures):
            shot.lures.append(new_lure(rng, str(kind), begin, length))


def _finished(rng: np.random.Generator, frames: Floats) -> Frames:
    """What cameras, encoders and archives do to a whole film."""
    count = len(frames)
    if rng.random() < 0.12:  # black and white
        grey = frames @ np.array([0.3, 0.59, 0.11], np.float32)
        frames = np.repeat(grey[..., None], 3, axis=3) * rng.uniform(0.85, 1.1, 3).astype(np.float32)
    if rng.random() < 0.3:
        frames = np.asarray(255 * (frames.clip(0, 255) / 255) ** np.exp(rng.normal(0, 0.3)), np.float32)
    small: Floats = np.stack([cv2.resize(frame, SEEN, interpolation=cv2.INTER_AREA) for frame in frames])
    if rng.random() < 0.6:  # grain
        small += rng.normal(0, rng.choice([0.4, 1, 2, 4]), small.shape).astype(np.float32)
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
