"""Who may be written to: consent, wishes not to be, addresses, and how often they were written to lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from rushlight.audience.planning.tables import moment, read_table
from rushlight.audience.warehouse.engine import Engine
from rushlight.audience.warehouse.people import pseudonym
from rushlight.audience.warehouse.warehouse import Warehouse

__all__ = ["Address", "Addresses", "Contacts", "channel_for", "consents_of", "read_addresses", "read_contacts"]

_ADDRESSES = {
    "viewer": ("viewer", "viewer_id", "user", "user_id", "customer", "id"),
    "address": ("address", "email", "e-mail", "mail", "phone", "token"),
    "name": ("first_name", "name", "salutation"),
    "channel": ("channel", "channels"),
    "stop": ("unsubscribed", "suppressed", "opt_out", "do_not_contact", "stop"),
}
_CONTACTS = {
    "viewer": _ADDRESSES["viewer"],
    "sent_at": ("sent_at", "sent", "date", "day", "time", "timestamp", "send_at"),
}
_NO = ("", "0", "no", "false", "n", "f")


@dataclass(frozen=True)
class Address:
    """Where a viewer is reached."""

    address: str
    name: str
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Addresses:
    """Addresses by pseudonym, who is not to be written to, and what could not be read."""

    of: Mapping[str, Address]
    stopped: frozenset[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contacts:
    """The days on which viewers were written to, by pseudonym."""

    of: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def recent(self, viewer: str, first: date, days: int) -> int:
        """How often a viewer was written to in the days before one."""
        return sum(first - timedelta(days=days) <= day < first for day in self.of.get(viewer, ()))


def consents_of(warehouse: Warehouse, engine: Engine) -> dict[str, frozenset[str]]:
    """What each viewer agreed to, by their latest event; who has none has agreed to nothing."""
    import ibis

    events = warehouse.table(engine, "events")
    last = ibis.row_number().over(
        ibis.window(group_by="viewer", order_by=[ibis.desc("ts_client"), ibis.desc("event_id")])
    )
    latest = events.select("viewer", "consent", place=last).filter(lambda row: row.place == 0)
    found = engine.columns(latest.select("viewer", "consent"))
    # Few answers, many viewers: each answer is kept once.
    said: dict[str, frozenset[str]] = {}
    return {
        str(viewer): said.setdefault(str(consent), frozenset(str(consent or "").split()))
        for viewer, consent in zip(found["viewer"], found["consent"], strict=True)
    }


def read_addresses(warehouse: Warehouse, path: Path) -> Addresses:
    """A table of viewer and address, with name, channel and unsubscribed where they are known.

    Viewers are ids as the source gave them, or pseudonyms. Who is in it twice counts as unsubscribed if either line
    says so.

    Raises:
        InputError: no such table or columns.
    """
    rows, _ = read_table(path, _ADDRESSES, ("viewer", "address"))
    found: dict[str, Address] = {}
    stopped, empty, doubled = set(), 0, 0
    for row in rows:
        if not row["viewer"]:
            empty += 1
            continue
        name = pseudonym(warehouse, row["viewer"])
        if row.get("stop", "").lower() not in _NO:
            stopped.add(name)
        if not row["address"]:
            empty += 1
            continue
        doubled += name in found
        channels = tuple(part for part in row.get("channel", "").replace("|", " ").replace(";", " ").lower().split())
        found[name] = Address(row["address"], row.get("name", ""), channels)
    notes = [f"{empty:,} lines of addresses have no viewer or no address."] if empty else []
    if doubled:
        notes.append(f"{doubled:,} viewers have several addresses: the last one counts.")
    return Addresses(found, frozenset(stopped), tuple(notes))


def read_contacts(warehouse: Warehouse, path: Path) -> Contacts:
    """A table of viewer and the day on which they were written to.

    Raises:
        InputError: no such table or columns.
    """
    rows, _ = read_table(path, _CONTACTS, ("viewer", "sent_at"))
    found: dict[str, list[date]] = defaultdict(list)
    bad = 0
    for row in rows:
        at = moment(row["sent_at"])
        if at is None or not row["viewer"]:
            bad += 1
            continue
        found[pseudonym(warehouse, row["viewer"])].append(at.date())
    notes = (f"{bad:,} lines of earlier messages have no viewer or no day that can be read.",) if bad else ()
    return Contacts({name: tuple(sorted(days)) for name, days in found.items()}, notes)


def channel_for(address: Address | None, sources: Mapping[str, float], channels: Sequence[str]) -> str:
    """The channel of those offered that a viewer came by most, among those they can be reached on; empty for none."""
    able = [one for one in channels if address is None or not address.channels or one in address.channels]
    return max(able, key=lambda one: (sources.get(one, 0.0), -channels.index(one)), default="")
