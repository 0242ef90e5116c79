"""What the outside may rely on: a change here is a decision, made by changing the snapshot (`public_api.txt`)."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import rushlight

SNAPSHOT = Path(__file__).with_name("public_api.txt")


def exported() -> str:
    """Every name in every `__all__`, a line each."""
    pytest.importorskip("torch", reason="torch is not installed, and some modules are for training alone")
    lines = []
    for module in pkgutil.walk_packages(rushlight.__path__, "rushlight."):
        if module.name.endswith(("_program", "__main__", ".child", ".convert")):
            continue
        found = importlib.import_module(module.name)
        lines += [f"{module.name}.{name}" for name in sorted(getattr(found, "__all__", ()))]
    return "\n".join(lines) + "\n"


def test_the_public_api_is_as_agreed() -> None:
    assert exported() == SNAPSHOT.read_text(encoding="utf-8"), (
        "The public API changed; if that is wanted, run "
        "`python -m pytest tests/conformance/test_public_api.py` after `python tests/conformance/test_public_api.py`."
    )


def test_every_exported_name_exists() -> None:
    pytest.importorskip("torch", reason="torch is not installed, and some modules are for training alone")
    for line in SNAPSHOT.read_text(encoding="utf-8").split():
        module, _, name = line.rpartition(".")
        assert hasattr(importlib.import_module(module), name), line


if __name__ == "__main__":
    SNAPSHOT.write_text(exported(), encoding="utf-8")
