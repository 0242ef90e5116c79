"""The capability `fingerprint_media`."""

from __future__ import annotations

from rushlight.artifacts import Media
from rushlight.artifacts.media_print import MediaPrint
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.trust.fingerprints import fingerprint
from rushlight.trust.similarity.prints import pack, take_print

__all__ = ["fingerprint_media"]


@capability(version=1, metrics=("frames", "points"))
def fingerprint_media(media: Media, /) -> MediaPrint:
    """Take the print of a picture, film or sound: all that is needed to find it again, and nothing to see it by.

    Returns:
        Hashes of pictures as 64 hex digits (PDQ's form: compare by how many bits differ), and the print as a file, with
        points of frames a second apart and bits of the sound.

    Raises:
        MediaError: nothing of it can be decoded.
    """
    run = current_run()
    run.progress(0.0, "looking and listening")
    kept, short = take_print(media.file.path), fingerprint(media.file.path)
    path = run.new_file("print.npz")
    path.write_bytes(pack(kept))
    points = sum(len(one.points.places) for one in kept.frames)
    run.figure("frames", len(kept.frames))
    run.figure("points", points)
    hashes = () if short.pictures is None else tuple(bytes(row).hex() for row in short.pictures)
    return MediaPrint(
        title=media.file.path.name, file_sha256=media.file.sha256, print=FileRef.of(path), picture_hashes=hashes,
        frames=len(kept.frames), points=points, sound_seconds=0.016 * (0 if kept.sound is None else len(kept.sound)),
        notes=kept.notes,
    )  # fmt: skip
