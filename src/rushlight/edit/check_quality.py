"""The capability `check_quality`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from importlib.resources import files
from typing import Annotated

import jinja2
from PIL import Image
from pydantic import Field

from rushlight.artifacts import Captions, Media, Shots
from rushlight.artifacts.faults import Fault, Faults
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.edit.check_lipsync import measure_offset
from rushlight.edit.detect_shots import find_shots
from rushlight.edit.faults.captions import spot_caption_faults
from rushlight.edit.faults.lost_frames import LostFrames
from rushlight.edit.faults.picture import PictureMeasures, measure_picture, spot_picture_faults
from rushlight.edit.faults.sound import spot_sound_faults
from rushlight.edit.faults.spans import Spotted
from rushlight.media.colour import i420_to_rgb
from rushlight.media.decode import VideoReader
from rushlight.media.sound import read_sound
from rushlight.media.thumbnails import read_thumbnails

__all__ = ["check_quality"]

_WIDTH_PX, _HEIGHT_PX = 320, 180
_SOUND_RATE = 48_000
# Frames a second beyond which lost ones are looked for in steps.
_USUAL_RATE = 30
# More pictures than this nobody looks through; the list goes on without, and says so.
_MOST_PICTURES = 200
# What is said of a film as a whole.
_WHOLE = ("loudness", "offset")
_ORDER = {"error": 0, "warning": 1, "note": 2}


@capability(version=1, metrics=("errors", "warnings", "notes"))
def check_quality(
    film: Media,
    shots: Shots | None = None,
    captions: Captions | None = None,
    /,
    *,
    loudness_lufs: Annotated[float, Field(ge=-40, le=-5, description="Loudness that is wanted.")] = -16.0,
    peak_dbtp: Annotated[float, Field(ge=-20, le=3, description="Highest true peak allowed.")] = -1.0,
    pictures: Annotated[bool, Field(description="Keep a picture of each place, and write a page.")] = True,
) -> Faults:
    """Find what is wrong with a film: black, frozen, blurred or blown-out pictures, lost frames, dangerous flashing,
    silence, clipping, hum, phase, loudness, sound out of sync, captions too fast to read.

    Args:
        film: what to check; picture, sound or both.
        shots: its shots, when they are known; else they are found on the way.
        captions: its captions, to check them as well.

    Returns:
        `Faults` with times, severities, pictures of the places and what would mend them, and a page of the same.

    Raises:
        InputError: a still picture.
        MediaError: a file of which nothing decodes.
    """
    if film.is_still:
        raise InputError("A still picture is not checked.", path=film.file.path, hint="Give a film or a recording.")
    found: list[tuple[Fraction, Fraction, Spotted]] = []
    notes: list[str] = []
    if film.video is not None:
        found += _seen(film, shots)
    else:
        notes.append("There is no picture, so only the sound was checked.")
    if film.sound is not None:
        samples = read_sound(film.file.path, sample_rate=_SOUND_RATE)
        for one in spot_sound_faults(samples, _SOUND_RATE, loudness_lufs=loudness_lufs, peak_dbtp=peak_dbtp):
            found.append((_exact(one.first), min(_exact(one.end), film.duration), one))
        found += _late(film, notes)
    else:
        notes.append("There is no sound, so only the picture was checked.")
    if captions is not None:
        for one in spot_caption_faults(captions):
            found.append((_exact(one.first), _exact(one.end), one))
    found.sort(key=lambda item: (item[0], _ORDER[item[2].severity], item[2].kind))
    return _reported(film, found, notes, pictures)


def _exact(seconds: float) -> Fraction:
    return Fraction(max(round(seconds * 1000), 0), 1000)


def _seen(film: Media, shots: Shots | None) -> list[tuple[Fraction, Fraction, Spotted]]:
    assert film.video is not None
    shots = shots or find_shots(film)
    measures = PictureMeasures(lost=LostFrames(every=max(round(float(film.video.rate) / _USUAL_RATE), 1)))
    blocks = read_thumbnails(film.file.path, width_px=_WIDTH_PX, height_px=_HEIGHT_PX)
    for time in measure_picture(blocks, measures):
        current_run().progress(min(float(time / (film.duration or 1)), 1.0), "looking")
    cuts = [(one.start_frame, one.end_frame) for one in shots.transitions]
    times = [*measures.times, max(film.duration, measures.times[-1])]
    found = []
    for one in spot_picture_faults(measures, cuts, float(film.video.rate)):
        first, end = int(one.first), min(int(one.end), len(times) - 1)
        found.append((times[first], times[end], one))
    return found


def _late(film: Media, notes: list[str]) -> list[tuple[Fraction, Fraction, Spotted]]:
    """Sound that is late or early, when it can be told."""
    if film.video is None:
        return []
    told = measure_offset(film)
    offset, sure = told.offset, told.confidence
    if offset is None:
        notes.append(f"Whether sound and picture are in step was not told: {told.reason}.")
        return []
    # EBU R 37: sound may be 40 ms early or 60 ms late.
    if -Fraction(40, 1000) <= offset <= Fraction(60, 1000):
        return []
    way = "late" if offset > 0 else "early"
    reason = f"the sound is {abs(float(offset)) * 1000:.0f} ms {way} ({sure:.0%} sure)"
    repair = f"move the sound by {-float(offset) * 1000:+.0f} ms (repair-offset)"
    return [(Fraction(0), film.duration, Spotted("offset", 0, float(film.duration), "error", reason, repair))]


def _reported(film: Media, found: list[tuple[Fraction, Fraction, Spotted]], notes: list[str], pictures: bool) -> Faults:
    frames = _pictures(film, [(start + end) / 2 for start, end, _ in found]) if pictures and film.video else {}
    if pictures and film.video and len(found) > _MOST_PICTURES:
        notes.append(f"Pictures are kept of the first {_MOST_PICTURES} places.")
    faults = tuple(
        Fault(
            kind=one.kind,  # type: ignore[arg-type]
            start=start,
            end=max(end, start),
            severity=one.severity,  # type: ignore[arg-type]
            reason=one.reason,
            repair=one.repair,
            picture=frames.get(number),
        )
        for number, (start, end, one) in enumerate(found)
    )
    for name, severity in (("errors", "error"), ("warnings", "warning"), ("notes", "note")):
        current_run().figure(name, float(sum(fault.severity == severity for fault in faults)))
    report = Faults(faults=faults, duration=film.duration, film_sha256=film.file.sha256, notes=tuple(notes))
    if not pictures:
        return report
    path = current_run().new_file("quality.html")
    path.write_text(_page(film, report), encoding="utf-8")
    return report.model_copy(update={"page": FileRef.of(path)})


def _pictures(film: Media, times: Iterable[Fraction]) -> dict[int, FileRef]:
    """A JPEG of the film at each time; a place that cannot be read has none."""
    assert film.video is not None
    wide, high = film.video.display_width_px, film.video.display_height_px
    scale = min(360 / max(wide, 1), 240 / max(high, 1), 1.0)
    size = max(round(wide * scale / 2) * 2, 2), max(round(high * scale / 2) * 2, 2)
    kept = {}
    with VideoReader(film.file.path, width_px=size[0], height_px=size[1], rate=film.video.rate) as reader:
        for number, time in enumerate(times):
            if number >= _MOST_PICTURES:
                break
            path = current_run().new_file(f"fault-{number + 1:03d}.jpg")
            Image.fromarray(i420_to_rgb(reader.frame_at(time))).save(path, quality=85)
            kept[number] = FileRef.of(path)
    return kept


def _page(film: Media, report: Faults) -> str:
    import base64

    loader = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = loader.from_string(files("rushlight.edit").joinpath("pages", "quality.html").read_text("utf-8"))
    total = float(report.duration) or 1.0
    rows = [
        {
            "number": number,
            "at": _clock(one.start),
            "whole": one.kind in _WHOLE or (one.kind == "silent" and float(one.end - one.start) > 0.98 * total),
            "seconds": float(one.end - one.start),
            "left": 100 * float(one.start) / total,
            "wide": max(100 * float(one.end - one.start) / total, 0.35),
            "picture": base64.b64encode(one.picture.path.read_bytes()).decode() if one.picture else "",
            **one.model_dump(include={"kind", "severity", "reason", "repair"}),
        }
        for number, one in enumerate(report.faults, 1)
    ]
    counts = {severity: sum(one.severity == severity for one in report.faults) for severity in _ORDER}
    return template.render(
        title=film.file.path.name, rows=rows, counts=counts, notes=report.notes, length=_clock(report.duration)
    )


def _clock(seconds: Fraction) -> str:
    """A time as people read it: 1:02.5, 1:00:02.5."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{head}:{rest // 10:02}.{rest % 10}"
