"""How well `check_grounding` tells lines that say what an article says from lines that do not.

Run `make bench ground_text`; it prints and writes `RESULTS.md` beside itself. `--show` lists wrong judgements, of the
tuning articles only.

Conventions. Articles and lines about them were written for this benchmark (`bank.py`): true paraphrases (other words,
numbers in words or rounded, fractions, other units, sums, differences and rates, dates in other formats, surnames
alone) and false lines; each names the sentences it rests on. *Flagged* is the share of true lines in which the check
finds anything ungrounded; *caught* is the share of false ones in which it does, with 95 % Wilson intervals. *Planted*
lies change one number, date or name of a true line by a program (`lies.py`, every kind that the line allows); *facts*
are false lines written by hand with a wrong number, unit, date or name; *meanings* are written by hand with swapped
roles, a wrong direction or negation, an exaggeration or an invented cause. The held-out articles were written and
committed before the check was tuned to the others for the last time, and their lines were not looked at one by one;
articles that had been held out in earlier rounds are tuned to now. The writer of the articles knew the check. Peer:
keeping a line when every number and capitalised word of it stands somewhere in the article, the plain gate that most
pipelines use.
"""

from __future__ import annotations

import math
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bank import FACTS, MEANINGS, SPLITS, Item, read_bank
from lies import KINDS, lies_about

from results import table, write_results

HERE = Path(__file__).parent
SEED = 11
_HEAD = [
    "article", "true lines", "flagged", "planted lies", "caught", "false facts", "caught", "false meanings", "caught",
    "plain gate: flagged", "plain gate: facts caught",
]  # fmt: skip


_REACHED = "On articles that were not seen, the target is reached."
_MISSED = """\
On articles that were not seen, the target is missed. In every round of tuning the articles seen came down to a few true
lines in a hundred, and fresh ones stayed far above: the wordings of a number have a long tail, and a check that
works by rules knows only those it was told. True lines that are flagged are mostly of these kinds: numbers that follow
in two steps (a remainder after two shares, an age from two dates, thirteenth for two places behind eleventh), numbers
that the sentences give in other words (both, a pair, a pound), names that stand for `the state`, `her trainer` or a
skipper several sentences back, and a `not` that says the opposite of an opposite. False lines that pass are mostly
numbers that could be worked out, all for some where the sentences say nothing of the rest, antonyms (accepted for
refused, sunk for risen) and one name in place of another that `he` could mean. In use a flagged line is asked for
again and then replaced by the sentence that it rests on, so that a true line lost costs liveliness, not truth. A model
of entailment would be the next step; none installs from a wheel with its weights."""


@dataclass
class Tally:
    """Counts of judgements: by group how many were tried and how many were judged ungrounded, by whom."""

    tried: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)

    def add(self, groups: Sequence[str], caught: bool, plain: bool) -> None:
        """Count one judgement in each of some groups."""
        for group in groups:
            self.tried[group] += 1
            self.caught[group] += caught
            self.plain[group] += plain

    def share(self, group: str) -> str:
        """How many of a group were judged ungrounded, with the share and its interval."""
        if not self.tried[group]:
            return "–"
        low, high = wilson(self.caught[group], self.tried[group])
        return f"{self.caught[group]} ({self.caught[group] / self.tried[group]:.1%}, {low:.1%}–{high:.1%})"

    def row(self, name: str) -> list[str]:
        """A row of the table of results."""
        groups = ("true", "planted", "facts", "meanings")
        shares = [cell for group in groups for cell in (str(self.tried[group]), self.share(group))]
        given = [self.plain[group] / max(self.tried[group], 1) for group in ("true", "facts")]
        return [name, *shares, *(f"{share:.0%}" for share in given)]

    def kinds(self, kinds: Sequence[str]) -> str:
        """How many were caught of each kind that was tried."""
        return ", ".join(f"{kind} {self.caught[kind]}/{self.tried[kind]}" for kind in kinds if self.tried[kind])


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The 95 % score interval of a share."""
    z, share = 1.96, hits / tries
    middle = (share + z * z / (2 * tries)) / (1 + z * z / tries)
    reach = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries)) / (1 + z * z / tries)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def reached(total: Tally) -> bool:
    """Whether the target is reached: for planted lies and false facts together, and for true lines."""
    caught = total.caught["planted"] + total.caught["facts"]
    tried = total.tried["planted"] + total.tried["facts"]
    return caught >= 0.99 * tried and total.caught["true"] <= 0.01 * total.tried["true"]


def plain_gate(text: str, article: str) -> bool:
    """The peer: whether every number and capitalised word (but the first) stands in the article."""
    words = re.findall(r"\d[\d,.]*\d|\d|(?<!^)\b[A-Z]\w+", text)
    return all(word in article for word in words)


def measure(items: Sequence[Item], names: dict[str, list[list[str]]], show: Callable[[str], object]) -> Tally:
    """Judge the lines of one article and the lies that can be planted in its true ones."""
    tally = Tally()
    chooser = random.Random(f"{SEED} {items[0].article}")
    for item in items:
        reasons = item.faults(item.line)
        group = "true" if item.kind == "true" else "facts" if item.kind in FACTS else "meanings"
        tally.add((group, item.kind) if group != "true" else (group,), bool(reasons), _plainly(item, item.line.text))
        if bool(reasons) == (item.kind == "true"):
            show(f"{item.article}, {item.kind}: {item.line.text} -> {reasons}\n")
        if item.kind != "true":
            continue
        lies = lies_about(
            item.line.text, item.evidence, item.source.text, names[item.article], names["elsewhere"], chooser
        )
        for lie in lies:
            caught = bool(item.faults(item.line.model_copy(update={"text": lie.after})))
            tally.add(("planted", lie.kind), caught, _plainly(item, lie.after))
            if not caught:
                show(f"{item.article}, planted {lie.kind}: {lie.after} (was: {lie.before})\n")
    return tally


def _plainly(item: Item, text: str) -> bool:
    return not plain_gate(text, item.source.text)


def main() -> None:
    """Measure and report."""
    items = read_bank()
    names = tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))
    tables, totals, notes = {}, {}, []
    for split in SPLITS:
        show = sys.stdout.write if "--show" in sys.argv and split == "tuning" else lambda text: None
        rows, total = [_HEAD], Tally()
        for article in dict.fromkeys(item.article for item in items if item.split == split):
            tally = measure([item for item in items if item.article == article], names, show)
            rows.append(tally.row(article))
            for name in ("tried", "caught", "plain"):
                getattr(total, name).update(getattr(tally, name))
        rows.append(total.row("all"))
        tables[split], totals[split] = rows, total
        notes.append(f"Caught by kind, {split}: {total.kinds((*KINDS, *FACTS, *MEANINGS))}.")
    notes = [
        "The articles above were tuned to; those below were not seen: they say what to expect of the next article.",
        table(tables["held out"]),
        *notes,
        "Target: at least 99 % of false numbers and names caught, at most 1 % of true lines flagged.",
        _REACHED if reached(totals["held out"]) else _MISSED,
    ]
    write_results(__file__, (__doc__ or "").split("Conventions. ")[1], tables["tuning"], notes)


if __name__ == "__main__":
    main()
