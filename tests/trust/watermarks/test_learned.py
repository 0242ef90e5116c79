from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.trust.watermarks.learned import LearnedReader, chance_of_fair_bits


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A real network: the mean of red, green and blue, each less a half, as three bits."""
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    picture = make.make_tensor_value_info("picture", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    bits = make.make_tensor_value_info("bits", onnx.TensorProto.FLOAT, None)
    half = make.make_tensor("half", onnx.TensorProto.FLOAT, [1], [0.5])
    nodes = [
        make.make_node("GlobalAveragePool", ["picture"], ["mean"]),
        make.make_node("Sub", ["mean", "half"], ["less"]),
        make.make_node("Flatten", ["less"], ["bits"]),
    ]
    model = make.make_model(
        make.make_graph(nodes, "reader", [picture], [bits], [half]),
        opset_imports=[make.make_opsetid("", 13)],
        ir_version=8,
    )
    path = tmp_path / "reader.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_a_real_network_reads_its_bits(network: Path) -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[..., 1] = 255
    assert (LearnedReader(str(network)).read([picture, picture]) > 0).tolist() == [False, True, False]


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    for path in (broken, tmp_path / "missing.onnx", Path(__file__)):
        with pytest.raises(ModelError):
            LearnedReader(str(path))


def test_chance() -> None:
    assert chance_of_fair_bits(0, 8) == 1
    assert chance_of_fair_bits(8, 8) == pytest.approx(1 / 256)
    assert chance_of_fair_bits(48, 48) < 1e-14
