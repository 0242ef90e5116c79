"""The report of a film: one page a person can open, with the film, its pictures, words, music, sound and cost."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from rushlight.artifacts import (
    Audio,
    Cast,
    ContactSheet,
    GroundingReport,
    MusicPlan,
    Narration,
    Score,
    Script,
    SoundCues,
    Source,
    Staging,
)
from rushlight.core.record import Record
from rushlight.core.units import format_clock
from rushlight.media.encode import read_wav
from rushlight.models.reading import caption_text

__all__ = ["ReportMatter", "ShotRow", "loudness_curve", "shot_board_page", "storyboard_page", "write_report"]

_TONICS = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


@dataclass(frozen=True)
class ShotRow:
    """What is told of one panel of a screenplay's film; `slate` is empty for the title and other cards."""

    number: int
    at: Fraction
    clock: str
    slate: str = ""
    label: str = ""
    camera: str = ""
    seconds: float = 0.0
    scene: str = ""
    """The heading, where a scene begins."""
    action: str = ""
    dialogue: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ReportMatter:
    """What a report is written from."""

    title: str
    source: Source | None
    """None for a screenplay, which is its own script."""
    script: Script
    narration: Narration
    grounding: GroundingReport | None
    sheet: ContactSheet
    pictures: list[str]
    """Paths of the sheet's frames, relative to the page."""
    films: dict[str, str]
    """Aspect to the path of the film, relative to the page."""
    files: dict[str, str]
    """Name to path of every other file worth opening."""
    captions: str
    """Path of the WebVTT file, relative to the page."""
    mix: Audio
    score: Score | None
    plan: MusicPlan | None
    records: list[Record]
    weak: list[str]
    wanted_seconds: Fraction | None
    figures: dict[str, float]
    seconds: Fraction
    """Length of the film."""
    cast: Cast | None = None
    cues: SoundCues | None = None
    shots: list[ShotRow] = field(default_factory=list)


def _environment() -> jinja2.Environment:
    loader = jinja2.FunctionLoader(lambda name: files("rushlight.flows").joinpath("pages", name).read_text("utf-8"))
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clock"] = lambda seconds: format_clock(Fraction(seconds))[3:8]
    return environment


def write_report(matter: ReportMatter) -> str:
    """The report as one HTML page that needs no network."""
    spoken = _lines(matter)
    claims = matter.grounding.claims if matter.grounding else ()
    return (
        _environment()
        .get_template("report.html")
        .render(
            matter=matter,
            lines=spoken,
            panels=_panels(matter.sheet, matter.pictures),
            claims=claims,
            grounded=sum(claim.verdict == "grounded" for claim in claims),
            mood=_mood_picture(matter.plan),
            loudness=_loudness_picture(matter.mix),
            figures=_figures(matter),
            key=_key(matter.score),
            steps=_steps(matter.records),
            totals=_totals(matter.records),
            duration=float(matter.seconds),
        )
    )


def storyboard_page(title: str, sheet: ContactSheet, pictures: list[str], script: Script) -> str:
    """A printable storyboard: every panel with its time, words and reason."""
    words = {beat.id: " ".join(caption_text(line.text) for line in beat.lines) for beat in script.beats}
    panels = _panels(sheet, pictures)
    for panel in panels:
        panel["words"] = words.get(str(panel["beat"]), "")
    return _environment().get_template("storyboard.html").render(title=title, panels=panels)


def shot_board_page(title: str, staging: Staging, rows: list[ShotRow], pictures: list[str]) -> str:
    """A printable storyboard of a screenplay: scenes, and for each shot its camera, length, action and dialogue."""
    shots = [{"row": row, "path": path} for row, path in zip(rows, pictures, strict=True)]
    page = _environment().get_template("shot_board.html")
    return page.render(title=title, byline=staging.byline, language=staging.language, shots=shots)


def _panels(sheet: ContactSheet, pictures: list[str]) -> list[dict[str, Any]]:
    return [
        {"at": frame.at, "path": path, "beat": frame.beat_id, "reason": frame.reason, "number": number}
        for number, (frame, path) in enumerate(zip(sheet.frames, pictures, strict=True), 1)
    ]


