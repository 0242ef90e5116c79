"""Sources that several tests write scripts from."""

from __future__ import annotations

from pathlib import Path

from rushlight.artifacts import Source
from rushlight.create.read_source import load_source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

SERIES = """# source: made for a test
Year,Passengers (millions),On time (%),Revenue (€ millions)
2001,1.00,80.0,10.0
2002,1.10,81.0,11.0
2003,1.25,,13.0
2004,1.40,82.5,14.5
2005,1.60,83.0,17.0
2006,0.50,84.0,6.0
2007,0.90,79.0,9.0
2008,1.70,85.0,18.5
2009,2.50,86.0,26.0
"""

RANKING = """Harbour,Island,Ships,Height (m)
Alder,North,120,40
Birch,North,80,30
Cedar,South,60,20
Dogwood,South,30,25
Elm,North,20,15
Fir,South,0,12
Gorse,South,0,11
Hazel,North,10,35
"""


def table(folder: Path, text: str, name: str = "harbours.csv") -> Source:
    """A table source from CSV text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_source(path)


def article(folder: Path, text: str) -> Source:
    """An article source from Markdown."""
    path = folder / "article.md"
    path.write_text(text, encoding="utf-8")
    return load_source(path)


def lighthouses() -> Source:
    """The example article."""
    return load_source(EXAMPLES / "articles" / "lighthouses.md")
