"""Who is shown in pictures: labels that people give, and shares of groups against a target."""

from __future__ import annotations

import csv
import html
import io
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["BiasReport", "GroupShare", "PeopleLabels", "PersonLabel", "RepresentedAttribute"]


class PersonLabel(BaseModel):
    """One face, with what was measured of it; the rest is for a person to say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    """The picture's name and the number of the face in it."""
    picture: FileRef
    """The face."""
    monk_tone: int | None = None
    """Proposed tone on the Monk scale, 1 (light) to 10 (dark); none where skin could not be measured."""
    monk_range: str = ""
    """Tones that are likely too, since light changes them: `4-6`."""


class PeopleLabels(Artifact):
    """A sheet to be filled in by people: as CSV for `check-bias`, as a page to look at."""

    people: tuple[PersonLabel, ...]
    page: FileRef | None = None
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each face."""
        count = len(self.people)
        lines = [f"{count} face{'s' if count != 1 else ''}. Tones are proposals: fill in the rest, and who says so."]
        for one in self.people:
            tone = f"Monk {one.monk_tone} (likely {one.monk_range})" if one.monk_tone else "tone not measured"
            lines.append(f"{one.person}: {tone}")
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each face, with columns to be filled in."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["person", "monk_tone", "monk_range", "gender", "age", "role", "reviewed_by"])
        for one in self.people:
            writer.writerow([one.person, one.monk_tone or "", one.monk_range, "", "", "", ""])
        return out.getvalue()


class GroupShare(BaseModel):
    """One group of an attribute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    count: int
    share: float
    low: float
    """Lower bound; the bounds of all groups of an attribute hold together at 95 %."""
    high: float
    target: float
    verdict: Literal["too few", "too many", "in reach"]
    """`in reach` means that the target is within the bounds, not that it is met."""


class RepresentedAttribute(BaseModel):
    """All groups of one attribute, among everybody or in one role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: str
    role: str = ""
    groups: tuple[GroupShare, ...]
    people: int
    unlabelled: int
    chance: float
    """How often chance alone would stray from the target as far."""
    parity: float
    """The least shown group against the most shown one, each for its target; 1 is parity, below 0.8 is usually told."""
    parity_low: float
    parity_high: float
    agreement: float | None = None
    """Krippendorff's alpha where raters labelled the same people."""
    enough_people: int = 0
    """How many people it would take to tell a parity of 0.8 from 1 (power 0.8)."""


class BiasReport(Artifact):
    """Who is shown, against who should be."""

    title: str
    attributes: tuple[RepresentedAttribute, ...]
    reviewed: float
    """Share of labels that somebody put their name to."""
    draft: bool
    """Labels are not reviewed, or raters do not agree: the figures decide nothing yet."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A block for each attribute."""
        head = f"{self.title}: {self.reviewed:.0%} of the labels reviewed by a person"
        lines = [f"{head}. DRAFT: decide nothing on these figures." if self.draft else f"{head}."]
        for one in self.attributes:
            where = f" as {one.role}" if one.role else ""
            lines.append(
                f"{one.attribute}{where}: parity {one.parity:.2f} ({one.parity_low:.2f} to {one.parity_high:.2f}), "
                f"{one.people} people, chance alone {one.chance:.3f}"
            )
            for group in one.groups:
                lines.append(
                    f"    {group.group:<14}{group.share:6.1%} ({group.low:.1%} to {group.high:.1%}), "
                    f"target {group.target:.1%}: {group.verdict}"
                )
        return "\n".join([*lines, *self.notes])

    def as_csv(self) -> str:
        """A row for each group."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["attribute", "role", "group", "count", "share", "low", "high", "target", "verdict"])
        for one in self.attributes:
            for group in one.groups:
                cells = [one.attribute, one.role, group.group]
                safe = [f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells]
                figures = [f"{value:.4f}" for value in (group.share, group.low, group.high, group.target)]
                writer.writerow([*safe, group.count, *figures, group.verdict])
        return out.getvalue()

    def as_html(self) -> str:
        """Bars with their bounds and targets."""
        blocks = []
        for one in self.attributes:
            where = f" as {one.role}" if one.role else ""
            rows = "".join(_bar(group) for group in one.groups)
            blocks.append(
                f"<h2>{html.escape(one.attribute + where)}</h2><p>Parity {one.parity:.2f} ({one.parity_low:.2f} to "
                f"{one.parity_high:.2f}) of {one.people} people; {one.unlabelled} without a label.</p><dl>{rows}</dl>"
            )
        draft = "<p class=draft>Draft: decide nothing on these figures.</p>" if self.draft else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return _PAGE.format(title=html.escape(self.title), draft=draft, blocks="".join(blocks), notes=notes)


def _bar(group: GroupShare) -> str:
    said = f"{group.share:.0%}, target {group.target:.0%}: {group.verdict}"
    return (
        f"<dt>{html.escape(group.group)} <small>{said}</small></dt>"
        f'<dd role="img" aria-label="{group.share:.0%}, between {group.low:.0%} and {group.high:.0%}">'
        f'<i style="width:{100 * group.share:.2f}%"></i>'
        f'<b style="left:{100 * group.low:.2f}%;width:{100 * (group.high - group.low):.2f}%"></b>'
        f'<u style="left:{100 * group.target:.2f}%"></u></dd>'
    )


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Who is shown: {title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem }} h2 {{ margin: 2rem 0 0 }} p {{ margin: .3rem 0 }}
dd {{ position: relative; height: 1.4rem; margin: 0 0 .6rem; background: #8a8f9833 }} small {{ color: #767c86 }}
dd i {{ position: absolute; inset: 0 auto 0 0; background: #4477aa }}
dd b {{ position: absolute; top: 50%; height: 3px; margin-top: -1px; background: #ee9933 }}
dd u {{ position: absolute; top: -3px; bottom: -3px; width: 3px; margin-left: -1px; background: #cc3311 }}
.draft {{ border-left: .4rem solid #d98a00; padding: .2rem 1rem }}
</style><h1>Who is shown: {title}</h1>{draft}
<p>Bars are shares, the thin line the bounds that hold for all groups together, the red mark the target.</p>
{blocks}{notes}</html>
"""
