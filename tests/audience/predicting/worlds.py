"""Simulated viewings and impressions with a known cause, as tables that a person would have."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef

START = datetime(2026, 3, 1)


def document(path: Path, text: str) -> Document:
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def viewings(count: int, *, seed: int, effect: float = 1.0, viewers: int = 60, titles: int = 12) -> list[str]:
    """Lines of a table; with an effect of 0 nothing that is known beforehand says anything."""
    rng = np.random.default_rng(seed)
    taste, charm = rng.normal(0, 0.8, viewers) * effect, rng.normal(0, 0.6, titles) * effect
    lines = ["viewer,title_id,started_at,watch_seconds,duration_seconds,device"]
    for number in range(count):
        viewer, title, tv = int(rng.integers(viewers)), int(rng.integers(titles)), bool(rng.integers(2))
        odds = taste[viewer] + charm[title] + (effect if tv else 0) - 0.3 + rng.normal(0, 0.7)
        at = START + timedelta(seconds=number * 900 + int(rng.integers(900)))
        seconds = 300 / (1 + np.exp(-odds))
        lines.append(f"u{viewer},t{title},{at.isoformat()},{seconds:.1f},300,{'tv' if tv else 'mobile'}")
    return lines


def impressions(count: int, *, seed: int, effect: float = 1.0, viewers: int = 60, titles: int = 12) -> list[str]:
    rng = np.random.default_rng(seed)
    charm = rng.normal(0, 0.9, titles) * effect
    lines = ["viewer,title_id,shown_at,click,position,device"]
    for number in range(count):
        viewer, title, tv, place = (int(rng.integers(top)) for top in (viewers, titles, 2, 5))
        odds = charm[title] + effect * (0.9 * tv - 0.5 * place) - 0.8
        click = int(rng.random() < 1 / (1 + np.exp(-odds)))
        at = START + timedelta(seconds=number * 900 + int(rng.integers(900)))
        lines.append(f"u{viewer},t{title},{at.isoformat()},{click},{place + 1},{'tv' if tv else 'mobile'}")
    return lines
