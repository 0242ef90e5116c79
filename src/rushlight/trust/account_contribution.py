"""The capability `account_contribution`."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import Annotated, Any

import opentimelineio as otio
from pydantic import Field

from rushlight.artifacts import Cut, Narration, Script, Source
from rushlight.artifacts.contribution import ContributionAccount, Contributor, Entry, Kind, WorkHistory
from rushlight.artifacts.script import Line
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.timeline.cutfile import MediaFinder, read_timeline, seconds_of

__all__ = ["account_contribution"]

MEASURES = ("picture_seconds", "pixels", "speech_seconds", "music_seconds", "words", "edits", "decisions")
_KINDS: tuple[Kind, ...] = ("person", "model", "rule", "data")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_GRAPHICS = Contributor(kind="rule", name="Rushlight graphics")
_NOTHING = Contributor(kind="rule", name="black")
# Voices that work by rule; all others were trained.
_RULE_VOICES = ("espeak/",)
_RULE_WRITERS = ("extractive", "data", "grammar", "screenplay", "")


class _Sums:
    """Amounts by measure and contributor, with how and from what they were found."""

    def __init__(self) -> None:
        self.amounts: dict[tuple[str, Contributor], Fraction] = defaultdict(Fraction)
        self.how: dict[tuple[str, Contributor], tuple[str, dict[str, None]]] = {}

    def add(self, measure: str, who: Contributor, amount: Fraction | int, method: str, evidence: str) -> None:
        key = (measure, who)
        self.amounts[key] += amount
        self.how.setdefault(key, (method, {}))[1][evidence] = None

    def entries(self) -> tuple[Entry, ...]:
        made = []
        for (measure, who), amount in self.amounts.items():
            method, evidence = self.how[(measure, who)]
            said = {"measure": measure, "contributor": who, "amount": amount, "method": method}
            if amount:
                made.append(Entry.model_validate({**said, "evidence": tuple(evidence)[:50]}))
        return tuple(sorted(made, key=lambda one: (MEASURES.index(one.measure), -one.amount, one.contributor.name)))


@capability(version=1)
def account_contribution(
    cut: Cut,
    script: Script | None = None,
    narration: Narration | None = None,
    source: Source | None = None,
    history: WorkHistory | None = None,
    /,
    *,
    weights: Annotated[dict[str, float], Field(description="How much each measure counts, such as words=2.")] = {},  # noqa: B006
) -> ContributionAccount:
    """Account for what people, models, rules and data each contributed to a film: V = f(H, A, D).

    Seconds of picture and pixels are read off the timeline, clip by clip; seconds of speech off the narration; words
    off the script, each word that stands in the place it traces to being the source's, the rest the writer's, and
    every word of a line that a person wrote theirs; edits and decisions off the records. Each measure's entries add up
    to its whole exactly. A single percentage is given only by kind, and only when somebody said what counts how much.

    Returns:
        A vector of entries with method and evidence, categories for music metadata, and a credits page.

    Raises:
        InputError: a weight is negative or of no measure, or the timeline cannot be read.
    """
    current_run().progress(0.0, "measuring who did what")
    for name, value in weights.items():
        if name not in MEASURES or not value >= 0:
            raise InputError(f"weights: {name}={value} makes no sense.", hint=f"Measures are {', '.join(MEASURES)}.")
    history = history or WorkHistory()
    sums = _Sums()
    timeline = read_timeline(cut.file.path)
    _pictures(timeline, cut, history, sums)
    _music(timeline, cut, history, sums)
    if narration is not None:
        _speech(narration, sums)
    if script is not None:
        _words(script, source, history, sums)
    _deeds(history, sums)
    entries = sums.entries()
    totals: dict[str, Fraction] = {}
    for entry in entries:
        totals[entry.measure] = totals.get(entry.measure, Fraction(0)) + entry.amount
    account = ContributionAccount(
        title=script.title if script else timeline.name or "Film", totals=totals, entries=entries, weights=weights,
        ai_categories=_categories(sums, script, narration), credits=_credits(entries),
    )  # fmt: skip
    return account.model_copy(update={"weighed": _weighed(account)}) if weights else account


def _pictures(timeline: otio.schema.Timeline, cut: Cut, history: WorkHistory, sums: _Sums) -> None:
    """Seconds and pixels of the lowest picture track, clip by clip; what lies above it are labels and captions."""
    tracks = [track for track in timeline.tracks if track.kind == otio.schema.TrackKind.Video]
    if not tracks or not cut.width_px:
        return
    owners = {one.sha256: one for one in history.media}
    find = MediaFinder(cut.file.path.parent, cut.media)
    for number, item in enumerate(tracks[0]):
        if isinstance(item, otio.schema.Transition):
            continue
        seconds = seconds_of(item.duration(), cut.rate)
        who, evidence = _owner(item, find, owners, history)
        place = f"picture clip {number + 1}: {evidence}"
        frames = seconds * cut.rate
        sums.add("picture_seconds", who, seconds, "length of clips on the timeline", place)
        sums.add("pixels", who, frames * cut.width_px * cut.height_px, "frames of clips times picture size", place)


def _owner(
    item: Any, find: MediaFinder, owners: dict[str, Any], history: WorkHistory
) -> tuple[Contributor, str]:  # fmt: skip
    if isinstance(item, otio.schema.Gap) or not getattr(item, "enabled", True):
        return _NOTHING, "a gap"
    if isinstance(item.media_reference, otio.schema.GeneratorReference):
        return _GRAPHICS, str(item.media_reference.generator_kind)
    file = find(item)
    if file is None:
        return Contributor(kind="data", name="missing media"), item.name
    known = owners.get(file.sha256)
    if known is not None:
        return known.contributor, known.evidence
    return Contributor(kind="person", name=history.person), f"file {file.path.name}"


def _music(timeline: otio.schema.Timeline, cut: Cut, history: WorkHistory, sums: _Sums) -> None:
    owners = {one.sha256: one for one in history.media}
    find = MediaFinder(cut.file.path.parent, cut.media)
    for track in timeline.tracks:
        if track.kind != otio.schema.TrackKind.Audio or "music" not in track.name.lower():
            continue
        for item in track:
            if not isinstance(item, otio.schema.Clip) or not item.enabled:
                continue
            file = find(item)
            known = owners.get(file.sha256) if file else None
            made_here = file is not None and ".rushlight" in file.path.parts
            composer = Contributor(kind="rule", name="Rushlight composer")
            who = known.contributor if known else composer if made_here else Contributor(
                kind="person", name=history.person
            )  # fmt: skip
            seconds = seconds_of(item.duration(), cut.rate)
            sums.add("music_seconds", who, seconds, "length of clips on the timeline", f"music clip {item.name}")


def _speech(narration: Narration, sums: _Sums) -> None:
    for number, line in enumerate(narration.lines, 1):
        voice = narration.voices.get(line.speaker, "")
        kind = "rule" if voice.startswith(_RULE_VOICES) else "model"
        who = Contributor(kind=kind, name=f"voice {voice}")  # type: ignore[arg-type]
        sums.add("speech_seconds", who, line.end - line.start, "times of spoken lines", f"line {number}")


def _words(script: Script, source: Source | None, history: WorkHistory, sums: _Sums) -> None:
    kind = "rule" if script.writer in _RULE_WRITERS else "model"
    writer = Contributor(kind=kind, name=f"writer {script.writer}")  # type: ignore[arg-type]
    person = Contributor(kind="person", name=history.person)
    data = Contributor(kind="data", name=source.file.path.name if source else "source")
    for number, (_, line) in enumerate(script.lines(), 1):
        words = _WORD.findall(line.text)
        if line.author == "person" or script.writer == "person":
            sums.add("words", person, len(words), "lines that a person wrote", f"line {number}")
            continue
        quoted = _quoted(words, line, source)
        sums.add("words", data, quoted, "words that stand where the line traces to", f"line {number}")
        sums.add("words", writer, len(words) - quoted, "words that stand in no source", f"line {number}")


def _quoted(words: list[str], line: Line, source: Source | None) -> int:
    """How many words of a line stand, each as often as there, in the stretches of the source it traces to."""
    if source is None:
        return 0
    there: dict[str, int] = defaultdict(int)
    for trace in line.traces:
        if trace.start is not None and trace.end is not None:
            for word in _WORD.findall(source.text[trace.start : trace.end]):
                there[word.casefold()] += 1
    count = 0
    for word in words:
        if there[word.casefold()] > 0:
            there[word.casefold()] -= 1
            count += 1
    return count


def _deeds(history: WorkHistory, sums: _Sums) -> None:
    person = Contributor(kind="person", name=history.person)
    for deed in history.deeds:
        evidence = f"record {deed.record[:12]} ({deed.step})"
        if deed.is_edit:
            sums.add("edits", deed.contributor, 1, "results changed by hand", evidence)
            sums.add("decisions", deed.contributor, 1, "results changed by hand, and parameters", evidence)
            continue
        sums.add("edits", deed.contributor, 1, "steps that ran", evidence)
        if deed.chosen:
            sums.add("decisions", person, len(deed.chosen), "results changed by hand, and parameters", evidence)
        if deed.left:
            sums.add("decisions", deed.contributor, len(deed.left), "parameters left to the software", evidence)


def _weighed(account: ContributionAccount) -> dict[str, float]:
    """By kind: the mean of its shares of all measures, weighed as somebody said."""
    used = {name: weight for name, weight in account.weights.items() if weight and name in account.totals}
    whole = sum(used.values())
    if not whole:
        return {}
    return {kind: sum(weight * account.share(name, kind) for name, weight in used.items()) / whole for kind in _KINDS}


def _categories(sums: _Sums, script: Script | None, narration: Narration | None) -> dict[str, str]:
    """What AI did in each of the categories that music metadata (DDEX) asks about."""

    def said(measure: str) -> str:
        kinds = {who.kind for (name, who), amount in sums.amounts.items() if name == measure and amount}
        made = kinds & {"model", "rule"}
        if not kinds:
            return ""
        return "AI-generated" if kinds <= {"model", "rule"} else "AI-assisted" if made else "Human"

    found = {"Lyrics": said("words") if script else "", "Vocals": said("speech_seconds") if narration else ""}
    found |= {"Composition": said("music_seconds"), "Instrumentation": said("music_seconds")}
    found["PostProduction"] = said("edits")
    return {name: value for name, value in found.items() if value}


def _credits(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    roles = {
        "picture_seconds": "Pictures", "speech_seconds": "Voice", "music_seconds": "Music", "words": "Words",
        "edits": "Editing",
    }  # fmt: skip
    lines = []
    for measure, role in roles.items():
        names = [
            entry.contributor.name + (" (AI)" if entry.contributor.kind == "model" else "")
            for entry in entries
            if entry.measure == measure and entry.contributor != _NOTHING
        ]
        if names:
            lines.append(f"{role}: {', '.join(dict.fromkeys(names))}")
    return tuple(lines)
