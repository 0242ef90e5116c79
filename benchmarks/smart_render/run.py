"""Smart render: an hour with 20 cuts, against encoding all of it and against smartcut.

Run `python benchmarks/smart_render/run.py`; it prints and writes `RESULTS.md` beside itself. The peer is installed into
an environment of its own (`requirements.txt` here), unless a Python that has it is named: `SMARTCUT=/path/to/python`;
where it cannot be installed it has no rows. Playing is tried where Playwright and a Chromium are installed
(`CHROMIUM=/path/to/chromium` for one that Playwright did not bring). With `--keep FOLDER` sources and finished codecs
are kept there, and the next run goes on behind them.

A minute of 640×360 at 25 frames a second (fixtures clips where they are, else a test pattern) is encoded once per
codec and repeated 60 times without encoding, under an hour of its sound in AAC. Twenty-one stretches with random ends
(seed 4) are kept, about nine tenths of the hour. *Full encode* is FFmpeg with the same quality and preset on the same
stretches: of H.264 all of them; of the others the first, up to two minutes of result, scaled by length, which is said.
What scaling would have said of H.264 is noted.

*Identical* counts packets of the result whose bytes are a packet's of the source; a packet of 32 bytes or less (AV1
shows a hidden frame again in 5) counts only behind one that counts. A HEVC or AV1 packet that begins a copied row may
have parameter sets put in front of it, and then does not count. *Errors* are lines that a full decode of the result
reports; *uniform* is whether frame n is shown at exactly n / 25 s; *sound end* is how far the end of the sound is from
the end of the picture; *moved* the largest move of any stretch's sound against its picture. *Chromium* is asked first
whether it decodes the codec at all; then whether the file seeks and plays on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from fractions import Fraction
from pathlib import Path

import av

from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.core.run import Run, running
from rushlight.edit.smart_render import smart_render
from rushlight.media.ffmpeg import ffmpeg_binary, file_url, run_ffmpeg
from rushlight.media.probe import probe

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
RATE, CUTS, MINUTES, SHORT_PART_SECONDS, PATIENCE_SECONDS = 25, 20, 60, 120, 240
SMALL_BYTES = 32
NAMES = ("file", "way", "seconds", "against full", "identical packets", "errors", "uniform", "sound end", "moved",
         "Chromium")  # fmt: skip
CODECS = {
    "H.264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "50"],
    "HEVC": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=50:log-level=error"],
    "VP9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "700k", "-g", "50"],
    "AV1": ["-c:v", "libsvtav1", "-preset", "12", "-crf", "35", "-g", "50"],
}
TYPES = {"H.264": "avc1.640028", "HEVC": "hev1.1.6.L93.B0", "VP9": "vp09.00.31.08", "AV1": "av01.0.04M.08"}
AGAIN = {
    "H.264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18"],
    "HEVC": ["-c:v", "libx265", "-preset", "veryfast", "-crf", "20", "-x265-params", "log-level=error"],
    "VP9": ["-c:v", "libvpx-vp9", "-crf", "28", "-b:v", "0", "-deadline", "good", "-cpu-used", "4"],
    "AV1": ["-c:v", "libsvtav1", "-crf", "28", "-preset", "8"],
}
sys.path.insert(0, str(ROOT / "benchmarks"))


def minute(folder: Path) -> Path:
    """A minute of picture and sound, barely compressed."""
    clips = [
        FIXTURES / "video" / name for name in ("dog.mp4", "blocks.mp4", "friday.mp4", "flower.mp4", "car-detection.mp4")
    ]
    out = folder / "minute.mkv"
    if out.exists():
        return out
    shape = f"scale=640:360:force_original_aspect_ratio=decrease,pad=640:360:-1:-1,setsar=1,fps={RATE},format=yuv420p"
    if all(clip.is_file() for clip in clips):
        chains = "".join(
            f"[{n}:v]{shape}[v{n}];[{n}:a]aresample=48000,aformat=channel_layouts=stereo[a{n}];"
            for n in range(len(clips))
        )
        joined = "".join(f"[v{n}][a{n}]" for n in range(len(clips)))
        given = [word for clip in clips for word in ("-i", file_url(clip))]
        graph = f"{chains}{joined}concat=n={len(clips)}:v=1:a=1[j][a];[j]fps={RATE},setpts=N/{RATE}/TB[v]"
        run_ffmpeg([
            *given, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-frames:v", str(60 * RATE), "-t", "60",
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-c:a", "pcm_s16le", "-y", file_url(out),
        ])  # fmt: skip
    else:
        run_ffmpeg(["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate={RATE}:duration=60", "-f", "lavfi", "-i",
                    "aevalsrc=0.3*sin(2*PI*(200+20*t)*t)|0.2*sin(600*t):s=48000:d=60", "-c:v", "libx264", "-preset",
                    "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-y", file_url(out)])  # fmt: skip
    return out


def hour_of_sound(source: Path, folder: Path) -> Path:
    """An hour of the minute's sound as AAC."""
    out = folder / "sound.m4a"
    if not out.exists():
        run_ffmpeg(["-stream_loop", str(MINUTES - 1), "-i", file_url(source), "-vn", "-c:a", "aac", "-b:a", "128k",
                    "-t", str(60 * MINUTES), "-y", file_url(out)])  # fmt: skip
    return out


