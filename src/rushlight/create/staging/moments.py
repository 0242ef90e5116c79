"""What happens in a scene, in order: action, speech and transitions, with the paragraphs' markup resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rushlight.artifacts import Element, Scene, Speech
from rushlight.artifacts.staging import Expression, StagedLine

__all__ = ["ActionMoment", "Moment", "SpeechMoment", "TransitionMoment", "expression_of", "moments_of", "plain_text"]

_NOTE = re.compile(r"\[\[.*?\]\]|/\*.*?\*/", re.DOTALL)
# Capital words that are no thing to be shown: sounds, camera talk, shouting.
NOT_THINGS = frozenset(
    "THE A AN AND OR OF ON IN AT TO WITH INTO FROM CUT FADE OUT CLOSE UP ANGLE POV INSERT SUPER TITLE BACK WE SEE HEAR "
    "BANG CRASH BOOM AKA OK TV I HE SHE IT THEY CONTINUED MORE LATER SLAM SLAMS KNOCK KNOCKS RING RINGS SCREAM SCREAMS "
    "CRACK CRACKS THUD BLACK WHITE INT EXT DAY NIGHT SMASH BEAT".split()
)
_MANNERS: tuple[tuple[str, Expression], ...] = (
    (r"angr|furious|shout|yell|scream|snap|bark|growl|hiss|heated|bitter|cold(?:ly)?\b|annoy|irritat", "angry"),
    (r"sad|cry|crying|tear|sob|weep|broken|grie|mourn|heavy|tired|weary|exhaust", "sad"),
    (r"afraid|fear|scared|nervous|panic|terrif|tremb|anxious|worried|whimper", "afraid"),
    (r"surpris|shock|stun|gasp|startl|amazed|disbelief|incredul", "surprised"),
    (r"smil|laugh|grin|happy|glad|cheer|delight|excit|amus|chuckl|reliev|joke|proud|toast|raised", "glad"),
    (r"soft|gentl|kind|tender|loving|warm|quiet", "tender"),
    (r"whisper|think|thought|ponder|beat|pause|hesita|turning away|unsure|slowly|contemplat|looks? away", "thoughtful"),
)
_DELIVERIES: tuple[tuple[str, Literal["whisper", "soft", "shout"]], ...] = (
    (r"whisper|under (?:his|her|their) breath|hushed|sotto|mutter", "whisper"),
    (r"shout|yell|scream|calling|calls? out|loud|roar|bellow|over the (?:noise|storm|music|crowd)", "shout"),
    (r"soft|quiet|gentl|low|tender|murmur|sad|weak", "soft"),
)
_PACES = (
    (r"quick|fast|rapid|hurr|breathless|excited|panic|urgent", 1.2),
    (r"slow|tired|weary|drunk|careful|old", 0.85),
)
_TRANSITION = re.compile(r"(?:FADE (?:OUT|IN|TO \w+)|CUT TO \w+|THE END|END)[.:]?", re.IGNORECASE)
_PAUSE = re.compile(r"\b(?:long )?(?:beat|pause|silence|hesitat\w*)\b", re.IGNORECASE)


def plain_text(text: str) -> str:
    """Words without Fountain's marks and notes, on one line."""
    text = _NOTE.sub("", text)
    text = re.sub(r"(?<!\\)[*_]+", "", text).replace("\\", "")
    return " ".join(text.split())


@dataclass(frozen=True)
class ActionMoment:
    """Something is seen: a paragraph of action, or centred words."""

    text: str
    things: tuple[str, ...]
    """Words in capitals that are no character's name."""
    people: tuple[str, ...]
    """Characters it names, in order."""
    kind: Literal["action"] = "action"


@dataclass(frozen=True)
class SpeechMoment:
    """Something is said."""

    lines: tuple[StagedLine, ...]
    expression: Expression
    dual: bool
    kind: Literal["speech"] = "speech"

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(line.text for line in self.lines)

    @property
    def speaker(self) -> str:
        """Who says it."""
        return self.lines[0].speaker


@dataclass(frozen=True)
class TransitionMoment:
    """A transition, such as `CUT TO:`."""

    text: str
    kind: Literal["transition"] = "transition"


Moment = ActionMoment | SpeechMoment | TransitionMoment


def moments_of(scene: Scene, names: Sequence[str], actions: Literal["shown", "read"]) -> list[Moment]:
    """The moments of a scene in order; notes, sections and synopses are not part of the film."""
    speeches = {speech.first - scene.body: speech for speech in scene.speeches()}
    found: list[Moment] = []
    place = 0
    while place < len(scene.elements):
        element = scene.elements[place]
        if element.kind == "character":
            speech = speeches[place]
            if lines := _spoken(speech, bool(found and found[-1].kind == "speech")):
                found.append(SpeechMoment(lines, expression_of(" ".join(ln.manner for ln in lines)), speech.dual))
            place += 1 + len(speech.parts)
            continue
        if element.kind in ("action", "centered", "lyrics", "dialogue"):
            found += _acted(element, names, actions)
        elif element.kind == "transition":
            found.append(TransitionMoment(plain_text(element.text)))
        place += 1
    # What is marked as simultaneous needs someone to speak at the same time as.
    return [
        SpeechMoment(moment.lines, moment.expression, dual=False)
        if isinstance(moment, SpeechMoment) and moment.dual and not _follows_speech(found, number)
        else moment
        for number, moment in enumerate(found)
    ]


