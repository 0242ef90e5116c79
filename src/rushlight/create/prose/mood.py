"""Mood of words: a small lexicon of valence (sad to glad) and arousal (calm to stirring)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rushlight.artifacts import Beat

__all__ = ["mood_of", "with_steady_moods"]

# Stem: (valence -1…1, arousal 0…1). A stem matches every word that begins with it.
_STEMS: dict[str, tuple[float, float]] = {
    "kill": (-0.9, 0.8), "dead": (-0.8, 0.4), "death": (-0.9, 0.5), "died": (-0.8, 0.4), "drown": (-0.9, 0.7),
    "war": (-0.7, 0.8), "wars": (-0.7, 0.8), "bomb": (-0.8, 0.9), "attack": (-0.7, 0.9), "wreck": (-0.7, 0.7),
    "storm": (-0.4, 0.9), "danger": (-0.6, 0.8), "fatal": (-0.9, 0.6), "disaster": (-0.9, 0.8), "crash": (-0.8, 0.9),
    "fire": (-0.3, 0.8), "burn": (-0.4, 0.7), "destroy": (-0.8, 0.8), "collapse": (-0.7, 0.7), "crisis": (-0.7, 0.7),
    "fear": (-0.7, 0.7), "lost": (-0.5, 0.4), "loss": (-0.5, 0.4), "fail": (-0.5, 0.4), "ruin": (-0.6, 0.4),
    "poor": (-0.4, 0.2), "poverty": (-0.6, 0.3), "hunger": (-0.7, 0.4), "disease": (-0.7, 0.4), "suffer": (-0.7, 0.5),
    "decline": (-0.4, 0.2), "abandon": (-0.6, 0.2), "empty": (-0.4, 0.1), "alone": (-0.4, 0.1), "lonel": (-0.5, 0.1),
    "dark": (-0.3, 0.2), "grief": (-0.8, 0.3), "mourn": (-0.8, 0.2), "sad": (-0.7, 0.2), "bleak": (-0.6, 0.2),
    "protest": (-0.3, 0.8), "fight": (-0.3, 0.9), "battle": (-0.4, 0.9), "injur": (-0.7, 0.6),
    "victim": (-0.8, 0.5), "closed": (-0.3, 0.2),
    "vanish": (-0.3, 0.4), "accident": (-0.6, 0.6), "extinct": (-0.8, 0.4),
    "debt": (-0.4, 0.3),
    "success": (0.7, 0.5), "win": (0.7, 0.7), "won": (0.7, 0.7), "victor": (0.7, 0.8), "triumph": (0.8, 0.8),
    "celebrat": (0.8, 0.8), "joy": (0.9, 0.7), "happy": (0.8, 0.5), "love": (0.8, 0.5), "hope": (0.6, 0.4),
    "peace": (0.7, 0.1), "beaut": (0.7, 0.3), "wonder": (0.7, 0.5), "bright": (0.5, 0.4), "light": (0.2, 0.3),
    "save": (0.5, 0.5), "rescue": (0.5, 0.8), "safe": (0.5, 0.2), "protect": (0.4, 0.3), "heal": (0.5, 0.3),
    "grow": (0.4, 0.4), "grew": (0.4, 0.4), "rise": (0.3, 0.4), "rose": (0.3, 0.4), "gain": (0.4, 0.4),
    "improve": (0.5, 0.4), "advance": (0.4, 0.4), "invent": (0.5, 0.5), "discover": (0.5, 0.6), "new": (0.2, 0.3),
    "free": (0.5, 0.4), "friend": (0.6, 0.3), "famous": (0.4, 0.4), "proud": (0.6, 0.5), "brillian": (0.7, 0.6),
    "calm": (0.4, 0.0), "quiet": (0.2, 0.0), "gentle": (0.4, 0.1), "slow": (0.0, 0.1), "sleep": (0.2, 0.0),
    "silen": (0.0, 0.0), "still": (0.1, 0.1), "rest": (0.2, 0.1), "night": (-0.1, 0.2), "morning": (0.2, 0.2),
    "race": (0.2, 0.9), "fast": (0.2, 0.7), "speed": (0.2, 0.7), "sudden": (0.0, 0.8), "explo": (-0.2, 0.9),
    "dramatic": (0.0, 0.8), "huge": (0.2, 0.6), "record": (0.2, 0.6), "never": (-0.1, 0.4), "first": (0.2, 0.4),
    "return": (0.3, 0.3), "reopen": (0.5, 0.4), "revive": (0.5, 0.5), "welcome": (0.6, 0.4), "popular": (0.4, 0.4),
}  # fmt: skip
_NEUTRAL = (0.0, 0.3)


def mood_of(text: str) -> tuple[float, float]:
    """Valence (-1 to 1) and arousal (0 to 1) of a text; neutral when it has no telling words."""
    found = []
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        for length in range(len(word), 2, -1):
            mood = _STEMS.get(word[:length])
            if mood is not None and (length >= 4 or length == len(word)):
                found.append(mood)
                break
    if not found:
        return _NEUTRAL
    # One telling word in a long text says little: shrink towards neutral.
    weight = len(found) / (len(found) + 1.5)
    valence = sum(mood[0] for mood in found) / len(found) * weight
    arousal = sum(mood[1] for mood in found) / len(found) * weight + _NEUTRAL[1] * (1 - weight)
    return round(max(-1.0, min(valence, 1.0)), 3), round(max(0.0, min(arousal, 1.0)), 3)


def with_steady_moods(beats: Iterable[Beat]) -> tuple[Beat, ...]:
    """The beats with moods from their words, each drawn towards the mood before, so that moods change slowly."""
    result: list[Beat] = []
    for beat in beats:
        valence, arousal = mood_of(" ".join(line.text for line in beat.lines))
        if result:
            valence = round(0.55 * valence + 0.45 * result[-1].valence, 3)
            arousal = round(0.55 * arousal + 0.45 * result[-1].arousal, 3)
        result.append(beat.model_copy(update={"valence": valence, "arousal": arousal}))
    return tuple(result)
