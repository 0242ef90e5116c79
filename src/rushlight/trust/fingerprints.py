"""Fingerprints that survive a new name, another size and another codec: of pictures, films, sounds and texts.

Reference:
    Haitsma, Kalker 2002, "A highly robust audio fingerprinting system", for sound (bits of the sign of energy
    differences, a block of 256 of them, bit error rate below 0.35); Facebook 2019, "PDQ", for the form of the picture
    hash (256 bits of a discrete cosine transform of a 64 × 64 picture).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.artifact import file_sha256
from rushlight.core.errors import RushlightError
from rushlight.media.decode import read_still
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound
from rushlight.media.thumbnails import read_thumbnails

__all__ = ["Fingerprint", "fingerprint", "matches", "same_sound_bits", "sound_bits"]

_RATE, _WINDOW, _HOP, _BANDS = 8000, 2048, 128, 33
_BLOCK = 256
_MOST_SOUND_SECONDS = 900
_BIT_ERRORS = 0.33
_SHORT_BIT_ERRORS = 0.18
"""For stretches under two seconds, which have fewer bits to be told by."""
_PICTURE_BITS = 40
"""Of 256; PDQ's authors take 31 for the same picture, and frames of films are cropped and coded more."""
_LEAST_DETAIL = 4.0
_MOST_FRAMES = 240
_LEAST_SHARE = 0.6
_MOST_TEXT_BYTES = 5_000_000
_TEXT_SUFFIXES = frozenset((".txt", ".md", ".csv", ".html", ".fountain", ".srt", ".vtt", ".json"))


@dataclass(frozen=True)
class Fingerprint:
    """What is known of a file's content."""

    sha256: str
    text: str = ""
    """Hash of the words, where it is a text."""
    pictures: NDArray[np.uint8] | None = None
    """Hashes of a picture, or of frames a second apart; shape (n, 32)."""
    sound: NDArray[np.uint32] | None = None
    """32 bits for every 16 ms."""

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        packed = {"pictures": self.pictures, "sound": self.sound}
        found = {
            name: base64.b64encode(value.tobytes()).decode() for name, value in packed.items() if value is not None
        }
        return {"sha256": self.sha256, "text": self.text, **found}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Fingerprint:
        """From what `as_dict` gave.

        Raises:
            ValueError: it is damaged.
        """
        pictures, sound = said.get("pictures"), said.get("sound")
        return cls(
            sha256=str(said["sha256"]),
            text=str(said.get("text", "")),
            pictures=np.frombuffer(base64.b64decode(pictures), np.uint8).reshape(-1, 32) if pictures else None,
            sound=np.frombuffer(base64.b64decode(sound), np.uint32) if sound else None,
        )


def fingerprint(path: Path) -> Fingerprint:
    """Take a file's fingerprint; media is decoded in a guarded process. What cannot be decoded has only its hash."""
    sha256 = file_sha256(path)
    if path.suffix.lower() in _TEXT_SUFFIXES:
        if path.stat().st_size > _MOST_TEXT_BYTES:
            return Fingerprint(sha256)
        words = " ".join(path.read_text(encoding="utf-8", errors="replace").casefold().split())
        return Fingerprint(sha256, text=hashlib.sha256(words.encode()).hexdigest())
    pictures = sound = None
    try:
        media = probe(path)
        if media.is_still:
            pictures = _picture_hashes([_luma(np.asarray(read_still(path)))])
        elif media.video is not None:
            pictures = _picture_hashes(_frames(path))
        if media.sound is not None and media.duration > 0:
            sound = sound_bits(path)
    except RushlightError:
        return Fingerprint(sha256, pictures=pictures)
    return Fingerprint(sha256, pictures=pictures, sound=sound)


def matches(one: Fingerprint, other: Fingerprint) -> str:
    """How two files are the same content: `content`, `text`, `picture`, `sound`; empty when they are not."""
    if one.sha256 == other.sha256:
        return "content"
    if one.text and one.text == other.text:
        return "text"
    if one.pictures is not None and other.pictures is not None and _same_pictures(one.pictures, other.pictures):
        return "picture"
    if one.sound is not None and other.sound is not None and same_sound_bits(one.sound, other.sound):
        return "sound"
    return ""


# -- pictures ----------------------------------------------------------------------------------


