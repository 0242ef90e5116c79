"""The capability `read_watermark`."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from rushlight.artifacts.media import Media
from rushlight.artifacts.watermark import MarkReading, ReadMark
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.decode import read_still
from rushlight.media.sound import read_sound
from rushlight.media.thumbnails import read_thumbnails
from rushlight.trust.watermarks.learned import LearnedReader, chance_of_fair_bits
from rushlight.trust.watermarks.payloads import key_of
from rushlight.trust.watermarks.picture_mark import MarkFound, PictureReader, grey_of
from rushlight.trust.watermarks.sound_mark import RATE, SOUND_PAYLOAD_BITS, SoundReader

__all__ = ["read_watermark"]

_MOST_FRAMES = 900
_MOST_SOUND_SECONDS = 120
_MOST_LEARNED_FRAMES = 16


def _revision(parameters: BaseModel) -> str:
    key = key_of(str(getattr(parameters, "key_file", "")))
    model = str(getattr(parameters, "model", ""))
    parts = [hashlib.sha256(b"mark" + key).hexdigest()[:16]] if key else []
    parts += [FileRef.of(model).sha256[:16]] if model else []
    return " ".join(parts)


@capability(version=1, metrics=("false_positive_probability",), revision=_revision)
def read_watermark(
    media: Media,
    /,
    *,
    most_chance: Annotated[
        float, Field(gt=0, le=0.01, description="Largest false-positive probability at which a payload is reported.")
    ] = 1e-6,
    key_file: Annotated[str, Field(description="File with the secret that the mark was made with.")] = "",
    search: Annotated[bool, Field(description="Whether crops, other sizes and mirror images are looked for.")] = True,
    model: Annotated[
        str, Field(description="ONNX file of a learned mark's reader, used besides; needs --expect.")
    ] = "",
    expect: Annotated[str, Field(description="Payload, in hex, that the learned mark is compared with.")] = "",
) -> MarkReading:
    """Read the mark that `embed_watermark` put into pictures and sound.

    Never certain: each payload comes with an upper bound on how often material without a mark would give as much. The
    bound holds for any picture or sound (Hoeffding's inequality over the secret signs, added up over all payloads and
    places that were tried). Finding none does not say that there is none.

    Raises:
        InputError: there is neither picture nor sound, or no payload to compare a learned mark with.
        ModelError: the reader of a learned mark cannot be loaded.
        MediaError: the file is damaged.
    """
    run = current_run()
    run.progress(0.0, "reading marks")
    key, marks, notes = key_of(key_file), [], []
    if media.video is not None:
        found = _read_pictures(media, key, search)
        place = found.geometry
        how = "spread spectrum in luma"
        if place is not None and found.false_positive_probability <= most_chance:
            how += f", {place.across:.0f} × {place.down:.0f} chips{', mirrored' if place.is_mirrored else ''}"
        marks.append(_reported("picture", found, how, most_chance, 16))
    if media.sound is not None and not media.is_still:
        run.progress(0.5, "reading the sound")
        sound = read_sound(
            media.file.path, sample_rate=RATE, channels=1,
            duration=min(media.sound.duration, Fraction(_MOST_SOUND_SECONDS)),
        )  # fmt: skip
        if media.sound.duration > _MOST_SOUND_SECONDS:
            notes.append(f"The first {_MOST_SOUND_SECONDS} seconds of the sound were looked at.")
        found = SoundReader(key=key).read(sound[:, 0])
        marks.append(_reported("sound", found, "spread over time and frequency", most_chance, SOUND_PAYLOAD_BITS // 4))
    if model and media.video is not None:
        marks.append(_read_learned(media, model, expect, most_chance))
    if not marks:
        raise InputError("There is neither picture nor sound in this file.", path=media.file.path, hint="Give a film.")
    if len({mark.payload[-SOUND_PAYLOAD_BITS // 4 :] for mark in marks if mark.payload}) > 1:
        notes.append("Picture and sound carry different payloads: they may come from different works.")
    run.figure("false_positive_probability", min(mark.false_positive_probability for mark in marks))
    return MarkReading(
        title=media.file.path.name, file_sha256=media.file.sha256, marks=tuple(marks), notes=tuple(notes)
    )


def _reported(where: str, found: MarkFound, how: str, most_chance: float, digits: int) -> ReadMark:
    is_found = found.is_checked and found.false_positive_probability <= most_chance
    return ReadMark(
        where=where, payload=f"{found.payload:0{digits}x}" if is_found else "", how=how,  # type: ignore[arg-type]
        false_positive_probability=found.false_positive_probability if is_found else 1.0,
    )  # fmt: skip


def _read_pictures(media: Media, key: bytes, search: bool) -> MarkFound:
    assert media.video is not None
    reader = PictureReader(media.video.display_width_px, media.video.display_height_px, key=key)
    if media.is_still:
        reader.add(grey_of(read_still(media.file.path)))
        return reader.read(search=search)
    width, height = reader.sample_size
    seen = 0
    for block in read_thumbnails(media.file.path, width_px=width, height_px=height, threads=1):
        for frame in block.frames:
            reader.add(grey_of(frame))
        seen += len(block.frames)
        current_run().progress(min(seen / _MOST_FRAMES, 1) / 2, "reading the pictures")
        if seen >= _MOST_FRAMES:
            break
    return reader.read(search=search)


def _read_learned(media: Media, model: str, expect: str, most_chance: float) -> ReadMark:
    """What a learned reader says against an expected payload; the chance is that of fair bits."""
    reader = LearnedReader(model)
    if not expect or set(expect.lower()) - set("0123456789abcdef"):
        raise InputError("A learned mark is compared with a payload.", hint="Give it in hex with --expect.")
    pictures = [read_still(media.file.path)] if media.is_still else []
    if not pictures:
        for block in read_thumbnails(media.file.path, width_px=512, height_px=288, threads=1):
            pictures += list(block.frames[:: max(len(block.frames) // 4, 1)])
            if len(pictures) >= _MOST_LEARNED_FRAMES:
                break
    said = reader.read(pictures) > 0
    wanted = np.array([bit == "1" for bit in f"{int(expect, 16):0{len(said)}b}"])
    if len(wanted) != len(said):
        raise InputError(
            f"This network reads {len(said)} bits, fewer than --expect has.", hint="Give a shorter payload."
        )
    right = int((said == wanted).sum())
    chance = chance_of_fair_bits(right, len(said))
    return ReadMark(
        where="picture", payload=expect.lower() if chance <= most_chance else "", false_positive_probability=chance,
        how=f"learned mark, {right} of {len(said)} bits as expected; the chance assumes fair bits",
    )  # fmt: skip
