"""The capability `plan_pictures`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from rushlight.artifacts import Beat, Media, Narration, NarrationLine, Panel, Script, Storyboard
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.core.units import Seconds
from rushlight.create.pictures.colours import name_colours
from rushlight.create.pictures.focus import find_focus
from rushlight.create.pictures.match import Match, match_pictures
from rushlight.create.pictures.phrase import dated_events, key_phrase, salient_number, spoken_change, spoken_quote
from rushlight.models.reading import caption_text

__all__ = ["plan_pictures"]

# A picture is cut to slightly before its words are heard, as editors do.
_LEAD = Fraction(1, 5)
# A panel shorter than this is not seen; a clip frozen for longer than this looks broken.
_SHORTEST = Fraction(3, 2)
_LONGEST_TIMELINE = Fraction(24)
_MOVES = ("push_in", "pan_right", "pull_out", "pan_left", "tilt_up", "push_in", "tilt_down")


@dataclass(frozen=True)
class _Moment:
    """A stretch of narration that gets one picture."""

    beat: Beat
    lines: tuple[NarrationLine, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    @property
    def sentences(self) -> list[str]:
        """What is said, line by line."""
        return [caption_text(self.beat.lines[line.index].text) for line in self.lines]


@capability(version=2, metrics=("own_pictures", "graphics"))
def plan_pictures(
    script: Script,
    narration: Narration,
    pictures: tuple[Media, ...] = (),
    /,
    *,
    longest_seconds: Annotated[Seconds, Field(description="Longest time one picture is held.")] = Fraction(8),
    title_seconds: Annotated[Seconds, Field(description="How long the title card may stay; 0 for none.")] = Fraction(4),
    credit_lines: Annotated[tuple[str, ...], Field(description="Lines for the closing card.")] = (),
    disclosure: Annotated[str, Field(description="What the closing card says of how the film was made.")] = "",
    match_threshold: Annotated[
        float, Field(ge=0, le=1, description="How well words and a picture must agree for it to be used.")
    ] = 0.18,
) -> Storyboard:
    """Choose a picture for every moment of a narration, the best that is there, and say why.

    In this order: the closing card where the source is named; a chart where the script has data; one of the person's
    own photos or clips that the words speak of; a line of time where the words tell dates in a row; a quotation; a
    change as two bars; a large figure; the key words as moving type. No two neighbours show the same. A clip that is
    shorter than its moment is followed by a graphic rather than frozen.

    Returns:
        A `Storyboard` of panels from zero to the narration's end, cut to the words.
    """
    own_lines = _matched_lines(script, narration, pictures, match_threshold)
    moments = _moments(script, narration, longest_seconds, own_lines)
    # No picture is given to a moment that shows something else anyway: it would then be missing where it is wanted.
    wanted = [
        "" if _is_taken(moments, number, script, title_seconds)
        else f"{moment.text} {moment.beat.picture} {moment.beat.heading}"
        for number, moment in enumerate(moments)
    ]  # fmt: skip
    colours = [name_colours(media.file.path) if media.is_still else frozenset[str]() for media in pictures]
    matches = match_pictures(wanted, pictures, threshold=match_threshold, colours=colours)
    moments, matches = _with_timelines(moments, matches)
    starts = [Fraction(0)] + [max(moment.lines[0].start - _LEAD, Fraction(0)) for moment in moments[1:]]
    panels: list[Panel] = []
    for number, moment in enumerate(moments):
        current_run().progress(number / len(moments), "choosing pictures")
        start = starts[number]
        end = starts[number + 1] if number + 1 < len(moments) else narration.duration
        if number == 0 and title_seconds > 0 and script.title:
            card_end = min(max(title_seconds, Fraction(2)), end)
            # A rest too short to be seen belongs to the title.
            card_end = end if end - card_end < 2 else card_end
            panels.append(_title(script, start, card_end))
            if card_end == end:
                continue
            start = card_end
        if number == len(moments) - 1 and number and (card := _end_card(moment, script)):
            card |= {"credits": list(credit_lines), "disclosure": disclosure}
            panels.append(_graphic(moment, start, end, card, panels, "the film closes by naming its source"))
            continue
        panels += _panels(moment, start, end, matches[number], panels, script)
    own = sum(panel.form != "graphic" for panel in panels)
    current_run().figure("own_pictures", own)
    current_run().figure("graphics", len(panels) - own)
    unused = len(pictures) - len({panel.file.sha256 for panel in panels if panel.file})
    if unused:
        current_run().note_weak(
            f"{unused} of {len(pictures)} pictures were not used: no words speak of them "
            "(name the files after what they show, or put a text file beside them)."
        )
    return Storyboard(panels=tuple(panels), duration=narration.duration)


def _matched_lines(
    script: Script, narration: Narration, pictures: Sequence[Media], threshold: float
) -> dict[tuple[str, int], str]:
    """Which single lines speak of one of the person's pictures: beat and line to the picture's digest."""
    beats = {beat.id: beat for beat in script.beats}
    texts = [caption_text(beats[line.beat_id].lines[line.index].text) for line in narration.lines]
    found = match_pictures(texts, pictures, threshold=threshold)
    return {
        (line.beat_id, line.index): match.media.file.sha256
        for line, match in zip(narration.lines, found, strict=True)
        if match is not None
    }


def _moments(script: Script, narration: Narration, longest: Fraction, own: dict[tuple[str, int], str]) -> list[_Moment]:
    """Group the spoken lines of each beat so that no picture is held too long nor shown too briefly.

    Lines that speak of two different pictures of the person's own are kept apart, so that both are seen.
    """
    beats = {beat.id: beat for beat in script.beats}
    found: list[_Moment] = []
    for line in narration.lines:
        beat, last = beats[line.beat_id], found[-1] if found else None
        if last is None or last.beat.id != beat.id:
            found.append(_Moment(beat, (line,)))
            continue
        shown = {own[(beat.id, other.index)] for other in last.lines if (beat.id, other.index) in own}
        parts = bool(shown) and own.get((beat.id, line.index), "") not in {"", *shown}
        is_brief = line.end - line.start < _SHORTEST
        # A chart takes longer to read than a picture to see.
        most = longest * 3 / 2 if beat.chart else longest
        fits = line.end - last.lines[0].start <= most and not (parts and last.lines[-1].end - last.lines[0].start > 2)
        if fits or is_brief:
            found[-1] = _Moment(beat, (*last.lines, line))
        else:
            found.append(_Moment(beat, (line,)))
    return found


def _is_taken(moments: list[_Moment], number: int, script: Script, title: Fraction) -> bool:
    """Whether a moment shows the title, a chart or the closing card whatever pictures there are."""
    moment = moments[number]
    if moment.beat.chart and (number == 0 or moments[number - 1].beat.id != moment.beat.id):
        return True
    if number == 0 and title > 0 and script.title and len(moments) > 1:
        return moments[1].lines[0].start - _LEAD - max(title, Fraction(2)) < 2
    return number == len(moments) - 1 and number > 0 and _end_card(moment, script) is not None


def _with_timelines(moments: list[_Moment], matches: list[Match | None]) -> tuple[list[_Moment], list[Match | None]]:
    """Join the moments of a beat that tells dates in a row and has no pictures, so that one line of time carries it."""
    kept: list[_Moment] = []
    kept_matches: list[Match | None] = []
    place = 0
    while place < len(moments):
        beat, after = moments[place].beat, place + 1
        while after < len(moments) and moments[after].beat.id == beat.id:
            after += 1
        lines = tuple(line for moment in moments[place:after] for line in moment.lines)
        whole = _Moment(beat, lines)
        is_free = not beat.chart and not any(matches[place:after])
        if is_free and lines[-1].end - lines[0].start <= _LONGEST_TIMELINE and dated_events(whole.sentences):
            kept.append(whole)
            kept_matches.append(None)
        else:
            kept += moments[place:after]
            kept_matches += matches[place:after]
        place = after
    return kept, kept_matches


_SOURCE = re.compile(r"\bsource(?: of (?:these|the|all) [a-z]+)?\s*(?::|is|are)\s*(.+?)\.?$", re.IGNORECASE)


def _end_card(moment: _Moment, script: Script) -> dict[str, Any] | None:
    """The closing card, when the last words name the source or end a story told from data."""
    named = _SOURCE.search(moment.text)
    if moment.beat.role != "close" or not (named or script.writer == "data"):
        return None
    charts = [str(beat.chart.get("source") or "") for beat in script.beats if beat.chart]
    sources = [named.group(1).strip()] if named else list(dict.fromkeys(filter(None, charts)))[:2]
    return {"kind": "end_card", "title": script.title, "credits": [], "sources": sources, "disclosure": ""}


def _title(script: Script, start: Fraction, end: Fraction) -> Panel:
    return Panel(
        beat_id=script.beats[0].id,
        start=start,
        end=end,
        form="graphic",
        graphic={"kind": "title", "title": script.title, "subtitle": "", "variant": 0},
        reason="the film's title",
    )


def _panels(
    moment: _Moment, start: Fraction, end: Fraction, match: Match | None, before: Sequence[Panel], script: Script
) -> list[Panel]:
    """One panel for a moment, or two where a clip is too short for it."""
    beat = moment.beat
    charted = any(panel.beat_id == beat.id and _kind(panel) == (beat.chart or {}).get("kind") for panel in before)
    if beat.chart and not charted and not _same_as_last(before, beat.chart):
        return [_graphic(moment, start, end, dict(beat.chart), before, "the data these words speak of")]
    if match is not None and (match.media.is_still or match.media.duration >= _SHORTEST):
        shown = _own(moment, start, end, match, before)
        rest = shown.start + match.media.duration
        if shown.form == "clip" and end - rest >= _SHORTEST:
            shown = shown.model_copy(update={"end": rest})
            return [shown, _drawn(moment, rest, end, [*before, shown], script)]
        return [shown]
    return [_drawn(moment, start, end, before, script)]


def _own(moment: _Moment, start: Fraction, end: Fraction, match: Match, before: Sequence[Panel]) -> Panel:
    """One of the person's own pictures."""
    stills = sum(panel.form == "still" for panel in before)
    is_still = match.media.is_still
    return Panel(
        beat_id=moment.beat.id,
        start=start,
        end=end,
        form="still" if is_still else "clip",
        file=match.media.file,
        move=_MOVES[stills % len(_MOVES)] if is_still else "none",
        focus=find_focus(match.media) if is_still else (0.5, 0.5),
        reason=f"{match.media.file.path.name} agrees on {', '.join(match.words)} ({match.score:.2f})",
    )


