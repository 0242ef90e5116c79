"""What well-known licences leave open, by SPDX identifier.

Purposes: `show` (in a work), `change` (cut, crop, grade), `commercial`, `train` (models), `mine` (text and data
mining). This is a help for people who register what they have, not legal advice; what a registry says itself goes
before it.
"""

from __future__ import annotations

import re

from rushlight.core.errors import InputError

__all__ = ["PURPOSES", "PURPOSE_WORDS", "licence_allows"]

PURPOSES = ("show", "change", "commercial", "train", "mine")
PURPOSE_WORDS = {
    "show": "shown", "change": "changed", "commercial": "used commercially", "train": "used to train models",
    "mine": "mined for text and data",
}  # fmt: skip
"""What is done for each purpose, to be said after “be”."""
_FREE = (
    "CC0-1.0", "PDDL-1.0", "Unlicense", "0BSD", "MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC",
    "Zlib", "OFL-1.1", "OFL-1.0", "Bitstream-Vera", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "ODC-By-1.0",
    "ODbL-1.0", "Public-Domain", "LicenseRef-Public-Domain", "CC-PDDC",
)  # fmt: skip
_CC = re.compile(r"^CC-BY(-NC)?(-ND|-SA)?-(1|2|2\.5|3|4)\.?0?(-[A-Z]+)?$")
_PART = re.compile(r"[()]|[A-Za-z0-9.+-]+")


def licence_allows(expression: str, purpose: str) -> bool | None:
    """Whether a licence allows a purpose; None where nothing is known of the licence.

    Args:
        expression: SPDX expression: an identifier, or several with AND, OR and brackets.
        purpose: one of `PURPOSES`.

    Raises:
        InputError: the expression or the purpose makes no sense.
    """
    if purpose not in PURPOSES:
        raise InputError(f"{purpose!r} is no purpose.", hint=f"Choose {', '.join(PURPOSES)}.")
    parts = _PART.findall(expression)
    if not parts or "".join(parts) != re.sub(r"\s+", "", expression) or len(parts) > 200:
        raise InputError(f"{expression[:80]!r} is no SPDX expression.", hint="Such as CC-BY-4.0 or MIT OR Apache-2.0.")
    value, rest = _either(parts, purpose, 0)
    if rest:
        raise InputError(f"{expression[:80]!r} is no SPDX expression.", hint="Look at its brackets.")
    return value


def _either(parts: list[str], purpose: str, depth: int) -> tuple[bool | None, list[str]]:
    found, parts = _both(parts, purpose, depth)
    while parts and parts[0].upper() == "OR":
        other, parts = _both(parts[1:], purpose, depth)
        found = True if True in (found, other) else None if None in (found, other) else False
    return found, parts


def _both(parts: list[str], purpose: str, depth: int) -> tuple[bool | None, list[str]]:
    found, parts = _one(parts, purpose, depth)
    while parts and parts[0].upper() == "AND":
        other, parts = _one(parts[1:], purpose, depth)
        found = False if False in (found, other) else None if None in (found, other) else True
    return found, parts


def _one(parts: list[str], purpose: str, depth: int) -> tuple[bool | None, list[str]]:
    if not parts or depth > 20 or parts[0] == ")":
        raise InputError("This is no SPDX expression.", hint="Such as CC-BY-4.0 or MIT OR Apache-2.0.")
    if parts[0] == "(":
        found, rest = _either(parts[1:], purpose, depth + 1)
        if not rest or rest[0] != ")":
            raise InputError("A bracket of an SPDX expression is not closed.", hint="Close it.")
        return found, rest[1:]
    return _known(parts[0], purpose), parts[1:]


def _known(identifier: str, purpose: str) -> bool | None:
    if identifier.lower() in {name.lower() for name in _FREE}:
        return True
    found = _CC.match(identifier.upper())
    if found is None:
        return None
    if found[1] and purpose == "commercial":
        return False
    return not (found[2] == "-ND" and purpose in ("change", "train"))
