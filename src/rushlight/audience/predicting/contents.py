"""What a title, picture or trailer is like, in numbers: words and style, light and colour, faces, what stands out.

Reference:
    Colourfulness: Hasler & Süsstrunk 2003; saliency: Hou & Zhang 2007, "Saliency detection: a spectral residual
    approach".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts.media import Media
from rushlight.audience.language.feeling import feel
from rushlight.audience.language.tokens import read_tokens
from rushlight.audience.predicting.creatives import Creative
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import current_run

__all__ = ["Contents", "describe", "look_at"]

Floats = NDArray[np.float64]

_MOST_WORDS = 150
_LEAST_TESTS = 5
_ADDRESS = frozenset("you your yours yourself u ihr euch du dein sie vous votre tu ton usted tú te".split())
_ASKING = frozenset(
    "how why what who when where which wie warum was wer wann wo comment pourquoi qui quand cómo".split()
)
_POINTING = frozenset("this these that those here diese dieser dieses ce cette ces este esta".split())
_LONG_SIDE_PX = 640
_FRAMES = 12
# Surer than this and a face is one; see the face detector.
_FACE_ODDS = 4.0
SAID = {
    "length": ("more words", "fewer words"),
    "word length": ("longer words", "shorter words"),
    "question": ("a question", "no question"),
    "exclamation": ("an exclamation mark", "no exclamation mark"),
    "number": ("a number", "no number"),
    "two parts": ("two parts (colon, dash, full stop)", "all in one part"),
    "quotation": ("a quotation", "no quotation"),
    "capitals": ("words in capitals", "fewer words in capitals"),
    "emoji": ("an emoji", "no emoji"),
    "address": ("speaks to the reader (you)", "does not speak to the reader"),
    "asking word": ("begins with how, why, what", "does not begin with how, why, what"),
    "pointing word": ("points (this, these)", "does not point (this, these)"),
    "feeling": ("kinder words", "unkinder words"),
    "strength of feeling": ("stronger words", "calmer words"),
    "brightness": ("a brighter picture", "a darker picture"),
    "contrast": ("more contrast", "less contrast"),
    "colourfulness": ("more colourful", "less colourful"),
    "warmth": ("warmer colours", "colder colours"),
    "busyness": ("a busier picture", "a calmer picture"),
    "faces": ("more faces", "fewer faces"),
    "face size": ("a larger face", "a smaller face"),
    "focus": ("one thing stands out", "no one thing stands out"),
    "off centre": ("what stands out is off the centre", "what stands out is in the centre"),
    "portrait": ("taller than wide", "wider than tall"),
    "seconds": ("a longer film", "a shorter film"),
    "motion": ("more motion", "less motion"),
    "cuts": ("more cuts a minute", "fewer cuts a minute"),
}
"""What is said of more and of less of each property."""


@dataclass(frozen=True)
class Contents:
    """Properties of variants.

    Attributes:
        names: of the columns; a single word as `word X`.
        groups: which group each column belongs to: `style`, `words`, `picture` or `given`.
        values: float64 of shape (variants, names); NaN where a variant has no such thing.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats


def describe(
    rows: Sequence[Creative], pictures: dict[str, Media], vocabulary: tuple[str, ...] | None = None
) -> tuple[Contents, tuple[str, ...]]:
    """Properties of variants, and the words that have a column of their own.

    Args:
        rows: variants.
        pictures: pictures and films by the name of their file.
        vocabulary: words to have a column; chosen from these variants when it is not given.

    Raises:
        InputError: a picture is named that was not given.
        MediaError: a picture cannot be read.
    """
    missing = sorted({one.picture for one in rows if one.picture} - pictures.keys())
    if missing and pictures:
        raise InputError(
            f"The picture {missing[0]!r} was not given.", hint="Give all pictures that the table names after it."
        )
    vocabulary = _vocabulary(rows) if vocabulary is None else vocabulary
    looks: dict[str, dict[str, float]] = {}
    columns: list[dict[str, float]] = []
    groups: dict[str, str] = {}
    for number, one in enumerate(rows):
        current_run().progress(0.1 + 0.4 * number / len(rows), "reading words and pictures")
        style, words = _of_text(one.text, vocabulary) if one.text else ({}, {})
        if one.picture in pictures and one.picture not in looks:
            looks[one.picture] = look_at(pictures[one.picture])
        look = looks.get(one.picture, {})
        columns.append({**style, **words, **look, **one.numbers})
        for group, named in (("style", style), ("words", words), ("picture", look), ("given", one.numbers)):
            groups |= dict.fromkeys(named, group)
    names = tuple(groups)
    values = np.array([[column.get(name, math.nan) for name in names] for column in columns]).reshape(
        len(rows), len(names)
    )
    return Contents(names, tuple(groups.values()), values), vocabulary


def _vocabulary(rows: Sequence[Creative]) -> tuple[str, ...]:
    """Words that tell variants apart in at least so many tests, the commonest first."""
    by_test: dict[str, list[set[str]]] = {}
    for one in rows:
        by_test.setdefault(one.test, []).append({token.form for token in read_tokens(one.text) if token.kind == "word"})
    counts: Counter[str] = Counter()
    for texts in by_test.values():
        everywhere = texts[0].intersection(*texts[1:])
        counts.update(texts[0].union(*texts[1:]) - everywhere)
    common = [word for word, count in counts.items() if count >= _LEAST_TESTS]
    return tuple(sorted(sorted(common, key=lambda word: (-counts[word], word))[:_MOST_WORDS]))


