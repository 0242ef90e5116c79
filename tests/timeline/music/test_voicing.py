from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.timeline.music.theory import chord_of
from rushlight.timeline.music.voicing import ALTO, BASS, SOPRANO, TENOR, lead_voices, parallels

NUMERALS = ["I", "ii", "ii7", "iii", "IV", "V", "V7", "vi", "viio", "iv", "V/V", "V/vi"]


def test_parallels_are_counted_as_textbooks_do() -> None:
    assert parallels((48, 55), (50, 57)) == 1  # C-G to D-A: fifths
    assert parallels((48, 60), (50, 62)) == 1  # octaves
    assert parallels((48, 67), (50, 69)) == 1  # a twelfth counts as a fifth
    assert parallels((48, 55), (48, 55)) == 0  # standing still is none
    assert parallels((48, 55), (55, 62 - 12)) == 0  # contrary motion
    assert parallels((48, 52), (50, 53)) == 0  # thirds are free
    assert parallels((48, 55, 60), (50, 57, 62)) == 2  # the upper fourths are free


@settings(max_examples=60, deadline=None)
@given(numerals=st.lists(st.sampled_from(NUMERALS), min_size=1, max_size=24), tonic=st.integers(0, 11))
def test_four_voices_keep_ranges_order_and_rules(numerals: list[str], tonic: int) -> None:
    chords = [chord_of(numeral, tonic, "major") for numeral in numerals]
    voicings = lead_voices(chords, [i in (0, len(chords) - 1) for i in range(len(chords))])
    for chord, voicing in zip(chords, voicings, strict=True):
        assert list(voicing) == sorted(set(voicing))
        for pitch, (low, high) in zip(voicing, (BASS, TENOR, ALTO, SOPRANO), strict=True):
            assert low <= pitch <= high
        classes = {pitch % 12 for pitch in voicing}
        assert classes <= set(chord.tones)
        assert {chord.tones[0], chord.tones[1]} <= classes
    assert voicings[0][0] % 12 == chords[0].root
    assert voicings[-1][0] % 12 == chords[-1].root
    assert sum(parallels((a[0], a[3]), (b[0], b[3])) for a, b in pairwise(voicings)) == 0


def test_upper_voices_move_little() -> None:
    numerals = ["I", "vi", "IV", "V", "I", "iii", "IV", "ii", "V7", "I"] * 4
    voicings = lead_voices([chord_of(numeral, 2, "major") for numeral in numerals], [True] * len(numerals))
    moves = [abs(a - b) for one, other in pairwise(voicings) for a, b in zip(one[1:], other[1:], strict=True)]
    assert sum(moves) / len(moves) < 2.5


def test_no_chords_no_voicings() -> None:
    assert lead_voices([], []) == []
