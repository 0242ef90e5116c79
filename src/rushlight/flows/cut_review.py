"""The review page of a cut: every proposal with its reason, its sound before and after, and a box to untick."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files
from typing import Any

import jinja2
import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import EditList, Findings, Media
from rushlight.artifacts.findings import Finding
from rushlight.core.units import format_clock
from rushlight.media.sound import read_sound

__all__ = ["ReviewMatter", "write_review"]

_RATE = 16_000
_AROUND = Fraction(12, 10)
_LONGEST_SECONDS = Fraction(6)
_BINS = 1200
# More than this nobody listens through; the list goes on without sounds, and says so.
_MOST_SOUNDS = 300
_COLOURS = {"silence": "#7a8aa0", "filler": "#c9822b", "retake": "#b0413e", "false_start": "#8b5fbf",
            "damage": "#444444"}  # fmt: skip


@dataclass(frozen=True)
class ReviewMatter:
    """What a review page is written from."""

    title: str
    takes: Sequence[tuple[Media, Findings]]
    proposals: Sequence[tuple[str, int, Finding]]
    """Name, which take, and what was found."""
    edits: EditList
    command: str
    """What makes the film as proposed."""
    margin_seconds: Fraction
    weak: Sequence[str] = field(default_factory=list)


def write_review(matter: ReviewMatter) -> dict[str, bytes | str]:
    """Write the page and its sounds.

    Returns:
        File names, relative to one folder, and their contents; `index.html` is the last.
    """
    sounds = [read_sound(media.file.path, sample_rate=_RATE, channels=1)[:, 0] for media, _ in matter.takes]
    pages: dict[str, bytes | str] = {}
    rows = []
    for number, (name, take, found) in enumerate(matter.proposals):
        row: dict[str, Any] = {
            "name": name,
            "take": take + 1,
            "kind": found.kind,
            "label": found.kind.replace("_", " "),
            "colour": _COLOURS[found.kind],
            "at": format_clock(found.start)[3:10],
            "seconds": float(_cut_of(found, matter.margin_seconds, matter.takes[take][0].duration)),
            "confidence": round(found.confidence * 100),
            "reason": found.reason,
            "text": found.text,
            "keep": found.keep,
        }
        if number < _MOST_SOUNDS:
            before, after = _before_and_after(sounds[take], found, matter.margin_seconds)
            row["before"], row["after"] = f"{name}-before.wav", f"{name}-after.wav"
            pages[row["before"]], pages[row["after"]] = _wav(before), _wav(after)
        rows.append(row)
    recorded = sum((media.duration for media, _ in matter.takes), Fraction(0))
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        files("rushlight.flows").joinpath("pages/review.html").read_text(encoding="utf-8")
    )
    pages["index.html"] = template.render(
        title=matter.title,
        rows=rows,
        takes=[
            {
                "number": number + 1,
                "name": media.file.path.name,
                "length": format_clock(media.duration)[3:8],
                "path": _outline(sounds[number]),
                "marks": _marks(findings, media.duration),
            }
            for number, (media, findings) in enumerate(matter.takes)
        ],
        kinds=[
            {"kind": kind, "label": kind.replace("_", " "), "colour": _COLOURS[kind], "count": count}
            for kind, count in _counts(matter.proposals).items()
        ],
        recorded=format_clock(recorded)[3:8],
        seconds=float(matter.edits.duration),
        recorded_seconds=float(recorded),
        command=matter.command,
        weak=list(matter.weak),
        silent=max(len(matter.proposals) - _MOST_SOUNDS, 0),
    )
    return pages


def _counts(proposals: Sequence[tuple[str, int, Finding]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, _, found in proposals:
        counts[found.kind] = counts.get(found.kind, 0) + 1
    return counts


def _edges(found: Finding, margin: Fraction, duration: Fraction) -> tuple[Fraction, Fraction]:
    """What of a finding is cut: silences keep a margin towards speech."""
    if found.kind != "silence":
        return found.start, found.end
    start = found.start + (margin if found.start > 0 else 0)
    end = found.end - (margin if found.end < duration else 0)
    return start, max(start, end)


def _cut_of(found: Finding, margin: Fraction, duration: Fraction) -> Fraction:
    start, end = _edges(found, margin, duration)
    return end - start


def _before_and_after(
    sound: NDArray[np.float32], found: Finding, margin: Fraction
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A proposal's surroundings as recorded, and as they will be."""
    start, end = _edges(found, margin, Fraction(len(sound), _RATE))
    first, last = round(start * _RATE), round(end * _RATE)
    around = round(_AROUND * _RATE)
    lead, tail = sound[max(first - around, 0) : first], sound[last : last + around]
    inside = sound[first:last]
    longest = round(_LONGEST_SECONDS * _RATE)
    if len(inside) > longest:
        inside = np.concatenate([inside[: longest // 2], inside[-longest // 2 :]])
    before = np.concatenate([lead, inside, tail])
    fade = min(round(0.012 * _RATE), len(lead), len(tail))
    if not fade:
        return before, np.concatenate([lead, tail])
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    joined = lead[len(lead) - fade :] * (1 - ramp) + tail[:fade] * ramp
    return before, np.concatenate([lead[: len(lead) - fade], joined, tail[fade:]])


def _wav(samples: NDArray[np.float32]) -> bytes:
    """16-bit mono, which every browser plays."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return whole.getvalue()


def _outline(sound: NDArray[np.float32]) -> str:
    """The wave as an SVG path in a box of 1200 by 80, drawn by its peaks."""
    if not len(sound):
        return ""
    edges = np.linspace(0, len(sound), min(_BINS, len(sound)) + 1).astype(int)
    peaks = np.array([np.abs(sound[a:b]).max() if b > a else 0.0 for a, b in zip(edges, edges[1:], strict=False)])
    # Square root, so that quiet speech is seen beside loud.
    heights = np.sqrt(peaks / max(float(peaks.max()), 1e-6)) * 38
    places = np.linspace(0, 1200, len(heights))
    above = [f"{x:.1f},{40 - h:.1f}" for x, h in zip(places, heights, strict=True)]
    below = [f"{x:.1f},{40 + h:.1f}" for x, h in zip(places[::-1], heights[::-1], strict=True)]
    return "M" + " L".join([*above, *below]) + " Z"


def _marks(findings: Findings, duration: Fraction) -> list[dict[str, Any]]:
    return [
        {
            "x": round(float(found.start / duration) * 1200, 1),
            "width": max(round(float((found.end - found.start) / duration) * 1200, 1), 1.0),
            "colour": _COLOURS[found.kind],
        }
        for found in findings.findings
    ]
