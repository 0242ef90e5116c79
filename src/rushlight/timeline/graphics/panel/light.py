"""The light of a panel: the colours of sky, ground, walls and lamps at each time of day and in each weather."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rushlight.timeline.graphics.panel.ink import Colour, mix, rgb

__all__ = ["Light", "light_of"]


@dataclass(frozen=True)
class Light:
    """Colours of one moment; `dark` is how much a night lies over things, 0 to 1."""

    sky: tuple[str | Colour, str | Colour, str | Colour]
    """From the zenith to the horizon."""
    far: str | Colour
    """Of what stands far away, such as hills."""
    ground: str | Colour
    wall: str | Colour
    floor: str | Colour
    rim: str | Colour
    """Light along the edges of people."""
    tint: str | Colour
    dark: float
    lamps: bool


_TIMES = {
    "day": Light(("#4f9ad0", "#93c6e4", "#e4eff2"), "#7f9fb0", "#93a47c", "#c9bfae", "#8d7157", "#fff6e0", "#fff3d6",
                 0.0, False),
    "dawn": Light(("#56679c", "#d79aa6", "#fbdcb2"), "#8a7f9d", "#7f8268", "#b3a39c", "#7c6353", "#ffd9b0", "#f3b79a",
                  0.12, False),
    "dusk": Light(("#27355f", "#a2607b", "#f2a46a"), "#5d4f70", "#5f5a55", "#8f7b78", "#5e4a42", "#ffb27a", "#c2695a",
                  0.28, True),
    "night": Light(("#0a1128", "#162447", "#2c3f66"), "#1b294a", "#1f2b3a", "#39425a", "#2b2a35", "#8fb4ff", "#0f1c40",
                   0.52, True),
}  # fmt: skip
_GREY = "#7d8794"


def light_of(time: str, weather: str, *, inside: bool) -> Light:
    """The light at a time of day, in a weather; inside, lamps keep a night warmer."""
    light = _TIMES.get(time, _TIMES["day"])
    if weather in ("rain", "storm", "fog", "snow"):
        share = {"rain": 0.55, "storm": 0.7, "fog": 0.6, "snow": 0.5}[weather]
        grey = mix(_GREY, "#0d1424", min(light.dark * 1.45, 0.85))
        if weather == "snow":
            grey = mix(grey, "#ffffff", 0.25)
        if weather == "storm":
            grey = mix(grey, "#05070c", 0.25)
        light = replace(
            light,
            sky=(mix(light.sky[0], grey, share), mix(light.sky[1], grey, share), mix(light.sky[2], grey, share)),
            far=mix(light.far, grey, share),
            ground="#d3dbe3" if weather == "snow" and light.dark < 0.4 else mix(light.ground, grey, share * 0.6),
        )
    if inside and light.lamps:
        light = replace(light, wall=mix(light.wall, "#8a5f3c", 0.34), floor=mix(light.floor, "#6b4528", 0.3),
                        rim="#ffcf8a", tint=mix(rgb("#7a4a26"), light.tint, 0.4), dark=light.dark * 0.45)  # fmt: skip
    return light
