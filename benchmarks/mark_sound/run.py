"""Whether the mark in sound survives encoders, filters, excerpts and speed.

Recordings of real speech, music and noise, 10 to 20 seconds each, are
marked and then: MP3 64k, AAC 64k, Opus 32k, low-pass 4 kHz, loudness normalised, noise 25 dB below, a 10 second
excerpt, 2 % faster and slower with the pitch that goes with it. Read counts when the payload is right at the reader's
default bound (1e-6). SNR is of the marked sound against the first. PESQ (wide band, 16 kHz) is of speech alone, when
the package can be imported. False positives are counted over unmarked excerpts of 10 seconds, with the whole search.

Run: `python benchmarks/mark_sound/run.py [RECORDINGS] [UNMARKED]`; fixtures from RUSHLIGHT_FIXTURES or
../shared/fixtures.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import imageio_ffmpeg
import numpy as np

from results import write_results
from rushlight.media.sound import read_sound, resample
from rushlight.trust.watermarks.sound_mark import RATE, SoundReader, mark_sound

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PAYLOAD = 0x00C0FFEE
SECONDS = 20
PLAIN = ["-c:a", "pcm_f32le"]
ATTACKS = {
    "none": ([], "", ""), "MP3 64k": (["-c:a", "libmp3lame", "-b:a", "64k"], "mp3", ""),
    "AAC 64k": (["-c:a", "aac", "-b:a", "64k"], "adts", ""),
    "Opus 32k": (["-c:a", "libopus", "-b:a", "32k"], "ogg", ""),
    "low-pass 4 kHz": (PLAIN, "wav", "lowpass=f=4000"), "loudness": ([*PLAIN, "-ar", "48000"], "wav", "loudnorm"),
    "noise 25 dB": ([], "", ""), "10 s excerpt": ([], "", ""),
    "2 % faster": (PLAIN, "wav", "asetrate=48960,aresample=48000"),
    "2 % slower": (PLAIN, "wav", "asetrate=47040,aresample=48000"),
}  # fmt: skip
Sound = Any


def recordings(count: int) -> list[tuple[str, Sound]]:
    found: list[tuple[str, Sound]] = []
    speech = [FIXTURES / "speech" / name for name in ("jfk.flac", "198-209-0000.hq.ogg")]
    for path in sorted([*(FIXTURES / "music").glob("*.*"), *(FIXTURES / "noise").glob("*.*"), *speech]):
        if path.suffix == ".txt" or path.stem.startswith("rir"):
            continue
        sound = read_sound(path, sample_rate=RATE, channels=1)
        if len(sound) >= 10 * RATE:
            found.append((path.stem[:24], sound[: SECONDS * RATE]))
    speakers = sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac"))
    for path in speakers:
        sound = read_sound(path, sample_rate=RATE, channels=1)
        if len(sound) >= 10 * RATE:
            found.append((f"speaker {path.stem.split('-')[0]}", sound[: SECONDS * RATE]))
    return found[:count]


def attacked(sound: Sound, name: str) -> Sound:
    mono = sound[:, 0]
    if name == "noise 25 dB":
        return mono + np.random.default_rng(1).normal(0, (mono**2).mean() ** 0.5 * 10 ** (-25 / 20), len(mono))
    if name == "10 s excerpt":
        start = min(round(3.217 * RATE), len(mono) - 10 * RATE)
        return mono[start : start + 10 * RATE]
    codec, form, chain = ATTACKS[name]
    if not form:
        return mono
    plain = ["-f", "f32le", "-ar", str(RATE), "-ac", "1"]
    command = [FFMPEG, "-v", "error", *plain, "-i", "-", *(["-af", chain] if chain else []), *codec, "-f", form, "-"]
    made = subprocess.run(command, input=mono.astype(np.float32).tobytes(), capture_output=True, check=True).stdout
    decoded = [FFMPEG, "-v", "error", "-f", "aac" if form == "adts" else form, "-i", "-", *plain, "-"]
    return np.frombuffer(subprocess.run(decoded, input=made, capture_output=True, check=True).stdout, np.float32)


def pesq_of(before: Sound, after: Sound) -> float | None:
    try:
        from pesq import pesq
    except ImportError:
        return None
    return float(pesq(16_000, resample(before, RATE, 16_000)[:, 0], resample(after, RATE, 16_000)[:, 0], "wb"))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    unmarked = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    read, near, quality, missed = Counter[str](), [], [], []
    found, reader = recordings(count), SoundReader()
    for title, sound in found:
        made = mark_sound(sound, PAYLOAD)
        near.append(10 * np.log10((sound**2).sum() / ((made - sound) ** 2).sum()))
        if title.startswith("speaker") and (score := pesq_of(sound, made)) is not None:
            quality.append(score)
        for name in ATTACKS:
            got = reader.read(np.asarray(attacked(made, name), np.float32))
            if got.is_checked and got.payload == PAYLOAD and got.false_positive_probability <= 1e-6:
                read[name] += 1
            else:
                missed.append(f"{title}: {name}")
        print(title, f"{len(sound) / RATE:.0f} s {near[-1]:.1f} dB", sum(read.values()), quality[-1:], flush=True)
    false = 0
    for number in range(unmarked):
        sound = found[number % len(found)][1]
        start = round(0.37 * RATE * (number // len(found)))
        got = reader.read(sound[start : start + 10 * RATE, 0])
        false += got.is_checked and got.false_positive_probability <= 1e-6
    rows = [["attack", "read"], *([name, f"{read[name]} of {len(found)}"] for name in ATTACKS)]
    rows.append(["all", f"{sum(read.values()) / (len(found) * len(ATTACKS)):.1%} (target 95 %)"])
    rows.append(["SNR, mean and least", f"{np.mean(near):.1f}, {min(near):.1f} dB (target 25)"])
    if quality:
        rows.append(["PESQ of speech, mean and least", f"{np.mean(quality):.2f}, {min(quality):.2f} (target 4.0)"])
    rows.append(["reported in unmarked excerpts", f"{false} of {unmarked}"])
    notes = [
        "By theory (Hoeffding's inequality over 2^32 payloads and 2^20 places) at most 1 in 1,000,000 unmarked "
        "excerpts is reported at the default bound.",
        "Not read: " + ("; ".join(missed) if missed else "none") + ".",
    ]
    write_results(__file__, (__doc__ or "").split("\n\nRun:")[0], rows, notes)


if __name__ == "__main__":
    main()
