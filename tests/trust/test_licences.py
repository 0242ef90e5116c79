from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.trust.licences import licence_allows


@pytest.mark.parametrize(
    ("licence", "purpose", "wanted"),
    [
        ("CC0-1.0", "commercial", True), ("CC-BY-4.0", "train", True), ("CC-BY-NC-4.0", "commercial", False),
        ("CC-BY-NC-4.0", "show", True), ("CC-BY-ND-4.0", "change", False), ("CC-BY-NC-ND-3.0", "train", False),
        ("CC-BY-SA-3.0-DE", "change", True), ("OFL-1.1", "show", True), ("LicenseRef-House", "show", None),
        ("CC-BY-NC-4.0 OR MIT", "commercial", True), ("CC-BY-NC-4.0 AND MIT", "commercial", False),
        ("(LicenseRef-X AND MIT) OR CC-BY-ND-4.0", "change", None), ("LicenseRef-X AND CC-BY-ND-4.0", "change", False),
    ],
)  # fmt: skip
def test_known_licences(licence: str, purpose: str, wanted: bool | None) -> None:
    assert licence_allows(licence, purpose) is wanted


@settings(deadline=None)
@given(st.text(alphabet="()ANDOR MITCBY-40.", max_size=40))
def test_anything_typed_is_an_answer_or_one_sentence(text: str) -> None:
    try:
        assert licence_allows(text, "show") in (True, False, None)
    except InputError as error:
        assert error.hint


def test_deep_brackets_are_one_sentence() -> None:
    with pytest.raises(InputError):
        licence_allows("(" * 150 + "MIT" + ")" * 40, "show")
