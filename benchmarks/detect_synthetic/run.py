"""Detect what machines made or changed, on material and with tools that nothing was learned or calibrated with.

**Pictures.** Stills and frames of clips that neither the network nor the calibration saw (`HELD_OUT`). Changed: two put
together, enlarged 1.3 to 2.5 times, and faces shrunk and set back, all by Pillow with filters and codings of its own,
where the calibration used OpenCV. Unchanged: as they are, coded anew once or twice, cut. **Films.** Three seconds of
the same clips, enlarged or with a stretch of another film laid over, by FFmpeg's `scale` (spline) and `overlay`, coded
at CRF 18 to 28; unchanged ones are coded alike. **Voices.** Persons: LibriSpeech test-other, LJ Speech and others, none
of them learned from. Machines: Flite and Festival (diphones, recorded units, statistical parameters), which were not
learned from, where this computer has them; then each once more as MP3 at 64 kbit/s.

*Area* under the curve of the likelihood ratio, over what was judged. *Calibration error*: expected, ten bins, at the
share of changed pieces there are. *Foreign*: drawings, test patterns, graphics, noise, music and noises: of those on
which the forced answer would be wrong (above one half at even odds), the share on which it abstains. Peer: for
pictures error-level analysis (how much the picture changes when it is coded once more, where most), which is what
people use by hand; for voices the flatness of the spectrum, the simplest number that could work.

Run: `python benchmarks/detect_synthetic/run.py [--quick]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from sklearn.metrics import roc_auc_score

from results import write_results
from rushlight.artifacts import Media
from rushlight.core.project import create_project
from rushlight.media.ffmpeg import ffmpeg_binary
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound
from rushlight.models.face_detector.detector import find_in_picture
from rushlight.models.forgery_detector.patches import read_patches
from rushlight.models.forgery_detector.voice import voice_odds
from rushlight.trust.detect_synthetic import detect_synthetic
from rushlight.trust.detecting.bayes import combined
from rushlight.trust.detecting.pictures import calibrations, measure_picture

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
HELD_OUT = (
    "blocks.mp4", "car-detection.mp4", "bug.mp4", "friday.mp4", "gbike_pov_shaky.webm", "nasa_webb_narration.mp4",
    "asl/B_book.mkv", "asl/B_learn.mkv", "asl/B_school.mkv", "asl/B_walk.mkv",
)  # fmt: skip
STILLS = ("chelsea.png", "moon.png", "mdn/flowers.jpg", "mdn/hummingbird.jpg")
FILTERS = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.HAMMING)
SEED = 7


@dataclass
class Judged:
    """One piece: what it is, what was said of it (none: abstained), what would have been, and what the peer says."""

    family: str
    kind: str
    changed: bool
    said: float | None
    forced: float
    peer: float


def jpeg(picture: Image.Image, quality: int, subsampling: int = 2) -> Image.Image:
    """The picture after being coded."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=quality, subsampling=subsampling)
    return Image.open(file).convert("RGB")


def sources(frames: int) -> list[tuple[str, Image.Image]]:
    """Stills and frames by name."""
    found = [(name, Image.open(FIXTURES / "images" / name).convert("RGB")) for name in STILLS]
    for name in HELD_OUT:
        with av.open(FIXTURES / "video" / name) as container:
            pictures = [frame.to_image() for number, frame in enumerate(container.decode(video=0)) if number % 9 == 4]
        for at in np.linspace(0, len(pictures) - 1, frames):
            found.append((f"{name} {int(at)}", pictures[int(at)]))
    return found


