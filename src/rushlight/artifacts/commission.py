"""What raises demand for titles, how surely, and what a proposed title may expect."""

from __future__ import annotations

import csv
import io

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact

__all__ = ["Commission", "CommissionCard", "Comparable", "Confounder", "PropertyWeight", "ProposalEstimate"]


class Confounder(BaseModel):
    """A property that a property comes with, so that the data hardly say which of the two it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    name: str
    shared: int
    """Titles that have both."""
    correlation: float
    """Of what is known of the two effects; near -1 only their sum is known."""


class PropertyWeight(BaseModel):
    """One theme, person or style: what demand of titles with it is, all else that is known being equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    name: str
    titles: int
    ratio: float
    """Demand is multiplied by this, against the average theme (or whatever it is) of the catalogue; the middle."""
    low: float
    high: float
    raises: float
    """Probability that it is above 1."""
    raw_ratio: float
    """Mean demand of its titles over that of all, nothing taken out (geometric means)."""
    confounders: tuple[Confounder, ...] = ()


class Comparable(BaseModel):
    """A title of the catalogue that a proposal is like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    demand: float
    likeness: float
    """Share of what either has that both have, rare things counting more; 0 to 1."""
    shares: tuple[str, ...]


class ProposalEstimate(BaseModel):
    """A proposed title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    expected: float
    """The middle of what is possible: as likely to be passed as not."""
    low: float
    high: float
    above_median: float
    """Probability of more demand than the middle title of the catalogue has."""
    drivers: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    """What nothing is known of, which widens the bounds."""
    comparables: tuple[Comparable, ...] = ()


class CommissionCard(BaseModel):
    """What the model is, and how well it foretold titles that it had not seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "hierarchical regression of the logarithm of demand, effects of each group drawn to none"
    titles: int
    properties: int
    controls: tuple[str, ...]
    spreads: dict[str, float]
    """Deviation of the effects of each group, in logarithms."""
    noise: float
    rmse: float | None = None
    """Of the logarithm of demand, on titles held back."""
    rmse_of_mean: float | None = None
    """Of the simplest baseline: the mean of all titles."""
    rmse_of_group_means: float | None = None
    """Of the mean of the raw means of what a title has."""
    held: float | None = None
    """Share of titles held back inside their intervals."""
    limits: str = (
        "What goes with demand, not what causes it: titles were not commissioned at random. People and themes that "
        "were only ever together cannot be told apart, and nothing is known of what nobody has tried."
    )


class Commission(Artifact):
    """Weights of themes, people and styles, and estimates of proposed titles."""

    measure: str
    confidence: float
    weights: tuple[PropertyWeight, ...]
    """The surest rises first, the surest falls last."""
    proposals: tuple[ProposalEstimate, ...] = ()
    card: CommissionCard
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """What raises demand, what lowers it, the proposals, and what cannot be known."""
        lines: list[str] = []
        sure = [one for one in self.weights if one.low > 1 or one.high < 1]
        for one in sure[:20]:
            lines.append(
                f"{one.group} {one.name}: {one.ratio:.2f}× ({one.low:.2f}–{one.high:.2f}), {one.titles} titles; "
                f"raw mean {one.raw_ratio:.2f}×" + _together(one)
            )
        if not sure:
            lines.append("No theme, person or style stands out from chance.")
        rest = len(self.weights) - len(sure)
        if rest:
            lines.append(f"{rest:,} others may as well do nothing; --out weights.csv has all.")
        for proposal in self.proposals:
            lines.append(
                f"Proposed {proposal.name}: {_figure(proposal.expected)} {self.measure} "
                f"({_figure(proposal.low)}–{_figure(proposal.high)}), "
                f"{proposal.above_median:.0%} likely above the middle title"
            )
            lines += [f"    {words}" for words in proposal.drivers]
            if proposal.unknown:
                lines.append(f"    nothing is known of {', '.join(proposal.unknown)}")
            lines += [
                f"    like {other.title}: {_figure(other.demand)} {self.measure} ({', '.join(other.shares)})"
                for other in proposal.comparables
            ]
        card = self.card
        if card.rmse is not None and card.rmse_of_mean is not None and card.held is not None:
            verdict = "better than" if card.rmse < card.rmse_of_mean else "NO better than"
            lines.append(
                f"Titles held back: {card.rmse:.3f} off in logarithms, {verdict} the mean of all "
                f"({card.rmse_of_mean:.3f}); {card.held:.0%} lay inside intervals of {self.confidence:.0%}."
            )
        return "\n".join([*lines, *self.notes, card.limits])

    def as_csv(self) -> str:
        """A row for each property."""
        sheet = io.StringIO()
        rows = csv.writer(sheet, lineterminator="\n")
        rows.writerow(["group", "name", "titles", "ratio", "low", "high", "raises", "raw_ratio", "confounded_with"])
        for one in self.weights:
            name = f"'{one.name}" if one.name[:1] in ("=", "+", "-", "@") else one.name
            others = "; ".join(f"{other.group} {other.name}" for other in one.confounders)
            rows.writerow([one.group, name, one.titles, f"{one.ratio:.6g}", f"{one.low:.6g}", f"{one.high:.6g}",
                           f"{one.raises:.4f}", f"{one.raw_ratio:.6g}", others])  # fmt: skip
        return sheet.getvalue()


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _together(one: PropertyWeight) -> str:
    if not one.confounders:
        return ""
    other = one.confounders[0]
    return f"; hardly to be told from {other.group} {other.name} ({other.shared} of its {one.titles} titles)"
