"""Prompt injection: text in a source that gives orders to whoever reads it, and answers that carried such orders out.

Nothing here relies on a model's good will. Sentences that give orders are kept from the model, and what it answers is
looked at as a stranger's letter would be. Both err on the side of leaving out: a line lost can be taken from the
source itself.

Reference:
    Greshake et al. 2023, "Not what you've signed up for" (indirect prompt injection).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["borrowed_words", "foreign_matter", "gives_orders", "unsourced_words"]

_READER = re.compile(
    r"\b(?:(?:large )?language models?|llms?|chat ?bots?|gpt[-\w]*|ai (?:models?|systems?|assistants?|agents?|readers?|"
    r"writers?)|(?:dear|hey|hello|attention|note to(?: the)?|to (?:the|any|all)) (?:\w+ ){0,2}(?:assistants?|models?|"
    r"ais?|bots?|writers?|readers?|editors?|narrators?|summari[sz]ers?)|(?:virtual |digital )?assistants? reading|"
    r"whoever (?:reads|summari[sz]es|processes)|(?:if|when|as) you (?:are )?(?:an? )?(?:read|process|summari[sz]|writ|"
    r"generat|assistant|ai\b|model|bot)\w*)",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"\b(?:system (?:prompt|message|note|instruction)s?|(?:developer|jailbreak|dan) mode|"
    r"(?:previous|prior|above|preceding|earlier|your|these|following|foregoing) (?:\w+ )?"
    r"(?:instruction|prompt|direction|rule|guideline|command|directive|constraint|order)s?|"
    r"(?:all|any|other|new|original|hidden|secret) (?:\w+ )?(?:instruction|prompt|directive)s?|"
    r"your (?:next |final |own |entire )?(?:answer|output|response|reply|narration|script|summary|text)|"
    r"the (?:next|final) (?:answer|output|response|reply|completion)|(?:api|access|secret) ?[ _-]?keys?|passwords?|"
    r"end of (?:the )?(?:source|article|document|text|input)|role ?play|pretend (?:to be|that|you))\b",
    re.IGNORECASE,
)
# Orders without an order: what whoever retells this does, what a good summary has.
_CUSTOM = re.compile(
    r"\b(?:whoever|anyone|anybody|everyone|everybody|all|every|each|any|a good|the best|good|proper|those who|"
    r"people who)(?: \w+){0,3} (?:retell|summar|narrat|paraphras|rephras|rewrit|translat|recit|quot|process)\w*"
    r"|\b(?:narrations?|narrators?|summar(?:y|ies)|retellings?|paraphrases?|scripts?) (?:of this |of it )?(?:\w+ )?"
    r"(?:must|should|shall|will|has to|have to|needs? to|always|never|mentions?|includes?|begins?|ends?|starts?|"
    r"closes?|greets?|contains?)\b"
    r"|\bthis (?:text|article|passage|paragraph|document|story)\b.{0,60}\b(?:with|by|contain\w*|use|say|mention)\b"
    r".{0,30}\b(?:words?|phrases?|sentences?|links?)\b|\bwith the (?:word|words|phrase|sentence|name)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"<\|?\s*/?(?:im_start|im_end|system|user|assistant|source|endoftext)\b|\[/?INST\]|<<\s*/?SYS|<<<|>>>|^#{2,}\s*\w|"
    r"^\s*(?:system|assistant|user|human|ai)\s*:",
    re.IGNORECASE,
)
_ORDER_VERBS = (
    "ignore|disregard|forget|say|repeat|print|output|write|reply|respond|answer|reveal|tell|show|display|add|append|"
    "insert|include|mention|state|claim|announce|declare|replace|translate|summari[sz]e|use|call|visit|click|open|go|"
    "follow|subscribe|buy|order|send|email|mail|download|install|run|execute|act|behave|pretend|imagine|assume|remember|"
    "stop|start|begin|finish|end|close|conclude|always|never|do|don't|make|let|please|kindly|note|instead|simply|"
    "contact|phone|text|share|like|sign|register|join|donate|vote|check|see|read|watch|look|enter|type|copy|quote|speak|"
    "narrate|praise|recommend|advertise|promote|treat|consider|switch|change|set|omit|skip|delete|remove|obey|trust|"
    "believe|give|put|place|produce|generate|create|return|provide|ensure|emit|sing|shout|swear|insult|encode|decode"
)
_ORDER = re.compile(
    rf"(?:^|[.!?:;—–]\s+|[\"“‘'(\[*]\s*|\b(?:and|then|please|kindly|now|instead|just|must|should|shall|will|to)\s+)"
    rf"(?:also |first |now |then )?(?:{_ORDER_VERBS})\b",
    re.IGNORECASE,
)
_FIRST_ORDER = re.compile(
    rf"^[\"“‘'(\[*\s]*(?:please,?|kindly|now,?|instead,?|then,?|also,?|next,?|finally,?|important:?|note:?)?\s*"
    rf"(?:{_ORDER_VERBS})\b(?! (?:of|is|was|are|were|had|has)\b)",
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?|ftp|file|data|javascript|mailto)\s*:|\bwww\s*\.|[\w.+-]+\s*@\s*[\w-]+\s*\.\s*\w|\w+\s*(?:\(|\[|\{)\s*(?:at|dot)"
    r"\s*(?:\)|\]|\})|\b[\w-]+\.(?:com|org|net|io|ai|co|example|info|biz|gov|edu|app|dev|xyz|ru|cn|de|fr|uk|us|eu|me|ly|"
    r"link|site|online|shop|tv|gg|zip|test|invalid)\b(?!\w)|\b\w+ dot (?:com|org|net|io|example)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w,.])(?:\+|00)\d[\d ()./-]{6,}\d|(?<![\w,.])\(?0\d{2,4}\)?[ /-]\d{3,}[\d -]*|\b\d{3}-(?:\d{3}-)?\d{4}\b"
)
_MARKUP = re.compile(
    r"```|`|<[a-z/!][^>]*>|\[[^\]]*\]\([^)]*\)|[{}<>|\\]|\[\[|\$\(|!\[|\*\*|__|={2,}|#{2,}|&\w+;|@\w{2,}|#\w{2,}"
)
_BLOB = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9_+/-]{16,}={0,2}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def gives_orders(sentence: str) -> bool:
    """Whether a sentence addresses its reader or a machine to make them do something; catches too much on purpose."""
    text = unicodedata.normalize("NFKC", sentence)
    return bool(
        _READER.search(text)
        or _PROMPT.search(text)
        or _CUSTOM.search(text)
        or _MARKS.search(text)
        or _FIRST_ORDER.match(text)
        or (_SECOND_PERSON.search(text) and _ORDER.search(text))
        or foreign_matter(sentence)
    )


def foreign_matter(text: str) -> str:
    """What in a spoken line no narration holds: an address, a phone number, markup, code; empty when nothing."""
    plain = unicodedata.normalize("NFKC", text)
    if _ADDRESS.search(plain):
        return "It holds an address."
    if _PHONE.search(plain):
        return "It holds a phone number."
    if _MARKUP.search(plain) or _BLOB.search(plain):
        return "It holds markup or code."
    if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn") for char in text):
        return "It holds unseen characters."
    return ""


def unsourced_words(line: str, evidence: str, withheld: Iterable[str]) -> list[str]:
    """Words of a line that come from sentences which give orders, and not from its evidence.

    Args:
        line: what a model wrote.
        evidence: the sentences that it says it rests on.
        withheld: the sentences of the source that give orders.
    """
    known = {_stem(word) for word in _WORD.findall(evidence.casefold())}
    orders = {_stem(word) for text in withheld for word in _WORD.findall(text.casefold())}
    return [
        word
        for word in _WORD.findall(line)
        if _stem(word.casefold()) in orders - known and word.casefold() not in _COMMON and len(word) > 2
    ]


def borrowed_words(line: str, evidence: str, sentences: Iterable[str]) -> set[str]:
    """Words of a line that its evidence has not, and that just one sentence elsewhere in the source has.

    A paraphrase may hit on one by chance; the same one in line after line was ordered.
    """
    known = {_stem(word) for word in _WORD.findall(evidence.casefold())}
    new = {_stem(word) for word in _WORD.findall(line.casefold()) if len(word) > 3 and word not in _COMMON} - known
    holders = [{_stem(word) for word in _WORD.findall(text.casefold())} for text in sentences] if new else []
    return {word for word in new if sum(word in holder for holder in holders) == 1}


def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_COMMON = frozenset(
    """
    the and for with from that this these those have has had was were are is been being but not all any its it's they
    them their there then than when where which while who whom whose what why how into onto over under out off up down
    about after before between through during without within against among along across around behind below above near
    one two three four five six seven eight nine ten first second last next more most less least many much some such
    only own same other another each every both few very just also even still yet too now here once again ever never
    can could may might must shall should will would did does doing done made make makes took take takes taken gave
    give given gives got get gets went goes going gone came come comes coming said say says put set kept keep keeps
    people person man men woman women time times year years day days way ways world work works part parts place places
    thing things old new long short great small large big high low good well better best his her hers him she you your
    our ours mine let like because since until though although however therefore thus hence nor either neither per
    end ends ended ending finish finished close closed line lines story text word words sentence use used using
    """.split()
)
