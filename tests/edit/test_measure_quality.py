"""Quality against what is computed by hand, and against FFmpeg called directly."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.artifacts import Transcript, TranscriptWord
from rushlight.artifacts.media import Media
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.edit.measure_quality import measure_quality
from rushlight.edit.word_errors import count_word_errors, spoken_words
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, write_wav
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe

SIZE = (128, 96)
RATE = Fraction(25)


def frames(count: int, noise: float = 0.0, first: int = 0) -> list[np.ndarray]:
    draw = np.random.default_rng(1)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    made = []
    for number in range(first, first + count):
        grey = (x * 1.3 + y + 40 * np.sin((x + 4 * number) / 9) + (number * 7 % 40)) % 200 + 20
        grey = grey + draw.normal(0, noise, grey.shape) if noise else grey
        made.append(rgb_to_i420(np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)))
    return made


def film(path: Path, pictures: list[np.ndarray], sound: np.ndarray | None = None, size=SIZE) -> Media:
    picture = path.with_suffix(".mkv")
    with VideoWriter(picture, width_px=size[0], height_px=size[1], rate=RATE, codec="ffv1") as writer:
        for frame in pictures:
            writer.write(frame)
    if sound is None:
        return probe(picture)
    write_wav(path.with_suffix(".wav"), sound.astype(np.float32), 48_000)
    run_ffmpeg(
        ["-i", file_url(picture), "-i", file_url(path.with_suffix(".wav")), "-c", "copy", "-y",
         file_url(path.with_suffix(".mov.mkv"))]
    )  # fmt: skip
    return probe(path.with_suffix(".mov.mkv"))


def test_psnr_is_what_is_computed_by_hand_and_what_ffmpeg_says(tmp_path: Path) -> None:
    left, right = frames(20), frames(20, noise=6)
    one, two = film(tmp_path / "one", left), film(tmp_path / "two", right)
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, two)
    by_hand = [
        10 * np.log10(255**2 / np.mean((a[: SIZE[1]].astype(float) - b[: SIZE[1]]) ** 2))
        for a, b in zip(left, right, strict=True)
    ]
    assert found.psnr_db is not None
    assert found.psnr_db.mean == pytest.approx(np.mean(by_hand), abs=0.01)
    assert found.psnr_db.lowest == pytest.approx(min(by_hand), abs=0.01)
    assert found.psnr_db.lowest_frame == int(np.argmin(by_hand))
    stats = tmp_path / "stats"
    run_ffmpeg(["-i", file_url(two.file.path), "-i", file_url(one.file.path), "-lavfi",
                f"[0:v][1:v]ssim=stats_file={stats}", "-f", "null", "-"])  # fmt: skip
    direct = [float(value) for value in re.findall(r"Y:(\S+)", stats.read_text())]
    assert found.ssim is not None
    assert found.ssim.mean == pytest.approx(np.mean(direct), abs=1e-4)
    assert found.vmaf is not None
    assert 0 < found.vmaf.mean < 100
    assert "PSNR" in found.as_text()


def test_equal_films_are_perfect(tmp_path: Path) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, (48_000 * 2, 2))
    one = film(tmp_path / "one", frames(50), sound)
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, one)
    assert found.psnr_db is not None
    assert found.psnr_db.lowest == 100
    assert found.picture_latency == 0
    assert found.sound_latency == 0
    assert found.si_sdr_db == 100
    assert found.loudness_difference_lu == 0


def test_latencies_are_found_and_taken_off(tmp_path: Path) -> None:
    sound = np.repeat(np.random.default_rng(2).normal(0, 0.1, (48_000 * 4, 1)), 2, axis=1)
    late = np.concatenate([np.zeros((3000, 2)), sound])[: len(sound)] * 0.5
    one = film(tmp_path / "one", frames(100), sound)
    two = film(tmp_path / "two", [*frames(5), *frames(95)], late)
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, two, vmaf=False)
    assert found.picture_latency == Fraction(5, 25)
    assert found.sound_latency == Fraction(3000, 48_000)
    assert found.psnr_db is not None
    assert found.psnr_db.lowest == 100
    assert found.si_sdr_db is not None
    assert found.si_sdr_db > 90
    assert found.loudness_difference_lu == pytest.approx(-6.02, abs=0.2)


def test_films_of_other_size_are_scaled(tmp_path: Path) -> None:
    one = film(tmp_path / "one", frames(10))
    run_ffmpeg(["-i", file_url(one.file.path), "-vf", "scale=64:48", "-c:v", "ffv1", file_url(tmp_path / "small.mkv")])
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, probe(tmp_path / "small.mkv"), vmaf=False)
    assert found.psnr_db is not None
    assert 15 < found.psnr_db.mean < 60
    assert any("scaled" in note for note in found.notes)


def test_stills_are_compared(tmp_path: Path) -> None:
    from tests.timeline.media import still

    one = probe(still(tmp_path / "one.png", (96, 96)).path)
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, one)
    assert found.frames == 1
    assert found.psnr_db is not None
    assert found.psnr_db.lowest == 100


def test_nothing_in_common_is_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "s.wav", np.zeros((48_000, 1), np.float32), 48_000)
    with running(Run(scratch=tmp_path / "scratch")), pytest.raises(InputError, match="in common"):
        measure_quality(film(tmp_path / "one", frames(3)), probe(tmp_path / "s.wav"))


def said(text: str) -> Transcript:
    words = tuple(
        TranscriptWord(text=word, start=Fraction(n), end=Fraction(2 * n + 1, 2)) for n, word in enumerate(text.split())
    )
    return Transcript(words=words, duration=Fraction(60))


def test_word_errors_pass_over_case_and_punctuation(tmp_path: Path) -> None:
    one = film(tmp_path / "one", frames(3))
    with running(Run(scratch=tmp_path / "scratch")):
        found = measure_quality(one, one, said("The keeper winds the clock."), said("the keeper, wins a the clock"))
    assert found.word_errors == {"substituted": 1, "deleted": 0, "inserted": 1, "words": 5}
    assert found.word_error_rate == 0.4


def plain_distance(left: list[str], right: list[str]) -> int:
    table = list(range(len(right) + 1))
    for n, a in enumerate(left, 1):
        before, table[0] = table[0], n
        for m, b in enumerate(right, 1):
            before, table[m] = table[m], min(table[m] + 1, table[m - 1] + 1, before + (a != b))
    return table[-1]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=9), st.lists(st.sampled_from("abcd"), max_size=9))
def test_word_errors_are_the_fewest(left: list[str], right: list[str]) -> None:
    found = count_word_errors(left, right)
    assert found["substituted"] + found["deleted"] + found["inserted"] == plain_distance(left, right)
    assert len(left) - found["deleted"] == len(right) - found["inserted"]


def test_words_are_told_apart_as_heard() -> None:
    assert spoken_words(["“Don’t”", "— he", "said…"]) == ["don't", "he", "said"]
