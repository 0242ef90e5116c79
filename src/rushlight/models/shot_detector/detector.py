"""Networks that say where shots begin: our own, and TransNetV2 when a person has its ONNX file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import ModelError
from rushlight.models.shot_detector.decoding import Thresholds

__all__ = ["HEIGHT_PX", "WIDTH_PX", "ShotDetector", "load_shot_detector", "odds_of"]

WIDTH_PX, HEIGHT_PX = 48, 27
_WEIGHTS = Path(__file__).with_name("shots.onnx")
_CARD = Path(__file__).with_name("card.json")
# Frames looked at together, and how many of them at either side only help to judge the others.
_BLOCK, _MARGIN = 640, 64

Frames = NDArray[np.uint8]
Floats = NDArray[np.float32]


class ShotDetector(Protocol):
    """Something that gives the odds of a transition in every gap between frames."""

    name: str
    revision: str
    thresholds: Thresholds
    tells_kinds: bool
    """Whether dissolves, fades and wipes are told apart."""

    def odds(self, frames: Frames) -> Floats:
        """Log odds of each kind for each gap.

        Args:
            frames: RGB, uint8, (n, 27, 48, 3).

        Returns:
            (n − 1, 5), in the order of `decoding.KINDS`.
        """
        ...


def load_shot_detector(name: str = "house") -> ShotDetector:
    """The detector with this name: `house`, or `transnetv2/FILE.onnx`.

    Raises:
        ModelError: no such detector, or its file is missing or another kind of model.
    """
    if name == "house":
        return _House()
    engine, _, rest = name.partition("/")
    if engine == "transnetv2" and rest:
        return _TransNet(Path(rest))
    raise ModelError(f"There is no shot detector {name!r}.", hint="Choose house, or transnetv2/FILE.onnx.")


def odds_of(detector: ShotDetector, blocks: Iterable[Frames]) -> Iterator[Floats]:
    """The odds of all gaps of a film whose frames come in blocks, in order; no film is too long.

    Stretches of 640 frames are judged together; the 64 at either side of each only help, so that what is found does
    not depend on where stretches begin.
    """
    held: list[Frames] = []
    count, lead = 0, 0
    for block in blocks:
        held.append(block)
        count += len(block)
        while count >= _BLOCK:
            frames = np.concatenate(held)
            odds = detector.odds(frames[:_BLOCK])
            yield odds[lead : _BLOCK - _MARGIN - 1]
            kept = frames[_BLOCK - 2 * _MARGIN - 1 :]
            held, count, lead = [kept], len(kept), _MARGIN
    if count - 1 > lead:
        yield detector.odds(np.concatenate(held))[lead:]


@lru_cache(maxsize=4)
def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"This model cannot be loaded ({type(error).__name__}).", path=path, hint="Give an ONNX file."
        ) from error


class _House:
    """The network in this package; its card says what it was trained on and how good it is."""

    name, tells_kinds = "house", True

    def __init__(self) -> None:
        self._run = _session(_WEIGHTS, 1)
        card = json.loads(_CARD.read_text())
        self.thresholds = Thresholds(**card["thresholds"])
        self.revision = hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:12]

    def odds(self, frames: Frames) -> Floats:
        """See `ShotDetector.odds`."""
        found: Floats = self._run.run(None, {"frames": frames[None].astype(np.float32)})[0][0]
        return found


class _TransNet:
    """TransNetV2 as its makers export it: 100 frames in, two odds for each frame out.

    Of its two answers the first marks one frame of each transition, the second all of them.

    Reference:
        Souček and Lokoč 2020, "TransNet V2: an effective deep network architecture for fast shot transition
        detection".
    """

    name, tells_kinds = "transnetv2", False
    thresholds = Thresholds(cut=0.5, gradual=0.5, edge=0.1, least_gaps=3, bridged_gaps=1)
    _WINDOW, _STEP = 100, 50

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ModelError("There is no such model file.", path=path, hint="Give the path of TransNetV2's ONNX file.")
        self._run = _session(path, 2)
        shape, answers = self._run.get_inputs()[0].shape, self._run.get_outputs()
        if list(shape[-3:]) != [HEIGHT_PX, WIDTH_PX, 3] or len(answers) < 2:
            raise ModelError("This ONNX file is not a TransNetV2.", path=path, hint="It takes frames of 27 × 48 × 3.")
        self._input, self._type = self._run.get_inputs()[0].name, self._run.get_inputs()[0].type
        self.revision = hashlib.sha256(path.read_bytes()).hexdigest()[:12]

    def odds(self, frames: Frames) -> Floats:
        """See `ShotDetector.odds`."""
        # Windows of 100 whose middle 50 count; the ends are repeated, as its makers do.
        margin = (self._WINDOW - self._STEP) // 2
        count = len(frames)
        padding = (margin, margin + (-count) % self._STEP)
        padded = np.pad(frames, (padding, (0, 0), (0, 0), (0, 0)), mode="edge")
        one, many = [], []
        for start in range(0, count, self._STEP):
            window = padded[start : start + self._WINDOW][None]
            given = window if "uint8" in self._type else window.astype(np.float32)
            answers = [np.asarray(part, np.float32).reshape(-1)[margin : margin + self._STEP]
                       for part in self._run.run(None, {self._input: given})[:2]]  # fmt: skip
            one.append(answers[0])
            many.append(answers[1])
        # The frame it marks is the last of the old shot, so frame n speaks of the gap after it.
        single, several = np.concatenate(one)[: count - 1], np.concatenate(many)[: count - 1]
        odds = np.full((count - 1, 5), -12.0, np.float32)
        odds[:, 0] = 0
        odds[:, 1] = np.clip(single, -12, 12)
        odds[:, 2] = np.clip(several, -12, 12)
        return odds
