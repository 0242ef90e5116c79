"""Smart rendering: copied packets are the source's, every frame is the right one, and sound stays with the picture."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.edit.smart_render import smart_render
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound

_CODECS = {
    "closed H.264": ["-c:v", "libx264", "-g", "24", "-x264-params", "open-gop=0", "-pix_fmt", "yuv420p"],
    "open H.264": ["-c:v", "libx264", "-g", "24", "-x264-params", "open-gop=1:bframes=3", "-pix_fmt", "yuv420p"],
    "H.264 of 10 bits": ["-c:v", "libx264", "-g", "24", "-pix_fmt", "yuv420p10le"],
    "open HEVC": ["-c:v", "libx265", "-x265-params", "keyint=24:open-gop=1:log-level=error", "-pix_fmt", "yuv420p"],
    "closed HEVC": ["-c:v", "libx265", "-x265-params", "keyint=24:open-gop=0:log-level=error", "-pix_fmt", "yuv420p"],
    "VP9": ["-c:v", "libvpx-vp9", "-g", "24", "-b:v", "300k", "-cpu-used", "8", "-deadline", "realtime"],
    "AV1": ["-c:v", "libsvtav1", "-g", "24", "-preset", "12", "-pix_fmt", "yuv420p"],
}
_SPANS = (
    (Fraction(7, 24), Fraction(90, 24)),
    (Fraction(101, 24), Fraction(180, 24)),
    (Fraction(30, 24), Fraction(34, 24)),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {"folder": tmp_path_factory.mktemp("made")}


def _source(made: dict[str, Path], name: str, suffix: str = ".mp4") -> Path:
    """Eight seconds whose every frame has another grey, so that each can be told, with a tone that rises."""
    key = f"{name}{suffix}"
    if key not in made:
        path = made["folder"] / f"{len(made)}{suffix}"
        picture = "nullsrc=size=128x96:rate=24:duration=8,geq=lum='16+N':cb=128:cr='128+40*sin(X/9+N/5)'"
        sound = "aevalsrc='0.4*sin(2*PI*(200+100*t)*t)|0.3*sin(2*PI*300*t)':s=48000:d=8"
        run_ffmpeg([
            "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *_CODECS[name], "-c:a", "aac", "-y",
            file_url(path),
        ])  # fmt: skip
        made[key] = path
    return made[key]


def _cut(*spans: tuple[Fraction, Fraction]) -> EditList:
    return EditList(spans=tuple(EditSpan(start=start, end=end) for start, end in spans))


def _greys(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.to_ndarray(format="gray8").mean()) for frame in container.decode(video=0)]


def _hashes(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize("name", sorted(_CODECS))
def test_every_frame_is_the_right_one(name: str, made: dict[str, Path], tmp_path: Path) -> None:
    source = _source(made, name)
    run = Run(scratch=tmp_path)
    with running(run):
        result = smart_render(probe(source), _cut(*_SPANS))
    assert result.video is not None
    wanted = [grey for start, end in _SPANS for grey in _greys(source)[int(start * 24) : int(end * 24)]]
    got = _greys(result.file.path)
    assert len(got) == len(wanted)
    assert np.abs(np.array(got) - wanted).max() < 0.6, run.weak
    with av.open(str(result.file.path)) as container:
        stream = container.streams.video[0]
        shown = sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.size)
    assert shown == [Fraction(number, 24) for number in range(len(wanted))]
    assert result.duration == Fraction(len(wanted), 24)


@pytest.mark.parametrize("name", ["closed H.264", "closed HEVC", "open HEVC", "VP9", "AV1"])
def test_whole_groups_are_copied_bit_for_bit(name: str, made: dict[str, Path], tmp_path: Path) -> None:
    source = _source(made, name)
    run = Run(scratch=tmp_path)
    with running(run):
        result = smart_render(probe(source), _cut(*_SPANS))
    assert run.figures["copied_frames"] >= 72, run.weak
    before, after = set(_hashes(source)), _hashes(result.file.path)
    # HEVC repeats parameter sets in front of the first packet of a copied row.
    assert sum(packet in before for packet in after) >= run.figures["copied_frames"] - 2


def test_without_idr_pictures_all_is_encoded_and_the_reason_said(made: dict[str, Path], tmp_path: Path) -> None:
    path = made["folder"] / "mpeg4.avi"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x48:rate=12:duration=3", "-c:v", "mpeg4", "-y", file_url(path)])
    run = Run(scratch=tmp_path)
    with running(run):
        result = smart_render(probe(path), _cut((Fraction(1, 2), Fraction(2))))
    assert result.video is not None
    assert result.video.frame_count == 18
    assert any("mpeg4" in reason for reason in run.weak)


@pytest.mark.parametrize("sound", ["copy", "exact"])
def test_sound_is_what_lies_at_the_cut(sound: str, made: dict[str, Path], tmp_path: Path) -> None:
    source = _source(made, "closed H.264")
    with running(Run(scratch=tmp_path)):
        result = smart_render(probe(source), _cut(*_SPANS), sound=sound)
    before, after = read_sound(source), read_sound(result.file.path)
    assert len(after) == round(result.duration * 48_000)
    at = 0
    for start, end in _SPANS[:2]:
        count = round((end - start) * 48_000)
        inside = slice(2400, count - 2400)
        first = round(start * 48_000)
        best = min(
            _error(after[at : at + count][inside], before[first + moved : first + moved + count][inside])
            for moved in (range(-512, 513) if sound == "copy" else (0,))
        )
        assert best < 0.05, best
        at += count
    steps = np.abs(np.diff(after, axis=0)).max()
    assert steps < 2.5 * np.abs(np.diff(before, axis=0)).max()


def _error(got: np.ndarray, wanted: np.ndarray) -> float:
    count = min(len(got), len(wanted))
    return float(np.sqrt(np.mean((got[:count] - wanted[:count]) ** 2)) / np.sqrt(np.mean(wanted**2)))


def test_starts_between_frames_take_the_nearest(made: dict[str, Path], tmp_path: Path) -> None:
    source = _source(made, "closed H.264")
    with running(Run(scratch=tmp_path)):
        result = smart_render(
            probe(source), _cut((Fraction(25, 24) + Fraction(1, 100), Fraction(50, 24) + Fraction(1, 100)))
        )
    assert abs(_greys(result.file.path)[0] - _greys(source)[25]) < 0.6


@pytest.mark.parametrize("variable", [False, True])
def test_many_stretches_between_frames_do_not_drift(variable: bool, tmp_path: Path) -> None:
    source = tmp_path / "long.mp4"
    uneven = (
        [
            "-vf",
            "settb=1/12000,setpts='(N+0.8*mod(N*N,7)/7)/24/TB'",
            "-fps_mode",
            "passthrough",
            "-enc_time_base",
            "1:12000",
        ]
        if variable
        else []
    )
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=40", *uneven, "-c:v", "libx264", "-g", "12",
                "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-y", file_url(source)])  # fmt: skip
    media = probe(source)
    assert media.video is not None
    assert media.video.variable_rate == variable
    spans = [(Fraction(n) + Fraction(n, 97), Fraction(n) + Fraction(n, 97) + Fraction(43, 70)) for n in range(38)]
    with running(Run(scratch=tmp_path)):
        result = smart_render(media, _cut(*spans))
    wanted = sum((end - start for start, end in spans), Fraction(0))
    assert abs(result.duration - wanted) < Fraction(1, 24)


def test_matroska_is_copied_too(made: dict[str, Path], tmp_path: Path) -> None:
    source = _source(made, "closed H.264", ".mkv")
    run = Run(scratch=tmp_path)
    with running(run):
        result = smart_render(probe(source), _cut(*_SPANS))
    assert run.figures["copied_frames"] >= 72
    assert result.video is not None
    assert result.video.rate == 24


@pytest.mark.parametrize(
    ("spans", "said"),
    [((), "keeps nothing"), (((Fraction(9), Fraction(10)),), "not in this recording")],
)
def test_bad_cuts_are_refused(spans: tuple[tuple[Fraction, Fraction], ...], said: str, made: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=said):
        smart_render(probe(_source(made, "closed H.264")), _cut(*spans))


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on this machine")
def test_chromium_plays_it(made: dict[str, Path], tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with running(Run(scratch=tmp_path)):
        result = smart_render(probe(_source(made, "closed H.264")), _cut(*_SPANS))
    page_file = tmp_path / "page.html"
    page_file.write_text(f"<video id=v muted src='{result.file.path.as_uri()}'></video>")
    script = """async () => { const v = document.getElementById('v');
        const wait = name => new Promise((ok, no) => { v.addEventListener(name, ok, {once: true});
            v.addEventListener('error', () => no(v.error.message), {once: true}); });
        if (v.readyState < 2) await wait('loadeddata');
        for (const part of [0.2, 0.5, 0.9]) { v.currentTime = v.duration * part; await wait('seeked'); }
        return v.duration; }"""
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"Chromium cannot be started: {error.message.splitlines()[0]}")
        page = browser.new_page()
        page.goto(page_file.as_uri())
        assert abs(page.evaluate(script) - float(result.duration)) < 0.03
        browser.close()
