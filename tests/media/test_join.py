from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rushlight.core.errors import InputError, MediaError
from rushlight.media.encode import Content, VideoWriter
from rushlight.media.join import join_segments, picture_clock
from tests.media.test_encode import decoded, numbered, write_numbered


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)])
def test_joined_film_has_all_frames_at_their_exact_times(tmp_path: Path, rate: Fraction) -> None:
    lengths = [7, 1, 30, 2, 13]
    starts = np.cumsum([0, *lengths[:-1]])
    segments = [
        write_numbered(tmp_path / f"{index}.mp4", int(start), length, rate)
        for index, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]
    join_segments(segments, tmp_path / "all.mp4", rate=rate)
    times, numbers = decoded(tmp_path / "all.mp4")
    assert numbers == list(range(53))
    assert times == [index / rate for index in range(53)]
    assert picture_clock(tmp_path / "all.mp4")[0] == 53 / rate
    with av.open(str(tmp_path / "all.mp4")) as container:
        stamps = [packet.dts for packet in container.demux(video=0) if packet.size]
    assert all(later > earlier for earlier, later in zip(stamps, stamps[1:], strict=False))  # type: ignore[operator]


def test_joining_copies_the_decoded_frames_bit_for_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    segments = []
    for index in range(3):
        path = tmp_path / f"{index}.mp4"
        kind: Content = "graphics" if index % 2 else "footage"  # both kinds share their parameter sets
        with VideoWriter(path, width_px=96, height_px=64, rate=Fraction(25), content=kind) as writer:
            for _ in range(9):
                writer.write(rng.integers(16, 235, (96, 96), np.uint8))
        segments.append(path)
    join_segments(segments, tmp_path / "all.mp4", rate=Fraction(25))

    def pixels(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]

    assert pixels(tmp_path / "all.mp4") == [one for segment in segments for one in pixels(segment)]


def test_joining_is_reproducible(tmp_path: Path) -> None:
    segments = [write_numbered(tmp_path / f"{index}.mp4", index * 5, 5, Fraction(25)) for index in range(2)]
    join_segments(segments, tmp_path / "one.mp4", rate=Fraction(25))
    join_segments(segments, tmp_path / "two.mp4", rate=Fraction(25))
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_segments_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    one = write_numbered(tmp_path / "one.mp4", 0, 5, Fraction(25))
    other = tmp_path / "other.mp4"
    with VideoWriter(other, width_px=64, height_px=64, rate=Fraction(25)) as writer:
        writer.write(numbered(0, 64, 64))
    with pytest.raises(MediaError, match=r"other\.mp4.*other settings"):
        join_segments([one, other], tmp_path / "all.mp4", rate=Fraction(25))
    with pytest.raises(MediaError, match="does not start on a frame"):
        join_segments([one], tmp_path / "all.mp4", rate=Fraction(24))
    with pytest.raises(InputError):
        join_segments([], tmp_path / "all.mp4", rate=Fraction(25))
    (tmp_path / "bad.mp4").write_bytes(one.read_bytes()[:500])
    with pytest.raises(MediaError):
        join_segments([one, tmp_path / "bad.mp4"], tmp_path / "all.mp4", rate=Fraction(25))
    assert not (tmp_path / "all.mp4").exists()
    assert not list(tmp_path.glob(".writing*"))
