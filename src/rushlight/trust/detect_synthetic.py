"""The capability `detect_synthetic`."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Media
from rushlight.artifacts.detection import Detection, DetectionSignal, SuspectPlace
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.sound import read_sound
from rushlight.models.face_detector.detector import detector_revision, find_in_picture
from rushlight.models.forgery_detector.patches import history_revision, read_patches
from rushlight.models.forgery_detector.voice import voice_odds, voice_revision
from rushlight.models.forgery_detector.voice_features import RATE
from rushlight.models.silero import CHUNK, speech_chances
from rushlight.trust.detecting.bayes import combined, probability
from rushlight.trust.detecting.drawing import draw_map, draw_times
from rushlight.trust.detecting.pictures import Box, PictureNumbers, calibrations, measure_picture
from rushlight.trust.detecting.sharpness import sharpness_map
from rushlight.trust.verify_credentials import verify_file

__all__ = ["detect_synthetic"]

Luma = NDArray[np.uint8]

_LONGEST_PX, _SHORTEST_PX, _FRAMES = 1600, 160, 7
_ODDS, _LEAST_FACE_PX = 4.0, 96
_VOICE_SECONDS, _VOICE_STEP_SECONDS, _MOST_VOICE_SECONDS = 8, 4, 240
_STRANGE = 3.0
# Of what is judged as a voice, as much has to be speech.
_LEAST_SPEECH, _SPOKEN = 0.5, 0.5
# Blocks of a photograph are never without the least difference, outside what is burnt out; drawings are full of them.
_MOST_FLAT = 0.4
_LITTLE = 1.0
_WORDS = {
    "enlarged": ("Enlarged", "The finest detail is missing or recurs, as after enlarging"),
    "put together": ("Put together", "Two stretches of the picture were made differently"),
    "face": ("Face made apart", "A face was scaled or softened apart from what is around it"),
}
_NOTES = (
    "Pictures and films generated as a whole, and voices of neural synthesis, were not learned from: they may pass.",
    "Evidence is the natural logarithm of how many times likelier changed material is to look or sound so.",
)


@dataclass(frozen=True)
class _Seen:
    """One picture that was looked at."""

    time: Fraction
    picture: NDArray[np.uint8]
    measured: PictureNumbers
    shape: tuple[int, int]
    rows: int
    columns: int


@capability(
    version=1,
    metrics=("probability",),
    revision=lambda given: f"{history_revision()} {voice_revision()} {detector_revision()}",
)
def detect_synthetic(
    media: Media,
    /,
    *,
    prior: Annotated[
        float, Field(gt=0, lt=1, description="How likely it is before looking: one in ten of what you get is 0.1.")
    ] = 0.1,
) -> Detection:
    """Say how likely a picture, a film or a voice was made or changed by machine, with reasons and their limits.

    First what the file says of itself by Content Credentials. Then signals, each with what it saw and where: whether
    the picture was enlarged, put together of two, or has a face made apart; whether a voice comes from a vocoder. Each
    was calibrated on material that was changed on purpose; on what is unlike that, or too small, short or flat, it
    abstains. The signals together give a likelihood ratio, and Bayes' rule with your prior a probability.

    It is a weak witness: at a prior of one in a hundred even strong evidence leaves doubt, as the table of other
    priors shows. Never accuse anybody on it alone.

    Args:
        media: a picture, a film or a sound.

    Returns:
        The verdict, each signal, and a page with the places drawn.

    Raises:
        MediaError: nothing of it can be decoded.
    """
    run = current_run()
    signals: list[DetectionSignal] = []
    declared = _declared(media)
    if media.is_still or media.video is not None:
        signals += _of_pictures(media)
    if media.sound is not None:
        signals.append(_of_voice(media))
    ratio = combined([one.log_ratio for one in signals if one.log_ratio is not None])
    found = probability(ratio, prior) if ratio is not None else None
    run.figure("probability", -1.0 if found is None else found)
    made = Detection(
        title=media.file.path.name, file_sha256=media.file.sha256, declared=declared, signals=tuple(signals),
        log_ratio=ratio, prior=prior, probability=found, notes=_NOTES,
    )  # fmt: skip
    page = run.new_file("detection.html")
    drawn = {one.name: _address(one.picture.path) for one in signals if one.picture}
    page.write_text(made.as_html(drawn), encoding="utf-8")
    return made.model_copy(update={"page": FileRef.of(page)})


def _declared(media: Media) -> str:
    verdict = verify_file(media.file.path)
    if verdict.verdict in ("trusted", "valid") and verdict.is_generated:
        return f"Its credentials say that it was made or changed by AI ({', '.join(verdict.source_types)})."
    return ""


def _address(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _of_pictures(media: Media) -> list[DetectionSignal]:
    seen, why = [], ""
    for number, (time, picture) in enumerate(_pictures(media)):
        current_run().progress(0.1 + 0.6 * number / (1 if media.is_still else _FRAMES), "looking")
        if min(picture.shape[:2]) < _SHORTEST_PX:
            why = f"The picture is smaller than {_SHORTEST_PX} pixels."
            continue
        luma = _luma(picture)
        if float(luma.std()) < 2:
            why = "The picture is flat."
            continue
        if _flat_share(luma) > _MOST_FLAT:
            why = "It is drawn: much of it has not the least difference, as in no photograph."
            continue
        patches = read_patches(luma)
        if patches is not None:
            measured = measure_picture(luma, patches, _faces(picture))
            seen.append(_Seen(time, picture, measured, luma.shape, patches.rows, patches.columns))
    return [_signal(kind, media, seen, why or "No picture could be looked at.") for kind in _WORDS]


def _pictures(media: Media) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]:
    """RGB; of a still a window of its own size in the middle, since scaling would wipe traces out."""
    if media.is_still:
        picture = read_still(media.file.path)
        high, wide = (min(one, _LONGEST_PX) for one in picture.shape[:2])
        top, left = (picture.shape[0] - high) // 2, (picture.shape[1] - wide) // 2
        yield Fraction(0), np.ascontiguousarray(picture[top : top + high, left : left + wide])
        return
    from rushlight.media.colour import i420_to_rgb

    assert media.video is not None
    wide, high = media.video.width_px // 2 * 2, media.video.height_px // 2 * 2
    with VideoReader(media.file.path, width_px=wide, height_px=high, rate=media.video.rate) as reader:
        for number in range(_FRAMES):
            time = media.duration * (2 * number + 1) / (2 * _FRAMES)
            yield time, i420_to_rgb(reader.frame_at(time))


def _flat_share(luma: Luma) -> float:
    """Share of blocks that are all one value, burnt-out and black ones left out."""
    energy = sharpness_map(luma)[1]
    rows, columns = energy.shape
    middle = luma[8 : rows * 16 : 16, 8 : columns * 16 : 16][:rows, :columns]
    return float(((energy == 0) & (middle > 20) & (middle < 235)).mean())


def _luma(picture: NDArray[np.uint8]) -> Luma:
    return np.asarray(np.round(picture @ np.array([0.299, 0.587, 0.114])), np.uint8)


def _faces(picture: NDArray[np.uint8]) -> list[Box]:
    return [
        one.box
        for one in find_in_picture(picture)
        if one.odds >= _ODDS and (one.opinion is None or one.opinion > 0) and one.box[2] >= _LEAST_FACE_PX
    ]


def _signal(kind: str, media: Media, seen: list[_Seen], why: str) -> DetectionSignal:
    """One kind of change over all pictures: the middle one decides, so that one odd frame does not."""
    name, says = _WORDS[kind]
    line = calibrations()[kind]
    told = [one for one in seen if all(number in one.measured.numbers for number in line.names)]
    if not told:
        reason = why if not seen else "No face is large enough." if kind == "face" else why
        return DetectionSignal(name=name, says="", abstains=reason)
    usual = [one for one in told if not line.is_foreign(one.measured.numbers)]
    if not usual:
        return DetectionSignal(name=name, says="", abstains="It is unlike all pictures this was calibrated on.")
    ranked = sorted(usual, key=lambda one: line.log_ratio(one.measured.numbers))
    middle = ranked[len(ranked) // 2]
    ratio = line.log_ratio(middle.measured.numbers)
    parts = sorted(line.parts(middle.measured.numbers).items(), key=lambda item: -abs(item[1]))[:3]
    because = ", ".join(f"{number} {value:+.1f}" for number, value in parts)
    judged = says if ratio >= _LITTLE else "No sign of it" if ratio <= -_LITTLE else "It says little either way"
    places = tuple(_places(kind, middle, not media.is_still)) if ratio >= _LITTLE else ()
    shown = None
    # A map of what differs is drawn where there is something to look at: some part of every picture differs most.
    if ratio >= _LITTLE and kind != "enlarged":
        shown = current_run().new_file(f"{kind.replace(' ', '-')}.png")
        differs = middle.measured.differs.reshape(middle.rows, middle.columns)
        draw_map(middle.picture, differs, _boxes(kind, middle), shown)
    return DetectionSignal(
        name=name, says=f"{judged}, by {because}.", log_ratio=ratio, places=places,
        picture=FileRef.of(shown) if shown else None,
    )  # fmt: skip


def _boxes(kind: str, one: _Seen) -> list[Box]:
    if kind == "face" and one.measured.face is not None:
        return [one.measured.face]
    if kind == "put together" and one.measured.smaller is not None:
        rows, columns = np.nonzero(one.measured.smaller.reshape(one.rows, one.columns))
        high, wide = one.shape
        step_y, step_x = high / one.rows, wide / one.columns
        top, left = rows.min() * step_y, columns.min() * step_x
        return [(left, top, (columns.max() + 1) * step_x - left, (rows.max() + 1) * step_y - top)]
    return []


def _places(kind: str, one: _Seen, moves: bool) -> Iterator[SuspectPlace]:
    high, wide = one.shape
    for left, top, width, height in _boxes(kind, one):
        yield SuspectPlace(
            what=kind, left=max(left / wide, 0.0), top=max(top / high, 0.0), width=min(width / wide, 1.0),
            height=min(height / high, 1.0), start=one.time if moves else None, end=one.time if moves else None,
        )  # fmt: skip


def _of_voice(media: Media) -> DetectionSignal:
    """Stretches of eight seconds, judged one by one; their middle is what the voice is worth."""
    name = "Voice"
    length = min(media.duration, Fraction(_MOST_VOICE_SECONDS))
    sound = read_sound(media.file.path, sample_rate=RATE, channels=1, duration=length)[:, 0]
    times, ratios, strange = [], [], 0
    speech = speech_chances(sound) > _SPOKEN
    for start in range(0, max(len(sound) - _VOICE_STEP_SECONDS * RATE, 1), _VOICE_STEP_SECONDS * RATE):
        current_run().progress(0.7 + 0.3 * start / len(sound) if len(sound) else 0.7, "listening")
        heard = speech[start // CHUNK : (start + _VOICE_SECONDS * RATE) // CHUNK]
        if not len(heard) or heard.mean() < _LEAST_SPEECH:
            continue
        told = voice_odds(sound[start : start + _VOICE_SECONDS * RATE])
        if told is None:
            continue
        if told.strangeness > _STRANGE:
            strange += 1
            continue
        times.append(Fraction(start, RATE))
        ratios.append(told.log_ratio)
    if not ratios:
        reason = "It is unlike all speech this was calibrated on." if strange else "There is too little speech in it."
        return DetectionSignal(name=name, says="", abstains=reason)
    middle = float(np.median(ratios))
    ratio = max(-4.0, min(4.0, middle))
    picture = current_run().new_file("voice.png")
    draw_times([float(time) for time in times], ratios, float(length), picture)
    whose = "a machine's" if ratio >= _LITTLE else "a person's" if ratio <= -_LITTLE else "either's"
    says = f"Pitch, excitation and spectrum are {whose}"
    places = tuple(
        SuspectPlace(what="machine's voice", start=time, end=min(time + _VOICE_SECONDS, media.duration))
        for time, one in zip(times, ratios, strict=True)
        if one > 2
    )
    return DetectionSignal(
        name=name, says=f"{says}, over {len(ratios)} stretches.", log_ratio=ratio, places=places[:20],
        picture=FileRef.of(picture),
    )  # fmt: skip
