"""Which language a text is in, told from its commonest words; only what a voice and a label here can serve."""

from __future__ import annotations

import re

__all__ = ["LANGUAGES", "guess_language"]

LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch",
    "pt": "Portuguese", "sv": "Swedish", "pl": "Polish", "ru": "Russian", "el": "Greek",
}  # fmt: skip
# Words that make up a tenth or more of any text in their language, and that few of the others share.
_COMMON = {
    "en": "the of and to in is that was for with are his from this have which not were their been has it by they on",
    "de": "der die und den das von mit dem des ist auf für sich nicht ein eine als auch werden aus sie im zu hat nach",
    "fr": "le la les des et une dans du est que pour qui sur pas par avec sont au plus se ne il cette aux mais",
    "es": "el los las del y una que es por con para se su como más al pero sus fue este ha está son entre cuando",
    "it": "il di che è per un una della del con non sono si più nel alla gli anche dei le ha come ma delle questo",
    "nl": "de het van een en dat is op te zijn met voor niet aan er ook als bij door naar uit over heeft wordt maar",
    "pt": "o os que do da em um uma para com não por mais dos como mas foi ao ele das tem à seu sua ou são está",
    "sv": "och att det som en på är av för med den till inte om ett han men var jag från har de vid efter så",
    "pl": "w i na się z do nie to jest że o jak po przez dla od są za ale tym było co oraz jego już ich",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LEAST_WORDS = 20


def guess_language(text: str) -> str:
    """The language of a text as a tag; `en` when it is too short to tell or in none that we know.

    Args:
        text: plain text; its first 20,000 characters are looked at.
    """
    text = text[:20_000].lower()
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) < _LEAST_WORDS:
        return "en"
    letters = sum(map(len, words))
    for language, first, last in (("ru", "а", "я"), ("el", "α", "ω")):
        if sum(first <= char <= last for char in text) > letters / 2:
            return language
    shares = {language: sum(word in common for word in words) / len(words) for language, common in _WORDS.items()}
    best = max(shares, key=lambda language: (shares[language], language == "en"))
    # A clear lead is wanted: an English text full of foreign names stays English.
    return best if shares[best] >= 0.12 and shares[best] > 1.5 * shares["en"] else "en"