def together(picture: Image.Image, other: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A stretch of another picture laid over."""
    wide, high = picture.size
    if other.width < wide or other.height < high:
        other = other.resize((max(wide, other.width), max(high, other.height)), Image.Resampling.LANCZOS)
    left, top = int(rng.integers(other.width - wide + 1)), int(rng.integers(other.height - high + 1))
    mask = Image.new("L", picture.size, 0)
    w, h = int(wide * rng.uniform(0.3, 0.6)), int(high * rng.uniform(0.3, 0.6))
    x, y = int(rng.uniform(0, wide - w)), int(rng.uniform(0, high - h))
    pen = ImageDraw.Draw(mask)
    (pen.ellipse if rng.random() < 0.6 else pen.rectangle)((x, y, x + w, y + h), fill=255)
    soft = mask.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 3))))
    return Image.composite(other.crop((left, top, left + wide, top + high)), picture, soft)


def enlarged(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Enlarged and cut to its old size."""
    scale = float(rng.uniform(1.3, 2.5))
    large = picture.resize((int(picture.width * scale), int(picture.height * scale)), FILTERS[int(rng.integers(4))])
    left, top = int(rng.integers(large.width - picture.width)), int(rng.integers(large.height - picture.height))
    return large.crop((left, top, left + picture.width, top + picture.height))


def face_set_back(picture: Image.Image, rng: np.random.Generator) -> Image.Image | None:
    """The largest face shrunk, enlarged and set back, as face swapping does; none where there is no large face."""
    faces = [one.box for one in find_in_picture(np.asarray(picture)) if one.odds > 4 and one.box[2] >= 96]
    if not faces:
        return None
    left, top, wide, high = max(faces, key=lambda box: box[2])
    corners = [int(one) for one in (max(left, 0), max(top, 0), left + wide, top + high)]
    part = picture.crop((*corners[:2], min(corners[2], picture.width), min(corners[3], picture.height)))
    scale = float(rng.uniform(1.5, 2.5))
    small = part.resize((int(part.width / scale), int(part.height / scale)), FILTERS[int(rng.integers(2))])
    mask = Image.new("L", part.size, 0)
    ImageDraw.Draw(mask).ellipse((4, 4, part.width - 4, part.height - 4), fill=255)
    made = picture.copy()
    again = small.resize(part.size, FILTERS[int(rng.integers(3))])
    made.paste(again, tuple(corners[:2]), mask.filter(ImageFilter.GaussianBlur(2)))
    return made


def pictures(folder: Path, frames: int) -> Iterator[tuple[str, bool, Path]]:
    """Every still to judge, written as a person would meet it."""
    rng, found = np.random.default_rng(SEED), sources(frames)

    def written(name: str, picture: Image.Image) -> Path:
        path = folder / f"{name}.png"
        if rng.random() < 0.25:
            picture.save(path)
            return path
        path = path.with_suffix(".jpg")
        picture.save(path, quality=int(rng.integers(70, 97)), subsampling=int(rng.integers(3)))
        return path

    for number, (_, picture) in enumerate(found):
        others = [other for other in range(len(found)) if found[other][0].split()[0] != found[number][0].split()[0]]
        other = found[others[int(rng.integers(len(others)))]][1]
        again = jpeg(picture, int(rng.integers(65, 97)))
        cut = picture.crop((int(rng.integers(3, 30)), int(rng.integers(3, 30)), picture.width - 5, picture.height - 9))
        face = face_set_back(picture, rng)
        yield "unchanged", False, written(f"{number}-as-it-is", picture)
        yield "coded again", False, written(f"{number}-again", again)
        yield "cut", False, written(f"{number}-cut", cut)
        yield "put together", True, written(f"{number}-together", together(picture, other, rng))
        yield "enlarged", True, written(f"{number}-enlarged", enlarged(picture, rng))
        if face is not None:
            yield "face set back", True, written(f"{number}-face", face)


def films(folder: Path, clips: tuple[str, ...]) -> Iterator[tuple[str, bool, Path]]:
    """Every film to judge."""
    rng = np.random.default_rng(SEED + 1)
    for number, name in enumerate(clips):
        path, other = FIXTURES / "video" / name, FIXTURES / "video" / clips[(number + 1) % len(clips)]
        video = probe(path).video
        assert video is not None
        wide, high = video.width_px // 2 * 2, video.height_px // 2 * 2
        large = int(wide * rng.uniform(1.4, 2.2)) // 2 * 2
        ways = {
            ("unchanged", False): f"[0:v]scale={wide}:{high}[v]",
            ("enlarged", True): f"[0:v]scale={large}:-2:flags=spline,crop={wide}:{high}[v]",
            ("put together", True): f"[1:v]scale={wide}:{high}:flags=lanczos,crop={wide // 2}:{high // 2}[o];"
            f"[0:v][o]overlay={wide // 4}:{high // 5}:shortest=1[v]",
        }
        for (kind, changed), graph in ways.items():
            made = folder / f"film-{number}-{kind.replace(' ', '-')}.mp4"
            crf = str(int(rng.integers(18, 29)))
            command = [
                str(ffmpeg_binary()),
                "-nostdin",
                "-v",
                "error",
                "-y",
                "-t",
                "3",
                "-i",
                str(path),
                "-stream_loop",
                "-1",
                "-t",
                "3",
                "-i",
                str(other),
            ]
            command += [
                "-filter_complex",
                graph,
                "-map",
                "[v]",
                "-an",
                "-c:v",
                "libx264",
                "-crf",
                crf,
                "-pix_fmt",
                "yuv420p",
                str(made),
            ]
            subprocess.run(command, check=True)
            yield f"film {kind}", changed, made


def voices(folder: Path) -> Iterator[tuple[str, bool, Path]]:
    """Persons, and the machines that this computer has."""
    speech = FIXTURES / "speech"
    lines = [
        line.split("\t")[-1].strip()
        for line in (speech / "librispeech_test_other" / "transcripts.tsv").read_text().splitlines()
    ]
    texts = [line.lower() for line in lines if len(line) > 40]
    made: list[tuple[str, bool, Path]] = [
        ("person", False, path)
        for path in (
            *sorted(speech.glob("librispeech_test_other/*.flac")),
            *sorted(speech.glob("ljspeech/*.wav")),
            speech / "jfk.flac",
        )
    ]
    for voice in ("kal", "awb", "rms", "slt"):
        for number in range(8):
            path = folder / f"flite-{voice}-{number}.wav"
            if shutil.which("flite"):
                subprocess.run(
                    ["flite", "-voice", voice, "-t", texts[(7 * number + len(voice)) % len(texts)], "-o", str(path)],
                    check=True,
                )
                made.append((f"flite {voice}", True, path))
    for voice in ("cmu_us_slt_arctic_hts", "kal_diphone"):
        for number in range(8):
            path = folder / f"festival-{voice}-{number}.wav"
            if shutil.which("text2wave"):
                asked = ["text2wave", "-eval", f"(voice_{voice})", "-o", str(path)]
                done = subprocess.run(asked, input=texts[(5 * number + 3) % len(texts)].encode(), check=False)
                if done.returncode == 0:
                    made.append((f"festival {voice}", True, path))
    for kind, changed, path in made:
        yield kind, changed, path
        coded = folder / f"{path.stem}.mp3"
        subprocess.run(
            [str(ffmpeg_binary()), "-nostdin", "-v", "error", "-y", "-i", str(path), "-b:a", "64k", str(coded)],
            check=True,
        )
        yield kind, changed, coded


def foreign(folder: Path) -> Iterator[tuple[str, bool, Path]]:
    """What nothing was calibrated on; none of it was changed or is a machine's voice."""
    rng = np.random.default_rng(SEED + 2)
    for number in range(6):
        size = (int(rng.integers(300, 900)), int(rng.integers(300, 700)))
        drawn = Image.new("RGB", size, tuple(int(one) for one in rng.integers(0, 255, 3)))
        pen = ImageDraw.Draw(drawn)
        for _ in range(int(rng.integers(4, 40))):
            x, y, w, h = (int(one) for one in rng.integers(0, 300, 4))
            pen.ellipse((x, y, x + w, y + h), fill=tuple(int(one) for one in rng.integers(0, 255, 3)))
            pen.text((x, y), "Rushlight", fill="white")
        path = folder / f"drawn-{number}.png"
        drawn.save(path)
        yield "drawing", False, path
        noise = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
        path = folder / f"noise-{number}.png"
        noise.save(path)
        yield "noise", False, path
    for number, source in enumerate(
        (
            "testsrc2=s=640x360",
            "smptebars=s=640x360",
            "mandelbrot=s=640x360",
            "gradients=s=640x360",
            "life=s=640x360:mold=10:ratio=0.1",
        )
    ):
        path = folder / f"pattern-{number}.png"
        subprocess.run(
            [
                str(ffmpeg_binary()),
                "-nostdin",
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "1",
                str(path),
            ],
            check=True,
        )
        yield "pattern", False, path
    for name in ("autoeditor_example.mp4", "man-on-green-screen.mp4", "bigbuckbunny.mp4"):
        path = folder / f"{name}.png"
        subprocess.run(
            [
                str(ffmpeg_binary()),
                "-nostdin",
                "-v",
                "error",
                "-y",
                "-ss",
                "2",
                "-i",
                str(FIXTURES / "video" / name),
                "-frames:v",
                "1",
                str(path),
            ],
            check=True,
        )
        yield "graphics", False, path
    for path in (
        *sorted((FIXTURES / "music").glob("*.[om][gp]*")),
        *sorted((FIXTURES / "noise").glob("*.mp3")),
        *sorted((FIXTURES / "noise").glob("sb_*.wav")),
    ):
        yield "music and noises", False, path


def forced(media: Media) -> float:
    """The log ratio if nothing ever abstained for being foreign."""
    ratios = []
    if media.is_still:
        picture = np.asarray(Image.open(media.file.path).convert("RGB"))
        luma = np.round(picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
        patches = read_patches(luma)
        if patches is not None:
            numbers = measure_picture(luma, patches).numbers
            ratios += [line.log_ratio(numbers) for line in calibrations().values() if set(line.names) <= set(numbers)]
    elif media.sound is not None:
        sound = read_sound(media.file.path, sample_rate=16_000, channels=1)[: 16_000 * 60, 0]
        told = [voice_odds(sound[at : at + 128_000]) for at in range(0, max(len(sound) - 64_000, 1), 64_000)]
        ratios += [float(np.median([one.log_ratio for one in told if one]))] if any(told) else []
    return combined(ratios) or 0.0


def peer(media: Media) -> float:
    """Error-level analysis, or how flat the spectrum is."""
    if media.is_still:
        picture = Image.open(media.file.path).convert("RGB")
        left = np.abs(np.asarray(picture, float) - np.asarray(jpeg(picture, 90), float)).mean(2)
        high, wide = (side // 16 * 16 for side in left.shape)
        blocks = left[:high, :wide].reshape(high // 16, 16, wide // 16, 16).mean((1, 3))
        return float(np.percentile(blocks, 98) - np.median(blocks))
    if media.video is not None:
        return 0.0
    sound = read_sound(media.file.path, sample_rate=16_000, channels=1)[:, 0]
    power = np.abs(np.fft.rfft(sound[: len(sound) // 512 * 512].reshape(-1, 512) * np.hanning(512), axis=1)) ** 2
    return -float(np.mean(np.log(power.mean(0) + 1e-9)) - np.log(power.mean()))


def judge(items: Iterator[tuple[str, bool, Path]], family: str, folder: Path) -> list[Judged]:
    """All of them."""
    project, found = create_project(folder / f"project-{family}"), []
    for kind, changed, path in items:
        media = probe(path)
        said = project.run(detect_synthetic, media)
        found.append(Judged(family, kind, changed, said.log_ratio, forced(media), peer(media)))
        print(f"{family:<10}{kind:<28}{'abstains' if said.log_ratio is None else f'{said.log_ratio:+.2f}'}", flush=True)
    return found


def area(pieces: list[Judged], value: str) -> float:
    """Under the curve, over those judged."""
    kept = [one for one in pieces if one.said is not None]
    if len({one.changed for one in kept}) < 2:
        return float("nan")
    return float(roc_auc_score([one.changed for one in kept], [getattr(one, value) for one in kept]))


def calibration_error(pieces: list[Judged]) -> float:
    """Expected, in ten bins, at the share of changed pieces."""
    kept = [one for one in pieces if one.said is not None]
    share = float(np.mean([one.changed for one in kept]))
    told = 1 / (1 + np.exp(-(np.array([one.said for one in kept]) + np.log(share / (1 - share)))))
    right: NDArray[np.float64] = np.array([one.changed for one in kept], float)
    bins = np.minimum((told * 10).astype(int), 9)
    return float(sum(abs(told[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def main() -> None:
    """Make, judge, write."""
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stills = judge(pictures(folder, 1 if quick else 3), "pictures", folder)
        moving = judge(films(folder, HELD_OUT[: 3 if quick else 8]), "films", folder)
        spoken = judge(voices(folder), "voices", folder)
        strange = judge(foreign(folder), "foreign", folder)
    rows = [["what", "rushlight", "peer", "target"]]
    for family, pieces in (("pictures", stills), ("films", moving), ("voices", spoken)):
        plain = [one for one in pieces if not one.changed]
        other = "–" if family == "films" else f"{area(pieces, 'peer'):.3f}"
        rows.append([f"{family}: area under the curve", f"{area(pieces, 'said'):.3f}", other, "≥ 0.9"])
        for kind in sorted({one.kind for one in pieces if one.changed}):
            part = [*plain, *(one for one in pieces if one.kind == kind)]
            other = "–" if family == "films" else f"{area(part, 'peer'):.3f}"
            rows.append([f"{family}, {kind}", f"{area(part, 'said'):.3f}", other, ""])
        rows.append([f"{family}: calibration error", f"{calibration_error(pieces):.3f}", "", "≤ 0.05"])
        judged = sum(one.said is not None for one in pieces)
        rows.append([f"{family}: judged", f"{judged} of {len(pieces)}", "", ""])
    wrong = [one for one in strange if one.forced > 0]
    right = sum(one.said is None or one.said <= 0 for one in wrong)
    share = f"{right} of {len(wrong)}" if wrong else "none would be wrong"
    rows.append(["foreign: abstains, or does not accuse, where it would be wrong", share, "", "≥ 90 %"])
    rows.append(["foreign: abstains", f"{sum(one.said is None for one in strange)} of {len(strange)}", "", ""])
    have = [name for name in ("flite", "text2wave") if shutil.which(name)]
    notes = [] if len(have) == 2 else ["Flite or Festival is not installed here; those voices are missing."]
    write_results(__file__, str(__doc__), rows, notes)


if __name__ == "__main__":
    main()
