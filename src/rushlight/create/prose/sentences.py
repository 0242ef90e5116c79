"""Sentences with exact offsets, and whether each can stand without the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sentencex

from rushlight.artifacts import Source

__all__ = ["CONTRASTS", "OPENERS", "Sentence", "find_sentences", "spans_to_speak"]

# Leading adverbials that tie a sentence to the one before; without them it stands on its own.
OPENERS = (
    "However", "Moreover", "Furthermore", "In addition", "Additionally", "Nevertheless", "Nonetheless", "Therefore",
    "Thus", "Consequently", "As a result", "For example", "For instance", "Meanwhile", "By contrast", "In contrast",
    "On the other hand", "Instead", "Also", "Still", "Indeed", "In fact", "Of course", "Even so", "Yet", "Besides",
    "Similarly", "Likewise", "In turn", "Accordingly", "Hence", "In short", "In other words", "After all", "Finally",
)  # fmt: skip
CONTRASTS = (
    "However",
    "Nevertheless",
    "Nonetheless",
    "By contrast",
    "In contrast",
    "On the other hand",
    "Even so",
    "Yet",
)
_OPENER = re.compile(rf"^(?:{'|'.join(OPENERS)}),\s+", re.IGNORECASE)
_POINTERS = (
    "this|that|these|those|it|its|he|she|his|her|hers|him|they|their|theirs|them|such|both|neither|either|"
    "others?|another|some of them|one of them|none of them|most of them|all of them|each of them"
)
_DANGLING = re.compile(
    rf"^[\"“‘'(]?(?:(?:{_POINTERS})\b|(?:and|but|so|yet|nor|or|then|thus|hence|also|still|here|too|besides|otherwise)\b"
    rf"|(?:when|while|as|although|though|because|since|if|after|before|until|once|in|at|by|from|with|for|on|to|of|"
    rf"under|like|unlike|despite|over|through|without|near|during|among|only|not|even|what) (?:{_POINTERS})\b"
    r"|the (?:same|latter|former|others?|following|next|result|reason|answer|effect|rest|second|third|two)\b"
    r"|(?:by|since|until|from) then\b|(?:\w+ )?\w+ (?:years?|months?|weeks?|days?|decades?|hours?) "
    r"(?:later|earlier|after|afterwards|before)\b|(?:soon|shortly|long) (?:after|before)|nor\b|more than that\b)",
    re.IGNORECASE,
)
# Points back from inside: a person's pronoun with no name before it, or a place or contrast named earlier.
_PERSON = re.compile(r"\b(?:he|she|his|her|hers|him|himself|herself)\b", re.IGNORECASE)
_CALENDAR = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
_NAME_INSIDE = re.compile(rf"(?<!^)(?<![“\"‘])\b(?!(?:{_CALENDAR})\b)[A-Z][a-z]+")
_POINTS_BACK = re.compile(
    r"\b(?:(?:was|is|were) another|the other|the latter|the former|there)[.!?]?$|\bthe same (?:way|year|time)\b"
)
_COMMON_START = re.compile(
    r"(?:the|a|an|in|on|at|by|for|from|of|to|with|when|while|after|before|over|under|as|most)\b", re.IGNORECASE
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Vol|No|Nos|Fig|pp?|ch|ca|c|approx|est|vs|St|Mt|Ft|Dr|Mr|Mrs|Ms|Prof|Rev|Gen|Col|Capt|Lt|Sgt|Hon|Sr|Jr|"
    r"e\.g|i\.e|cf|al|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp)|\b[A-Z])\.\s*$"
)
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Rev|Gen|Col|Capt|Lt|Sgt|Hon|St|Mt)\.$")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a source: `text` is exactly `Source.text[start:end]`.

    Attributes:
        section: index of its heading, counting from 1; 0 before the first heading.
        paragraph: index of its paragraph in the source.
        leans: whether it points back to the sentence before (`It …`, `However …`) and cannot stand alone.
        opener: characters of a leading adverbial that may be left out, such as `However, `; else 0.
    """

    start: int
    end: int
    text: str
    section: int
    paragraph: int
    leans: bool
    opener: int

    @property
    def words(self) -> int:
        """Words as spoken, parted by white space, after what may be left out."""
        return sum(len(text.split()) for text, _, _ in spans_to_speak(self))


