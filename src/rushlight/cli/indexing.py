"""Making the index: `python -m rushlight.cli.indexing` writes `index.json`, `--check` says whether it is up to date."""

from __future__ import annotations

import inspect
import json
import pkgutil
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from rushlight.core.capability import AREAS, Capability, registry

__all__ = ["build_index", "import_all"]


def import_all() -> None:
    """Import every module of every area, so that all built-in capabilities are registered."""
    for area in AREAS:
        try:
            package = import_module(f"rushlight.{area}")
        except ModuleNotFoundError:
            continue
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"rushlight.{area}.{module.name}")


def build_index() -> dict[str, Any]:
    """The index of all built-in capabilities."""
    import_all()
    own = {name: found for name, found in registry().items() if found.function.__module__.startswith("rushlight.")}
    return {"capabilities": {name: _entry(own[name]) for name in sorted(own)}}


def _entry(found: Capability) -> dict[str, Any]:
    schema = found.parameters.model_json_schema()
    return {
        "name": found.name,
        "command": found.name.replace("_", "-"),
        "area": found.area,
        "module": found.function.__module__,
        "version": found.version,
        "summary": found.summary,
        "doc": inspect.cleandoc(found.function.__doc__ or ""),
        "inputs": [
            {"name": slot.name, "kind": slot.artifact.kind(), "optional": slot.optional, "many": slot.many}
            for slot in found.inputs
        ],
        "parameters": {"properties": schema.get("properties", {}), "required": schema.get("required", [])},
        "returns": found.returns.kind(),
        "metrics": list(found.metrics),
        "action": found.action,
    }


def main() -> int:
    """Write the index, or with `--check` compare it."""
    text = json.dumps(build_index(), indent=1, ensure_ascii=False) + "\n"
    path = Path(str(files("rushlight").joinpath("index.json")))
    if "--check" in sys.argv:
        if path.read_text(encoding="utf-8") != text:
            sys.stderr.write("index.json is out of date: run `make index`.\n")
            return 1
        return 0
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
