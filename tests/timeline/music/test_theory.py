from __future__ import annotations

import pytest

from rushlight.core.errors import InputError
from rushlight.timeline.music.theory import chord_of, parse_key, pitches_between, scale_for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C", (0, "major")),
        ("A minor", (9, "minor")),
        ("Am", (9, "minor")),
        ("F# dorian", (6, "dorian")),
        ("Bb", (10, "major")),
        ("e♭ lydian", (3, "lydian")),
        ("Cb major", (11, "major")),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, expected: tuple[int, str]) -> None:
    assert parse_key(text) == expected


@pytest.mark.parametrize("text", ["", "H", "C superlocrian", "A minor 7", "##"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a key"):
        parse_key(text)


@pytest.mark.parametrize(
    ("numeral", "mode", "tones"),
    [
        ("I", "major", (0, 4, 7)),
        ("V7", "major", (7, 11, 2, 5)),
        ("ii7", "major", (2, 5, 9, 0)),
        ("viio", "major", (11, 2, 5)),
        ("V/vi", "major", (4, 8, 11)),
        ("V/V", "minor", (2, 6, 9)),
        ("iv", "minor", (5, 8, 0)),
        ("VI", "minor", (8, 0, 3)),
        ("V", "minor", (7, 11, 2)),
        ("viio7", "minor", (11, 2, 5, 8)),
        ("iio", "minor", (2, 5, 8)),
        ("VII", "mixolydian", (10, 2, 5)),
        ("II", "lydian", (2, 6, 9)),
        ("bVII", "major", (10, 2, 5)),
        ("IV", "dorian", (5, 9, 0)),
    ],
)
def test_numerals_are_spelled(numeral: str, mode: str, tones: tuple[int, ...]) -> None:
    assert chord_of(numeral, 0, mode).tones == tones  # type: ignore[arg-type]
    assert chord_of(numeral, 5, mode).tones == tuple((tone + 5) % 12 for tone in tones)  # type: ignore[arg-type]


@pytest.mark.parametrize("numeral", ["", "IX", "IIII", "Vsus", "v/x"])
def test_what_is_no_numeral_is_refused(numeral: str) -> None:
    with pytest.raises(ValueError, match="not a Roman numeral"):
        chord_of(numeral, 0, "major")


def test_a_chord_alters_the_scale_above_it() -> None:
    over_tonic = scale_for(chord_of("i", 9, "minor"), 9, "minor")
    over_dominant = scale_for(chord_of("V", 9, "minor"), 9, "minor")
    assert 7 in over_tonic  # G, the seventh degree of A minor
    assert 7 not in over_dominant
    assert 8 in over_dominant  # G sharp, its leading note


def test_pitches_between_are_all_of_the_classes() -> None:
    assert pitches_between((0, 7), 48, 60) == [48, 55, 60]
