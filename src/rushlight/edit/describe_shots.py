"""The capability `describe_shots`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import Media, Shots, Transcript
from rushlight.artifacts.faces import Faces, FaceTrack
from rushlight.artifacts.shot_table import COLOURS_SECONDS, ShotDescription, ShotTable
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.detect_shots import find_shots
from rushlight.edit.faults.picture import fine_detail
from rushlight.edit.find_faces import find_faces_in
from rushlight.edit.listening.bands import HOP, RATE
from rushlight.edit.listening.recording import hear
from rushlight.edit.listening.speech_activity import speech_odds
from rushlight.edit.seeing.colours import colour_histogram, hellinger_table
from rushlight.edit.seeing.motion import Motion, motion_between
from rushlight.media.thumbnails import read_thumbnails

__all__ = ["describe_shots"]

Floats = NDArray[np.float64]

_WIDTH_PX, _HEIGHT_PX = 160, 90
# Motion, colour and faces are looked at this often; nothing that matters for editing is quicker.
_LOOKS_A_SECOND = 6
_FACES_A_SECOND = 3
# Heights of the largest face, forehead to chin, in heights of the picture.
_CLOSE, _MEDIUM = 0.27, 0.11
_HALF = Fraction(1, 2)


@capability(version=3, metrics=("shots",))
def describe_shots(
    film: Media, shots: Shots | None = None, transcript: Transcript | None = None, faces: Faces | None = None, /
) -> ShotTable:
    """Describe every shot of a film in figures: framing, motion, light, colour, sound, words, mood.

    Valence and arousal of the picture follow how people rated colours: pleasure is 0.69 of brightness and 0.22 of
    saturation, arousal −0.31 of brightness and 0.60 of saturation; motion and loudness add to arousal.

    Args:
        film: moving pictures, with sound or without.
        shots: its shots; found on the way when they are not given.
        transcript: what is said in it, for words and their rate.
        faces: its faces, for framing; found on the way when they are not given.

    Raises:
        InputError: a still, or shots or faces of another film.

    Reference:
        Valdez and Mehrabian 1994, "Effects of color on emotions".
    """
    if shots is not None and shots.picture_sha256 not in ("", film.file.sha256):
        raise InputError("These shots are of another film.", path=film.file.path, hint="Detect its own shots.")
    if faces is not None and faces.picture_sha256 not in ("", film.file.sha256):
        raise InputError("These faces are of another film.", path=film.file.path, hint="Find its own faces.")
    shots = shots or find_shots(film)
    looks = _look(film, shots, faces or find_faces_in(film, shots, _FACES_A_SECOND))
    sound = _listen(film)
    rows = []
    for number, shot in enumerate(shots.shots):
        words = [word for word in transcript.words if shot.start <= word.start < shot.end] if transcript else []
        seen = looks[number].summary()
        seen |= sound.between(float(shot.start), float(shot.end), len(words) if transcript else None)
        seen["words"] = " ".join(word.text for word in words)
        rows.append(ShotDescription(start=shot.start, end=shot.end, **seen))
    rows = _against_each_other(rows, looks, sound, shots)
    current_run().figure("shots", float(len(rows)))
    notes = () if film.sound is not None else ("There is no sound, so nothing is said about it.",)
    return ShotTable(rows=tuple(rows), picture_sha256=film.file.sha256, notes=notes)


@dataclass
class _Look:
    """What was seen of one shot."""

    step: float
    frames: list[NDArray[np.uint8]] = field(default_factory=list)
    moves: list[tuple[float, Motion]] = field(default_factory=list)
    """Seconds from its start, and the motion since the look before."""
    faces: list[tuple[int, float]] = field(default_factory=list)
    """How many, and the height of the largest in heights of the picture."""

    def summary(self) -> dict[str, Any]:
        """The fields of a description that one shot alone decides."""
        frames = np.stack(self.frames)
        hsv = cv2.cvtColor(frames.reshape(1, -1, 3), cv2.COLOR_RGB2HSV)[0]
        luma = frames @ np.array([0.2126, 0.7152, 0.0722]) / 255
        moves = [move for _, move in self.moves]
        speed = [np.hypot(move.across, move.down) / self.step for move in moves]
        greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in self.frames[:: max(len(frames) // 8, 1)]]
        details = [fine_detail(np.asarray(grey, np.uint8)) for grey in greys]
        known = [detail for detail in details if np.isfinite(detail)]
        largest = max((height for _, height in self.faces), default=0.0)
        framing = "close" if largest > _CLOSE else "medium" if largest > _MEDIUM else "wide"
        return {
            "framing": framing if largest else "none",
            "faces": max((count for count, _ in self.faces), default=0),
            "camera_motion": round(float(np.mean(speed)) if speed else 0.0, 4),
            "zoom": round(float(np.mean([move.zoom / self.step for move in moves])) if moves else 0.0, 4),
            "subject_motion": round(
                float(np.mean([move.subject * move.moving_share / self.step for move in moves])) if moves else 0.0, 4
            ),
            "brightness": round(float(luma.mean()), 4),
            "contrast": round(float(luma.std()), 4),
            "saturation": round(float(hsv[:, 1].mean()) / 255, 4),
            "warmth": round(float(frames[..., 0].mean() - frames[..., 2].mean()) / 255, 4),
            "sharpness": round(float(np.median(known)) if known else 0.0, 4),
            "colours": _rounded(colour_histogram(frames)),
            "colours_over_time": self._over_time(frames),
        }

    def _over_time(self, frames: NDArray[np.uint8]) -> tuple[tuple[float, ...], ...]:
        """Colours of each few seconds of a long shot."""
        step = max(round(COLOURS_SECONDS / self.step), 1)
        if len(frames) <= step:
            return ()
        return tuple(_rounded(colour_histogram(frames[at : at + step])) for at in range(0, len(frames), step))


def _rounded(histogram: Floats) -> tuple[float, ...]:
    return tuple(round(float(share), 5) for share in histogram)


def _look(film: Media, shots: Shots, faces: Faces) -> list[_Look]:
    every = max(round(float(shots.rate) / _LOOKS_A_SECOND), 1)
    faces_every = max(round(float(shots.rate) / _FACES_A_SECOND), 1)
    in_shot: dict[int, list[FaceTrack]] = {}
    for track in faces.tracks:
        in_shot.setdefault(track.shot, []).append(track)
    looks = [_Look(every / float(shots.rate)) for _ in shots.shots]
    before: tuple[int, NDArray[np.uint8]] | None = None
    for number, place, time, frame in _frames(film, shots):
        look, first = looks[place], shots.shots[place].start_frame
        if (number - first) % every == 0 or not look.frames:
            grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
            if before is not None and before[0] == place:
                look.moves.append((float(time - shots.shots[place].start), motion_between(before[1], grey)))
            look.frames.append(frame)
            before = (place, grey)
        if (number - first) % faces_every == 0:
            boxes = [box for track in in_shot.get(place, ()) if (box := track.at(number)) is not None]
            look.faces.append((len(boxes), max((box.height for box in boxes), default=0.0)))
    return looks


def _frames(film: Media, shots: Shots) -> Iterator[tuple[int, int, Fraction, NDArray[np.uint8]]]:
    """Frames that lie within shots: number, shot, time, and the picture at 160 × 90."""
    number, place = 0, 0
    for block in read_thumbnails(film.file.path, width_px=_WIDTH_PX, height_px=_HEIGHT_PX):
        current_run().progress(0.8 * min(float(block.times[-1] / (film.duration or 1)), 1.0), "looking")
        for time, frame in zip(block.times, block.frames, strict=True):
            while place < len(shots.shots) - 1 and number >= shots.shots[place + 1].start_frame:
                place += 1
            if shots.shots[place].start_frame <= number < shots.shots[place].end_frame:
                yield number, place, time, frame
            number += 1


@dataclass
class _Sound:
    """What is heard, ten times a second; empty without sound."""

    level_db: Floats
    speech: Floats
    tonal: Floats

    def between(self, start: float, end: float, words: int | None) -> dict[str, Any]:
        """The fields of a description that the sound decides."""
        first, last = int(start * 10), max(int(end * 10), int(start * 10) + 1)
        level = self.level_db[first:last]
        if not len(level):
            return {}
        power = 10 ** (level / 10)
        speech = self.speech[first:last]
        outside = power * (speech < 0.5)
        found: dict[str, Any] = {
            "loudness_db": round(float(10 * np.log10(power.mean() + 1e-12)), 2),
            "speech_share": round(float((speech >= 0.5).mean()), 4),
            "music_energy": round(float((outside * self.tonal[first:last]).sum() / (power.sum() + 1e-12)), 4),
        }
        spoken = float((speech >= 0.5).sum()) / 10
        if words is not None and spoken > 0.3:
            found["speech_rate"] = round(words / spoken, 3)
        return found


def _listen(film: Media) -> _Sound:
    if film.sound is None:
        return _Sound(np.zeros(0), np.zeros(0), np.zeros(0))
    samples = hear(film)
    hop = RATE // 10
    count = len(samples) // hop
    parts = samples[: count * hop].reshape(count, hop).astype(np.float64)
    level = 10 * np.log10((parts**2).mean(axis=1) + 1e-12)
    odds = speech_odds(samples)
    per = hop // HOP
    share = odds[: len(odds) // per * per].reshape(-1, per).mean(axis=1)
    speech = 1 / (1 + np.exp(-np.resize(share, count) if len(share) < count else -share[:count]))
    spectrum = np.abs(np.fft.rfft(parts * np.hanning(hop), axis=1))[:, 5:] ** 2 + 1e-12
    # Tones leave most bins empty: the flatter the spectrum, the less of a tone there is.
    flatness = np.exp(np.log(spectrum).mean(axis=1)) / spectrum.mean(axis=1)
    return _Sound(level, np.asarray(speech, np.float64), np.clip(1 - 4 * flatness, 0, 1))


def _against_each_other(
    rows: list[ShotDescription], looks: list[_Look], sound: _Sound, shots: Shots
) -> list[ShotDescription]:
    """Fields that compare a shot with the others: contrast to neighbours, novelty, mood, interest."""
    apart = hellinger_table([row.colours for row in rows])
    mean = apart.sum(axis=1) / max(len(rows) - 1, 1)
    novelty = np.argsort(np.argsort(mean)) / max(len(rows) - 1, 1)
    curves = [_interest(look, sound, span.start, span.end) for look, span in zip(looks, shots.shots, strict=True)]
    together = np.concatenate(curves)
    least, most = (float(value) for value in np.percentile(together, [5, 95]))
    loud = np.array([row.loudness_db if row.loudness_db is not None else -60.0 for row in rows])
    moved = np.array([row.camera_motion + row.subject_motion for row in rows])
    finished = []
    for place, row in enumerate(rows):
        near = [apart[place, other] for other in (place - 1, place + 1) if 0 <= other < len(rows)]
        lift = 0.5 * np.tanh(3 * moved[place]) + 0.3 * np.clip((loud[place] + 45) / 30, 0, 1) * (
            len(sound.level_db) > 0
        )
        arousal = -0.31 * row.brightness + 0.60 * row.saturation + lift
        changes = {
            "neighbour_contrast": round(float(np.mean(near)) if near else 0.0, 4),
            "novelty": round(float(novelty[place]), 4),
            "valence": round(float(np.clip(2 * (0.69 * row.brightness + 0.22 * row.saturation) - 0.9, -1, 1)), 4),
            "arousal": round(float(np.clip(2 * arousal - 0.6, -1, 1)), 4),
            "interest": tuple(
                round(float(np.clip((value - least) / max(most - least, 1e-9), 0, 1)), 4) for value in curves[place]
            ),
        }
        finished.append(row.model_copy(update=changes))
    return finished


def _interest(look: _Look, sound: _Sound, start: Fraction, end: Fraction) -> Floats:
    """How much happens in each half second: motion, faces, voices, loudness above the usual."""
    count = max(int(-(-(end - start) // _HALF)), 1)
    curve = np.zeros(count)
    for at, move in look.moves:
        place = min(int(at * 2), count - 1)
        speed = np.hypot(move.across, move.down) + 2 * move.subject * np.sqrt(move.moving_share)
        curve[place] = max(curve[place], np.tanh(4 * speed / look.step))
    if any(count for count, _ in look.faces):
        curve += 0.25
    if len(sound.level_db):
        usual = float(np.median(sound.level_db))
        for place in range(count):
            first = int((float(start) + place / 2) * 10)
            level, speech = sound.level_db[first : first + 5], sound.speech[first : first + 5]
            if len(level):
                curve[place] += 0.5 * np.clip((float(level.max()) - usual) / 18, 0, 1) + 0.3 * float(speech.mean())
    return curve