def _lines(matter: ReportMatter) -> list[dict[str, Any]]:
    """Every spoken line with its time, its place in the source and the claims in it."""
    starts = {(line.beat_id, line.index): line.start for line in matter.narration.lines}
    found = []
    for beat in matter.script.beats:
        for index, line in enumerate(beat.lines):
            known = matter.grounding.claims if matter.grounding else ()
            claims = [c for c in known if c.beat_id == beat.id and c.line_index == index]
            quotes = []
            for trace in line.traces:
                if matter.source is not None and trace.start is not None and trace.end is not None:
                    quotes.append(
                        f"“{matter.source.text[trace.start : trace.end]}” (characters {trace.start}–{trace.end})"
                    )
                elif trace.cells:
                    cells = ", ".join(f"{cell.column}, row {cell.row + 1}" for cell in trace.cells[:4])
                    more = f" and {len(trace.cells) - 4} more cells" if len(trace.cells) > 4 else ""
                    quotes.append(f"{trace.derivation or 'cell'} — {cells}{more}")
            found.append(
                {
                    "text": caption_text(line.text),
                    "start": starts.get((beat.id, index), Fraction(0)),
                    "role": line.speaker.capitalize() if matter.cast else beat.role if index == 0 else "",
                    "quotes": quotes,
                    "claims": len(claims),
                    "wrong": [claim for claim in claims if claim.verdict != "grounded"],
                }
            )
    return found


def loudness_curve(mix: Audio, steps: int = 240) -> list[float]:
    """Level of the mix over time: RMS in dBFS of equal stretches, at most `steps` of them."""
    samples, _ = read_wav(mix.file.path)
    parts = np.array_split(samples.astype(np.float64), min(steps, max(len(samples) // 2400, 1)))
    return [round(float(10 * np.log10(np.mean(part**2) + 1e-9)), 2) for part in parts]


def _path(values: list[float], low: float, high: float, width: int = 800, height: int = 120) -> str:
    """An SVG polyline's points for values spread over a width."""
    if len(values) == 1:
        values = values * 2
    spread = width / (len(values) - 1)
    scaled = [height - (min(max(value, low), high) - low) / (high - low) * height for value in values]
    return " ".join(f"{number * spread:.1f},{y:.1f}" for number, y in enumerate(scaled))


def _loudness_picture(mix: Audio) -> dict[str, str]:
    stems = {name: file for name, file in mix.stems.items() if name in ("speech", "music")}
    curves = {"mix": _path(loudness_curve(mix), -60, 0)}
    for name, file in sorted(stems.items()):
        curves[name] = _path(loudness_curve(mix.model_copy(update={"file": file})), -60, 0)
    return curves


def _mood_picture(plan: MusicPlan | None) -> dict[str, str]:
    if plan is None:
        return {}
    curves: dict[str, list[str]] = {"valence": [], "arousal": []}
    for section in plan.sections:
        for edge in (section.start, section.end):
            x = float(edge / plan.duration) * 800
            curves["valence"].append(f"{x:.1f},{60 - section.valence * 60:.1f}")
            curves["arousal"].append(f"{x:.1f},{120 - section.arousal * 120:.1f}")
    return {name: " ".join(points) for name, points in curves.items()}


def _key(score: Score | None) -> str:
    if score is None:
        return ""
    return f"{_TONICS[score.tonic]} {score.mode}, {float(score.tempo_bpm):.1f} beats a minute, {score.genre}"


def _figures(matter: ReportMatter) -> list[tuple[str, str, str]]:
    """Name, value and what it should be, for every measured figure."""
    measured = matter.figures
    rows = [("Length", f"{float(matter.seconds):.2f} s", _wanted(matter.wanted_seconds))]
    wishes = {
        "integrated_lufs": ("Loudness", "LUFS", "as set, ± 0.5"),
        "true_peak_dbtp": ("True peak", "dBTP", "at most −1"),
        "bed_under_speech_lu": ("Music under speech", "LU", "at least 8"),
    }
    for name, (label, unit, wish) in wishes.items():
        if name in measured:
            rows.append((label, f"{measured[name]:.1f} {unit}", wish))
    for record in matter.records:
        if record.capability in ("caption_narration", "caption_screenplay"):
            rows.append(("Caption rules broken", f"{record.figures.get('breaches', 0):.0f}", "0"))
    return rows


def _wanted(seconds: Fraction | None) -> str:
    return f"{float(seconds):.0f} s ± 2 %" if seconds is not None else "whatever the script takes"


def _steps(records: list[Record]) -> list[dict[str, Any]]:
    return [
        {
            "name": record.capability.replace("_", " "),
            "seconds": record.seconds,
            "memory": record.peak_memory_mb,
            "energy": record.energy_wh,
            "models": ", ".join(f"{model['name']} {model['revision']}".strip() for model in record.models),
            "key": record.key[:10],
            "parameters": json.dumps({name: record.parameters.get(name) for name in record.passed}, ensure_ascii=False),
        }
        for record in records
    ]


def _totals(records: list[Record]) -> dict[str, float]:
    return {
        "seconds": sum(record.seconds for record in records),
        "energy": sum(record.energy_wh for record in records),
        "cost": sum(record.cost_eur for record in records),
    }


def relative(path: Path, page: Path) -> str:
    """A path as a link from a page."""
    return os.path.relpath(path, page.parent).replace(os.sep, "/")
