from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from rushlight.core.errors import InputError, MediaError, ToolError
from rushlight.media.encode import VideoWriter, mux, read_wav, write_wav
from rushlight.media.ffmpeg import kill_group

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(12)]


def numbered(number: int, width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """A frame whose number can be read back: eight bars, light for a one."""
    frame = np.full((height * 3 // 2, width), 128, np.uint8)
    for bit in range(8):
        frame[:height, bit * width // 8 : (bit + 1) * width // 8] = 220 if number >> bit & 1 else 30
    return frame


def number_of(luma: NDArray[np.uint8]) -> int:
    bars = luma.reshape(luma.shape[0], 8, -1).mean(axis=(0, 2))
    return sum(1 << bit for bit in range(8) if bars[bit] > 125)


def decoded(path: Path) -> tuple[list[Fraction], list[int]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = [frame.pts * frame.time_base for frame in frames if frame.pts is not None and frame.time_base]
    return times, [number_of(frame.to_ndarray()[: frame.height]) for frame in frames]


def write_numbered(path: Path, first: int, count: int, rate: Fraction, **settings: object) -> Path:
    with VideoWriter(path, width_px=96, height_px=64, rate=rate, **settings) as writer:  # type: ignore[arg-type]
        for number in range(first, first + count):
            writer.write(numbered(number))
    return path


@pytest.mark.parametrize("rate", RATES)
def test_every_frame_has_its_exact_time(tmp_path: Path, rate: Fraction) -> None:
    path = write_numbered(tmp_path / "film.mp4", 0, 40, rate)
    times, numbers = decoded(path)
    assert numbers == list(range(40))
    assert times == [index / rate for index in range(40)]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == rate
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == 40 / rate


@pytest.mark.parametrize(
    ("codec", "preset", "bits"), [("libx265", "ultrafast", 10), ("libsvtav1", "12", 8), ("ffv1", "", 8)]
)
def test_other_codecs(tmp_path: Path, codec: str, preset: str, bits: int) -> None:
    path = tmp_path / ("film.mkv" if codec == "ffv1" else "film.mp4")
    with VideoWriter(
        path,
        width_px=96,
        height_px=64,
        rate=Fraction(25),
        codec=codec,  # type: ignore[arg-type]
        preset=preset,
        bits=bits,
    ) as writer:
        for number in range(5):
            frame = numbered(number)
            writer.write(frame if bits == 8 else frame.astype(np.uint16) << 2)
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        assert max(part.bits for part in frames[0].format.components) == bits
        assert [number_of(frame.reformat(format="gray").to_ndarray()) for frame in frames] == list(range(5))


def test_stream_starts_with_a_key_frame_and_groups_are_closed_and_of_the_asked_length(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mp4", 0, 60, Fraction(25), gop_seconds=Fraction(4, 5))
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    keys = [index for index, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(np.diff([*keys, 60])) <= 20
    for key in keys:
        # closed: nothing decoded after a key frame is shown before it
        assert all((packet.pts or 0) >= (packets[key].pts or 0) for packet in packets[key:])


def test_tags_are_bt709_limited(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "film.mp4", 0, 2, Fraction(25))
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"


def test_same_frames_same_bytes(tmp_path: Path) -> None:
    one, two = (write_numbered(tmp_path / name, 0, 30, Fraction(25)) for name in ("one.mp4", "two.mp4"))
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()
    assert b"Lavf" not in one.read_bytes()


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with VideoWriter(tmp_path / "film.mp4", width_px=96, height_px=64, rate=Fraction(25)) as writer:
            writer.write(numbered(1))
            raise KeyError("something else failed")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_dead_encoder_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "film.mp4", width_px=96, height_px=64, rate=Fraction(25))
    kill_group(writer._process)

    def go_on() -> None:
        for number in range(2000):
            writer.write(numbered(number % 256))
        writer.close()

    with pytest.raises(ToolError, match="FFmpeg failed"):
        go_on()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_preset_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(ToolError, match=r"film\.mp4"),
        VideoWriter(tmp_path / "film.mp4", width_px=96, height_px=64, rate=Fraction(25), preset="warp") as writer,
    ):
        writer.write(numbered(1))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_film_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    with pytest.raises(InputError), VideoWriter(path, width_px=96, height_px=64, rate=Fraction(25)):
        pass
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("width", "height", "name"), [(95, 64, "a.mp4"), (96, 63, "a.mp4"), (0, 0, "a.mp4"), (96, 64, "a.txt")]
)
def test_impossible_films_are_refused(tmp_path: Path, width: int, height: int, name: str) -> None:
    with pytest.raises(InputError):
        VideoWriter(tmp_path / name, width_px=width, height_px=height, rate=Fraction(25))


def test_a_wrong_frame_is_refused(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "film.mp4", width_px=96, height_px=64, rate=Fraction(25)) as writer:
        with pytest.raises(InputError, match="96"):
            writer.write(np.zeros((64, 96), np.uint8))
        writer.write(numbered(0))


@pytest.mark.parametrize("rate", RATES)
def test_mux_keeps_frames_and_gives_sound_the_same_length(tmp_path: Path, rate: Fraction) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 30, rate)
    write_wav(tmp_path / "sound.wav", np.zeros((96_000, 2), np.float32), 48_000)
    mux(film, tmp_path / "sound.wav", tmp_path / "out.mp4", metadata={"title": "Ein Titel = \n neu"})
    times, numbers = decoded(tmp_path / "out.mp4")
    assert numbers == list(range(30))
    assert times == [index / rate for index in range(30)]
    with av.open(str(tmp_path / "out.mp4")) as container:
        sound = container.streams.audio[0]
        assert sound.duration == round(30 / rate * 48_000)
        assert sound.time_base == Fraction(1, 48_000)
        assert sound.codec_context.name == "aac"
        assert container.metadata["title"] == "Ein Titel = \n neu"


def test_mux_pads_short_sound_and_goes_without(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 50, Fraction(25))
    write_wav(tmp_path / "sound.wav", np.ones((4410, 1), np.float32) * 0.1, 44_100)
    mux(film, tmp_path / "sound.wav", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.audio[0].duration == 96_000
    mux(film, None, tmp_path / "silent.mp4", faststart=False)
    with av.open(str(tmp_path / "silent.mp4")) as container:
        assert len(container.streams) == 1


def test_mux_adds_subtitles_with_their_language(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 50, Fraction(25))
    (tmp_path / "s.srt").write_text("1\n00:00:00,500 --> 00:00:01,000\nGrüße\n", encoding="utf-8")
    mux(film, None, tmp_path / "out.mp4", subtitles=tmp_path / "s.srt", subtitle_language="deu")
    with av.open(str(tmp_path / "out.mp4")) as container:
        track = container.streams.subtitles[0]
        assert (track.codec_context.name, track.language) == ("mov_text", "deu")
        texts = [bytes(packet) for packet in container.demux(track) if packet.size]
    assert any("Grüße".encode() in text for text in texts)


def test_mux_puts_the_index_first(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 5, Fraction(25))
    mux(film, None, tmp_path / "out.mp4")
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_mux_refuses_what_is_missing_or_unwritable(tmp_path: Path) -> None:
    film = write_numbered(tmp_path / "film.mp4", 0, 5, Fraction(25))
    with pytest.raises(InputError, match="does not exist"):
        mux(film, tmp_path / "no.wav", tmp_path / "out.mp4")
    with pytest.raises(InputError, match="metadata key"):
        mux(film, None, tmp_path / "out.mp4", metadata={"a=b": "c"})
    (tmp_path / "bad.wav").write_bytes(b"not a wav")
    with pytest.raises(ToolError):
        mux(film, tmp_path / "bad.wav", tmp_path / "out.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.wav", "film.mp4"]


def test_wav_round_trip_and_same_bytes(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1.5, 1.5, (1000, 3)).astype(np.float32)
    write_wav(tmp_path / "a.wav", samples, 44_100)
    write_wav(tmp_path / "b.wav", samples, 44_100)
    back, rate = read_wav(tmp_path / "a.wav")
    assert rate == 44_100
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, samples)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_wav_refusals(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shape"):
        write_wav(tmp_path / "a.wav", np.zeros(5, np.float32), 48_000)
    with pytest.raises(InputError, match="not numbers"):
        write_wav(tmp_path / "a.wav", np.full((5, 1), np.nan, np.float32), 48_000)
    (tmp_path / "bad.wav").write_bytes(b"RIFFxxxxWAVEjunk")
    with pytest.raises(MediaError):
        read_wav(tmp_path / "bad.wav")
    with pytest.raises(MediaError):
        read_wav(tmp_path / "none.wav")


@pytest.mark.parametrize(("form", "scale"), [("u8", 0.02), ("s16", 1e-4), ("s32", 1e-6)])
def test_whole_number_wavs_are_read_at_the_same_level(tmp_path: Path, form: str, scale: float) -> None:
    from rushlight.media.ffmpeg import file_url, run_ffmpeg

    tone = (0.5 * np.sin(np.arange(4800) / 10)).astype(np.float32)[:, None]
    write_wav(tmp_path / "f.wav", tone, 48_000)
    codec = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le"}[form]
    run_ffmpeg(["-i", file_url(tmp_path / "f.wav"), "-c:a", codec, file_url(tmp_path / "i.wav")])
    np.testing.assert_allclose(read_wav(tmp_path / "i.wav")[0], tone, atol=scale)
