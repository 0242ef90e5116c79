"""The bank: articles, and for each lines that say what it says in other words and lines that do not.

An article is `articles/NAME.md`. `articles/NAME.txt` begins with its split: `tuning` articles were looked at while the
check was improved, `held out` ones were written and committed before that and never looked at line by line. Every
further row is `SENTENCES | KIND | LINE`: the numbers of the sentences that the line rests on, `true` or the way in
which it is false, and the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rushlight.artifacts import Line, Source, Trace
from rushlight.create.check_grounding import line_faults
from rushlight.create.prose.sentences import find_sentences
from rushlight.create.read_source import load_source

__all__ = ["FACTS", "MEANINGS", "SPLITS", "Item", "read_bank"]

ARTICLES = Path(__file__).parent / "articles"
SPLITS = ("tuning", "held out")
FACTS = ("wrong number", "wrong unit", "wrong date", "wrong name")
MEANINGS = ("wrong direction", "swapped roles", "negation", "exaggeration", "invented cause")


@dataclass(frozen=True)
class Item:
    """A line of the bank.

    Attributes:
        article: name of its article.
        split: one of `SPLITS`.
        kind: `true`, or one of `FACTS` and `MEANINGS`.
        line: the line, with traces to the sentences it rests on.
        evidence: these sentences.
        source: the article.
        faults: how lines about the article are judged.
    """

    article: str
    split: str
    kind: str
    line: Line
    evidence: str
    source: Source
    faults: Callable[[Line], list[str]]


def read_bank() -> list[Item]:
    """All lines of all articles, by name of the article.

    Raises:
        ValueError: a row names a split or kind that is not one.
    """
    found: list[Item] = []
    for path in sorted(ARTICLES.glob("*.md")):
        source = load_source(path)
        sentences = dict(enumerate(find_sentences(source), 1))
        faults = line_faults(source)
        head, *rows = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        split = head.removeprefix("split: ")
        if split not in SPLITS:
            raise ValueError(f"{path.stem}: no split {split!r}")
        for row in rows:
            numbers, kind, text = row.split(" | ", 2)
            if kind not in ("true", *FACTS, *MEANINGS):
                raise ValueError(f"{path.stem}: no kind {kind!r}")
            cited = [sentences[int(number)] for number in numbers.split(",")]
            traces = tuple(Trace(source_sha256=source.file.sha256, start=s.start, end=s.end) for s in cited)
            evidence = " ".join(s.text for s in cited)
            found.append(Item(path.stem, split, kind, Line(text=text, traces=traces), evidence, source, faults))
    return found
