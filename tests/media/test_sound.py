from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rushlight.core.errors import InputError, LimitError, MediaError
from rushlight.media.encode import write_wav
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.sandbox import Limits
from rushlight.media.sound import mix_channels, read_sound, resample
from tests.media.conftest import Make

CLICKS = [0.25, 0.8, 1.5, 2.25]


def clicks(rate: int, seconds: float = 3.0, channels: int = 2) -> NDArray[np.float32]:
    sound = np.zeros((round(seconds * rate), channels), np.float32)
    for at in CLICKS:
        sound[round(at * rate)] = 0.9
    return sound


def found_clicks(sound: NDArray[np.float32], rate: int) -> list[int]:
    """Sample numbers of the loudest sample near each click."""
    places = []
    for at in CLICKS:
        low = round((at - 0.1) * rate)
        places.append(low + int(np.abs(sound[low : low + round(0.2 * rate), 0]).argmax()))
    return places


@pytest.mark.parametrize(
    ("ending", "codec", "rate"),
    [
        ("wav", ["-c:a", "pcm_s16le"], 44_100),
        ("flac", ["-c:a", "flac"], 48_000),
        ("m4a", ["-c:a", "aac", "-b:a", "256k"], 44_100),
        ("m4a", ["-c:a", "aac", "-b:a", "256k"], 48_000),
        ("mp3", ["-c:a", "libmp3lame", "-b:a", "256k"], 44_100),
        ("webm", ["-c:a", "libopus", "-b:a", "256k"], 48_000),
        ("mka", ["-c:a", "aac", "-b:a", "256k"], 44_100),
    ],
)
def test_encoder_delay_is_cut_to_the_sample(tmp_path: Path, ending: str, codec: list[str], rate: int) -> None:
    write_wav(tmp_path / "in.wav", clicks(rate), rate)
    run_ffmpeg(["-i", file_url(tmp_path / "in.wav"), *codec, file_url(tmp_path / f"out.{ending}")])
    sound = read_sound(tmp_path / f"out.{ending}", sample_rate=rate)
    assert found_clicks(sound, rate) == [round(at * rate) for at in CLICKS]
    if ending != "mka":  # Matroska states no padding at the end for AAC
        assert len(sound) == 3 * rate


@pytest.mark.parametrize(
    ("ending", "rate"),
    [("wav", 48_000), ("m4a", 48_000), ("mp3", 44_100), ("flac", 16_000), ("ogg", 48_000), ("mka", 44_100)],
)
def test_a_part_is_the_same_part_of_the_whole(make: Make, ending: str, rate: int) -> None:
    source = ["-f", "lavfi", "-i", "aevalsrc=sin(2*PI*(200+300*t)*t)|0.3*random(0):sample_rate=44100:duration=6"]
    path = make(f"sweep.{ending}", *source)
    whole = read_sound(path, sample_rate=rate)
    for start in (Fraction(1, 3), Fraction(417, 100), Fraction(59, 10)):
        part = read_sound(path, sample_rate=rate, start=start, duration=Fraction(1, 2))
        assert len(part) == round((start + Fraction(1, 2)) * rate) - round(start * rate)
        expected = whole[round(start * rate) :][: len(part)]
        np.testing.assert_allclose(part[: len(expected)], expected, atol=1e-6)
        assert not part[len(expected) :].any()


def test_far_into_a_long_file_the_part_still_starts_on_its_sample(make: Make) -> None:
    path = make("long.m4a", "-f", "lavfi", "-i", "sine=frequency=50:beep_factor=9:sample_rate=8000:duration=150")
    whole = read_sound(path, sample_rate=8000, channels=1)
    start = Fraction(14_321, 100)
    part = read_sound(path, sample_rate=8000, channels=1, start=start, duration=Fraction(2))
    np.testing.assert_allclose(part, whole[round(start * 8000) :][:16_000], atol=1e-5)


def test_sound_past_the_end_is_silence(clip: Path) -> None:
    sound = read_sound(clip, start=Fraction(9), duration=Fraction(1))
    assert sound.shape == (48_000, 2)
    assert not sound.any()


