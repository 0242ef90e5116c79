"""A recommender: how good it is on choices held back, how fair, and what goes with what."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.events import Events
from rushlight.core.artifact import Artifact, FileRef

__all__ = ["Companion", "GroupRate", "ModelScore", "Parity", "Recommendations", "RecommenderCard"]


class ModelScore(BaseModel):
    """One model on the choices that were held back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    ndcg: float
    """Over ten places of the whole catalogue; mean over viewers."""
    low: float
    high: float
    """Bootstrap over viewers."""


class GroupRate(BaseModel):
    """A group before and after lists were made fairer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    members: int
    before: float
    after: float


class Parity(BaseModel):
    """How alike groups are treated: the lowest rate divided by the highest; 1 is parity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    of: str
    """`titles`: how much each group is shown for its share. `viewers`: NDCG of each group's lists."""
    groups: tuple[GroupRate, ...]
    before: float
    before_low: float
    before_high: float
    after: float
    after_low: float
    after_high: float
    ndcg_lost: float = 0.0
    """Share of NDCG that fairer lists cost."""
    ndcg_lost_low: float = 0.0
    ndcg_lost_high: float = 0.0
    applied: bool = False
    """Whether lists are made with it."""


class RecommenderCard(BaseModel):
    """What a fitted model is and what it may be used for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    fitted_on: str
    """SHA-256 of the warehouse's manifest: another state of the warehouse needs another fit."""
    viewers: int
    titles: int
    choices: int
    purpose: str
    """What its viewers agreed to."""
    settings: str = ""
    ndcg: float = 0.0
    popularity_ndcg: float = 0.0
    """Of the simplest baseline: the same titles for everybody."""
    licence: str = "as the viewers' consent allows; not for others"
    limits: str = (
        "Learned from what was chosen, not from what was liked; held-out choices favour titles that were easy to find. "
        "It says what goes with what, not what would have happened otherwise."
    )


class Companion(BaseModel):
    """A title and what is recommended to those who chose only it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    choices: int
    then: tuple[str, ...]


class Recommendations(Artifact):
    """A fitted recommender. Lists for viewers are made from it when they are asked for, and name nobody before."""

    events: Events
    card: RecommenderCard
    model: FileRef | None = None
    """Weights (safetensors); None for models that are never stored."""
    scores: tuple[ModelScore, ...]
    """Models that were compared, the best first."""
    parities: tuple[Parity, ...] = ()
    bonuses: dict[str, float] = {}
    """What is added to the scores of each group of titles."""
    reach: float = 1.0
    """Distance between the scores of the first and the fiftieth title, on average."""
    fair_by: str = ""
    least_share: float = 0.3
    least_rating: float | None = None
    """What counted as a choice; lists are made with the same."""
    rating_rmse: float | None = None
    """Error of predicted ratings on a fifth held back; None where nothing was rated."""
    rating_rmse_of_means: float | None = None
    """Of the simplest baseline: the mean of each title."""
    most: int = 10
    hour: int = -1
    device: str = ""
    companions: tuple[Companion, ...] = ()
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """How the models did, how fair it is, and what goes with what."""
        card = self.card
        lines = [f"{card.model}: {card.choices:,} choices of {card.titles:,} titles by {card.viewers:,} viewers"]
        lines += [f"  {one.model:<20}NDCG@10 {one.ndcg:.4f} ({one.low:.4f}–{one.high:.4f})" for one in self.scores]
        if self.rating_rmse is not None and self.rating_rmse_of_means is not None:
            lines.append(
                f"  ratings are predicted within {self.rating_rmse:.3f} (RMSE; "
                f"means of titles {self.rating_rmse_of_means:.3f})"
            )
        for one in self.parities:
            what = "shown alike" if one.of == "titles" else "served alike"
            lines.append(
                f"{one.of} by {one.by} {what}: {one.before:.2f} ({one.before_low:.2f}–{one.before_high:.2f})"
                + (
                    f", made fairer {one.after:.2f} ({one.after_low:.2f}–{one.after_high:.2f}), "
                    f"price {one.ndcg_lost:.1%} of NDCG ({one.ndcg_lost_low:.1%} to {one.ndcg_lost_high:.1%})"
                    + ("" if one.applied else ", not applied")
                    if one.of == "titles" and one.after != one.before
                    else ""
                )
            )
        lines += [f"  who chose {one.title}: {', '.join(one.then)}" for one in self.companions[:5] if one.then]
        return "\n".join([*lines, *self.notes, "Lists for viewers: --out lists.csv or --out lists.html."])
