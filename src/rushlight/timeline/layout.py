"""Where things may stand on a screen of any shape: text never meets captions nor leaves the safe area."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Layout", "layout_for"]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    def meets(self, other: Box) -> bool:
        """Whether two boxes share any pixel."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Layout:
    """The parts of a screen.

    Attributes:
        safe: nothing that must be read stands outside it (5 % margins; more below on upright screens, where apps
            lay their buttons).
        graphic: where titles and charts are drawn.
        captions: where captions stand, bottom-aligned.
        corner: where the disclosure label stands.
        unit: a hundredth of the shorter side, for sizes.
    """

    width_px: int
    height_px: int
    safe: Box
    graphic: Box
    captions: Box
    corner: Box
    unit: float


def layout_for(width_px: int, height_px: int) -> Layout:
    """The layout for a picture of this size; works for wide, square and upright ones."""
    unit = min(width_px, height_px) / 100
    aside, above = round(width_px * 0.05), round(height_px * 0.05)
    upright = height_px > 1.2 * width_px
    below = round(height_px * (0.16 if upright else 0.05))
    safe = Box(aside, above, width_px - aside, height_px - below)
    # Two lines at five units with the box around them; the odd pixels keep small pictures right too.
    captions = Box(safe.left, safe.bottom - round(unit * 18) - 6, safe.right, safe.bottom)
    corner = Box(safe.left, safe.top, safe.right, safe.top + round(unit * 5))
    graphic = Box(
        safe.left + round(unit * 2), corner.bottom + round(unit * 1.5), safe.right - round(unit * 2),
        captions.top - round(unit * 2),
    )  # fmt: skip
    return Layout(width_px, height_px, safe, graphic, captions, corner, unit)