def _drawn(moment: _Moment, start: Fraction, end: Fraction, before: Sequence[Panel], script: Script) -> Panel:
    """The graphic that says most of a moment for which there is no picture."""
    text = moment.text
    if events := dated_events(moment.sentences):
        graphic: dict[str, Any] = {"kind": "timeline", "title": _kicker(moment.beat, script), "events": [
            {"at": at, "label": event, "seconds": _seconds_of(moment, number, start)} for at, event, number in events
        ]}  # fmt: skip
        return _graphic(moment, start, end, graphic, before, "the words tell dates in a row")
    if quoted := spoken_quote(text):
        graphic = {"kind": "quote", "text": quoted, "by": ""}
        return _graphic(moment, start, end, graphic, before, "the words are a quotation")
    if (change := spoken_change(text)) and not _same_as_last(before, change):
        return _graphic(moment, start, end, change, before, "the words tell a change between two figures")
    if (figure := salient_number(text)) and not _just_shown(before, "number"):
        graphic = {
            "kind": "number",
            "values": [figure.value],
            "unit": figure.unit,
            "title": figure.label,
            "shown": figure.shown,
        }
        return _graphic(moment, start, end, graphic, before, f"the words give a figure, {figure.shown}")
    spoken = [word for line in moment.lines for word in line.words if word.end > start]
    phrase = key_phrase(spoken or [word for line in moment.lines for word in line.words], script)
    # Words that come late are shown early rather than leave the screen empty.
    wait = float(phrase[0][0].start - start) if phrase else 0.0
    early = wait - 0.5 if wait > 1.6 else 0.0
    words = [
        {
            "text": _bare(word.text, first=number == 0, last=number == len(phrase) - 1),
            "at": round(max(float(word.start - start) - early, 0.0), 3),
            "strong": strong,
        }
        for number, (word, strong) in enumerate(phrase)
    ]
    graphic = {"kind": "words", "words": words, "kicker": _kicker(moment.beat, script)}
    return _graphic(moment, start, end, graphic, before, "no picture speaks of this, so its key words are shown")


