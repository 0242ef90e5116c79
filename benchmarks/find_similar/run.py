"""Find what something was taken from, though it was changed to pass unnoticed.

Half of the fixtures' stills, clips and recordings are in the index; from all of them pieces are taken and changed: half
of what is asked about has nothing to be found. Stills: mirrored, a fifth cut off, three tenths of the size, JPEG 30,
laid over with bars and a caption, turned by 3°, and mirrored with a cut and JPEG 40. Films, four seconds of each: as
stills, by FFmpeg, CRF 36, a quarter faster, and all together; they are asked about without their sound. Sounds, eight
seconds: MP3 at 32 kbit/s, 5 % faster with its pitch, 8 % faster without, low-pass at 3 kHz.

*Recall*: the share of pieces of indexed works for which that work is named. *Precision*: the share of named works that
are right. Peer: PDQ's form of hash alone (256 bits of a 64 × 64 picture, at most 31 different), for films on frames a
second apart; for sounds the bits of Haitsma and Kalker without other speeds.

Run: `python benchmarks/find_similar/run.py [--quick]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from PIL import Image, ImageDraw

from results import write_results
from rushlight.media.ffmpeg import ffmpeg_binary
from rushlight.trust.fingerprints import Fingerprint, fingerprint, same_sound_bits
from rushlight.trust.similarity.catalogue import Catalogue
from rushlight.trust.similarity.matching import match
from rushlight.trust.similarity.prints import take_print

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
CLIPS = (
    "dog.mp4", "blocks.mp4", "juggle.mp4", "car-detection.mp4", "bottle-detection.mp4", "flower.mp4", "bug.mp4",
    "friday.mp4", "tears_of_steel_battle.webm", "gbike_pov_shaky.webm", "nasa_webb_narration.mp4", "bikes.mp4",
    "bigbuckbunny.mp4", "asl/A_again.mkv", "asl/B_walk.mkv", "c2pa_test.avi",
)  # fmt: skip
FILM_WAYS = {
    "mirrored": "hflip",
    "cut": "crop=iw*0.8:ih*0.85:iw*0.12:ih*0.1",
    "small": "scale=240:-2",
    "coded hard": "null",
    "faster": "setpts=PTS/1.25",
    "laid over": "drawbox=0:ih*0.8:iw:ih*0.2:black:fill,drawbox=iw*0.04:ih*0.05:iw*0.2:ih*0.12:red:fill",
    "all together": "hflip,crop=iw*0.88:ih*0.88,setpts=PTS/1.1,scale=360:-2",
}
SOUND_WAYS = {
    "MP3 32k": ("anull", ["-b:a", "32k", ".mp3"]),
    "faster with pitch": ("asetrate=48000*1.05,aresample=48000", [".wav"]),
    "faster": ("atempo=1.08", [".wav"]),
    "low-pass": ("lowpass=3000", [".wav"]),
}
PDQ_BITS = 31


def ffmpeg(*arguments: str | Path) -> None:
    """Run it quietly."""
    subprocess.run([str(ffmpeg_binary()), "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def changed_still(picture: Image.Image, how: str) -> Image.Image:
    """A picture changed in one way."""
    wide, high = picture.size
    if how == "mirrored":
        return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if how == "cut":
        return picture.crop((int(wide * 0.15), int(high * 0.05), int(wide * 0.97), high))
    if how == "small":
        return picture.resize((max(wide * 3 // 10, 64), max(high * 3 // 10, 64)))
    if how == "turned":
        return picture.rotate(3, Image.Resampling.BICUBIC)
    if how == "laid over":
        laid = picture.copy()
        pen = ImageDraw.Draw(laid)
        pen.rectangle((0, int(high * 0.82), wide, high), fill="black")
        pen.text((20, int(high * 0.86)), "Breaking news from the harbour", fill="white")
        pen.rectangle((10, 10, wide // 5, high // 9), fill="red")
        return laid
    if how == "all together":
        return changed_still(changed_still(picture, "mirrored"), "cut")
    return picture


def stills(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """Work, way, file of the work, changed file."""
    for path in sorted((FIXTURES / "images").rglob("*.[jp][pn]g")):
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        for how in ("mirrored", "cut", "small", "coded hard", "laid over", "turned", "all together"):
            made = folder / f"{path.stem}-{how.replace(' ', '-')}.jpg"
            changed_still(picture, how).save(made, quality=30 if how == "coded hard" else 40)
            yield path.name, how, path, made


def films(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """The same of films."""
    for name in CLIPS:
        path = FIXTURES / "video" / name
        for how, way in FILM_WAYS.items():
            made = folder / f"{Path(name).stem}-{how.replace(' ', '-')}.mp4"
            start = "1" if "asl" not in name else "0"
            crf = "36" if how == "coded hard" else "28"
            way = f"{way},scale=trunc(iw/2)*2:trunc(ih/2)*2"
            ffmpeg("-ss", start, "-t", "4", "-i", path, "-vf", way, "-an", "-crf", crf, "-pix_fmt", "yuv420p", made)
            yield name, how, path, made


def sounds(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """The same of sounds."""
    speech = sorted((FIXTURES / "speech" / "librispeech_test_other").glob("*.flac"))
    music = sorted((FIXTURES / "music").glob("*.[om][gp]*"))
    for path in [one for one in [*speech[:24], *music] if one.stat().st_size > 60_000]:
        whole = folder / f"{path.stem}-whole.wav"
        ffmpeg("-i", path, "-ac", "1", "-ar", "48000", whole)
        for how, (way, rest) in SOUND_WAYS.items():
            made = folder / f"{path.stem}-{how.replace(' ', '-')}{rest[-1]}"
            ffmpeg("-ss", "1", "-t", "8", "-i", whole, "-af", way, *rest[:-1], made)
            yield path.name, how, whole, made


def pdq_says(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether most hashes of the one are among the other's; for sounds, whether its bits are."""
    if one.pictures is not None and other.pictures is not None and len(one.pictures) and len(other.pictures):
        near = [int(np.bitwise_count(other.pictures ^ row).sum(axis=1).min()) <= PDQ_BITS for row in one.pictures]
        return float(np.mean(near)) >= 0.5
    return one.sound is not None and other.sound is not None and same_sound_bits(one.sound, other.sound)


