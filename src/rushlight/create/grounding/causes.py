"""Whether a line gives a cause that its evidence does not speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rushlight.create.claims import Found
from rushlight.create.grounding.lexicon import content_words

__all__ = ["cause_faults"]

_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result of|on account of|caused by|"
    r"in protest (?:at|against|over)|prompted by|driven by|in response to|in the wake of|"
    r"blam\w+ (?:\w+ ){1,4}on|put (?:\w+ ){1,4}down to)\s+",
    re.IGNORECASE,
)


# A cause in other words still shares more than one word in three with what it rests on.
_ONE_IN = 3


def cause_faults(line: str, evidence: str) -> Iterator[tuple[Found, str]]:
    """Causes of a line of which its evidence has hardly a word, with the reason."""
    known = {key for word in content_words(evidence) for key in word.keys}
    for match in _CAUSE.finditer(line):
        clause = re.split(r"[.;:,!?—–]", line[match.end() :])[0]
        words = content_words(clause)
        told = sum(bool(word.keys & known) for word in words)
        if words and told * _ONE_IN <= len(words):
            end = match.end() + len(clause)
            found = Found("measure", line[match.start() : end], match.start(), end)
            yield found, f"The place this line names does not give this cause: {clause.strip()!r}."
