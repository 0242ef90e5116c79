from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from rushlight.artifacts.watermark import MarkedFile
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.media.decode import read_still
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe
from rushlight.trust.embed_watermark import embed_watermark
from rushlight.trust.read_watermark import read_watermark

PAYLOAD = "00c0ffee12345678"


@pytest.fixture
def still(tmp_path: Path, scene: Callable[[int, int], np.ndarray]) -> Path:
    path = tmp_path / "leaves.png"
    Image.fromarray(np.dstack([scene(3, 480)] * 3)).save(path)
    return path


def _mark(path: Path, tmp_path: Path, **how: object) -> MarkedFile:
    with running(Run(scratch=tmp_path / "run")):
        return embed_watermark(probe(path), **how)  # type: ignore[arg-type]


def test_a_marked_picture_is_near_the_first_and_its_mark_is_read_from_jpeg_half_size_and_a_crop(
    still: Path, tmp_path: Path
) -> None:
    made = _mark(still, tmp_path, payload=PAYLOAD)
    before, after = (read_still(path) for path in (still, made.file.path))
    assert cv2.PSNR(before, after) >= 42
    assert made.psnr_db == pytest.approx(cv2.PSNR(before, after), abs=0.5)
    attacks = {
        "as it is": after,
        "half": cv2.resize(after, (240, 240), interpolation=cv2.INTER_AREA),
        "crop": after[20:440, 40:460],
        "mirrored": after[:, ::-1],
    }
    for name, pixels in attacks.items():
        path = tmp_path / f"{name}.jpg"
        Image.fromarray(np.ascontiguousarray(pixels)).save(path, quality=60)
        read = read_watermark(probe(path))
        assert read.found, name
        assert read.found[0].payload == PAYLOAD
        assert read.found[0].false_positive_probability <= 1e-6
    assert read_watermark(probe(still)).found == ()


def test_a_film_keeps_its_mark_when_it_is_made_smaller(tmp_path: Path, scene: Callable[[int, int], np.ndarray]) -> None:
    wide = scene(9, 640)
    path = tmp_path / "film.mp4"
    with VideoWriter(path, width_px=640, height_px=400, rate=Fraction(12), crf=12) as writer:
        for number in range(24):
            luma = wide[:400].copy()
            luma[40:120, 20 * number : 20 * number + 80] = wide[500:580, :80]
            writer.write(np.concatenate([luma, np.full((200, 640), 128, np.uint8)]))
    made = _mark(path, tmp_path, payload=PAYLOAD)
    assert made.psnr_db is not None
    assert made.psnr_db >= 42
    assert made.marked == ("picture",)
    marked = probe(made.file.path)
    assert marked.video is not None
    assert marked.video.frame_count in (None, 24)
    small = tmp_path / "small.mp4"
    capture = cv2.VideoCapture(str(made.file.path))
    with VideoWriter(small, width_px=480, height_px=300, rate=Fraction(12), crf=24) as writer:
        while (got := capture.read())[0]:
            luma = cv2.resize(cv2.cvtColor(got[1], cv2.COLOR_BGR2GRAY), (480, 300), interpolation=cv2.INTER_AREA)
            writer.write(np.concatenate([luma, np.full((150, 480), 128, np.uint8)]))
    assert [mark.payload for mark in read_watermark(probe(small)).found] == [PAYLOAD]


def test_only_who_has_the_key_reads_a_private_mark(still: Path, tmp_path: Path) -> None:
    key, other = tmp_path / "key", tmp_path / "other"
    key.write_bytes(b"k" * 32)
    other.write_bytes(b"o" * 32)
    made = probe(_mark(still, tmp_path, payload=PAYLOAD, key_file=str(key)).file.path)
    assert read_watermark(made, key_file=str(key)).found[0].payload == PAYLOAD
    assert not read_watermark(made, key_file=str(other), search=False).found
    assert not read_watermark(made, search=False).found


def test_without_a_payload_it_is_the_file_s_own_hash(still: Path, tmp_path: Path) -> None:
    made = _mark(still, tmp_path)
    assert made.payload == probe(still).file.sha256[:16]
    assert read_watermark(probe(made.file.path)).found[0].payload == made.payload


def test_a_transparent_picture_stays_transparent(tmp_path: Path, scene: Callable[[int, int], np.ndarray]) -> None:
    luma = scene(4, 300)
    alpha = np.full_like(luma, 255)
    alpha[:50] = 90
    path = tmp_path / "clear.png"
    Image.fromarray(np.dstack([luma, luma, luma, alpha])).save(path)
    made = _mark(path, tmp_path)
    assert np.array_equal(np.asarray(Image.open(made.file.path))[..., 3], alpha)


def test_a_flat_picture_is_marked_weakly_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "flat.png"
    Image.new("RGB", (300, 300), (255, 255, 255)).save(path)
    run = Run(scratch=tmp_path / "run")
    with running(run):
        made = embed_watermark(probe(path))
    assert (made.false_positive_probability > 1e-6) == bool(run.weak)


@pytest.mark.parametrize("payload", ["xyz", "1" * 17, "-1", "0x12"])
def test_a_payload_that_is_none_is_refused(payload: str, still: Path) -> None:
    with pytest.raises(InputError, match="16 hex digits"):
        embed_watermark(probe(still), payload=payload)


def test_what_is_too_small_is_refused_in_one_sentence(picture: Path) -> None:
    with pytest.raises(InputError, match="to carry a mark"):
        embed_watermark(probe(picture))


def test_captions_chapters_and_tags_of_a_film_are_kept(tmp_path: Path, scene: Callable[[int, int], np.ndarray]) -> None:
    plain, film, captions = (tmp_path / name for name in ("plain.mp4", "film.mp4", "words.srt"))
    luma = scene(2, 320)
    with VideoWriter(plain, width_px=320, height_px=320, rate=Fraction(5)) as writer:
        for _ in range(10):
            writer.write(np.concatenate([luma, np.full((160, 320), 128, np.uint8)]))
    captions.write_text("1\n00:00:00,000 --> 00:00:01,000\nThe keeper\n")
    chapters = [(Fraction(0), Fraction(1), "One"), (Fraction(1), Fraction(2), "Two")]
    mux(plain, None, film, metadata={"title": "Harbour"}, subtitles=captions, chapters=chapters)
    made = _mark(film, tmp_path).file.path
    with av.open(str(made)) as container:
        assert container.metadata["title"] == "Harbour"
        assert [one["metadata"]["title"] for one in container.chapters()] == ["One", "Two"]
        assert [stream.type for stream in container.streams][:2] == ["video", "subtitle"]
    assert made.name == "film.mp4"


def test_sound_carries_the_end_of_the_payload(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    path = tmp_path / "street.wav"
    write_wav(path, (0.05 * rng.normal(0, 1, (8 * 48_000, 2))).astype(np.float32), 48_000)
    made = _mark(path, tmp_path, payload="c0ffee")
    assert (made.marked, made.payload) == (("sound",), "0000000000c0ffee")
    assert made.snr_db is not None
    assert made.snr_db >= 25
    assert [mark.payload for mark in read_watermark(probe(made.file.path)).found] == ["00c0ffee"]
    short = tmp_path / "short.wav"
    write_wav(short, np.zeros((48_000, 1), np.float32), 48_000)
    with pytest.raises(InputError, match="5 seconds"):
        _mark(short, tmp_path)
