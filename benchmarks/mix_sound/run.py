"""Measure mixes of real speech with composed music, and against FFmpeg's sidechain ducking.

Speech: LJSpeech (one reader) and LibriSpeech test-other (four readers) from the fixtures folder, laid out as narrated
films of 30 to 60 s with pauses of 0.4 to 4 s; levels are shifted by up to ±8 dB a line, as different voices are. Word
times inside a line are found from the recording's energy (pauses over 0.15 s are no words), since LibriSpeech has none.
Music: one composed piece per film, another genre each.

Measured on the written WAV files, with the media layer's meters (pyloudnorm for integrated loudness, 4× oversampled
true peak), never taken from the mixer's own figures:

* integrated loudness and true peak of the mix, for the targets -14, -16, -23 and -24 LUFS under -1 dBTP;
* bed under speech: K-weighted loudness of the speech stem less that of the music stem, over all word times together,
  and for the line where it is least;
* gaps: how far the bed comes up in pauses over 2.5 s, against the words around them;
* lines: spread (standard deviation) of line loudness before and after levelling.

Peer: FFmpeg's `sidechaincompress` (threshold 0.05, ratio 8, attack 20 ms, release 400 ms) with `loudnorm` in one pass,
the usual recipe, on the same speech and music, with the same margin under the peak. It has no stems: its bed is what
is left when the same ducking is applied to music alone.

Run: `python benchmarks/mix_sound/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from rushlight.artifacts import Audio, MusicPlan, Narration, NarrationLine, Section, Word
from rushlight.core.artifact import FileRef
from rushlight.create.compose_music import compose_music
from rushlight.create.mix_sound import mix_sound
from rushlight.create.render_score import render_score
from rushlight.media.encode import read_wav, write_wav
from rushlight.media.ffmpeg import run_ffmpeg
from rushlight.media.loudness import integrated_loudness_lufs, true_peak_dbtp
from rushlight.media.sound import read_sound
from rushlight.timeline.mixing import LoudnessMeter, Span

RATE = 48000
TARGETS = (-14.0, -16.0, -23.0, -24.0)
GENRES = ("documentary", "cinematic", "acoustic", "electronic", "ambient")


@dataclass
class Row:
    """What was measured on one mix."""

    film: str
    target: float
    lufs: float
    peak: float
    under: float
    least: float
    gap_rise: float
    spread_before: float
    spread_after: float


def words_in(sound: np.ndarray, start: Fraction) -> tuple[Word, ...]:
    """Stretches of speech in one line, between pauses."""
    level = np.sqrt(uniform_filter1d(sound[:, 0] ** 2, RATE // 50))
    loud = level > 0.06 * np.quantile(level, 0.95)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    spans = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > RATE // 25]
    merged: list[tuple[int, int]] = []
    for a, b in spans:
        if merged and a - merged[-1][1] < 0.15 * RATE:
            merged[-1] = (merged[-1][0], b)
        else:
            merged.append((a, b))
    return tuple(Word(text="…", start=start + Fraction(a, RATE), end=start + Fraction(b, RATE)) for a, b in merged)


def narration(files: list[Path], seed: int, folder: Path) -> Narration:
    """Recordings laid out as a narrated film."""
    rng = np.random.default_rng(seed)
    parts, lines, now = [np.zeros((int(2.5 * RATE), 1), np.float32)], [], Fraction(5, 2)
    for number, file in enumerate(files):
        sound = read_sound(file, sample_rate=RATE, channels=1) * np.float32(10 ** (rng.uniform(-8, 8) / 20))
        sound *= min(1.0, 0.9 / float(np.abs(sound).max()))
        words = words_in(sound, now)
        lines.append(
            NarrationLine(
                beat_id=f"b{number}",
                index=0,
                speaker=file.stem,
                start=now,
                end=now + Fraction(len(sound), RATE),
                words=words,
            )
        )
        pause = int((4.0 if number % 3 == 1 else rng.uniform(0.4, 1.2)) * RATE)
        parts += [sound, np.zeros((pause, 1), np.float32)]
        now += Fraction(len(sound) + pause, RATE)
    path = folder / f"speech-{seed}.wav"
    write_wav(path, np.concatenate(parts), RATE)
    return Narration(audio=FileRef.of(path, "audio/wav"), sample_rate=RATE, duration=now, lines=tuple(lines), voices={})


def music_for(speech: Narration, seed: int) -> Audio:
    """A piece of the film's length and two seconds, with a rise in its middle."""
    length = speech.duration + 2
    sections = tuple(
        Section(start=length * i / 3, end=length * (i + 1) / 3, valence=0.2, arousal=arousal)
        for i, arousal in enumerate((0.25, 0.75, 0.4))
    )
    plan = MusicPlan(duration=length, sections=sections)
    return render_score(compose_music(plan, genre=GENRES[seed % len(GENRES)], seed=seed))


def spread(sound: np.ndarray, speech: Narration) -> float:
    """Standard deviation of the loudness of lines."""
    meter = LoudnessMeter(sound, RATE)
    return float(np.std([meter.lufs([Span(w.start, w.end) for w in line.words]) for line in speech.lines]))


