"""Fitted predictors as files: numbers, names of features and a card; nothing that can run or names a viewer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from rushlight.artifacts.prediction import PredictionCard
from rushlight.audience.predicting.blend import Blend
from rushlight.audience.predicting.calibrating import Calibration
from rushlight.audience.predicting.fitting import Model
from rushlight.audience.predicting.linear import LinearModel
from rushlight.audience.predicting.trees import BoostedTrees
from rushlight.core.errors import ModelError

__all__ = ["StoredPredictor", "read_predictor", "write_predictor"]

_ENTRY = "predictor"
_KINDS: dict[str, type[BoostedTrees] | type[LinearModel] | type[Blend]] = {
    "trees": BoostedTrees,
    "linear": LinearModel,
    "blend": Blend,
}


@dataclass(frozen=True)
class StoredPredictor:
    """A predictor as it was stored.

    Attributes:
        model: trees, a line or both, over the columns `names`.
        calibration: how log-odds become probabilities; None for seconds.
        names: of the features, in order.
        card: what it is.
    """

    model: Model
    calibration: Calibration | None
    names: tuple[str, ...]
    card: PredictionCard


def write_predictor(stored: StoredPredictor, path: Path) -> None:
    """Write a predictor as safetensors."""
    tensors = {f"model.{name}": np.ascontiguousarray(value) for name, value in stored.model.tensors().items()}
    method = ""
    if stored.calibration is not None:
        method = stored.calibration.method
        tensors["calibration.at"] = np.ascontiguousarray(stored.calibration.at)
        tensors["calibration.probability"] = np.ascontiguousarray(stored.calibration.probability)
    # Several entries would be written in an order that changes from run to run.
    said = {"card": stored.card.model_dump_json(), "names": stored.names, "calibration": method}
    save_file(tensors, path, metadata={_ENTRY: json.dumps(said)})


def read_predictor(path: Path) -> StoredPredictor:
    """A stored predictor.

    Raises:
        ModelError: this is no predictor of ours.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            said = json.loads((file.metadata() or {})[_ENTRY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        card = PredictionCard.model_validate_json(said["card"])
        kept = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
        model = _KINDS[card.model].from_tensors(kept)
        calibration = None
        if said["calibration"]:
            calibration = Calibration(
                said["calibration"], tensors["calibration.at"], tensors["calibration.probability"]
            )
        return StoredPredictor(model, calibration, tuple(said["names"]), card)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            "This file is no predictor.", path=path, hint="Fit one: rushlight audience predict-watch-time."
        ) from error