def _of_text(text: str, vocabulary: tuple[str, ...]) -> tuple[dict[str, float], dict[str, float]]:
    tokens = read_tokens(text)
    forms = [token.form for token in tokens if token.kind == "word"]
    there = set(forms)
    style = {
        "length": math.log1p(len(forms)),
        "word length": sum(map(len, forms)) / max(len(forms), 1),
        "question": float("?" in text),
        "exclamation": float("!" in text),
        "number": float(any(letter.isdigit() for letter in text)),
        "two parts": float(bool(re.search(r"[:–—|]|[.!?]\s+\S| - ", text))),
        "quotation": float(any(mark in text for mark in '"“”„«»')),
        "capitals": sum(token.is_loud for token in tokens) / max(len(forms), 1),
        "emoji": float(any(token.kind == "emoji" for token in tokens)),
        "address": float(bool(there & _ADDRESS)),
        "asking word": float(bool(forms) and forms[0] in _ASKING),
        "pointing word": float(bool(there & _POINTING)),
    }
    try:
        felt = feel(text, "anything", tokens=tokens).score
        style |= {"feeling": felt, "strength of feeling": abs(felt)}
    except ModelError as error:
        current_run().note_weak(f"The feeling of texts was not read: {error.message} {error.hint}")
    return style, {f"word {word}": float(word in there) for word in vocabulary}


def look_at(media: Media) -> dict[str, float]:
    """What a picture is like; of a film, its frames on average, with its length, motion and cuts.

    Raises:
        MediaError: it cannot be read.
    """
    if media.is_still or not media.duration:
        from rushlight.media.decode import read_still

        return _look(read_still(media.file.path))
    frames, more = _of_film(media)
    looks = [_look(frame) for frame in frames]
    return {**{name: float(np.mean([look[name] for look in looks])) for name in looks[0]}, **more}


def _look(picture: NDArray[np.uint8]) -> dict[str, float]:
    import cv2

    from rushlight.models.face_detector.detector import find_in_picture

    high, wide = picture.shape[:2]
    scale = _LONG_SIDE_PX / max(high, wide)
    if scale < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    rgb = picture.astype(np.float64) / 255
    light = rgb @ np.array([0.2126, 0.7152, 0.0722])
    red_green, yellow_blue = rgb[..., 0] - rgb[..., 1], (rgb[..., 0] + rgb[..., 1]) / 2 - rgb[..., 2]
    spread = math.hypot(red_green.std(), yellow_blue.std())
    faces = [face for face in find_in_picture(picture) if face.odds > _FACE_ODDS]
    area = max((face.box[2] * face.box[3] for face in faces), default=0.0) / (picture.shape[0] * picture.shape[1])
    focus, off_centre = _standing_out(picture)
    return {
        "brightness": float(light.mean()),
        "contrast": float(light.std()),
        "colourfulness": spread + 0.3 * math.hypot(float(red_green.mean()), float(yellow_blue.mean())),
        "warmth": float((rgb[..., 0] - rgb[..., 2]).mean()),
        "busyness": float(np.abs(np.diff(light, axis=0)).mean() + np.abs(np.diff(light, axis=1)).mean()),
        "faces": math.log1p(len(faces)),
        "face size": math.sqrt(area),
        "focus": focus,
        "off centre": off_centre,
        "portrait": float(high > wide),
    }


def _standing_out(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """How much of what stands out lies in a tenth of the picture, and how far its middle is from the picture's."""
    import cv2

    detector = cv2.saliency.StaticSaliencySpectralResidual_create()  # type: ignore[attr-defined]
    found, saliency = detector.computeSaliency(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    weight = np.asarray(saliency, np.float64) if found else np.zeros(picture.shape[:2])
    total = float(weight.sum())
    if total <= 0:
        return 0.1, 0.0
    tenth = max(weight.size // 10, 1)
    focus = float(np.sort(weight.ravel())[-tenth:].sum()) / total
    down, across = (np.arange(size) / max(size - 1, 1) - 0.5 for size in weight.shape)
    middle = float((weight.sum(axis=1) * down).sum()) / total, float((weight.sum(axis=0) * across).sum()) / total
    return focus, math.hypot(*middle)


def _of_film(media: Media) -> tuple[list[NDArray[np.uint8]], dict[str, float]]:
    """Frames from all over a film, its length, how much moves and how often it cuts."""
    from rushlight.media.thumbnails import read_thumbnails

    wide = 320
    video = media.video
    shape = (video.display_width_px, video.display_height_px) if video else (16, 9)
    high = max(2, round(wide * shape[1] / max(shape[0], 1) / 2) * 2)
    frames: list[NDArray[np.uint8]] = []
    changes: list[float] = []
    count, before = 0, None
    step = max(1, int(float(media.duration) * float(video.rate if video else 25) / _FRAMES))
    for block in read_thumbnails(media.file.path, width_px=wide, height_px=min(high, 640)):
        for frame in block.frames:
            small = frame[::8, ::8].astype(np.float64).mean(axis=2) / 255
            if before is not None:
                changes.append(float(np.abs(small - before).mean()))
            before = small
            if count % step == 0 and len(frames) < _FRAMES:
                frames.append(frame)
            count += 1
    moved = np.array(changes or [0.0])
    # A frame that changes far more than those around it begins a shot.
    cuts = int((moved > max(0.12, 6 * float(np.median(moved)))).sum())
    seconds = float(media.duration)
    return frames, {
        "seconds": math.log1p(seconds),
        "motion": float(np.median(moved)),
        "cuts": math.log1p(60 * cuts / max(seconds, 1.0)),
    }
