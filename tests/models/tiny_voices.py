"""Tiny Kokoro and Piper networks with the real ones' inputs and outputs, their weights drawn from a seed.

Each symbol sounds as a tone of its own for as long as its weight says; the space between words is silent.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

KOKORO_FRAME = 600
HOP = 256


def _network(
    path: Path, tokens: str, inputs: list[onnx.ValueInfoProto], frame: int, silent: list[int], timed: bool, ceil: bool
) -> None:
    """A network that plays token t as a tone for `lengths[t] / speed` frames."""
    draw = np.random.default_rng(7)
    lengths = draw.uniform(2.2, 5.0, 200).astype(np.float32) * (6 if ceil else 1)
    levels = draw.uniform(0.3, 0.6, 200).astype(np.float32)
    levels[silent] = 0.0
    pitches = draw.uniform(0.02, 0.2, 200).astype(np.float32)
    constants = {
        "lengths": lengths, "levels": levels, "pitches": pitches, "frame": np.array(frame, np.int64),
        "flat": np.array([-1], np.int64), "axis0": np.array(0, np.int64), "ax0": np.array([0], np.int64),
        "ax1": np.array([1], np.int64), "zero": np.array(0, np.int64), "one": np.array(1, np.int64),
        "shape4": np.array([1, 1, 1, -1], np.int64),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Reshape", [tokens, "flat"], ["ids"]),
        node("Gather", ["lengths", "ids"], ["base"]),
        *(
            [
                node("Gather", ["scales", "one"], ["slowness"]),
                node("Mul", ["base", "slowness"], ["scaled"]),
                node("Ceil", ["scaled"], ["w_ceil"]),
            ]
            if ceil
            else [node("Div", ["base", "speed"], ["scaled"]), node("Floor", ["scaled"], ["w_ceil"])]
        ),
        node("Cast", ["w_ceil"], ["duration"], to=TensorProto.INT64),
        node("Mul", ["duration", "frame"], ["samples_each"]),
        node("CumSum", ["samples_each", "axis0"], ["ends"]),
        node("ReduceSum", ["samples_each"], ["total"], keepdims=0),
        node("Range", ["zero", "total", "one"], ["at"]),
        node("Unsqueeze", ["at", "ax1"], ["column"]),
        node("Unsqueeze", ["ends", "ax0"], ["row"]),
        node("LessOrEqual", ["row", "column"], ["past"]),
        node("Cast", ["past"], ["past_number"], to=TensorProto.INT64),
        node("ReduceSum", ["past_number", "ax1"], ["which"], keepdims=0),
        node("Gather", ["ids", "which"], ["playing"]),
        node("Gather", ["levels", "playing"], ["level"]),
        node("Gather", ["pitches", "playing"], ["pitch"]),
        node("Cast", ["at"], ["time"], to=TensorProto.FLOAT),
        node("Mul", ["time", "pitch"], ["phase"]),
        node("Sin", ["phase"], ["tone"]),
        node("Mul", ["tone", "level"], ["sound"]),
        node("Reshape", ["sound", "shape4" if ceil else "flat"], ["audio"]),
    ]
    outputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [None] * (4 if ceil else 1))]
    if timed:
        outputs.append(helper.make_tensor_value_info("duration", TensorProto.INT64, [None]))
    graph = helper.make_graph(
        nodes, "tiny", inputs, outputs, [numpy_helper.from_array(value, name) for name, value in constants.items()]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))


def write_kokoro(folder: Path, *, timed: bool) -> None:
    """The files of a Kokoro voice under their usual names."""
    from kokoro_onnx.config import DEFAULT_VOCAB

    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    silent = [0, DEFAULT_VOCAB[" "], *(DEFAULT_VOCAB[mark] for mark in ".,;:!?")]
    _network(folder / "kokoro-v1.0.onnx", "tokens", inputs, KOKORO_FRAME, silent, timed, ceil=False)
    style = np.random.default_rng(3).normal(0, 1, (510, 1, 256)).astype(np.float32)
    np.savez(folder / "voices-v1.0.npz", af_heart=style, bf_emma=style)


def write_piper(path: Path, *, timed: bool = True) -> None:
    """A Piper voice: network and settings."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    silent = [DEFAULT_PHONEME_ID_MAP[mark][0] for mark in "_^$ .,;:!?"]
    _network(path, "input", inputs, HOP, silent, False, ceil=True)
    if not timed:
        model = onnx.load(str(path))
        for node in model.graph.node:
            if node.op_type == "Ceil":
                node.op_type = "Floor"
        onnx.save(model, str(path))
    settings = {
        "audio": {"sample_rate": 22050}, "espeak": {"voice": "en-us"}, "num_symbols": 256, "num_speakers": 1,
        "inference": {"noise_scale": 0.6, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }  # fmt: skip
    path.with_name(f"{path.name}.json").write_text(json.dumps(settings))
