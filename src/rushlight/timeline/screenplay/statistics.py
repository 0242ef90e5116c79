"""Counting a screenplay: words, speeches, lengths, meetings."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Literal

from rushlight.artifacts.screenplay import Scene, Screenplay, plain_text
from rushlight.artifacts.screenplay_statistics import (
    CharacterStatistics,
    Meeting,
    SceneStatistics,
    ScreenplayStatistics,
)
from rushlight.timeline.screenplay.pages import Pages, lay_out

__all__ = ["measure"]

Light = Literal["day", "night", "twilight", ""]

_DAY = (
    "day morning noon midday afternoon tag morgen mittag nachmittag jour matin midi journée día mañana tarde giorno "
    "mattina dia manhã dag ochtend день утро"
)
_NIGHT = "night midnight evening nacht abend mitternacht nuit soir minuit noche notte sera noite avond natt ночь вечер"
_TWILIGHT = "dawn dusk sunrise sunset twilight dämmerung aube crépuscule alba tramonto amanecer atardecer рассвет"
_LIGHTS: dict[str, Light] = {
    **dict.fromkeys(_DAY.split(), "day"),
    **dict.fromkeys(_NIGHT.split(), "night"),
    **dict.fromkeys(_TWILIGHT.split(), "twilight"),
}
_AS_BEFORE = re.compile(r"\b(continuous|later|same|moments?|resume)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ACTION_WORDS_A_MINUTE = 450.0
"""A page of action holds about so many and is about one minute."""


def measure(screenplay: Screenplay, *, words_a_minute: float = 150.0) -> ScreenplayStatistics:
    """Count a screenplay.

    Args:
        screenplay: what is counted; notes, boneyards, sections and synopses are not.
        words_a_minute: how fast dialogue is spoken.
    """
    pages = lay_out(screenplay)
    names = screenplay.characters()
    lengths = _eighths(screenplay, pages)
    light: Light = ""
    scenes: list[SceneStatistics] = []
    spoken: Counter[str] = Counter()
    speeches: Counter[str] = Counter()
    appears: Counter[str] = Counter()
    for scene in screenplay.scenes():
        light = _light(scene.heading.time_of_day, light)
        heard: set[str] = set()
        for speech in scene.speeches():
            spoken[speech.character] += sum(_words(part.text) for part in speech.parts if part.kind != "parenthetical")
            speeches[speech.character] += 1
            heard.add(speech.character)
        seen = _seen(scene, names)
        appears.update(heard | set(seen))
        scenes.append(_scene(scene, light, lengths.get(scene.index, 1), seen))
    total = sum(spoken.values())
    meetings = Counter(pair for scene in scenes for pair in combinations(scene.characters, 2))
    counted = [scene for scene in scenes if scene.index]
    words = sum(scene.words for scene in scenes)
    return ScreenplayStatistics(
        title=screenplay.title,
        pages=round(pages.length_pages, 3),
        minutes=round(total / words_a_minute + (words - total) / _ACTION_WORDS_A_MINUTE, 2),
        words=words,
        dialogue_words=total,
        speeches=sum(speeches.values()),
        settings=dict(sorted(Counter(scene.setting for scene in counted).items())),
        lights=dict(sorted(Counter(scene.light for scene in counted).items())),
        scenes=tuple(scenes),
        characters=tuple(
            CharacterStatistics(
                name=name,
                speeches=speeches[name],
                words=spoken[name],
                dialogue_share=round(spoken[name] / total, 4) if total else 0.0,
                scenes=appears[name],
            )
            for name in sorted(names, key=lambda name: (-spoken[name], name))
        ),
        meetings=tuple(
            Meeting(first=first, second=second, scenes=count)
            for (first, second), count in sorted(meetings.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def _words(text: str) -> int:
    return len(_WORD.findall(plain_text(text)))


def _light(said: str, before: Light) -> Light:
    for word in re.findall(r"\w+", said.lower()):
        if word in _LIGHTS:
            return _LIGHTS[word]
    return before if _AS_BEFORE.search(said) else ""


def _seen(scene: Scene, names: tuple[str, ...]) -> tuple[str, ...]:
    seen = {
        speech.character
        for speech in scene.speeches()
        if not any(extension.replace(".", "").strip() in ("VO", "OS", "OC") for extension in speech.extensions)
    }
    action = " ".join(plain_text(element.text) for element in scene.elements if element.kind == "action")
    said = set(_WORD.findall(action))
    for name in set(names) - seen:
        first, *rest = name.split() or [""]
        # A name of several words is looked for as a whole, which most scenes do not come to.
        likely = first in said or first.title() in said
        if likely and (not rest or _names(name, action)):
            seen.add(name)
    return tuple(sorted(seen))


def _names(name: str, action: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(name.title())})(?!\w)", action))


def _scene(scene: Scene, light: Light, eighths: int, seen: tuple[str, ...]) -> SceneStatistics:
    printed = ("action", "dialogue", "lyrics", "centered")
    return SceneStatistics(
        index=scene.index,
        number=scene.number,
        title=plain_text(scene.title),
        setting=scene.heading.setting,
        place=scene.heading.place,
        light=light,
        eighths=eighths,
        words=sum(_words(element.text) for element in scene.elements if element.kind in printed),
        speeches=len(scene.speeches()),
        characters=seen,
    )


def _eighths(screenplay: Screenplay, pages: Pages) -> dict[int, int]:
    """For each scene, from its first row to the next one's, in eighths of a page."""
    first: dict[int, int] = {}
    for row in pages.rows:
        if row.page and row.element >= 0:
            place = (row.page - 1) * pages.paper.rows + row.row
            first[row.element] = min(first.get(row.element, place), place)
    starts = []
    for scene in screenplay.scenes():
        places = [first[at] for at in range(scene.first, scene.body + len(scene.elements)) if at in first]
        if places:
            starts.append((scene.index, min(places)))
    end = max(pages.count - 1, 0) * pages.paper.rows + pages.last_row + 1
    ends = [*(place for _, place in starts[1:]), end]
    return {
        index: max(round((until - start) * 8 / pages.paper.rows), 1)
        for (index, start), until in zip(starts, ends, strict=False)
    }
