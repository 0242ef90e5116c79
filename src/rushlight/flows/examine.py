"""Looking at the machine: what is installed, which model serves each task, what is missing and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import psutil

from rushlight.core.errors import RushlightError
from rushlight.core.project import find_project
from rushlight.media.ffmpeg import ffmpeg_binary, ffmpeg_version, is_vulnerable
from rushlight.models.text import is_text_model, load_text_model
from rushlight.models.text.served import ServedModel
from rushlight.models.voice import load_voice
from rushlight.timeline.style import STYLES, load_style

__all__ = ["Finding", "examine_machine"]

_LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `missing` (something can be added) or `bad` (something must be mended)."""

    name: str
    state: Literal["ok", "missing", "bad"]
    detail: str
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain values."""
        return asdict(self)


def examine_machine() -> list[Finding]:
    """Everything worth knowing before work starts; never raises."""
    checks: list[Callable[[], Finding]] = [
        _python, _machine, _disk, _ffmpeg, _decoder, _fonts, _voice,
        lambda: _extra("voice: kokoro", "kokoro_onnx", "kokoro", "a natural voice from an Apache-2.0 model"),
        lambda: _extra("voice: piper", "piper", "piper", "natural voices in many languages"),
        lambda: Finding("writer", "ok", "extractive for articles, data for tables (embedded, no model)"),
        lambda: Finding("music", "ok", "composed and played by Rushlight itself (no model)"),
        lambda: Finding("pictures", "ok", "own photos and clips by words; charts and moving type (no model)"),
    ]  # fmt: skip
    found = []
    if text_model := _configured_writer():
        checks.append(lambda: _text_model(text_model))
    for check in checks:
        try:
            found.append(check())
        except (RushlightError, OSError) as error:
            name = check.__name__.strip("_")
            found.append(Finding(name, "bad", str(error), getattr(error, "hint", "")))
    return found


def _python() -> Finding:
    return Finding("python", "ok", f"{sys.version.split()[0]} at {sys.prefix}")


def _machine() -> Finding:
    memory = psutil.virtual_memory().total / 2**30
    return Finding("machine", "ok", f"{os.cpu_count()} cores, {memory:.0f} GB of memory")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    state: Literal["ok", "bad"] = "ok" if free >= _LEAST_FREE_BYTES else "bad"
    return Finding("disk", state, f"{free / 1e9:.1f} GB free here", "" if state == "ok" else "Free at least 2 GB.")


def _ffmpeg() -> Finding:
    binary = ffmpeg_binary()
    found = ffmpeg_version(binary)
    text = ".".join(map(str, found))
    if is_vulnerable(found):
        return Finding(
            "ffmpeg", "bad", f"{text} has a known hole (CVE-2026-8461); untrusted media is refused",
            "Install the wheel: pip install -U imageio-ffmpeg, and unset IMAGEIO_FFMPEG_EXE.",
        )  # fmt: skip
    return Finding("ffmpeg", "ok", f"{text}, a program of its own (GPL)")


def _decoder() -> Finding:
    return Finding("decoder", "ok", f"PyAV {version('av')}, in a sandboxed process")


def _fonts() -> Finding:
    for name in STYLES:
        load_style(name)
    return Finding("fonts", "ok", "Source Sans, Source Serif, Hanken Grotesk (OFL)")


def _voice() -> Finding:
    if find_spec("espeakng_loader") is None:
        return Finding("voice: espeak", "missing", "the embedded voice", "pip install 'rushlight[espeak]'")
    voice = load_voice("espeak/en-gb")
    return Finding("voice: espeak", "ok", f"eSpeak NG {voice.revision}, a program of its own (GPL-3); robotic, a draft")


def _configured_writer() -> str:
    """The text model that the project here writes with by its settings; empty when it names none."""
    try:
        project = find_project()
        setting = str(project.settings().get("defaults", {}).get("writer", "")) if project else ""
    except (RushlightError, AttributeError):
        return ""
    return setting if is_text_model(setting) else ""


def _text_model(setting: str) -> Finding:
    try:
        model = load_text_model(setting)
        known = model.models() if isinstance(model, ServedModel) else ()
    except RushlightError as error:
        return Finding("writer: model", "bad", error.message, error.hint)
    if isinstance(model, ServedModel) and known and model.endpoint.model not in known:
        return Finding("writer: model", "bad", f"{model.name} is not there", f"The server has: {', '.join(known[:8])}.")
    if isinstance(model, ServedModel):
        where = "on this machine" if model.endpoint.is_loopback else f"at {model.endpoint.host}, which sees the article"
        return Finding("writer: model", "ok", f"{model.endpoint.model}, served {where}")
    return Finding("writer: model", "ok", f"{model.name}, revision {model.revision}, in a folder here")


def _extra(name: str, module: str, extra: str, what: str) -> Finding:
    if find_spec(module) is None:
        return Finding(name, "missing", what, f"pip install 'rushlight[{extra}]'")
    try:
        return Finding(name, "ok", f"{module} {version(module.replace('_', '-'))}; {what}")
    except PackageNotFoundError:
        return Finding(name, "ok", what)
