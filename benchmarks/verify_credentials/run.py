"""Is tampering with a signed file caught, is an untouched file let through, and what does it cost?

For each form of file a small one is made and signed with `sign_credentials`. Then
- `flips`: 200 times one random bit anywhere in the file is turned over;
- `pad`: a sentence is written into the padding of the signature;
- `free`: a box `free` is appended (with words, with zeros), put in the middle, and one that was there is written into;
- `append`: bytes after the end; `splice`: a stretch of the content is cut out, doubled, or taken from another file;
- `swap`: the credentials of another file of the same make, in the same place; `header`: the file's own first bytes;
- `strip`: the credentials are taken out. The verdict has to be `absent`, for an absence is no proof of anything;
- `wrong`: signed with a certificate for time stamps, and with a source type that nobody defined.
Caught means: the verdict is neither `trusted` nor `valid`. The peer is the C2PA library underneath (c2pa-python), asked
about the same bytes in the same run; a file it cannot read at all counts as caught by it too.

Untouched: 100 files of all forms, signed by us and by the bare library, with P-256, P-384, Ed25519 and RSA keys, with
and without ingredients; and public files of the C2PA community, judged as their names say (C: credentials; A: none;
CA: with an ingredient; X and E at the front: tampered). Times: signing and checking one large film, the median of
seven, as a ratio to the bare library.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["RUSHLIGHT_KEYS"] = str(Path(tempfile.mkdtemp(prefix="rushlight-bench-")) / "keys")

import c2pa
import imageio_ffmpeg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from results import write_results
from rushlight.artifacts import Document, Ingredient, Origin
from rushlight.core.artifact import FileRef
from rushlight.core.errors import RushlightError
from rushlight.core.run import Run, running
from rushlight.trust.containers import find_store, media_type_of
from rushlight.trust.keys import KeyFolder
from rushlight.trust.library import context
from rushlight.trust.sign_credentials import sign_credentials
from rushlight.trust.verify_credentials import judge

FORMS = ("mp4", "mov", "m4a", "mp3", "wav", "flac", "png", "jpg", "webp", "gif", "avi")
BOXED = ("mp4", "mov", "m4a")
FLIPS = 200
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
PUBLIC = {
    "A.jpg": "absent", "C.jpg": "valid", "CA.jpg": "valid", "E-sig-CA.jpg": "invalid", "XCA.jpg": "invalid",
    "sample1.png": "absent", "sample1_signed.wav": "valid", "video1.mp4": "valid",
}  # fmt: skip


def make_media(path: Path, seed: int) -> Path:
    """One second of a moving pattern, a tone, or one picture."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    picture = ["-f", "lavfi", "-i", f"testsrc2=s=160x120:r=12:d=1,hue=h={seed * 37 % 360}"]
    sound = ["-f", "lavfi", "-i", f"sine={220 + 20 * (seed % 30)}:d=1"]
    kind = path.suffix[1:]
    if kind in ("png", "jpg", "webp", "gif"):
        arguments = [*picture, "-frames:v", "1"]
    elif kind in ("m4a", "mp3", "wav", "flac"):
        arguments = sound
    else:
        arguments = [*picture, *sound, "-shortest"]
    subprocess.run([ffmpeg, "-v", "error", "-y", "-threads", "1", *arguments, str(path)], check=True)
    return path


def sign(path: Path, folder: Path, origin: Origin | None = None) -> Path:
    with running(Run(scratch=folder)):
        signed = sign_credentials(
            Document(file=FileRef.of(path)), origin, source_type="" if origin else "digitalCreation"
        )
    return signed.file.path


def caught_by_library(data: bytes, kind: str) -> bool:
    try:
        reader = c2pa.Reader(kind, io.BytesIO(data), context=context(KeyFolder().anchors()))
    except c2pa.C2paError:
        return True
    return reader.get_validation_state() not in ("Trusted", "Valid")


def verdict(data: bytes, place: Path) -> str:
    place.write_bytes(data)
    try:
        return judge(place, None, KeyFolder().anchors()).verdict
    except RushlightError:
        return "refused"


# -- ways to tamper ----------------------------------------------------------------------------


