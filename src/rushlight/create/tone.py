"""Measuring how somebody speaks, and saying the same so that it sounds like somebody else.

What changes: contractions, where sentences end, how they end, and words that say nothing (`well`, `look`). What is
stated stays, so a matched line means what it meant. Vocabulary is measured and shown, not imposed: to change words is
to change meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt
from random import Random

from pydantic import ValidationError

from rushlight.artifacts.screenplay import Screenplay
from rushlight.artifacts.tone import Tone, ToneProfile

__all__ = [
    "describe_tone",
    "match_speeches",
    "overall_counts",
    "profile_of",
    "read_tone",
    "speeches_by_character",
    "to_tone",
    "tone_distance",
    "variants",
]

MARKERS = frozenset(
    "well look listen oh so right hey now yeah okay ok ah um uh god jesus man please see anyway alas hm hmm mm".split()
)
_CONTRACTED = {
    "do not": "don't", "does not": "doesn't", "did not": "didn't", "is not": "isn't", "are not": "aren't",
    "was not": "wasn't", "were not": "weren't", "have not": "haven't", "has not": "hasn't", "had not": "hadn't",
    "will not": "won't", "would not": "wouldn't", "can not": "can't", "cannot": "can't", "could not": "couldn't",
    "should not": "shouldn't", "I am": "I'm", "you are": "you're", "we are": "we're", "they are": "they're",
    "I have": "I've", "you have": "you've", "we have": "we've", "they have": "they've", "I will": "I'll",
    "you will": "you'll", "we will": "we'll", "they will": "they'll", "it is": "it's", "that is": "that's",
    "he is": "he's", "she is": "she's", "there is": "there's", "what is": "what's", "where is": "where's",
    "who is": "who's", "let us": "let's", "I would": "I'd", "you would": "you'd", "we would": "we'd",
}  # fmt: skip
_LONG = re.compile(r"\b(" + "|".join(re.escape(key) for key in _CONTRACTED) + r")\b", re.IGNORECASE)
_SHORT_TO_LONG = {short: long for long, short in _CONTRACTED.items() if long != "cannot"} | {"can't": "cannot"}
_SHORT = re.compile(r"\b(" + "|".join(re.escape(key) for key in _SHORT_TO_LONG) + r")\b", re.IGNORECASE)
# "'s" and "'d" may stand for another word ("that's gone", "I'd better"): those are left alone.
_SURELY_SHORT = re.compile(
    r"\b(?!(?:\w+'s (?:been|gone|got|had|become)|\w+'d (?:better|been|had))\b)" + _SHORT.pattern[2:], re.IGNORECASE
)
_PRONOUN = re.compile(r"\s+(?:it|he|she|that|this|there|they)\b", re.IGNORECASE)
_HELPING = re.compile(
    r"\b(?:would|could|should|might|must|may|do|did|does|will|can|to|not|never)(?:n't)?\s+$", re.IGNORECASE
)
_PARTICIPLE = re.compile(
    r"\s+(?:not\s+|never\s+|always\s+|just\s+|already\s+)?(?:\w+ed|\w+en|been|got|had|done|gone|made|kept|lost|found|said|"
    r"told|left|heard|felt|come|become|put|read|won|met|sent|built|bought|brought|thought|taught|caught)\b",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[A-Z\"“‘(¡¿*_])|\s+--?\s*$")
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)*")
# How much each figure differs between characters of real screenplays, roughly: one unit of distance.
_SPREADS = {
    "words_per_sentence": 3.0, "words_per_sentence_spread": 3.0, "words_per_speech": 8.0, "letters_per_word": 0.5,
    "question_share": 0.15, "exclamation_share": 0.15, "trailing_share": 0.1, "commas_per_sentence": 0.3,
    "contraction_share": 0.4, "marker_share": 0.15,
}  # fmt: skip
# Speeches that are matched together.
_TOGETHER = 40
# Figures that rules can move; length of words and of speeches follow from what is said.
_MOVABLE = (
    "words_per_sentence", "words_per_sentence_spread", "exclamation_share", "trailing_share", "commas_per_sentence",
    "contraction_share", "marker_share",
)  # fmt: skip


def speeches_by_character(screenplay: Screenplay) -> dict[str, list[str]]:
    """What each character says: a text for each speech, without markup and notes, by first appearance."""
    found: dict[str, list[str]] = {}
    for scene in screenplay.scenes():
        for speech in scene.speeches():
            text = " ".join(part.text for part in speech.parts if part.kind == "dialogue")
            text = " ".join(re.sub(r"\[\[.*?\]\]|(?<!\\)[*_]|\\(?=[*_])", "", text, flags=re.DOTALL).split())
            if _WORD.search(text):
                found.setdefault(speech.character, []).append(text)
    return found


def profile_of(character: str, speeches: Sequence[str], others: Counter[str] | None = None) -> ToneProfile:
    """Measure how somebody speaks.

    Args:
        character: the name.
        speeches: what they say, a text each; at least one with a word in it.
        others: words that the others use, with counts, to find what is told apart by.
    """
    sentences = [part for text in speeches for part in _sentences(text)]
    lengths = [len(_WORD.findall(part)) for part in sentences]
    words = [word for text in speeches for word in _WORD.findall(text)]
    count, mean = max(len(lengths), 1), sum(lengths) / max(len(lengths), 1)
    short = sum(len(_SHORT.findall(_plain(text))) for text in speeches)
    long = sum(len(_LONG.findall(text)) for text in speeches)
    first = [(_WORD.findall(text.lower()) or [""])[0] for text in speeches]
    markers = Counter(word for word in first if word in MARKERS)
    return ToneProfile(
        character=character,
        speeches=len(speeches),
        words=len(words),
        words_per_sentence=mean,
        words_per_sentence_spread=sqrt(sum((length - mean) ** 2 for length in lengths) / count),
        words_per_speech=len(words) / max(len(speeches), 1),
        letters_per_word=sum(map(len, words)) / max(len(words), 1),
        question_share=_share(sentences, r"\?[\"”’)]*$"),
        exclamation_share=_share(sentences, r"![\"”’)]*$"),
        trailing_share=_share(sentences, r"(?:…|\.\.\.|--?|[–—])[\"”’)]*$"),
        commas_per_sentence=sum(part.count(",") for part in sentences) / count,
        contraction_share=short / (short + long) if short + long else 0.5,
        marker_share=sum(markers.values()) / max(len(speeches), 1),
        markers=tuple(word for word, _ in markers.most_common(5)),
        vocabulary=_telling_words(words, others),
    )


def _plain(text: str) -> str:
    return text.replace("’", "'")


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _END.split(text) if part and _WORD.search(part)]


def _share(sentences: Sequence[str], pattern: str) -> float:
    return sum(bool(re.search(pattern, part)) for part in sentences) / max(len(sentences), 1)


def _telling_words(words: Sequence[str], others: Counter[str] | None) -> tuple[str, ...]:
    """Words used more than by others, by log-odds with a prior of one use each (Monroe et al. 2008, simplified)."""
    if others is None:
        return ()
    own = Counter(word.lower() for word in words if len(word) > 2)
    total, rest = sum(own.values()) + len(own), sum(others.values()) + len(own)
    scored = {
        word: (log((count + 1) / total) - log((others[word] + 1) / rest))
        / sqrt(1 / (count + 1) + 1 / (others[word] + 1))
        for word, count in own.items()
        if count > 1
    }
    return tuple(sorted((w for w, score in scored.items() if score > 0.5), key=lambda w: (-scored[w], w))[:20])


def tone_distance(one: ToneProfile, other: ToneProfile) -> float:
    """How differently two people speak: mean difference of the figures, each in units of how much people differ."""
    differences = [
        abs(float(getattr(one, name)) - float(getattr(other, name))) / unit for name, unit in _SPREADS.items()
    ]
    return sum(differences) / len(differences)


def read_tone(text: str) -> Tone | None:
    """A measured tone from the JSON that `measure_tone` prints, or None when the text is no such thing."""
    try:
        return Tone.model_validate_json(text) if text.lstrip().startswith("{") else None
    except ValidationError:
        return None


def describe_tone(profile: ToneProfile) -> str:
    """A profile in a sentence, for a person or a language model."""
    parts = [f"about {profile.words_per_sentence:.0f} words a sentence and {profile.words_per_speech:.0f} a speech"]
    for share, word in (
        (profile.question_share, "questions"), (profile.exclamation_share, "exclamations"),
        (profile.trailing_share, "sentences that break off"),
    ):  # fmt: skip
        if share >= 0.1:
            parts.append(f"{share:.0%} {word}")
    often = profile.contraction_share
    parts.append("contracts" if often > 0.6 else "seldom contracts" if often < 0.4 else "contracts at times")
    if profile.markers:
        parts.append("opens with " + ", ".join(f"“{word}”" for word in profile.markers))
    if profile.vocabulary:
        parts.append("likes the words " + ", ".join(profile.vocabulary[:10]))
    return f"{profile.character or 'Everybody'}: {'; '.join(parts)}."


def to_tone(lines: Sequence[str], profile: ToneProfile, random: Random) -> str:
    """Of some lines that say the same, and of their variants, the one that sounds most like a profile.

    A single line cannot have a share of questions; what it can have is drawn: each figure is taken as a chance.
    """
    wanted = {
        "exclamation_share": float(random.random() < profile.exclamation_share),
        "trailing_share": float(random.random() < profile.trailing_share),
        "contraction_share": float(random.random() < profile.contraction_share),
        "marker_share": float(random.random() < profile.marker_share),
        "words_per_sentence": max(random.gauss(profile.words_per_sentence, profile.words_per_sentence_spread), 1.0),
        "commas_per_sentence": profile.commas_per_sentence,
    }
    choices = [variant for line in lines for variant in variants(line, profile.markers)]

    def misfit(text: str) -> float:
        own = profile_of("", [text])
        return sum(abs(float(getattr(own, name)) - value) / _SPREADS[name] for name, value in wanted.items())

    return min(choices, key=misfit)


def match_speeches(speeches: Sequence[str], profile: ToneProfile, random: Random, *, rounds: int = 2) -> list[str]:
    """The same speeches, worded so that together they come as near to a profile as rules can bring them.

    Speeches are taken in random order, so that what is changed is spread over all of them; each takes the variant that
    brings the whole nearest, and that is repeated a few times.
    """
    if len(speeches) > _TOGETHER:
        # A whole role is matched in stretches, each to the profile: the cost grows with the square of a stretch.
        return [
            text
            for start in range(0, len(speeches), _TOGETHER)
            for text in match_speeches(speeches[start : start + _TOGETHER], profile, random, rounds=rounds)
        ]
    current = list(speeches)
    order = list(range(len(speeches)))
    for _ in range(rounds):
        random.shuffle(order)
        for number in order:
            choices = list(dict.fromkeys([current[number], *variants(speeches[number], profile.markers)]))
            if len(choices) > 1:
                current[number] = min(
                    choices, key=lambda choice: _misfit([*current[:number], choice, *current[number + 1 :]], profile)
                )
    return current


def _misfit(speeches: Sequence[str], profile: ToneProfile) -> float:
    own = profile_of("", speeches)
    return sum(abs(float(getattr(own, name)) - float(getattr(profile, name))) / _SPREADS[name] for name in _MOVABLE)


def variants(text: str, markers: Iterable[str] = ()) -> list[str]:
    """Ways to say a text that state the same, itself first."""
    found = [text]
    for contracted in (_contract(text), _expand(text)):
        for cut in (contracted, _split(contracted), _join(contracted)):
            for ended in (cut, _exclaimed(cut), _trailing(cut), _calm(cut)):
                found.append(ended)
                found += [_marked(ended, marker) for marker in list(markers)[:2]]
    found.append(_unmarked(text))
    return list(dict.fromkeys(variant for variant in found if variant))


def _cased(like: str, text: str) -> str:
    return text[:1].upper() + text[1:] if like[:1].isupper() else text


def _contract(text: str) -> str:
    def short(match: re.Match[str]) -> str:
        before, after = text[: match.start()], text[match.end() :]
        said = match[0].lower()
        # Nothing is contracted where the sentence stops: "I know who he is."
        if after[:1] in ".,!?;…" and not said.endswith("not"):
            return match[0]
        # "What is it?" has no short form, nor has "would you have".
        if said.split()[0] in ("what", "where", "who") and _PRONOUN.match(after):
            return match[0]
        if said.endswith("have") and (_HELPING.search(before) or not _PARTICIPLE.match(after)):
            return match[0]
        found = next(value for key, value in _CONTRACTED.items() if key.lower() == said)
        return _cased(match[0], found)

    return _LONG.sub(short, text)


def _expand(text: str) -> str:
    def long(match: re.Match[str]) -> str:
        found = next(value for key, value in _SHORT_TO_LONG.items() if key.lower() == match[0].lower())
        return _cased(match[0], found)

    plain = _plain(text)
    return _SURELY_SHORT.sub(long, plain)


def _split(text: str) -> str:
    return re.sub(r"(?:, (?:and|but|so) |; )(\w)", lambda match: f". {match[1].upper()}", text)


def _join(text: str) -> str:
    """Two statements made one, but not across a question or an exclamation."""

    def joined(match: re.Match[str]) -> str:
        return f", {match[1] if match[1] == 'I' else match[1].lower()}"

    return re.sub(
        r"(?<=[a-z])\. ((?:And|But|So|Then|It|He|She|They|We|I|You|That|This|There)\b)", joined, text, count=2
    )


def _exclaimed(text: str) -> str:
    return re.sub(r"(?<!\.)\.$", "!", text)


def _trailing(text: str) -> str:
    return re.sub(r"(?<!\.)\.$", "…", text)


def _calm(text: str) -> str:
    return re.sub(r"(?:!|…|\.\.\.)$", ".", text)


def _marked(text: str, marker: str) -> str:
    opener = (_WORD.findall(text.lower()) or [""])[0]
    if not text or opener in MARKERS:
        return text
    keep = text.split()[0]
    rest = text if keep == "I" or keep.startswith(("I'", "I’")) or keep[1:2].isupper() else text[0].lower() + text[1:]
    return f"{marker.capitalize()}, {rest}"


def _unmarked(text: str) -> str:
    match = re.match(r"(\w+), (\w.*)$", text, flags=re.DOTALL)
    return match[2][0].upper() + match[2][1:] if match and match[1].lower() in MARKERS else text


def overall_counts(speeches: Mapping[str, Sequence[str]], without: str) -> Counter[str]:
    """How often everybody but one uses each word."""
    return Counter(
        word.lower()
        for name, texts in speeches.items()
        if name != without
        for text in texts
        for word in _WORD.findall(text)
    )
