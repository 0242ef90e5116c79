"""Find faults planted in real clips.

Each real clip gets one fault at a time, at a random place, and is encoded again (x264, AAC) as a camera would have:

* black: 0.3 to 1.5 s are black; freeze: 0.4 to 2 s stand still; blur: 0.6 to 2 s out of focus;
* drop: some frames are gone, where the shot moves; flash: 5 to 12 Hz between light and dark for 1 to 2 s;
* clip: the sound is raised by 18 dB over its headroom and cut off at full scale; hum: mains with harmonics for 3 s
  or more, up to 8 dB over the quietest tenth of the clip, where it can be heard; silence: 0.8 to 2 s;
* offset: the sound of clips of speech or events is moved by 120 to 400 ms.

A fault is found when one of its kind overlaps its place within half a second. False alarms are errors and warnings in
the whole of all real clips, as they were recorded, with nothing planted. Faults that the clips really have (looked at
one by one) are listed in KNOWN with what is seen there, and are no false alarms for anybody.

Peers: FFmpeg's blackdetect, freezedetect and silencedetect on their defaults (black and freeze from 0.25 s).

Run: `python benchmarks/check_quality/run.py [SEED]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2
import imageio_ffmpeg
import numpy as np

from results import write_results
from rushlight.core.project import create_project
from rushlight.edit.check_quality import check_quality
from rushlight.media.colour import rgb_to_i420
from rushlight.media.decode import VideoReader
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
CLIPS = (
    "dog.mp4", "blocks.mp4", "juggle.mp4", "car-detection.mp4", "bottle-detection.mp4", "flower.mp4", "bug.mp4",
    "friday.mp4", "gbike_pov_shaky.webm", "tears_of_steel_battle.webm", "nasa_webb_narration.mp4", "bikes.mp4",
    "bigbuckbunny.mp4",
)  # fmt: skip
# Test patterns made by a program are left out: their sound stops and starts, and that is what they are for.
SYNTHETIC = ("SAR-2by3.mp4", "testsrc-hevc.mp4", "mov_text.mp4", "webvtt.mkv", "autoeditor_example.mp4")
_NO_SOUND = {"silent": "its sound track is digital silence from end to end"}
KNOWN: dict[str, dict[str, str]] = dict.fromkeys(
    ("dog.mp4", "blocks.mp4", "car-detection.mp4", "flower.mp4", "c2pa_test.avi", "man-on-green-screen.mp4"), _NO_SOUND
) | {
    "tears_of_steel_battle.webm": {
        "flashing": "from 0:59.6 a machine gun lights more than a third of the picture from 0.09 to 0.2 of full "
        "luminance and back, six times within a second: what ITU-R BT.1702 and WCAG 2.2 call dangerous"
    },
    "A_brother.mkv": {"dropped": "at 0:01.73 both hands jump by three times their way, and the next frame repeats"},
}
KINDS = {
    "black": "black", "freeze": "frozen", "blur": "blurred", "drop": "dropped", "flash": "flashing",
    "clip": "clipped", "hum": "hum", "silence": "silent", "offset": "offset",
}  # fmt: skip


@dataclass
class Clip:
    """Frames (n, height × 3 / 2, width) as I420 at the clip's own rate, and sound (n, channels) at 48 kHz or None."""

    name: str
    frames: list[np.ndarray]
    sound: np.ndarray | None
    rate: Fraction


def real_clips() -> list[Path]:
    """Every real clip of the fixtures."""
    folder = FIXTURES / "video"
    found = [path for ending in ("mp4", "webm", "avi", "mkv") for path in folder.rglob(f"*.{ending}")]
    return sorted(path for path in found if path.name not in SYNTHETIC)


def load(path: Path) -> Clip:
    """At most 12 seconds from the middle, 640 wide."""
    media = probe(path)
    assert media.video is not None
    high = round(640 * media.video.display_height_px / media.video.display_width_px / 2) * 2
    seconds = min(float(media.duration), 12.0)
    rate = Fraction(media.video.rate)
    start = round((float(media.duration) - seconds) / 2 * rate) / rate
    count = int(seconds * rate)
    with VideoReader(path, width_px=640, height_px=high, rate=rate) as reader:
        frames = [i420.copy() for i420 in reader.frames(start, count)]
    sound = None
    if media.sound is not None:
        sound = read_sound(path, sample_rate=48_000, start=start, duration=count / rate)
    return Clip(path.name, frames, sound, rate)


