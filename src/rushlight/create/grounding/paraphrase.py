"""Whether a line in other words says what the sentences say that it rests on.

Nothing is looked for elsewhere in the source: a number from the next paragraph is no evidence for this one. Only a
name may come from just before, where the sentences themselves speak of `he`, `she` or `it`. What the check knows of
language is how numbers, dates and names are said again; of what a sentence claims about them it sees only plain
contradictions: another way up or down, a `not` more or less, who does it to whom, `all` for `most`, a cause that the
sentences do not speak of. What it passes may still be false; what it flags is worth a look.
"""

from __future__ import annotations

from rushlight.create.claims import Found
from rushlight.create.grounding.dates import days_of_months, find_dates, period_faults, same_date
from rushlight.create.grounding.directions import direction_faults
from rushlight.create.grounding.evidence import Evidence
from rushlight.create.grounding.names import name_faults
from rushlight.create.grounding.numbers import number_faults, spans_of_times
from rushlight.create.grounding.quantities import read_quantities
from rushlight.create.grounding.statements import statement_faults

__all__ = ["Fault", "paraphrase_faults"]

Fault = tuple[Found, str]


def paraphrase_faults(line: str, evidence: Evidence) -> list[Fault]:
    """What of a line its evidence does not say.

    Returns:
        Each claim at fault with the reason; none when all is borne out.
    """
    busy = spans_of_times(line)
    busy += [(quantity.start, max(quantity.end, quantity.reach)) for quantity in read_quantities(line, busy)]
    faults = [
        *_date_faults(line, evidence.text),
        *number_faults(line, evidence.text),
        *name_faults(line, evidence, busy),
        *direction_faults(line, evidence.text, busy),
        *statement_faults(line, evidence.text),
    ]
    return sorted(faults, key=lambda fault: fault[0].start)


def _date_faults(line: str, evidence: str) -> list[Fault]:
    given = [reading for date in find_dates(evidence) for reading in date.readings]
    given += days_of_months(evidence)
    faults: list[Fault] = [
        (date.found, f"The place this line names does not say {date.found.text!r}.")
        for date in find_dates(line)
        if not any(same_date(mine, theirs) for mine in date.readings for theirs in given)
    ]
    said = [(found.start, found.end) for found, _ in faults]
    return faults + [
        fault for fault in period_faults(line, evidence) if not any(s <= fault[0].start < e for s, e in said)
    ]
