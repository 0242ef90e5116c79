from __future__ import annotations

import os
import random
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from rushlight.artifacts import SignedFile
from rushlight.core.errors import InputError, LimitError
from rushlight.trust.certificates import make_chain
from rushlight.trust.containers import find_store, media_type_of
from rushlight.trust.keys import KeyFolder
from rushlight.trust.verify_credentials import judge, verify_file

Sign = Callable[..., SignedFile]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))


@pytest.fixture
def film(tmp_path: Path, sign: Sign) -> Path:
    """A signed MP4 of half a second."""
    path = tmp_path / "film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=8:d=0.5"]
    subprocess.run([*command, str(path)], check=True)
    return sign(path).file.path


def verdict(path: Path, data: bytes | bytearray) -> str:
    changed = path.with_name(f"changed{path.suffix}")
    changed.write_bytes(data)
    return judge(changed, None, KeyFolder().anchors()).verdict


def test_untouched_by_us_is_trusted_and_by_strangers_valid(film: Path) -> None:
    assert judge(film, None, KeyFolder().anchors()).verdict == "trusted"
    assert judge(film, None, b"").verdict == "valid"
    assert judge(film, None, make_chain("Somebody else").root).verdict == "valid"


def test_any_flipped_bit_is_caught(film: Path, picture: Path, sound: Path, sign: Sign) -> None:
    for path in (film, sign(picture).file.path, sign(sound).file.path):
        data = path.read_bytes()
        chance = random.Random(5)
        for _ in range(60):
            changed = bytearray(data)
            place = chance.randrange(len(data))
            changed[place] ^= 1 << chance.randrange(8)
            assert verdict(path, changed) not in ("trusted", "valid"), (path.name, place)


def test_every_byte_around_the_credentials_counts(film: Path) -> None:
    data = film.read_bytes()
    layout = find_store(film, media_type_of(film))
    assert layout is not None
    start, length = layout.ranges[0]
    for place in [*range(start + 220), *range(start + length - 1200, start + length + 8, 9)]:
        changed = bytearray(data)
        changed[place] ^= 0x10
        assert verdict(film, changed) not in ("trusted", "valid"), place


@pytest.mark.parametrize("content", [b"", bytes(40), b"words"])
def test_an_appended_free_box_is_caught(film: Path, content: bytes) -> None:
    box = struct.pack(">I4s", 8 + len(content), b"free") + content
    assert verdict(film, film.read_bytes() + box) == "invalid"


def test_words_in_the_padding_are_caught(picture: Path, sound: Path, sign: Sign) -> None:
    data = bytearray(sign(sound).file.path.read_bytes())
    place = data.rfind(bytes(300))
    data[place + 50 : place + 55] = b"words"
    assert verdict(sound, data) == "invalid"


def test_credentials_of_another_file_are_caught(picture: Path, sign: Sign, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes()[:-12] + picture.read_bytes()[-12:])
    from PIL import Image

    Image.open(picture).rotate(180).save(other)
    one, two = sign(picture).file.path, sign(other).file.path
    kind = media_type_of(one)
    layouts = [find_store(path, kind) for path in (one, two)]
    assert layouts[0] is not None
    assert layouts[1] is not None
    (a, m), (b, n) = layouts[0].ranges[0], layouts[1].ranges[0]
    swapped = one.read_bytes()[:a] + two.read_bytes()[b : b + n] + one.read_bytes()[a + m :]
    assert verdict(picture, swapped) == "invalid"


def test_no_credentials_are_absent_and_nothing_worse(picture: Path, tmp_path: Path) -> None:
    found = judge(picture, None, b"")
    assert found.verdict == "absent"
    text = found.as_text().lower()
    assert "says nothing" in text
    assert "fake" not in text
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    assert judge(empty, None, b"").verdict == "absent"


def test_cut_short_is_a_verdict(film: Path) -> None:
    data = film.read_bytes()
    for share in (0.02, 0.1, 0.3, 0.6, 0.95):
        assert verdict(film, data[: int(len(data) * share)]) in ("invalid", "absent")


def test_a_huge_store_is_refused_before_it_is_read(picture: Path) -> None:
    path = picture.with_name("huge.png")
    content = bytes(70 << 20)
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", len(content), b"caBX") + content + bytes(4))
    with pytest.raises(LimitError, match="64 MiB"):
        judge(path, None, b"")


def test_an_address_elsewhere_is_told_and_not_fetched(picture: Path) -> None:
    path = picture.with_name("remote.svg")
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" dcterms:provenance="http://127.0.0.1:9/x"/>')
    found = judge(path, None, b"")
    assert found.verdict == "absent"
    assert "not fetched" in found.notes[0]


def test_wrong_inputs_are_one_sentence(tmp_path: Path, picture: Path) -> None:
    with pytest.raises(InputError, match="no list of roots"):
        verify_file(picture, None, str(picture))
    with pytest.raises(InputError, match="cannot be read"):
        verify_file(tmp_path / "none.png")


@pytest.mark.skipif(not (FIXTURES / "interchange" / "c2pa").is_dir(), reason="no fixtures here")
@pytest.mark.parametrize(
    ("name", "wanted"),
    [("A.jpg", "absent"), ("C.jpg", "valid"), ("CA.jpg", "valid"), ("E-sig-CA.jpg", "invalid"), ("XCA.jpg", "invalid"),
     ("sample1.png", "absent"), ("sample1_signed.wav", "valid"), ("video1.mp4", "valid")],
)  # fmt: skip
def test_public_files_are_judged_as_their_names_say(name: str, wanted: str) -> None:
    assert judge(FIXTURES / "interchange" / "c2pa" / name, None, b"").verdict == wanted


def test_a_picture_of_code_with_a_script_is_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><circle r="4"/></svg>')
    assert judge(path, None, b"").verdict == "absent"


@pytest.mark.parametrize(("begins", "days"), [(-400, 300), (30, 300)])
def test_certificates_of_another_time_are_not_believed(
    picture: Path, tmp_path: Path, begins: int, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is wrong when signing: the certificate is checked against the clock of whoever looks."""
    from datetime import UTC, datetime, timedelta

    from rushlight.artifacts import Document
    from rushlight.core.artifact import FileRef
    from rushlight.core.errors import MediaError
    from rushlight.core.run import Run, running
    from rushlight.trust import certificates
    from rushlight.trust.sign_credentials import sign_credentials

    monkeypatch.setenv("RUSHLIGHT_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(certificates, "_LEAF_YEARS", days / 365)
    folder = KeyFolder()
    folder.make("Other time")
    made = certificates.make_chain("Other time", datetime.now(UTC) + timedelta(days=begins))
    for name, content in (("root.pem", made.root), ("chain.pem", made.chain), ("leaf.key", made.key)):
        (folder.folder / name).write_bytes(content)
    about = (folder.folder / "identity.json").read_text()
    (folder.folder / "identity.json").write_text(about.replace('"local"', '"bought"'))
    with running(Run(scratch=tmp_path / "run")):
        try:
            signed = sign_credentials(Document(file=FileRef.of(picture)), source_type="digitalCreation")
        except MediaError as error:
            assert "cannot be signed" in error.message
            return
    assert judge(signed.file.path, None, made.root).verdict != "trusted"
