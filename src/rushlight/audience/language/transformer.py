"""A Transformer of the person's own for the feeling of comments: a folder on this disk, safetensors or ONNX.

Nothing is fetched and no code of the folder is run. The folder holds `config.json` with the names of its classes,
`tokenizer.json`, and `model.safetensors` or `model.onnx`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError, ModelError

__all__ = ["TransformerFeeling", "class_values", "model_revision"]

Floats = NDArray[np.float64]
_MOST_TOKENS = 256
_BATCH = 32
_NAMED = {"negative": -1.0, "neg": -1.0, "neutral": 0.0, "neu": 0.0, "positive": 1.0, "pos": 1.0, "very negative": -1.0,
          "very positive": 1.0, "mixed": 0.0}  # fmt: skip


def model_revision(folder: str) -> str:
    """The digest of the weights in a folder, for the cache key; empty for the lexicon."""
    if folder in ("", "lexicon"):
        return ""
    return ",".join(file_sha256(path) for path in sorted(Path(folder).glob("model.*")) if path.is_file())


def class_values(config: dict[str, Any]) -> list[float]:
    """What each class of a model says, -1 to +1, from its names: positive and negative, or stars.

    Raises:
        ModelError: they are neither.
    """
    names = config.get("id2label") or {}
    found: list[float] = []
    for index in range(len(names)):
        name = str(names.get(str(index), "")).strip().lower().replace("_", " ")
        stars = re.match(r"([1-5]) ?stars?$", name)
        if name not in _NAMED and not stars:
            raise ModelError(
                f"This model's class {name!r} is no feeling.",
                hint="Classes are negative, neutral, positive or 1 star to 5 stars.",
            )
        found.append((int(stars[1]) - 3) / 2 if stars else _NAMED[name])
    if len(found) < 2:
        raise ModelError("This model names fewer than two classes.", hint="Give one for classifying sentences.")
    return found


class TransformerFeeling:
    """Scores comments with a model in a folder.

    Args:
        folder: where the model lies.

    Raises:
        InputError: no such folder, or files that it needs are missing.
        ModelError: its libraries are not installed, or it is no model for feeling.
    """

    def __init__(self, folder: Path):
        if not (folder / "config.json").is_file():
            raise InputError(
                "There is no model here: config.json is missing.", path=folder, hint="Give its folder, or lexicon."
            )
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
        except ValueError as error:
            raise ModelError("This model's config.json cannot be read.", path=folder) from error
        self.values = np.asarray(class_values(config))
        if (folder / "model.onnx").is_file():
            self._scores = _onnx(folder)
        elif (folder / "model.safetensors").is_file():
            self._scores = _safetensors(folder)
        else:
            raise InputError(
                "This model has neither model.safetensors nor model.onnx.",
                path=folder,
                hint="Pickled weights are not opened: convert them.",
            )

    def scores(self, texts: Sequence[str]) -> list[float]:
        """What each text feels, -1 to +1: the mean of what the classes say, by their probabilities."""
        found: list[float] = []
        for start in range(0, len(texts), _BATCH):
            logits = self._scores(list(texts[start : start + _BATCH]))
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            found += [float(value) for value in odds / odds.sum(axis=1, keepdims=True) @ self.values]
        return found


def _safetensors(folder: Path) -> Callable[[list[str]], Floats]:
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise ModelError("transformers is not installed.", hint='pip install "rushlight[local-models]"') from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"This model cannot be loaded ({str(error).splitlines()[0]}).", path=folder) from error
    model.eval()

    def scores(texts: list[str]) -> Floats:
        read = tokenizer(texts, padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt")
        with torch.no_grad():
            found: Floats = model(**read).logits.double().numpy()
        return found

    return scores


def _onnx(folder: Path) -> Callable[[list[str]], Floats]:
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelError("tokenizers is not installed.", hint='pip install "rushlight[learning]"') from error
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"This model cannot be loaded ({str(error).splitlines()[0]}).", path=folder) from error
    tokenizer.enable_truncation(_MOST_TOKENS)
    tokenizer.enable_padding()
    wanted = {item.name for item in session.get_inputs()}

    def scores(texts: list[str]) -> Floats:
        read = tokenizer.encode_batch(texts)
        given = {
            "input_ids": np.asarray([one.ids for one in read], np.int64),
            "attention_mask": np.asarray([one.attention_mask for one in read], np.int64),
            "token_type_ids": np.asarray([one.type_ids for one in read], np.int64),
        }
        found: Floats = np.asarray(
            session.run(None, {name: given[name] for name in given if name in wanted})[0], np.float64
        )
        return found

    return scores
