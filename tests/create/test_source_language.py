from __future__ import annotations

import pytest

from rushlight.create.sources.language import LANGUAGES, guess_language

TEXTS = {
    "en": "The wall was rebuilt in eleven months after the storm broke it, and the boats have returned to the harbour "
    "of the town, which paid for a third of the work.",
    "de": "Seit dem Jahr 2000 leben wieder Wölfe in Deutschland. Die meisten leben in Brandenburg, und ein Rudel "
    "braucht etwa 200 Quadratkilometer Platz für sich und die Welpen.",
    "fr": "Un train de nuit a relié de nouveau Paris et Berlin, neuf ans après la fin de la ligne. Les couchettes sont "
    "pleines, surtout le vendredi, et il faut attendre pour une place dans le train.",
    "es": "El tren de la noche llega a la ciudad con dos horas de retraso, pero los viajeros no se quejan: duermen y "
    "desayunan en el vagón, que es más cómodo que el avión.",
    "it": "Il treno della notte è tornato e le persone dormono nel vagone che le porta a Roma; il viaggio non è più "
    "lungo di quello con la macchina, ma è per tutti.",
    "nl": "De trein van de nacht is terug en het is druk: een bed kost niet veel, maar er zijn te weinig wagens voor "
    "de mensen die met de trein naar het zuiden willen.",
    "pt": "O comboio da noite voltou e os passageiros dormem em camas que são novas; a viagem não é mais longa do que "
    "a de carro, mas é para todos os que têm tempo.",
    "sv": "Nattåget är tillbaka och det är fullt på fredagar: en bädd kostar inte mycket, men det finns för få vagnar "
    "för dem som vill åka med tåget till fjällen.",
    "pl": "Nocny pociąg wrócił i w piątki jest pełny: łóżko nie jest drogie, ale wagonów jest za mało dla tych, którzy "
    "chcą jechać na południe i do miasta, bo to jest daleko.",
    "ru": "Ночной поезд вернулся, и по пятницам он полон: место стоит недорого, но вагонов слишком мало для тех, кто "
    "хочет поехать на юг, к морю и солнцу.",
    "el": "Το νυχτερινό τρένο επέστρεψε και τις Παρασκευές είναι γεμάτο: το κρεβάτι δεν κοστίζει πολύ, αλλά τα βαγόνια "
    "είναι λίγα για όσους θέλουν να πάνε στο νότο.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_is_enough(language: str) -> None:
    assert guess_language(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    ["", "Der die das und.", "In Lyon, Le Mans and La Rochelle, the mayors met Jean de la Fontaine. " * 3],
)
def test_what_is_short_or_only_full_of_names_stays_english(text: str) -> None:
    assert guess_language(text) == "en"
