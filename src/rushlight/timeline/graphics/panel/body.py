"""A person's own coordinates: heads from the top of the head, facing right, turned and leant as the pose asks."""

from __future__ import annotations

from typing import Any

from rushlight.timeline.graphics.panel.ink import Ink, Point

__all__ = ["HEADS", "Body"]

HEADS = 7.2
"""How many heads tall a person is."""
_LEANS = {"running": 0.20, "walking": 0.05, "sitting": 0.03}


class Body:
    """Turns a person's own coordinates (heads from the top of the head, facing right) into the drawing's."""

    def __init__(self, ink: Ink, x: float, top: float, tall: float, facing: str, pose: str) -> None:
        self.ink, self.x, self.top, self.unit = ink, x, top, tall / HEADS
        self.turn = -1.0 if facing == "left" else 1.0
        self.lean = _LEANS.get(pose, 0.0)
        self.lies = pose == "lying"

    def at(self, point: Point) -> Point:
        """A point in heads as one of the drawing; leaning grows towards the head."""
        x, y = point
        x += self.lean * max(3.7 - y, 0)
        if self.lies:
            # Feet to one side, seen from the side, a little above the ground.
            return self.x + self.turn * (3.6 - y) * self.unit, self.top + (6.6 - 0.45 * x) * self.unit
        return self.x + self.turn * x * self.unit, self.top + y * self.unit

    def shape(self, points: list[Point], fill: Any, alpha: int = 255) -> None:
        """Fill a polygon given in heads."""
        self.ink.shape([self.at(point) for point in points], fill, alpha)

    def limb(self, start: Point, end: Point, thick: float, thin: float, fill: Any) -> None:
        """A tapered limb between two points."""
        self.ink.limb(self.at(start), self.at(end), thick * self.unit, thin * self.unit, fill)

    def line(self, points: list[Point], width: float, fill: Any) -> None:
        """A line of a width in heads."""
        self.ink.line([self.at(point) for point in points], width * self.unit, fill)
