from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.pictures.gather import gather_pictures
from tests.create.film_parts import footage, photo


def test_pictures_bring_the_words_that_say_what_they_show(tmp_path: Path) -> None:
    photo(tmp_path / "isle" / "a.png")
    (tmp_path / "isle" / "a.txt").write_text("a seal on the beach")
    footage(tmp_path / "b.mp4", 6)
    (tmp_path / "notes.md").write_text("not a picture")
    (tmp_path / "broken.png").write_bytes(b"not a picture either")
    run = Run(scratch=tmp_path / "s")
    with running(run):
        found = gather_pictures([tmp_path])
    assert [media.file.path.name for media in found] == ["b.mp4", "a.png"]
    assert found[1].description == "isle a a seal on the beach"
    assert found[1].is_still
    assert not found[0].is_still
    assert any("broken.png" in message for message in run.weak)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        gather_pictures([tmp_path / "none"])


def test_captions_beside_a_clip_say_what_is_heard(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (32, 18)).save(tmp_path / "a001.png")
    (tmp_path / "a001.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nThe zebra crosses.\n")
    (media,) = gather_pictures([tmp_path])
    assert "zebra" in media.description
