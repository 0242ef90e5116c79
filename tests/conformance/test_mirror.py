"""Each module has its test and each capability its own file, so that one name leads everywhere."""

from __future__ import annotations

from pathlib import Path

import rushlight
from rushlight.core.index import load_index

SOURCE = Path(rushlight.__file__).parent
TESTS = Path(__file__).parents[1]


def test_every_capability_has_its_file_and_its_test() -> None:
    for name, entry in load_index()["capabilities"].items():
        assert (SOURCE / entry["area"] / f"{name}.py").is_file()
        assert (TESTS / entry["area"] / f"test_{name}.py").is_file(), f"{name} has no test"


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    for path in SOURCE.rglob("*.py"):
        assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}, path


def test_the_package_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import rushlight, rushlight.cli.main, sys; print([m for m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heavy in ("numpy", "cv2", "av", "torch", "onnxruntime", "duckdb", "polars", "scipy", "PIL", "pydantic"):
        assert f"'{heavy}'" not in done.stdout, heavy
