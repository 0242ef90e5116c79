"""The embedded voice: what reaches the engine, and whose phonemes are whose."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.core.errors import ModelError
from rushlight.models.espeak import load, voices
from rushlight.models.reading import SpokenWord, read_line

pytest.importorskip("espeakng_loader", reason="the extra `espeak` is not installed")


def phonemes_by_word(*texts: str) -> list[dict[str, str]]:
    voice, lines = load("en-gb"), [read_line(text) for text in texts]
    return [
        {w.text: "".join(p.text for p in u.phonemes if w.start <= p.start < w.end) for w in u.words}
        for u in voice.speak(lines, words_per_minute=160)
    ]


def test_every_word_has_its_own_phonemes() -> None:
    first, second, third = phonemes_by_word(
        "by order of the crown", 'pride in them. "Whenever I smell, When?', "built in eighteen"
    )
    assert first["of"].endswith("v")
    assert first["the"].startswith("ð")
    assert first["crown"].startswith("k")
    assert second["them."].startswith("ð")
    assert second['"Whenever'].startswith("w")
    assert second["When?"].startswith("w")
    assert third["in"].endswith("n")
    assert "n" not in third["built"]


@pytest.mark.parametrize(
    "attack",
    [
        '<audio src="/etc/passwd"/>', "</speak><voice name='de'>", "AT&T", "&lt;break/&gt;", "]]>", "<![CDATA[x",
        "<break time='60000ms'/>", "<!--", "&#0;", "a\x00b", "\ud800", "<say-as interpret-as='x'>",
    ],
)  # fmt: skip
def test_markup_in_words_is_no_markup(attack: str) -> None:
    line = [SpokenWord("stone", "stone"), SpokenWord(attack, attack), SpokenWord("dog", "dog")]
    plain = [SpokenWord("stone", "stone"), SpokenWord("dog", "dog")]
    spoken, bare = load("en-gb").speak([line, plain], words_per_minute=160)
    assert [word.text for word in spoken.words] == ["stone", attack, "dog"]
    # Neither word is swallowed, changed in voice or put off: each sounds as it does alone.
    for place in (0, 2):
        word, same = spoken.words[place], bare.words[place // 2]
        said, alone = ([p.text.strip("ˈˌ") for p in u.phonemes if w.start <= p.start < w.end]
                       for u, w in ((spoken, word), (bare, same)))  # fmt: skip
        assert said == alone
    assert len(spoken.samples) < 12 * 22050


def test_many_lines_are_spoken_apart_from_each_other() -> None:
    # f2 has breath, which the engine makes a little different each time.
    voice, lines = load("en-gb+f4"), [read_line(text) for text in ("Ships came and went.", "", "Still.")]
    together = voice.speak(lines, words_per_minute=160)
    assert together[1].words == ()
    assert [p.text for p in together[2].phonemes] == [
        p.text for p in voice.speak(lines[2:], words_per_minute=160)[0].phonemes
    ]
    again = voice.speak(lines, words_per_minute=160)
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(together, again, strict=True))


def test_unknown_voices_get_near_ones() -> None:
    with pytest.raises(ModelError) as caught:
        load("en-gp")
    assert "en-gb" in caught.value.hint
    with pytest.raises(ModelError, match="no timbre") as caught:
        load("en-gb+f33")
    assert "f3" in caught.value.hint
    assert load("fr").language == "fr-fr"
    assert len({voice["language"] for voice in voices()}) > 80


WORDS = st.lists(
    st.text(st.characters(blacklist_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8), max_size=8
)


@settings(max_examples=12, deadline=None)
@given(st.lists(WORDS, min_size=10, max_size=10))
def test_any_words_come_back_in_order(lines: list[list[str]]) -> None:
    spoken = load("en-gb").speak([[SpokenWord(w, w) for w in line] for line in lines], words_per_minute=320)
    for line, found in zip(lines, spoken, strict=True):
        assert [word.text for word in found.words] == line
        assert all(0 <= word.start <= word.end <= len(found.samples) for word in found.words)
        assert all(a.end <= b.start for a, b in itertools.pairwise(found.words))


def test_pitch_is_part_of_a_voice_s_name() -> None:
    from rushlight.create.staging.auditions import median_pitch_hz

    words = [read_line("The ferry left the harbour at nine.")]
    deep, high = (load(f"en-gb@{pitch}").speak(words, words_per_minute=160)[0] for pitch in (20, 80))
    assert median_pitch_hz(high.samples, 22050) > 1.3 * median_pitch_hz(deep.samples, 22050)
    with pytest.raises(ModelError, match="not a pitch"):
        load("en-gb@high")
