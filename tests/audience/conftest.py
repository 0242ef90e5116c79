from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.warehouse import Warehouse

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Fill = Callable[..., Warehouse]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """A warehouse filled with rows of events."""
    count = 0

    def made(rows: list[dict[str, Any]], *, into: Warehouse | None = None, **options: Any) -> Warehouse:
        nonlocal count
        count += 1
        file = tmp_path / f"events-{count}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        warehouse = into or Warehouse.create(tmp_path / "audience", buckets=4)
        import_events(warehouse, [file], **options)
        return warehouse

    return made
