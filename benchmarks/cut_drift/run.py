"""500 cuts in a recording of variable frame rate: how far picture and sound are from where the cut says at the end.

The recording: real speech (LibriSpeech, CC-BY-4.0), and a picture of variable rate as phones record it: frames a
thirtieth of a second apart give or take a few milliseconds, some a fifteenth or a tenth in "dark" passages, times in
ticks of 1/90,000 s (seed 11). Every frame carries its number as black and white blocks, so that each frame of a result
can be told. Out of it 500 parts of 0.25 to 0.9 s are taken at random places; `plan_cut` moves their ends to quiet
points, and what it gives (the edit list) is the truth for all ways.

*Rushlight, rendered* is `lay_cut` and `render_film` at 30 frames a second, as `rushlight cut` makes a film; *Rushlight,
copied* is `smart_render`, which keeps the recording's own frame times. Peers in the same run: *pieces*: FFmpeg cuts
every stretch apart by times in whole milliseconds, and its concat demuxer joins them without encoding, which is what
most cutting scripts do; *select*: FFmpeg's `select` and `aselect` with `setpts=N/FRAME_RATE/TB`, the usual one-liner.
auto-editor fetches its program from the network on first use and was not at hand.

For every stretch: *picture* is when its frames are shown against when the edit list says, the median over its frames;
*sound* the delay of its sound against where it should be, by cross-correlation, where that stands out. *At the end* is
the last ten stretches' median. Frames are thirtieths of a second.

*Clicks*: joins at which a step between neighbouring samples, within 6 ms, is larger than the 99.9th percentile of
steps in the second around the join; *made by the join*: of these, steps larger than any that the recording has within
6 ms of either end of the cut, so that they are the join's and not a consonant's. *Uncut* is the recording itself at the
places where it was cut, and *hard* the same stretches put end to end without a fade.

Run `python benchmarks/cut_drift/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.artifacts.edit_list import EditList
from rushlight.artifacts.findings import Finding, Findings
from rushlight.artifacts.media import Media
from rushlight.core.run import Run, running
from rushlight.create.render_film import render_film
from rushlight.edit.lay_cut import lay_cut
from rushlight.edit.plan_cut import plan_cut
from rushlight.edit.smart_render import smart_render
from rushlight.media.encode import write_wav
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound

Floats = NDArray[np.float32]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
RATE, TICKS, BITS, BLOCK_PX = 48_000, 90_000, 16, 20
WIDTH, HEIGHT = BITS * BLOCK_PX // 2, 2 * BLOCK_PX
FRAME = Fraction(1, 30)
NEAR = round(0.006 * RATE)
CODEC = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac", "-b:a", "128k"]


def speech(seconds: float) -> Floats:
    """Sentences one after the other, with pauses, mono at 48 kHz."""
    draw, parts, have = np.random.default_rng(3), list[Floats](), 0.0
    for file in sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac")):
        sound = read_sound(file, sample_rate=RATE, channels=1)[:, 0]
        room = np.resize(sound[: RATE // 10], int(draw.uniform(0.2, 0.8) * RATE))
        parts += [sound, room]
        have += (len(sound) + len(room)) / RATE
        if have > seconds:
            break
    return np.concatenate(parts)[: int(seconds * RATE)].astype(np.float32)


def frame_times(seconds: float) -> list[int]:
    """When each frame is shown, in ticks."""
    draw, times, at, dark = np.random.default_rng(11), list[int](), 0, 0
    while at < seconds * TICKS:
        times.append(at)
        dark = dark - 1 if dark else int(draw.integers(20, 200)) * int(draw.random() < 0.003)
        step = draw.choice([1 / 15, 1 / 10]) if dark else 1 / 30
        at += round((step + draw.uniform(-0.004, 0.004)) * TICKS)
    return times


def make_recording(folder: Path, seconds: float) -> tuple[Path, list[int]]:
    """The recording, and when its frames are shown."""
    sound = speech(seconds)
    times = frame_times(len(sound) / RATE)
    wav, silent, path = folder / "speech.wav", folder / "silent.mp4", folder / "recording.mp4"
    write_wav(wav, np.repeat(sound[:, None], 2, axis=1), RATE)
    with av.open(str(silent), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"crf": "18", "preset": "veryfast", "g": "30"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        for number, at in enumerate(times):
            frame = av.VideoFrame.from_ndarray(_numbered(number), format="yuv420p")
            frame.pts, frame.time_base = at, Fraction(1, TICKS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    run_ffmpeg(["-i", file_url(silent), "-i", file_url(wav), "-c:v", "copy", "-c:a", "aac", "-b:a", "160k", "-y",
                file_url(path)])  # fmt: skip
    return path, times


def _numbered(number: int) -> NDArray[np.uint8]:
    bits = np.array([number >> bit & 1 for bit in range(BITS)], np.uint8) * 180 + 40
    luma = np.kron(bits.reshape(2, BITS // 2), np.ones((BLOCK_PX, BLOCK_PX), np.uint8))
    return np.concatenate([luma, np.full((HEIGHT // 2, WIDTH), 128, np.uint8)])


def shown_frames(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """When each frame of a film is shown, in seconds, and the number it carries."""
    times, numbers = list[float](), list[int]()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            luma = frame.to_ndarray(format="gray8")[:HEIGHT, :WIDTH]
            blocks = luma.reshape(2, BLOCK_PX, BITS // 2, BLOCK_PX).mean(axis=(1, 3)).ravel() > 128
            times.append(float(frame.pts * stream.time_base))
            numbers.append(int((blocks << np.arange(BITS)).sum()))
    return np.array(times), np.array(numbers)


def wished_cut(media: Media, count: int) -> EditList:
    """The edit list after so many parts were taken out."""
    draw = np.random.default_rng(5)
    part = float(media.duration) / count
    holes = []
    for number in range(count):
        start = number * part + draw.uniform(0.25, 0.5) * part
        length = draw.uniform(0.25, 0.9) * min(part * 0.6, 1.0)
        start, end = Fraction(round(start * 1000), 1000), Fraction(round((start + length) * 1000), 1000)
        holes.append(Finding(kind="retake", start=start, end=end, confidence=1.0, reason="a part taken out"))
    return plan_cut(media, Findings(findings=tuple(holes), duration=media.duration), rate=1 / FRAME)


def by_pieces(path: Path, edits: EditList, folder: Path) -> Path:
    """Stretches cut apart by milliseconds, joined without encoding."""
    names = []
    for number, span in enumerate(edits.spans):
        piece = folder / f"piece-{number}.mp4"
        run_ffmpeg(["-ss", f"{float(span.start):.3f}", "-i", file_url(path), "-t", f"{float(span.duration):.3f}",
                    *CODEC, "-y", file_url(piece)])  # fmt: skip
        names.append(f"file '{piece}'\n")
    (folder / "pieces.txt").write_text("".join(names))
    out = folder / "pieces.mp4"
    run_ffmpeg(["-f", "concat", "-safe", "0", "-i", str(folder / "pieces.txt"), "-c", "copy", "-y", file_url(out)])
    return out


def by_select(path: Path, edits: EditList, folder: Path) -> Path:
    """FFmpeg's one-liner."""
    terms = [f"between(t,{float(span.start):.6f},{float(span.end):.6f})" for span in edits.spans]
    # FFmpeg takes no sum of more than about a hundred terms, but sums of sums.
    sums = ["(" + "+".join(terms[at : at + 25]) + ")" for at in range(0, len(terms), 25)]
    chosen = "+".join(sums)
    script, out = folder / "select.txt", folder / "select.mp4"
    script.write_text(f"[0:v]select='{chosen}',setpts=N/FRAME_RATE/TB[v];[0:a]aselect='{chosen}',asetpts=N/SR/TB[a]")
    run_ffmpeg(["-i", file_url(path), "-/filter_complex", str(script), "-map", "[v]", "-map", "[a]", *CODEC, "-y",
                file_url(out)], timeout_seconds=3600)  # fmt: skip
    return out


