"""The capability `embed_watermark`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from rushlight.artifacts.media import Media
from rushlight.artifacts.watermark import MarkedFile
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.encode import VideoWriter, mux, write_wav
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.media.sound import read_sound
from rushlight.trust.watermarks.payloads import key_of, payload_of, shown
from rushlight.trust.watermarks.picture_mark import LEAST_ROOT_PX, MarkFound, PictureMarker, PictureReader, grey_of
from rushlight.trust.watermarks.sound_mark import LEAST_SECONDS, RATE, SOUND_PAYLOAD_BITS, SoundReader, mark_sound

__all__ = ["embed_watermark"]

_BLOCK_BYTES = 64 << 20
_SURE = 1e-6
_MOST_STILL_PX = 16_000_000
_LOSSLESS = (".png", ".webp", ".tif", ".tiff", ".bmp")

Parts = Literal["all", "picture", "sound"]
_MARKED: dict[tuple[bool, bool], tuple[Literal["picture", "sound"], ...]] = {
    (True, True): ("picture", "sound"), (True, False): ("picture",), (False, True): ("sound",),
}  # fmt: skip
Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class _Wish:
    payload: int
    key: bytes
    psnr_db: float
    snr_db: float
    crf: int


def _revision(parameters: BaseModel) -> str:
    key = key_of(str(getattr(parameters, "key_file", "")))
    return hashlib.sha256(b"mark" + key).hexdigest()[:16] if key else ""


@capability(
    version=1, metrics=("false_positive_probability",), action="c2pa.watermarked",
    source_type="algorithmicallyEnhanced", revision=_revision,
)  # fmt: skip
def embed_watermark(
    media: Media,
    /,
    *,
    payload: Annotated[
        str, Field(description="Up to 16 hex digits; empty for the first 64 bits of the file's hash.")
    ] = "",
    parts: Annotated[Parts, Field(description="What is marked: picture, sound, or all there is.")] = "all",
    psnr_db: Annotated[
        float, Field(ge=36, le=50, description="How near marked pictures stay to unmarked ones.")
    ] = 42.3,
    snr_db: Annotated[float, Field(ge=20, le=40, description="How near marked sound stays to unmarked sound.")] = 25.5,
    crf: Annotated[int, Field(ge=0, le=40, description="Quality of the marked film (x264); lower is better.")] = 16,
    key_file: Annotated[str, Field(description="File with a secret: only who has it reads the mark.")] = "",
) -> MarkedFile:
    """Put a mark of 64 bits into pictures and sound that stays when metadata is stripped.

    It is faint, not free: see the benchmark for what it costs. `read_watermark` finds it again after other encoders,
    other sizes, crops and excerpts.
    Pictures: spread spectrum over luma on a lattice that goes with the picture's size, stronger where there is texture.
    Sound: cells of time and frequency raised and lowered, with the last 32 bits of the payload. Both are read softly,
    with a convolutional code.

    Returns:
        A marked copy: MP4 for a film, WAV for sound, PNG for a still (JPEG stays JPEG).

    Raises:
        InputError: the picture is too small or the sound too short to carry a mark, or the payload is none.
        MediaError: the file is damaged.
    """
    run = current_run()
    run.progress(0.0, "marking")
    wish = _Wish(payload_of(payload, media.file.sha256), key_of(key_file), psnr_db, snr_db, crf)
    has_picture = media.video is not None and parts != "sound"
    has_sound = media.sound is not None and not media.is_still and parts != "picture"
    if has_picture:
        assert media.video is not None
        root = (media.video.display_width_px * media.video.display_height_px) ** 0.5
        if root < LEAST_ROOT_PX:
            raise InputError(
                f"A picture needs about {LEAST_ROOT_PX} × {LEAST_ROOT_PX} pixels to carry a mark.",
                path=media.file.path, hint="Give a larger one, or mark the sound with --parts sound.",
            )  # fmt: skip
    if has_sound and media.duration < LEAST_SECONDS:
        if not has_picture:
            raise InputError(
                f"Sound needs {LEAST_SECONDS} seconds to carry a mark.", path=media.file.path, hint="Give more of it."
            )
        run.note_weak(f"The sound is not marked: it is under {LEAST_SECONDS} seconds.")
        has_sound = False
    if not has_picture and not has_sound:
        raise InputError("There is nothing here that could carry a mark.", path=media.file.path, hint="Give a film.")
    sound = _marked_sound(media, wish) if has_sound else None
    if media.is_still:
        path, near, found = _mark_still(media, wish)
    elif has_picture:
        path, near, found = _mark_film(media, wish, sound[0] if sound else None)
    elif media.video is not None:
        raise InputError(
            "Marking only the sound of a film writes sound alone.", path=media.file.path, hint="Use --parts all."
        )
    else:
        assert sound is not None
        path, near, found = sound[0], None, None
    chance = max(one.false_positive_probability for one in (found, sound[2] if sound else None) if one is not None)
    if chance > _SURE:
        run.note_weak("The mark is weak here (flat pictures, silence, or too short): it may not survive.")
    run.figure("false_positive_probability", chance)
    return MarkedFile(
        file=FileRef.of(path), payload=shown(wish.payload), marked=_MARKED[has_picture, has_sound],
        source_sha256=media.file.sha256, psnr_db=near, snr_db=sound[1] if sound else None,
        false_positive_probability=chance,
    )  # fmt: skip


# -- pictures ----------------------------------------------------------------------------------


def _mark_still(media: Media, wish: _Wish) -> tuple[Path, float, MarkFound]:
    picture = read_still(media.file.path, alpha="keep")
    height, width = picture.shape[:2]
    if width * height > _MOST_STILL_PX * 4:
        raise InputError("This picture is too large to be marked.", path=media.file.path, hint="Scale it down first.")
    luma = grey_of(picture[..., :3])
    marker = PictureMarker(width, height, wish.payload, key=wish.key, psnr_db=wish.psnr_db)
    added = marker.mark([luma])[0]
    colours = np.clip(picture[..., :3].astype(np.int16) + added[..., None], 0, 255).astype(np.uint8)
    after = grey_of(colours)
    reader = PictureReader(width, height, key=wish.key)
    reader.add(after)
    path = _write_still(media.file.path, colours, picture[..., 3])
    return path, _psnr([luma], [after]), reader.read(search=False)


def _write_still(source: Path, colours: Frame, alpha: Frame) -> Path:
    from PIL import Image

    is_jpeg = source.suffix.lower() in (".jpg", ".jpeg")
    kept = source.suffix.lower() if is_jpeg or source.suffix.lower() in _LOSSLESS else ".png"
    path = current_run().new_file(f"{source.stem}{kept}")
    if is_jpeg:
        Image.fromarray(colours).save(path, quality=95, subsampling=0)
        return path
    whole = colours if (alpha == 255).all() or kept == ".bmp" else np.dstack([colours, alpha])
    if kept == ".webp":
        Image.fromarray(whole).save(path, lossless=True)
    else:
        Image.fromarray(whole).save(path)
    return path


def _mark_film(media: Media, wish: _Wish, sound: Path | None) -> tuple[Path, float, MarkFound]:
    assert media.video is not None
    run, video = current_run(), media.video
    if video.bits > 8 or video.transfer in ("hlg", "pq"):
        run.note_weak("The marked film has 8 bits in BT.709; the source had more.")
    width, height = video.display_width_px // 2 * 2, video.display_height_px // 2 * 2
    count = max(round(media.duration * video.rate), 1)
    marker = PictureMarker(width, height, wish.payload, key=wish.key, psnr_db=wish.psnr_db)
    reader = PictureReader(width, height, key=wish.key)
    together = max(min(round(video.rate), _BLOCK_BYTES // (width * height)), 1)
    picture, least, done = run.new_file("picture.mp4"), 100.0, 0
    source = VideoReader(media.file.path, width_px=width, height_px=height, rate=video.rate)
    made = VideoWriter(picture, width_px=width, height_px=height, rate=video.rate, crf=wish.crf)
    with source, made:
        frames = source.frames(Fraction(0), count)
        for block in iter(lambda: list(islice(frames, together)), []):
            lumas = [frame[:height] for frame in block]
            after = [_added(luma, wave) for luma, wave in zip(lumas, marker.mark(lumas), strict=True)]
            for frame, luma in zip(block, after, strict=True):
                made.write(np.concatenate([luma, frame[height:]]))
                reader.add(luma)
            least = min(least, _psnr(lumas, after))
            done += len(block)
            run.progress(done / count, "marking pictures")
    own = sound is None and media.sound is not None
    path = run.new_file(f"{media.file.path.stem}.mp4")
    if own:
        sound = run.new_file("sound.wav")
        write_wav(sound, read_sound(media.file.path, duration=media.duration), 48_000)
    mux(picture, sound, path)
    _carry_over(media.file.path, path)
    picture.unlink()
    if sound is not None:
        sound.unlink()
    return path, least, reader.read(search=False)


def _carry_over(source: Path, marked: Path) -> None:
    """Captions, chapters and tags of an MP4 go into its marked copy as they are."""
    if source.suffix.lower() not in (".mp4", ".m4v", ".mov"):
        return
    beside = marked.with_name(f"whole-{marked.name}")
    inputs = [part for path in (marked, source) for part in ("-protocol_whitelist", "file", "-i", file_url(path))]
    kept = ["-map", "0:v", "-map", "0:a?", "-map", "1:s?", "-map_metadata", "1", "-map_chapters", "1", "-c", "copy"]
    exact = ["-fflags", "+bitexact", "-movflags", "+faststart"]
    run_ffmpeg([*inputs, *kept, *exact, "-f", "mp4", "-y", file_url(beside)], timeout_seconds=3600)
    beside.replace(marked)


def _added(luma: Frame, added: NDArray[np.int16]) -> Frame:
    return np.asarray(cv2.add(luma, added, dtype=cv2.CV_8U), np.uint8)


def _psnr(before: list[Frame], after: list[Frame]) -> float:
    errors = [float(cv2.norm(one, other, cv2.NORM_L2SQR)) / one.size for one, other in zip(before, after, strict=True)]
    return float(10 * np.log10(255**2 / max(float(np.mean(errors)), 1e-6)))


# -- sound -------------------------------------------------------------------------------------


def _marked_sound(media: Media, wish: _Wish) -> tuple[Path, float, MarkFound]:
    assert media.sound is not None
    run = current_run()
    run.progress(0.0, "marking sound")
    channels = 1 if media.sound.channels == 1 else 2
    sound = read_sound(media.file.path, sample_rate=RATE, channels=channels, duration=media.duration)
    marked = mark_sound(sound, wish.payload & (1 << SOUND_PAYLOAD_BITS) - 1, key=wish.key, snr_db=wish.snr_db)
    path = run.new_file(f"{media.file.path.stem}.wav")
    write_wav(path, marked, RATE)
    noise, power = float(((marked - sound) ** 2).mean()), float((sound**2).mean())
    near = float(10 * np.log10(max(power, 1e-12) / max(noise, 1e-15)))
    return path, near, SoundReader(key=wish.key).read(marked.mean(axis=1))
