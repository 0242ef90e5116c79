"""A part encoded by FFmpeg alone shows the same frames as one that passed through our reader."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import MediaError
from rushlight.media.decode import VideoReader
from rushlight.media.encode import encode_part
from rushlight.media.ffmpeg import run_ffmpeg
from rushlight.media.probe import probe


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(24)])
@pytest.mark.parametrize("first", [0, 7, 31])
def test_same_frames_as_our_reader(tmp_path: Path, rate: Fraction, first: int) -> None:
    source = tmp_path / "source.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", f"testsrc2=size=320x180:rate={rate}:duration=3", "-f", "lavfi", "-i", "sine=duration=3"]
        + ["-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-c:a", "aac"]
        + ["-color_primaries", "bt709", "-color_trc", "bt709", "-y", f"file:{source}"]
    )
    facts = probe(source).video
    assert facts is not None
    assert facts.start == 0
    part = tmp_path / "part.mp4"
    encode_part(source, part, start=first / rate, count=20, rate=rate, clock_start=facts.clock_start, crf=1)
    made, before = (VideoReader(path, width_px=320, height_px=180, rate=rate) for path in (part, source))
    pairs = zip(made.frames(Fraction(0), 20), before.frames(first / rate, 22), strict=False)
    worst = max(float(np.abs(a.astype(int) - b.astype(int)).mean()) for a, b in pairs)
    assert worst < 1.5, "neighbouring frames of this source differ by more than 5"
    assert probe(part).video.frame_count == 20  # type: ignore[union-attr]


def test_too_few_frames_are_noticed(tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=1", "-pix_fmt", "yuv420p", "-y", f"file:{source}"]
    )
    with pytest.raises(MediaError, match="Fewer than 40"):
        encode_part(source, tmp_path / "part.mp4", start=Fraction(0), count=40, rate=Fraction(25))
    assert not list(tmp_path.glob("*part*"))
