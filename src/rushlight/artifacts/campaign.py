"""A campaign for a title: to whom, in which words, when and where, what to expect of it, and what it brought."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.events import Events
from rushlight.core.artifact import Artifact, FileRef

__all__ = ["Campaign", "CampaignReturn", "CopyReturn", "CopyVariant", "LeftOut", "TargetingCard"]


class CopyVariant(BaseModel):
    """One wording. `{because}` in the text becomes a sentence about what the viewer watched, or nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    subject: str
    text: str
    author: str
    """`template`, `person`, or the model that wrote it."""


class LeftOut(BaseModel):
    """Viewers who get no message, each counted under the first reason that holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    without_consent: int = 0
    unsubscribed: int = 0
    without_address: int = 0
    written_to_lately: int = 0
    chose_it_already: int = 0
    less_likely: int = 0
    held_out: int = 0
    """Chosen by lot among the likely ones, so that the return can be measured."""


class TargetingCard(BaseModel):
    """What the choice of viewers rests on, and how well it foretold titles before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "logistic regression on the recommender's score, choices of like titles, how many and how lately"
    fitted_on: str = ""
    """SHA-256 of the warehouse's manifest."""
    purposes: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Titles that the new one is taken to be like."""
    launches: int = 0
    """Earlier titles that were foretold, each from the others."""
    auc: float | None = None
    """Probability that who chose such a title stood above who did not."""
    auc_of_activity: float | None = None
    """The same of the simplest baseline: who chooses most."""
    chosen_first_fifth: float | None = None
    """Share of those who chose it among the fifth that stood highest; a fifth by chance."""
    hour_hit: float | None = None
    """Share of viewers whose next start lay within an hour of the hour chosen for them."""
    hour_hit_of_crowd: float | None = None
    """The same of one hour for everybody."""
    limits: str = (
        "It finds who will watch, not whom a message moves: those may be others. Only the hold-out says what the "
        "messages did."
    )


class CopyReturn(BaseModel):
    """One wording against the hold-out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    viewers: int
    started: float
    """Share who started the title."""
    uplift: float | None
    low: float | None
    high: float | None
    verdict: str


class CampaignReturn(BaseModel):
    """What the messages did: who was sent one against who was held out by lot, whether they opened it or not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int
    sent: int
    held_out: int
    started: float
    started_held_out: float
    uplift: float | None
    """Share of viewers who started because of a message, adjusted by what they watched before (CUPED)."""
    low: float | None
    high: float | None
    watch_seconds_uplift: float | None
    watch_seconds_low: float | None
    watch_seconds_high: float | None
    incremental: float | None
    """Viewers won: uplift times messages."""
    gain: float | None = None
    """Worth of the viewers won, less the cost of the messages; None where neither is known."""
    variance_reduction: float = 0.0
    valid: bool = True
    """False when the hold-out is not as large as it was drawn."""
    copies: tuple[CopyReturn, ...] = ()


class Campaign(Artifact):
    """A planned campaign, and its return once it is measured. Lines with addresses are made when they are asked for."""

    events: Events
    title_id: str
    name: str
    targeted: int
    """Viewers who are to get a message."""
    holdout: float = 0.0
    """Share of those chosen that was to get no message."""
    left_out: LeftOut
    copies: tuple[CopyVariant, ...]
    hours: tuple[int, ...] = ()
    """Messages by hour of the receivers' day, 24 of them."""
    channels: dict[str, int] = {}
    expected: float | None = None
    """Viewers who are expected to choose the title among those targeted and held out, message or not."""
    expected_days: float = 0.0
    """Days after the release that these are counted in; 0 for ever after, where times are not known."""
    expected_low: float | None = None
    expected_high: float | None = None
    share_of_all: float | None = None
    """Expected share among them, over that among everybody."""
    smallest_uplift: float | None = None
    """The least share of viewers won that the hold-out will show; None without a hold-out of use."""
    break_even_uplift: float | None = None
    """Share of viewers that must be won for the messages to pay; None where cost or worth is not known."""
    plan: FileRef | None = None
    """Pseudonym, arm, wording, channel and time of everybody chosen, held out or not."""
    addresses: tuple[tuple[str, str], ...] = ()
    """Path and hash of the tables of addresses; they stay where they are."""
    returned: CampaignReturn | None = None
    card: TargetingCard
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """To whom, in which words, when, and what it may bring or brought."""
        out = self.left_out
        lines = [f"{self.name}: {self.targeted:,} messages, {out.held_out:,} viewers held out"]
        reasons = [
            (out.without_consent, "did not agree"), (out.unsubscribed, "asked not to be written to"),
            (out.without_address, "have no address"), (out.written_to_lately, "were written to lately"),
            (out.chose_it_already, "chose it already"), (out.less_likely, "are less likely to like it"),
        ]  # fmt: skip
        said = [f"{count:,} {words}" for count, words in reasons if count]
        lines += [f"  no message: {', '.join(said)}"] if said else []
        lines += [f"  wording {one.name} ({one.author}): {one.subject} — {one.text}" for one in self.copies]
        if sum(self.hours):
            best = max(range(24), key=lambda hour: self.hours[hour])
            lines.append(f"  most at {best}:00 of the receiver's day; {_listed(self.channels)}")
        if self.expected is not None and self.expected_low is not None and self.expected_high is not None:
            lines.append(
                f"  {self.expected:,.0f} of them ({self.expected_low:,.0f}–{self.expected_high:,.0f}) would watch it "
                + (f"within {self.expected_days:.0f} days " if self.expected_days else "")
                + "without a message"
                + (f", {self.share_of_all:.1f} times as many as of all" if self.share_of_all else "")
            )
        if self.smallest_uplift is not None:
            lines.append(f"  the hold-out will show an uplift of {self.smallest_uplift:.1%} or more")
        if self.break_even_uplift is not None:
            lines.append(f"  messages pay from an uplift of {self.break_even_uplift:.2%}")
        card = self.card
        if card.auc is not None and card.auc_of_activity is not None and card.chosen_first_fifth is not None:
            verdict = "better than" if card.auc > card.auc_of_activity else "NO better than"
            lines.append(
                f"  foretelling {card.launches} earlier titles: AUC {card.auc:.3f}, {verdict} who watches most "
                f"({card.auc_of_activity:.3f}); the best fifth held {card.chosen_first_fifth:.0%} of their choosers"
            )
        lines += _return_lines(self.returned) if self.returned else []
        return "\n".join([*lines, *self.notes, card.limits])


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} by {name}" for name, count in counts.items())


def _return_lines(found: CampaignReturn) -> list[str]:
    lines = [
        f"  in {found.days} days {found.started:.2%} of {found.sent:,} who were sent one started it, "
        f"{found.started_held_out:.2%} of {found.held_out:,} held out"
    ]
    if not found.valid:
        return [*lines, "  the hold-out is not as large as it was drawn, so nothing can be said of the return"]
    if found.uplift is None or found.low is None or found.high is None or found.incremental is None:
        return [*lines, "  too few viewers to say what the messages did"]
    lines.append(
        f"  uplift {found.uplift:.2%} ({found.low:.2%} to {found.high:.2%}): {found.incremental:,.0f} viewers won"
        + ("" if found.low > 0 or found.high < 0 else ", or none: no difference is possible")
    )
    if found.gain is not None:
        lines.append(f"  worth less cost: {found.gain:,.2f}")
    lines += [f"  wording {one.name}: {one.started:.2%} of {one.viewers:,}, {one.verdict}" for one in found.copies]
    return lines
