"""Marks of learned readers that a person has as an ONNX file.

A reader is a network with one input, a picture (1, 3, height, width) in 0 to 1, and one output whose last axis holds a
number for each bit: above nought for one. What such a network says of unmarked pictures is known to nobody, so it is
only ever compared with a payload that is expected, and the chance is that of fair bits: an assumption, not a bound.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import LimitError, ModelError

__all__ = ["LearnedReader", "chance_of_fair_bits"]

_MOST_BYTES = 512 << 20
_MOST_SIDE_PX, _USUAL_SIDE_PX = 1024, 256
_MOST_BITS = 4096


class LearnedReader:
    """Reads the bits of a learned mark.

    Args:
        path: the ONNX file.

    Raises:
        ModelError: it cannot be loaded, or does not have this form.
        LimitError: it is over 512 MiB.
    """

    def __init__(self, path: str) -> None:
        import onnxruntime

        hint = "Give an ONNX network from a picture (1, 3, height, width) to a number for each bit."
        if Path(path).suffix.lower() != ".onnx" or not Path(path).is_file():
            raise ModelError("This is no ONNX file.", path=path, hint=hint)
        if Path(path).stat().st_size > _MOST_BYTES:
            raise LimitError("This network is over 512 MiB.", path=path, hint="Use a smaller one.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError("This network cannot be loaded.", path=path, hint=hint) from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].shape[1] not in (3, None, "channels"):
            raise ModelError("This network does not take one picture.", path=path, hint=hint)
        sides = [side if isinstance(side, int) else _USUAL_SIDE_PX for side in inputs[0].shape[2:]]
        if not all(1 <= side <= _MOST_SIDE_PX for side in sides):
            raise ModelError("This network takes pictures of an impossible size.", path=path, hint=hint)
        self._path, self._input, self._size = path, inputs[0].name, (sides[1], sides[0])

    def read(self, pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """The mean of what is said for each bit over some pictures, each RGB of shape (h, w, 3).

        Raises:
            ModelError: the network fails, or gives no bits.
        """
        said = []
        for picture in pictures:
            small = cv2.resize(np.ascontiguousarray(picture), self._size, interpolation=cv2.INTER_AREA)
            batch = (np.asarray(small, np.float32) / 255).transpose(2, 0, 1)[None]
            try:
                said.append(np.asarray(self._session.run(None, {self._input: batch})[0], np.float32).ravel())
            except Exception as error:
                raise ModelError(
                    "This network fails on a picture.", path=self._path, hint="Check its input."
                ) from error
        bits = np.mean(said, axis=0)
        if not 1 <= bits.size <= _MOST_BITS or not np.isfinite(bits).all():
            raise ModelError("This network gives no bits.", path=self._path, hint="Check its output.")
        return np.asarray(bits, np.float32)


def chance_of_fair_bits(right: int, bits: int) -> float:
    """Probability that at least so many of so many fair bits are right."""
    return float(sum(math.comb(bits, count) for count in range(right, bits + 1)) / 2**bits)
