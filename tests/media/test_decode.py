from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from rushlight.core.errors import InputError, LimitError, MediaError
from rushlight.media.colour import Matrix, blank_i420, i420_planes, i420_to_rgb, rgb_to_i420, to_sdr_bt709
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.encode import VideoWriter
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.sandbox import Limits
from rushlight.media.thumbnails import read_thumbnails
from tests.media.conftest import Make
from tests.media.test_encode import number_of, numbered, write_numbered

Frame = NDArray[np.uint8]
NTSC = Fraction(30000, 1001)


def reader(path: Path, rate: Fraction = Fraction(25), size: tuple[int, int] = (96, 64), **more: object) -> VideoReader:
    return VideoReader(path, width_px=size[0], height_px=size[1], rate=rate, **more)  # type: ignore[arg-type]


def read_number(frame: Frame) -> int:
    return number_of(i420_planes(frame)[0])


def remade(path: Path, out: Path, *arguments: str) -> Path:
    run_ffmpeg(["-i", file_url(path), *arguments, "-y", file_url(out)])
    return out


# --- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(24), Fraction(25), NTSC, Fraction(60000, 1001)])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov"])
def test_every_frame_once_at_its_own_rate(tmp_path: Path, rate: Fraction, ending: str) -> None:
    film = write_numbered(tmp_path / f"film.{ending}", 0, 60, rate)
    with reader(film, rate) as video:
        assert [read_number(frame) for frame in video.frames(Fraction(0), 60)] == list(range(60))


@pytest.mark.parametrize(("ending", "codec"), [("ts", "libx264"), ("avi", "mpeg4"), ("webm", "libvpx")])
def test_other_containers_show_every_frame_once(tmp_path: Path, ending: str, codec: str) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 40, Fraction(25))
    other = remade(film, tmp_path / f"film.{ending}", "-c:v", codec, "-b:v", "2M", "-g", "12")
    with reader(other) as video:
        assert [read_number(frame) for frame in video.frames(Fraction(0), 40)] == list(range(40))
        for number in (33, 2, 17, 39, 0, 13, 12, 11):
            assert read_number(video.frame_at(Fraction(number, 25))) == number


def test_b_frames_in_avi_are_shown_in_their_order(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 60, Fraction(25))
    other = remade(film, tmp_path / "film.avi", "-c:v", "libx264", "-bf", "3", "-crf", "12", "-g", "30")
    times, numbers = [], []
    for block in read_thumbnails(other, width_px=96, height_px=64):
        times += block.times
        numbers += [number_of(rgb_to_i420(frame)[:64]) for frame in block.frames]
    assert numbers == list(range(60))
    assert {after - before for before, after in zip(times, times[1:], strict=False)} == {Fraction(1, 25)}


def test_any_order_gives_the_same_frames_as_playing(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 250, NTSC, gop_seconds=Fraction(1))
    with reader(film, NTSC) as video:
        played = [frame.copy() for frame in video.frames(Fraction(0), 250)]
    rng = np.random.default_rng(5)
    with reader(film, NTSC) as video:
        for number in [249, 0, 248, 1, *rng.integers(0, 250, 40).tolist()]:
            np.testing.assert_array_equal(video.frame_at(number / NTSC), played[number])


def test_a_frame_is_shown_from_its_time_until_the_next(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 20, NTSC)
    tick = Fraction(1, 10_000)
    with reader(film, NTSC) as video:
        for number in range(1, 19):
            assert read_number(video.frame_at(number / NTSC)) == number
            assert read_number(video.frame_at((number + 1) / NTSC - tick)) == number
            assert read_number(video.frame_at(number / NTSC - tick)) == number - 1


def test_past_the_end_the_last_frame_stays(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 10, Fraction(25))
    with reader(film) as video:
        assert [read_number(frame) for frame in video.frames(Fraction(8, 25), 5)] == [8, 9, 9, 9, 9]
        assert read_number(video.frame_at(Fraction(500))) == 9
        assert read_number(video.frame_at(Fraction(0))) == 0


