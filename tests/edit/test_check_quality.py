from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from rushlight.artifacts import Captions, Cue, Faults
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.edit.check_quality import check_quality
from rushlight.media.encode import mux, write_wav
from rushlight.media.probe import probe
from tests.edit.test_detect_shots import film, scene


def checked(path: Path, folder: Path, captions: Captions | None = None, **settings: object) -> Faults:
    found = create_project(folder / f"project-{path.stem}").run(
        check_quality, probe(path), None, captions, pictures=False, **settings
    )
    assert isinstance(found, Faults)
    return found


def kinds(faults: Faults, least: str = "warning") -> list[str]:
    wanted = {"warning": ("warning", "error"), "note": ("note", "warning", "error")}[least]
    return [one.kind for one in faults.faults if one.severity in wanted]


def moving(seed: int, count: int) -> list[np.ndarray]:
    """A shot in which every frame differs from the one before."""
    still = cv2.GaussianBlur(scene(seed, 1)[0], (0, 0), 0.7)
    return [np.roll(still, number * 2, axis=1) for number in range(count)]


def test_a_clean_film_has_no_fault(tmp_path: Path) -> None:
    assert kinds(checked(film(tmp_path / "film.mp4", moving(1, 80)), tmp_path)) == []


def test_black_and_frozen_stretches_are_found_in_their_places(tmp_path: Path) -> None:
    frames = moving(1, 150)
    frames[30:50] = [np.zeros_like(frames[0])] * 20
    frames[90:110] = [frames[90]] * 20
    found = checked(film(tmp_path / "film.mp4", frames), tmp_path)
    assert kinds(found) == ["black", "frozen"]
    black, frozen = (one for one in found.faults if one.severity == "error")
    assert (black.start, black.end) == (Fraction(30, 25), Fraction(50, 25))
    assert abs(frozen.start - Fraction(90, 25)) <= Fraction(2, 25)
    assert abs(frozen.end - Fraction(110, 25)) <= Fraction(2, 25)


def test_a_still_title_is_not_frozen(tmp_path: Path) -> None:
    frames = [scene(2, 1)[0]] * 60
    assert kinds(checked(film(tmp_path / "film.mp4", frames), tmp_path)) == []


def test_lost_frames_show_as_a_jump(tmp_path: Path) -> None:
    frames = moving(3, 120)
    del frames[60:68]
    found = checked(film(tmp_path / "film.mp4", frames), tmp_path)
    assert kinds(found) == ["dropped"]
    assert abs(found.faults[0].start - Fraction(60, 25)) <= Fraction(2, 25)


def test_flashing_is_an_error(tmp_path: Path) -> None:
    frames = scene(4, 100)
    for number in range(40, 70):
        frames[number] = np.clip(frames[number] + (140 if number // 2 % 2 else -60), 0, 255)
    found = checked(film(tmp_path / "film.mp4", frames), tmp_path)
    assert "flashing" in [one.kind for one in found.faults if one.severity == "error"]


def with_sound(tmp_path: Path, samples: np.ndarray) -> Path:
    picture = film(tmp_path / "picture.mp4", moving(5, len(samples) // 1920))
    write_wav(tmp_path / "sound.wav", samples.astype(np.float32), 48_000)
    mux(picture, tmp_path / "sound.wav", tmp_path / "film.mp4")
    return tmp_path / "film.mp4"


def voice(seconds: float, seed: int = 0) -> np.ndarray:
    """Noise that swells and falls as speech does, (n, 1), peaking at half of full scale."""
    rng = np.random.default_rng(seed)
    count = int(seconds * 48_000)
    swell = np.abs(np.sin(np.arange(count) / 48_000 * 2 * np.pi * 2.3)) + 0.1
    sound = sosfilt(butter(2, (150, 3000), "band", fs=48_000, output="sos"), rng.normal(size=count)) * swell
    return (0.5 * sound / np.abs(sound).max())[:, None]


def test_faults_of_sound_are_told_apart(tmp_path: Path) -> None:
    samples = voice(12)
    assert kinds(checked(with_sound(tmp_path, samples), tmp_path)) == []
    samples[48_000 : 48_000 * 3] = np.clip(samples[48_000 : 48_000 * 3] * 8, -0.9, 0.9)
    samples[48_000 * 5 : 48_000 * 6] = 0
    times = np.arange(48_000 * 3) / 48_000
    for multiple in range(1, 6):
        samples[48_000 * 8 : 48_000 * 11, 0] += 0.012 * np.sin(2 * np.pi * 50 * multiple * times)
    (tmp_path / "second").mkdir()
    found = checked(with_sound(tmp_path / "second", samples), tmp_path / "second")
    assert sorted(set(kinds(found)) - {"loudness"}) == ["clipped", "hum", "silent"]


def test_captions_too_fast_to_read_are_named(tmp_path: Path) -> None:
    cue = Cue(start=Fraction(0), end=Fraction(1), lines=("nobody can read so many words in one second",))
    found = checked(film(tmp_path / "film.mp4", moving(6, 40)), tmp_path, Captions(cues=(cue,)))
    assert set(kinds(found)) == {"captions"}
    assert any("characters a second" in one.reason for one in found.faults)


def test_the_page_shows_each_place(tmp_path: Path) -> None:
    frames = moving(1, 100)
    frames[30:50] = [np.zeros_like(frames[0])] * 20
    made = create_project(tmp_path / "p").run(check_quality, probe(film(tmp_path / "film.mp4", frames)))
    assert made.page is not None
    page = made.page.path.read_text()
    assert "data:image/jpeg;base64" in page
    assert "black for 0.80 s" in page
    assert made.faults[0].picture is not None


def test_a_still_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 48)).save(tmp_path / "still.png")
    with pytest.raises(InputError, match="still picture"):
        checked(tmp_path / "still.png", tmp_path)
