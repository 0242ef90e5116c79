"""The capability `cast_voices`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Cast, Part, Staging
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.staging.auditions import Audition, audition, candidates, hints_for, voice_distance
from rushlight.models.voice import load_voice

__all__ = ["cast_voices"]

_MOST_PARTS = 60


def _revision(parameters: object) -> str:
    names = {getattr(parameters, "narrator", ""), *getattr(parameters, "voices", {}).values()}
    return "; ".join(f"{name} {load_voice(name).revision}" for name in sorted(names))


@capability(version=1, metrics=("least_distance",), revision=_revision)
def cast_voices(
    staging: Staging,
    /,
    *,
    narrator: Annotated[str, Field(description="Voice of the narrator, such as espeak/en-gb.")] = "espeak/en-gb",
    voices: Annotated[dict[str, str], Field(description="Voices that a person chose, by character.")] = {},  # noqa: B006
) -> Cast:
    """Give every character a voice of their own, as unlike the others as can be had.

    Every candidate voice of the embedded engine reads the same sentence and is measured: median pitch, spectral
    centroid, and timbre as mel cepstrum. Characters choose in the order of how much they say; each takes the voice
    farthest from all taken before, among those that suit what the words tell of sex and age. Voices a person chose
    are taken as they are.

    Returns:
        A `Cast`, the narrator first, with what was measured; `least_distance` is that of the two voices most alike
        (1 is a bar at which two voices are told apart with ease: 4 semitones, or as much in timbre).

    Raises:
        InputError: more than 60 characters.
        ModelError: a voice is unknown or not installed.
    """
    lines = [line for shot in staging.shots for line in shot.lines]
    counts = {line.speaker: 0 for line in lines if line.speaker != "narrator"}
    for line in lines:
        if line.speaker in counts:
            counts[line.speaker] += len(line.text)
    if len(counts) > _MOST_PARTS:
        raise InputError(
            f"{len(counts)} characters speak.", hint="Make the film in parts, or give fewer of them words."
        )
    chosen = _chosen(voices, counts)
    taken: dict[str, tuple[Audition, str]] = {
        "narrator": (audition(chosen.pop("narrator", narrator), staging.language), "narrates")
    }
    for name, voice in chosen.items():
        taken[name] = (audition(voice, staging.language), "chosen by a person")
    free = [name for name in sorted(counts, key=lambda name: (-counts[name], name)) if name not in taken]
    pool = candidates(staging.language) if free else ()
    heard = {}
    for number, voice in enumerate(pool):
        current_run().progress(number / len(pool), "auditioning voices")
        heard[voice] = audition(voice, staging.language)
    texts = _texts(staging)
    for name in free:
        taken[name] = _choose(heard, taken, *hints_for(name, texts))
    return _measured(taken, [name for name in ("narrator", *counts) if name in taken])


def _chosen(voices: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, str]:
    """Voices by the names the screenplay uses, however a person wrote them."""
    known = {name.casefold(): name for name in (*counts, "narrator")}
    unknown = [name for name in voices if name.casefold() not in known]
    if unknown:
        current_run().note_weak(f"[voices] names {', '.join(unknown)}, who do not speak in this film.")
    return {known[name.casefold()]: voice for name, voice in voices.items() if name.casefold() in known}


def _texts(staging: Staging) -> str:
    return " ".join(
        [shot.action for shot in staging.shots] + [ln.manner for shot in staging.shots for ln in shot.lines]
    )


def _choose(
    heard: Mapping[str, Audition], taken: Mapping[str, tuple[Audition, str]], sex: str, age: str, why: str
) -> tuple[Audition, str]:
    def fits(voice: Audition) -> float:
        cost = 0.0
        if sex and (sex == "woman") != (voice.pitch_hz > 165):
            cost -= 2.0
        if age == "old" and voice.pitch_hz > 210:
            cost -= 0.3
        if age == "child" and voice.pitch_hz < 220:
            cost -= 1.2
        return cost

    used = [item[0] for item in taken.values()]
    ranked = sorted(
        heard.values(),
        key=lambda voice: (
            -(min(min(voice_distance(voice, o) for o in used), 1.6) + fits(voice)),
            voice.strain,
            voice.name,
        ),
    )
    best = ranked[0]
    return best, f"{why}; farthest from the other voices" if why else "farthest from the other voices"


def _measured(taken: Mapping[str, tuple[Audition, str]], order: list[str]) -> Cast:
    parts = []
    for name in order:
        voice, why = taken[name]
        others = [(voice_distance(voice, taken[other][0]), other) for other in order if other != name]
        distance, nearest = min(others) if others else (0.0, "")
        parts.append(
            Part(
                character=name, voice=voice.name, reason=why, pitch_hz=round(voice.pitch_hz, 1),
                centroid_hz=round(voice.centroid_hz, 0), nearest=nearest, distance=round(distance, 3),
            )
        )  # fmt: skip
    least = min((part.distance for part in parts if part.nearest), default=0.0)
    current_run().figure("least_distance", least)
    if len(parts) > 1 and least < 1:
        pair = min((part for part in parts if part.nearest), key=lambda part: part.distance)
        current_run().note_weak(
            f"{pair.character} and {pair.nearest} have voices that are hard to tell apart ({least:.2f}); "
            "choose others under [voices] in rushlight.toml."
        )
    return Cast(parts=tuple(parts), least_distance=least)
