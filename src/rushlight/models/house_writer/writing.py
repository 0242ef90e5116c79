"""Writing with a house writer: only what is a screenplay, and no long copies of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import torch
from numpy.typing import NDArray

from rushlight.artifacts.screenplay import Element, ElementKind
from rushlight.core.errors import ModelError
from rushlight.models.house_writer.network import WriterNetwork
from rushlight.models.house_writer.ngrams import NgramModel
from rushlight.models.house_writer.vocabulary import Vocabulary

__all__ = ["LONGEST_COPY_WORDS", "Shingles", "Wish", "Writer", "prose_of", "words_of"]

LONGEST_COPY_WORDS = 12
# Which kind of paragraph may follow which; the first of a scene is its heading.
_AFTER: dict[ElementKind, tuple[ElementKind, ...]] = {
    "scene_heading": ("action", "character", "centered"),
    "action": ("action", "character", "transition", "centered"),
    "centered": ("action", "character", "transition"),
    "character": ("dialogue", "parenthetical", "lyrics"),
    "parenthetical": ("dialogue", "lyrics"),
    "dialogue": ("action", "character", "parenthetical", "transition"),
    "lyrics": ("action", "character", "dialogue", "lyrics"),
    "transition": (),
}
# Kinds after which a scene may end.
_LAST = frozenset(("action", "dialogue", "transition", "lyrics", "centered"))
_LONGEST: dict[ElementKind, int] = {
    "scene_heading": 24, "character": 12, "parenthetical": 16, "transition": 10, "centered": 24,
    "action": 120, "dialogue": 120, "lyrics": 80,
}  # fmt: skip
_BACKTRACKS = 400


def words_of(text: str) -> list[str]:
    """Words as copies are compared: lower case, letters and digits only."""
    return re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", ""))


def prose_of(elements: Iterable[Element]) -> str:
    """What a scene says, without its heading and the names of who speaks."""
    return " ".join(element.text for element in elements if element.kind not in ("character", "scene_heading"))


class Shingles:
    """Every run of twelve words of a corpus, as hashes: enough to know a copy, not to make one."""

    def __init__(self, hashes: Iterable[int]) -> None:
        self._hashes = frozenset(hashes)

    @classmethod
    def of(cls, scenes: Iterable[Sequence[Element]]) -> Shingles:
        """The runs within each scene, over paragraphs but without the names of who speaks."""
        found: set[int] = set()
        for scene in scenes:
            words = words_of(prose_of(scene))
            for start in range(len(words) - LONGEST_COPY_WORDS + 1):
                found.add(cls.hash(words[start : start + LONGEST_COPY_WORDS]))
        return cls(found)

    @staticmethod
    def hash(words: Sequence[str]) -> int:
        """63 bits of a run of words."""
        return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest()) >> 1

    def holds(self, words: Sequence[str]) -> bool:
        """Whether exactly this run of words stands in the corpus."""
        return self.hash(words) in self._hashes

    def copied(self, text: str) -> str:
        """The first run of words of a text that stands in the corpus; empty when there is none."""
        words = words_of(text)
        for start in range(len(words) - LONGEST_COPY_WORDS + 1):
            run = words[start : start + LONGEST_COPY_WORDS]
            if self.holds(run):
                return " ".join(run)
        return ""

    def array(self) -> NDArray[np.int64]:
        """The hashes, sorted, int64."""
        return np.array(sorted(self._hashes), dtype=np.int64)


@dataclass(frozen=True)
class Wish:
    """How to write.

    Attributes:
        temperature: below 1 safer, above 1 wilder; 0 takes the likeliest every time.
        top_share: only the likeliest tokens that together have this probability are drawn from.
        names: the only characters who may speak, in capitals; anybody when empty.
        words: about how many words the scene should have.
        allow_copies: let runs of twelve words of the corpus through.
        seed: decides every draw.
    """

    temperature: float = 0.9
    top_share: float = 0.95
    names: tuple[str, ...] = ()
    words: int = 150
    allow_copies: bool = False
    seed: int = 0


class Writer:
    """A trained writer, ready to write.

    Args:
        vocabulary, network, ngrams: as trained.
        share: share of the network in the mixture.
        shingles: what may not be copied.
    """

    def __init__(
        self, vocabulary: Vocabulary, network: WriterNetwork, ngrams: NgramModel, share: float, shingles: Shingles
    ) -> None:
        self.vocabulary, self.network, self.ngrams, self.share = vocabulary, network.eval(), ngrams, share
        self.shingles = shingles
        pieces = [vocabulary.piece(token) for token in range(vocabulary.size)]
        marks = {*vocabulary.marks.values(), vocabulary.end}
        self._is_mark = np.array([token in marks for token in range(vocabulary.size)])
        # Broken characters, line breaks and note marks never stand in a paragraph.
        self._unfit = np.array([bool(re.search(r"[\x00-\x1f\x7f]|\[\[|\]\]|/\*|\*/", piece)) for piece in pieces])
        self._starts_word = np.array([piece.startswith(" ") for piece in pieces])
        self._spoken = np.array([bool(re.search(r"\w", piece)) or "\ufffd" in piece for piece in pieces])

    def scene(self, before: Sequence[Element], heading: str, wish: Wish) -> tuple[Element, ...]:
        """Write one scene.

        Args:
            before: what stands before it; as much of the end as the network can look back on is read.
            heading: the scene's heading; the writer's own when empty.
            wish: how to write.

        Returns:
            The heading, then paragraphs in an order that a screenplay allows.

        Raises:
            ModelError: nothing but copies of the corpus comes out.
        """
        draw = np.random.default_rng(wish.seed)
        elements: list[Element] = []
        past = list(before)
        if heading:
            elements.append(Element(kind="scene_heading", text=heading))
        backtracks = 0
        while True:
            kind = self._next_kind(past, elements, wish, draw)
            if kind is None:
                return tuple(elements)
            text = self._paragraph(past, elements, kind, wish, draw)
            element = Element(kind=kind, text=self._shaped(kind, text))
            if not self._fits(elements, element, wish):
                backtracks += 1
                if backtracks > _BACKTRACKS:
                    raise ModelError(
                        "The writer only copies its corpus here.",
                        hint="Raise the temperature, or train on more scripts.",
                    )
                continue
            elements.append(element)

    def paragraph(self, before: Sequence[Element], kind: ElementKind, wish: Wish) -> Element:
        """Write one paragraph of a kind, to follow `before`.

        Raises:
            ModelError: nothing but copies of the corpus comes out.
        """
        draw = np.random.default_rng(wish.seed)
        start = max((n for n, element in enumerate(before) if element.kind == "scene_heading"), default=0)
        past, elements = list(before[:start]), list(before[start:])
        for _ in range(_BACKTRACKS):
            element = Element(kind=kind, text=self._shaped(kind, self._paragraph(past, elements, kind, wish, draw)))
            if self._fits(elements, element, wish):
                return element
        raise ModelError(
            "The writer only copies its corpus here.", hint="Raise the temperature, or train on more scripts."
        )

    # -- which paragraph -----------------------------------------------------------------------

    def _next_kind(
        self, past: list[Element], elements: list[Element], wish: Wish, draw: np.random.Generator
    ) -> ElementKind | None:
        """The kind of the next paragraph, or None to end the scene here."""
        if not elements:
            return "scene_heading"
        last = elements[-1].kind
        allowed = [self.vocabulary.marks[kind] for kind in _AFTER[last]]
        written = sum(len(element.text.split()) for element in elements[1:])
        if last in _LAST and written >= wish.words * 0.8:
            allowed.append(self.vocabulary.end)
        if not allowed or (last in _LAST and written >= wish.words * 1.25):
            return None
        row = self._probabilities(self._tokens(past, elements))
        weights = row[allowed] + 1e-12
        token = allowed[int(draw.choice(len(allowed), p=weights / weights.sum()))]
        return self.vocabulary.kinds.get(token)

    # -- its words -----------------------------------------------------------------------------

    def _paragraph(
        self, past: list[Element], elements: list[Element], kind: ElementKind, wish: Wish, draw: np.random.Generator
    ) -> str:
        """The text of one paragraph, token by token, with steps back where it would copy."""
        if kind == "character" and wish.names:
            return self._name(past, elements, wish, draw)
        before = [*self._tokens(past, elements), self.vocabulary.marks[kind]]
        tokens: list[int] = []
        banned: dict[int, set[int]] = {}
        steps = 0
        while True:
            steps += 1
            row = self._probabilities([*before, *tokens])
            row = np.where(self._unfit, 0.0, row)
            spoken = any(self._spoken[token] for token in tokens)
            stop = row[self._is_mark].sum() if spoken else 0.0
            row = np.where(self._is_mark, 0.0, row)
            if not tokens:
                row = np.where(self._starts_word, row, 0.0)
            row[list(banned.get(len(tokens), ()))] = 0.0
            total = row.sum()
            if spoken and (
                len(tokens) >= _LONGEST[kind] or total <= 0 or draw.random() < stop / max(stop + total, 1e-12)
            ):
                return self.vocabulary.decode_text(tokens).replace("\ufffd", "").strip()
            if total <= 0 or steps > 12 * _LONGEST[kind]:
                raise ModelError(
                    "The writer only copies its corpus here.", hint="Raise the temperature, or train on more scripts."
                )
            tokens.append(self._drawn(row / total, wish, draw))
            if not wish.allow_copies and kind in ("action", "dialogue", "lyrics", "centered"):
                self._step_back(tokens, banned)

    def _step_back(self, tokens: list[int], banned: dict[int, set[int]]) -> None:
        """Undo the last word where it completes a run of twelve words of the corpus, and never draw it there again."""
        words = words_of(self.vocabulary.decode_text(tokens))
        if len(words) < LONGEST_COPY_WORDS or not self.shingles.holds(words[-LONGEST_COPY_WORDS:]):
            return
        at = len(tokens) - 1
        while at > 0 and not self._starts_word[tokens[at]]:
            at -= 1
        for place in [place for place in banned if place > at]:
            del banned[place]
        banned.setdefault(at, set()).add(tokens[at])
        del tokens[at:]

    def _name(self, past: list[Element], elements: list[Element], wish: Wish, draw: np.random.Generator) -> str:
        """One of the names that may speak, by how likely the writer finds each; not the one who spoke last."""
        spoke = next((element.text for element in reversed(elements) if element.kind == "character"), "")
        directly = len(elements) > 1 and elements[-1].kind == "dialogue"
        names = [name for name in wish.names if not (directly and name == spoke)] or list(wish.names)
        before = [*self._tokens(past, elements), self.vocabulary.marks["character"]]
        scores = []
        for name in names:
            tokens = self.vocabulary.encode_text(name)
            score = sum(
                np.log(self._probabilities([*before, *tokens[:at]])[tokens[at]] + 1e-12) for at in range(len(tokens))
            )
            # A name the corpus does not know is no less a name: length must not decide.
            scores.append(score / max(len(tokens), 1))
        weights = np.exp(np.array(scores) - max(scores))
        return names[int(draw.choice(len(names), p=weights / weights.sum()))]

    def _drawn(self, row: NDArray[np.float64], wish: Wish, draw: np.random.Generator) -> int:
        if wish.temperature <= 0:
            return int(row.argmax())
        row = row ** (1 / max(wish.temperature, 0.05))
        order = np.argsort(-row, kind="stable")
        sums = np.cumsum(row[order]) / row.sum()
        kept = order[: int(np.searchsorted(sums, wish.top_share)) + 1]
        return int(draw.choice(kept, p=row[kept] / row[kept].sum()))

    # -- what fits -----------------------------------------------------------------------------

    def _shaped(self, kind: ElementKind, text: str) -> str:
        """A paragraph's text as its kind is written."""
        if kind == "parenthetical":
            return f"({text.strip('() ')})"
        if kind == "character":
            return text.upper()
        return text

    def _fits(self, elements: list[Element], element: Element, wish: Wish) -> bool:
        if not re.search(r"\w", element.text):
            return False
        if wish.allow_copies or element.kind in ("character", "scene_heading", "transition", "parenthetical"):
            return True
        # A copy may run over from one paragraph into the next.
        tail = words_of(prose_of(elements))[1 - LONGEST_COPY_WORDS :]
        return not self.shingles.copied(" ".join([*tail, element.text]))

    def _tokens(self, past: Sequence[Element], elements: Sequence[Element]) -> list[int]:
        """What the writer reads: the end of what came before, and the scene so far."""
        tokens = self.vocabulary.encode(elements)
        room = self.network.config.context - len(tokens) - 140
        if room > 0 and past:
            earlier: list[int] = [self.vocabulary.end]
            for element in reversed(past):
                coded = self.vocabulary.encode([element])
                if len(earlier) + len(coded) > room:
                    break
                earlier = [*coded, *earlier]
            tokens = [*earlier, *tokens]
        return tokens or [self.vocabulary.end]

    @torch.no_grad()
    def _probabilities(self, tokens: Sequence[int]) -> NDArray[np.float64]:
        """Of each next token, mixed from network and n-grams, float64, (vocabulary,)."""
        window = list(tokens)[-self.network.config.context :]
        logits = self.network(torch.tensor([window], dtype=torch.long))
        by_network = torch.softmax(logits[0, -1].double(), dim=-1).numpy()
        if self.share >= 1:
            return by_network
        return np.asarray(
            self.share * by_network + (1 - self.share) * self.ngrams.probabilities(window), dtype=np.float64
        )