def test_another_rate_repeats_and_drops(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 24, Fraction(24))
    with reader(film, Fraction(60)) as video:
        assert [read_number(frame) for frame in video.frames(Fraction(0), 60)] == [n * 24 // 60 for n in range(60)]
    with reader(film, Fraction(12)) as video:
        assert [read_number(frame) for frame in video.frames(Fraction(1, 24), 11)] == list(range(1, 23, 2))


def test_variable_rate_goes_by_timestamps(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 30, Fraction(25))
    # Frame n at n² milliseconds.
    stretched = remade(film, tmp_path / "vfr.mp4", "-vf", "settb=1/1000,setpts=N*N", "-fps_mode", "vfr",
                       "-enc_time_base", "1/1000", "-video_track_timescale", "1000")  # fmt: skip
    with reader(stretched) as video:
        for milliseconds in (0, 1, 3, 4, 99, 100, 101, 624, 625, 840, 841, 5, 400):
            expected = int(milliseconds**0.5)
            assert read_number(video.frame_at(Fraction(milliseconds, 1000))) == expected


def test_edit_list_that_cuts_the_start(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 50, Fraction(25), gop_seconds=Fraction(1))
    cut = tmp_path / "cut.mp4"
    run_ffmpeg(["-ss", "0.4", "-i", file_url(film), "-c", "copy", file_url(cut)])
    # The stream is copied from the key frame on; the edit list hides the first ten frames.
    with reader(cut) as video:
        shown = [read_number(frame) for frame in video.frames(Fraction(0), 40)]
    assert shown == list(range(10, 50))


def test_edit_list_that_delays_the_picture(tmp_path: Path, make: Make) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 25, Fraction(25))
    sound = make("tone.m4a", "-f", "lavfi", "-i", "sine=duration=2")
    late = tmp_path / "late.mp4"
    run_ffmpeg(["-i", file_url(sound), "-itsoffset", "0.4", "-i", file_url(film), "-c", "copy", file_url(late)])
    with reader(late) as video:
        shown = [read_number(frame) for frame in video.frames(Fraction(0), 35)]
    assert shown == [0] * 10 + list(range(25))


def test_frames_step_by_any_even_step_in_either_direction(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 60, Fraction(25))
    with reader(film) as video:
        assert [read_number(video.frame_at(Fraction(n, 25))) for n in range(0, 60, 3)] == list(range(0, 60, 3))
        assert [read_number(video.frame_at(Fraction(n, 25))) for n in range(20, 0, -1)] == list(range(20, 0, -1))
        same = video.frame_at(Fraction(7, 25))
        assert video.frame_at(Fraction(7, 25)) is same
        assert not same.flags.writeable


def test_an_abandoned_run_of_frames_does_not_disturb_the_next(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 60, Fraction(25))
    with reader(film) as video:
        run = video.frames(Fraction(0), 60)
        assert [read_number(next(run)) for _ in range(5)] == [0, 1, 2, 3, 4]
        assert read_number(video.frame_at(Fraction(30, 25))) == 30
        assert read_number(next(run)) == 5


# --- shape --------------------------------------------------------------------------------------------------------


