"""Rushlight: one system for a film's whole life.

Importing this package loads nothing heavy:

    import rushlight
    project = rushlight.open_project("my-film")
    shots = project.run("detect_shots", media)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rushlight.core.project import Project, create_project, open_project

__all__ = ["Project", "__version__", "create_project", "open_project"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("Project", "create_project", "open_project"):
        return getattr(import_module("rushlight.core.project"), name)
    raise AttributeError(f"module 'rushlight' has no attribute {name!r}")
