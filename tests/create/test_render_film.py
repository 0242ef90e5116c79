from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import Audio, Captions, Cue, Cut, Panel, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.draw_panels import draw_panels
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.render_film import render_film
from rushlight.media.encode import write_wav
from rushlight.media.ffmpeg import run_ffmpeg
from rushlight.media.sound import limit_true_peak, read_sound, true_peak_dbtp

from .film_parts import RATE, footage, photo


def small_cut(folder: Path, level: float = 0.25) -> Cut:
    """A still and a title, one second each, with a steady sound that begins after half a second."""
    picture = photo(folder / "harbour.png")
    panels = (
        Panel(beat_id="b01", start=0, end=1, form="still", file=picture.file, move="push_in", reason="a harbour"),
        Panel(
            beat_id="b02", start=1, end=2, form="graphic", graphic={"kind": "title", "title": "End"}, reason="an end"
        ),
    )
    samples = np.zeros((96_000, 2), np.float32)
    samples[24_000:] = level
    write_wav(folder / "mix.wav", samples, 48_000)
    mix = Audio(file=FileRef.of(folder / "mix.wav"), sample_rate=48_000, channels=2, duration=Fraction(2))
    with running(Run(scratch=folder / "lay")):
        return lay_timeline(
            Storyboard(panels=panels, duration=Fraction(2)), mix, title="Small", width_px=160, height_px=90, rate=RATE
        )


def test_the_film_has_every_frame_and_its_sound_in_place(tmp_path: Path) -> None:
    cut = small_cut(tmp_path)
    captions = Captions(cues=(Cue(start=Fraction(0), end=Fraction(1), lines=("Hello",)),))
    with running(Run(scratch=tmp_path / "run")):
        film = render_film(cut, captions, preset="ultrafast", metadata={"title": "Small"})
    assert film.video is not None
    assert film.sound is not None
    assert (film.video.width_px, film.video.height_px, film.video.rate) == (160, 90, RATE)
    assert film.video.frame_count == 24
    sound = read_sound(film.file.path, sample_rate=48_000, channels=2)[:, 0]
    assert np.abs(sound[:22_000]).max() < 0.02
    assert sound[30_000:90_000].mean() == pytest.approx(0.25, abs=0.02)


def test_the_same_cut_gives_the_same_film(tmp_path: Path) -> None:
    cut = small_cut(tmp_path)
    films = []
    for name in ("a", "b"):
        with running(Run(scratch=tmp_path / name)):
            films.append(render_film(cut, preset="ultrafast").file.sha256)
    assert films[0] == films[1]


def test_missing_media_leaves_no_film(tmp_path: Path) -> None:
    cut = small_cut(tmp_path)
    (tmp_path / "harbour.png").unlink()
    orphan = cut.model_copy(update={"media": ()})
    with running(Run(scratch=tmp_path / "run")), pytest.raises(InputError, match="not there"):
        render_film(orphan)
    assert not list((tmp_path / "run").glob("*.mp4"))


def test_panels_show_each_picture_once(tmp_path: Path) -> None:
    cut = small_cut(tmp_path)
    with running(Run(scratch=tmp_path / "run")):
        sheet = draw_panels(cut, width_px=80)
    assert [frame.beat_id for frame in sheet.frames] == ["b01", "b02"]
    assert len({frame.file.sha256 for frame in sheet.frames}) == 2


def test_what_players_decode_stays_under_the_ceiling(tmp_path: Path) -> None:
    cut = small_cut(tmp_path)
    # Bursts at the ceiling, which AAC is sure to overshoot.
    noise = np.random.default_rng(3).uniform(-1, 1, (96_000, 2)).astype(np.float32)
    noise *= (np.arange(96_000) % 12_000 < 900)[:, None]
    loud = limit_true_peak(noise * 4, 48_000, -1.0)
    write_wav(tmp_path / "plain.wav", loud, 48_000)
    run_ffmpeg(["-i", f"file:{tmp_path}/plain.wav", "-c:a", "aac", "-b:a", "192k", "-y", f"file:{tmp_path}/plain.m4a"])
    assert true_peak_dbtp(read_sound(tmp_path / "plain.m4a", sample_rate=48_000, channels=2), 48_000) > -1.0
    mix = next(path for path in (file.path for file in cut.media) if path.suffix == ".wav")
    write_wav(mix, loud, 48_000)
    with running(Run(scratch=tmp_path / "run")) as run:
        film = render_film(cut, preset="ultrafast")
    heard = read_sound(film.file.path, sample_rate=48_000, channels=2)
    assert true_peak_dbtp(heard, 48_000) <= -1.0
    assert run.figures["true_peak_dbtp"] <= -1.0
    assert np.abs(heard).max() > 0.5, "turned down at its peaks, not as a whole"


def test_a_clip_shorter_than_the_cut_asks_is_said(tmp_path: Path) -> None:
    clip = footage(tmp_path / "short.mp4", 12)
    panel = Panel(beat_id="b01", start=0, end=3, form="clip", file=clip.file, move="none", reason="x")
    with running(Run(scratch=tmp_path / "run")) as run:
        cut = lay_timeline(Storyboard(panels=(panel,), duration=Fraction(3)), width_px=64, height_px=64, rate=RATE)
        render_film(cut, preset="ultrafast")
    assert any("short.mp4 is 2.0 s shorter" in message for message in run.weak)
