"""The table of a campaign: who was chosen, by lot for a message or not, and the lines that are sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rushlight.artifacts.campaign import Campaign
from rushlight.audience.planning.reaching import Address, read_addresses
from rushlight.audience.planning.tables import as_text_cell
from rushlight.audience.planning.wording import filled
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError

__all__ = ["HELD_OUT", "Planned", "campaign_as_csv", "read_plan", "write_plan"]

HELD_OUT = "held-out"
_COLUMNS = ("viewer", "arm", "channel", "send_at", "because", "score")


@dataclass(frozen=True)
class Planned:
    """One viewer of a campaign.

    Attributes:
        viewer: pseudonym.
        arm: name of a wording, or `held-out`.
        channel: how they are reached.
        send_at: when, with the offset of their time zone; of those held out, when it would have been.
        because: a title of theirs that speaks for it; empty for none.
        score: how likely they are to choose it; higher is likelier.
    """

    viewer: str
    arm: str
    channel: str
    send_at: datetime
    because: str
    score: float


def write_plan(planned: Sequence[Planned], path: Path) -> None:
    """Write the table, those held out among the others."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for one in planned:
            rows.writerow([one.viewer, one.arm, one.channel, one.send_at.isoformat(), one.because, f"{one.score:.6g}"])


def read_plan(path: Path) -> Iterator[Planned]:
    """The table again.

    Raises:
        InputError: it is gone, or no such table.
    """
    if not path.is_file():
        raise InputError("The plan of this campaign is gone.", path=path, hint="Without it nothing can be measured.")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                yield Planned(row["viewer"], row["arm"], row["channel"], datetime.fromisoformat(row["send_at"]),
                              row["because"], float(row["score"]))  # fmt: skip
            except (KeyError, TypeError, ValueError) as error:
                raise InputError("This is no plan of a campaign.", path=path) from error


def campaign_as_csv(campaign: Campaign) -> str:
    """The lines to send, for a mail merge: nobody held out, nobody without consent, no cell that starts a formula.

    Raises:
        InputError: the warehouse or an address table changed since, so that consent may have been withdrawn.
    """
    warehouse = Warehouse.of(campaign.events)
    found: dict[str, Address] = {}
    for path, sha256 in campaign.addresses:
        if not Path(path).is_file() or file_sha256(path) != sha256:
            raise InputError(
                "This table of addresses has changed since the campaign was planned.", path=path, hint="Plan it anew."
            )
        found |= read_addresses(warehouse, Path(path)).of
    wordings = {one.name: one for one in campaign.copies}
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["viewer", "address", "name", "channel", "send_at", "variant", "subject", "text"])
    for one in read_plan(campaign.plan.path) if campaign.plan else ():
        if one.arm == HELD_OUT:
            continue
        subject, body = filled(wordings[one.arm], one.because)
        known = found.get(one.viewer, Address("", "", ()))
        cells = (known.address, known.name, one.channel, one.send_at.isoformat(), one.arm, subject, body)
        rows.writerow([one.viewer, *(as_text_cell(cell) for cell in cells)])
    return text.getvalue()
