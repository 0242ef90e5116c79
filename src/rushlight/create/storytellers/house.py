"""The storyteller `house/NAME`: scenes by a model trained on the user's own screenplays, outlines by the grammar.

A model of a few scripts knows how people there talk, not how a story is built; so it is given the outline, the
heading and who is present, and writes the scene. `house/NAME?temperature=1.1` sets how bold it is (0 to 2), and
`house/NAME?copies=yes` lets long runs of the corpus through.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from rushlight.artifacts.outline import Idea, Outline
from rushlight.artifacts.screenplay import Element, Screenplay, split_name
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError, ModelError
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.models.cards import models_folder

if TYPE_CHECKING:
    from rushlight.models.house_writer.writing import Wish, Writer

__all__ = ["HouseStoryteller", "house_folder", "house_names", "load"]


def house_folder(name: str) -> Path:
    """Where the house writer of this name is kept.

    Raises:
        InputError: the name is none for a folder.
    """
    if not re.fullmatch(r"[\w][\w.-]{0,63}", name):
        raise InputError(f"{name!r} is no name for a writer.", hint="Use letters, digits, dots and hyphens.")
    return models_folder() / "writers" / name


def house_names() -> list[str]:
    """Every house writer on this machine."""
    return sorted(path.parent.name for path in (models_folder() / "writers").glob("*/card.json"))


def load(setting: str) -> HouseStoryteller:
    """The storyteller that `house/NAME` names.

    Raises:
        ModelError: no writer of this name was trained, or it is damaged.
        InputError: an option is unknown or out of range.
    """
    name, _, options = setting.removeprefix("house").removeprefix("/").partition("?")
    if not name or not (house_folder(name) / "card.json").is_file():
        there = ", ".join(f"house/{one}" for one in house_names())
        raise ModelError(
            f"No house writer named {name!r} was trained." if name else "house needs a name, such as house/mine.",
            hint=f"There are {there}." if there else "Train one: `rushlight models train writer --corpus SCRIPTS`.",
        )
    temperature, copies = 0.9, False
    for key, value in parse_qsl(options, keep_blank_values=True):
        if key == "temperature" and re.fullmatch(r"\d(\.\d+)?", value) and float(value) <= 2:
            temperature = float(value)
        elif key == "copies" and value in ("yes", "no"):
            copies = value == "yes"
        else:
            raise InputError(
                f"{key}={value} is no option of a house writer.",
                hint="There are temperature=0 to 2 and copies=yes or no.",
            )
    return HouseStoryteller(name, temperature, copies)


@lru_cache(maxsize=2)
def _loaded(folder: Path, card_sha256: str) -> Writer:  # noqa: ARG001 - the hash makes a retrained writer another
    try:
        from rushlight.models.house_writer.folder import load_writer
    except ImportError as error:
        raise ModelError(
            f"A house writer needs {error.name}, which is not installed.",
            hint="Run `pip install 'rushlight[learning]'`.",
        ) from error
    return load_writer(folder)[0]


class HouseStoryteller:
    """See the module. The same request with the same seed gives the same scene on the same machine."""

    def __init__(self, name: str, temperature: float, copies: bool) -> None:
        self.name = f"house/{name}"
        self.revision = file_sha256(house_folder(name) / "card.json")[:16]
        self.note = (
            f"Scenes by the house writer {name}, a small model of your own screenplays: it has their tone, and no "
            "sense of the story. Outlines are by the story grammar."
        )
        self._folder, self._temperature, self._copies = house_folder(name), temperature, copies
        self._grammar = GrammarStoryteller()

    def ideas(self, premise: str, count: int, *, language: str, seed: int) -> tuple[Idea, ...]:
        """Ideas of the grammar: a house writer has none of its own."""
        return self._grammar.ideas(premise, count, language=language, seed=seed)

    def outline(
        self, premise: str, *, structure: str, scenes: int, language: str, seed: int, keep: Outline | None
    ) -> Outline:
        """An outline of the grammar, said to be one."""
        made = self._grammar.outline(
            premise, structure=structure, scenes=scenes, language=language, seed=seed, keep=keep
        )
        return made.model_copy(update={"writer": self.name, "notes": (*made.notes, self.note)})

    def scene(
        self,
        outline: Outline,
        scene_id: str,
        before: tuple[Element, ...],
        *,
        words: int,
        tone: str,  # noqa: ARG002 - the corpus has its own
        seed: int,
    ) -> tuple[Element, ...]:
        """One scene in the words of the corpus; its tone is the corpus's own, so `tone` is not used."""
        plan = next((plan for plan in outline.scenes if plan.id == scene_id), None)
        if plan is None:
            raise InputError(f"The outline has no scene {scene_id!r}.")
        names = tuple(dict.fromkeys(name.upper() for name in plan.characters))
        return self._writer().scene(before, plan.heading, self._wish(names, words, seed))

    def rewrite(
        self,
        screenplay: Screenplay,
        first: int,
        last: int,
        *,
        wish: str,  # noqa: ARG002 - not understood
        seed: int,
    ) -> tuple[Element, ...]:
        """Other paragraphs of the same kinds, to follow what stands before them; a wish is not understood."""
        made = list(screenplay.elements[:first])
        for element in screenplay.elements[first:last]:
            if element.kind in ("action", "dialogue", "lyrics", "parenthetical"):
                names = tuple(split_name(name)[0] for name in screenplay.characters())
                made.append(self._writer().paragraph(made, element.kind, self._wish(names, 60, seed + len(made))))
            else:
                made.append(element)
        return tuple(made[first:])

    def _writer(self) -> Writer:
        return _loaded(self._folder, self.revision)

    def _wish(self, names: tuple[str, ...], words: int, seed: int) -> Wish:
        from rushlight.models.house_writer.writing import Wish

        return Wish(temperature=self._temperature, names=names, words=words, allow_copies=self._copies, seed=seed)