def picture_drift(film: Path, edits: EditList, times: list[int]) -> NDArray[np.float64]:
    """Of each stretch: seconds that its frames are shown late (negative: early); NaN where none is shown."""
    shown, numbers = shown_frames(film)
    first = {}
    for when, number in zip(shown, numbers, strict=True):
        first.setdefault(int(number), when)
    seconds, drift, at = np.array(times) / TICKS, [], 0.0
    for span in edits.spans:
        inside = np.flatnonzero((seconds >= float(span.start)) & (seconds < float(span.end)))
        late = [first[n] - at - seconds[n] + float(span.start) for n in inside.tolist() if n in first]
        drift.append(float(np.median(late)) if late else np.nan)
        at += float(span.duration)
    return np.array(drift)


def sound_drift(film: Floats, source: Floats, edits: EditList) -> NDArray[np.float64]:
    """Of every tenth stretch and the last ten: seconds that its sound is heard late; NaN where it is not clear."""
    at, drift, reach = 0.0, [], 6 * RATE
    power = np.concatenate([[0.0], np.cumsum(film.astype(np.float64) ** 2)])
    for number, span in enumerate(edits.spans):
        start, length = round(float(span.start) * RATE), round(float(span.duration) * RATE)
        wanted, late = source[start : start + length].astype(np.float64), np.nan
        if (number % 10 == 0 or number >= len(edits.spans) - 10) and np.abs(wanted).max() > 0.02:
            begin = max(round(at * RATE) - reach, 0)
            row = correlate(film[begin : round(at * RATE) + length + reach], wanted, mode="valid", method="fft")
            there = power[begin + length : begin + length + len(row)] - power[begin : begin + len(row)]
            alike = row / np.sqrt(np.maximum(there * (wanted @ wanted), 1e-9))
            if alike.max() > 0.7:
                late = (begin + int(np.argmax(alike))) / RATE - at
        drift.append(late)
        at += float(span.duration)
    return np.array(drift)