def repeated(source: Path, sound: Path, codec: str, folder: Path) -> Path:
    """The minute in a codec, again and again, over an hour of sound."""
    one, many, listed = folder / f"{codec}-one.mp4", folder / f"{codec}.mp4", folder / f"{codec}.txt"
    if not many.exists():
        run_ffmpeg(["-i", file_url(source), "-an", *CODECS[codec], "-y", file_url(one)])
        listed.write_text(f"file '{one}'\nduration 60\n" * MINUTES)
        run_ffmpeg(["-f", "concat", "-safe", "0", "-i", str(listed), "-i", file_url(sound), "-map", "0:v", "-map",
                    "1:a", "-c", "copy", "-y", file_url(many)])  # fmt: skip
    return many


def stretches(duration: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Twenty-one stretches on whole frames, so that there are twenty cuts."""
    chance, frames = random.Random(4), int(duration * RATE) - 2
    part = frames // (CUTS + 1)
    found = []
    for number in range(CUTS + 1):
        first = number * part + chance.randrange(part // 20, part // 10)
        found.append((Fraction(first, RATE), Fraction((number + 1) * part - chance.randrange(1, part // 30), RATE)))
    return found


def full_encode(
    source: Path, codec: str, spans: list[tuple[Fraction, Fraction]], out: Path, most_seconds: int
) -> tuple[float, Fraction]:
    """Seconds that FFmpeg takes for all stretches, and how long those are that were measured."""
    total, taken = sum(end - start for start, end in spans), list[tuple[Fraction, Fraction]]()
    for start, end in spans:
        left = most_seconds - sum((b - a for a, b in taken), Fraction(0))
        if left > 0:
            taken.append((start, min(end, start + left)))
    chosen = "+".join(f"between(t,{float(a)},{float(b - Fraction(1, 2 * RATE))})" for a, b in taken)
    started = time.perf_counter()
    run_ffmpeg([
        "-t", str(float(taken[-1][1])), "-i", file_url(source), "-vf", f"select='{chosen}',setpts=N/{RATE}/TB", "-af",
        f"aselect='{chosen}',asetpts=N/SR/TB", *AGAIN[codec], "-c:a", "aac", "-b:a", "128k", "-y", file_url(out),
    ], timeout_seconds=3600)  # fmt: skip
    seconds = time.perf_counter() - started
    measured_part = sum((b - a for a, b in taken), Fraction(0))
    return seconds * float(total / measured_part), measured_part


def packets(path: Path) -> list[tuple[int, bytes]]:
    """Size and hash of every picture packet."""
    with av.open(str(path)) as container:
        return [
            (packet.size, hashlib.blake2b(bytes(packet), digest_size=12).digest())
            for packet in container.demux(video=0)
            if packet.size
        ]


def identical(result: Path, before: set[bytes]) -> tuple[int, int]:
    """How many packets are the source's, and how many there are."""
    after, count, same = packets(result), 0, False
    for size, digest in after:
        same = digest in before and (size > SMALL_BYTES or same)
        count += same
    return count, len(after)


def judged(result: Path, before: set[bytes]) -> dict[str, str]:
    """What a full decode and the packets say."""
    same, count = identical(result, before)
    decoded = subprocess.run(
        [str(ffmpeg_binary()), "-v", "warning", "-i", file_url(result), "-f", "null", "-"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    with av.open(str(result)) as container:
        stream = container.streams.video[0]
        times = sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.size)
    facts = probe(result, trusted=True)
    uniform = times == [Fraction(number, RATE) for number in range(len(times))]
    assert facts.video is not None
    drift = abs((facts.sound.duration if facts.sound else 0) - facts.video.duration)
    return {
        "identical": f"{same} of {count}",
        "errors": str(len([line for line in decoded.stderr.splitlines() if line.strip()])),
        "uniform": "yes" if uniform else "no",
        "end": f"{float(drift) * RATE:.2f} frames",
    }


def smartcut_python(folder: Path) -> str:
    """A Python that has smartcut; empty where it cannot be installed."""
    if named := os.environ.get("SMARTCUT", ""):
        return named
    place = folder / "peer"
    python = place / "bin" / "python"
    wanted = str(Path(__file__).with_name("requirements.txt"))
    try:
        if not python.exists():
            venv.create(place, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", wanted], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"smartcut is not measured: {error}")
        return ""
    return str(python)


def smartcut_run(python: str, source: Path, spans: list[tuple[Fraction, Fraction]], out: Path) -> float | str | None:
    """Seconds that smartcut takes, or what became of it; None where it is not."""
    if not python:
        return None
    keep = ",".join(f"{float(time_):.6f}" for span in spans for time_ in span)
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [python, "-m", "smartcut", str(source), str(out), "--keep", keep],
            capture_output=True, check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"stopped after {PATIENCE_SECONDS}"
    said = " ".join(done.stderr.decode(errors="replace").split())[-60:]
    return time.perf_counter() - started if done.returncode == 0 and out.exists() else f"failed: {said}"


def plays(result: Path, codec: str) -> str:
    """Whether Chromium seeks to the last frame and plays on."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return "not tried: no Playwright"
    page_file = result.with_suffix(".html")
    page_file.write_text(f"<video id=v muted src='{result.name}'></video>")
    script = """async type => { const v = document.getElementById('v');
        if (!v.canPlayType(`video/mp4; codecs="${type}"`)) return 'has no decoder for it';
        const wait = name => new Promise((ok, no) => { v.addEventListener(name, ok, {once: true});
            v.addEventListener('error', () => no(v.error && v.error.message), {once: true}); });
        if (v.readyState < 2) await wait('loadeddata');
        for (const part of [0.25, 0.5, 0.75, 0.99]) { v.currentTime = v.duration * part; await wait('seeked'); }
        v.currentTime = 1; await wait('seeked'); await v.play(); await new Promise(ok => setTimeout(ok, 3000));
        const q = v.getVideoPlaybackQuality();
        return `${v.currentTime > 2 && q.totalVideoFrames > 20 ? 'plays' : 'stalls'}`; }"""
    try:
        with sync_playwright() as playwright:
            place = os.environ.get("CHROMIUM") or None
            browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(page_file.as_uri())
            said = str(page.evaluate(script, TYPES[codec]))
            browser.close()
            return said
    except Error as error:
        return "no: " + " ".join(str(error).split())[:80]


def measured(codec: str, source: Path, folder: Path) -> tuple[list[list[str]], list[str]]:
    """Rows of one codec (ours, the full encode, the peer), and what is to be noted."""
    file = probe(source)
    spans = stretches(file.duration)
    cut = EditList(spans=tuple(EditSpan(start=start, end=end) for start, end in spans))
    before = {digest for _, digest in packets(source)}
    run = Run(scratch=folder / f"{codec}-out", workers=os.cpu_count() or 1)
    started = time.perf_counter()
    with running(run):
        result = smart_render(file, cut).file.path
    ours = time.perf_counter() - started
    whole = codec == "H.264"
    full, part = full_encode(source, codec, spans, folder / "full.mp4", 60 * MINUTES if whole else SHORT_PART_SECONDS)
    notes = []
    if whole:
        scaled, _ = full_encode(source, codec, spans, folder / "full.mp4", SHORT_PART_SECONDS)
        notes.append(
            f"Full encode of {codec}: {full:.1f} s measured; scaled from {SHORT_PART_SECONDS} s: {scaled:.1f} s."
        )
    facts = judged(result, before)
    head = f"{codec}, {float(file.duration) / 60:.0f} min"
    moved = run.figures.get("sound_moved_seconds", 0.0)
    copied = f"{facts['identical']} ({int(run.figures['copied_frames'])} copied)"
    rows = [[head, "Rushlight", f"{ours:.1f}", f"{full / ours:.1f}×", copied, facts["errors"], facts["uniform"],
             facts["end"], f"{1000 * moved:.1f} ms", plays(result, codec)]]  # fmt: skip
    how = "full encode" if whole else f"full encode (scaled from {float(part):.0f} s)"
    rows.append([head, how, f"{full:.1f}", "1×", *["-"] * 6])
    out = folder / f"{codec}-smartcut.mp4"
    peer = smartcut_run(smartcut_python(folder), source, spans, out)
    if isinstance(peer, str):
        rows.append([head, "smartcut", peer, *["-"] * 7])
    elif peer is not None:
        facts = judged(out, before)
        rows.append([head, "smartcut", f"{peer:.1f}", f"{full / peer:.1f}×", facts["identical"], facts["errors"],
                     facts["uniform"], facts["end"], "-", plays(out, codec)])  # fmt: skip
    return rows, notes + [f"{codec}: {reason}" for reason in run.weak]


def main() -> None:
    """Measure and write."""
    from results import write_results

    options = argparse.ArgumentParser()
    options.add_argument("--keep", type=Path, help="a folder for sources and finished codecs")
    options.add_argument("--codecs", nargs="*", choices=list(CODECS), default=list(CODECS), help="measured in this run")
    given = options.parse_args()
    rows, notes = [list(NAMES)], list[str]()
    with tempfile.TemporaryDirectory() as place:
        folder = (given.keep or Path(place)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        source = minute(folder)
        sound = hour_of_sound(source, folder)
        for codec in CODECS:
            done = folder / f"{codec}.json"
            if codec in given.codecs and not done.exists():
                done.write_text(json.dumps(measured(codec, repeated(source, sound, codec, folder), folder)))
            if done.exists():
                more, said = json.loads(done.read_text())
                rows += more
                notes += said
                print(*more, sep="\n", flush=True)
    write_results(__file__, __doc__ or "", rows, notes)


if __name__ == "__main__":
    main()