def corners(path: Path, width: int = 64, height: int = 48) -> Path:
    """Red top left, green top right, blue bottom left, white bottom right."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2] = (255, 0, 0)
    rgb[: height // 2, width // 2 :] = (0, 255, 0)
    rgb[height // 2 :, : width // 2] = (0, 0, 255)
    rgb[height // 2 :, width // 2 :] = (255, 255, 255)
    with VideoWriter(path, width_px=width, height_px=height, rate=Fraction(25), crf=1) as writer:
        for _ in range(5):
            writer.write(rgb_to_i420(rgb))
    return path


def names_of_corners(frame: Frame) -> list[str]:
    rgb = i420_to_rgb(frame).astype(int)
    height, width = rgb.shape[:2]
    colours = {
        "red": (255, 0, 0),
        "green": (0, 255, 0),
        "blue": (0, 0, 255),
        "white": (255, 255, 255),
        "black": (0,) * 3,
    }
    found = []
    for y, x in (
        (height // 4, width // 4),
        (height // 4, width * 3 // 4),
        (height * 3 // 4, width // 4),
        (height * 3 // 4, width * 3 // 4),
    ):
        found.append(min(colours, key=lambda name: int(np.abs(rgb[y, x] - colours[name]).sum())))
    return found


@pytest.mark.parametrize(
    ("turn", "size", "expected"),
    [
        ("0", (64, 48), ["red", "green", "blue", "white"]),
        ("90", (48, 64), ["green", "white", "red", "blue"]),
        ("180", (64, 48), ["white", "blue", "green", "red"]),
        ("270", (48, 64), ["blue", "red", "white", "green"]),
    ],
)
def test_rotation(tmp_path: Path, turn: str, size: tuple[int, int], expected: list[str]) -> None:
    """`-display_rotation` turns counter-clockwise by its own description."""
    source = corners(tmp_path / "corners.mp4")
    turned = tmp_path / "turned.mp4"
    run_ffmpeg(["-display_rotation", turn, "-i", file_url(source), "-c", "copy", file_url(turned)])
    with reader(turned, size=size) as video:
        assert names_of_corners(video.frame_at(Fraction(0))) == expected


def black_border(frame: Frame) -> tuple[int, int, int, int]:
    """Columns and rows of black at the left, right, top and bottom."""
    light = i420_planes(frame)[0] > 40
    columns, rows = light.any(axis=0), light.any(axis=1)
    return (
        int(columns.argmax()),
        int(columns[::-1].argmax()),
        int(rows.argmax()),
        int(rows[::-1].argmax()),
    )


def white(path: Path, width: int, height: int, aspect: str = "1") -> Path:
    size = f"color=white:size={width}x{height}:rate=25:duration=0.2,setsar={aspect}"
    run_ffmpeg(["-f", "lavfi", "-i", size, "-pix_fmt", "yuv420p", file_url(path)])
    return path


@pytest.mark.parametrize(
    ("stored", "aspect", "border"),
    [
        ((64, 48), "1", (16, 16, 0, 0)),  # 4:3 in 96×48
        ((96, 48), "1", (0, 0, 0, 0)),
        ((96, 24), "1", (0, 0, 12, 12)),
        ((48, 48), "2", (0, 0, 0, 0)),  # pixels twice as wide as high
        ((96, 48), "1/2", (24, 24, 0, 0)),
    ],
)
def test_contain_shows_all_with_bars(
    tmp_path: Path, stored: tuple[int, int], aspect: str, border: tuple[int, int, int, int]
) -> None:
    source = white(tmp_path / "white.mp4", *stored, aspect)
    with reader(source, size=(96, 48), fit="contain") as video:
        assert black_border(video.frame_at(Fraction(0))) == border


def test_cover_fills_and_crops_the_middle(tmp_path: Path) -> None:
    rgb = np.zeros((48, 96, 3), np.uint8)
    rgb[:, 24:72] = (255, 255, 255)
    with VideoWriter(tmp_path / "a.mp4", width_px=96, height_px=48, rate=Fraction(25), crf=1) as writer:
        writer.write(rgb_to_i420(rgb))
    with reader(tmp_path / "a.mp4", size=(48, 48)) as video:
        assert i420_planes(video.frame_at(Fraction(0)))[0].min() > 225
    with reader(tmp_path / "a.mp4", size=(50, 36)) as video:  # not a whole crop: still centred, still full
        luma = i420_planes(video.frame_at(Fraction(0)))[0]
        dark = luma.max(axis=0) < 60
        assert dark.sum() == pytest.approx(14, abs=2)
        # Chroma of 4:2:0 lets a crop start on even pixels only: at most one pixel off the middle.
        assert abs(int(dark[:25].sum()) - int(dark[25:].sum())) <= 2


def test_rotation_and_pixel_aspect_together(tmp_path: Path) -> None:
    source = white(tmp_path / "white.mp4", 48, 48, "2")  # shown 96×48, turned 48×96
    turned = tmp_path / "turned.mp4"
    run_ffmpeg(["-display_rotation", "90", "-i", file_url(source), "-c", "copy", file_url(turned)])
    with reader(turned, size=(48, 96), fit="contain") as video:
        assert black_border(video.frame_at(Fraction(0))) == (0, 0, 0, 0)
    with reader(turned, size=(96, 96), fit="contain") as video:
        assert black_border(video.frame_at(Fraction(0))) == (24, 24, 0, 0)


# --- colour -------------------------------------------------------------------------------------------------------

_COLOURS = [[190, 30, 40], [40, 170, 60], [50, 60, 200], [200, 190, 60], [200, 140, 120]]
PATCHES = np.array([*_COLOURS, [230, 230, 230], [128, 128, 128], [20, 20, 20]])
MATRIX_TAGS = {"bt601": "smpte170m", "bt709": "bt709", "bt2020": "bt2020nc"}
LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


def patch_planes(signal: NDArray[np.float64], matrix: str, full: bool, bits: int) -> bytes:
    """Eight upright patches, 16×32 each, as planar 4:2:0 of any standard, from the standards' formulas."""
    red, blue = LUMA[matrix]
    luma = signal @ [red, 1 - red - blue, blue]
    cb, cr = (signal[:, 2] - luma) / (2 - 2 * blue), (signal[:, 0] - luma) / (2 - 2 * red)
    unit, top = 1 << (bits - 8), (1 << bits) - 1
    y = luma * top if full else (16 + 219 * luma) * unit
    u, v = ((part * top if full else part * 224 * unit) + 128 * unit for part in (cb, cr))
    kind = np.uint8 if bits == 8 else np.uint16
    sizes = ((y, 16, 32), (u, 8, 16), (v, 8, 16))
    planes = [np.rint(np.repeat(part, width)[None].repeat(rows, axis=0)) for part, width, rows in sizes]
    return b"".join(plane.astype(kind).tobytes() for plane in planes)


