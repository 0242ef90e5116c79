"""Speech with exact times, lengths that are met, and voices that differ."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Beat, Line, Narration, Script
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.speak_script import speak_script
from rushlight.media.sound import read_sound
from rushlight.models.reading import read_line

pytest.importorskip("espeakng_loader", reason="the extra `espeak` is not installed")

TALE = "A light on a rock needs no password. It says, here I am. Ships came in 1823, and some did not."


def script_of(*lines: Line | str, language: str = "en") -> Script:
    made = tuple(Line(text=line) if isinstance(line, str) else line for line in lines)
    return Script(
        title="Tale",
        language=language,
        writer="person",
        beats=(Beat(id="b01", role="hook", lines=made[:1]), Beat(id="b02", role="close", lines=made[1:])),
    )


def sound_of(narration: Narration) -> np.ndarray:
    return np.abs(read_sound(narration.audio.path, channels=1)[:, 0])


@pytest.fixture(autouse=True)
def in_a_run(tmp_path: Path) -> object:
    with running(Run(scratch=tmp_path)) as run:
        yield run


def test_words_sound_where_they_are_said_to() -> None:
    narration = speak_script(script_of(TALE, "Then [pause 0.7s] nothing."))
    size = sound_of(narration)
    rate = narration.sample_rate
    assert len(size) == narration.duration * rate
    assert narration.exact_times
    words = [word for line in narration.lines for word in line.words]
    assert [word.text for word in words] == [*TALE.split(), "Then", "nothing."]
    reached = Fraction(0)
    for word in words:
        assert reached <= word.start < word.end
        reached = word.end
        assert size[round(word.start * rate) : round(word.end * rate)].max() > 0.02, word
    # Silence holds up to the first sample of every line, which starts with its first word.
    for line in narration.lines:
        first = round(line.words[0].start * rate)
        assert size[max(first - rate // 5, 0) : first - 48].max() < 0.003
        assert size[first : first + rate // 25].max() > 0.01
    then, nothing = words[-2:]
    assert nothing.start - then.end >= Fraction(7, 10)
    inside = [p for p in narration.lines[0].phonemes if words[0].start <= p.start < words[0].end]
    assert inside


def test_an_aligner_hears_the_words_there() -> None:
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
    from benchmarks.caption_narration.heard import align

    narration = speak_script(script_of(TALE, "The keepers went home. The lights did not go out."))
    sound = read_sound(narration.audio.path, channels=1)[:, 0]
    errors = []
    for line, text in zip(narration.lines, (TALE, "The keepers went home. The lights did not go out."), strict=True):
        low, high = round((line.start - Fraction(1, 5)) * 48_000), round((line.end + Fraction(1, 5)) * 48_000)
        said = [(number, part) for number, word in enumerate(read_line(text))
                for part in word.spoken.lower().replace("-", " ").strip(".,").split()]  # fmt: skip
        heard = align(sound[low:high], 48_000, [part.strip(".,") for _, part in said])
        assert len(heard) == len(said)
        for number, word in enumerate(line.words):
            at = next(place for place, (owner, _) in enumerate(said) if owner == number)
            errors.append(abs(low / 48_000 + heard[at].start - float(word.start)))
    # The aligner's own error is about 20 ms, and it counts the silent closure before a plosive to the word.
    assert np.median(errors) < 0.03
    assert np.quantile(errors, 0.9) < 0.09


def test_speakers_have_their_own_voices() -> None:
    lines = [Line(text="Who is there?", speaker="Anna"), Line(text="Who is there?", speaker="Bert"),
             Line(text="Who is there?")]  # fmt: skip
    narration = speak_script(script_of(*lines), voices={"Anna": "espeak/en-gb+f3", "Bert": "espeak/en-us+m2"})
    assert narration.voices == {"Anna": "espeak/en-gb+f3", "Bert": "espeak/en-us+m2", "narrator": "espeak/en-gb"}
    sound = read_sound(narration.audio.path, channels=1)[:, 0]
    parts = [sound[round(line.start * 48_000) : round(line.end * 48_000)] for line in narration.lines]
    length = min(map(len, parts))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(parts[one][:length], parts[other][:length])[0, 1]) < 0.9


def test_length_is_met_by_pauses_first_then_by_rate() -> None:
    script = script_of(*["The harbour was quiet that night."] * 6)
    natural = speak_script(script)
    speech = natural.lines[1].end - natural.lines[1].start
    by_pauses = speak_script(script, target_seconds=natural.duration + 1)
    assert by_pauses.duration == natural.duration + 1
    assert by_pauses.lines[1].end - by_pauses.lines[1].start == speech
    by_rate = speak_script(script, target_seconds=natural.duration * Fraction(90, 100))
    assert abs(by_rate.duration / natural.duration - Fraction(90, 100)) < Fraction(2, 100)
    assert by_rate.lines[1].end - by_rate.lines[1].start < speech
    assert speak_script(script, target_seconds=Fraction(300)).duration < natural.duration * 2


def test_same_script_same_samples() -> None:
    once, again = (speak_script(script_of(TALE, "Still."), target_seconds=Fraction(12)) for _ in range(2))
    assert once.audio.sha256 == again.audio.sha256
    assert once.digest() == again.digest()


def test_captions_show_the_text_and_the_voice_says_the_spoken() -> None:
    line = Line(
        text="Dr Nguyen paid £5 to the RSPB on Monday.", spoken="Doctor nwin paid a fiver to the bird people Monday."
    )
    narration = speak_script(script_of(line, "Yes."))
    words = narration.lines[0].words
    assert [word.text for word in words] == line.text.split()
    assert all(a.end <= b.start for a, b in zip(words, words[1:], strict=False))
    nguyen = words[1]
    said = "".join(p.symbol for p in narration.lines[0].phonemes if nguyen.start <= p.start < nguyen.end)
    assert "w" in said
    assert "ɡ" not in said


def test_long_empty_and_silent_lines() -> None:
    long = " ".join(f"word {number}" for number in range(300))
    narration = speak_script(script_of(long, "", "— – —", "[pause 1s]", "End."))
    assert [len(line.words) for line in narration.lines] == [600, 3, 1]
    starts = [word.start for word in narration.lines[0].words]
    assert starts == sorted(set(starts))
    dashes = narration.lines[1].words
    assert all(word.start == word.end for word in dashes)


@pytest.mark.parametrize("text", ["", "  ", "— …", "[pause 1s]", "*"])
def test_nothing_to_say(text: str) -> None:
    with pytest.raises(InputError, match="no words"):
        speak_script(script_of(text, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Licht auf dem Felsen brennt seit 1823."),
        ("fr", "La lumière brûle chaque nuit."),
        ("es", "La luz arde cada noche."),
        ("it", "La luce arde ogni notte."),
        ("pl", "Światło płonie każdej nocy."),
        ("ru", "Свет горит каждую ночь."),
        ("cmn", "灯塔 每晚 发光。"),
        ("ar", "الضوء يضيء كل ليلة."),
        ("hi", "रोशनी हर रात जलती है।"),
    ],
)
def test_languages_speak(language: str, text: str) -> None:
    narration = speak_script(script_of(text, text, language=language), voice=f"espeak/{language}")
    words = narration.lines[0].words
    assert [word.text for word in words] == text.split()
    assert all(word.end > word.start for word in words)
    assert sound_of(narration).max() > 0.05


def test_estimated_times_are_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_a_run: Run) -> None:
    pytest.importorskip("kokoro_onnx", reason="the extra `kokoro` is not installed")
    pytest.importorskip("onnx", reason="onnx, which makes the tiny network, is not installed")
    from tests.models.tiny_voices import write_kokoro

    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path / "models"))
    write_kokoro(tmp_path / "models" / "kokoro-v1.0", timed=False)
    narration = speak_script(script_of("A light on a rock.", "Yes."), voice="kokoro/af_heart")
    assert not narration.exact_times
    assert any("estimated" in message for message in in_a_run.weak)
    assert in_a_run.source_type == "trainedAlgorithmicMedia"
    assert in_a_run.models[0].licence == "Apache-2.0"
