from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import MusicPlan, Section
from rushlight.timeline.music.form import bar_starts, plan_form, tidy_sections


def section(start: Fraction | float, end: Fraction | float, arousal: float = 0.4) -> Section:
    return Section(start=Fraction(start), end=Fraction(end), valence=0.1, arousal=arousal)


@settings(max_examples=80, deadline=None)
@given(frames=st.integers(25, 25 * 900), cut=st.floats(0.05, 0.95), beats_per_bar=st.sampled_from([3, 4]))
def test_bars_fill_the_film_up_to_the_last_chord(frames: int, cut: float, beats_per_bar: int) -> None:
    duration = Fraction(frames, 25)
    middle = Fraction(round(cut * frames), 25)
    sections = (section(0, middle), section(middle, duration, 0.8)) if 0 < middle < duration else ()
    form = plan_form(
        MusicPlan(duration=duration, sections=sections),
        tempo_range=(72, 104),
        tempo_wish=88,
        beats_per_bar=beats_per_bar,
    )
    assert form.total_beats == duration * form.tempo_bpm / 60
    assert form.total_beats.denominator == 1
    bars = form.bars
    edges = [bar.start for bar in bars] + [form.final_beat]
    assert edges[0] == 0
    assert all(start + bar.length == following for start, bar, following in zip(edges, bars, edges[1:], strict=False))
    assert 0 <= form.final_beat < form.total_beats
    section_beats = {section.start * form.tempo_bpm / 60 for section in form.sections}
    assert section_beats <= set(edges), "a section begins inside a bar"
    irregular = [bar for bar in bars if bar.length != beats_per_bar]
    assert len(irregular) <= len(form.sections) + 1
    if form.phrases:
        assert form.phrases[-1].cadence == "final"


def test_the_tempo_is_chosen_so_that_changes_meet_bar_lines() -> None:
    cuts = [Fraction(0), Fraction("11.2"), Fraction("24.6"), Fraction("37.9"), Fraction(60)]
    sections = tuple(section(a, b) for a, b in pairwise(cuts))
    form = plan_form(
        MusicPlan(duration=Fraction(60), sections=sections), tempo_range=(72, 104), tempo_wish=85, beats_per_bar=4
    )
    misses = [abs(float(a.start - b)) for a, b in zip(form.sections, cuts, strict=False)]
    assert max(misses) < 0.45
    assert sum(misses) / 3 < 0.3


def test_bars_begin_anew_with_every_section() -> None:
    assert bar_starts([0, 10], 18, 4) == [(0, 4, 0), (4, 4, 0), (8, 2, 0), (10, 4, 1), (14, 4, 1)]
    assert bar_starts([0], 9, 4) == [(0, 4, 0), (4, 5, 0)], "a single beat left over joins the bar before it"


def test_gaps_are_closed_and_short_sections_join_their_neighbours() -> None:
    plan = MusicPlan(duration=Fraction(40), sections=(section(2, 10), section(12, 40)))
    tidy = tidy_sections(plan)
    assert [(s.start, s.end) for s in tidy] == [(0, 12), (12, 40)]
    jumpy = MusicPlan(duration=Fraction(40), sections=(section(0, 20, 0.2), section(20, 21, 0.8), section(21, 40, 0.9)))
    form = plan_form(jumpy, tempo_range=(72, 104), tempo_wish=85, beats_per_bar=4)
    assert len(form.sections) == 2
    assert abs(form.sections[1].start - 20) < 1, "the short one joined the section it resembles"


def test_a_fixed_tempo_is_kept_and_the_last_chord_takes_the_rest() -> None:
    form = plan_form(
        MusicPlan(duration=Fraction("31.7"), sections=()),
        tempo_range=(72, 104),
        tempo_wish=85,
        beats_per_bar=4,
        tempo_bpm=Fraction(100),
    )
    assert form.tempo_bpm == 100
    assert form.total_beats == Fraction("31.7") * 100 / 60