def _bare(text: str, *, first: bool, last: bool) -> str:
    """A word as it stands in a phrase on the screen: without the marks that tied it to its sentence."""
    text = re.sub(r"^[\"“‘'(]+", "", text) if first else text
    return re.sub(r"[\"”’'),.;:—–]+$", "", text) or text if last else re.sub(r"[.;:]+[\"”]?$", "", text) or text


def _kicker(beat: Beat, script: Script) -> str:
    return beat.heading if beat.heading != script.title else ""


def _seconds_of(moment: _Moment, number: int, start: Fraction) -> float:
    return round(max(float(moment.lines[number].start - start), 0.0), 3)


def _graphic(
    moment: _Moment, start: Fraction, end: Fraction, graphic: dict[str, Any], before: Sequence[Panel], reason: str
) -> Panel:
    """A graphic panel with a background that differs from the last graphic's."""
    drawn = [panel for panel in before if panel.graphic is not None]
    last = int(drawn[-1].graphic.get("variant", 0)) if drawn and drawn[-1].graphic else -1
    return Panel(
        beat_id=moment.beat.id,
        start=start,
        end=end,
        form="graphic",
        graphic={**graphic, "variant": (last + 1) % 5},
        reason=reason,
        weak=graphic["kind"] == "words",
    )


def _kind(panel: Panel) -> str:
    return str(panel.graphic.get("kind")) if panel.graphic else panel.form


def _just_shown(before: Sequence[Panel], kind: str) -> bool:
    return bool(before) and _kind(before[-1]) == kind


def _same_as_last(before: Sequence[Panel], graphic: dict[str, Any]) -> bool:
    """Whether the panel before shows the very same, whatever its background."""
    if not before or before[-1].graphic is None:
        return False
    last, new = ({k: v for k, v in g.items() if k != "variant"} for g in (before[-1].graphic, graphic))
    return last == new