def patch_film(
    path: Path, signal: NDArray[np.float64], matrix: str, *, full: bool, bits: int, primaries: str, transfer: str
) -> Path:
    pixels = "yuv420p" if bits == 8 else "yuv420p10le"
    raw = patch_planes(signal, matrix, full, bits) * 3
    tags = f"setparams=range={'full' if full else 'limited'}:colorspace={MATRIX_TAGS[matrix]}"
    tags += f":color_primaries={primaries}:color_trc={transfer}"
    frames = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", "128x32", "-framerate", "25", "-i", "pipe:0"]
    coder = (
        ["-c:v", "libx264", "-qp", "0"] if bits == 8 else ["-c:v", "libx265", "-x265-params", "lossless=1:log-level=0"]
    )
    run_ffmpeg([*frames, "-vf", tags, *coder, "-preset", "ultrafast", file_url(path)], stdin=raw)
    return path


def read_patches(path: Path) -> NDArray[np.int64]:
    with reader(path, size=(128, 32)) as video:
        rgb = i420_to_rgb(video.frame_at(Fraction(0)))
    return rgb[16, 8::16].astype(np.int64)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_sdr_standards_come_to_bt709_limited(tmp_path: Path, matrix: Matrix, bits: int, full: bool) -> None:
    primaries = "smpte170m" if matrix == "bt601" else "bt709"
    film = patch_film(
        tmp_path / "a.mp4", PATCHES / 255, matrix, full=full, bits=bits, primaries=primaries, transfer="bt709"
    )
    assert np.abs(read_patches(film) - PATCHES).max() <= 4


