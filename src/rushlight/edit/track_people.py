"""The capability `track_people`."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Annotated

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from rushlight.artifacts import Media, Shots
from rushlight.artifacts.faces import FaceBox, Faces, FaceTrack
from rushlight.artifacts.people import People, Person
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import format_clock
from rushlight.edit.find_faces import find_faces_in, upright_frames
from rushlight.edit.seeing.appearance import Appearance, look_at
from rushlight.edit.seeing.people import LIMIT, distances, group_faces
from rushlight.models.face_detector.detector import detector_revision, points_of

__all__ = ["track_people"]

_LOOKS = 6
_PICTURE_PX = 200
# Beyond this, who is who is worked out no more; a film has fewer faces of people who matter.
_MOST_TRACKS = 1500
_NEARLY = 1.12
_MOST_NOTES = 8


@capability(version=1, metrics=("people", "faces"), revision=lambda given: detector_revision())
def track_people(
    film: Media,
    faces: Faces | None = None,
    shots: Shots | None = None,
    /,
    *,
    caution: Annotated[
        float, Field(ge=-0.4, le=0.4, description="Above 0, fewer faces are taken for the same person; below, more.")
    ] = 0.0,
    pictures: Annotated[bool, Field(description="Keep a picture of each person, and write a page.")] = True,
) -> People:
    """Tell which faces of a film are one person's, through all its shots.

    Faces are compared by their texture, hair and the clothes below them. Faces that are seen at once are two people;
    where likeness is in doubt they stay two, and the notes say who may be the same. People are numbers inside this
    film: what they look like is compared while it runs and is not kept, except the pictures for you.

    Args:
        film: moving pictures.
        faces: its faces; found on the way when they are not given.
        shots: its shots, where faces are not given.

    Raises:
        InputError: a still, or faces of another film.

    Reference:
        Everingham, Sivic and Zisserman 2006, "Hello! My name is... Buffy: automatic naming of characters in TV video".
    """
    if faces is not None and faces.picture_sha256 not in ("", film.file.sha256):
        raise InputError("These faces are of another film.", path=film.file.path, hint="Find its own faces.")
    faces = faces or find_faces_in(film, shots)
    tracks, notes = _told_apart(faces)
    seen = _see(film, tracks)
    limit = LIMIT * (1 - caution)
    far = distances(tracks, [one.looks for one in seen])
    groups = sorted(group_faces(far, limit), key=lambda group: (-sum(_length(tracks[n]) for n in group), group))
    people = tuple(
        Person(number=number, tracks=tuple(sorted((tracks[n] for n in group), key=lambda track: track.start)))
        for number, group in enumerate(groups, 1)
    )
    notes += _doubts(far, groups, limit)
    current_run().figure("people", float(len(people)))
    current_run().figure("faces", float(len(tracks)))
    made = People(
        people=people, rate=faces.rate, duration=film.duration, picture_sha256=film.file.sha256,
        notes=(*faces.notes, *notes),
    )  # fmt: skip
    return _with_pictures(film, made, [[seen[n] for n in group] for group in groups]) if pictures else made


@dataclass
class _Sight:
    """What is remembered of one face while the film is worked on."""

    looks: list[Appearance] = field(default_factory=list)
    best: float = 0.0
    picture: NDArray[np.uint8] | None = None


def _told_apart(faces: Faces) -> tuple[list[FaceTrack], list[str]]:
    tracks = list(faces.tracks)
    if len(tracks) <= _MOST_TRACKS:
        return tracks, []
    longest = sorted(sorted(tracks, key=_length, reverse=True)[:_MOST_TRACKS], key=lambda track: track.start)
    return longest, [f"Of {len(tracks)} faces, the {_MOST_TRACKS} seen longest were told apart."]


def _length(track: FaceTrack) -> float:
    return float(track.end - track.start)


def _see(film: Media, tracks: list[FaceTrack]) -> list[_Sight]:
    """Look at each face a few times, spread over its track, where the detector saw it."""
    wanted: dict[int, list[tuple[int, FaceBox]]] = {}
    for number, track in enumerate(tracks):
        found = [box for box in track.boxes if box.found]
        for place in np.unique(np.linspace(0, len(found) - 1, _LOOKS).round().astype(int)).tolist():
            wanted.setdefault(found[place].frame, []).append((number, found[place]))
    seen = [_Sight() for _ in tracks]
    first, left = 0, len(wanted)
    for times, frames in upright_frames(film) if wanted else ():
        current_run().progress(min(float(times[-1] / (film.duration or 1)), 1.0), "telling people apart")
        for place in sorted(frame for frame in wanted if first <= frame < first + len(frames)):
            picture = np.ascontiguousarray(frames[place - first])
            left -= 1
            for number, box in wanted[place]:
                _take_in(seen[number], picture, box)
        first += len(frames)
        if not left:
            break
    return seen


def _take_in(sight: _Sight, picture: NDArray[np.uint8], box: FaceBox) -> None:
    high, wide = picture.shape[:2]
    there = (box.left * wide, box.top * high, box.width * wide, box.height * high)
    points = points_of(picture, there)
    look = look_at(picture, there, points)
    if look is not None:
        sight.looks.append(look)
    # A face whose eyes and mouth are seen makes the better picture, then a larger one.
    worth = there[3] * (2.0 if points is not None else 1.0)
    if worth > sight.best:
        sight.best, sight.picture = worth, _head(picture, there)


def _head(picture: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8] | None:
    """Head and shoulders."""
    high, wide = picture.shape[:2]
    half = 1.1 * max(box[2], box[3])
    middle = box[0] + box[2] / 2, box[1] + box[3] * 0.6
    left, top = max(int(middle[0] - half), 0), max(int(middle[1] - half), 0)
    part = picture[top : min(int(middle[1] + half) + 1, high), left : min(int(middle[0] + half) + 1, wide)]
    return part.copy() if part.size else None


def _doubts(far: NDArray[np.float64], groups: list[list[int]], limit: float) -> list[str]:
    """People who are nearly near enough to be one."""
    close = []
    for one, group in enumerate(groups):
        for other in range(one + 1, len(groups)):
            pairs = np.sort(far[np.ix_(group, groups[other])].ravel())
            nearest = pairs[: max(len(pairs) // 2, 1)].mean()
            if np.isfinite(pairs[-1]) and nearest <= limit * _NEARLY:
                close.append((float(nearest), one + 1, other + 1))
    return [f"Persons {one} and {other} may be the same." for _, one, other in sorted(close)[:_MOST_NOTES]]


def _with_pictures(film: Media, made: People, sights: list[list[_Sight]]) -> People:
    shown, strips = [], []
    for person, seen in zip(made.people, sights, strict=True):
        heads = [one for one in sorted(seen, key=lambda one: -one.best) if one.picture is not None]
        kept = []
        for number, one in enumerate(heads[:_LOOKS]):
            path = current_run().new_file(f"person-{person.number:03d}-{number + 1}.jpg")
            head = Image.fromarray(np.asarray(one.picture))
            size = (max(round(head.width * _PICTURE_PX / head.height), 1), _PICTURE_PX)
            head.resize(size, Image.Resampling.LANCZOS).save(path, quality=88)
            kept.append(FileRef.of(path))
        shown.append(person.model_copy(update={"picture": kept[0] if kept else None}))
        strips.append(kept)
    page = current_run().new_file("people.html")
    page.write_text(_page(film, made, strips), encoding="utf-8")
    return made.model_copy(update={"people": tuple(shown), "page": FileRef.of(page)})


def _page(film: Media, made: People, strips: list[list[FileRef]]) -> str:
    loader = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = loader.from_string(files("rushlight.edit").joinpath("pages", "people.html").read_text("utf-8"))
    total = float(made.duration) or 1.0
    rows = [
        {
            "number": person.number,
            "seconds": float(person.seconds),
            "shots": ", ".join(str(shot + 1) for shot in person.shots),
            "heads": [base64.b64encode(head.path.read_bytes()).decode() for head in heads],
            "spans": [
                {
                    "left": 100 * float(track.start) / total,
                    "wide": max(100 * float(track.end - track.start) / total, 0.3),
                    "at": f"{format_clock(track.start)} to {format_clock(track.end)}",
                }
                for track in person.tracks
            ],
        }
        for person, heads in zip(made.people, strips, strict=True)
    ]
    return template.render(title=film.file.path.name, rows=rows, notes=made.notes, length=format_clock(made.duration))
