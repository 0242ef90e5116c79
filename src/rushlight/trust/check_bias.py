"""The capability `check_bias`."""

from __future__ import annotations

import csv
import io
import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field
from scipy.stats import norm

from rushlight.artifacts import Document
from rushlight.artifacts.representation import BiasReport, GroupShare, RepresentedAttribute
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.trust.representing.monk import tone_group
from rushlight.trust.representing.shares import agreement, exact_intervals, misfit, parity

__all__ = ["check_bias"]

_MOST_BYTES = 16_000_000
_MOST_GROUPS = 40
_ASIDE = ("person", "picture", "role", "reviewed_by", "monk_range", "notes")
# Krippendorff: below this, labels support not even tentative conclusions.
_AGREED = 0.667
_FEW_IN_ROLE = 5


@dataclass
class _Labels:
    """For each person and attribute what raters said."""

    said: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    roles: dict[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    rows: int = 0
    reviewed: int = 0

    def settled(self, attribute: str, person: str) -> str:
        """What most raters said; empty where they are split or said nothing."""
        said = self.said[person][attribute]
        counts = sorted(((said.count(one), one) for one in set(said)), reverse=True)
        if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            return ""
        return counts[0][1]


@capability(version=1, metrics=("parity",))
def check_bias(
    labels: Document,
    target: Document | None = None,
    /,
    *,
    seed: Annotated[int, Field(ge=0, description="Seed of the simulated chances.")] = 0,
) -> BiasReport:
    """Measure who is shown in pictures, above all generated ones, against who should be.

    Groups are what people say they see (`label-people` makes the sheet); nothing guesses gender, age or origin. For
    each attribute, and in each role where there is a column `role`, it gives shares with bounds that hold together,
    the ratio of the least to the most shown group for their targets, and how often chance alone would stray as far.
    Without reviewed labels on which raters agree the report calls itself a draft.

    Args:
        labels: CSV with a row for each person (or each person and rater): `person`, `reviewed_by`, and columns such
            as `gender`, `age`, `monk_tone` (1 to 10, counted as light, medium and dark), `role`.
        target: TOML, a table for each attribute: `[gender]` with `woman = 0.5`, `man = 0.5`. Shares are taken of
            their sum. Without one, equal shares of the groups that are there.

    Raises:
        InputError: the sheet or the target cannot be read, or holds nothing to count.
    """
    run = current_run()
    run.progress(0.0, "counting")
    sheet = _read_labels(labels.file.path)
    targets = _read_target(target.file.path) if target else {}
    for attribute in targets:
        if attribute not in sheet.attributes:
            raise InputError(
                f"The target speaks of {attribute}, which the sheet has no column for.", path=labels.file.path,
                hint=f"Columns are {', '.join(sheet.attributes)}.",
            )  # fmt: skip
    notes, found = [], []
    for attribute in sheet.attributes:
        if attribute not in targets:
            notes.append(f"There is no target for {attribute}; equal shares of the groups seen were assumed.")
        for role in ("", *sorted({role for role in sheet.roles.values() if role})):
            one = _measured(sheet, attribute, role, targets.get(attribute), seed)
            if one is not None:
                found.append(one)
    if not found:
        raise InputError("Nobody in this sheet has a label.", path=labels.file.path, hint="Fill in the columns.")
    reviewed = sheet.reviewed / sheet.rows
    split = [one.attribute for one in found if one.agreement is not None and one.agreement < _AGREED]
    for attribute in dict.fromkeys(split):
        notes.append(f"Raters do not agree on {attribute} (alpha below {_AGREED}): its figures mean little.")
    if reviewed < 1:
        notes.append(f"{sheet.rows - sheet.reviewed} labels have no name in reviewed_by.")
    notes.append("Groups are what people see in pictures, not what those shown are.")
    run.figure("parity", min(one.parity for one in found))
    return BiasReport(
        title=labels.file.path.stem, attributes=tuple(found), reviewed=reviewed, draft=reviewed < 1 or bool(split),
        notes=tuple(notes),
    )  # fmt: skip


def _measured(
    sheet: _Labels, attribute: str, role: str, target: Mapping[str, float] | None, seed: int
) -> RepresentedAttribute | None:
    people = [person for person in sheet.said if not role or sheet.roles.get(person) == role]
    settled = [sheet.settled(attribute, person) for person in people]
    said = [one for one in settled if one]
    if not said or (role and len(said) < _FEW_IN_ROLE):
        return None
    everywhere = {sheet.settled(attribute, person) for person in sheet.said} - {""}
    names = sorted(everywhere | set(target or {}))
    if len(names) > _MOST_GROUPS:
        return None
    shares = [(target or {}).get(name, 0.0) if target else 1 / len(names) for name in names]
    counts = [said.count(name) for name in names]
    bounds = exact_intervals(counts)
    ratio = parity(counts, shares, seed)
    groups = tuple(
        GroupShare(
            group=name, count=count, share=count / len(said), low=low, high=high, target=share,
            verdict="too few" if high < share else "too many" if low > share else "in reach",
        )
        for name, count, (low, high), share in zip(names, counts, bounds, shares, strict=True)
    )  # fmt: skip
    rated = {person: sheet.said[person][attribute] for person in people}
    return RepresentedAttribute(
        attribute=attribute, role=role, groups=groups, people=len(said), unlabelled=len(people) - len(said),
        chance=misfit(counts, shares, seed), parity=ratio.ratio, parity_low=ratio.low, parity_high=ratio.high,
        agreement=agreement(rated), enough_people=_enough(shares),
    )  # fmt: skip


def _enough(shares: Sequence[float]) -> int:
    """People it takes to see, nine times out of ten groups alike, a fifth fewer of the rarest group than wanted."""
    least = min((share for share in shares if share > 0), default=1.0)
    less = 0.8 * least
    reach = norm.ppf(0.975) * math.sqrt(least * (1 - least)) + norm.ppf(0.8) * math.sqrt(less * (1 - less))
    return math.ceil((reach / (least - less)) ** 2) if least < 1 else 1


def _read_labels(path: Path) -> _Labels:
    rows = csv.DictReader(io.StringIO(_text(path)))
    columns = [name for name in rows.fieldnames or [] if name]
    if "person" not in columns:
        raise InputError(
            "This sheet has no column `person`.", path=path, hint="Make one with `rushlight trust label-people`."
        )
    labels = _Labels(attributes=tuple(name for name in columns if name not in _ASIDE))
    if not labels.attributes:
        raise InputError("This sheet has no attribute to count.", path=path, hint="Add a column such as gender.")
    try:
        for row in rows:
            _take(labels, row, path, rows.line_num)
    except csv.Error as error:
        raise InputError(f"This sheet cannot be read: {error}.", path=path, where=f"line {rows.line_num}") from error
    if not labels.said:
        raise InputError("There is nobody in this sheet.", path=path, hint="A row for each person shown.")
    return labels


def _take(labels: _Labels, row: Mapping[str, str | None], path: Path, line: int) -> None:
    person = (row.get("person") or "").strip()
    if not person:
        return
    labels.rows += 1
    labels.reviewed += bool((row.get("reviewed_by") or "").strip())
    role = (row.get("role") or "").strip().casefold()
    if role:
        labels.roles[person] = role
    said = labels.said[person]
    for attribute in labels.attributes:
        value = (row.get(attribute) or "").strip().casefold()
        if not value:
            continue
        if attribute == "monk_tone":
            if not value.isdecimal() or not 1 <= int(value) <= 10:
                raise InputError(
                    f"{value} is no tone of the Monk scale.", path=path, where=f"line {line}", hint="1 to 10."
                )
            value = tone_group(int(value))
        said[attribute].append(value)


def _read_target(path: Path) -> dict[str, dict[str, float]]:
    try:
        data = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"This target cannot be read: {error}.", path=path, hint="Write it as TOML.") from error
    targets = {}
    for attribute, shares in data.items():
        right = isinstance(shares, dict) and shares and all(
            isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) and one >= 0
            for one in shares.values()
        )  # fmt: skip
        if not right or sum(shares.values()) <= 0:
            raise InputError(
                f"The target of {attribute} is no table of shares.", path=path,
                hint=f"Write [{attribute}] and a line such as woman = 0.5 for each group.",
            )  # fmt: skip
        total = sum(shares.values())
        targets[attribute] = {str(name).casefold(): float(one) / total for name, one in shares.items()}
    return targets


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(
                f"This file is larger than {_MOST_BYTES >> 20} MB.", path=path, hint="Is it the right one?"
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("This file cannot be read as text.", path=path, hint="Save it as UTF-8.") from error