@pytest.mark.parametrize(("transfer", "tag"), [("sdr", "bt2020-10"), ("hlg", "arib-std-b67"), ("pq", "smpte2084")])
def test_wide_colour_and_hdr_come_to_sdr_bt709(tmp_path: Path, transfer: str, tag: str) -> None:
    signal = PATCHES / 255 * (0.75 if transfer == "pq" else 1)
    film = patch_film(tmp_path / "a.mp4", signal, "bt2020", full=False, bits=10, primaries="bt2020", transfer=tag)
    expected = np.rint(to_sdr_bt709(signal, transfer=transfer) * 255)  # type: ignore[arg-type]
    found = read_patches(film)
    assert np.abs(found - expected).max() <= 8
    assert np.abs(found - expected).mean() <= 2.5


def test_untagged_pictures_are_taken_as_players_take_them(tmp_path: Path) -> None:
    """Standard definition as BT.601."""
    raw = patch_planes(PATCHES / 255, "bt601", False, 8) * 3
    frames = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "128x32", "-framerate", "25", "-i", "pipe:0"]
    run_ffmpeg([*frames, "-c:v", "libx264", "-qp", "0", file_url(tmp_path / "a.mp4")], stdin=raw)
    assert np.abs(read_patches(tmp_path / "a.mp4") - PATCHES).max() <= 4


def test_our_own_film_comes_back_untouched(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames = [rng.integers(16, 236, (96, 96), np.uint8) for _ in range(4)]
    with VideoWriter(tmp_path / "a.mkv", width_px=96, height_px=64, rate=Fraction(25), codec="ffv1") as writer:
        for frame in frames:
            writer.write(frame)
    with reader(tmp_path / "a.mkv") as video:
        for number, frame in enumerate(frames):
            np.testing.assert_array_equal(video.frame_at(Fraction(number, 25)), frame)


def test_interlaced_film_is_made_whole_and_the_same_in_any_order(tmp_path: Path) -> None:
    moving = "testsrc2=size=96x64:rate=50:duration=2"
    coder = ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "4M", "-g", "10"]
    film = tmp_path / "i.ts"
    woven = f"{moving},interlace=scan=tff,setfield=tff"
    run_ffmpeg(["-f", "lavfi", "-i", woven, *coder, file_url(film)])
    with reader(film) as video:
        played = [frame.copy() for frame in video.frames(Fraction(0), 45)]
    with reader(film) as video:
        for number in (40, 11, 25, 44, 0, 26):
            np.testing.assert_array_equal(video.frame_at(Fraction(number, 25)), played[number])

    def mean_combing(*source: str) -> float:
        raw = run_ffmpeg([*source, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"])
        return float(np.mean([combing(frame) for frame in np.frombuffer(raw, np.uint8).reshape(-1, 96, 96)]))

    whole, comb = mean_combing("-f", "lavfi", "-i", moving), mean_combing("-i", file_url(film))
    assert np.mean([combing(frame) for frame in played]) - whole < 0.4 * (comb - whole)


def combing(frame: Frame) -> float:
    """How much each line differs from its neighbours above and below."""
    luma = i420_planes(np.ascontiguousarray(frame))[0].astype(int)
    return float(np.abs(2 * luma[1:-1] - luma[:-2] - luma[2:]).mean())


# --- what cannot be read ------------------------------------------------------------------------------------------


def test_no_picture_stills_and_bad_requests(make: Make, tmp_path: Path) -> None:
    sound = make("tone.m4a", "-f", "lavfi", "-i", "sine=duration=0.2")
    with reader(sound) as video, pytest.raises(MediaError, match="no moving picture"):
        video.frame_at(Fraction(0))
    cover = make("cover.png", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
    both = ["-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    song = make("song.mp3", *both)
    with reader(song) as video, pytest.raises(MediaError, match="no moving picture"):
        video.frame_at(Fraction(0))
    with pytest.raises(InputError, match="even"):
        reader(sound, size=(95, 64))
    with pytest.raises(InputError, match="does not exist"):
        reader(tmp_path / "none.mp4")


def test_a_closed_reader_says_so(clip: Path) -> None:
    video = reader(clip)
    video.frame_at(Fraction(0))
    video.close()
    with pytest.raises(InputError, match="closed"):
        video.frame_at(Fraction(0))


def test_truncated_film_shows_what_is_there(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mkv", 0, 100, Fraction(25), gop_seconds=Fraction(1, 2))
    data = film.read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) // 2])
    with reader(tmp_path / "cut.mkv") as video:
        shown = [read_number(frame) for frame in video.frames(Fraction(0), 100)]
    assert shown[:30] == list(range(30))
    assert shown[-1] == shown[-2]


# --- stills -------------------------------------------------------------------------------------------------------


def test_still_as_it_is(tmp_path: Path) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (31, 45, 3), np.uint8)
    Image.fromarray(rgb).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_still(tmp_path / "a.png"), rgb)
    for ending in ("jpg", "webp", "bmp", "tiff"):
        Image.new("RGB", (20, 10), (200, 100, 50)).save(tmp_path / f"a.{ending}")
        found = read_still(tmp_path / f"a.{ending}")
        assert found.shape == (10, 20, 3)
        assert np.abs(found.astype(int) - (200, 100, 50)).max() <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_upright(tmp_path: Path, orientation: int) -> None:
    upright = Image.new("RGB", (60, 40), "black")
    upright.paste((255, 0, 0), (0, 0, 30, 20))
    undo = {2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}
    stored = upright
    for step in undo.get(orientation, []):
        stored = stored.transpose(Image.Transpose(step))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_still(tmp_path / "a.png"), np.asarray(upright))


def test_transparency_over_white_or_kept(tmp_path: Path) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2] = (255, 0, 0, 255)
    rgba[2:] = (0, 0, 0, 127)
    Image.fromarray(rgba).save(tmp_path / "a.png")
    white = read_still(tmp_path / "a.png")
    assert white[0, 0].tolist() == [255, 0, 0]
    assert white[3, 3].tolist() == [128, 128, 128]
    np.testing.assert_array_equal(read_still(tmp_path / "a.png", alpha="keep"), rgba)


