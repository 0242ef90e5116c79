"""Cuts as other programs' files, and back: one module a format, all over `sequence.Sequence`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from rushlight.core.errors import InputError
from rushlight.timeline.interchange.sequence import Sequence

__all__ = ["FORMATS", "Format", "format_of", "read_sequence", "write_sequence"]


@dataclass(frozen=True)
class Format:
    """A file format: its usual ending, and how it is written and read."""

    suffix: str
    write: Callable[[Sequence], str]
    read: Callable[[bytes, Fraction | None], Sequence] | None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # lists of old systems


def _formats() -> dict[str, Format]:
    from rushlight.timeline.interchange import chapters, cmx3600, edit_csv, fcp7, fcpxml, mlt

    return {
        "edl": Format(".edl", cmx3600.write_cmx3600, lambda data, rate: cmx3600.read_cmx3600(_text(data), rate)),
        "fcpxml": Format(".fcpxml", fcpxml.write_fcpxml, lambda data, rate: fcpxml.read_fcpxml(data)),
        "premiere": Format(".xml", fcp7.write_fcp7, lambda data, rate: fcp7.read_fcp7(data)),
        "kdenlive": Format(".kdenlive", mlt.write_mlt, lambda data, rate: mlt.read_mlt(data)),
        "mlt": Format(".mlt", mlt.write_mlt, lambda data, rate: mlt.read_mlt(data)),
        "csv": Format(".csv", edit_csv.write_csv, lambda data, rate: edit_csv.read_csv(_text(data))),
        "ffmetadata": Format(".ffmeta", chapters.write_ffmetadata, None),
        "webvtt": Format(".vtt", chapters.write_webvtt_chapters, None),
        "youtube": Format(".txt", chapters.write_youtube_chapters, None),
    }


FORMATS = ("otio", "edl", "fcpxml", "premiere", "kdenlive", "mlt", "csv", "ffmetadata", "webvtt", "youtube")


def format_of(name: str) -> Format:
    """A format by name (all of `FORMATS` but `otio`).

    Raises:
        InputError: there is none.
    """
    found = _formats().get(name)
    if found is None:
        raise InputError(f"There is no format {name!r}.", hint=f"Choose among {', '.join(FORMATS)}.")
    return found


def write_sequence(sequence: Sequence, name: str) -> str:
    """A sequence in a format; `sequence.lost` then names what it could not hold."""
    return format_of(name).write(sequence)


def read_sequence(data: bytes, suffix: str, rate: Fraction | None = None) -> Sequence:
    """A sequence from a file's bytes, by its ending and its first words.

    Raises:
        InputError: a format that is not read, or damaged.
    """
    start = data[:4096].lstrip()
    if b"<xmeml" in start:
        name = "premiere"
    elif b"<fcpxml" in start:
        name = "fcpxml"
    elif b"<mlt" in start or b"<mlt" in data[:65536]:
        name = "mlt"
    else:
        name = {".edl": "edl", ".csv": "csv"}.get(suffix.lower(), "")
    found = _formats().get(name)
    if found is None or found.read is None:
        raise InputError("This file is not a cut that can be read.", hint="Export OTIO, FCPXML, XML, EDL, MLT or CSV.")
    return found.read(data, rate)
