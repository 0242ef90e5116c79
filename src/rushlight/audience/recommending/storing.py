"""Fitted recommenders as files: numbers and a card, nothing that can run, nothing that names a viewer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from rushlight.artifacts.recommendations import RecommenderCard
from rushlight.audience.recommending.biased_factors import BiasedFactors
from rushlight.audience.recommending.blend import Blend
from rushlight.audience.recommending.factors import ImplicitFactors
from rushlight.audience.recommending.linear import Ease, ItemNeighbours, Popularity, Slim
from rushlight.audience.recommending.neural import NeuralFactors
from rushlight.audience.recommending.recommender import Recommender
from rushlight.audience.recommending.viewer_neighbours import ViewerNeighbours
from rushlight.core.errors import InputError, ModelError

__all__ = ["MODELS", "read_card", "read_model", "write_model"]

MODELS: dict[str, type[Recommender]] = {
    kind.name: kind
    for kind in (
        Blend, Ease, Slim, ImplicitFactors, ItemNeighbours, ViewerNeighbours, NeuralFactors, BiasedFactors, Popularity,
    )
}  # fmt: skip

_ENTRY = "recommender"


def write_model(model: Recommender, titles: tuple[str, ...], card: RecommenderCard, path: Path) -> None:
    """Write a fitted model with its titles and its card.

    Raises:
        InputError: the model consists of viewers' histories, which are not stored a second time.
    """
    if model.holds_viewers:
        raise InputError(
            f"A model of {model.name} consists of viewers' histories and is not stored.",
            hint="Fit it again when it is needed, or choose another.",
        )
    # Several entries would be written in an order that changes from run to run.
    said = {_ENTRY: json.dumps({"card": card.model_dump_json(), "titles": json.dumps(titles)})}
    save_file({name: np.ascontiguousarray(value) for name, value in model.tensors().items()}, path, metadata=said)


def read_card(path: Path) -> RecommenderCard:
    """The card of a stored model.

    Raises:
        ModelError: this is no recommender of ours.
    """
    return RecommenderCard.model_validate_json(_said(path)["card"])


def read_model(path: Path, manifest: str = "") -> tuple[Recommender, tuple[str, ...]]:
    """A stored model and its titles.

    Args:
        path: the file.
        manifest: hash of the warehouse's manifest as it is now; when given, the model must have been fitted on it.

    Raises:
        ModelError: this is no recommender of ours.
        InputError: the warehouse has changed since, so that an erased viewer might still speak in the model.
    """
    card, titles = read_card(path), tuple(json.loads(_said(path)["titles"]))
    if manifest and card.fitted_on != manifest:
        raise InputError(
            "This recommender was fitted before the warehouse changed.",
            path=path,
            hint="Fit it again, so that viewers who were erased leave no trace: rushlight audience recommend.",
        )
    with safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    return MODELS[card.model].from_tensors(tensors), titles


def _said(path: Path) -> dict[str, str]:
    try:
        with safe_open(path, framework="numpy") as file:
            said: dict[str, str] = json.loads((file.metadata() or {})[_ENTRY])
        known = RecommenderCard.model_validate_json(said["card"]).model in MODELS and "titles" in said
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            "This file is no recommender.", path=path, hint="Fit one: rushlight audience recommend."
        ) from error
    if not known:
        raise ModelError("This file is a recommender of an unknown kind.", path=path, hint="Fit one anew.")
    return said