def _luma(rgb: NDArray[Any]) -> NDArray[np.float32]:
    import cv2

    grey = rgb[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), np.float32)


def _frames(path: Path) -> list[NDArray[np.float32]]:
    """A frame of every second, at most four minutes of them."""
    found: list[NDArray[np.float32]] = []
    following = 0
    for block in read_thumbnails(path, width_px=64, height_px=64, threads=1):
        for at, frame in zip(block.times, block.frames, strict=True):
            if at >= following:
                found.append(_luma(frame))
                following = int(at) + 1
                if len(found) == _MOST_FRAMES:
                    return found
    return found


def _picture_hashes(small: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """256 bits for each picture that has enough in it to be told by; none for the others."""
    import cv2

    rows = []
    for grey in small:
        detail = float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
        if detail < _LEAST_DETAIL:
            continue
        spectrum = cv2.dct(grey)[1:17, 1:17].ravel()
        rows.append(np.packbits(spectrum > np.median(spectrum)))
    return np.array(rows, np.uint8).reshape(-1, 32)


def _same_pictures(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether most of the shorter's pictures are among the longer's."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if not len(few):
        return False
    found = sum(int(np.bitwise_count(many ^ row).sum(axis=1).min()) <= _PICTURE_BITS for row in few)
    return found >= max(_LEAST_SHARE * len(few), 1)


# -- sound -------------------------------------------------------------------------------------


def sound_bits(path: Path, speed: float = 1.0) -> NDArray[np.uint32] | None:
    """32 bits for every 16 ms of a file's sound; none where there is too little of it.

    Args:
        path: the file.
        speed: as if it were played so much slower, lower in pitch too.
    """
    from fractions import Fraction

    samples = read_sound(path, sample_rate=round(_RATE * speed), channels=1, duration=Fraction(_MOST_SOUND_SECONDS))[
        :, 0
    ]
    used = np.flatnonzero(np.abs(samples) > 1e-4)
    samples = samples[: used[-1] + 1] if len(used) else samples[:0]
    if len(samples) < _WINDOW + 8 * _HOP:
        return None
    edges = np.geomspace(300, 2000, _BANDS + 1)
    bins = np.fft.rfftfreq(_WINDOW, 1 / _RATE)
    starts = np.searchsorted(bins, edges)
    window = np.hanning(_WINDOW).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    energies = []
    for at in range(0, len(frames), 512):
        power = np.abs(np.fft.rfft(frames[at : at + 512] * window, axis=1)) ** 2
        energies.append(np.add.reduceat(power[:, : starts[-1]], starts[:-1], axis=1))
    energy = np.concatenate(energies)
    across = energy[:, :-1] - energy[:, 1:]
    change = across[1:] - across[:-1]
    bits = (change > 0).astype(np.uint32)
    # A stretch of silence has no bits of its own: it is marked by zeros, and never compared.
    loud = energy[1:].sum(axis=1) > energy.sum(axis=1).max() * 1e-6
    packed: NDArray[np.uint32] = (bits << np.arange(32, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    return np.where(loud, packed, np.uint32(0))


def same_sound_bits(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    """Whether a stretch of the shorter is heard somewhere in the longer."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    size = min(_BLOCK, len(few))
    if size < _BLOCK // 5:
        return False
    most = _BIT_ERRORS if size >= _BLOCK // 2 else _SHORT_BIT_ERRORS
    alive = np.convolve((few != 0).astype(int), np.ones(size, int), "valid")
    places = np.flatnonzero(alive > 0.7 * size)
    if not len(places):
        return False
    chosen = {int(places[round(share * (len(places) - 1))]) for share in (0.1, 0.3, 0.5, 0.7, 0.9)}
    best = [_least_errors(few[place : place + size], many) for place in sorted(chosen)]
    return sum(errors < most for errors in best) >= max((len(best) + 1) // 2, 1)


def _least_errors(block: NDArray[np.uint32], many: NDArray[np.uint32]) -> float:
    """The least share of wrong bits over all places a block may lie at."""
    if len(many) < len(block):
        return 1.0
    windows = np.lib.stride_tricks.sliding_window_view(many, len(block))
    least = 1.0
    for at in range(0, len(windows), 4096):
        wrong = np.bitwise_count(windows[at : at + 4096] ^ block).sum(axis=1)
        least = min(least, float(wrong.min()) / (32 * len(block)))
    return least