def test_edit_list_that_delays_the_sound_gives_silence_first(make: Make, tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", clicks(48_000), 48_000)
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=3"]
    path = make("late.mp4", *picture, "-itsoffset", "0.5", "-i", tmp_path / "in.wav", "-c:a", "aac", "-b:a", "256k")
    sound = read_sound(path)
    assert not sound[: 24_000 - 1024].any()
    assert found_clicks(sound[24_000:], 48_000) == [round(at * 48_000) for at in CLICKS]


def test_edit_list_that_starts_inside_the_sound(make: Make, tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", clicks(48_000), 48_000)
    coded = make("coded.m4a", "-i", tmp_path / "in.wav", "-c:a", "aac", "-b:a", "256k")
    cut = make("cut.m4a", "-ss", "0.5", "-i", coded, "-c", "copy")
    # 0.5 s is sample 24000; the click at 0.8 s is then heard at 0.3 s.
    sound = read_sound(cut)
    assert int(np.abs(sound[:24_000, 0]).argmax()) == round(0.3 * 48_000)


def test_matroska_gap_becomes_silence(make: Make) -> None:
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"]
    path = make("gap.mka", *tone, "-af", "asetpts='PTS+gte(PTS,48000)*24000'", "-c:a", "pcm_s16le")
    sound = read_sound(path, channels=1)
    assert len(sound) == pytest.approx(2.5 * 48_000, abs=48)
    assert not sound[49_200:71_000].any()
    assert np.abs(sound[:47_000]).max() > 0.05
    assert np.abs(sound[73_000:]).max() > 0.05


def test_mono_stereo_and_surround() -> None:
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    one_each = np.eye(6, dtype=np.float32)
    stereo = mix_channels(one_each, names, 2)
    half = 2**-0.5
    np.testing.assert_allclose(stereo, [[1, 0], [0, 1], [half, half], [0, 0], [half, 0], [0, half]], atol=1e-6)
    np.testing.assert_allclose(mix_channels(one_each, names, 1)[:, 0], stereo.mean(axis=1), atol=1e-6)
    mono = np.ones((3, 1), np.float32)
    np.testing.assert_allclose(mix_channels(mono, ("FC",), 2), np.full((3, 2), half), atol=1e-6)
    pair = np.array([[1.0, 0.0]], np.float32)
    np.testing.assert_allclose(mix_channels(pair, ("FL", "FR"), 1), [[0.5]])
    np.testing.assert_array_equal(mix_channels(one_each, names, 6), one_each)
    with pytest.raises(InputError):
        mix_channels(pair, ("FL", "FR"), 4)


def test_surround_file_is_mixed_down(make: Make) -> None:
    levels = "0.1|0|0.4|0.9|0|0.2"
    source = ["-f", "lavfi", "-i", f"aevalsrc={levels}:c=5.1:sample_rate=48000:duration=0.5"]
    path = make("surround.wav", *source, "-c:a", "pcm_f32le")
    sound = read_sound(path)
    half = 2**-0.5
    np.testing.assert_allclose(sound[1000], [0.1 + 0.4 * half, 0.4 * half + 0.2 * half], atol=1e-5)
    np.testing.assert_allclose(read_sound(path, channels=6)[1000], [0.1, 0, 0.4, 0.9, 0, 0.2], atol=1e-6)


@pytest.mark.parametrize(
    ("from_rate", "to_rate"), [(44_100, 48_000), (48_000, 44_100), (16_000, 48_000), (48_000, 16_000)]
)
def test_resampling_delays_nothing_and_keeps_the_level(from_rate: int, to_rate: int) -> None:
    def wave(rate: int) -> NDArray[np.float32]:
        return (0.5 * np.sin(2 * np.pi * 997 * np.arange(rate) / rate)).astype(np.float32)[:, None]

    changed = resample(wave(from_rate), from_rate, to_rate)
    assert changed.dtype == np.float32
    inside = slice(to_rate // 10, -to_rate // 10)
    np.testing.assert_allclose(changed[inside], wave(to_rate)[inside], atol=2e-3)


def test_no_sound_and_bad_requests(make: Make, tmp_path: Path) -> None:
    silent = make("silent.mp4", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=0.2")
    with pytest.raises(MediaError, match="no sound"):
        read_sound(silent)
    with pytest.raises(InputError, match="before its start"):
        read_sound(silent, start=Fraction(-1))
    with pytest.raises(InputError, match="does not exist"):
        read_sound(tmp_path / "none.wav")


def test_long_sound_is_refused_before_memory_is_full(make: Make) -> None:
    path = make("long.flac", "-f", "lavfi", "-i", "anullsrc=sample_rate=48000:duration=60")
    with pytest.raises(LimitError, match="longer than 4 MB"):
        read_sound(path, limits=Limits(max_output_mb=4))


def test_cover_art_does_not_move_the_sound(make: Make, tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", clicks(44_100), 44_100)
    cover = make("cover.png", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
    both = ["-i", tmp_path / "in.wav", "-i", cover, "-map", "0:a", "-map", "1:v", "-c:v", "copy"]
    path = make("cover.mp3", *both, "-disposition:v", "attached_pic", "-c:a", "libmp3lame", "-b:a", "256k")
    assert found_clicks(read_sound(path, sample_rate=44_100), 44_100) == [round(at * 44_100) for at in CLICKS]
