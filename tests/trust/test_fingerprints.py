from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from rushlight.media.encode import write_wav
from rushlight.trust.fingerprints import Fingerprint, fingerprint, matches


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)], check=True)


def tune(path: Path, seed: int, seconds: int = 12) -> Path:
    """Notes and noise that no two seeds have in common."""
    chance = np.random.default_rng(seed)
    time = np.arange(48_000 // 4) / 48_000
    notes = [
        sum(np.sin(2 * np.pi * pitch * time) for pitch in chance.uniform(250, 2200, 3)) * np.exp(-3 * time)
        for _ in range(seconds * 4)
    ]
    samples = 0.15 * np.concatenate(notes) + 0.005 * chance.standard_normal(48_000 * seconds)
    write_wav(path, samples[:, None].astype(np.float32), 48_000)
    return path


def scene(path: Path, seed: int) -> Path:
    chance = np.random.default_rng(seed)
    coarse = chance.uniform(0, 255, (9, 12, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC).save(path)
    return path


def test_a_copy_under_another_name_is_the_same_content(picture: Path, tmp_path: Path) -> None:
    other = tmp_path / "another-name.bin"
    shutil.copyfile(picture, other)
    assert matches(fingerprint(picture), fingerprint(other)) == "content"


@pytest.mark.parametrize("how", [("-b:a", "64k", "x.mp3"), ("-b:a", "48k", "x.m4a"), ("-ar", "22050", "x.flac")])
def test_sound_is_known_after_coding_it_anew(tmp_path: Path, how: tuple[str, ...]) -> None:
    one = fingerprint(tune(tmp_path / "one.wav", 1))
    ffmpeg("-i", tmp_path / "one.wav", *how[:-1], tmp_path / how[-1])
    assert matches(fingerprint(tmp_path / how[-1]), one) == "sound"
    assert matches(fingerprint(tmp_path / how[-1]), fingerprint(tune(tmp_path / "two.wav", 2))) == ""


def test_a_stretch_of_a_sound_is_known(tmp_path: Path) -> None:
    one = fingerprint(tune(tmp_path / "one.wav", 1, seconds=20))
    ffmpeg("-ss", "7.3", "-t", "6", "-i", tmp_path / "one.wav", "-af", "volume=0.5", tmp_path / "part.mp3")
    assert matches(fingerprint(tmp_path / "part.mp3"), one) == "sound"


def test_pictures_are_known_in_another_size_and_form(tmp_path: Path) -> None:
    one = fingerprint(scene(tmp_path / "one.png", 1))
    Image.open(tmp_path / "one.png").resize((320, 240)).save(tmp_path / "small.jpg", quality=40)
    assert matches(fingerprint(tmp_path / "small.jpg"), one) == "picture"
    others = [fingerprint(scene(tmp_path / f"{seed}.png", seed)) for seed in range(2, 30)]
    assert not any(matches(one, other) for other in others)


def test_an_even_picture_is_known_by_its_bytes_alone(tmp_path: Path) -> None:
    Image.new("RGB", (320, 240), (20, 30, 40)).save(tmp_path / "one.png")
    Image.new("RGB", (320, 240), (20, 30, 41)).save(tmp_path / "two.png")
    assert matches(fingerprint(tmp_path / "one.png"), fingerprint(tmp_path / "two.png")) == ""


def test_films_are_known_after_coding_them_anew(tmp_path: Path) -> None:
    for seed in (1, 2):
        stills = [scene(tmp_path / f"{seed}{number}.png", 10 * seed + number) for number in range(4)]
        inputs = [part for still in stills for part in ("-loop", "1", "-t", "1", "-i", still)]
        ffmpeg(*inputs, "-filter_complex", "concat=n=4,fps=12", "-pix_fmt", "yuv420p", tmp_path / f"{seed}.mp4")
    ffmpeg("-i", tmp_path / "1.mp4", "-vf", "scale=320:240", "-crf", "30", tmp_path / "small.mkv")
    small = fingerprint(tmp_path / "small.mkv")
    assert matches(small, fingerprint(tmp_path / "1.mp4")) == "picture"
    assert matches(small, fingerprint(tmp_path / "2.mp4")) == ""


def test_texts_are_known_by_their_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The harbour clock\n\nof  Lindmark")
    (tmp_path / "b.md").write_text("the harbour clock of lindmark\n")
    (tmp_path / "c.md").write_text("the harbour clock of Aldmark\n")
    one, two, three = (fingerprint(tmp_path / name) for name in ("a.txt", "b.md", "c.md"))
    assert matches(one, two) == "text"
    assert matches(one, three) == ""


def test_kept_and_read_again(tmp_path: Path) -> None:
    one = fingerprint(tune(tmp_path / "one.wav", 1))
    assert matches(Fingerprint.from_dict({**one.as_dict(), "sha256": "0"}), one) == "sound"
