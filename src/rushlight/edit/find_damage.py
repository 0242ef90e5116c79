"""The capability `find_damage`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Finding, Findings, Media
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import format_clock
from rushlight.media.damage import Damage, Parts, look_for_damage

__all__ = ["find_damage"]

# A frame or a packet less is not seen or heard.
_SHORTEST_SECONDS = Fraction(1, 20)


@capability(version=1, metrics=("lost_picture_seconds", "lost_sound_seconds"))
def find_damage(
    recording: Media,
    /,
    *,
    whole: Annotated[
        bool, Field(description="Decode every frame; otherwise sound and key frames, and all where these are damaged.")
    ] = True,
) -> Findings:
    """Find what of a recording is lost: stretches that cannot be decoded, and the end of a file that was cut short.

    Without `whole`, damage to a picture between key frames is seen only where the sound or a key frame is damaged too.
    A picture counts as lost up to the next key frame that can be decoded. Wrong bytes that a decoder does not notice
    are not found.

    Returns:
        `Findings` of kind `damage`, in order; `notes` say the same in words.

    Raises:
        InputError: a still picture.
        MediaError: nothing of it can be read.
    """
    if recording.is_still:
        raise InputError("This is a still picture.", path=recording.file.path, hint="Give a film or a sound.")
    run, length = current_run(), recording.duration or Fraction(1)

    def progress(at: Fraction) -> None:
        run.progress(min(float(at / length), 1.0), "reading")

    damage = look_for_damage(recording.file.path, whole=whole, on_progress=progress)
    if not whole and (damage.picture or damage.sound):
        damage = look_for_damage(recording.file.path, on_progress=progress)
    found = tuple(_findings(damage, recording))
    name = recording.file.path.name
    notes = tuple(f"{name}: {one.reason} ({format_clock(one.start)} to {format_clock(one.end)})." for one in found)
    for note in notes:
        run.note_weak(note)
    for kind, parts in (("picture", damage.picture), ("sound", damage.sound)):
        run.figure(f"lost_{kind}_seconds", float(sum((end - start for start, end in parts), Fraction(0))))
    return Findings(findings=found, duration=length, sound_sha256=recording.file.sha256, notes=notes)


def _findings(damage: Damage, recording: Media) -> Iterator[Finding]:
    for start, end in _united(damage.picture, damage.sound):
        end = min(end, recording.duration)
        if end - start < _SHORTEST_SECONDS:
            continue
        lost = [
            name
            for name, parts in (("picture", damage.picture), ("sound", damage.sound))
            if any(first < end and last > start for first, last in parts)
        ]
        what = " and ".join(lost)
        reason = f"{what} cannot be decoded for {float(end - start):.2f} s"
        if start >= damage.ends - _SHORTEST_SECONDS and end >= damage.stated - _SHORTEST_SECONDS:
            reason = f"the file was cut short: the last {float(end - start):.2f} s of {what} are not in it"
        yield Finding(kind="damage", start=start, end=end, confidence=1.0, reason=reason)


def _united(*parts: Parts) -> list[tuple[Fraction, Fraction]]:
    """Stretches in which anything is lost."""
    united = list[tuple[Fraction, Fraction]]()
    for start, end in sorted(part for some in parts for part in some):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], end)
        else:
            united.append((start, end))
    return united
