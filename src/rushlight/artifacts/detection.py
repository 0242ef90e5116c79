"""Whether a picture, film or voice was made or changed by machine: what was looked at, what it says, and how surely."""

from __future__ import annotations

import csv
import html
import io

from pydantic import BaseModel, ConfigDict, Field

from rushlight.core.artifact import Artifact, FileRef
from rushlight.core.units import Seconds

__all__ = ["Detection", "DetectionSignal", "SuspectPlace"]


# Less than this, and evidence is as good as none.
_LITTLE = 1.0


class SuspectPlace(BaseModel):
    """Where a signal points: a rectangle in the picture, a stretch of time, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    left: float | None = None
    """Shares of width and height, 0 to 1."""
    top: float | None = None
    width: float | None = None
    height: float | None = None
    start: Seconds | None = None
    end: Seconds | None = None


class DetectionSignal(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    says: str
    """What was measured, in words a person can check."""
    log_ratio: float | None = None
    """Natural logarithm of how many times likelier this is of synthetic or changed material; none where it abstains or
    is told for its own sake only."""
    abstains: str = ""
    """Why it does not judge."""
    places: tuple[SuspectPlace, ...] = ()
    picture: FileRef | None = None
    """Where it was seen, drawn over the picture or along time."""


class Detection(Artifact):
    """What was found, and the probability by Bayes from a prior that somebody set."""

    title: str
    file_sha256: str
    declared: str = ""
    """What the file itself says by credentials or marks: that outweighs every guess."""
    signals: tuple[DetectionSignal, ...]
    log_ratio: float | None = None
    """Of all signals that judge; none where all abstain."""
    prior: float = Field(gt=0, lt=1)
    """How likely it was before looking; set by who asks."""
    probability: float | None = None
    """p(D|X), by Bayes; none where all abstain."""
    page: FileRef | None = None
    notes: tuple[str, ...] = ()

    def at_prior(self, prior: float) -> float | None:
        """The probability for another prior."""
        import math

        if self.log_ratio is None:
            return None
        odds = math.log(prior / (1 - prior)) + self.log_ratio
        return 1 / (1 + math.exp(-odds))

    @property
    def verdict(self) -> str:
        """In one sentence, with no more certainty than there is."""
        if self.declared:
            return self.declared
        if self.probability is None or self.log_ratio is None:
            return "Not judged: every signal abstains."
        if self.probability >= 0.9:
            said = "Probably synthetic or changed"
        elif self.log_ratio <= -_LITTLE:
            said = "Nothing points to synthetic or changed material"
        elif self.log_ratio < _LITTLE:
            said = "What was looked at says little"
        else:
            said = "Signs of it, and not enough to say so"
        return f"{said}: {self.probability:.0%} at a prior of {self.prior:.0%}."

    def as_text(self) -> str:
        """The verdict, each signal, and what other priors would make of it."""
        lines = [f"{self.title}: {self.verdict}"]
        for one in self.signals:
            weight = "" if one.log_ratio is None else f" (evidence {one.log_ratio:+.1f})"
            lines.append(f"  {one.name}{weight}: {one.abstains or one.says}")
            lines += [f"    {_place(place)}" for place in one.places]
        if self.log_ratio is not None:
            others = ", ".join(f"{prior:.0%}: {self.at_prior(prior):.0%}" for prior in (0.01, 0.1, 0.5))
            lines.append(f"  by prior: {others}")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def as_csv(self) -> str:
        """A row for each signal."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["signal", "log_ratio", "says", "abstains", "places"])
        for one in self.signals:
            ratio = "" if one.log_ratio is None else f"{one.log_ratio:.3f}"
            writer.writerow([one.name, ratio, one.says, one.abstains, "; ".join(map(_place, one.places))])
        return out.getvalue()

    def as_html(self, pictures: dict[str, str] | None = None) -> str:
        """A page; `pictures` gives data addresses for the drawn places, by name of signal."""
        blocks = []
        for one in self.signals:
            drawn = (pictures or {}).get(one.name, "")
            shown = f'<img alt="{html.escape(one.name)}" src="{drawn}">' if drawn else ""
            weight = "" if one.log_ratio is None else f"<small>evidence {one.log_ratio:+.1f}</small>"
            places = "".join(f"<li>{html.escape(_place(place))}</li>" for place in one.places)
            blocks.append(
                f"<section><h2>{html.escape(one.name)} {weight}</h2><p>{html.escape(one.abstains or one.says)}</p>"
                f"<ul>{places}</ul>{shown}</section>"
            )
        rows = ""
        if self.log_ratio is not None:
            rows = "".join(
                f"<tr><td>{prior:.0%}</td><td>{self.at_prior(prior):.0%}</td></tr>" for prior in (0.01, 0.05, 0.1, 0.5)
            )
            rows = f"<table><tr><th>thought before</th><th>after looking</th></tr>{rows}</table>"
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return _PAGE.format(
            title=html.escape(self.title), verdict=html.escape(self.verdict), rows=rows, blocks="".join(blocks),
            notes=notes,
        )  # fmt: skip


def _place(place: SuspectPlace) -> str:
    parts = [place.what]
    if place.left is not None and place.top is not None:
        parts.append(f"{place.left:.0%} from the left, {place.top:.0%} from the top")
    if place.start is not None and place.end is not None:
        parts.append(f"{float(place.start):.1f} to {float(place.end):.1f} s")
    return ", ".join(parts)


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Made by machine? {title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 52rem; margin: 2rem auto; padding: 0 1rem }} img {{ max-width: 100% }}
h2 {{ font-size: 1.05rem; margin: 1.6rem 0 .2rem }} small {{ color: #767c86; font-weight: normal }}
td, th {{ padding: .1rem 1rem .1rem 0; text-align: left }} .verdict {{ font-size: 1.2rem }}
</style><h1>{title}</h1><p class="verdict">{verdict}</p>{rows}{blocks}{notes}</html>
"""
