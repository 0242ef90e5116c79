"""Gathering a person's own photos and clips from folders, each with the words that say what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rushlight.artifacts import Media
from rushlight.core.errors import InputError, LimitError, MediaError
from rushlight.core.run import current_run
from rushlight.media.probe import probe
from rushlight.timeline.captionfile import read_captions

__all__ = ["PICTURE_SUFFIXES", "gather_pictures"]

PICTURE_SUFFIXES = frozenset(".jpg .jpeg .png .webp .bmp .tif .tiff .mp4 .mov .m4v .mkv .webm .avi .mpg .mpeg".split())
_MOST_FILES = 2000
_MOST_SIDECAR_BYTES = 20_000
_MOST_CAPTION_BYTES = 1_000_000


def gather_pictures(folders: Iterable[Path]) -> tuple[Media, ...]:
    """Every photo and clip in some folders and below, sorted by path.

    A text file of the same name beside a picture (`harbour.txt` or `harbour.jpg.txt`) says what it shows; captions
    beside a clip (`.srt`, `.vtt`, `.ass`) say what is heard in it. Files that cannot be read are left out and named
    among the run's weak points.

    Raises:
        InputError: a folder is missing, or holds more than 2,000 pictures.
    """
    found: list[Media] = []
    for folder in folders:
        if not folder.is_dir():
            raise InputError("This folder of pictures does not exist.", path=folder, hint="Check the path.")
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
        if len(paths) > _MOST_FILES:
            raise InputError(f"This folder holds {len(paths)} pictures.", path=folder, hint="Give a smaller folder.")
        for number, path in enumerate(paths):
            current_run().progress(number / len(paths), "looking at your pictures")
            try:
                media = probe(path)
            except (MediaError, LimitError) as error:
                current_run().note_weak(f"{path.name} was left out: {error.message}")
                continue
            if media.video is not None:
                found.append(media.model_copy(update={"description": _description(path, folder)}))
    return tuple(found)


def _description(path: Path, folder: Path) -> str:
    """File name, names of the folders it lies in, and the text and captions beside it."""
    words = " ".join([*path.relative_to(folder).parts[:-1], path.stem])
    for beside in (path.with_suffix(".txt"), path.with_name(path.name + ".txt")):
        try:
            words += " " + beside.read_bytes()[:_MOST_SIDECAR_BYTES].decode("utf-8", errors="ignore")
        except OSError:
            continue
    for suffix in (".srt", ".vtt", ".ass"):
        beside = path.with_suffix(suffix)
        if beside.is_file() and beside.stat().st_size <= _MOST_CAPTION_BYTES:
            try:
                captions = read_captions(beside)
            except InputError as error:
                current_run().note_weak(f"{beside.name} was left out: {error.message}")
                continue
            words += " " + " ".join(line for cue in captions.cues for line in cue.lines)
    return words
