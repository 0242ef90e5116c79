"""Bringing model files in: pinned, resumed where a download broke, checked before they get their name."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import numpy as np

from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError, ModelError, StorageError
from rushlight.core.store import write_atomically
from rushlight.models.cards import SAFE_SUFFIXES, Card, CardFile, models_folder

__all__ = ["check_weights", "fetch_model"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ATTEMPTS = 4
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)

Progress = Callable[[str, int, int], None]


def fetch_model(card: Card, *, source: str = "", on_progress: Progress = lambda name, done, total: None) -> Path:
    """Bring all files of a model into the models folder.

    Args:
        card: what to fetch.
        source: another place to take the files from: a folder here, or an https address that holds them; they are
            checked against the card's hashes all the same.
        on_progress: told the file, bytes done and bytes in all.

    Returns:
        The folder that holds the files.

    Raises:
        ModelError: no address or hash is known, the server failed, or what came is not what was promised.
        InputError: a source that is neither a folder nor an address.
        StorageError: the disk is full or cannot be written.
    """
    if not card.files:
        raise ModelError(f"{card.name} has no files to fetch.", hint=f"Run `pip install '{card.package}'`.")
    folder = models_folder() / card.name
    remote = bool(re.match(r"[a-z][a-z0-9+.-]*://", source, re.IGNORECASE))
    if source and not remote and not Path(source).is_dir():
        raise InputError("There is no such folder.", path=source, hint="Give a folder or an https address.")
    for file in card.files:
        if not remote and not source:
            _require_pin(card, file)
        kept = folder / file.name
        if file.pinned and kept.is_file() and kept.stat().st_size == file.bytes and file_sha256(kept) == file.sha256:
            on_progress(file.name, file.bytes, file.bytes)
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if source and not remote:
                _copy(card, file, Path(source), kept)
            else:
                _require_pin(card, file, with_url=not source)
                url = f"{source.rstrip('/')}/{file.published_as or file.name}" if source else file.url
                _Download(file, url, kept, on_progress).run()
        except httpx.HTTPError as error:
            raise ModelError(
                f"{file.name} could not be fetched ({type(error).__name__}: {error}).",
                hint="Check the connection and run the same command again; what has come is kept.",
            ) from error
        except OSError as error:
            if isinstance(error, StorageError):
                raise
            raise StorageError(f"{file.name} cannot be written ({error.strerror}).", path=folder) from error
    return folder


def _require_pin(card: Card, file: CardFile, *, with_url: bool = True) -> None:
    if file.pinned and (file.url or not with_url):
        return
    names = ", ".join(item.published_as or item.name for item in card.files)
    raise ModelError(
        f"No checked address is known for {file.name}, so it is not fetched by itself.",
        hint=f"Get {names} from {card.page or 'its makers'}, then run "
        f"`rushlight models fetch {card.name} --from FOLDER` with the folder they lie in.",
    )


def check_weights(path: Path) -> None:
    """Refuse a file that could run code when loaded, whatever its name.

    Raises:
        ModelError: a pickle, an archive that holds one, or a kind of file that is not opened.
    """
    refused = ModelError(
        "This file is a pickle or not a model file; pickles can run any program and are refused.",
        path=path,
        hint=f"Use weights saved as {', '.join(SAFE_SUFFIXES[:4])}.",
    )
    if path.suffix.lower() not in SAFE_SUFFIXES:
        raise refused
    with path.open("rb") as file:
        head = file.read(16)
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise refused
    if path.suffix.lower() == ".npz" or head.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(path) as archive:
                if any(not name.endswith(".npy") for name in archive.namelist()):
                    raise refused
            with np.load(path, allow_pickle=False) as arrays:
                for name in arrays.files:
                    arrays[name]
        except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
            raise refused from error


def _copy(card: Card, file: CardFile, folder: Path, kept: Path) -> None:
    names = [name for name in (file.name, file.published_as) if name and (folder / name).is_file()]
    if not names:
        wanted = file.published_as or file.name
        raise ModelError(f"{wanted} is not in this folder.", path=folder, hint=f"Get it from {card.page or file.url}.")
    given = folder / names[0]
    if file.pinned and (given.stat().st_size != file.bytes or file_sha256(given) != file.sha256):
        raise ModelError("This file is not the one the card names.", path=given, hint="Get it again from its makers.")
    beside = kept.with_name(f".checking-{os.getpid()}-{kept.name}")
    try:
        shutil.copyfile(given, beside)
        check_weights(beside)
        write_atomically(kept, beside)
    finally:
        beside.unlink(missing_ok=True)


class _Download:
    """One file on its way: what has come lies beside the final name until it is complete and checked."""

    def __init__(self, file: CardFile, url: str, kept: Path, on_progress: Progress) -> None:
        self.file, self.url, self.kept, self.on_progress = file, url, kept, on_progress
        self.partial = kept.with_name(f".partial-{file.sha256[:16]}{kept.suffix}")
        self.note = self.partial.with_suffix(".note")

    def run(self) -> None:
        """Fetch, check, rename."""
        _check_address(self.url, None)
        missing = self.file.bytes - (self.partial.stat().st_size if self.partial.exists() else 0)
        if shutil.disk_usage(self.kept.parent).free < missing + (64 << 20):
            raise StorageError(f"There is no room for {self.file.name} ({self.file.bytes} bytes).", path=self.kept)
        with self.partial.open("ab") as out:
            try:
                fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ModelError(f"{self.file.name} is being fetched by another Rushlight.") from error
            resumed = out.tell() > 0
            self._receive_all(out.fileno())
            if resumed and file_sha256(self.partial) != self.file.sha256:
                # What an earlier run left may have been damaged; one fresh start decides.
                os.ftruncate(out.fileno(), 0)
                self._receive_all(out.fileno())
            os.fsync(out.fileno())
            self._finish()

    def _finish(self) -> None:
        if file_sha256(self.partial) != self.file.sha256:
            self._discard()
            raise ModelError(
                f"{self.file.name} is not the file that was promised: its SHA-256 differs.",
                where=self.url,
                hint="It was thrown away. Do not use this address; tell whoever gave it.",
            )
        try:
            check_weights(self.partial)
        except ModelError:
            self._discard()
            raise
        self.partial.chmod(0o644)
        self.partial.replace(self.kept)
        self.note.unlink(missing_ok=True)

    def _discard(self) -> None:
        self.partial.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _receive_all(self, out: int) -> None:
        for attempt in range(_ATTEMPTS):
            if os.fstat(out).st_size > self.file.bytes:
                os.ftruncate(out, 0)
            if os.fstat(out).st_size == self.file.bytes:
                return
            try:
                self._receive(out)
            except httpx.TransportError:
                if attempt == _ATTEMPTS - 1:
                    raise
        if os.fstat(out).st_size == self.file.bytes:
            return
        raise ModelError(
            f"The server keeps breaking off {self.file.name}.", where=self.url, hint="Run it again to go on."
        )

    def _receive(self, out: int) -> None:
        have = os.fstat(out).st_size
        headers = {"Accept-Encoding": "identity"}
        if 0 < have < self.file.bytes:
            headers["Range"] = f"bytes={have}-"
            if validator := self._validator():
                headers["If-Range"] = validator
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=True) as client:
            response = _open(client, self.url, headers)
            try:
                self._store(response, out, have)
            finally:
                response.close()

    def _store(self, response: httpx.Response, out: int, have: int) -> None:
        if response.status_code == 206:
            span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
            if span is None or int(span[1]) != have or span[2] not in ("*", str(self.file.bytes)):
                os.ftruncate(out, 0)
                return
        elif response.status_code == 416:
            os.ftruncate(out, 0)
            return
        elif response.status_code == 200:
            os.ftruncate(out, 0)
            have = 0
            self._check_length(response)
        else:
            raise ModelError(
                f"The server answered {response.status_code} for {self.file.name}.",
                where=str(response.url),
                hint="The file may have moved; --from takes another address or a folder.",
            )
        self._note_validator(response)
        for block in response.iter_raw():
            have += len(block)
            if have > self.file.bytes:
                self._discard()
                raise ModelError(f"The server sends more than {self.file.bytes} bytes.", where=str(response.url))
            os.write(out, block)
            self.on_progress(self.file.name, have, self.file.bytes)

    def _check_length(self, response: httpx.Response) -> None:
        stated = response.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) != self.file.bytes:
            self._discard()
            raise ModelError(
                f"{self.file.name} should have {self.file.bytes} bytes; the server has {stated}.",
                where=str(response.url),
                hint="It is another version; the card has to be renewed.",
            )

    def _validator(self) -> str:
        try:
            return str(json.loads(self.note.read_text())[self.url])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _note_validator(self, response: httpx.Response) -> None:
        tag = response.headers.get("ETag", "")
        # RFC 9110, 13.1.5: only a strong tag may stand in If-Range.
        if tag and not tag.startswith("W/"):
            self.note.write_text(json.dumps({self.url: tag}))


def _open(client: httpx.Client, url: str, headers: dict[str, str]) -> httpx.Response:
    """The response at the end of at most five redirects, each checked."""
    for _ in range(_REDIRECTS + 1):
        response = client.send(client.build_request("GET", url, headers=headers), stream=True)
        if response.status_code not in (301, 302, 303, 307, 308):
            return response
        response.close()
        following = urljoin(url, response.headers.get("Location", ""))
        _check_address(following, url)
        url = following
    raise ModelError("The server redirects without end.", where=url)


def _check_address(url: str, came_from: str | None) -> None:
    """Let https pass, and http on this machine unless a server elsewhere leads there."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme
        before = urlsplit(came_from) if came_from else None
    except ValueError as error:
        raise ModelError(f"This is not an address: {error}.", where=url) from error
    local = scheme == "http" and host in _LOOPBACK and (before is None or before.hostname in _LOOPBACK)
    if (scheme == "https" and host) or local:
        return
    what = "The server redirects to an address that is not https." if came_from else "Only https addresses are fetched."
    raise ModelError(what, where=url, hint="Another address can be given with --from.")
