"""Bytes into text, with the checks that every source passes."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from charset_normalizer import from_bytes

from rushlight.core.errors import InputError, LimitError

__all__ = ["decode", "flatten", "read_bytes"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Files from spreadsheets are in one of these when they are not UTF-8; a longer list only makes guessing worse.
_LEGACY = ["cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "euc_kr", "big5", "cp1253", "cp1254"]
_WHY_BINARY = "Give Markdown, plain text, HTML, CSV, Parquet or a TOML brief."


def read_bytes(path: Path, *, limit_bytes: int) -> bytes:
    """Read a file whole, unless it is missing, a folder, empty or too large.

    Raises:
        InputError: there is no such file, or nothing in it.
        LimitError: it is larger than `limit_bytes`.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError("This is a folder, not a file.", path=path, hint="Name one file in it.")
        if size > limit_bytes:
            raise LimitError(
                f"This file has {size / 1e6:.0f} MB; at most {limit_bytes / 1e6:.0f} MB are read.",
                path=path,
                hint="Cut it down to the part the film is about.",
            )
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("This file does not exist.", path=path, hint="Check the name and the folder.") from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("This is not a usable file name.", hint="Check the name.") from error
    except OSError as error:
        if isinstance(error, LimitError):
            raise
        raise InputError(f"This file cannot be read ({error.strerror}).", path=path) from error
    if not data.strip():
        raise InputError("This file is empty.", path=path, hint="There is nothing to make a film from.")
    return data


def decode(data: bytes, path: Path) -> str:
    """Decode text of unknown encoding: byte order mark, else UTF-8, else the likeliest legacy encoding.

    Raises:
        InputError: the bytes are not text, or hold NUL bytes.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if not encoding:
        if (at := data.find(b"\0")) >= 0:
            raise InputError(
                "This is a binary file, or a text file with NUL bytes in it.",
                path=path,
                where=f"byte {at}",
                hint=_WHY_BINARY,
            )
        encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise InputError(f"This file is not valid {encoding}.", path=path, where=f"byte {error.start}") from error
        text = _decode_legacy(data, path, error.start)
    controls = sum(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f\v" for char in text[:20_000])
    if "\0" in text or controls > len(text[:20_000]) * 0.01 + 1:
        raise InputError("This is a binary file, not text.", path=path, hint=_WHY_BINARY)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode_legacy(data: bytes, path: Path, first_bad: int) -> str:
    # Mostly valid UTF-8 with a stray byte is damage, not another encoding.
    lenient = data.decode("utf-8", errors="replace")
    if lenient.count("\ufffd") * 20 < sum(ord(char) > 127 for char in lenient):
        line = data.count(b"\n", 0, first_bad) + 1
        raise InputError(
            "This file is UTF-8 text with damaged bytes.",
            path=path,
            where=f"line {line}",
            hint="Save it again as UTF-8.",
        )
    best = from_bytes(data[:200_000], cp_isolation=_LEGACY).best()
    for encoding in ([best.encoding] if best else []) + ["cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text
    raise InputError(
        "The text encoding of this file is not recognised.",
        path=path,
        where=f"byte {first_bad}",
        hint="Save it as UTF-8.",
    )


def flatten(text: str) -> str:
    """One line: runs of white space become one space, invisible format characters go."""
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    return " ".join(kept.split())
