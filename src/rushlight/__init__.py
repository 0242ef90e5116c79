"""Rushlight: one system for a film's whole life.

Importing this package loads nothing heavy. Capabilities are found by name:

    from rushlight import open_project
    project = open_project("my-film")
"""

from rushlight.core.project import Project, create_project, open_project

__all__ = ["Project", "__version__", "create_project", "open_project"]
__version__ = "0.1.0"
