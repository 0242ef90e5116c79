"""Who speaks how: the phrase for a move, chosen to fit a voice or a measured tone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from rushlight.artifacts.outline import Role
from rushlight.artifacts.tone import ToneProfile
from rushlight.create.storytellers.grammar.expand import expand, pick, sentence
from rushlight.create.storytellers.grammar.phrases import HABITS, PHRASES, VOICES, phrases_for
from rushlight.create.tone import read_tone, to_tone

__all__ = ["Speaker", "in_tone", "say", "speakers_of"]

_MANNERS = {
    "warn": ("smiling", "quietly"),
    "tell_secret": ("quietly", "after a pause"),
    "mutter": ("to nobody", "under the breath"),
    "react_secret": ("barely aloud",),
    "silence": ("softly",),
    "bad_news": ("out of breath",),
    "found": ("whispering",),
    "break_off": ("without turning round",),
}
# How many wordings are tried to find one that was not used, or that fits a tone.
_TRIES = 16


@dataclass(frozen=True)
class Speaker:
    """How somebody speaks: by one of the built-in voices, or to a tone that was measured."""

    voice: str
    tone: ToneProfile | None = None

    def manner(self, move: str, random: Random) -> str:
        """A parenthetical, now and then, where the way a thing is said matters."""
        manners = _MANNERS.get(move, ())
        return pick(manners, random) if manners and random.random() < 0.5 else ""


def speakers_of(roles: Mapping[str, Role], tone: str) -> dict[str, Speaker]:
    """How everyone speaks: as the role says, unless a tone is asked for (a voice's name, or a measured `Tone`)."""
    measured = read_tone(tone)
    named = tone.strip().lower() if tone.strip().lower() in VOICES else ""
    speakers = {}
    for place, (part, role) in enumerate(roles.items()):
        habits = (voice for voice, habit in HABITS.items() if habit == role.voice or voice in role.voice.lower())
        own = next(habits, "plain")
        profile = None
        if measured is not None and measured.profiles:
            # The characters who speak most are the models for those that speak most here, by order of parts.
            profile = next((p for p in measured.profiles if p.character == role.name.upper()), None)
            profile = profile or measured.profiles[place % len(measured.profiles)]
        speakers[part] = Speaker(named or own, profile)
    return speakers


def say(move: str, speaker: Speaker, slots: Mapping[str, str], used: set[str], random: Random) -> str:
    """A line for a move: one that was not said yet if there is one, and the nearest to the tone if one is asked for."""
    if speaker.tone is None:
        bank = phrases_for(move, speaker.voice)
        for _ in range(_TRIES):
            line = _worded(pick(bank, random), slots, random)
            if line not in used:
                return line
            bank = (*bank, *PHRASES[move]["plain"])
        return line
    everything = [phrase for phrases in PHRASES[move].values() for phrase in phrases]
    lines = [_worded(pick(everything, random), slots, random) for _ in range(_TRIES)]
    fresh = [line for line in lines if line not in used] or lines
    return to_tone(list(dict.fromkeys(fresh)), speaker.tone, random)


def in_tone(line: str, speaker: Speaker, random: Random) -> str:
    """A line as it is, or the variant of it that is nearest to the speaker's tone."""
    line = sentence(line)
    return line if speaker.tone is None else to_tone([line], speaker.tone, random)


def _worded(phrase: str, slots: Mapping[str, str], random: Random) -> str:
    text = expand(phrase, slots, random)
    parts = []
    for part in text.split(". "):
        parts.append(part[:1].upper() + part[1:])
    return sentence(". ".join(parts))