def flips(data: bytes, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(FLIPS):
        changed = bytearray(data)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        yield bytes(changed)


def pads(data: bytes, rewrap: Callable[[bytearray], bytes]) -> Iterator[bytes]:
    """Words into the long run of zeros that ends the signature."""
    run = bytes(200)
    at = data.find(run, data.find(b"c2cs\x00\x11"))
    for words, shift in ((b"written afterwards", 20), (b"\x01", 60), (b"A" * 100, 40)):
        changed = bytearray(data)
        changed[at + shift : at + shift + len(words)] = words
        yield rewrap(changed)


def fix_png(data: bytearray) -> bytes:
    """Checksums of a PNG after a change, as whoever tampers would mend them."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        struct.pack_into(">I", data, at + 8 + length, zlib.crc32(bytes(data[at + 4 : at + 8 + length])))
        at += 12 + length
    return bytes(data)


def frees(data: bytes, seed: int) -> Iterator[bytes]:
    def box(content: bytes, kind: bytes = b"free") -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    yield data + box(b"bought by nobody")
    yield data + box(bytes(64))
    yield data + box(b"hidden", b"skip")
    (first,) = struct.unpack_from(">I", data, 0)
    grown = bytearray(data)
    at = data.find(b"free")
    if at > 0 and struct.unpack_from(">I", data, at - 4)[0] > 8:
        grown[at + 4] = 65
        yield bytes(grown)
    changed = bytearray(data)
    changed[8 + seed % (first - 8)] ^= 1
    yield bytes(changed)


def appends(data: bytes) -> Iterator[bytes]:
    yield data + b"\0"
    yield data + b"some words after the end"
    yield data + data[-200:]


def splices(data: bytes, other: bytes, store: tuple[int, int], seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    start, length = store
    for _ in range(8):
        at = chance.randrange(64, len(data) - 96)
        if start - 96 < at < start + length:
            at = start + length + 64 if start + length + 160 < len(data) else start - 97
        piece = data[at : at + 64]
        yield data[:at] + data[at + 64 :]
        yield data[:at] + piece + data[at:]
        yield (
            data[:at] + other[at : at + 64] + data[at + 64 :]
            if other[at : at + 64] not in (b"", piece)
            else b"\0" + data
        )


def cut_out(data: bytes, form: str, ranges: list[tuple[int, int]]) -> bytes:
    """A file without its credentials, as a careful stripper leaves it."""
    start = ranges[0][0]
    length = sum(part[1] for part in ranges)
    rest = bytearray(data[:start] + data[start + length :])
    if form in ("wav", "webp", "avi"):
        rest = bytearray(data[:start] + data[start + length + length % 2 :])
        struct.pack_into("<I", rest, 4, len(rest) - 8)
    if form in ("mp3", "flac"):
        return data[data.find(b"fLaC") :] if form == "flac" else data[10 + _synchsafe(data[6:10]) :]
    return bytes(rest)


def _synchsafe(data: bytes) -> int:
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


# -- certificates of all kinds -----------------------------------------------------------------


def foreign_identity(key: object, algorithm: bytes, purpose: ObjectIdentifier) -> tuple[c2pa.Signer, bytes]:
    """A root and a leaf of any kind of key and purpose, made without Rushlight."""
    now = datetime.now(UTC)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = (
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)])
        for name in ("Bench root", "Bench leaf")
    )

    def certificate(name: x509.Name, public: object, is_root: bool) -> x509.Certificate:
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only"), False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(root_name).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=900))
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage), True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
        )  # fmt: skip
        if not is_root:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), True)
        return builder.sign(root_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    root = certificate(root_name, root_key.public_key(), True).public_bytes(pem)
    leaf = certificate(leaf_name, key.public_key(), False).public_bytes(pem)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm, leaf, secret, None)), root


def plain_sign(path: Path, target: Path, signer: c2pa.Signer, root: bytes, kind: str = "") -> Path:
    """Sign with the bare library."""
    uri = kind or "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": uri}]}
    definition = {
        "title": path.name,
        "claim_generator_info": [{"name": "bench", "version": "1"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": actions}],
    }
    builder = c2pa.Builder(definition, context=context(root))
    with path.open("rb") as source, target.open("w+b") as out:
        builder.sign(signer, media_type_of(path), source, out)
    return target


# -- the suites --------------------------------------------------------------------------------


def tamper(folder: Path) -> list[list[str]]:
    rows = [["form", "suite", "tampered", "caught by the library", "caught by us"]]
    for number, form in enumerate(FORMS):
        path = sign(make_media(folder / f"one.{form}", number), folder)
        second = sign(make_media(folder / f"two.{form}", number + 11), folder)
        data, other = path.read_bytes(), second.read_bytes()
        kind = media_type_of(path)
        layout = find_store(path, kind)
        assert layout is not None
        start = layout.ranges[0][0]
        store = (start, sum(part[1] for part in layout.ranges))
        rewrap = fix_png if form == "png" else bytes
        suites: dict[str, list[bytes]] = {
            "flips": list(flips(data, number)),
            "pad": list(pads(data, rewrap)),
            "append": list(appends(data)),
            "splice": list(splices(data, other, store, number)),
        }
        if form in BOXED:
            suites["free"] = [item for seed in range(8) for item in frees(data, seed)]
        theirs = find_store(second, kind)
        assert theirs is not None
        alien = sum(part[1] for part in theirs.ranges)
        at = theirs.ranges[0][0]
        suites["swap"] = [data[:start] + other[at : at + alien] + data[start + store[1] :]]
        for name, items in suites.items():
            items = [item for item in items if item != data]
            library = sum(caught_by_library(item, kind) for item in items)
            place = folder / f"tampered.{form}"
            ours = sum(verdict(item, place) not in ("trusted", "valid") for item in items)
            rows.append([form, name, str(len(items)), str(library), str(ours)])
        stripped = verdict(cut_out(data, form, layout.ranges), folder / f"tampered.{form}")
        rows.append([form, "strip", "1", "absent", stripped])
        print(rows[-1], rows[-2], flush=True)
    return rows


def wrong(folder: Path) -> list[list[str]]:
    path = make_media(folder / "wrong.jpg", 3)
    rows = []
    cases = {
        "time-stamping certificate": (ExtendedKeyUsageOID.TIME_STAMPING, ""),
        "source type that nobody defined": (ExtendedKeyUsageOID.EMAIL_PROTECTION, "http://bogus"),
    }
    for name, (purpose, uri) in cases.items():
        signer, root = foreign_identity(ec.generate_private_key(ec.SECP256R1()), b"es256", purpose)
        target = folder / "wrong-signed.jpg"
        try:
            plain_sign(path, target, signer, root, uri)
        except c2pa.C2paError:
            rows.append(["jpg", name, "1", "refused when signing", "refused when signing"])
            continue
        state = c2pa.Reader("image/jpeg", target.open("rb"), context=context(root)).get_validation_state()
        ours = judge(target, None, root).verdict
        rows.append(["jpg", name, "1", str(int(state == "Invalid")), str(int(ours == "invalid"))])
    return rows


def untouched(folder: Path) -> tuple[int, int, list[str]]:
    """How many untouched files there were, false alarms among them, and which."""
    keys = [
        (ec.generate_private_key(ec.SECP256R1()), b"es256"), (ec.generate_private_key(ec.SECP384R1()), b"es384"),
        (ed25519.Ed25519PrivateKey.generate(), b"ed25519"), (rsa.generate_private_key(65537, 2048), b"ps256"),
    ]  # fmt: skip
    signers = [foreign_identity(key, algorithm, ExtendedKeyUsageOID.EMAIL_PROTECTION) for key, algorithm in keys]
    count, alarms = 0, []
    for number in range(100):
        form = FORMS[number % len(FORMS)]
        path = make_media(folder / f"plain.{form}", number + 40)
        if number % 3 == 0:
            signer, root = signers[number % len(signers)]
            target, anchors = plain_sign(path, folder / f"untouched.{form}", signer, root), root
        else:
            parts: tuple[Ingredient, ...] = ()
            if number % 3 == 2:
                inner = sign(make_media(folder / "inner.jpg", number), folder)
                parts = (Ingredient(title="inner", relation="componentOf", file=FileRef.of(inner)),)
            origin = Origin(title=path.name, made="created", source_type="compositeSynthetic", ingredients=parts)
            target, anchors = sign(path, folder, origin), KeyFolder().anchors()
        found = judge(target, None, anchors)
        count += 1
        if found.verdict != "trusted":
            alarms.append(f"{form} {number}: {found.verdict} {found.reasons}")
        target.unlink()
    return count, len(alarms), alarms


def public() -> tuple[int, int, list[str]]:
    right, wrong_ones = 0, []
    for name, wanted in PUBLIC.items():
        found = judge(FIXTURES / "interchange" / "c2pa" / name, None, b"").verdict
        right += found == wanted
        if found != wanted:
            wrong_ones.append(f"{name}: {found}, not {wanted}")
    return right, len(PUBLIC), wrong_ones


def times(folder: Path) -> list[list[str]]:
    """Seconds of signing and checking by us and by the bare library, in turn, on the same film."""
    identity, anchors = KeyFolder().identity(), KeyFolder().anchors()
    path = folder / "large.mp4"
    noise = "nullsrc=s=1280x720:r=25:d=1,geq=random(1)*255:128:128"
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", noise, "-c:v", "libx264", "-preset",
         "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p", str(path)], check=True,
    )  # fmt: skip
    with path.open("ab") as file:
        # A second, unplayed mdat brings the file to the size that was measured elsewhere.
        size = max(106_000_000 - path.stat().st_size, 16)
        file.write(
            struct.pack(">I4s", size, b"mdat") + os.urandom(1 << 20) * (size >> 20) + bytes((size & 0xFFFFF) - 8)
        )
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.chain, identity.key, None)
    spent: dict[str, list[float]] = {name: [] for name in ("sign, library", "sign", "verify, library", "verify")}
    reference = FileRef.of(path)
    for _ in range(7):
        clock = time.perf_counter()
        target = plain_sign(path, folder / "large-bare.mp4", c2pa.Signer.from_info(info), anchors)
        spent["sign, library"].append(time.perf_counter() - clock)
        clock = time.perf_counter()
        with running(Run(scratch=folder)):
            origin = Origin(title="large", made="created", source_type="digitalCreation")
            ours = sign_credentials(Document(file=reference), origin)
        spent["sign"].append(time.perf_counter() - clock)
        clock = time.perf_counter()
        with target.open("rb") as file:
            reader = c2pa.Reader("video/mp4", file, context=context(anchors))
            json.loads(reader.detailed_json()), reader.get_validation_state()
        spent["verify, library"].append(time.perf_counter() - clock)
        clock = time.perf_counter()
        judge(ours.file.path, None, anchors)
        spent["verify"].append(time.perf_counter() - clock)
        ours.file.path.unlink()
    middle = {name: statistics.median(values) for name, values in spent.items()}
    megabytes = path.stat().st_size / 1e6
    return [
        [f"{name}, {megabytes:.0f} MB", f"{middle[f'{name}, library']:.3f} s", f"{middle[name]:.3f} s",
         f"{middle[name] / middle[f'{name}, library']:.2f}"]
        for name in ("sign", "verify")
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="untouched, public or times, without writing results")
    only = parser.parse_args().only
    KeyFolder().make("Benchmark")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if only:
            print({"untouched": lambda: untouched(folder), "public": public, "times": lambda: times(folder)}[only]())
            return
        speed = times(folder)
        rows = tamper(folder) + wrong(folder)
        count, alarms, which = untouched(folder)
    right, total, wrong_ones = public()
    body = [row for row in rows[1:] if row[1] != "strip"]
    tried = sum(int(row[2]) for row in body)
    totals = [sum(int(row[place]) for row in body if row[place].isdigit()) for place in (3, 4)]
    strips = [row for row in rows if row[1] == "strip"]
    notes = [
        f"Caught: {totals[1]} of {tried} by us, {totals[0]} by the library alone.",
        f"Stripped files called absent: {sum(row[4] == 'absent' for row in strips)} of {len(strips)}.",
        f"Untouched files: {count}, false alarms: {alarms}. " + "; ".join(which),
        f"Public files judged as their names say: {right} of {total}. " + "; ".join(wrong_ones),
        *(f"{name}: library {bare}, Rushlight {ours}, ratio {ratio}." for name, bare, ours, ratio in speed),
        "Other work ran on the machine meanwhile; ratios are of runs that took turns.",
    ]
    write_results(__file__, __doc__ or "", rows, notes)


if __name__ == "__main__":
    main()