def judge(name: str, target: float, speech: Narration, mix: np.ndarray, voice: np.ndarray, bed: np.ndarray) -> Row:
    """Measure a mix and its parts."""
    raw, _ = read_wav(speech.audio.path)
    spoken, under = LoudnessMeter(voice, RATE), LoudnessMeter(bed, RATE)
    by_line = [[Span(word.start, word.end) for word in line.words] for line in speech.lines]
    every = [span for line in by_line for span in line]
    gaps = [Span(a.end + 1, b.start - Fraction(1, 2)) for a, b in pairwise(every) if b.start - a.end > Fraction(5, 2)]
    return Row(
        film=name,
        target=target,
        lufs=integrated_loudness_lufs(mix, RATE),
        peak=true_peak_dbtp(mix, RATE),
        under=spoken.lufs(every) - under.lufs(every),
        least=min(spoken.lufs(line) - under.lufs(line) for line in by_line),
        gap_rise=under.lufs(gaps) - under.lufs(every) if gaps else float("nan"),
        spread_before=spread(raw, speech),
        spread_after=spread(voice, speech),
    )


def ours(name: str, target: float, speech: Narration, music: Audio) -> Row:
    """Our mix."""
    audio = mix_sound(speech, music, target_lufs=target, duration=music.duration)
    mix, voice, bed = (read_wav(f.path)[0] for f in (audio.file, audio.stems["speech"], audio.stems["music"]))
    for file in audio.files():
        file.path.unlink()
    assert len(mix) == round(music.duration * RATE)
    return judge(name, target, speech, mix, voice, bed)


def peer(name: str, target: float, speech: Narration, music: Audio, folder: Path) -> Row:
    """The usual FFmpeg recipe: music 8 dB down, sidechain compression, one-pass loudnorm."""
    out, bed = folder / "peer.wav", folder / "peer-bed.wav"
    pad = f"apad=whole_dur={float(music.duration)}"
    voice = f"[0:a]aformat=sample_rates={RATE}:channel_layouts=stereo,{pad},asplit=2[v][key]"
    duck = "[1:a]volume=-8dB[m];[m][key]sidechaincompress=threshold=0.05:ratio=8:attack=20:release=400[d]"
    inputs = ["-y", "-i", str(speech.audio.path), "-i", str(music.file.path)]
    total = f"[v][d]amix=inputs=2:normalize=0,loudnorm=I={target}:TP=-1.1,aresample={RATE}[o]"
    run_ffmpeg([*inputs, "-filter_complex", f"{voice};{duck};{total}", "-map", "[o]", "-c:a", "pcm_f32le", str(out)])
    alone = f"{voice};{duck};[v]anullsink"
    run_ffmpeg([*inputs, "-filter_complex", alone, "-map", "[d]", "-c:a", "pcm_f32le", str(bed)])
    mix, under = (read_sound(path, sample_rate=RATE, channels=2) for path in (out, bed))
    raw, _ = read_wav(speech.audio.path)
    return judge(name, target, speech, mix, np.repeat(raw, 2, axis=1), under)


def table(title: str, rows: list[Row]) -> list[str]:
    """One table."""
    columns = (
        "film", "target (LUFS)", "integrated (LUFS)", "true peak (dBTP)", "bed under speech (LU)",
        "least of any line (LU)", "bed up in gaps (LU)", "line spread before → after (LU)",
    )  # fmt: skip
    lines = [f"## {title}", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += [
        f"| {r.film} | {r.target:g} | {r.lufs:.2f} | {r.peak:.2f} | {r.under:.1f} | {r.least:.1f} | {r.gap_rise:.1f} "
        f"| {r.spread_before:.1f} → {r.spread_after:.1f} |"
        for r in rows
    ]
    met = sum(abs(r.lufs - r.target) <= 0.5 for r in rows)
    capped = sum(r.peak <= -1 for r in rows)
    low = sum(r.under >= 8 for r in rows)
    least = sum(r.least >= 8 for r in rows)
    verdict = (
        f"Of {len(rows)} mixes: {met} within 0.5 LU of the target, {capped} at or under -1 dBTP, "
        f"{low} with the bed at least 8 LU under speech, {least} with that on every single line."
    )
    lines += ["", verdict, ""]
    return lines


def main() -> None:
    here = Path(__file__).parent
    fixtures = Path(os.environ.get("RUSHLIGHT_FIXTURES", here.parents[2] / "shared" / "fixtures")) / "speech"
    if not fixtures.is_dir():
        sys.exit(f"No speech fixtures in {fixtures}; set RUSHLIGHT_FIXTURES.")
    reader = sorted((fixtures / "ljspeech").glob("*.wav"))
    others = sorted((fixtures / "librispeech_test_other").glob("*.flac"))
    films = {
        "one reader": reader[:5],
        "four readers": others[::10][:4],
        "four readers again": others[3::10][:4],
        "reader and guests": [reader[5], others[1], reader[6], others[21], reader[7]],
    }
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed, (title, files) in enumerate(films.items()):
            speech = narration(files, seed, folder)
            music = music_for(speech, seed)
            for target in TARGETS:
                mine.append(ours(f"{title} ({GENRES[seed]})", target, speech, music))
                print(mine[-1], file=sys.stderr)
            theirs.append(peer(f"{title} ({GENRES[seed]})", -16.0, speech, music, folder))
            print(theirs[-1], file=sys.stderr)
    text = "\n".join(
        [
            "# mix_sound: measured on the files",
            "",
            "Written by `benchmarks/mix_sound/run.py`, whose docstring says what is measured and how.",
            "",
            *table("Rushlight", mine),
            *table("FFmpeg: sidechaincompress and loudnorm", theirs),
        ]
    )
    print(text)
    (here / "RESULTS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
