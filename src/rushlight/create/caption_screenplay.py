"""The capability `caption_screenplay`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from rushlight.artifacts import Captions, Cue, Narration, NarrationLine, Staging, Word
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Rate
from rushlight.create.staging.times import shot_times
from rushlight.models.reading import caption_text
from rushlight.timeline.captioning import CaptionRules, break_lines, caption_words, find_breaches

__all__ = ["caption_screenplay"]


@capability(version=1, metrics=("breaches", "spoken_lines", "captioned_lines"))
def caption_screenplay(
    staging: Staging,
    narration: Narration,
    /,
    *,
    rate: Annotated[Rate, Field(description="Frame rate of the film, for the gap between captions.")] = Fraction(25),
    characters_a_line: Annotated[int, Field(ge=12, le=60, description="Longest line.")] = 42,
    characters_a_second: Annotated[float, Field(ge=8, le=40, description="Fastest reading speed.")] = 20.0,
    show_actions: Annotated[bool, Field(description="Whether action is captioned, in square brackets.")] = True,
) -> Captions:
    """Caption every spoken line, with its speaker's name where the speaker changes, and every action in brackets.

    What two people say at once shares one caption, a line for each. Each caption of speech starts when its first word
    is heard.

    Returns:
        Captions in order, none overlapping. Figures: `breaches` of the caption rules, `spoken_lines`, and
        `captioned_lines`, how many of those are shown with all their words.
    """
    rules = CaptionRules(
        characters_a_line=characters_a_line, characters_a_second=Fraction(str(characters_a_second)), rate=rate
    )
    by_shot: dict[str, list[NarrationLine]] = {}
    for line in narration.lines:
        by_shot.setdefault(line.beat_id, []).append(line)
    groups: list[tuple[str, list[Word]]] = []
    joined: list[tuple[int, NarrationLine, NarrationLine]] = []
    speaker = ""
    for shot, times in zip(staging.shots, shot_times(staging, narration), strict=True):
        spoken = by_shot.get(shot.id, [])
        if shot.action and not spoken and show_actions:
            groups.append(("", _action_words(shot.action, times.start, times.end, rules)))
            speaker = ""
        place = 0
        while place < len(spoken):
            line = spoken[place]
            following = shot.lines[place + 1 : place + 2]
            pair = spoken[place + 1] if place + 1 < len(spoken) and following and following[0].with_previous else None
            if pair is not None:
                joined.append((len(groups), line, pair))
            named = line.speaker != speaker and line.speaker != "narrator"
            groups.append((line.speaker, _named_words(line, named)))
            speaker = line.speaker
            place += 2 if pair is not None else 1
            speaker = "" if pair is not None else speaker
    cues = _cues(groups, joined, rules, narration)
    captions = Captions(language=narration.language, cues=tuple(cues))
    run = current_run()
    breaches = find_breaches(captions, rules)
    run.figure("breaches", len(breaches))
    for breach in breaches[:3]:
        run.note_weak(f"Captions: {breach}; shorten that sentence or give it more time.")
    run.figure("spoken_lines", len(narration.lines))
    run.figure("captioned_lines", _captioned(narration, captions))
    return captions


def _named_words(line: NarrationLine, named: bool) -> list[Word]:
    words = list(line.words)
    if named and words:
        name = Word(text=f"{line.speaker}:", start=words[0].start, end=words[0].start)
        # The name belongs to the first word: no caption may end between them.
        words[0] = words[0].model_copy(update={"text": f"{name.text} {words[0].text}"})
    return words


def _action_words(text: str, start: Fraction, end: Fraction, rules: CaptionRules) -> list[Word]:
    """The words of an action, spread over the time it is held by their length."""
    words = caption_text(text).split() or [text]
    words[0], words[-1] = f"[{words[0]}", f"{words[-1]}]"
    room = max(end - start - rules.gap_seconds, Fraction(1, 10))
    total = sum(len(word) + 1 for word in words)
    found, reached = [], 0
    for word in words:
        first = start + room * Fraction(reached, total)
        reached += len(word) + 1
        found.append(Word(text=word, start=first, end=start + room * Fraction(reached, total)))
    return found


def _cues(
    groups: Sequence[tuple[str, list[Word]]], joined: Sequence[tuple[int, NarrationLine, NarrationLine]],
    rules: CaptionRules, narration: Narration,
) -> list[Cue]:  # fmt: skip
    pairs = {place: (one, other) for place, one, other in joined}
    cues: list[Cue] = []
    for place, (speaker, words) in enumerate(groups):
        later = next((other[0].start for _, other in groups[place + 1 :] if other), narration.duration)
        if place in pairs:
            cues += _together(*pairs[place], rules, later)
            continue
        made = caption_words([words, [Word(text="·", start=later, end=later)]], rules, narration.duration)[:-1]
        kept = [cue.model_copy(update={"speaker": speaker}) for cue in made]
        cues += kept if speaker else [_bracketed(cue) for cue in kept]
    return cues


def _bracketed(cue: Cue) -> Cue:
    """An action caption of several stands in brackets whole, each of them."""
    lines = list(cue.lines)
    lines[0] = lines[0] if lines[0].startswith("[") else f"[{lines[0]}"
    lines[-1] = lines[-1] if lines[-1].endswith("]") else f"{lines[-1]}]"
    return cue.model_copy(update={"lines": tuple(lines)})


def _together(one: NarrationLine, other: NarrationLine, rules: CaptionRules, later: Fraction) -> list[Cue]:
    """Captions of two lines that are spoken at once: a line for each, as far as they fit; then one after the other."""
    texts = [f"{line.speaker}: " + " ".join(word.text for word in line.words) for line in (one, other)]
    start, heard = min(one.start, other.start), max(one.end, other.end)
    reading = Fraction(sum(map(len, texts))) / rules.characters_a_second
    end = min(max(heard + rules.hold_seconds, start + reading), later - rules.gap_seconds)
    if all(len(text) <= rules.characters_a_line for text in texts) and end - start <= rules.longest_seconds:
        return [Cue(start=start, end=end, lines=tuple(texts), speaker=one.speaker)]
    pages: list[tuple[NarrationLine, tuple[str, ...]]] = []
    for line, text in zip((one, other), texts, strict=True):
        words = text.split()
        while words:
            count = next(n for n in range(len(words), 0, -1) if n == 1 or break_lines(words[:n], rules))
            pages.append((line, break_lines(words[:count], rules) or (words[0],)))
            words = words[count:]
    step = (end - start) / len(pages)
    return [
        Cue(start=start + step * n, end=start + step * (n + 1) - rules.gap_seconds, lines=page, speaker=line.speaker)
        for n, (line, page) in enumerate(pages)
    ]


def _captioned(narration: Narration, captions: Captions) -> int:
    """How many lines are shown word for word while they are heard."""
    count = 0
    for line in narration.lines:
        shown = " ".join(
            " ".join(cue.lines) for cue in captions.cues if cue.end > line.start and cue.start < line.end + 1
        )
        count += " ".join(word.text for word in line.words) in shown
    return count
