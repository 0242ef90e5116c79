"""A scene: a background and layers that move; it draws any moment of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from rushlight.timeline.graphics.canvas import Canvas, Sprite, place
from rushlight.timeline.graphics.motion import Change, steady

__all__ = ["Layer", "Scene"]


@dataclass(frozen=True)
class Layer:
    """One sprite and how it moves. Positions are of the top left corner, in pixels.

    Attributes:
        shift_x, shift_y: added to the position over time.
        scale: about the sprite's middle.
        reveal: how much shows, 0 to 1, uncovered from one edge.
        choose: for a layer whose picture changes (a counting number): which sprite to show at a time.
    """

    sprite: Sprite
    x: int
    y: int
    opacity: Change = field(default_factory=lambda: steady(1.0))
    shift_x: Change = field(default_factory=lambda: steady(0.0))
    shift_y: Change = field(default_factory=lambda: steady(0.0))
    scale: Change = field(default_factory=lambda: steady(1.0))
    reveal: Change = field(default_factory=lambda: steady(1.0))
    reveal_from: Literal["left", "right", "top", "bottom"] = "left"
    choose: Callable[[float], Sprite] | None = None

    def state(self, seconds: float) -> tuple[object, ...]:
        """Everything that decides what the layer looks like at a time; equal states draw equal pixels."""
        sprite = self.choose(seconds) if self.choose else self.sprite
        opacity = round(self.opacity.at(seconds), 3)
        if opacity <= 0:
            return (0,)
        size = self.sprite.width_px if self.reveal_from in ("left", "right") else self.sprite.height_px
        return (
            id(sprite),
            opacity,
            round(self.x + self.shift_x.at(seconds)),
            round(self.y + self.shift_y.at(seconds)),
            round(self.scale.at(seconds), 4),
            round(min(max(self.reveal.at(seconds), 0.0), 1.0) * size),
        )

    def draw(self, canvas: Canvas, seconds: float) -> None:
        """Lay the layer over a canvas as it is at a time."""
        state = self.state(seconds)
        if len(state) == 1:
            return
        _, opacity, x, y, scale, shown = state
        sprite = self.choose(seconds) if self.choose else self.sprite
        assert isinstance(x, int)
        assert isinstance(y, int)
        assert isinstance(shown, int)
        width, height = sprite.width_px, sprite.height_px
        if shown <= 0:
            return
        if self.reveal_from == "left" and shown < width:
            sprite = sprite.cut(0, 0, shown, height)
        elif self.reveal_from == "right" and shown < width:
            sprite, x = sprite.cut(width - shown, 0, width, height), x + ((width - shown) & ~1)
        elif self.reveal_from == "top" and shown < height:
            sprite = sprite.cut(0, 0, width, shown)
        elif self.reveal_from == "bottom" and shown < height:
            sprite, y = sprite.cut(0, height - shown, width, height), y + ((height - shown) & ~1)
        if scale != 1:
            before = sprite.width_px, sprite.height_px
            sprite = sprite.scaled(float(scale))  # type: ignore[arg-type]
            x, y = x + (before[0] - sprite.width_px) // 2, y + (before[1] - sprite.height_px) // 2
        place(canvas, sprite if opacity == 1 else sprite.faded(float(opacity)), x, y)  # type: ignore[arg-type]


class Scene:
    """A background with layers over it, drawn at any time; moments that look the same are drawn once.

    Args:
        background: I420 canvas; None to draw over what is given to `draw_over`.
        layers: from back to front.
    """

    def __init__(self, background: Canvas | None, layers: list[Layer]) -> None:
        self.background = background
        self.layers = layers
        self._settled: tuple[tuple[object, ...], Canvas] | None = None
        self._last: tuple[tuple[object, ...], Canvas] | None = None

    def state(self, seconds: float) -> tuple[object, ...]:
        """What decides how the scene looks at a time."""
        return tuple(layer.state(seconds) for layer in self.layers)

    def frame(self, seconds: float) -> Canvas:
        """The whole picture at a time; the array is reused, so copy it to keep it.

        Layers that stay as they were at the last call are kept drawn; only what lies above the first layer that
        moved is drawn again.
        """
        assert self.background is not None
        state = self.state(seconds)
        if self._last is not None and self._last[0] == state:
            return self._last[1]
        below = 0
        if self._last is not None:
            while below < len(state) and self._last[0][below] == state[below]:
                below += 1
        base = self._base(state[:below], seconds)
        canvas = base.copy()
        for layer in self.layers[below:]:
            layer.draw(canvas, seconds)
        self._last = (state, canvas)
        return canvas

    def _base(self, state: tuple[object, ...], seconds: float) -> Canvas:
        assert self.background is not None
        if self._settled is not None:
            known, canvas = self._settled
            if known == state:
                return canvas
            if len(known) < len(state) and state[: len(known)] == known:
                canvas = canvas.copy()
                for layer in self.layers[len(known) : len(state)]:
                    layer.draw(canvas, seconds)
                self._settled = (state, canvas)
                return canvas
        canvas = self.background.copy()
        for layer in self.layers[: len(state)]:
            layer.draw(canvas, seconds)
        self._settled = (state, canvas)
        return canvas

    def draw_over(self, canvas: Canvas, seconds: float) -> None:
        """Lay all layers over a picture."""
        for layer in self.layers:
            layer.draw(canvas, seconds)


def blank(width_px: int, height_px: int) -> Canvas:
    """An empty (black) canvas."""
    canvas = np.full((height_px * 3 // 2, width_px), 128, dtype=np.uint8)
    canvas[:height_px] = 16
    return canvas
