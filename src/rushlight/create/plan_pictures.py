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
from rushlight.create.pictures.focus import find_focus
from rushlight.create.pictures.match import Match, match_pictures
from rushlight.create.pictures.phrase import key_phrase, salient_number, spoken_quote
from rushlight.models.reading import caption_text

__all__ = ["plan_pictures"]

# A picture is cut to slightly before its words are heard, as editors do.
_LEAD = Fraction(1, 5)
_MOVES = ("push_in", "pan_right", "pull_out", "pan_left", "tilt_up", "push_in", "tilt_down")


@dataclass(frozen=True)
class _Moment:
    """A stretch of narration that gets one picture."""

    beat: Beat
    lines: tuple[NarrationLine, ...]

    @property
    def text(self) -> str:
        return " ".join(caption_text(self.beat.lines[line.index].text) for line in self.lines)


@capability(version=1, metrics=("own_pictures", "graphics"))
def plan_pictures(
    script: Script,
    narration: Narration,
    pictures: tuple[Media, ...] = (),
    /,
    *,
    longest_seconds: Annotated[Seconds, Field(description="Longest time one picture is held.")] = Fraction(8),
    title_seconds: Annotated[Seconds, Field(description="How long the title card may stay; 0 for none.")] = Fraction(4),
    match_threshold: Annotated[
        float, Field(ge=0, le=1, description="How well words and a picture must agree for it to be used.")
    ] = 0.18,
) -> Storyboard:
    """Choose a picture for every moment of a narration, the best that is there, and say why.

    In this order: a chart where the script has data; one of the person's own photos or clips that the words speak
    of; a quotation; a large figure; the key words as moving type. No two neighbours look the same.

    Returns:
        A `Storyboard` of panels from zero to the narration's end, cut to the words.
    """
    moments = _moments(script, narration, longest_seconds)
    wanted = [f"{moment.text} {moment.beat.picture} {moment.beat.heading}" for moment in moments]
    matches = match_pictures(wanted, pictures, threshold=match_threshold)
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
        panels.append(_panel(moment, start, end, matches[number], panels, script))
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


def _moments(script: Script, narration: Narration, longest: Fraction) -> list[_Moment]:
    """Group the spoken lines of each beat so that no picture is held too long nor shown too briefly."""
    beats = {beat.id: beat for beat in script.beats}
    found: list[_Moment] = []
    for line in narration.lines:
        beat, last = beats[line.beat_id], found[-1] if found else None
        if (
            last is not None
            and last.beat.id == beat.id
            and (line.end - last.lines[0].start <= longest or line.end - line.start < Fraction(3, 2))
        ):
            found[-1] = _Moment(beat, (*last.lines, line))
        else:
            found.append(_Moment(beat, (line,)))
    return found


def _title(script: Script, start: Fraction, end: Fraction) -> Panel:
    return Panel(
        beat_id=script.beats[0].id,
        start=start,
        end=end,
        form="graphic",
        graphic={"kind": "title", "title": script.title, "subtitle": "", "variant": 0},
        reason="the film's title",
    )


def _panel(
    moment: _Moment, start: Fraction, end: Fraction, match: Match | None, before: Sequence[Panel], script: Script
) -> Panel:
    beat = moment.beat
    charted = any(panel.beat_id == beat.id and _kind(panel) == (beat.chart or {}).get("kind") for panel in before)
    if beat.chart and not charted:
        return _graphic(moment, start, end, dict(beat.chart), before, "the data these words speak of")
    if match is not None:
        stills = sum(panel.form == "still" for panel in before)
        focus = find_focus(match.media) if match.media.is_still else (0.5, 0.5)
        return Panel(
            beat_id=beat.id,
            start=start,
            end=end,
            form="still" if match.media.is_still else "clip",
            file=match.media.file,
            move=_MOVES[stills % len(_MOVES)] if match.media.is_still else "none",
            focus=focus,
            reason=f"{match.media.file.path.name} agrees on {', '.join(match.words)} ({match.score:.2f})",
        )
    if quoted := spoken_quote(moment.text):
        graphic: dict[str, Any] = {"kind": "quote", "text": quoted, "by": ""}
        return _graphic(moment, start, end, graphic, before, "the words are a quotation")
    if (figure := salient_number(moment.text)) and not _just_shown(before, "number"):
        graphic = {
            "kind": "number",
            "values": [figure.value],
            "unit": figure.unit,
            "title": figure.label,
            "shown": figure.shown,
        }
        return _graphic(moment, start, end, graphic, before, f"the words give a figure, {figure.shown}")
    phrase = key_phrase([word for line in moment.lines for word in line.words], script)
    # Words that come late are shown early rather than leave the screen empty.
    wait = float(phrase[0][0].start - start) if phrase else 0.0
    early = wait - 0.5 if wait > 1.6 else 0.0
    words = [
        {
            "text": re.sub(r"[,.;:]+$", "", word.text),
            "at": round(max(float(word.start - start) - early, 0.0), 3),
            "strong": strong,
        }
        for word, strong in phrase
    ]
    graphic = {"kind": "words", "words": words, "kicker": beat.heading if beat.heading != script.title else ""}
    return _graphic(moment, start, end, graphic, before, "no picture speaks of this, so its key words are shown")


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
