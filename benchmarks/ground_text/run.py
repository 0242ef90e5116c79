"""How well `check_grounding` tells true paraphrases of an article from ones with a planted false number or name.

Run `make bench ground_text`; it prints and writes `RESULTS.md` beside itself.

Conventions. Six articles and a bank of true paraphrases were written for this benchmark: numbers in words, rounded
(`about 40,000`, `nearly half`), as fractions, dates in other formats, surnames alone, acronyms. Each paraphrase names
the sentences it rests on. *Flagged* is the share of true paraphrases in which the check finds anything ungrounded.
Lies are planted by `lies.py` (200 drawn by seed from all it can make); *caught* is the share in which it finds at
least one thing ungrounded. All articles were looked at while the check was improved, so these figures flatter it: an
article that it has not seen may fare worse. Peer: keeping a line when every number and capitalised word of it stands
somewhere in the article, the plain gate that most pipelines use.
"""

from __future__ import annotations

import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lies import KINDS, Lie, lies_about

from results import write_results
from rushlight.artifacts import Line, Source, Trace
from rushlight.create.check_grounding import line_faults
from rushlight.create.prose.sentences import find_sentences
from rushlight.create.read_source import load_source

HERE = Path(__file__).parent
HELD_OUT: tuple[str, ...] = ()
LIES, SEED = 200, 11


@dataclass(frozen=True)
class Paraphrase:
    """A true line, where it rests, and how lines about its article are judged."""

    article: str
    line: Line
    evidence: str
    source: Source
    faults: Callable[[Line], list[str]]


def bank() -> list[Paraphrase]:
    found = []
    for path in sorted((HERE / "articles").glob("*.md")):
        source = load_source(path)
        sentences = dict(enumerate(find_sentences(source), 1))
        faults = line_faults(source)
        for row in path.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
            numbers, _, text = row.partition(" | ")
            cited = [sentences[int(number)] for number in numbers.split(",")]
            traces = tuple(Trace(source_sha256=source.file.sha256, start=s.start, end=s.end) for s in cited)
            evidence = " ".join(s.text for s in cited)
            found.append(Paraphrase(path.stem, Line(text=text, traces=traces), evidence, source, faults))
    return found


def plain_gate(text: str, article: str) -> bool:
    """The peer: whether every number and capitalised word (but the first) stands in the article."""
    words = re.findall(r"\d[\d,.]*\d|\d|(?<!^)\b[A-Z]\w+", text)
    return all(word in article for word in words)


def main() -> None:
    """Measure and report."""
    show = "--show" in sys.argv
    paraphrases = bank()
    chooser = random.Random(SEED)
    names = tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))
    lies: list[tuple[Paraphrase, Lie]] = []
    for item in paraphrases:
        made = lies_about(
            item.line.text, item.evidence, item.source.text, names[item.article], names["elsewhere"], chooser
        )
        lies += [(item, lie) for lie in made]
    chooser.shuffle(lies)
    lies, rest = lies[:LIES], lies[LIES:]
    rows = [["article", "true paraphrases", "flagged", "lies", "caught", "plain gate: flagged", "plain gate: caught"]]
    total: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for name in [*dict.fromkeys(item.article for item in paraphrases)]:
        count: Counter[str] = Counter()
        for item in paraphrases:
            if item.article != name:
                continue
            count["true"] += 1
            reasons = item.faults(item.line)
            count["flagged"] += bool(reasons)
            count["plain flagged"] += not plain_gate(item.line.text, item.source.text)
            if reasons and show and name not in HELD_OUT:
                sys.stdout.write(f"FLAGGED {name}: {item.line.text} -> {reasons}\n")
        for item, lie in lies:
            if item.article != name:
                continue
            count["lies"] += 1
            tried[lie.kind] += 1
            caught = bool(item.faults(item.line.model_copy(update={"text": lie.after})))
            count["caught"] += caught
            kinds[lie.kind] += caught
            count["plain caught"] += not plain_gate(lie.after, item.source.text)
            if not caught and show and name not in HELD_OUT:
                sys.stdout.write(f"MISSED {name} {lie.kind}: {lie.after} (was: {lie.before})\n")
        total += count
        rows.append(_row(f"{name} (held out)" if name in HELD_OUT else name, count))
    rows.append(_row("all", total))
    missed = [(item, lie) for item, lie in rest if not item.faults(item.line.model_copy(update={"text": lie.after}))]
    more = len(rest) - len(missed)
    for item, lie in missed:
        if show and item.article not in HELD_OUT:
            sys.stdout.write(f"MISSED {item.article} {lie.kind}: {lie.after} (was: {lie.before})\n")
    notes = [
        "Caught by kind: " + ", ".join(f"{kind} {kinds[kind]}/{tried[kind]}" for kind in KINDS) + ".",
        f"All other lies that can be made, beyond the {LIES} drawn: caught {more}/{len(rest)}.",
        "Target: at least 99 % caught, at most 1 % flagged.",
    ]
    write_results(__file__, (__doc__ or "").split("Conventions. ")[1], rows, notes)


def _row(name: str, count: Counter[str]) -> list[str]:
    true, lies = max(count["true"], 1), max(count["lies"], 1)
    return [
        name, str(count["true"]), f"{count['flagged']} ({count['flagged'] / true:.1%})", str(count["lies"]),
        f"{count['caught']} ({count['caught'] / lies:.1%})", f"{count['plain flagged'] / true:.0%}",
        f"{count['plain caught'] / lies:.0%}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
