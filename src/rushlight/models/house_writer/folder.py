"""A house writer on disk: safe formats only, and a card that says what it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from safetensors.torch import load_file as load_weights
from safetensors.torch import save_file as save_weights

from rushlight.artifacts.screenplay import Element
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import ModelError
from rushlight.models.house_writer.network import NetworkConfig, WriterNetwork
from rushlight.models.house_writer.ngrams import NgramModel
from rushlight.models.house_writer.training import ORDER, Recipe, Trained, split_scenes
from rushlight.models.house_writer.vocabulary import Vocabulary
from rushlight.models.house_writer.writing import Shingles, Writer

__all__ = ["WriterCard", "load_writer", "read_card", "save_writer"]

CARD, VOCABULARY, WEIGHTS, MEMORY = "card.json", "vocabulary.json", "weights.safetensors", "memory.safetensors"


class WriterCard(BaseModel):
    """What a house writer is and how good it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    name: str
    network: NetworkConfig
    share: float
    seed: int
    corpus: dict[str, str]
    """File name to SHA-256 of every screenplay it was trained on."""
    figures: dict[str, float]
    """`perplexity` and kin on held-out scenes, sizes."""
    licence: str = "that of the corpus"
    limits: str = (
        "Trained on a few screenplays: it has their vocabulary and turns of phrase, and knows nothing of the world. "
        "Runs of twelve words of the corpus are refused; shorter ones may come out."
    )
    files: dict[str, str] = {}
    """SHA-256 of the files beside this card."""


def save_writer(
    trained: Trained,
    folder: Path,
    *,
    name: str,
    recipe: Recipe,
    corpus: dict[str, str],
    scenes: Sequence[tuple[Element, ...]],
) -> WriterCard:
    """Write a trained writer to a folder that does not exist yet or is empty.

    Returns:
        Its card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trained.vocabulary.write(folder / VOCABULARY)
    save_weights({key: value.contiguous() for key, value in trained.network.state_dict().items()}, folder / WEIGHTS)
    train, tune, _ = split_scenes(scenes, recipe.seed)
    coded = [[*trained.vocabulary.encode(scene), trained.vocabulary.end] for scene in (*train, *tune)]
    save_file(
        {
            "tokens": np.array([token for scene in coded for token in scene], dtype=np.int32),
            "ends": np.cumsum([len(scene) for scene in coded]).astype(np.int64),
            "shingles": Shingles.of(scenes).array(),
        },
        folder / MEMORY,
    )
    card = WriterCard(
        name=name,
        network=trained.network.config,
        share=trained.share,
        seed=recipe.seed,
        corpus=corpus,
        figures=trained.figures,
        files={file: file_sha256(folder / file) for file in (VOCABULARY, WEIGHTS, MEMORY)},
    )
    (folder / CARD).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return card


def read_card(folder: Path) -> WriterCard:
    """The card of a writer.

    Raises:
        ModelError: there is none, or it is no card.
    """
    try:
        return WriterCard.model_validate_json((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            "There is no house writer here.",
            path=folder,
            hint="Train one: `rushlight models train writer --corpus DIR`.",
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise ModelError(
            "The card of this writer cannot be read.", path=folder / CARD, hint="Train it again."
        ) from error


def load_writer(folder: Path) -> tuple[Writer, WriterCard]:
    """Load a writer that `save_writer` wrote.

    Raises:
        ModelError: a file is missing, damaged or was changed.
    """
    card = read_card(folder)
    for file in (VOCABULARY, WEIGHTS, MEMORY):
        if not (folder / file).is_file() or file_sha256(folder / file) != card.files.get(file):
            raise ModelError(f"{file} of this writer is missing or was changed.", path=folder, hint="Train it again.")
    vocabulary = Vocabulary.read(folder / VOCABULARY)
    try:
        network = WriterNetwork(card.network)
        network.load_state_dict(load_weights(folder / WEIGHTS))
        memory = load_file(folder / MEMORY)
        starts = [0, *memory["ends"].tolist()]
        tokens = memory["tokens"].tolist()
        sequences = [tokens[start:end] for start, end in zip(starts, starts[1:], strict=False)]
        ngrams = NgramModel(ORDER, vocabulary.size, sequences)
        shingles = Shingles(memory["shingles"].tolist())
    except (SafetensorError, RuntimeError, ValueError, KeyError) as error:
        raise ModelError(f"This writer cannot be loaded ({error}).", path=folder, hint="Train it again.") from error
    return Writer(vocabulary, network, ngrams, card.share, shingles), card