def main() -> None:
    """Make, index, ask, write."""
    quick, rows, everything = "--quick" in sys.argv, [["what", "recall", "precision", "PDQ or bits alone"]], [0, 0, 0]
    for family, maker in (("stills", stills), ("films", films), ("sounds", sounds)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            pieces = list(maker(folder))
            works = sorted({(work, path) for work, _, path, _ in pieces})
            indexed = {work for number, (work, _) in enumerate(works) if number % 2 == 0}
            index, hashes = Catalogue(folder / "works.sqlite"), {}
            for work, path in works:
                if work in indexed:
                    index.add(path, title=work)
                    hashes[work] = fingerprint(path)
            kept = list(index.works())
            right, wrong, asked = defaultdict(int), 0, defaultdict(int)
            plain_right, plain_wrong = 0, 0
            for work, how, _, made in pieces[:: 3 if quick else 1]:
                print_, short = take_print(made, mirrored=True), fingerprint(made)
                named = {one.title for one in kept if match(print_, one.kept) is not None}
                plain = {title for title, theirs in hashes.items() if pdq_says(short, theirs)}
                asked[how] += work in indexed
                right[how] += work in named
                wrong += len(named - {work})
                plain_right += work in plain
                plain_wrong += len(plain - {work})
                print(
                    f"{family:<8}{how:<20}{work:<32}{'found' if work in named else '-':<8}{sorted(named - {work})}",
                    flush=True,
                )
            count, found = sum(asked.values()), sum(right.values())
            for place, value in enumerate((count, found, wrong)):
                everything[place] += value
            plain_precision = plain_right / max(plain_right + plain_wrong, 1)
            peer = f"recall {plain_right / max(count, 1):.3f}, precision {plain_precision:.3f}"
            rows.append(
                [family, f"{found / max(count, 1):.3f} of {count}", f"{found / max(found + wrong, 1):.3f}", peer]
            )
            rows += [[f"{family}, {how}", f"{right[how]} of {asked[how]}", "", ""] for how in asked]
    count, found, wrong = everything
    rows.append(
        ["**all**", f"{found / count:.3f} (target 0.95)", f"{found / max(found + wrong, 1):.3f} (target 0.99)", ""]
    )
    write_results(__file__, str(__doc__), rows)


if __name__ == "__main__":
    main()
