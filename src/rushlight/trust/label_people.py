"""The capability `label_people`."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rushlight.artifacts import Media, People
from rushlight.artifacts.representation import PeopleLabels, PersonLabel
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.decode import read_still
from rushlight.models.face_detector.detector import Detection, detector_revision, find_in_picture
from rushlight.trust.representing.monk import MONK_TONES, measure_tone

__all__ = ["label_people"]

_ODDS, _OPINION = 4.0, 0.0
_LONG_SIDE_PX, _FACE_PX = 1600, 160
_WIDER = 0.35


@capability(version=1, metrics=("faces",), revision=lambda given: detector_revision())
def label_people(pictures: tuple[Media, ...] = (), people: People | None = None, /) -> PeopleLabels:
    """Make a sheet of the faces in pictures, to be labelled by people: who is shown, for `check-bias`.

    Each face is cut out and its skin measured on the Monk scale, with the tones that other light would make of it.
    That is a proposal: light, make-up and colour grading change it, so a person confirms or corrects it, fills in
    what they see, and signs with their name. Gender, age and origin are not guessed.

    Args:
        pictures: stills.
        people: who was found in a film by `track-people`.

    Returns:
        The sheet: `.csv` to fill in, `.html` with the faces and the scale to look at meanwhile.

    Raises:
        InputError: nothing was given, or a film without its people.
        MediaError: a picture cannot be read.
    """
    if not pictures and people is None:
        raise InputError("There is no picture to label.", hint="Give stills, or the people of a film (track-people).")
    run, found, notes = current_run(), list[PersonLabel](), list[str]()
    for number, media in enumerate(pictures):
        run.progress(number / len(pictures), media.file.path.name)
        if not media.is_still:
            raise InputError(
                "This is a film.", path=media.file.path, hint="Run `rushlight edit track-people` and give its result."
            )
        labels = list(_of_picture(media))
        if not labels:
            notes.append(f"{media.file.path.name}: no face was found.")
        found += labels
    for person in people.people if people else ():
        if person.picture is None:
            notes.append(f"Person {person.number} is never seen well enough.")
            continue
        picture = read_still(person.picture.path)
        high, wide = picture.shape[:2]
        # Pictures of people are cut somewhat wider than the face.
        inside = (wide * 0.15, high * 0.15, wide * 0.7, high * 0.7)
        found.append(_label(f"person {person.number}", picture, inside, whole=True))
    run.figure("faces", len(found))
    page = run.new_file("people.html")
    page.write_text(_page(found), encoding="utf-8")
    return PeopleLabels(people=tuple(found), page=FileRef.of(page), notes=tuple(notes))


def _of_picture(media: Media) -> Iterator[PersonLabel]:
    picture = read_still(media.file.path)
    scale = min(_LONG_SIDE_PX / max(picture.shape[:2]), 1.0)
    if scale < 1:
        size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
        picture = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
    sure = [one for one in find_in_picture(picture) if _is_face(one)]
    # From left to right, as a person would count them.
    for number, one in enumerate(sorted(sure, key=lambda face: face.box[0]), 1):
        yield _label(f"{media.file.path.name} face {number}", picture, one.box)


def _is_face(one: Detection) -> bool:
    return one.odds >= _ODDS and (one.opinion is None or one.opinion >= _OPINION)


def _label(
    name: str, picture: NDArray[np.uint8], box: tuple[float, float, float, float], *, whole: bool = False
) -> PersonLabel:
    left, top, wide, high = box
    tone = measure_tone(picture, box)
    edge = 0.0 if whole else _WIDER
    x0, y0 = max(round(left - wide * edge), 0), max(round(top - high * edge), 0)
    cut = picture if whole else picture[y0 : round(top + high * (1 + edge)), x0 : round(left + wide * (1 + edge))]
    face = Image.fromarray(np.ascontiguousarray(cut))
    face.thumbnail((_FACE_PX * 2, _FACE_PX * 2))
    path = current_run().new_file("face.jpg")
    face.save(path, quality=90)
    likely = "" if tone is None else f"{tone.lightest}-{tone.darkest}"
    return PersonLabel(person=name, picture=FileRef.of(path), monk_tone=tone.tone if tone else None, monk_range=likely)


def _page(found: list[PersonLabel]) -> str:
    scale = "".join(f'<b style="background:{tone}">{number}</b>' for number, tone in enumerate(MONK_TONES, 1))
    cards = []
    for one in found:
        tone = f"Monk {one.monk_tone}, likely {one.monk_range}" if one.monk_tone else "tone not measured"
        cards.append(
            f'<figure><img alt="face" height="{_FACE_PX}" src="data:image/jpeg;base64,{_encoded(one.picture.path)}">'
            f"<figcaption>{html.escape(one.person)}<br>{tone}</figcaption></figure>"
        )
    return _PAGE.format(scale=scale, cards="".join(cards))


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>People to label</title>
<style>
:root {{ font: 15px/1.4 system-ui, sans-serif; color-scheme: light dark }} body {{ margin: 2rem }}
b {{ display: inline-block; width: 3rem; padding: .8rem 0; text-align: center; color: #fff; text-shadow: 0 0 3px #000 }}
figure {{ display: inline-block; margin: 1rem 1rem 0 0; vertical-align: top }} figcaption {{ max-width: 12rem }}
nav {{ position: sticky; top: 0 }}
</style><h1>People to label</h1>
<p>Tones are proposals; the light of a picture changes them. Say what you see, in the sheet, and sign it.</p>
<nav>{scale}</nav>{cards}</html>
"""
