"""The capability `target_campaign`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from rushlight.artifacts.campaign import Campaign, CopyVariant, LeftOut, TargetingCard
from rushlight.artifacts.events import Events
from rushlight.artifacts.source import Document
from rushlight.audience.planning.catalogue import CatalogueTitle, title_of_words, warehouse_titles
from rushlight.audience.planning.liking import Liking, like_title
from rushlight.audience.planning.plans import HELD_OUT, Planned, read_plan, write_plan
from rushlight.audience.planning.reaching import (
    Addresses,
    Contacts,
    channel_for,
    consents_of,
    read_addresses,
    read_contacts,
)
from rushlight.audience.planning.returns import measured_return, smallest_uplift
from rushlight.audience.planning.sending import Sitting, best_prior, habits_of, hours_held_out, read_sittings, send_at
from rushlight.audience.planning.wording import TEMPLATES, Facts, read_copy, write_copy
from rushlight.audience.recommending.interactions import Interactions
from rushlight.audience.recommending.source import Wanted, read_interactions
from rushlight.audience.statistics.sequences import assign
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.models.text import is_text_model, text_model_revision

__all__ = ["target_campaign"]


def _revision(parameters: BaseModel) -> str:
    writer = str(getattr(parameters, "writer", TEMPLATES))
    return text_model_revision(writer) if is_text_model(writer) else ""


@capability(version=1, metrics=("targeted",), revision=_revision)
def target_campaign(
    events: Events,
    addresses: tuple[Document, ...],
    contacts: Document | None = None,
    copy: Document | None = None,
    earlier: Campaign | None = None,
    /,
    *,
    title: Annotated[str, Field(max_length=200, description="Id or name of the title to tell of.")] = "",
    properties: Annotated[str, Field(description='What it is, such as "theme=sea|love; cast=Ann Lee".')] = "",
    about: Annotated[str, Field(max_length=600, description="What may be said of it, in a sentence or two.")] = "",
    like: Annotated[tuple[str, ...], Field(description="Ids of titles that it is like.")] = (),
    share: Annotated[float, Field(gt=0, le=1, description="Share of those who may be written to.")] = 0.2,
    holdout: Annotated[float, Field(ge=0, le=0.5, description="Share of them who get none, by lot.")] = 0.1,
    purposes: Annotated[tuple[str, ...], Field(description="What viewers must have agreed to, all of it.")] = (
        "contact",
        "personalise",
    ),
    channels: Annotated[tuple[str, ...], Field(description="Channels there are; the first where nothing is known.")] = (
        "email",
    ),
    cap: Annotated[int, Field(ge=1, description="Most messages a viewer gets in so many days, this one too.")] = 2,
    cap_days: Annotated[int, Field(ge=1, le=365, description="Days of the cap.")] = 7,
    start: Annotated[str, Field(description="First day of sending, 2026-01-31; the day after the last event.")] = "",
    days: Annotated[int, Field(ge=1, le=90, description="Days of sending; of an earlier campaign: to measure.")] = 7,
    earliest: Annotated[int, Field(ge=0, le=23, description="No message before this hour of the receiver's day.")] = 9,
    latest: Annotated[int, Field(ge=0, le=23, description="No message after this hour.")] = 20,
    variants: Annotated[int, Field(ge=1, le=4, description="Wordings to try against each other.")] = 2,
    writer: Annotated[str, Field(description="templates, http://HOST/v1#MODEL, transformers:FOLDER.")] = TEMPLATES,
    language: Annotated[str, Field(description="Language of a model's wordings.")] = "en",
    worth: Annotated[float, Field(ge=0, description="Worth of a viewer won, in your currency.")] = 0.0,
    cost: Annotated[float, Field(ge=0, description="Cost of a message.")] = 0.0,
    confidence: Annotated[float, Field(ge=0.5, le=0.99, description="Of bounds.")] = 0.9,
    least_share: Annotated[float, Field(ge=0, le=1, description="Share of a title watched that is a choice.")] = 0.3,
    seed: Annotated[int, Field(ge=0, description="Of the lot and of a model's wordings.")] = 0,
    engine: Annotated[str, Field(description="duckdb, spark://local or spark://HOST:PORT.")] = "duckdb",
) -> Campaign:
    """Plan whom to tell of a new title, in which words, when and where; or measure what an earlier campaign brought.

    Viewers are scored as such titles found theirs before: the recommender's score of what the title is like, choices
    of like titles, and choices at all, weighed on earlier titles that are foretold one from the others. Only who
    agreed is written to, nobody too often, and some are held out by lot: the difference to them is the return.
    Messages come at the hour at which each viewer watches. `--out lines.csv` is a mail merge; `--out plan.json` is
    given again as `--earlier` to measure, by difference to the hold-out, adjusted by what was watched before.

    Args:
        events: how viewers watched.
        addresses: tables of viewer and address, with name, channel and unsubscribed if known; without any, lines name
            pseudonyms.
        contacts: a table of viewer and sent_at of earlier messages, for the cap.
        copy: your own wordings: a table of variant, subject and text.
        earlier: a campaign that was sent, to be measured.

    Returns:
        `Campaign`.

    Raises:
        InputError: nobody agreed, nothing is known that the title is like, or the days to measure are not over.
        ModelError: there is no such writer.

    Reference:
        Deng, Xu, Kohavi, Walker 2013 (CUPED); Gordon, Moakler, Zettelmeyer 2023, "Close enough?" (why a hold-out).
    """
    warehouse = Warehouse.of(events)
    if earlier is not None:
        return _measured(earlier, warehouse, days, confidence, worth, cost, engine)
    if earliest > latest:
        raise InputError("No hour lies between --earliest and --latest.", hint="Give them in order, such as 9 and 20.")
    if not title:
        raise InputError("No title is named.", hint="Name the new title: --title 'The Lighthouse'.")
    first = _first_day(start, events)
    known = warehouse_titles(warehouse.manifest().titles)
    wanted = _title(title, properties, known)
    notes: list[str] = []
    with open_engine(engine) as served:
        consents = consents_of(warehouse, served)
        interactions = read_interactions(warehouse, served, Wanted("personalise", least_share))
        sittings, zones = read_sittings(warehouse, served)
    current_run().progress(0.3, "finding who will like it")
    liking = _liking(interactions, known, wanted, like)
    reach = _Reach(interactions, consents, purposes, _addresses(warehouse, addresses, notes),
                   _contacts(warehouse, contacts, notes), cap, cap_days, first)  # fmt: skip
    rows, left = reach.allowed(wanted.id)
    chosen = _likeliest(rows, liking.score, share)
    left["less_likely"] += len(rows) - len(chosen)
    current_run().progress(0.7, "words, hours and channels")
    facts = Facts(name=wanted.name, about=about, properties=tuple(f"{g} {n}" for g, n in sorted(wanted.properties)))
    copies = read_copy(copy.file.path) if copy else write_copy(facts, variants, writer, language, seed)
    plan = _planned(reach, chosen, liking, copies, known, sittings, zones,
                    _Sending(first, days, earliest, latest, channels, holdout, f"{wanted.id}:{seed}"))  # fmt: skip
    left["held_out"] = sum(one.arm == HELD_OUT for one in plan)
    sent = len(plan) - left["held_out"]
    path = current_run().new_file("plan.csv")
    write_plan(plan, path)
    current_run().figure("targeted", sent)
    expected = liking.expected(_mask(chosen, len(liking.score)), confidence) if chosen else None
    mean = expected[0] / len(chosen) if expected else 0.05
    shown = smallest_uplift(mean, sent, left["held_out"], 1 - confidence)
    low_high = (None, None, None) if expected is None else tuple(round(value, 4) for value in expected)
    base = None if liking.chance is None else float(liking.chance.mean())
    return Campaign(
        events=events, title_id=wanted.id, name=wanted.name, targeted=sent, holdout=holdout, left_out=LeftOut(**left),
        copies=copies, hours=_hours(plan), channels=dict(Counter(one.channel for one in plan if one.arm != HELD_OUT)),
        expected=low_high[0], expected_low=low_high[1], expected_high=low_high[2], expected_days=round(liking.days, 2),
        share_of_all=round(mean / base, 4) if base and expected else None, smallest_uplift=_rounded(shown),
        break_even_uplift=round(cost / worth, 6) if worth and cost else None, plan=FileRef.of(path, "text/csv"),
        addresses=tuple((str(one.file.path), one.file.sha256) for one in addresses),
        card=_card(events, purposes, liking, interactions, sittings),
        notes=(*notes, *_notes(liking, sent, left["held_out"], holdout, shown)),
    )  # fmt: skip


def _liking(
    interactions: Interactions, known: Mapping[str, CatalogueTitle], wanted: CatalogueTitle, like: Sequence[str]
) -> Liking:
    strange = [one for one in like if one not in interactions.titles]
    if strange:
        raise InputError(f"Nobody has watched {strange[0]!r}.", hint="Name titles of the warehouse with --like.")
    found = like_title(interactions, known, wanted, like)
    if found is None:
        raise InputError(
            f"Nothing that anybody watched is known to be like {wanted.name!r}.",
            hint='Say what it is: --properties "theme=…", or name titles that it is like: --like ID.',
        )
    if found.auc is not None and found.auc_of_activity is not None:
        current_run().figure("auc", found.auc)
        current_run().figure("auc_of_activity", found.auc_of_activity)
    return found


def _card(
    events: Events, purposes: tuple[str, ...], liking: Liking, interactions: Interactions,
    sittings: Mapping[str, Sequence[Sitting]],
) -> TargetingCard:  # fmt: skip
    hours = hours_held_out(sittings)
    return TargetingCard(
        fitted_on=events.manifest.sha256, purposes=purposes, launches=liking.launches,
        related=tuple(interactions.titles[at] for at in liking.related[:10]), auc=_rounded(liking.auc),
        auc_of_activity=_rounded(liking.auc_of_activity), chosen_first_fifth=_rounded(liking.chosen_first_fifth),
        hour_hit=_rounded(hours[0] if hours else None), hour_hit_of_crowd=_rounded(hours[1] if hours else None),
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _measured(
    earlier: Campaign, warehouse: Warehouse, days: int, confidence: float, worth: float, cost: float, engine: str
) -> Campaign:  # fmt: skip
    if earlier.plan is None:
        raise InputError("This campaign has no plan.", hint="Give what --out plan.json wrote when it was planned.")
    plan = list(read_plan(earlier.plan.path))
    with open_engine(engine) as served:
        found = measured_return(
            warehouse, served, plan, earlier.title_id, days=days, holdout=earlier.holdout, confidence=confidence,
            worth=worth, cost=cost,
        )  # fmt: skip
    current_run().figure("targeted", found.sent)
    if found.uplift is not None:
        current_run().figure("uplift", found.uplift)
    return earlier.model_copy(update={"returned": found})


def _first_day(start: str, events: Events) -> date:
    try:
        if start:
            return date.fromisoformat(start)
        return date.fromisoformat(events.last_date) + timedelta(days=1)
    except ValueError as error:
        message = "This is no day." if start else "This warehouse holds no event, so nobody can be chosen."
        raise InputError(message, hint="Write --start 2026-01-31." if start else "Import events first.") from error


def _title(title: str, properties: str, known: Mapping[str, CatalogueTitle]) -> CatalogueTitle:
    """The title by its id or name, with what the warehouse and the person say of it."""
    found = known.get(title) or next((one for one in known.values() if one.name == title), None)
    said = title_of_words(properties, title).properties if properties else frozenset()
    if found is None:
        return CatalogueTitle(title, title, said)
    return CatalogueTitle(found.id, found.name, found.properties | said)


def _addresses(warehouse: Warehouse, tables: Sequence[Document], notes: list[str]) -> Addresses | None:
    if not tables:
        notes.append("No table of addresses was given: lines name pseudonyms, to be joined where addresses are kept.")
        return None
    parts = [read_addresses(warehouse, one.file.path) for one in tables]
    notes += [note for part in parts for note in part.notes]
    return Addresses(
        {name: address for part in parts for name, address in part.of.items()},
        frozenset().union(*(part.stopped for part in parts)),
    )


def _contacts(warehouse: Warehouse, table: Document | None, notes: list[str]) -> Contacts:
    if table is None:
        notes.append("No earlier messages were given (--contacts), so the cap could not be kept.")
        return Contacts()
    found = read_contacts(warehouse, table.file.path)
    notes += found.notes
    return found


@dataclass(frozen=True)
class _Reach:
    """Who may be written to."""

    interactions: Interactions
    consents: Mapping[str, frozenset[str]]
    purposes: tuple[str, ...]
    addresses: Addresses | None
    contacts: Contacts
    cap: int
    cap_days: int
    first: date

    def allowed(self, title_id: str) -> tuple[list[int], dict[str, int]]:
        """Rows of viewers, and how many of all viewers fall out for each reason, the first that holds."""
        place = {viewer: row for row, viewer in enumerate(self.interactions.viewers)}
        column = self.interactions.titles.index(title_id) if title_id in self.interactions.titles else -1
        had = set(self.interactions.chosen[:, column].nonzero()[0].tolist()) if column >= 0 else set()
        left = dict.fromkeys(LeftOut.model_fields, 0)
        rows = []
        for viewer in sorted({*self.consents, *place}):
            reason = self._reason(viewer, place.get(viewer, -1) in had)
            if reason:
                left[reason] += 1
            elif viewer in place:
                rows.append(place[viewer])
            else:
                left["less_likely"] += 1
        return rows, left

    def _reason(self, viewer: str, is_had: bool) -> str:
        if not set(self.purposes) <= self.consents.get(viewer, frozenset()):
            return "without_consent"
        if self.addresses is not None and viewer in self.addresses.stopped:
            return "unsubscribed"
        if self.addresses is not None and viewer not in self.addresses.of:
            return "without_address"
        if self.contacts.recent(viewer, self.first, self.cap_days) >= self.cap:
            return "written_to_lately"
        return "chose_it_already" if is_had else ""


def _likeliest(rows: Sequence[int], score: NDArray[np.float64], share: float) -> list[int]:
    return sorted(rows, key=lambda row: (-score[row], row))[: int(np.ceil(share * len(rows)))]


@dataclass(frozen=True)
class _Sending:
    first: date
    days: int
    earliest: int
    latest: int
    channels: tuple[str, ...]
    holdout: float
    key: str


def _planned(
    reach: _Reach, chosen: Sequence[int], liking: Liking, copies: Sequence[CopyVariant],
    known: Mapping[str, CatalogueTitle], sittings: Mapping[str, Sequence[Sitting]], zones: Mapping[str, str],
    sending: _Sending,
) -> list[Planned]:  # fmt: skip
    """Arm, wording, channel and hour of everybody chosen."""
    interactions = reach.interactions
    names = [interactions.viewers[row] for row in chosen]
    habits, _ = habits_of(sittings, zones, names, best_prior(sittings))
    made = []
    for row, viewer in zip(chosen, names, strict=True):
        arm = assign(f"{sending.key}:lot", viewer, [HELD_OUT, "sent"], [sending.holdout, 1 - sending.holdout])
        if arm != HELD_OUT:
            arm = assign(f"{sending.key}:wording", viewer, [one.name for one in copies])
        address = reach.addresses.of.get(viewer) if reach.addresses else None
        channel = channel_for(address, habits[viewer].sources, sending.channels) or sending.channels[0]
        best = int(liking.because[row])
        because = interactions.titles[best] if best >= 0 else ""
        made.append(
            Planned(
                viewer, arm, channel,
                send_at(habits[viewer], sending.first, sending.days, sending.earliest, sending.latest),
                known[because].name if because in known else because,
                float(liking.score[row] if liking.chance is None else liking.chance[row]),
            )
        )  # fmt: skip
    return made


def _mask(rows: Sequence[int], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[list(rows)] = True
    return found


def _hours(plan: Sequence[Planned]) -> tuple[int, ...]:
    counted = Counter(one.send_at.hour for one in plan if one.arm != HELD_OUT)
    return tuple(counted.get(hour, 0) for hour in range(24))


def _notes(liking: Liking, sent: int, held: int, holdout: float, shown: float | None) -> list[str]:
    notes = []
    if liking.chance is None:
        notes.append("Too few titles like it came out before, so viewers are put in order but no number is foretold.")
        current_run().note_weak(notes[-1])
    elif liking.auc is not None and liking.auc_of_activity is not None and liking.auc <= liking.auc_of_activity:
        notes.append("On earlier titles this was no better than to write to who watches most.")
    if not sent:
        notes.append("Nobody may be written to.")
    elif not holdout:
        notes.append("Nobody is held out, so it will not be known what the messages did.")
    elif shown is None:
        notes.append(
            f"{held:,} held out of {sent + held:,} are too few to measure a return: at least 100 are needed in each."
        )
    return notes
