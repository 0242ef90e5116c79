from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rushlight.core.errors import InputError, LimitError, MediaError
from rushlight.media.encode import mux, write_wav
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from rushlight.media.sandbox import Limits
from tests.media.conftest import Make
from tests.media.test_encode import write_numbered


def picture(rate: str = "25", seconds: str = "1", size: str = "64x48") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}"]


@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]
)
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_our_own_film(tmp_path: Path, rate: Fraction, ending: str) -> None:
    media = probe(write_numbered(tmp_path / f"film.{ending}", 0, 48, rate))
    assert media.video is not None
    assert media.sound is None
    assert media.video.rate == rate
    assert not media.video.variable_rate
    assert (media.video.codec, media.video.width_px, media.video.height_px) == ("h264", 96, 64)
    assert (media.video.matrix, media.video.full_range, media.video.transfer) == ("bt709", False, "sdr")
    assert media.video.bits == 8
    if ending == "mp4":
        assert media.video.frame_count == 48
        assert media.duration == media.video.duration == 48 / rate
    else:
        assert abs(media.duration - 48 / rate) <= Fraction(1, 500)


def test_finished_film_has_picture_and_sound_of_one_length(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 40, Fraction(30000, 1001))
    write_wav(tmp_path / "s.wav", np.full((96_000, 2), 0.1, np.float32), 48_000)
    mux(film, tmp_path / "s.wav", tmp_path / "out.mp4")
    media = probe(tmp_path / "out.mp4")
    assert media.video is not None
    assert media.sound is not None
    assert (media.sound.codec, media.sound.sample_rate, media.sound.channels) == ("aac", 48_000, 2)
    assert media.sound.layout == "stereo"
    assert media.duration == media.video.duration == media.sound.duration == Fraction(40 * 1001, 30000)
    assert media.file.bytes == (tmp_path / "out.mp4").stat().st_size
    assert not media.is_still


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_variable_rate_is_seen(make: Make, ending: str) -> None:
    uneven = ["-vf", "settb=1/1000,setpts=N*40+20*mod(N\\,3)", "-fps_mode", "vfr", "-enc_time_base", "1/1000"]
    path = make(f"vfr.{ending}", *picture(), *uneven, "-pix_fmt", "yuv420p")
    media = probe(path)
    assert media.video is not None
    assert media.video.variable_rate
    assert float(media.video.rate) == pytest.approx(24.5, rel=0.05)


@pytest.mark.parametrize(("turn", "shown"), [("90", (48, 64)), ("180", (64, 48)), ("270", (48, 64)), ("0", (64, 48))])
def test_rotation(make: Make, tmp_path: Path, turn: str, shown: tuple[int, int]) -> None:
    source = make("plain.mp4", *picture(), "-pix_fmt", "yuv420p")
    run_ffmpeg(["-display_rotation", turn, "-i", file_url(source), "-c", "copy", file_url(tmp_path / "turned.mp4")])
    video = probe(tmp_path / "turned.mp4").video
    assert video is not None
    assert video.rotation_degrees == int(turn)
    assert (video.width_px, video.height_px) == (64, 48)
    assert (video.display_width_px, video.display_height_px) == shown


def test_pixel_aspect(make: Make) -> None:
    video = probe(make("wide.mp4", *picture(), "-vf", "setsar=4/3", "-pix_fmt", "yuv420p")).video
    assert video is not None
    assert video.pixel_aspect == Fraction(4, 3)
    assert (video.display_width_px, video.display_height_px) == (85, 48)


@pytest.mark.parametrize(
    ("tags", "matrix", "transfer"),
    [
        ("range=limited:colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084", "bt2020", "pq"),
        ("range=limited:colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67", "bt2020", "hlg"),
        ("range=full:colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m", "bt601", "sdr"),
    ],
)
def test_colour(make: Make, tags: str, matrix: str, transfer: str) -> None:
    coder = ["-c:v", "libx265", "-x265-params", "log-level=0", "-pix_fmt", "yuv420p10le"]
    video = probe(make("colour.mp4", *picture(), "-vf", f"format=yuv420p10le,setparams={tags}", *coder)).video
    assert video is not None
    assert (video.matrix, video.transfer, video.bits) == (matrix, transfer, 10)
    assert video.full_range is tags.startswith("range=full")
    assert video.pixel_format == "yuv420p10le"


