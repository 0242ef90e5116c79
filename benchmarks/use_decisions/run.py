"""Are rights and consents decided right, at the moment of use, also when the file was renamed or coded anew?

A matrix of every combination of licence or list of purposes, purpose, prohibition, term, place, reservation (rights),
and of aspect, state (never given, holds, ended, not begun, revoked, given again, for another purpose or another film)
and person (consents), each asked with the file itself, with a copy under another name, and with one coded anew: a film
at half the size and CRF 30, a sound as 64 kbit/s MP3, a picture as a small JPEG, a text with other spacing. What is
right is worked out in this script from the combination alone, by other code than is tested.

Look-alikes: pairs of different files of one kind (recordings of 60 speakers, pictures, films of the fixtures where
they are there; else made ones) must never be taken for each other. There is no peer: no open tool checks consent at
render time.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import imageio_ffmpeg
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from results import write_results
from rushlight.media.encode import write_wav
from rushlight.trust.consents import ConsentBook
from rushlight.trust.fingerprints import fingerprint, matches
from rushlight.trust.notes import NoteSigner
from rushlight.trust.rights import Item, Registry, Use, decide, kept_fingerprint

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
ON = date(2026, 6, 1)
BEFORE, AFTER = date(2026, 5, 1), date(2026, 7, 1)
SIGNER = NoteSigner("bench/house", Ed25519PrivateKey.generate())


def ffmpeg(*arguments: object) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)], check=True)


def picture(path: Path, seed: int) -> Path:
    coarse = np.random.default_rng(seed).uniform(0, 255, (9, 12, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize((480, 360), Image.Resampling.BICUBIC).save(path)
    return path


def tune(path: Path, seed: int) -> Path:
    chance, at = np.random.default_rng(seed), np.arange(12_000) / 48_000
    notes = [sum(np.sin(2 * np.pi * p * at) for p in chance.uniform(250, 2200, 3)) * np.exp(-3 * at) for _ in range(40)]
    samples = 0.15 * np.concatenate(notes) + 0.005 * chance.standard_normal(480_000)
    write_wav(path, samples[:, None].astype(np.float32), 48_000)
    return path


def material(folder: Path) -> dict[str, tuple[Path, Path, Path]]:
    """For each kind: the file, a copy under another name, and one coded anew."""
    found = {}
    still = picture(folder / "face.png", 1)
    Image.open(still).resize((240, 180)).save(folder / "coded.jpg", quality=50)
    found["picture"] = (still, folder / "coded.jpg")
    sound = tune(folder / "voice.wav", 2)
    ffmpeg("-i", sound, "-b:a", "64k", folder / "coded.mp3")
    found["sound"] = (sound, folder / "coded.mp3")
    stills = [picture(folder / f"{number}.png", 30 + number) for number in range(4)]
    inputs = [part for one in stills for part in ("-loop", 1, "-t", 1, "-i", one)]
    ffmpeg(*inputs, "-filter_complex", "concat=n=4,fps=12", "-pix_fmt", "yuv420p", folder / "film.mp4")
    ffmpeg("-i", folder / "film.mp4", "-vf", "scale=240:180", "-crf", 30, folder / "coded.mkv")
    found["film"] = (folder / "film.mp4", folder / "coded.mkv")
    (folder / "data.csv").write_text("year,people\n1894,240000\n")
    (folder / "coded.txt").write_text("year,people\n\n1894,240000")
    found["text"] = (folder / "data.csv", folder / "coded.txt")
    made = {}
    for kind, (one, coded) in found.items():
        renamed = folder / f"renamed-{kind}.bin{one.suffix}"
        shutil.copyfile(one, renamed)
        made[kind] = (one, renamed, coded)
    return made


def rights(files: dict[str, tuple[Path, Path, Path]], take: Any) -> tuple[int, int, list[str]]:
    """Cases, right decisions, and the first that were wrong."""
    leave: list[tuple[dict[str, Any], dict[str, bool]]] = [
        ({"licence": "CC-BY-4.0"}, dict.fromkeys(("show", "change", "commercial", "train", "mine"), True)),
        ({"licence": "CC-BY-NC-ND-4.0"}, {"show": True, "change": False, "commercial": False, "train": False,
                                          "mine": True}),
        ({"purposes": ("show", "change")}, {"show": True, "change": True, "commercial": False, "train": False,
                                            "mine": False}),
        ({"licence": "LicenseRef-Stock"}, dict.fromkeys(("show", "change", "commercial", "train", "mine"), False)),
    ]  # fmt: skip
    terms = [({}, True), ({"until": AFTER}, True), ({"until": BEFORE}, False), ({"starts": AFTER}, False)]
    places = [((), (), True), (("DE",), ("DE",), True), (("DE",), ("FR",), False), (("DE",), (), False)]
    cases = right = 0
    wrong: list[str] = []
    for kind, forms in files.items():
        for (grant, may), (term, in_term), (given, asked, in_place), banned, tdm in itertools.product(
            leave, terms, places, (False, True), ("", "reserved")
        ):
            for purpose in ("show", "change", "commercial", "train", "mine"):
                item = Item(
                    name="x", file=str(forms[0]), territories=given, tdm=tdm, forbidden=("train",) if banned else (),
                    **grant, **term,
                )  # fmt: skip
                wanted = (
                    may[purpose] and in_term and in_place and not (banned and purpose == "train")
                    and not (tdm == "reserved" and purpose in ("train", "mine"))
                )  # fmt: skip
                use = Use(purpose=purpose, territories=asked, on=ON)  # type: ignore[arg-type]
                for form, path in zip(("itself", "renamed", "coded anew"), forms, strict=True):
                    made = decide(Registry(unlisted="allow", item=(item,)), Path("/"), use, file=path, take=take)
                    cases += 1
                    right += made.allowed == wanted
                    if made.allowed != wanted:
                        wrong.append(f"{kind} {form} {purpose} {grant} {term}: {made.allowed}")
    return cases, right, wrong


def consents(files: dict[str, tuple[Path, Path, Path]], take: Any, folder: Path) -> tuple[int, int, list[str]]:
    states: dict[str, tuple[list[dict[str, Any]], bool]] = {
        "holds": ([{}], True), "ended": ([{"until": BEFORE}], False), "not begun": ([{"starts": AFTER}], False),
        "revoked": ([{"revoke": True}], False), "given again": ([{"revoke": True}, {}], True),
        "another purpose": ([{"purposes": ("advertising",)}], False), "this purpose": ([{"purposes": ("film",)}], True),
        "another film": ([{"works": ("storm",)}], False), "this film": ([{"works": ("clock",)}], True),
        "elsewhere": ([{"territories": ("JP",)}], False), "here": ([{"territories": ("DE", "FR")}], True),
    }  # fmt: skip
    cases = right = 0
    wrong: list[str] = []
    for kind, (state, (records, holds)), agreed in itertools.product(
        ("picture", "sound", "film"), states.items(), (("voice",), ("face",), ("voice", "face"))
    ):
        book = ConsentBook(folder / f"{kind}-{state}-{'-'.join(agreed)}", take)
        for said in records:
            given = {"starts": BEFORE, **{key: value for key, value in said.items() if key != "revoke"}}
            made = book.record(
                SIGNER, person="Anna", aspects=agreed, references=(files[kind][0],), models=("piper/anna",), **given
            )
            if said.get("revoke"):
                book.revoke(made.id, "", SIGNER)
        for aspect in ("voice", "face"):
            wanted = holds and aspect in agreed
            subjects: list[tuple[str, dict[str, Any], bool]] = [
                (form, {"file": path}, wanted)
                for form, path in zip(("itself", "renamed", "coded anew"), files[kind], strict=True)
            ]
            subjects += [("by its model", {"model": "piper/anna"}, wanted), ("another model", {"model": "x/y"}, True)]
            for form, subject, right_answer in subjects:
                found = book.decide(
                    aspects=(aspect,), on=ON, purpose="film", work="clock", territories=("DE",), **subject
                )
                cases += 1
                right += found.allowed == right_answer
                if found.allowed != right_answer:
                    wrong.append(f"{kind} {state} {agreed} asked {aspect} {form}: {found.allowed}")
    return cases, right, wrong


def lookalikes(folder: Path, take: Any) -> tuple[int, int, list[str]]:
    groups = [
        sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac"))[:60],
        sorted((FIXTURES / "video").glob("*.mp4"))[:20],
        [tune(folder / f"alike{n}.wav", 100 + n) for n in range(12)],
        [picture(folder / f"alike{n}.png", 200 + n) for n in range(40)],
    ]
    pairs, mistaken, which = 0, 0, []
    for group in groups:
        taken = [(path, take(path)) for path in group]
        for (one, a), (other, b) in itertools.combinations(taken, 2):
            pairs += 1
            if how := matches(a, b):
                mistaken += 1
                which.append(f"{one.name} and {other.name} ({how})")
    return pairs, mistaken, which


def coded_real(folder: Path, take: Any) -> tuple[int, int]:
    """Recordings and films of the fixtures, coded anew: how many are known again."""
    sounds = sorted((FIXTURES / "speech" / "librispeech_speakers").glob("*.flac"))[:20]
    films = [FIXTURES / "video" / f"{name}.mp4" for name in ("dog", "blocks", "juggle", "flower", "bikes", "friday")]
    known = tried = 0
    for path in sounds:
        ffmpeg("-i", path, "-b:a", "64k", folder / "again.mp3")
        tried += 1
        known += bool(matches(take(path), fingerprint(folder / "again.mp3")))
    for path in (film for film in films if film.is_file()):
        ffmpeg("-i", path, "-an", "-vf", "scale=iw/4*2:ih/4*2", "-crf", 30, "-preset", "veryfast", folder / "again.mp4")
        tried += 1
        known += bool(matches(take(path), fingerprint(folder / "again.mp4")))
    return tried, known


def main() -> None:
    random.seed(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        take_kept = kept_fingerprint(folder / "fingerprints")
        memory: dict[Path, Any] = {}

        def take(path: Path) -> Any:
            if path not in memory:
                memory[path] = take_kept(path)
            return memory[path]

        files = material(folder)
        rows = [["what", "cases", "decided right"]]
        notes = []
        for name, (cases, right, wrong) in {
            "rights": rights(files, take), "consents": consents(files, take, folder / "consents"),
        }.items():  # fmt: skip
            rows.append([name, str(cases), f"{right} ({right / cases:.2%})"])
            notes += wrong[:3]
        pairs, mistaken, which = lookalikes(folder, take)
        rows.append(["different files not taken for each other", str(pairs), f"{pairs - mistaken}"])
        notes += which[:5]
        tried, known = coded_real(folder, take)
        rows.append(["real recordings and films known after coding anew", str(tried), str(known)])
    write_results(__file__, __doc__ or "", rows, notes)


if __name__ == "__main__":
    main()
