"""Form: tempo, bars, sections and phrases that fit a film of a given length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from rushlight.artifacts import MusicPlan, Section
from rushlight.core.errors import InputError

__all__ = ["Bar", "Form", "Phrase", "bar_starts", "plan_form", "tidy_sections"]

FINAL_CHORD_SECONDS = 2.4
"""A closing chord shorter than this sounds cut off."""


@dataclass(frozen=True)
class Bar:
    """One bar: where it begins and how many beats it has (the last bar of a section may be shorter or longer)."""

    start: int
    length: int
    section: int


@dataclass(frozen=True)
class Phrase:
    """Some bars that belong together, what theme they carry and how they close."""

    bars: tuple[Bar, ...]
    theme: str
    """`A`, `B` or `C`; a return of the same letter is a return of the same theme."""
    turn: int
    """How many times this theme has been heard before."""
    cadence: str
    """`half`, `authentic`, `deceptive` or `final`."""


@dataclass(frozen=True)
class Form:
    """The plan of a piece in beats."""

    duration: Fraction
    tempo_bpm: Fraction
    beats_per_bar: int
    total_beats: Fraction
    """A whole number, unless the person fixed the tempo."""
    final_beat: int
    """Where the last chord begins; it lasts to the end."""
    sections: tuple[Section, ...]
    """Times lie exactly on beats."""
    phrases: tuple[Phrase, ...]

    @property
    def bars(self) -> list[Bar]:
        """All bars before the last chord."""
        return [bar for phrase in self.phrases for bar in phrase.bars]

    def section_at(self, beat: Fraction | int) -> Section:
        """The section a beat lies in."""
        seconds = beat * 60 / self.tempo_bpm
        return next((section for section in reversed(self.sections) if section.start <= seconds), self.sections[0])


def tidy_sections(plan: MusicPlan) -> list[Section]:
    """The plan's sections in order, made to cover the film from zero to its end without gaps.

    Raises:
        InputError: the film is shorter than a second, a section ends before it begins, or two overlap.
    """
    if plan.duration < 1:
        raise InputError(
            f"A film of {float(plan.duration):g} s is too short for music.", hint="Music needs at least one second."
        )
    found: list[Section] = []
    for section in sorted(plan.sections, key=lambda item: item.start):
        if section.end <= section.start or (found and section.start < found[-1].end):
            raise InputError(
                "This section ends before it begins or overlaps the one before it.",
                where=f"{float(section.start):g}–{float(section.end):g} s",
                hint="Give sections in order, each ending where the next begins.",
            )
        if section.start < plan.duration:
            found.append(section)
    if not found:
        return [Section(start=Fraction(0), end=plan.duration, valence=0.1, arousal=0.3)]
    starts = [Fraction(0), *(section.start for section in found[1:])]
    ends = [*starts[1:], plan.duration]
    return [
        section.model_copy(update={"start": start, "end": end})
        for section, start, end in zip(found, starts, ends, strict=True)
    ]


def _merge(one: Section, other: Section) -> Section:
    first, second = float(one.end - one.start), float(other.end - other.start)
    weight = first / (first + second)
    longer = one if first >= second else other
    return Section(
        start=one.start,
        end=other.end,
        valence=one.valence * weight + other.valence * (1 - weight),
        arousal=one.arousal * weight + other.arousal * (1 - weight),
        label=longer.label,
    )


def _merge_short(sections: list[Section], shortest_seconds: float) -> list[Section]:
    merged = list(sections)
    while len(merged) > 1:
        lengths = [float(section.end - section.start) for section in merged]
        index = min(range(len(merged)), key=lengths.__getitem__)
        if lengths[index] >= shortest_seconds:
            break
        neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(merged)]
        here = merged[index]
        best = min(
            neighbours,
            key=lambda i: abs(merged[i].valence - here.valence) + abs(merged[i].arousal - here.arousal),
        )
        left = min(index, best)
        merged[left : left + 2] = [_merge(merged[left], merged[left + 1])]
    return merged


def _snap(changes: list[float], beats_per_bar: int, total: int) -> list[int]:
    """Section changes in whole beats: on a bar line where one lies within a beat, else on the nearest beat."""
    beats = [0]
    for change in changes:
        bars = round((change - beats[-1]) / beats_per_bar)
        line = beats[-1] + max(bars, 1) * beats_per_bar
        beat = line if abs(change - line) <= 1 else max(round(change), beats[-1] + 1)
        if beat >= total:
            break
        beats.append(beat)
    return beats


def _misfit(sections: list[Section], bpm: float, beats_per_bar: int, total: int) -> float:
    """Mean distance in seconds of section changes from where music can change; irregular bars cost extra."""
    changes = [float(section.start) * bpm / 60 for section in sections[1:]]
    beats = _snap(changes, beats_per_bar, total)
    irregular = sum((b - a) % beats_per_bar != 0 for a, b in pairwise(beats))
    late = sum(abs(change - beat) for change, beat in zip(changes, beats[1:], strict=False)) * 60 / bpm
    return (late + 0.5 * irregular) / max(len(changes), 1)


def _choose_total(
    sections: list[Section], duration: Fraction, tempo_range: tuple[int, int], wish: float, beats_per_bar: int
) -> int:
    low, high = tempo_range
    counts = range(ceil(low * duration / 60), floor(high * duration / 60) + 1)
    if not counts:
        return max(round(Fraction(wish) * duration / 60), 1)

    def cost(total: int) -> float:
        bpm = float(60 * total / duration)
        drift = ((bpm - wish) / (high - low)) ** 2
        return _misfit(sections, bpm, beats_per_bar, total) + 0.6 * drift + 0.1 * (total % beats_per_bar > 0)

    return min(counts, key=cost)


def _final_beat(last_start: int, beats_per_bar: int, total: Fraction, bpm: Fraction) -> int:
    need = min(Fraction(FINAL_CHORD_SECONDS) * bpm / 60, total / 2)
    lines = [beat for beat in range(last_start, floor(total), beats_per_bar) if total - beat >= need]
    if len(lines) > 1 or (lines and last_start > 0):
        return lines[-1]
    return max(floor(total - need), last_start)


def bar_starts(starts: list[int], end: int, beats_per_bar: int) -> list[tuple[int, int, int]]:
    """Bars as (start, length, section): counted anew from every section start, so its last bar may be irregular.

    A remainder of one beat is joined to the bar before it.
    """
    bars: list[tuple[int, int, int]] = []
    for index, (start, stop) in enumerate(pairwise([*starts, end])):
        lines = list(range(start, stop, beats_per_bar))
        if len(lines) > 1 and stop - lines[-1] == 1:
            lines.pop()
        bars += [(a, b - a, index) for a, b in pairwise([*lines, stop])]
    return bars


def _phrase_lengths(bars: int) -> list[int]:
    if bars <= 5:
        return [bars] if bars else []
    lengths = [4] * (bars // 4)
    rest = bars % 4
    if rest == 1:
        lengths[-1] += 1
    elif rest:
        lengths.append(rest)
    return lengths


def _themes(counts: list[int]) -> list[str]:
    """Which theme each phrase carries, given how many each section has: the first theme comes back last."""
    themes: list[str] = []
    for index, count in enumerate(counts):
        if index == 0 and len(counts) == 1:
            letters = ["A" if i % 4 != 2 or i == count - 1 else "B" for i in range(count)]
        elif index in (0, len(counts) - 1):
            letters = ["A"] * count
        else:
            letters = ["BAC"[(index - 1) % 3]] * count
        themes += letters
    return themes


def _phrases(bars: list[Bar], sections: int) -> tuple[Phrase, ...]:
    grouped: list[tuple[Bar, ...]] = []
    counts: list[int] = []
    for index in range(sections):
        own = [bar for bar in bars if bar.section == index]
        lengths = _phrase_lengths(len(own))
        counts.append(len(lengths))
        for length in lengths:
            grouped.append(tuple(own[:length]))
            own = own[length:]
    phrases: list[Phrase] = []
    for position, (group, theme) in enumerate(zip(grouped, _themes(counts), strict=True)):
        ends_section = position + 1 == len(grouped) or grouped[position + 1][0].section != group[0].section
        brief = len(group) < 3  # a close after two bars would stop the music
        cadence = (
            ("half" if brief else "authentic")
            if ends_section
            else ("half", "deceptive", "half", "authentic")[position % 4]
        )
        phrases.append(Phrase(group, theme, sum(other.theme == theme for other in phrases), cadence))
    if phrases:
        phrases[-1] = replace(phrases[-1], cadence="final")
    return tuple(phrases)


def plan_form(
    plan: MusicPlan,
    *,
    tempo_range: tuple[int, int],
    tempo_wish: float,
    beats_per_bar: int,
    tempo_bpm: Fraction | None = None,
) -> Form:
    """Fit bars to a film: a constant tempo that makes it a whole number of beats, with changes near bar lines.

    Args:
        plan: the film's length and moods.
        tempo_range: slowest and fastest quarter notes a minute.
        tempo_wish: the tempo the mood asks for; kept to where the fit allows.
        beats_per_bar: usually 4 or 3.
        tempo_bpm: a tempo the person fixed; then the last chord takes what is left of the last beat.

    Raises:
        InputError: see `tidy_sections`.
    """
    duration = plan.duration
    wish = float(tempo_bpm) if tempo_bpm else tempo_wish
    sections = _merge_short(tidy_sections(plan), 1.5 * beats_per_bar * 60 / wish)
    if tempo_bpm is None:
        whole = _choose_total(sections, duration, tempo_range, tempo_wish, beats_per_bar)
        tempo_bpm, total = Fraction(60 * whole) / duration, Fraction(whole)
    else:
        total = duration * tempo_bpm / 60
    starts = _snap(
        [float(section.start * tempo_bpm / 60) for section in sections[1:]], beats_per_bar, max(floor(total), 1)
    )
    sections = sections[: len(starts)]
    final = _final_beat(starts[-1], beats_per_bar, total, tempo_bpm)
    bars = [Bar(*bar) for bar in bar_starts(starts, final, beats_per_bar)] if final > 0 else []
    bars = [bar for bar in bars if bar.length > 0]
    edges = [*(beat * 60 / tempo_bpm for beat in starts), duration]
    placed = tuple(
        section.model_copy(update={"start": edges[i], "end": edges[i + 1]}) for i, section in enumerate(sections)
    )
    return Form(duration, tempo_bpm, beats_per_bar, total, final, placed, _phrases(bars, len(sections)))