def find_sentences(source: Source) -> list[Sentence]:
    """All sentences of an article or brief in order; headings are left out."""
    heading_starts = {heading.start: place for place, heading in enumerate(source.headings, 1)}
    sentences: list[Sentence] = []
    section, start = 0, 0
    for number, paragraph in enumerate(source.text.split("\n\n")):
        if start in heading_starts:
            section = heading_starts[start]
        else:
            for left, right in _split(paragraph, source.language):
                sentences.append(_sentence(source, start + left, start + right, section, number))
        start += len(paragraph) + 2
    return sentences


def _sentence(source: Source, start: int, end: int, section: int, paragraph: int) -> Sentence:
    text = source.text[start:end]
    english = source.language.startswith("en")
    match = _OPENER.match(text) if english else None
    opener = match.end() if match else 0
    leans = english and _points_back(text[opener:])
    return Sentence(start, end, text, section, paragraph, leans, opener)


def _points_back(text: str) -> bool:
    if _DANGLING.match(text) or _POINTS_BACK.search(text):
        return True
    person = _PERSON.search(text)
    # A quotation brings its own people; a capital first word may be a name, as in `Smeaton built his tower`.
    if person is None or text[: person.start()].count("“") or text[: person.start()].count('"'):
        return False
    before = text[: person.start()]
    first = before.split()[0] if before.split() else ""
    starts_with_name = first[:1].isupper() and not _COMMON_START.match(first) and len(before.split()) <= 4
    return not (_NAME_INSIDE.search(before) or starts_with_name)


def _split(paragraph: str, language: str) -> list[tuple[int, int]]:
    """Spans of sentences in one paragraph, white space at the edges left out."""
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in sentencex.segment(language.split("-")[0] or "en", paragraph):
        found = paragraph.find(piece, at)
        if found < 0:
            continue
        at = found + len(piece)
        left = found + len(piece) - len(piece.lstrip())
        right = at - (len(piece) - len(piece.rstrip()))
        if left >= right:
            continue
        if spans and _belongs(paragraph[spans[-1][0] : spans[-1][1]], paragraph[left:right]):
            spans[-1] = (spans[-1][0], right)
        else:
            spans.append((left, right))
    return spans


def _belongs(before: str, after: str) -> bool:
    """Whether a cut between these two pieces was wrong: an abbreviation, an open quotation, a lower-case start."""
    if _ABBREVIATED.search(before) and (after[0].isdigit() or after[0].islower() or before.endswith("c.")):
        return True
    if _TITLE.search(before):
        return True
    if after[0].islower() or (before[-1] not in ".!?…”\"’')»" and after[0] not in '“"«'):
        return True
    if before.count("“") > before.count("”") or before.count("«") > before.count("»"):
        return True
    if before.count('"') % 2 == 1 and len(before.split()) < 60:
        return True
    return before.count("(") > before.count(")")


def spans_to_speak(sentence: Sentence) -> list[tuple[str, int, int]]:
    """What of a sentence is spoken: pieces of its text with their offsets in the source.

    A leading adverbial and parentheses are left out; joined by single spaces, the pieces read as the sentence.
    """
    text, at = sentence.text, sentence.opener
    pieces: list[tuple[str, int, int]] = []
    if len(text) - at < 2:
        return [(text, sentence.start, sentence.end)]
    for match in _PARENTHESIS.finditer(text, at):
        if match.start() > at and text[at : match.start()].strip():
            pieces.append((text[at : match.start()], sentence.start + at, sentence.start + match.start()))
        at = match.end()
    if at < len(text):
        pieces.append((text[at:], sentence.start + at, sentence.end))
    cleaned = []
    for piece, start, end in pieces:
        lead = len(piece) - len(piece.lstrip())
        tail = len(piece) - len(piece.rstrip())
        if piece.strip():
            cleaned.append((piece.strip(), start + lead, end - tail))
    return cleaned or [(text, sentence.start, sentence.end)]
