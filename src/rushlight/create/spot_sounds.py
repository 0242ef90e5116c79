"""The capability `spot_sounds`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Media, Narration, Shot, SoundCue, SoundCues, StagedScene, Staging
from rushlight.artifacts.staging import ShotTimes
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.create.staging.times import shot_times
from rushlight.timeline.effects import LIBRARY, sounds_in

__all__ = ["spot_sounds"]

_CROSSFADE = Fraction(3, 5)
_MOST_BEDS = 3
# The tone of a place where nothing else is heard.
_ROOM_DB, _OWN_DB = -30.0, -10.0


@capability(version=1, metrics=("cues", "own_sounds"))
def spot_sounds(
    staging: Staging,
    narration: Narration,
    sounds: tuple[Media, ...] = (),
    /,
    *,
    match_words: Annotated[int, Field(ge=1, le=5, description="Words that a person's own sound must share.")] = 1,
) -> SoundCues:
    """Find where a screenplay asks for sounds: in action, headings, manners of speaking and transitions.

    Every scene gets the tone of its place (a room, the open air, a street, the sea), its weather, and what its words
    keep sounding, such as a ticking clock; single events are placed where their words stand in the shot. Sounds of
    the person's own that share words with the need are taken first; the rest is synthesised.

    Returns:
        The cues in order of time, each with its level under speech, its place from left to right, its fades, the
        words that ask for it, and where it comes from under which licence.
    """
    times = shot_times(staging, narration)
    cues: list[SoundCue] = []
    for scene in staging.scenes:
        places = [number for number, shot in enumerate(staging.shots) if shot.scene == scene.index]
        if not places:
            continue
        shots, whens = [staging.shots[n] for n in places], [times[n] for n in places]
        cues += _beds(scene, shots, whens, narration)
        cues += _spots(scene, shots, whens)
    cues += _transitions(staging, times)
    found = [_own(cue, sounds, match_words) for cue in cues]
    run = current_run()
    run.figure("cues", len(found))
    run.figure("own_sounds", sum(cue.file is not None for cue in found))
    return SoundCues(
        duration=narration.duration, cues=tuple(sorted(found, key=lambda cue: (cue.start, cue.kind, cue.sound)))
    )


def _beds(
    scene: StagedScene, shots: Sequence[Shot], times: Sequence[ShotTimes], narration: Narration
) -> list[SoundCue]:
    """What lies under a whole scene, from where its words first tell of it."""
    start, end = times[0].start, times[-1].end
    inside = scene.setting.startswith("INT")
    wanted: dict[str, tuple[Fraction, str, float]] = {}

    def want(name: str, at: Fraction, why: str, change_db: float = 0.0) -> None:
        if name not in wanted:
            wanted[name] = (at, why, LIBRARY[name].level_db + change_db)

    heading = f"{scene.title}"
    if scene.weather in ("rain", "storm"):
        want("rain_on_window" if inside else "rain", start, f"the weather: {scene.weather}")
    if scene.weather in ("wind", "storm") and not inside:
        want("wind", start, f"the weather: {scene.weather}")
    if scene.weather == "snow" and not inside:
        want("snow", start, "the weather: snow")
    in_car = inside and re.search(r"\bcar\b|taxi|truck|van\b|bus\b", heading, re.IGNORECASE)
    if in_car:
        want("car_inside", start, heading)
    for _, name, words in sounds_in(heading):
        if LIBRARY[name].kind == "bed" and name not in ("engine", "rain", "wind") and not (inside and name == "sea"):
            want(name, start, words if words.lower() in heading.lower() else heading, -8.0 if inside else 0.0)
    for shot, when in zip(shots, times, strict=True):
        for share, name, words in sounds_in(shot.action):
            if LIBRARY[name].kind == "bed":
                name = "rain_on_window" if name == "rain" and inside else name
                name = "city" if name == "engine" and in_car else name
                muffled = inside and name in ("wind", "sea", "engine", "train", "birds", "gulls", "siren", "city")
                at = (
                    start
                    if shot is shots[0]
                    else when.start + (when.end - when.start) * Fraction(round(share * 100), 100)
                )
                want(name, at, words, -8.0 if muffled else 0.0)
    if not inside and scene.time_of_day == "night" and scene.weather == "clear":
        want("crickets", start, "a clear night outside")
    if not inside and scene.time_of_day in ("day", "dawn") and scene.weather == "clear" and not wanted:
        want("birds", start, f"{scene.time_of_day} outside")
    kept = sorted(wanted.items(), key=lambda item: -item[1][2])[:_MOST_BEDS]
    kept.append(("room" if inside else "outdoors", (start, "the tone of the place", _ROOM_DB if inside else -26.0)))
    cues = []
    for number, (name, (at, why, level)) in enumerate(kept):
        # Beds of neighbouring scenes overlap, so that one passes into the other.
        first, last = max(at - _CROSSFADE / 2, Fraction(0)), min(end + _CROSSFADE / 2, narration.duration)
        if last - first > Fraction(1, 2):
            cues.append(
                SoundCue(
                    start=first, end=last, sound=name, kind="bed", scene=scene.index, why=why, level_db=level,
                    pan=(0.0, -0.25, 0.25, 0.0)[number % 4], fade_in_seconds=float(_CROSSFADE),
                    fade_out_seconds=float(_CROSSFADE),
                )
            )  # fmt: skip
    return cues


def _spots(scene: StagedScene, shots: Sequence[Shot], times: Sequence[ShotTimes]) -> list[SoundCue]:
    """Single events: where their words stand in the time of the shot."""
    cues: list[SoundCue] = []
    inside = scene.setting.startswith("INT")
    end = times[-1].end
    for shot, when in zip(shots, times, strict=True):
        texts = [(shot.action, when.start, when.end)]
        texts += [(line.manner, at, at) for line, at in zip(shot.lines, when.lines, strict=True) if line.manner]
        for text, start, until in texts:
            for share, name, words in sounds_in(text):
                sound = LIBRARY[name]
                # An engine runs as well; only people take steps.
                if sound.kind != "spot" or (name in ("footsteps", "running_steps") and not shot.figures):
                    continue
                at = start + (until - start) * Fraction(round(share * 800), 1000)
                if any(cue.sound == name and at - cue.start < 4 for cue in cues):
                    continue
                muffled = inside and name in ("thunder", "car_pass", "horn", "dog", "brakes")
                far = re.search(r"far|distan|away", text, re.IGNORECASE)
                cues.append(
                    SoundCue(
                        start=at, end=min(at + Fraction(str(sound.seconds)), end + 2), sound=name, kind="spot",
                        scene=scene.index, why=words, level_db=sound.level_db - (6 if muffled or far else 0),
                        pan=_pan(shot, text),
                    )
                )  # fmt: skip
    return cues


def _pan(shot: Shot, text: str) -> float:
    """Where in the picture the one who acts stands."""
    for figure in shot.figures:
        if figure.name.casefold() in text.casefold():
            return round((figure.across - 0.5) * 0.8, 2)
    return 0.0


def _transitions(staging: Staging, times: Sequence[ShotTimes]) -> list[SoundCue]:
    """Air that rushes by where a scene of another force begins by a hard cut."""
    cues: list[SoundCue] = []
    for (before, shot), when in zip(zip(staging.shots, staging.shots[1:], strict=False), times[1:], strict=False):
        if before.scene == shot.scene or shot.enter != "cut":
            continue
        rise = staging.scenes[shot.scene].arousal - staging.scenes[before.scene].arousal
        if rise > 0.25:
            start = max(when.start - Fraction(3, 5), Fraction(0))
            cues.append(
                SoundCue(
                    start=start, end=start + Fraction(11, 10), sound="whoosh", kind="transition", scene=shot.scene,
                    why="a sudden change of scene", level_db=LIBRARY["whoosh"].level_db,
                )
            )  # fmt: skip
    return cues


_PLAIN = frozenset("the a an of in on at and with into sound effect wav mp3 fx sfx long short loop near far".split())


def _own(cue: SoundCue, sounds: Sequence[Media], least: int) -> SoundCue:
    """The cue with the person's own sound, when one shares enough words with it."""
    need = _words(f"{cue.sound.replace('_', ' ')} {cue.why}")
    best: tuple[int, Media] | None = None
    for media in sounds:
        shared = len(need & _words(f"{media.file.path.stem} {media.description}"))
        if media.sound is not None and media.duration > 0 and shared >= least and (best is None or shared > best[0]):
            best = (shared, media)
    if best is None:
        return cue
    end = cue.end if cue.kind == "bed" else cue.start + best[1].duration
    return cue.model_copy(
        update={
            "file": best[1].file, "end": end, "source": best[1].file.path.name, "licence": _licence(best[1]),
            "level_db": max(cue.level_db, _OWN_DB) if cue.kind == "spot" else cue.level_db,
        }
    )  # fmt: skip


def _words(text: str) -> set[str]:
    found = re.findall(r"[^\W\d_]+", text.lower())
    return {word[:-1] if word.endswith("s") and len(word) > 3 else word for word in found} - _PLAIN


def _licence(media: Media) -> str:
    """What the text beside a sound says of its licence."""
    match = re.search(r"licen[cs]e\s*[:=]?\s*([^\n;,.]{2,60})", media.description, re.IGNORECASE)
    return match[1].strip() if match else "the person's own file"
