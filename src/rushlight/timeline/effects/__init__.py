"""A library of sound effects that Rushlight makes itself, each a small synthesiser, found by the words for it."""

from __future__ import annotations

from rushlight.timeline.effects.library import LIBRARY, Sound, make_sound, sounds_in

__all__ = ["LIBRARY", "Sound", "make_sound", "sounds_in"]
