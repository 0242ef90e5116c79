"""The writer `data`: a story from a table, every figure computed and every figure traceable.

It looks what the table is about (rows in time, rows with names, groups, yes-or-no columns), finds facts, scores them
for news and variety, chooses as many as the length allows, orders them (headline, context, development, turn, close)
and words them. Wordings are chosen by the seed.

**Traces.** A line has one trace for every checkable thing it says, *in the order in which they are spoken*: numbers,
times, names, and words of direction (`rose`) or extreme (`highest`). `Trace.derivation` is an expression of
`rushlight.create.derivation` that gives exactly that thing: a number, a name, a date, or the truth that backs the word
(`revenue[23] > revenue[0]`, `revenue[23] == max(revenue)`). `Trace.cells` lists the cells behind it; above 2,000, the
deciding ones alone.

**Charts.** A beat carries `Beat.chart`, a dict with these keys; figures stand in the file's own unit:

=============  ======================================================================================================
``kind``       ``bar_chart``, ``line_chart``, ``ranking``, ``share``, ``number`` or ``scatter``
``title``      what is shown, without a full stop
``unit``       unit of the values as in the header, such as ``%`` or ``€ millions``; may be empty
``labels``     names of the values: at most 8, but for a line chart one per point; for ``scatter`` the two axis titles
``values``     numbers, one per label; for ``scatter`` the y values
``x``          ``line_chart``: years as integers or ISO dates; ``scatter``: numbers; otherwise absent
``x_unit``     ``scatter`` only: unit of ``x``
``highlight``  index into ``values`` of what the line is about, or None
``source``     the source to print under the chart
=============  ======================================================================================================
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from rushlight.artifacts import Beat, Line, Script, Source, Trace
from rushlight.core.errors import InputError
from rushlight.create.prose.mood import with_steady_moods
from rushlight.create.sources.table import load_table
from rushlight.create.tabular.groups import context_facts, correlation_facts, flag_facts, group_facts
from rushlight.create.tabular.profile import Profile, profile_table
from rushlight.create.tabular.ranking import ranking_facts
from rushlight.create.tabular.series import series_facts
from rushlight.create.tabular.wording import Fact, realise, words_in
from rushlight.create.writers import Assignment

__all__ = ["write"]

_TOLERANCE = 0.08
_BEAT_LINES = 3


@dataclass(frozen=True)
class _Spoken:
    """A fact with the line that says it."""

    fact: Fact
    line: Line

    @property
    def words(self) -> int:
        return words_in(self.line.text)


def write(assignment: Assignment) -> Script:
    """Tell what a table says.

    Raises:
        InputError: the source is not a table, or it has nothing that could be told.
    """
    source = assignment.source
    if source.form != "table":
        raise InputError(
            "The data writer needs a table, and this source is text.",
            path=source.file.path,
            hint="Use the writer 'extractive'.",
        )
    profile = profile_table(load_table(source.file.path), source.title)
    chooser = random.Random(assignment.seed)  # noqa: S311 - wording, not secrets
    context = [_spoken(fact, profile, source, chooser) for fact in context_facts(profile)]
    facts = [*series_facts(profile), *ranking_facts(profile), *group_facts(profile), *flag_facts(profile)]
    facts += correlation_facts(profile)
    spoken = [_spoken(fact, profile, source, chooser) for fact in sorted(facts, key=lambda fact: -fact.score)]
    if not spoken and not context:
        raise InputError("This table has nothing to tell.", path=source.file.path, hint="Give columns of numbers.")
    closing = _closing(source)
    fixed = sum(item.words for item in context) + sum(words_in(line.text) for line in closing)
    chosen = _choose(spoken, max(assignment.target_words - fixed, 1))
    beats = _arrange(chosen, context, closing, profile, source)
    words = sum(words_in(line.text) for beat in beats for line in beat.lines)
    return Script(
        title=assignment.title,
        language="en",
        beats=with_steady_moods(beats),
        writer="data",
        source_sha256=source.file.sha256,
        notes=_notes(words, assignment.target_words, len(chosen) == len(spoken), source),
    )


def _spoken(fact: Fact, profile: Profile, source: Source, chooser: random.Random) -> _Spoken:
    return _Spoken(fact, realise(fact, profile, source.file.sha256, chooser))


def _closing(source: Source) -> list[Line]:
    """The line that names the source, if the table does."""
    named = source.settings.get("source", "").strip().rstrip(".")
    if not named:
        return []
    text = f"Source: {named}." if len(named) > 60 else f"The source of these figures: {named}."
    return [Line(text=text, traces=(Trace(source_sha256=source.file.sha256, derivation="fact('source')"),))]


def _worth(chosen: list[_Spoken], target: int) -> float:
    if not chosen:
        return -1e6
    kinds: dict[str, int] = {}
    families: dict[tuple[str, str], int] = {}
    leaders = {item.fact.topic for item in chosen if item.fact.kind == "leader"}
    topics: dict[str, int] = {}
    total = 0.0
    for item in sorted(chosen, key=lambda item: -item.fact.score):
        kinds[item.fact.kind] = kinds.get(item.fact.kind, 0) + 1
        topics[item.fact.topic] = topics.get(item.fact.topic, 0) + 1
        family = (item.fact.kind, _family(item.fact.topic))
        families[family] = families.get(family, 0) + 1
        fade = (
            0.55 ** (families[family] - 1)
            * 0.8 ** (kinds[item.fact.kind] - 1)
            * (0.93 if topics[item.fact.topic] > 1 else 1.0)
        )
        fade *= 0.6 if topics[item.fact.topic] > _BEAT_LINES else 1.0
        # Who leads and who stands out is mostly the same news.
        fade *= 0.25 if item.fact.kind == "outlier" and item.fact.topic in leaders else 1.0
        total += item.fact.score * fade
    off = abs(sum(item.words for item in chosen) - target) / target
    # A topic that is touched once jumps about; two or three lines on one topic read as a thought.
    settled = sum(0.06 for count in topics.values() if count >= 2)
    return total + settled - 1.5 * off - (20 * (off - _TOLERANCE / 2) if off > _TOLERANCE / 2 else 0.0)


def _family(topic: str) -> str:
    """What kindred columns share: `mean_temp` and `max_temp` are both about `temp`."""
    words = re.findall(r"[^\W\d_]+", topic)
    return words[-1].lower() if words else topic


def _choose(spoken: list[_Spoken], target: int) -> list[_Spoken]:
    """Add, drop or swap single lines for as long as that makes the story better."""
    spoken = spoken[:60]
    chosen: list[_Spoken] = []
    worth = _worth(chosen, target)
    for _ in range(200):
        free = [item for item in spoken if item not in chosen]
        options = [[*chosen, item] for item in free]
        options += [[other for other in chosen if other is not item] for item in chosen]
        if len(chosen) <= 40:
            options += [[other for other in chosen if other is not item] + [new] for item in chosen for new in free]
        best = max(options, key=lambda option: _worth(option, target), default=chosen)
        if _worth(best, target) <= worth + 1e-9:
            break
        chosen, worth = best, _worth(best, target)
    return chosen or spoken[:1]


def _arrange(
    chosen: list[_Spoken], context: list[_Spoken], closing: list[Line], profile: Profile, source: Source
) -> list[Beat]:
    """Headline first, then what the table is, then topic by topic, turns late, gaps and the source last."""
    chosen = sorted(chosen, key=lambda item: -item.fact.score)
    openers = [item for item in chosen if item.fact.kind in _OPENERS] or chosen
    groups: list[tuple[str, list[_Spoken]]] = []
    head = openers[:1]
    if head:
        groups.append(("hook", head))
    if context:
        groups.append(("context", context))
    rest = [item for item in chosen if item not in head]
    # Two turns make a story; more make a list, so the others are told where their topic is.
    turns = [item for item in rest if item.fact.role == "turn"][:2]
    body = [item for item in rest if item.fact.role != "close" and item not in turns]
    topics = list(dict.fromkeys(item.fact.topic for item in [*head, *body]))
    for topic in topics:
        members = [item for item in body if item.fact.topic == topic]
        members.sort(key=lambda item: _ORDER.get(item.fact.kind, 5))
        groups += [("data", members[at : at + _BEAT_LINES]) for at in range(0, len(members), _BEAT_LINES)]
    groups += [("turn", [item]) for item in turns]
    ends = [item for item in rest if item.fact.role == "close"]
    beats = [_beat(number, role, members, source) for number, (role, members) in enumerate(groups, 1)]
    last = tuple([item.line for item in ends] + closing)
    if last:
        beats.append(Beat(id=f"b{len(beats) + 1:02d}", role="close", lines=last, picture=_picture(profile, source)))
    elif len(beats) > 2:
        beats[-1] = beats[-1].model_copy(update={"role": "close"})
    return beats


_OPENERS = {"change", "record", "leader", "then_now", "concentration", "flag", "break", "division"}
_ORDER = {
    "change": 0,
    "then_now": 0,
    "leader": 0,
    "flag": 0,
    "followers": 1,
    "run": 1,
    "record": 2,
    "low": 3,
    "trailer": 3,
}


def _beat(number: int, role: str, members: list[_Spoken], source: Source) -> Beat:
    lead = max(members, key=lambda item: (item.fact.chart is not None, item.fact.score))
    chart = lead.fact.chart
    if chart is not None:
        chart = {**chart, "source": source.settings.get("source", "") or source.title}
    labels = " ".join(dict.fromkeys(item.fact.picture or item.fact.topic.replace("_", " ") for item in members))
    return Beat(
        id=f"b{number:02d}",
        role=role,  # type: ignore[arg-type]
        heading=str(chart["title"]) if chart else "",
        lines=tuple(item.line for item in members),
        picture=f"{source.title} {labels}".strip().lower(),
        chart=chart,
    )


def _picture(profile: Profile, source: Source) -> str:
    return f"{source.title} {profile.noun}".lower()


def _notes(words: int, target: int, all_used: bool, source: Source) -> tuple[str, ...]:
    notes = []
    if abs(words - target) > _TOLERANCE * target:
        why = "The table has no more to tell" if all_used and words < target else "No set of facts meets the length"
        notes.append(f"{why}: the script has {words} words, {target} were wanted.")
    if not source.language.startswith("en"):
        notes.append(f"The data writer writes English; {source.language} was wanted.")
    if not source.settings.get("source"):
        notes.append("The table does not say where its figures come from; name the source in the brief.")
    return tuple(notes)