def _steepest(sound: Floats, at: int) -> float:
    return float(np.abs(np.diff(sound[max(at - NEAR, 0) : at + NEAR])).max(initial=0))


def clicks(sound: Floats, joins: list[int]) -> list[int]:
    """Numbers of the joins with a step above the local 99.9th percentile."""
    steps, around = np.abs(np.diff(sound)), RATE // 2
    return [
        number
        for number, join in enumerate(joins)
        if _steepest(sound, join) > np.percentile(steps[max(join - around, 0) : join + around], 99.9)
    ]


def told_clicks(sound: Floats, source: Floats, edits: EditList) -> list[str]:
    """How many joins click, and how many of these are steeper than the recording is on either side of the cut."""
    joins = edges(edits)
    found = clicks(sound, joins)
    made = 0
    for number in found:
        before, after = round(edits.spans[number].end * RATE), round(edits.spans[number + 1].start * RATE)
        made += _steepest(sound, joins[number]) > 1.02 * max(_steepest(source, before), _steepest(source, after))
    return [f"{len(found)} of {len(joins)}", str(made)]


def edges(edits: EditList) -> list[int]:
    """Where the stretches meet, in samples of the result."""
    ends = np.cumsum([float(span.duration) for span in edits.spans])
    return [round(end * RATE) for end in ends[:-1]]


def mono(path: Path) -> Floats:
    return np.ascontiguousarray(read_sound(path, sample_rate=RATE, channels=1)[:, 0])


def row_of(
    way: str, film: Path, edits: EditList, times: list[int], source: Floats, seconds: float, at_edges: bool
) -> list[str]:
    """Drift and clicks of one way."""
    heard = mono(film)
    picture, sound = picture_drift(film, edits, times), sound_drift(heard, source, edits)
    ends = [float(np.nanmedian(row[-10:])) if np.isfinite(row[-10:]).any() else np.nan for row in (picture, sound)]
    largest = [float(np.nanmax(np.abs(row))) for row in (picture, sound)]
    frames = float(1 / FRAME)
    return [
        way, f"{ends[0] * frames:+.2f}", f"{largest[0] * frames:.2f}", f"{ends[1] * 1000:+.1f}",
        f"{largest[1] * 1000:.1f}", f"{(ends[0] - ends[1]) * frames:+.2f}",
        str(int(np.isfinite(sound).sum())), *(told_clicks(heard, source, edits) if at_edges else ["-", "-"]),
        f"{seconds:.0f}",
    ]  # fmt: skip


def main() -> None:
    """Cut in four ways and measure."""
    options = argparse.ArgumentParser()
    options.add_argument("--cuts", type=int, default=500)
    options.add_argument("--seconds", type=float, default=840)
    given = options.parse_args()
    rows = [["way", "picture at the end (frames)", "largest (frames)", "sound at the end (ms)", "largest (ms)",
             "picture against sound at the end (frames)", "stretches heard", "clicks", "made by the join",
             "seconds"]]  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path, times = make_recording(folder, given.seconds)
        media, source = probe(path), mono(path)
        assert media.video is not None
        assert media.video.variable_rate
        edits = wished_cut(media, given.cuts)
        for way in ("Rushlight, rendered", "Rushlight, copied", "pieces", "select"):
            began = time.perf_counter()
            run = Run(scratch=folder / way.replace(" ", "-"), workers=os.cpu_count() or 1)
            with running(run):
                if way == "Rushlight, rendered":
                    film = render_film(lay_cut(edits, (media,), rate=1 / FRAME)).file.path
                elif way == "Rushlight, copied":
                    film = smart_render(media, edits, sound="exact").file.path
                else:
                    film = (by_pieces if way == "pieces" else by_select)(path, edits, folder)
            ours = way.startswith("Rushlight")
            rows.append(row_of(way, film, edits, times, source, time.perf_counter() - began, ours))
            print(rows[-1], run.figures, run.weak, flush=True)
        hard = np.concatenate([source[round(s.start * RATE) : round(s.end * RATE)] for s in edits.spans])
        places = [round(edge * RATE) for span in edits.spans for edge in (span.start, span.end)][1:-1]
        rows.append(["hard", *["-"] * 6, *told_clicks(hard, source, edits), "-"])
        rows.append(["uncut", *["-"] * 6, f"{len(clicks(source, places))} of {len(places)}", "-", "-"])
    about = f"{len(edits.spans) - 1} cuts; {float(media.duration):.0f} s recorded, {float(edits.duration):.0f} s kept."
    write_results(__file__, __doc__ or "", rows, [about])


if __name__ == "__main__":
    main()
