"""Words filled while they are heard, in ASS and WebVTT; speakers and looks of caption files."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Captions, Cue, Word
from rushlight.media.ffmpeg import run_ffmpeg
from rushlight.timeline.captionfile import captions_to_ass, captions_to_vtt, read_captions
from rushlight.timeline.captioning import CaptionRules, caption_words
from rushlight.timeline.karaoke import place_words


def words(*texts: str, start: Fraction = Fraction(1)) -> list[Word]:
    """Words of a third of a second each."""
    third = Fraction(1, 3)
    return [Word(text=text, start=start + n * third, end=start + (n + 1) * third) for n, text in enumerate(texts)]


def cue() -> Cue:
    return Cue(
        start=1, end=4, lines=("The {keeper} winds", "the & clock."), speaker="Anna",
        words=tuple(words("The", "{keeper}", "winds", "the", "&", "clock.")),
    )  # fmt: skip


def test_captions_keep_the_times_of_their_words() -> None:
    said = words(*"The harbour clock of Lindmark has told the time since eighteen ninety four to all".split())
    made = caption_words([said], CaptionRules(), Fraction(20))
    assert [word for found in made for word in found.words] == said
    for found in made:
        places = place_words(found)
        assert [found.lines[p.line][p.first : p.after] for p in places] == [word.text for word in found.words]


def test_words_that_are_no_longer_there_are_not_placed() -> None:
    assert place_words(cue().model_copy(update={"lines": ("Something else.",)})) == ()


def test_ass_fills_each_word_until_the_next_is_heard(tmp_path: Path) -> None:
    text = captions_to_ass(Captions(cues=(cue(),)), width_px=640, height_px=360, karaoke=True, inks={"Anna": "#ffd166"})
    times = [int(value) for value in re.findall(r"\\kf?(\d+)", text)]
    assert len(times) == 6
    assert sum(times) == 200
    assert max(times) - min(times) <= 1
    (tmp_path / "k.ass").write_text(text, encoding="utf-8")
    back = read_captions(tmp_path / "k.ass").cues[0]
    assert (back.lines, back.speaker) == (cue().lines, "Anna")


def test_a_word_that_is_heard_late_is_waited_for() -> None:
    late = cue().model_copy(update={"start": Fraction(1, 2)})
    text = captions_to_ass(Captions(cues=(late,)), width_px=640, height_px=360, karaoke=True)
    assert "{\\k50}{\\kf" in text


@pytest.mark.skipif(not any(Path("/usr/share/fonts").rglob("*.[ot]tf")), reason="libass finds no font on this machine")
@pytest.mark.parametrize("look", ["boxed", "outline", "plain"])
def test_ass_of_every_look_is_drawn_by_libass(tmp_path: Path, look: str) -> None:
    captions = Captions(cues=(cue().model_copy(update={"start": Fraction(0)}),))
    text = captions_to_ass(captions, width_px=320, height_px=180, look=look, karaoke=True)  # type: ignore[arg-type]
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "c.ass").write_text(text, encoding="utf-8")
    raw = run_ffmpeg(
        ["-f", "lavfi", "-i", "color=0x303030:s=320x180:d=0.2:r=5", "-vf", f"ass={folder}/c.ass", "-f", "rawvideo",
         "-pix_fmt", "gray", "-"]
    )  # fmt: skip
    assert len(raw) == 320 * 180
    assert max(raw[320 * 120 :]) > 120


def test_vtt_has_voices_colours_and_times_of_words(tmp_path: Path) -> None:
    text = captions_to_vtt(Captions(cues=(cue(),)), karaoke=True, inks={"Anna": "#ffd166", "a{}": "#ffffff"})
    assert '::cue(v[voice="Anna"]) { color: #ffd166 }' in text
    assert "a{}" not in text
    assert "<v Anna>The<00:00:01.333> {keeper}<00:00:01.667> winds" in text
    assert "<00:00:02.333> &amp;" in text
    (tmp_path / "k.vtt").write_text(text, encoding="utf-8")
    back = read_captions(tmp_path / "k.vtt").cues[0]
    assert (back.lines, back.speaker) == (cue().lines, "Anna")


def test_speakers_with_markup_in_their_names_survive(tmp_path: Path) -> None:
    odd = cue().model_copy(update={"speaker": "A & <B", "words": ()})
    (tmp_path / "k.vtt").write_text(captions_to_vtt(Captions(cues=(odd,))), encoding="utf-8")
    assert read_captions(tmp_path / "k.vtt").cues[0].speaker == "A & <B"
