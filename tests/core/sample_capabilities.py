"""Capabilities for tests, written the way third parties write theirs: one file each, made in a temporary folder."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

HEAD = """
from typing import Annotated
from fractions import Fraction
from pydantic import Field
from rushlight.artifacts import Audio, Script
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
"""


def load_module(folder: Path, name: str, body: str) -> ModuleType:
    """Write a module and import it under its own name."""
    path = folder / f"{name}.py"
    path.write_text(HEAD + body, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def count_words_capability(folder: Path, name: str = "tally_words") -> Callable[..., Any]:
    """A capability that writes a file and counts how often it really ran (in a file beside it)."""
    body = f'''
@capability(version=1, metrics=("words",), action="c2pa.created", source_type="algorithmicMedia")
def {name}(
    script: Script, /, *,
    gain: Annotated[float, Field(ge=0, le=2, description="Gain.")] = 1.0,
    label: str = "",
) -> Audio:
    """Count words into a file."""
    with open({str(folder / "calls.txt")!r}, "a") as calls:
        calls.write("x")
    run = current_run()
    run.progress(0.5, "half")
    if label == "fail":
        raise ValueError("asked to fail")
    if label == "weak":
        run.note_weak("Something weaker was used.")
    run.figure("words", len(script.beats))
    path = run.new_file("count.wav")
    path.write_text(f"{{len(script.beats)}} {{gain}} {{label}}")
    return Audio(file=FileRef.of(path), sample_rate=48000, channels=1, duration=Fraction(1))
'''
    return getattr(load_module(folder, name, body), name)  # type: ignore[no-any-return]
