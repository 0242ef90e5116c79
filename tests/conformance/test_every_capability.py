"""Every registered capability conforms: parameters, repeatability, record, errors, cancelling."""

from __future__ import annotations

import pytest

from rushlight.core.capability import find_capability
from rushlight.core.index import capability_index
from rushlight.core.project import create_project
from rushlight.testing import Samples, check_capability

# Parameters that make a step small; a step not named here runs on its defaults.
SMALL = {
    "draw_panels": {"width_px": 64},
    "model_retention": {"titles": ("harbour",), "properties": ("length",)},
    "target_campaign": {"title": "clock", "days": 7},
    "track_object": {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.5},
    "write_script": {"length_seconds": 8},
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples(create_project(tmp_path_factory.mktemp("conformance") / "project"))


@pytest.mark.parametrize("name", sorted(capability_index()))
def test_conforms(name: str, samples: Samples) -> None:
    check_capability(find_capability(name), samples, **SMALL.get(name, {}))
