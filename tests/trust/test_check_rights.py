from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.check_rights import check_rights


def test_a_file_is_checked_against_a_registry(picture: Path) -> None:
    path = picture.parent / "rights.toml"
    path.write_text(f'[[item]]\nname = "Harbour"\nfile = "{picture.name}"\npurposes = ["show"]\nuntil = 2026-05-31\n')
    file, registry = (Document(file=FileRef.of(one)) for one in (picture, path))
    assert check_rights(file, registry, on="2026-05-31").allowed
    made = check_rights(file, registry, on="2026-06-01")
    assert not made.allowed
    assert "NOT ALLOWED" in made.as_text()
    with pytest.raises(InputError, match="no day"):
        check_rights(file, registry, on="tomorrow")