def _follows_speech(moments: Sequence[Moment], number: int) -> bool:
    return number > 0 and moments[number - 1].kind == "speech"


def _acted(element: Element, names: Sequence[str], actions: str) -> Iterable[Moment]:
    text = plain_text(element.text)
    if not any(map(str.isalnum, text)):
        return []
    if _TRANSITION.fullmatch(text):
        return [TransitionMoment(text)]
    if actions == "read":
        line = StagedLine(speaker="narrator", text=text, heard="voice over")
        return [SpeechMoment((line,), "neutral", dual=False)]
    return [ActionMoment(text, _things(text, names), named_in(text, names))]


def named_in(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Which characters a text names, in the order of their first mention."""
    places = {}
    for name in names:
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        # `will` the verb is no `WILL`: a name is written with a capital.
        if (match := re.search(pattern, text, re.IGNORECASE)) and match[0][0].isupper():
            places[name] = match.start()
    return tuple(sorted(places, key=lambda name: places[name]))


def _things(text: str, names: Sequence[str]) -> tuple[str, ...]:
    known = {word for name in names for word in name.split()}
    runs = re.findall(r"\b[A-Z][A-Z’'-]+(?: [A-Z][A-Z’'-]+)*\b", text)
    if text.isupper():
        return ()
    kept = []
    for run in runs:
        words = [word for word in run.split() if word not in NOT_THINGS and word not in known]
        if words and len(words) == len(run.split()):
            kept.append(" ".join(words))
    return tuple(dict.fromkeys(kept))


def _spoken(speech: Speech, follows: bool) -> tuple[StagedLine, ...]:
    """A speech as lines: a new one wherever a parenthetical changes the way of speaking."""
    heard: Literal["on screen", "off screen", "voice over"] = "on screen"
    for extension in speech.extensions:
        mark = extension.replace(".", "").replace(" ", "")
        heard = "voice over" if mark.startswith("VO") else "off screen" if mark in ("OS", "OC") else heard
    lines: list[StagedLine] = []
    manner, wait, texts = "", Fraction(0), list[str]()

    def close() -> None:
        nonlocal texts, wait
        text = " ".join(texts)
        if any(map(str.isalnum, text)):
            gap = Fraction(1, 4) if lines else (Fraction(7, 20) if follows else Fraction(1, 2))
            lines.append(_line(speech.character or "VOICE", text, manner, heard, gap + wait))
            wait = Fraction(0)
        texts = []

    for part in speech.parts:
        if part.kind == "parenthetical":
            close()
            words = plain_text(part.text).strip("() ")
            if _PAUSE.search(words):
                wait += Fraction(3, 2) if "long" in words.lower() else Fraction(9, 10)
            manner = words
        else:
            texts.append(_markup(part.text))
    close()
    return tuple(lines)


def _line(
    speaker: str, text: str, manner: str, heard: Literal["on screen", "off screen", "voice over"], wait: Fraction
) -> StagedLine:
    low = manner.lower()
    delivery: Literal["plain", "whisper", "soft", "shout"] = next(
        (name for pattern, name in _DELIVERIES if re.search(pattern, low)), "plain"
    )
    shouted = sum(map(str.isupper, text)) > 0.7 * max(sum(map(str.isalpha, text)), 1) and len(text.split()) > 1
    pace = next((value for pattern, value in _PACES if re.search(rf"\b(?:{pattern})", low)), 1.0)
    return StagedLine(
        speaker=speaker, text=text, manner=manner, delivery="shout" if shouted and delivery == "plain" else delivery,
        pace=pace, heard=heard, wait_seconds=wait,
    )  # fmt: skip


def _markup(text: str) -> str:
    """Fountain's emphasis as our own; underlines and notes are left out, braces and brackets said as they are."""
    text = _NOTE.sub("", text)
    text = re.sub(r"(?<!\\)_", "", text)
    text = re.sub(r"(?<!\\)\*{2,3}([^*]+)\*{2,3}", r"*\1*", text)
    return " ".join(text.replace("\\", "").split())


def expression_of(words: str) -> Expression:
    """The face that goes with a parenthetical or an action."""
    low = words.lower()
    return next((name for pattern, name in _MANNERS if re.search(rf"\b(?:{pattern})", low)), "neutral")
