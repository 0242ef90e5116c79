"""Captions as files: SRT, WebVTT and ASS, written for players and editors, and read back when a person edited them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pysubs2

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock

# Invisible: stands behind a character that would otherwise begin markup, and is taken out again on reading.
_JOINER = "\u2060"
_NO_MARKUP = re.compile(r"<(?=[a-zA-Z/])|\{(?=\\)")
_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$", re.ASCII)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)
_ASS_PART = re.compile(rf"\\(?:[{{}}nNh]|{_JOINER})|\{{[^}}]*\}}")

__all__ = ["captions_to_ass", "captions_to_srt", "captions_to_vtt", "read_captions"]


def captions_to_srt(captions: Captions) -> str:
    """Captions as SubRip text; an invisible word joiner keeps what looks like a tag from being taken for one."""
    blocks = [
        f"{number}\n{format_clock(cue.start, separator=',')} --> {format_clock(cue.end, separator=',')}\n"
        + _NO_MARKUP.sub(rf"\g<0>{_JOINER}", "\n".join(cue.lines))
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
        text = "\n".join(cue.lines).replace("\\", f"\\{_JOINER}").replace("{", "\\{").replace("\n", "\\N")
        file.append(pysubs2.SSAEvent(start=round(cue.start * 1000), end=round(cue.end * 1000), text=text))
    return str(file.to_string("ass"))


def read_captions(path: Path, language: str = "en") -> Captions:
    """Read SRT, WebVTT or ASS as a person saved it; styles, positions and comments are left out.

    Raises:
        InputError: not a caption file, no captions in it, or one that ends before it starts.
    """
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        events = list(_ass_events(text)) if "[Events]" in text else list(_block_events(text))
    except (OSError, UnicodeDecodeError, pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise InputError(
            "These captions cannot be read.", path=path, hint="Save them as UTF-8 SRT, WebVTT or ASS."
        ) from error
    cues = []
    for start, end, shown in sorted(events, key=lambda event: event[0]):
        lines = tuple(line.strip() for line in shown.split("\n") if line.strip())
        if not lines:
            continue
        if end <= start:
            raise InputError(
                "A caption ends before it starts.", path=path, where=format_clock(start), hint="Mend its times."
            )
        cues.append(Cue(start=start, end=end, lines=lines))
    if not cues:
        raise InputError("There are no captions in this file.", path=path, hint="Delete it to have them made again.")
    return Captions(language=language, cues=tuple(cues))


def _block_events(text: str) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Captions of SRT or WebVTT: blocks of lines, the times in the first or second of them."""
    plain = _vtt_plain if text.startswith("WEBVTT") else _srt_plain
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        for place, line in enumerate(lines[:2]):
            if times := _TIMES.match(line):
                parts = times.groups()
                yield _seconds(parts[:4]), _seconds(parts[4:]), plain("\n".join(lines[place + 1 :]))
                break


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(fraction), 10 ** len(fraction))


def _srt_plain(text: str) -> str:
    return _SRT_TAG.sub("", text).replace(_JOINER, "")


def _vtt_plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def _ass_events(text: str) -> Iterator[tuple[Fraction, Fraction, str]]:
    for event in pysubs2.SSAFile.from_string(text, format_="ass"):
        if not event.is_comment and not event.is_drawing:
            yield Fraction(event.start, 1000), Fraction(event.end, 1000), _ASS_PART.sub(_ass_part, event.text)


def _ass_part(match: re.Match[str]) -> str:
    if match[0].startswith("{"):
        return ""
    return {"N": "\n", "n": "\n", "h": " ", _JOINER: "\\"}.get(match[0][1], match[0][1])
