"""Shots by rule: what each moment of a scene is framed as, by the habits of classical coverage.

The order is that of textbook coverage: a wide shot to say where we are, a two-shot to say who speaks with whom, over
the shoulder, then singles that come closer as the exchange goes on; both people look across the same line, so that
cuts between them keep left and right.

Reference:
    Katz 1991, "Film Directing Shot by Shot"; Mascelli 1965, "The Five C's of Cinematography".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from rushlight.artifacts.staging import (
    LENSES_MM,
    Expression,
    Figure,
    Framing,
    Movement,
    Pose,
    Shot,
    StagedLine,
    StagedScene,
)
from rushlight.create.staging.moments import ActionMoment, Moment, SpeechMoment, expression_of
from rushlight.create.staging.props import movement_in, pose_in, props_in

__all__ = ["Blocking", "reading_seconds", "shots_of_action", "shots_of_speech"]

_CHARACTERS_A_SECOND = 17
_LEAST_READING, _OPENING = Fraction(9, 4), Fraction(2)
# An action caption of more than this is shown over two shots; two caption lines hold 84.
_SHOT_CHARACTERS = 120
_STRONG: frozenset[Expression] = frozenset(("angry", "sad", "afraid", "surprised"))
_ANGLE = re.compile(r"\b(?:POV|point of view|through the (?:scope|window|lens|keyhole))\b", re.IGNORECASE)
_NEAR = re.compile(r"\b(?:close on|close[- ]?up|CU|angle on|insert)\b[:\s-]*", re.IGNORECASE)


@dataclass
class Blocking:
    """Who is in a scene, where they stand and what they do as it goes on."""

    scene: StagedScene
    fresh: bool
    """Whether the film has not been at this place before."""
    known: set[str]
    poses: dict[str, Pose] = field(default_factory=dict)
    here: list[str] = field(default_factory=list)
    exchanges: int = 0
    last: Framing | None = None

    def side(self, name: str) -> Literal["left", "right"]:
        """On which side of the line someone stands for the whole scene."""
        order = [person for person in self.scene.present if person in (*self.here, name)] or [name]
        return "left" if name not in order or order.index(name) % 2 == 0 else "right"

    def partner(self, name: str) -> str:
        """Whom someone speaks with: the nearest other person in the scene."""
        others = [person for person in self.here if person != name] or [
            person for person in self.scene.present if person != name
        ]
        return others[-1] if others else ""

    def enter(self, *names: str) -> None:
        """Note that people are in the scene from here on."""
        for name in names:
            if name in self.here:
                self.here.remove(name)
            self.here.append(name)

    def figure(self, name: str, expression: Expression = "neutral", **changes: object) -> Figure:
        """Someone as they stand now, looking across the line."""
        side = self.side(name)
        stands = Figure(
            name=name, pose=self.poses.get(name, "standing"), facing="right" if side == "left" else "left",
            expression=expression, across=0.32 if side == "left" else 0.68,
        )  # fmt: skip
        return stands.model_copy(update=changes)

    def opening(self) -> Shot:
        """A wide shot that says where we are, for a scene that begins with speech."""
        framing: Framing = "extreme_wide" if self.scene.setting.startswith("EXT") and self.fresh else "wide"
        figures = tuple(self.figure(name) for name in self.scene.present[:2])
        return self._shot(framing, "static", figures, hold=_OPENING, reason="the scene opens wide")

    def _shot(
        self, framing: Framing, movement: Movement, figures: tuple[Figure, ...], *, hold: Fraction, reason: str,
        subject: str = "", props: tuple[str, ...] = (), action: str = "", lines: tuple[StagedLine, ...] = (),
    ) -> Shot:  # fmt: skip
        self.last = framing
        return Shot(
            id="", scene=self.scene.index, label="", framing=framing, movement=movement, lens_mm=LENSES_MM[framing],
            figures=figures, subject=subject, props=props, action=action, lines=lines, hold_seconds=hold,
            reason=reason,
        )  # fmt: skip

    make = _shot


def reading_seconds(text: str) -> Fraction:
    """How long an action caption stays, so that it can be read and the picture seen."""
    return max(Fraction(len(text), _CHARACTERS_A_SECOND) + Fraction(4, 5), _LEAST_READING)


def shots_of_action(moment: ActionMoment, blocking: Blocking, most_seconds: float, *, first: bool) -> list[Shot]:
    """The shots of one paragraph of action, each short enough for a caption."""
    found: list[Shot] = []
    for part in _parts(moment.text):
        people = [name for name in moment.people if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", part, re.IGNORECASE)]
        if not people and re.search(r"\b(?:he|she|they|both|his|her|their|we)\b", part, re.IGNORECASE):
            people = list(moment.people) or blocking.here[-2:]
        things = tuple(thing for thing in moment.things if thing in part)
        found.append(_acted(part, people, things, blocking, most_seconds, first=first and not found))
    return found


def _acted(
    text: str, people: list[str], things: tuple[str, ...], blocking: Blocking, most_seconds: float, *, first: bool
) -> Shot:
    blocking.enter(*people)
    pose, expression = pose_in(text), expression_of(text)
    for name in people:
        blocking.poses[name] = pose if pose in ("sitting", "lying") else "standing"
    movement, verb = movement_in(text)
    framing, reason = _framing(text, people, things, expression, pose, blocking, first=first)
    if verb:
        reason += f"; the camera goes with “{verb}”"
    if framing in ("insert", "extreme_wide", "close") and movement.startswith("track"):
        movement = "push_in" if framing != "extreme_wide" else "pan_right"
    if framing == "extreme_wide" and movement == "static":
        movement = "pan_right"
    if framing in ("close", "insert") and movement == "static":
        movement = "push_in"
    figures = tuple(
        blocking.figure(name, expression, pose=pose if name in people else "standing") for name in people[:3]
    )
    if framing == "close":
        figures = tuple(blocking.figure(people[0], expression, pose=pose, across=0.5) for _ in people[:1])
    elif len(figures) == 1 and framing in ("full", "medium"):
        # Someone who moves needs room ahead.
        ahead = 0.36 if figures[0].facing == "right" else 0.64
        figures = (figures[0].model_copy(update={"across": ahead if pose in ("walking", "running") else 0.5}),)
    if movement in ("track_right", "pan_right") and figures and figures[0].facing == "left":
        movement = "track_left" if movement == "track_right" else "pan_left"
    if framing in ("insert", "pov"):
        figures = ()
    hold = min(reading_seconds(text), Fraction(str(most_seconds)))
    subject = things[0] if framing == "insert" and things else (people[0] if people else "")
    props = props_in(text)
    return blocking.make(
        framing, movement, figures, hold=hold, reason=reason, subject=subject, props=props, action=text
    )


def _framing(
    text: str, people: list[str], things: tuple[str, ...], expression: Expression, pose: Pose, blocking: Blocking, *,
    first: bool,
) -> tuple[Framing, str]:  # fmt: skip
    if _ANGLE.search(text) or (first and _ANGLE.search(blocking.scene.title)):
        return "pov", "the words ask for a point of view"
    if match := _NEAR.search(text):
        return ("close" if people else "insert"), f"the words ask for “{match[0].strip(' :-').lower()}”"
    if first:
        if blocking.fresh and blocking.scene.setting != "INT":
            return "extreme_wide", "a new place outside opens wide"
        return "wide", "a new place opens wide" if blocking.fresh else "the scene opens wide"
    if things and props_in(" ".join(things)):
        return "insert", f"{things[0]} stands in capitals"
    fresh = [name for name in people if name not in blocking.known]
    blocking.known.update(people)
    if fresh and len(people) == 1 and pose not in ("running", "walking"):
        return "medium", f"{fresh[0]} comes in"
    if not people:
        # The same thing twice in a row would look like a mistake.
        near = props_in(text) and blocking.last != "insert"
        return ("insert", "a thing alone") if near else ("wide", "nobody is named")
    if len(people) > 1:
        return "two_shot", "two people act"
    if expression in _STRONG and len(text) < 90:
        return "close", f"feeling: {expression}"
    if pose in ("walking", "running"):
        return "full", "someone moves through the picture"
    if blocking.last in ("medium", "close"):
        return "full", "a wider view between near ones"
    return "medium", "someone acts"


def _parts(text: str) -> list[str]:
    """A paragraph divided at sentences into parts that one caption can hold."""
    sentences = re.findall(r"[^.!?…]+(?:[.!?…]+[\"'”’)]*|$)\s*", text) or [text]
    found: list[str] = []
    for sentence in sentences:
        if found and len(found[-1]) + len(sentence) <= _SHOT_CHARACTERS * 0.6:
            found[-1] += sentence
        else:
            found.append(sentence)
    divided: list[str] = []
    for part in (part.strip() for part in found):
        while len(part) > _SHOT_CHARACTERS:
            cut = max(part.rfind(mark, 40, _SHOT_CHARACTERS) for mark in (", ", "; ", " — ", " -- "))
            cut = cut if cut > 0 else part.rfind(" ", 40, _SHOT_CHARACTERS)
            if cut <= 0:
                break
            divided.append(part[: cut + 1].strip())
            part = part[cut + 1 :].strip()
        if part:
            divided.append(part)
    return divided


def shots_of_speech(
    moment: SpeechMoment, partner: SpeechMoment | None, blocking: Blocking, following: Moment | None
) -> list[Shot]:
    """The shots of one speech, or of two that are spoken at once."""
    rest = Fraction(1, 5) if isinstance(following, SpeechMoment) else Fraction(3, 5)
    if partner is not None:
        return [_together(moment, partner, blocking, rest)]
    speaker = moment.speaker
    if moment.lines[0].heard == "on screen" and speaker != "narrator":
        blocking.enter(speaker)
    else:
        return [_unseen(moment, blocking, rest)]
    other = blocking.partner(speaker)
    framing, reason = _spoken_framing(moment, other, blocking)
    blocking.exchanges += 1
    shots = [_single(moment.lines, moment, framing, reason, other, blocking, rest)]
    if len(moment.text) > 170 and len(moment.lines) > 1 and framing != "close":
        half = len(moment.lines) // 2
        shots = [
            _single(moment.lines[:half], moment, framing, reason, other, blocking, Fraction(0)),
            _single(moment.lines[half:], moment, "close", "a long speech comes closer", other, blocking, rest),
        ]
    return shots


def _spoken_framing(moment: SpeechMoment, other: str, blocking: Blocking) -> tuple[Framing, str]:
    if moment.expression in _STRONG or any(line.delivery in ("shout", "whisper") for line in moment.lines):
        manner = next((line.manner for line in moment.lines if line.manner), moment.expression)
        return "close", f"feeling: {manner}"
    if not other:
        return ("medium", "alone") if blocking.last != "medium" else ("close", "alone, closer")
    if blocking.exchanges == 0:
        return "two_shot", "an exchange begins: who speaks with whom"
    if blocking.exchanges < 3:
        return "over_shoulder", f"the exchange, over {other}"
    return ("medium", "the exchange goes on") if blocking.exchanges % 3 else ("close", "the exchange comes closer")


def _single(
    lines: tuple[StagedLine, ...], moment: SpeechMoment, framing: Framing, reason: str, other: str,
    blocking: Blocking, rest: Fraction,
) -> Shot:  # fmt: skip
    speaker, text = moment.speaker, " ".join(f"{line.manner} {line.text}" for line in lines)
    props = tuple(prop for prop in props_in(" ".join(line.manner for line in lines)) if prop in ("phone", "cup"))
    pose: Pose = "phoning" if "phone" in props else blocking.poses.get(speaker, "standing")
    expression = expression_of(" ".join(line.manner for line in lines))
    if expression == "neutral" and text.rstrip().endswith("!"):
        expression = "glad" if blocking.scene.valence > 0.1 else "angry"
    left = blocking.side(speaker) == "left"
    if framing == "two_shot":
        figures: tuple[Figure, ...] = (blocking.figure(speaker, expression, pose=pose), blocking.figure(other))
    elif framing == "over_shoulder":
        near = blocking.figure(other, facing="back", across=0.86 if left else 0.14)
        figures = (blocking.figure(speaker, expression, pose=pose, across=0.4 if left else 0.6), near)
    else:
        # Someone who looks across the picture stands a little behind the middle.
        figures = (blocking.figure(speaker, expression, pose=pose, across=0.44 if left else 0.56),)
    movement: Movement = "push_in" if framing == "close" else "static"
    return blocking.make(
        framing, movement, figures, hold=rest, reason=reason, subject=speaker, props=props, lines=lines
    )


def _together(moment: SpeechMoment, partner: SpeechMoment, blocking: Blocking, rest: Fraction) -> Shot:
    blocking.enter(moment.speaker, partner.speaker)
    figures: tuple[Figure, ...] = (
        blocking.figure(moment.speaker, moment.expression),
        blocking.figure(partner.speaker, partner.expression),
    )
    if figures[0].across == figures[1].across:
        figures = (
            figures[0].model_copy(update={"across": 0.32, "facing": "right"}),
            figures[1].model_copy(update={"across": 0.68, "facing": "left"}),
        )
    first, *others = partner.lines
    # Only the first lines begin together; a second line of either would talk over an end that is not known yet.
    lines = (moment.lines[0], first.model_copy(update={"with_previous": True}), *moment.lines[1:], *others)
    # Two lines are read in the time of one, so their captions need longer.
    rest = max(rest, Fraction(3, 2))
    return blocking.make(
        "two_shot", "static", figures, hold=rest, reason="both speak at once", subject=moment.speaker, lines=lines
    )


def _unseen(moment: SpeechMoment, blocking: Blocking, rest: Fraction) -> Shot:
    """Someone is heard who is not seen: the listener, or the place."""
    listener = blocking.partner(moment.speaker)
    heard = moment.lines[0].heard
    if listener:
        figures = (blocking.figure(listener, "thoughtful", across=0.5),)
        reason = f"{moment.speaker.capitalize()} is heard, {listener} listens"
        return blocking.make("medium", "push_in", figures, hold=rest, reason=reason, subject=listener,
                             lines=moment.lines)  # fmt: skip
    return blocking.make(
        "wide", "push_in", (), hold=rest, reason=f"the voice is {heard}", lines=moment.lines,
        props=props_in(moment.text),
    )  # fmt: skip
