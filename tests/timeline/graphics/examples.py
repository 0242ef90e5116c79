"""One graphic of every kind, and harder ones, that several tests draw."""

from __future__ import annotations

from typing import Any

SIZES = {"16:9": (320, 180), "1:1": (240, 240), "9:16": (180, 320)}
LONG = "A title that goes on and on until it has said everything there is to say about the matter in hand and more"
SOURCE = "a register of all lights of the coast, kept by the keepers since 1811 and printed every year in the harbour"

GRAPHICS: dict[str, dict[str, Any]] = {
    "title": {"kind": "title", "title": LONG, "subtitle": SOURCE},
    "words": {
        "kind": "words",
        "words": [
            {"text": text, "at": 0.1 * n, "strong": n == 2}
            for n, text in enumerate("A light needs no password".split())
        ],
        "kicker": LONG,
    },
    "quote": {"kind": "quote", "text": "Whenever I smell salt water, I know where I am.", "by": "R. L. Stevenson"},
    "number": {"kind": "number", "values": [2.1], "unit": "millions", "title": LONG, "source": SOURCE},
    "bars": {
        "kind": "bar_chart", "title": "All harbours", "unit": "thousand tonnes", "labels": ["cargo 1998", "cargo 2024"],
        "values": [1840, 2310], "highlight": 1, "source": SOURCE,
    },
    "bars below zero": {
        "kind": "bar_chart", "title": LONG, "unit": "€ millions", "labels": ["North", "South", "East", "Far West"],
        "values": [160, -88.4, 12, -0.4], "highlight": None,
    },
    "columns": {
        "kind": "bar_chart", "title": "On time", "unit": "%", "labels": [str(y) for y in range(1985, 2025)],
        "values": [60 + (y * 7) % 30 for y in range(40)], "highlight": 20, "source": SOURCE,
    },
    "ranking": {
        "kind": "ranking", "title": LONG, "unit": "", "labels": ["Port Saint Christopher-on-the-Strand", "Eel", "Far"],
        "values": [4120, 330, 12], "highlight": 1, "source": SOURCE,
    },
    "ranking below zero": {
        "kind": "ranking", "title": "Change", "unit": "%", "labels": ["Alpha", "Beta", "Gamma"],
        "values": [12, -3, -40], "highlight": 2,
    },
    "long ranking": {
        "kind": "ranking", "title": "Forty", "unit": "people", "labels": [f"Place {n}" for n in range(40)],
        "values": [4_000_000 / (n + 1) for n in range(40)], "highlight": 30, "source": SOURCE,
    },
    "line": {
        "kind": "line_chart", "title": "Passengers", "unit": "millions", "x": list(range(2001, 2025)),
        "labels": [str(y) for y in range(2001, 2025)], "values": [0.8 + 0.05 * n - (n == 19) for n in range(24)],
        "highlight": 19, "source": SOURCE,
    },
    "jagged line": {
        "kind": "line_chart", "title": LONG, "unit": "km²", "labels": [str(n) for n in range(40)],
        "values": [(n * 7919) % 101 * 5000 for n in range(40)], "highlight": 21, "source": SOURCE,
    },
    "line below zero": {
        "kind": "line_chart", "title": "Temperature", "unit": "°C", "values": [-12, -8, 0.5, 21],
        "x": ["2020-01-01", "2020-02-01", "2020-03-01", "2020-09-01"], "highlight": None,
    },
    "two points": {"kind": "line_chart", "title": "", "unit": "", "labels": ["a", "b"], "values": [1, 1]},
    "share": {
        "kind": "share", "title": "Island", "unit": "", "labels": ["Great Lantern", "Little Lantern", "Skell"],
        "values": [6, 5, 5], "highlight": 0, "source": SOURCE,
    },
    "many shares": {
        "kind": "share", "title": LONG, "unit": "", "labels": [f"Part {n}" for n in range(12)],
        "values": list(range(12, 0, -1)), "highlight": None, "source": SOURCE,
    },
    "scatter": {
        "kind": "scatter", "title": "Cargo and height", "unit": "m", "x_unit": "thousand tonnes",
        "labels": ["cargo", "lighthouse height"], "x": [10, 20, 35, 80, 140], "values": [12, 30, 22, 41, 48],
        "names": ["Anselm", "Brack", "Cold Ness", "Dunmarrow", "Eel"], "trend": True, "highlight": 1, "source": SOURCE,
    },
    "timeline": {
        "kind": "timeline", "title": "The Eddystone towers", "source": SOURCE, "highlight": 1,
        "events": [
            {"at": "1698", "label": "Winstanley finishes the first tower"},
            {"at": "26 November 1703", "label": "The Great Storm sweeps it away with all who are in it"},
            {"at": "1759", "label": "Smeaton lights his tower of granite"},
        ],
    },
    "diagram": {
        "kind": "diagram", "title": "How a lens works", "nodes": ["Lamp", "Prisms", "Central lens", "Beam"],
        "edges": [["Lamp", "Prisms", "light"], ["Lamp", "Central lens"], ["Prisms", "Beam"], ["Beam", "Lamp", "again"]],
    },
    "map": {
        "kind": "map", "title": "Lights", "route": True, "source": SOURCE,
        "points": [
            {"lat": 50.18, "lon": -4.27, "label": "Eddystone"}, {"lat": 56.43, "lon": -2.39, "label": "Bell Rock"},
            {"lat": 45.59, "lon": -1.17, "label": "Cordouan"},
        ],
    },
    "end card": {
        "kind": "end_card", "title": LONG, "credits": ["Music: Rushlight", "Voice: espeak/en-gb"],
        "sources": [SOURCE], "disclosure": "Made with AI",
    },
}  # fmt: skip
"""By name."""