def test_untagged_colour_is_unknown(make: Make) -> None:
    video = probe(make("plain.mp4", *picture(), "-pix_fmt", "yuv420p")).video
    assert video is not None
    assert (video.matrix, video.transfer) == ("unknown", "unknown")


def test_interlace_and_timecode(make: Make) -> None:
    woven = ["-vf", "interlace,setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"]
    video = probe(make("woven.ts", *picture(rate="50"), *woven)).video
    assert video is not None
    assert video.interlaced
    media = probe(make("code.mov", *picture(), "-pix_fmt", "yuv420p", "-timecode", "10:20:30:05"))
    assert media.timecode == "10:20:30:05"
    assert media.video is not None
    assert not media.video.interlaced


def test_sound_alone_and_cover_art_is_no_video(make: Make) -> None:
    cover = make("cover.png", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
    tone = ["-f", "lavfi", "-i", "sine=sample_rate=44100:duration=1"]
    both = [*tone, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    for name in ("song.mp3", "song.m4a"):
        media = probe(make(name, *both))
        assert media.video is None
        assert not media.is_still
        assert media.sound is not None
        assert (media.sound.sample_rate, media.sound.channels) == (44_100, 1)
        assert media.duration == 1


def test_surround_layout(make: Make) -> None:
    sound = probe(make("s.flac", "-f", "lavfi", "-i", "aevalsrc=0|0|0|0|0|0:c=5.1:duration=0.2")).sound
    assert sound is not None
    assert (sound.channels, sound.layout) == (6, "5.1")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
def test_stills(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.new("RGB", (60, 40), "red").save(path)
    media = probe(path)
    assert media.is_still
    assert media.sound is None
    assert media.duration == 0
    assert media.video is not None
    assert (media.video.display_width_px, media.video.display_height_px) == (60, 40)


def test_photograph_on_its_side(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40), "red").save(tmp_path / "a.jpg", exif=exif)
    video = probe(tmp_path / "a.jpg").video
    assert video is not None
    assert (video.width_px, video.display_width_px, video.display_height_px) == (60, 40, 60)
    assert video.rotation_degrees == 270


def test_moving_gif_is_a_video(make: Make) -> None:
    media = probe(make("moving.gif", *picture(rate="10")))
    assert not media.is_still
    assert media.duration == 1


def test_file_without_a_stated_length_is_measured(make: Make) -> None:
    tone = ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=2", "-c:a", "libopus"]
    path = make("live.webm", *picture(seconds="2"), *tone, "-c:v", "libvpx", "-f", "webm", "-live", "1")
    media = probe(path)
    assert media.video is not None
    assert float(media.video.duration) == pytest.approx(2, abs=0.05)
    assert float(media.duration) == pytest.approx(2, abs=0.05)


def test_refusals(make: Make, tmp_path: Path, clip: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        probe(tmp_path / "none.mp4")
    with pytest.raises(InputError, match="folder"):
        probe(tmp_path)
    (tmp_path / "text.mp4").write_text("Just some words.")
    with pytest.raises(MediaError, match="not a media file"):
        probe(tmp_path / "text.mp4")
    with pytest.raises(LimitError, match="00:00:01"):
        probe(clip, limits=Limits(max_duration=Fraction(1, 2)))
    with pytest.raises(LimitError, match="64×48"):
        probe(clip, limits=Limits(max_pixels=1000))


def test_real_files(open_fixtures: Path) -> None:
    video = probe(open_fixtures / "video" / "SAR-2by3.mp4").video
    assert video is not None
    assert (video.pixel_aspect, video.display_width_px) == (Fraction(2, 3), 427)
    sound = probe(open_fixtures / "video" / "bigbuckbunny.mp4").sound
    assert sound is not None
    assert sound.channels == 6
    song = probe(open_fixtures / "music" / "Kevin_MacLeod_-_Vibe_Ace.ogg")
    assert song.video is None
