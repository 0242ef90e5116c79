"""Captions of speech and of action, which must not be mistaken for each other."""

from __future__ import annotations

import numpy as np
import pytest

from rushlight.media.colour import i420_to_rgb
from rushlight.timeline.graphics.overlays import draw_overlay
from rushlight.timeline.graphics.scene import blank
from rushlight.timeline.graphics.stage import Stage
from rushlight.timeline.style import STYLES

SIZES = {"16:9": (640, 360), "1:1": (400, 400), "9:16": (360, 640)}


def drawn(graphic: dict[str, object], aspect: str = "16:9") -> np.ndarray:
    stage = Stage(*SIZES[aspect], STYLES["house"], 3.0)
    canvas = blank(*SIZES[aspect])
    draw_overlay(graphic, stage).draw_over(canvas, 1.0)
    return i420_to_rgb(canvas).astype(int)


def test_the_name_takes_its_colour_and_the_words_stay_white() -> None:
    plain = drawn({"kind": "caption", "lines": ["ANNA: Here I am."]})
    named = drawn({"kind": "caption", "lines": ["ANNA: Here I am."], "inks": {"ANNA": "#ff4040"}})
    changed = np.abs(plain - named).max(axis=2) > 60
    _, columns = np.nonzero(changed)
    assert len(columns) > 20
    assert columns.max() < 320, "only the name, left of the middle"
    assert named[changed][:, 0].mean() > named[changed][:, 2].mean() + 60


def test_each_of_two_names_takes_its_own() -> None:
    lines = ["ANNA: Good night.", "BEN: Good night."]
    named = drawn({"kind": "caption", "lines": lines, "inks": {"ANNA": "#ff4040", "BEN": "#4040ff"}})
    red = (named[..., 0] > named[..., 2] + 80).nonzero()[0]
    blue = (named[..., 2] > named[..., 0] + 80).nonzero()[0]
    assert red.max() < blue.min()


@pytest.mark.parametrize("aspect", SIZES)
def test_action_stands_at_the_edge_without_its_brackets(aspect: str) -> None:
    lines = ["[A ferry lies at the quay,", "its engine running.]"]
    action, speech = (
        drawn({"kind": "action_caption", "lines": lines}, aspect),
        drawn({"kind": "caption", "lines": lines}, aspect),
    )
    assert np.abs(action - speech).mean() > 1
    layout = Stage(*SIZES[aspect], STYLES["house"], 3.0).layout
    rows, columns = np.nonzero(action.max(axis=2) > 20)
    assert abs(columns.min() - layout.captions.left) <= 3
    assert columns.max() <= layout.captions.right
    assert layout.captions.top <= rows.min()
    assert rows.max() <= layout.captions.bottom + 1
