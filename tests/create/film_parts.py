"""A small script, its narration and pictures, made by the tests that plan and lay films."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from rushlight.artifacts import Beat, Line, Media, Narration, NarrationLine, Script, Word
from rushlight.core.artifact import FileRef
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, write_wav
from rushlight.media.probe import probe

RATE = Fraction(12)
WORD, REST = Fraction(2, 5), Fraction(2, 5)


def script_of(*beats: Sequence[str] | dict[str, Any], writer: str = "extractive", title: str = "A film") -> Script:
    """A script of beats, each given by its lines or by the fields of a `Beat`."""
    found = []
    for number, beat in enumerate(beats, 1):
        fields = dict(beat) if isinstance(beat, dict) else {"lines": beat}
        lines = tuple(Line(text=text) for text in fields.pop("lines"))
        role = fields.pop("role", "hook" if number == 1 else "development")
        found.append(Beat(id=f"b{number:02d}", role=role, lines=lines, **fields))
    return Script(title=title, language="en", beats=tuple(found), writer=writer, source_sha256="0" * 64)


def narrate(script: Script, folder: Path) -> Narration:
    """A narration at two and a half words a second; its sound is silence."""
    at, lines = Fraction(0), []
    for beat in script.beats:
        for index, line in enumerate(beat.lines):
            start, words = at, []
            for text in line.text.split():
                words.append(Word(text=text, start=at, end=at + WORD))
                at += WORD
            lines.append(
                NarrationLine(beat_id=beat.id, index=index, speaker="narrator", start=start, end=at, words=tuple(words))
            )
            at += REST
    path = folder / "speech.wav"
    write_wav(path, np.zeros((240, 1), np.float32), 24_000)
    return Narration(
        audio=FileRef.of(path), sample_rate=24_000, duration=at, lines=tuple(lines), voices={"narrator": "none"}
    )


def photo(path: Path, description: str = "") -> Media:
    """A still, described by its file name unless told otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = (np.arange(96 * 64).reshape(64, 96) % 251).astype(np.uint8)
    grey[0, : len(path.stem)] = [ord(sign) % 256 for sign in path.stem]
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2)).save(path)
    return probe(path).model_copy(update={"description": description or path.stem})


def footage(path: Path, frames: int, description: str = "") -> Media:
    """A clip of some frames at 12 a second."""
    with VideoWriter(path, width_px=96, height_px=64, rate=RATE) as writer:
        for number in range(frames):
            writer.write(rgb_to_i420(np.full((64, 96, 3), number * 2 % 256, np.uint8)))
    return probe(path).model_copy(update={"description": description or path.stem})
