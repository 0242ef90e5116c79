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
from rushlight.media.sound import read_sound

from .film_parts import RATE, photo


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
