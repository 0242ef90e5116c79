from __future__ import annotations

import pytest

from rushlight.core.errors import InputError
from rushlight.trust.source_types import SOURCE_TYPES, overall, short_name, source_type_uri


def test_every_name_goes_to_its_address_and_back() -> None:
    for name in SOURCE_TYPES:
        assert short_name(source_type_uri(name)) == name
        assert short_name(source_type_uri(name).replace("http:", "https:")) == name


def test_addresses_of_no_vocabulary_have_no_name() -> None:
    for uri in ("http://bogus", "http://cv.iptc.org/newscodes/digitalsourcetype/madeUp", "", "digitalCapture"):
        assert short_name(uri) == ""
    with pytest.raises(InputError):
        source_type_uri("madeUp")


def test_the_library_knows_them_too() -> None:
    """The library lists those that are current; ours holds them all, and the retired ones."""
    import c2pa

    theirs = {kind.name.replace("_", "").lower() for kind in c2pa.C2paDigitalSourceType}
    assert theirs <= {name.lower() for name in SOURCE_TYPES}


@pytest.mark.parametrize(
    ("parts", "captured", "wanted"),
    [
        ((), True, "composite"), ((), False, "digitalCreation"), (("algorithmicMedia",), False, "compositeSynthetic"),
        (("algorithmicMedia",), True, "compositeSynthetic"), (("humanEdits",), True, "composite"),
        (("algorithmicMedia", "trainedAlgorithmicMedia"), True, "compositeWithTrainedAlgorithmicMedia"),
    ],
)  # fmt: skip
def test_the_whole_is_called_after_its_parts(parts: tuple[str, ...], captured: bool, wanted: str) -> None:
    assert overall(parts, captured) == wanted
