"""Why is this here? Records read backwards, from a file or a moment of a film to the steps, models and sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from rushlight.artifacts import Script
from rushlight.core.artifact import FileRef, file_sha256
from rushlight.core.errors import InputError
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.core.units import format_clock, parse_seconds
from rushlight.timeline.cutfile import exact_rate, extra, plain, read_timeline, seconds_of

__all__ = ["Answer", "explain_file", "explain_moment"]


@dataclass
class Answer:
    """What is known of a file or moment."""

    subject: str
    seen: list[dict[str, Any]] = field(default_factory=list)
    """Clips playing at the moment, one for each track, with their reasons."""
    said: list[dict[str, Any]] = field(default_factory=list)
    """Words spoken at the moment, with the place in the source."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    """Acts that led here, nearest first."""

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {"subject": self.subject, "seen": self.seen, "said": self.said, "steps": self.steps}

    def as_text(self) -> str:
        """The answer for people."""
        lines = [self.subject]
        for clip in self.seen:
            lines.append(
                f"  {clip['track']:<12} {clip['what']}" + (f": {clip['reason']}" if clip.get("reason") else "")
            )
        for line in self.said:
            lines.append(f"  said         “{line['text']}” ({line['speaker']}, {line['voice']})")
            for source in line["sources"]:
                lines.append(f"    from       {source}")
        lines.append("Made by:")
        for step in self.steps:
            models = f" with {', '.join(step['models'])}" if step["models"] else ""
            passed = ", ".join(
                f"{name} {step['parameters'][name]}" for name in step["passed"] if name in step["parameters"]
            )
            lines.append(
                f"  {step['when']}  {step['capability'].replace('_', ' ')} v{step['version']}{models}"
                + (f" ({passed[:110]})" if passed else "")
                + f"  [{step['record'][:10]}]"
            )
        return "\n".join(lines)


def explain_file(project: Project, path: Path) -> Answer:
    """Which step made a file, and the steps before it.

    Raises:
        InputError: no record speaks of this file.
    """
    record = _maker(project, path)
    return Answer(str(path), steps=_chain(project, record))


def explain_moment(project: Project, path: Path, moment: str) -> Answer:
    """What is seen and heard at a time of a film that this project rendered, and why.

    Raises:
        InputError: not a film of this project, or a time outside it.
    """
    record = _maker(project, path)
    chain = _records(project, record)
    timeline = read_timeline(_timeline_of(project, chain, path))
    noted = extra(timeline).get("rate")
    at = parse_seconds(moment, Fraction(noted) if noted else exact_rate(timeline.duration().rate))
    if at >= seconds_of(timeline.duration()):
        raise InputError(f"The film ends at {format_clock(seconds_of(timeline.duration()))}.", path=path, where=moment)
    answer = Answer(f"{path} at {format_clock(at)}", steps=_chain(project, record))
    for track in timeline.tracks:
        clip = _clip_at(track, at)
        if clip is not None:
            found = extra(clip)
            answer.seen.append(
                {
                    "track": track.name,
                    "what": _what(clip),
                    "beat": found.get("beat", ""),
                    "reason": found.get("reason", ""),
                }
            )
    answer.said = _said(chain, at)
    return answer


def _timeline_of(project: Project, chain: list[Record], path: Path) -> Path:
    """The cut a film was rendered from: as it was laid, or as a person edited it."""
    for item in chain:
        if item.output_kind == "Cut":
            return project.root / str(item.output["file"]["path"])
        if item.capability == "person" and str(item.parameters.get("file", "")).endswith(".otio"):
            place = project.root / str(item.parameters["file"])
            if not place.is_file() or file_sha256(place) != item.output["sha256"]:
                raise InputError(
                    "The timeline that this film was rendered from has been changed since.",
                    path=place,
                    hint="Run `rushlight make` again, then ask again.",
                )
            return place
    raise InputError("This file was not rendered from a timeline.", path=path, hint="Leave out @TIME.")


def _maker(project: Project, path: Path) -> Record:
    file = FileRef.of(path)
    record = project.ledger.made(file=file.sha256)
    if record is None:
        name = str(path.absolute().relative_to(project.root)) if path.absolute().is_relative_to(project.root) else ""
        text = (
            "A person made or changed this file" if project.edited(name) else "No step of this project made this file"
        )
        raise InputError(f"{text}.", path=path, hint="`rushlight log` shows what was done.")
    return record


def _records(project: Project, record: Record) -> list[Record]:
    """A record and all that led to it, nearest first."""
    found, wanted = [], [record.key]
    seen: set[str] = set()
    while wanted:
        key = wanted.pop(0)
        if key in seen or (item := project.ledger.get(key)) is None:
            continue
        seen.add(key)
        found.append(item)
        for use in item.inputs:
            wanted.append(use.made_by)
            for digest in use.files:
                if not use.made_by and (maker := project.ledger.made(file=digest)) is not None:
                    wanted.append(maker.key)
    return found


def _chain(project: Project, record: Record) -> list[dict[str, Any]]:
    return [
        {
            "record": item.key,
            "capability": item.capability,
            "version": item.version,
            "models": [model["name"] for model in item.models],
            "parameters": item.parameters,
            "passed": list(item.passed),
            "when": f"{item.started.astimezone():%Y-%m-%d %H:%M}",
            "asked_by": item.asked_by,
            "seconds": item.seconds,
            "weak": list(item.weak),
        }
        for item in _records(project, record)
    ]


def _clip_at(track: otio.schema.Track, at: Fraction) -> otio.schema.Clip | None:
    start = Fraction(0)
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        end = start + seconds_of(item.duration())
        if start <= at < end:
            return item if isinstance(item, otio.schema.Clip) else None
        start = end
    return None


def _what(clip: otio.schema.Clip) -> str:
    reference = clip.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        graphic = plain(reference.parameters.get("graphic", {}))
        words = graphic.get("title") or graphic.get("text") or " / ".join(graphic.get("lines", []))
        words = words or " ".join(word["text"] for word in graphic.get("words", []))
        return f"{graphic.get('kind', 'graphic')} “{words}”"
    place = Path(unquote(str(getattr(reference, "target_url", "") or "missing media")))
    # Kept files are named by their hash, which tells a person nothing.
    return f"{clip.name.lower()} made here" if len(place.stem) == 64 else str(place)


def _said(chain: list[Record], at: Fraction) -> list[dict[str, Any]]:
    narration = next((item for item in chain if item.output_kind == "Narration"), None)
    script = next((Script.model_validate(item.output) for item in chain if item.output_kind == "Script"), None)
    if narration is None:
        return []
    found = []
    beats = {beat.id: beat for beat in script.beats} if script else {}
    for line in narration.output["lines"]:
        if not Fraction(line["start"]) <= at < Fraction(line["end"]):
            continue
        beat = beats.get(line["beat_id"])
        written = beat.lines[line["index"]] if beat and line["index"] < len(beat.lines) else None
        sources = []
        for trace in written.traces if written else ():
            if trace.cells:
                cells = ", ".join(f"row {cell.row + 1} {cell.column}" for cell in trace.cells[:6])
                sources.append(f"cells {cells}" + (f" ({trace.derivation})" if trace.derivation else ""))
            elif trace.start is not None:
                sources.append(f"characters {trace.start}–{trace.end} of the source")
        found.append(
            {
                "text": " ".join(word["text"] for word in line["words"]),
                "speaker": line["speaker"],
                "voice": narration.output["voices"].get(line["speaker"], ""),
                "sources": sources,
            }
        )
    return found