def test_grey_of_sixteen_bits_keeps_its_scale(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65_535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    found = read_still(tmp_path / "a.png")
    assert np.abs(found[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_embedded_profile_is_brought_to_srgb(tmp_path: Path) -> None:
    lab = Image.new("LAB", (8, 8), (150, 170, 120))
    Image.new("RGB", (8, 8), (120, 60, 200)).save(
        tmp_path / "srgb.png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    assert np.abs(read_still(tmp_path / "srgb.png")[0, 0].astype(int) - (120, 60, 200)).max() <= 1
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    lab.save(tmp_path / "lab.tiff", icc_profile=profile)
    assert read_still(tmp_path / "lab.tiff").shape == (8, 8, 3)


def test_broken_and_foreign_stills_are_refused(tmp_path: Path) -> None:
    Image.effect_noise((300, 300), 90).save(tmp_path / "a.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "a.png").read_bytes()[:20_000])
    with pytest.raises(MediaError, match="damaged"):
        read_still(tmp_path / "cut.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(MediaError, match="not a picture"):
        read_still(tmp_path / "text.png")
    with pytest.raises(LimitError, match="300×300"):
        read_still(tmp_path / "a.png", limits=Limits(max_pixels=80_000))


def test_blank_frame_of_bars_is_black(tmp_path: Path) -> None:
    """The bars that `contain` adds are the black that `blank_i420` is."""
    source = white(tmp_path / "white.mp4", 64, 48)
    with reader(source, size=(96, 48), fit="contain") as video:
        frame = video.frame_at(Fraction(0))
    for plane, black in zip(i420_planes(frame), i420_planes(blank_i420(96, 48)), strict=True):
        np.testing.assert_array_equal(plane[:, :6], black[:, :6])


def test_numbers_can_be_read_back() -> None:
    assert [number_of(numbered(number)[:64]) for number in range(256)] == list(range(256))
