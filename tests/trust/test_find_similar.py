from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageDraw

from rushlight.artifacts import Document, Similar
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.media.probe import probe
from rushlight.trust.find_similar import find_similar
from rushlight.trust.similarity.catalogue import Catalogue
from rushlight.trust.similarity.prints import pack, take_print, unpack
from tests.trust.test_fingerprints import tune

Scene = Callable[[int, int], np.ndarray]


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)], check=True)


def still(path: Path, luma: np.ndarray) -> Path:
    Image.fromarray(np.repeat(luma[..., None], 3, axis=2)).save(path)
    return path


@pytest.fixture
def index(tmp_path: Path, scene: Scene) -> Catalogue:
    """Four pictures that have nothing in common."""
    made = Catalogue(tmp_path / "works.sqlite")
    for seed in range(4):
        made.add(still(tmp_path / f"work-{seed}.png", scene(seed, 320)), holder="Ole Holm")
    return made


def found(index: Catalogue, path: Path) -> Similar:
    return find_similar(probe(path), Document(file=FileRef.of(index.path)))


def changed(picture: Image.Image, how: str) -> Image.Image:
    wide, high = picture.size
    if how == "mirrored":
        return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if how == "cut":
        return picture.crop((wide // 5, high // 6, wide, high * 9 // 10))
    if how == "half the size":
        return picture.resize((wide // 2, high // 2))
    if how == "turned a little":
        return picture.rotate(4, Image.Resampling.BICUBIC)
    laid = picture.copy()
    pen = ImageDraw.Draw(laid)
    pen.rectangle((0, high * 4 // 5, wide, high), fill="black")
    pen.rectangle((10, 10, wide // 4, high // 8), fill="red")
    return laid


@pytest.mark.parametrize("how", ["mirrored", "cut", "half the size", "turned a little", "laid over"])
def test_a_changed_picture_is_found_and_no_other(tmp_path: Path, index: Catalogue, how: str) -> None:
    path = tmp_path / "asked.jpg"
    changed(Image.open(tmp_path / "work-2.png"), how).save(path, quality=50)
    told = found(index, path)
    assert [one.title for one in told.works] == ["work-2"]
    assert told.works[0].is_mirrored == (how == "mirrored")
    assert told.protected == told.works
    assert "PROTECTED (Ole Holm)" in told.as_text()


def test_a_picture_of_ones_own_is_not_found(tmp_path: Path, index: Catalogue, scene: Scene) -> None:
    told = found(index, still(tmp_path / "asked.png", scene(77, 320)))
    assert told.works == ()
    assert told.looked_at == 4


def test_the_very_file_is_known_by_its_content(tmp_path: Path, index: Catalogue) -> None:
    (one,) = found(index, tmp_path / "work-1.png").works
    assert (one.title, one.by) == ("work-1", "content")


def test_a_stretch_of_a_film_is_found_where_it_is(tmp_path: Path, scene: Scene) -> None:
    for number in range(8):
        still(tmp_path / f"frame-{number}.png", scene(number, 320))
    film = tmp_path / "film.mp4"
    ffmpeg("-framerate", "0.5", "-i", tmp_path / "frame-%d.png", "-r", "12", "-pix_fmt", "yuv420p", film)
    index = Catalogue(tmp_path / "films.sqlite")
    index.add(film, whose="own")
    part = tmp_path / "part.mp4"
    way = "hflip,crop=iw*0.85:ih*0.85,setpts=PTS/1.25,scale=256:-2"
    ffmpeg("-ss", "4", "-t", "10", "-i", film, "-vf", way, "-crf", "32", part)
    (one,) = found(index, part).works
    assert one.whose == "own"
    assert one.is_mirrored
    assert one.start is not None
    assert abs(float(one.start) - 4.3) < 1.6
    assert one.share > 0.6


@pytest.mark.parametrize("filters", ["atempo=1.08", "asetrate=48000*1.05,aresample=48000"])
def test_sound_is_found_at_another_speed(tmp_path: Path, filters: str) -> None:
    index = Catalogue(tmp_path / "sounds.sqlite")
    for seed in (1, 2):
        index.add(tune(tmp_path / f"tune-{seed}.wav", seed, seconds=20))
    part = tmp_path / "part.mp3"
    ffmpeg("-ss", "3", "-t", "10", "-i", tmp_path / "tune-1.wav", "-af", filters, part)
    assert [(one.title, one.by) for one in found(index, part).works] == [("tune-1", "sound")]


def test_a_print_is_kept_whole_and_holds_no_pickle(tmp_path: Path, scene: Scene) -> None:
    path = still(tmp_path / "a.png", scene(3, 320))
    kept = take_print(path)
    again = unpack(pack(kept))
    assert np.array_equal(again.frames[0].points.signs, kept.frames[0].points.signs)
    with pytest.raises(InputError, match="damaged"):
        unpack(pack(kept)[:-200])


def test_other_files_are_no_index(tmp_path: Path, scene: Scene) -> None:
    picture = still(tmp_path / "a.png", scene(0, 320))
    with pytest.raises(InputError, match="no such index"):
        list(Catalogue(tmp_path / "none.sqlite").works())
    text = tmp_path / "text.sqlite"
    text.write_text("not an index" * 100)
    with pytest.raises(InputError, match="no index of works"):
        Catalogue(text).add(picture)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE things (a)")
    with pytest.raises(InputError, match="another program's"):
        Catalogue(foreign).add(picture)


def test_works_are_retitled_and_forgotten(tmp_path: Path, index: Catalogue) -> None:
    assert not index.add(tmp_path / "work-0.png", title="Zebra")
    work = list(index.works())[-1]
    assert work.title == "Zebra"
    assert index.remove(work.sha256)
    assert len(list(index.works())) == 3
