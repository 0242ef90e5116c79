"""Tokens of a house writer: pieces of words learnt from the corpus, and one mark for each kind of paragraph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay
from rushlight.core.errors import ModelError

__all__ = ["MARKS", "Vocabulary", "scenes_of"]

# The kinds of paragraph it writes, with their marks; what is not here (notes, sections, boneyard) is not learnt.
MARKS: dict[ElementKind, str] = {
    "scene_heading": "<heading>",
    "action": "<action>",
    "character": "<character>",
    "parenthetical": "<parenthetical>",
    "dialogue": "<dialogue>",
    "lyrics": "<lyrics>",
    "transition": "<transition>",
    "centered": "<centered>",
}
_END = "<end>"


def scenes_of(screenplays: Iterable[Screenplay]) -> list[tuple[Element, ...]]:
    """The scenes of some screenplays, each with its heading first, without what is not learnt.

    Lines within a paragraph become one line. Scenes without a heading or without another paragraph are left out.
    """
    found = []
    for screenplay in screenplays:
        for scene in screenplay.scenes():
            if not scene.index:
                continue
            elements = [Element(kind="scene_heading", text=_flat(scene.title))]
            for element in scene.elements:
                text = _flat(element.text)
                if element.kind in MARKS and text:
                    elements.append(Element(kind=element.kind, text=text))
            if len(elements) > 1 and elements[0].text:
                found.append(tuple(elements))
    return found


def _flat(text: str) -> str:
    return " ".join(text.replace("[[", " ").replace("]]", " ").split())


class Vocabulary:
    """Byte-level pieces, so that any text of any script has tokens.

    Reference:
        Sennrich et al. 2016, "Neural machine translation of rare words with subword units".
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.size: int = tokenizer.get_vocab_size()
        self.end = self._id(_END)
        self.marks: dict[ElementKind, int] = {kind: self._id(mark) for kind, mark in MARKS.items()}
        self.kinds: dict[int, ElementKind] = {token: kind for kind, token in self.marks.items()}

    def _id(self, mark: str) -> int:
        token = self._tokenizer.token_to_id(mark)
        if token is None:
            raise ModelError(f"The writer's vocabulary has no {mark}.", hint="Train it again.")
        return int(token)

    @classmethod
    def learn(cls, scenes: Sequence[Sequence[Element]], size: int) -> Vocabulary:
        """Learn pieces from scenes; the same scenes give the same pieces."""
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=[_END, *MARKS.values()],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        )
        texts = [" " + element.text for scene in scenes for element in scene]
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Read what `write` wrote.

        Raises:
            ModelError: the file is none.
        """
        try:
            return cls(Tokenizer.from_str(path.read_text(encoding="utf-8")))
        except ModelError:
            raise
        except Exception as error:  # the library raises bare exceptions
            raise ModelError("This is no vocabulary of a house writer.", path=path, hint="Train it again.") from error

    def write(self, path: Path) -> None:
        """Write as JSON."""
        text = self._tokenizer.to_str()
        path.write_text(json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def encode_text(self, text: str) -> list[int]:
        """Tokens of a paragraph's text; each word carries the space before it."""
        return list(self._tokenizer.encode(" " + text, add_special_tokens=False).ids)

    def encode(self, elements: Iterable[Element]) -> list[int]:
        """Tokens of paragraphs, each led by its mark; `end` is not added."""
        tokens = []
        for element in elements:
            if element.kind in self.marks:
                tokens += [self.marks[element.kind], *self.encode_text(_flat(element.text))]
        return tokens

    def decode_text(self, tokens: Sequence[int]) -> str:
        """Text of a paragraph's tokens."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False)).strip()

    def piece(self, token: int) -> str:
        """The text of one token, with the space it may begin with; broken bytes become `\ufffd`."""
        return str(self._tokenizer.decode([token], skip_special_tokens=False))
