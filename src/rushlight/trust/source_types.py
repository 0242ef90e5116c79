"""The vocabulary of digital source types: which there are, and which mean that AI took part.

Reference:
    IPTC NewsCodes "Digital Source Type"; C2PA specification 2.2 for the two of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from rushlight.core.errors import InputError

__all__ = ["GENERATED", "SOURCE_TYPES", "overall", "short_name", "source_type_uri"]

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_C2PA = "http://c2pa.org/digitalsourcetype/"
_OF_C2PA = frozenset(("empty", "trainedAlgorithmicData"))
_RETIRED = frozenset(("digitalArt", "minorHumanEdits", "softwareImage"))

SOURCE_TYPES = (
    frozenset(
        (
            "algorithmicallyEnhanced",
            "algorithmicMedia",
            "composite",
            "compositeCapture",
            "compositeSynthetic",
            "compositeWithTrainedAlgorithmicMedia",
            "computationalCapture",
            "dataDrivenMedia",
            "digitalCapture",
            "digitalCreation",
            "humanEdits",
            "multiFrameComputationalCapture",
            "negativeFilm",
            "positiveFilm",
            "print",
            "screenCapture",
            "trainedAlgorithmicMedia",
            "virtualRecording",
        )
    )
    | _OF_C2PA
    | _RETIRED
)
"""Short names; the retired ones still stand in older files."""

GENERATED = frozenset(
    (
        "algorithmicMedia",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "dataDrivenMedia",
        "trainedAlgorithmicData",
        "trainedAlgorithmicMedia",
    )
)
"""Those that article 50 of the EU AI Act asks to be marked: made by a system, wholly or in part."""


def source_type_uri(name: str) -> str:
    """The full address of a source type given by its short name.

    Raises:
        InputError: the vocabulary has no such name.
    """
    if name not in SOURCE_TYPES:
        raise InputError(f"{name!r} is not a digital source type.", hint="See the IPTC vocabulary of that name.")
    return (_C2PA if name in _OF_C2PA else _IPTC) + name


def short_name(uri: str) -> str:
    """The short name of an address, or empty when the vocabulary has no such address."""
    for start in (_IPTC, _IPTC.replace("http:", "https:"), _C2PA, _C2PA.replace("http:", "https:")):
        if uri.startswith(start) and (name := uri.removeprefix(start)) in SOURCE_TYPES:
            return name
    return ""


def overall(parts: Iterable[str], has_captured: bool) -> str:
    """The source type of a work made of parts.

    Args:
        parts: source types of what was made for it.
        has_captured: whether recordings or photos of somebody's are in it too.
    """
    found = set(parts)
    is_trained = any("rainedAlgorithmic" in part for part in found)
    is_generated = bool(found & GENERATED)
    if not has_captured:
        if is_trained:
            return "compositeWithTrainedAlgorithmicMedia"
        return "compositeSynthetic" if is_generated else "digitalCreation"
    if is_trained:
        return "compositeWithTrainedAlgorithmicMedia"
    return "compositeSynthetic" if is_generated else "composite"
