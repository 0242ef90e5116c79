"""Captions as files: SRT, WebVTT and ASS, written for players and editors, and read back when a person edited them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pysubs2

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock

__all__ = ["captions_to_ass", "captions_to_srt", "captions_to_vtt", "read_captions"]


def captions_to_srt(captions: Captions) -> str:
    """Captions as SubRip text."""
    blocks = [
        f"{number}\n{format_clock(cue.start, separator=',')} --> {format_clock(cue.end, separator=',')}\n"
        + "\n".join(cue.lines)
        for number, cue in enumerate(captions.cues, 1)
    ]
    return "\n\n".join(blocks) + "\n"


def captions_to_vtt(captions: Captions) -> str:
    """Captions as WebVTT text; `&`, `<` and `>` are escaped as the format asks."""
    blocks = []
    for cue in captions.cues:
        text = "\n".join(cue.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{format_clock(cue.start)} --> {format_clock(cue.end)}\n{text}")
    return f"WEBVTT\nLanguage: {captions.language}\n\n" + "\n\n".join(blocks) + "\n"


def captions_to_ass(captions: Captions, *, width_px: int, height_px: int, font: str = "Source Sans Pro") -> str:
    """Captions as Advanced SubStation Alpha text, styled for a picture of this size."""
    file = pysubs2.SSAFile()
    file.info |= {"PlayResX": str(width_px), "PlayResY": str(height_px), "WrapStyle": "2"}
    margin = round(height_px * 0.06)
    size = round(min(width_px, height_px) * 0.055)
    file.styles["Default"] = pysubs2.SSAStyle(
        fontname=font,
        fontsize=size,
        bold=True,
        outline=size / 14,
        shadow=0,
        marginv=margin,
        marginl=margin,
        marginr=margin,
    )
    for cue in captions.cues:
        text = "\n".join(cue.lines).replace("\\", "\\\u2060").replace("{", "\\{").replace("\n", "\\N")
        file.append(pysubs2.SSAEvent(start=round(cue.start * 1000), end=round(cue.end * 1000), text=text))
    return str(file.to_string("ass"))


def read_captions(path: Path, language: str = "en") -> Captions:
    """Read SRT, WebVTT or ASS as a person saved it.

    Raises:
        InputError: not a caption file, no captions in it, or one that ends before it starts.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        parsed = pysubs2.SSAFile.from_string(text)
    except (OSError, UnicodeDecodeError, pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise InputError(
            "These captions cannot be read.", path=path, hint="Save them as UTF-8 SRT, WebVTT or ASS."
        ) from error
    cues = []
    for event in sorted(parsed, key=lambda item: item.start):
        lines = tuple(line.strip() for line in event.plaintext.split("\n") if line.strip())
        if event.is_comment or not lines:
            continue
        start, end = Fraction(event.start, 1000), Fraction(event.end, 1000)
        if end <= start:
            raise InputError(
                "A caption ends before it starts.", path=path, where=format_clock(start), hint="Mend its times."
            )
        cues.append(Cue(start=start, end=end, lines=lines))
    if not cues:
        raise InputError("There are no captions in this file.", path=path, hint="Delete it to have them made again.")
    return Captions(language=language, cues=tuple(cues))
