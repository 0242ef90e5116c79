"""The generated list of capabilities, so that `--help` need not import them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["capability_index", "load_index"]


@cache
def load_index() -> dict[str, Any]:
    """The whole index: capabilities with their summaries, inputs and parameter schemas."""
    text = files("rushlight").joinpath("index.json").read_text(encoding="utf-8")
    index: dict[str, Any] = json.loads(text)
    return index


def capability_index() -> dict[str, str]:
    """Capability name to the module that defines it."""
    return {name: entry["module"] for name, entry in load_index()["capabilities"].items()}