def planted(clip: Clip, fault: str, rng: np.random.Generator) -> tuple[Clip, float, float] | None:
    """The clip with a fault, and from when to when; None when it cannot have it."""
    frames, sound = list(clip.frames), None if clip.sound is None else clip.sound.copy()
    count, rate = len(frames), float(clip.rate)

    def place(least: float, most: float) -> tuple[int, int]:
        length = round(min(rng.uniform(least, most), count / rate - 2.4) * rate)
        begin = int(rng.integers(25, count - length - 25))
        return begin, begin + length

    if fault in ("clip", "hum", "silence", "offset"):
        if sound is None:
            return None
        return _planted_sound(clip, fault, sound, rng)
    if count < 100:
        return None
    if fault == "black":
        a, b = place(0.3, 1.5)
        black = rgb_to_i420(np.zeros((frames[0].shape[0] * 2 // 3, 640, 3), np.uint8))
        frames[a:b] = [black] * (b - a)
    elif fault == "freeze":
        a, b = _moving(frames, *place(0.4, 2), rng)
        frames[a:b] = [frames[a]] * (b - a)
    elif fault == "blur":
        a, b = place(0.6, 2)
        sigma = float(rng.uniform(3, 7))
        frames[a:b] = [_blurred(frame, sigma) for frame in frames[a:b]]
    elif fault == "drop":
        a, b = _moving(frames, *place(0.12, 0.5), rng)
        del frames[a:b]
        b = a + 1
    else:
        a, b = place(1, 2)
        period = rate / rng.uniform(5, min(12, rate / 2.5))
        for number in range(a, b):
            if (number - a) % period < period / 2:
                frames[number] = np.clip(frames[number].astype(int) + 90, 16, 235).astype(np.uint8)
            else:
                high = frames[number].shape[0] * 2 // 3
                dark = frames[number].copy()
                dark[:high] = (dark[:high].astype(int) - 16) * 0.35 + 16
                frames[number] = dark
    return Clip(clip.name, frames, sound, clip.rate), a / rate, b / rate


def _moving(frames: list[np.ndarray], a: int, b: int, rng: np.random.Generator) -> tuple[int, int]:
    """A place of the same length where the shot moves, so that standing still or jumping is a fault to the eye."""
    high = frames[0].shape[0] * 2 // 3
    moves = np.array([cv2.absdiff(x[:high], y[:high]).mean() for x, y in zip(frames, frames[1:], strict=False)])
    length = b - a
    best, most = a, -1.0
    for begin in rng.permutation(np.arange(25, len(frames) - length - 25))[:60]:
        around = moves[begin - 8 : begin + length + 8]
        if around.max() < 12 and around.min() > most:  # not across a cut
            best, most = int(begin), float(around.min())
    return best, best + length


def _blurred(frame: np.ndarray, sigma: float) -> np.ndarray:
    high = frame.shape[0] * 2 // 3
    blurred = frame.copy()
    blurred[:high] = cv2.GaussianBlur(frame[:high], (0, 0), sigma)
    return blurred


def _planted_sound(
    clip: Clip, fault: str, sound: np.ndarray, rng: np.random.Generator
) -> tuple[Clip, float, float] | None:
    seconds = len(sound) / 48_000
    length = min({"clip": rng.uniform(1, 3), "hum": rng.uniform(3, 6), "silence": rng.uniform(0.8, 2)}.get(fault, 0),
                 seconds - 1.2)  # fmt: skip
    begin = float(rng.uniform(0.5, seconds - length - 0.5))
    a, b = round(begin * 48_000), round((begin + length) * 48_000)
    if np.abs(sound).max() < 0.02:
        return None
    if fault == "clip":
        part = sound[a:b]
        loud = max(float(np.abs(part).max()), 1e-3)
        if loud < 0.05:
            return None
        sound[a:b] = np.clip(part / loud * 10 ** (18 / 20), -1, 1) * 0.98
    elif fault == "hum":
        times, mains = np.arange(b - a) / 48_000, float(rng.choice([50, 60]))
        wave = sum(np.sin(2 * np.pi * mains * k * times + rng.uniform(0, 6)) / k**0.7 for k in range(1, 9))
        parts = sound[: len(sound) // 4800 * 4800].reshape(-1, 4800 * sound.shape[1])
        quiet_db = float(np.percentile(10 * np.log10((parts**2).mean(axis=1) + 1e-9), 10))
        level = 10 ** (max(quiet_db + rng.uniform(2, 8), -44) / 20)
        sound[a:b] += (wave / np.sqrt((wave**2).mean()) * level).astype(np.float32)[:, None]
    elif fault == "silence":
        if np.sqrt((sound[a:b] ** 2).mean()) < 0.003:
            return None
        sound[a:b] = 0
    else:
        if clip.name not in ("friday.mp4",):
            return None
        shift = int(rng.choice([-1, 1]) * rng.uniform(0.12, 0.4) * 48_000)
        sound = np.roll(sound, shift, axis=0)
        return Clip(clip.name, clip.frames, sound, clip.rate), 0.0, seconds
    return Clip(clip.name, clip.frames, sound, clip.rate), begin, begin + length


def written(clip: Clip, path: Path) -> Path:
    """The clip as a file."""
    picture = path.with_name(f"silent-{path.name}")
    high = clip.frames[0].shape[0] * 2 // 3
    with VideoWriter(picture, width_px=640, height_px=high, rate=clip.rate, crf=23, preset="veryfast") as writer:
        for frame in clip.frames:
            writer.write(frame)
    sound = None
    if clip.sound is not None:
        sound = path.with_suffix(".wav")
        write_wav(sound, clip.sound, 48_000)
    mux(picture, sound, path)
    return path


def ours(path: Path) -> list[tuple[str, float, float, str]]:
    """Errors and warnings."""
    with tempfile.TemporaryDirectory() as folder:
        found = create_project(Path(folder) / "p").run(check_quality, probe(path), None, None, pictures=False)
    return [
        (one.kind, float(one.start), float(one.end), one.reason)
        for one in found.faults
        if one.severity != "note" and one.kind != "loudness"
    ]


def ffmpeg(path: Path) -> list[tuple[str, float, float, str]]:
    """What FFmpeg's own detectors say."""
    filters = ["-vf", "blackdetect=d=0.25,freezedetect=d=0.25"]
    sound = ["-af", "silencedetect"] if probe(path).sound is not None else ["-an"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path), *filters, *sound, "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = [("black", float(a), float(b), "") for a, b in re.findall(r"black_start:([\d.]+) black_end:([\d.]+)", text)]
    for kind, name in (("frozen", "freeze"), ("silent", "silence")):
        starts = [float(value) for value in re.findall(rf"{name}_start: ([-\d.]+)", text)]
        ends = [float(value) for value in re.findall(rf"{name}_end: ([\d.]+)", text)] + [1e9]
        found += [(kind, start, end, "") for start, end in zip(starts, ends, strict=False)]
    return found


def main() -> int:
    """Plant, look, count, and write RESULTS.md."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1
    methods: dict[str, Callable[[Path], list[tuple[str, float, float, str]]]] = {"Rushlight": ours, "FFmpeg": ffmpeg}
    hits = {name: {fault: [0, 0] for fault in KINDS} for name in methods}
    alarms, minutes = dict.fromkeys(methods, 0), 0.0
    for path in real_clips():
        minutes += float(probe(path).duration) / 60
        for method, look in methods.items():
            for found in look(path):
                if found[0] not in KNOWN.get(path.name, {}):
                    alarms[method] += 1
                    print("alarm", method, path.name, found, flush=True)
    with tempfile.TemporaryDirectory() as name:
        for number, clip_name in enumerate(CLIPS):
            clip = load(FIXTURES / "video" / clip_name)
            for place, fault in enumerate(KINDS):
                made = planted(clip, fault, np.random.default_rng([seed, number, place]))
                if made is None:
                    continue
                path = written(made[0], Path(name) / f"{number}-{fault}.mp4")
                for method, look in methods.items():
                    found = look(path)
                    hit = any(k == KINDS[fault] and a < made[2] + 0.5 and b > made[1] - 0.5 for k, a, b, _ in found)
                    hits[method][fault][0] += hit
                    hits[method][fault][1] += 1
                    if method == "Rushlight" and not hit:
                        print("missed", clip_name, fault, f"{made[1]:.2f}-{made[2]:.2f}", found, flush=True)
                path.unlink()
    rows = [["fault", "planted", *(f"found by {method}" for method in methods)]]
    for fault in KINDS:
        shares = [f"{hits[m][fault][0]}" if fault in ("black", "freeze", "silence") or m == "Rushlight" else ""
                  for m in methods]  # fmt: skip
        rows.append([fault, str(hits["Rushlight"][fault][1]), *shares])
    total = [sum(hits["Rushlight"][fault][n] for fault in KINDS) for n in (0, 1)]
    rows.append(["all", str(total[1]), f"{total[0]} ({total[0] / max(total[1], 1):.1%})", ""])
    rows.append(["false alarms in 10 minutes", "", *(f"{alarms[m] / minutes * 10:.1f}" for m in methods)])
    note = (
        f"Seed {seed}; {minutes:.1f} minutes with nothing planted. "
        "Targets: 95 % found, at most 1 false alarm in 10 minutes."
    )
    write_results(__file__, f"{__doc__}\n{note}", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
