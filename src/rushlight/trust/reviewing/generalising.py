"""Sentences that ascribe a trait to everybody of a group: “women are bad drivers”, “all immigrants steal”."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["generalisations"]

_GROUPS = (
    "women men girls boys wives husbands mothers housewives blondes teenagers millennials boomers pensioners "
    "old_people young_people black_people white_people brown_people asians arabs africans latinos latinas hispanics "
    "native_americans aborigines roma gypsies jews muslims christians hindus buddhists catholics protestants atheists "
    "immigrants migrants refugees foreigners asylum_seekers gays lesbians homosexuals trans_people disabled_people "
    "autistic_people deaf_people blind_people fat_people poor_people rich_people homeless_people americans mexicans "
    "canadians brits englishmen englishwomen the_english the_british the_irish the_scots the_welsh the_french "
    "frenchmen germans italians spaniards greeks turks poles russians ukrainians romanians albanians swedes the_dutch "
    "the_swiss chinese_people the_chinese the_japanese japanese_people koreans indians pakistanis bangladeshis "
    "filipinos vietnamese_people iranians iraqis israelis palestinians syrians nigerians somalis egyptians brazilians "
    "colombians cubans australians"
).split()
_TRAITS = (
    "lazy stupid dumb dirty greedy violent dangerous criminal criminals thieves liars lying cheap stingy emotional "
    "hysterical irrational weak cold aggressive drunk drunks drunkards promiscuous submissive docile inferior superior "
    "savage savages backward uncivilised uncivilized untrustworthy sneaky cunning terrorists rapists animals vermin "
    "parasites crazy useless helpless bossy gossips nags clueless arrogant rude humourless loud barbaric primitive "
    "stubborn smelly ignorant illiterate unfaithful jealous"
).split()
_GROUP = "|".join(re.escape(group).replace("_", r"\s+") for group in sorted(_GROUPS, key=len, reverse=True))
_TRAIT = "|".join(_TRAITS)
_ALL = r"(?:all|every one of|most|these|those|you|typical|real|only)"
_HOW = r"(?:all|just|naturally|always|simply|too|so|such|by nature|born|inherently|basically|really|very|nothing but)"
_BAD_AT = (
    r"(?:bad|terrible|hopeless|no good|useless|worse|better|born)\s+"
    r"(?:at|with|drivers|cooks|workers|leaders|bosses|liars)"
)
_UNABLE = (
    r"(?:can['’]t|cannot|can\s+never|don['’]t\s+know\s+how\s+to|are\s+unable\s+to|should\s+stay|should\s+not|shouldn['’]t"
    r"|belong\s+in|only\s+want|only\s+care|just\s+want|never|always|steal|lie|cheat|smell)"
)
_PATTERNS = (
    # All of a group are a trait, with or without “all”.
    re.compile(rf"\b(?:{_ALL}\s+)?(?:{_GROUP})\s+(?:are|were)\s+(?:{_HOW}\s+)*(?:{_TRAIT})\b", re.I),
    re.compile(rf"\b(?:{_ALL}\s+)?(?:{_GROUP})\s+are\s+(?:{_HOW}\s+)*{_BAD_AT}\b", re.I),
    # What a group can never do, or does always.
    re.compile(rf"\b(?:{_ALL}\s+)?(?:{_GROUP})\s+{_UNABLE}\b(?:\s+\w+){{0,4}}", re.I),
    re.compile(rf"\ball\s+(?:{_GROUP})\s+(?:are|do|have|want|love|hate|think|look)\b(?:\s+\w+){{0,4}}", re.I),
    re.compile(r"\b(?:throw|run|drive|cry|fight|hit|scream|act)s?\s+like\s+a\s+(?:girl|woman|sissy)\b", re.I),
    re.compile(
        r"\bman\s+up\b|\bboys\s+don['’]t\s+cry\b|\bwoman['’]s\s+place\b|\bweaker\s+sex\b|\bfairer\s+sex\b", re.I
    ),
    re.compile(rf"\b(?:good|bad)\s+for\s+a\s+(?:girl|woman)\b|\btypical\s+(?:{_GROUP}|woman|man|female)\b", re.I),
)
# What measures people speaks of shares, not of nature.
_COUNTED = re.compile(
    r"\b(?:per\s*cent|percent|%|likelier|more likely|less likely|on average|of all|are entitled|were enslaved)", re.I
)


def generalisations(text: str) -> Iterator[tuple[int, int]]:
    """Where a trait is ascribed to everybody of a group; sentences that count or compare shares are left alone."""
    for sentence in re.finditer(r"[^.!?…]+[.!?…]*", text):
        if _COUNTED.search(sentence[0]):
            continue
        last = -1
        spans = sorted({match.span() for pattern in _PATTERNS for match in pattern.finditer(sentence[0])})
        for start, end in spans:
            if start >= last:
                yield sentence.start() + start, sentence.start() + end
                last = end
