"""Captions of a narration: when its words are heard, and never a word lost."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Beat, Line, Narration, NarrationLine, Script, Word
from rushlight.core.artifact import FileRef
from rushlight.core.run import Run, running
from rushlight.create.caption_narration import caption_narration
from rushlight.create.read_source import load_source
from rushlight.create.speak_script import speak_script
from rushlight.create.write_script import write_script
from rushlight.timeline.captioning import CaptionRules, find_breaches

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def run(tmp_path: Path) -> object:
    with running(Run(scratch=tmp_path)) as run:
        yield run


def narration_of(tmp_path: Path, *lines: tuple[str, str, str], letters_a_second: int = 14) -> Narration:
    """A narration of (beat, speaker, text) with even word times; its sound file is a stand-in that nothing reads."""
    (tmp_path / "n.wav").write_bytes(b"RIFF")
    at, made = Fraction(1), []
    for index, (beat, speaker, text) in enumerate(lines):
        words = []
        for part in text.split():
            end = at + Fraction(len(part) + 1, letters_a_second)
            words.append(Word(text=part, start=at, end=end))
            at = end
        made.append(
            NarrationLine(beat_id=beat, index=index, speaker=speaker, start=words[0].start, end=at, words=tuple(words))
        )
        at += 1
    return Narration(
        audio=FileRef.of(tmp_path / "n.wav"), sample_rate=48000, duration=at + 1, lines=tuple(made), voices={},
        language="en",
    )  # fmt: skip


def test_captions_start_with_their_first_word(tmp_path: Path) -> None:
    text = "A light on a rock needs no password. It says what it has always said, in every weather: here I am."
    narration = narration_of(tmp_path, ("b1", "narrator", text), ("b2", "narrator", "That is all there is to say."))
    captions = caption_narration(narration)
    words = [word for line in narration.lines for word in line.words]
    assert " ".join(line for cue in captions.cues for line in cue.lines) == " ".join(word.text for word in words)
    by_start = {word.start: word.text for word in words}
    assert all(by_start[cue.start] == cue.lines[0].split()[0] for cue in captions.cues)
    assert captions.language == "en"


def test_speakers_and_beats_are_kept_apart(tmp_path: Path) -> None:
    narration = narration_of(
        tmp_path, ("b1", "Anna", "Who is there?"), ("b1", "Bert", "Nobody."), ("b2", "Bert", "Truly."),
    )  # fmt: skip
    assert [cue.lines for cue in caption_narration(narration).cues] == [("Who is there?",), ("Nobody.",), ("Truly.",)]


def test_breaches_are_counted_and_said(tmp_path: Path, run: Run) -> None:
    text = "Everything here is said far faster than anybody could ever hope to read it from a screen. " * 3
    captions = caption_narration(narration_of(tmp_path, ("b1", "narrator", text), letters_a_second=40))
    assert run.figures["breaches"] == len(find_breaches(captions, CaptionRules())) > 0
    assert any("characters a second" in message for message in run.weak)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_a_spoken_example_keeps_every_rule(rate: Fraction, run: Run) -> None:
    pytest.importorskip("espeakng_loader", reason="the extra `espeak` is not installed")
    script = write_script(load_source(EXAMPLES / "articles" / "night_trains.md"))
    caption_narration(speak_script(script), rate=rate)
    assert run.figures["breaches"] == 0


def test_first_word_is_heard_when_its_caption_appears() -> None:
    pytest.importorskip("espeakng_loader", reason="the extra `espeak` is not installed")
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
    from benchmarks.caption_narration.run import measure

    lines = ("The keepers went home.", "Their lights did not go out, and here is why.", "A rock needs no password.")
    beats = tuple(Beat(id=f"b{n}", role="lead", lines=(Line(text=line),)) for n, line in enumerate(lines))
    script = Script(title="Keepers", beats=beats, writer="person")
    starts, lost = measure(speak_script(script), script, Fraction(30))
    assert lost == 0
    assert len(starts) >= 3
    for start in starts:
        assert start.onset is not None
        assert abs(start.shown - start.onset) < 0.005
        assert abs(start.shown - start.aligned) < 0.08
