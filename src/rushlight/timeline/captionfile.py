"""Captions as files: SRT, WebVTT and ASS, written for players and editors, and read back when a person edited them.

TTML is in `ttml`; `read_captions` reads it too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pysubs2

from rushlight.artifacts import Captions, Cue
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock
from rushlight.timeline.karaoke import ass_fill, vtt_times

# Invisible: stands behind a character that would otherwise begin markup, and is taken out again on reading.
_JOINER = "\u2060"
_NO_MARKUP = re.compile(r"<(?=[a-zA-Z/])|\{(?=\\)")
_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$", re.ASCII)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
# Larger than the captions of any film; what is larger is not read into memory.
_MOST_BYTES = 20 << 20
_ASS_PART = re.compile(rf"\\(?:[{{}}nNh]|{_JOINER})|\{{[^}}]*\}}")

CaptionLook = Literal["boxed", "outline", "plain"]
"""How burned captions stand out: a see-through box behind them, a dark outline, or a soft shadow alone."""

__all__ = ["CaptionLook", "captions_to_ass", "captions_to_srt", "captions_to_vtt", "read_captions"]


def captions_to_srt(captions: Captions) -> str:
    """Captions as SubRip text; an invisible word joiner keeps what looks like a tag from being taken for one."""
    blocks = [
        f"{number}\n{format_clock(cue.start, separator=',')} --> {format_clock(cue.end, separator=',')}\n"
        + _NO_MARKUP.sub(rf"\g<0>{_JOINER}", "\n".join(cue.lines))
        for number, cue in enumerate(captions.cues, 1)
    ]
    return "\n\n".join(blocks) + "\n"


def captions_to_vtt(
    captions: Captions,
    *,
    karaoke: bool = False,
    inks: Mapping[str, str] = {},
) -> str:
    """Captions as WebVTT text; `&`, `<` and `>` are escaped as the format asks.

    Args:
        captions: what to write; speakers become voices (`<v Anna>`).
        karaoke: whether each word carries the time at which it is heard.
        inks: the colour of each speaker, as `#rrggbb`.
    """
    blocks = []
    for cue in captions.cues:
        timed = vtt_times(cue) if karaoke else []
        text = "".join(
            (f"<{format_clock(time)}>" if time > cue.start else "") + _vtt_escaped(part) for time, part in timed
        )
        text = text or _vtt_escaped("\n".join(cue.lines))
        # An annotation ends at `>` or the line's end, whatever is escaped.
        name = re.sub(r"\s+", " ", _vtt_escaped(cue.speaker.replace(">", " "))).strip()
        blocks.append(
            f"{format_clock(cue.start)} --> {format_clock(cue.end)}\n" + (f"<v {name}>{text}" if name else text)
        )
    styles = "".join(
        f'STYLE\n::cue(v[voice="{name}"]) {{ color: {ink} }}\n\n'
        for name, ink in inks.items()
        if re.fullmatch(r"[\w .'-]+", name) and re.fullmatch(r"#[0-9a-fA-F]{6}", ink)
    )
    return f"WEBVTT\nLanguage: {captions.language}\n\n{styles}" + "\n\n".join(blocks) + "\n"


def _vtt_escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def captions_to_ass(
    captions: Captions,
    *,
    width_px: int,
    height_px: int,
    font: str = "Source Sans Pro",
    look: CaptionLook = "outline",
    karaoke: bool = False,
    inks: Mapping[str, str] = {},
) -> str:
    """Captions as Advanced SubStation Alpha text, styled for a picture of this size.

    Args:
        captions: what to write.
        width_px: width of the picture.
        height_px: height of it.
        font: name of the font.
        look: `boxed`, `outline` or `plain`.
        karaoke: whether each word is filled while it is heard (`\\kf`).
        inks: the colour of each speaker, as `#rrggbb`.
    """
    file = pysubs2.SSAFile()
    file.info |= {"PlayResX": str(width_px), "PlayResY": str(height_px), "WrapStyle": "2"}
    margin = round(height_px * 0.06)
    size = round(min(width_px, height_px) * 0.055)
    style = pysubs2.SSAStyle(
        fontname=font,
        fontsize=size,
        bold=True,
        outline={"outline": size / 14, "boxed": size / 5, "plain": 0}[look],
        shadow=size / 24 if look == "plain" else 0,
        borderstyle=3 if look == "boxed" else 1,
        marginv=margin,
        marginl=margin,
        marginr=margin,
    )
    if look == "boxed":
        style.outlinecolor = style.backcolor = pysubs2.Color(0, 0, 0, 65)
    if karaoke:
        style.secondarycolor = pysubs2.Color(150, 150, 150, 0)
    file.styles["Default"] = style
    named = {}
    for number, (speaker, ink) in enumerate(sorted(inks.items()), 1):
        if re.fullmatch(r"#[0-9a-fA-F]{6}", ink):
            named[speaker] = f"Speaker {number}"
            own = style.copy()
            own.primarycolor = pysubs2.Color(*(int(ink[place : place + 2], 16) for place in (1, 3, 5)))
            file.styles[named[speaker]] = own
    for cue in captions.cues:
        filled = ass_fill(cue) if karaoke else []
        text = "".join(tag + _ass_escaped(part) for tag, part in filled) or _ass_escaped("\n".join(cue.lines))
        event = pysubs2.SSAEvent(start=round(cue.start * 1000), end=round(cue.end * 1000), text=text)
        event.style = named.get(cue.speaker, "Default")
        event.name = re.sub(r"[,\s]+", " ", cue.speaker)
        file.append(event)
    return str(file.to_string("ass"))


def _ass_escaped(text: str) -> str:
    return text.replace("\\", f"\\{_JOINER}").replace("{", "\\{").replace("\n", "\\N")


def read_captions(path: Path, language: str = "en") -> Captions:
    """Read SRT, WebVTT, ASS or TTML as a person saved it; styles, positions and comments are left out.

    Voices of WebVTT, names of ASS and agents of TTML are speakers.

    Raises:
        InputError: not a caption file, no captions in it, or one that ends before it starts.
    """
    from rushlight.timeline.ttml import is_ttml, read_ttml

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(
                f"This file is larger than {_MOST_BYTES >> 20} MB.", path=path, hint="Captions are small: is it one?"
            )
        with path.open("rb") as file:
            if is_ttml(file.read(4096)):
                return read_ttml(path, language)
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        events = list(_ass_events(text)) if "[Events]" in text else list(_block_events(text))
    except InputError:
        raise
    except (OSError, UnicodeDecodeError, pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise InputError(
            "These captions cannot be read.", path=path, hint="Save them as UTF-8 SRT, WebVTT or ASS."
        ) from error
    cues = []
    for start, end, shown, speaker in sorted(events, key=lambda event: event[0]):
        lines = tuple(line.strip() for line in shown.split("\n") if line.strip())
        if not lines:
            continue
        if end <= start:
            raise InputError(
                "A caption ends before it starts.", path=path, where=format_clock(start), hint="Mend its times."
            )
        cues.append(Cue(start=start, end=end, lines=lines, speaker=speaker))
    if not cues:
        raise InputError("There are no captions in this file.", path=path, hint="Delete it to have them made again.")
    return Captions(language=language, cues=tuple(cues))


def _block_events(text: str) -> Iterator[tuple[Fraction, Fraction, str, str]]:
    """Captions of SRT or WebVTT: blocks of lines, the times in the first or second of them."""
    is_vtt = text.startswith("WEBVTT")
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        for place, line in enumerate(lines[:2]):
            if times := _TIMES.match(line):
                parts = times.groups()
                said = "\n".join(lines[place + 1 :])
                voice = _VOICE.search(said) if is_vtt else None
                shown = _vtt_plain(said) if is_vtt else _srt_plain(said)
                yield _seconds(parts[:4]), _seconds(parts[4:]), shown, html.unescape(voice[1]).strip() if voice else ""
                break


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(fraction), 10 ** len(fraction))


def _srt_plain(text: str) -> str:
    return _SRT_TAG.sub("", text).replace(_JOINER, "")


def _vtt_plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def _ass_events(text: str) -> Iterator[tuple[Fraction, Fraction, str, str]]:
    for event in pysubs2.SSAFile.from_string(text, format_="ass"):
        if not event.is_comment and not event.is_drawing:
            shown = _ASS_PART.sub(_ass_part, event.text)
            yield Fraction(event.start, 1000), Fraction(event.end, 1000), shown, event.name.strip()


def _ass_part(match: re.Match[str]) -> str:
    if match[0].startswith("{"):
        return ""
    return {"N": "\n", "n": "\n", "h": " ", _JOINER: "\\"}.get(match[0][1], match[0][1])
