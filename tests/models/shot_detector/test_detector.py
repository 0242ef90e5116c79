from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import ModelError
from rushlight.models.shot_detector import detector as module
from rushlight.models.shot_detector.decoding import find_transitions
from rushlight.models.shot_detector.detector import load_shot_detector, odds_of
from rushlight.models.shot_detector.staging import make_film

onnx = pytest.importorskip("onnx", reason="onnx writes the small model that stands for a person's own")


def frames(count: int, seed: int = 3) -> np.ndarray:
    return make_film(np.random.default_rng(seed), None, count).frames


def test_the_card_says_what_it_was_trained_on_and_how_good_it_is() -> None:
    card = json.loads(Path(module.__file__).with_name("card.json").read_text())
    assert {"recipe", "thresholds", "held_out", "data", "limits", "licence"} <= set(card)
    assert Path(module.__file__).with_name("shots.onnx").stat().st_size < 3_000_000


def test_made_films_it_never_saw_are_found() -> None:
    network, hits, there = load_shot_detector(), 0, 0
    for seed in range(900, 908):
        film = make_film(np.random.default_rng(seed), None, 240)
        found = {
            one.start for one in find_transitions(network.odds(film.frames), network.thresholds) if one.kind == "cut"
        }
        cuts = np.flatnonzero(film.gaps == 1)
        cuts = cuts[(cuts > 2) & (cuts < 236)]
        there += len(cuts)
        hits += sum(int(cut) in found for cut in cuts)
    assert there > 8
    assert hits >= 0.8 * there


def test_blocks_do_not_matter() -> None:
    network, film = load_shot_detector(), frames(1500)
    whole = np.concatenate(list(odds_of(network, [film])))
    parts = np.concatenate(list(odds_of(network, (film[at : at + 97] for at in range(0, 1500, 97)))))
    assert whole.shape == (1499, 5)
    assert np.allclose(whole, parts, atol=1e-3)


@pytest.mark.parametrize("count", [0, 1, 2, 640, 641, 769])
def test_any_number_of_frames_has_one_gap_fewer(count: int) -> None:
    film = frames(800)[:count]
    odds = list(odds_of(load_shot_detector(), [film] if count else []))
    assert sum(len(part) for part in odds) == max(count - 1, 0)


def transnet(path: Path) -> Path:
    """An ONNX file with TransNetV2's inputs and outputs, that answers with jumps of brightness."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("ReduceMean", ["frames"], ["light"], axes=[2, 3, 4], keepdims=0),
        helper.make_node("Pad", ["light", "pads"], ["later"], mode="edge"),
        helper.make_node("Slice", ["later", "one", "end", "axis"], ["next"]),
        helper.make_node("Sub", ["next", "light"], ["change"]),
        helper.make_node("Abs", ["change"], ["size"]),
        helper.make_node("Sub", ["size", "bar"], ["raised"]),
        helper.make_node("Unsqueeze", ["raised", "last"], ["single"]),
        helper.make_node("Identity", ["single"], ["several"]),
    ]
    constants = {
        "pads": np.array([0, 0, 0, 1]), "one": np.array([1]), "end": np.array([101]), "axis": np.array([1]),
        "last": np.array([2]), "bar": np.array([20.0], np.float32),
    }  # fmt: skip
    graph = helper.make_graph(
        nodes, "transnet",
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, [1, 100, 27, 48, 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 100, 1]) for name in ("single", "several")],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def test_a_transnet_of_ones_own_is_run(tmp_path: Path) -> None:
    network = load_shot_detector(f"transnetv2/{transnet(tmp_path / 'own.onnx')}")
    film = np.full((230, 27, 48, 3), 60, np.uint8)
    film[77:] = 180
    odds = np.concatenate(list(odds_of(network, [film])))
    assert not network.tells_kinds
    assert [(one.start, one.end) for one in find_transitions(odds, network.thresholds)] == [(76, 77)]


def test_other_models_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_shot_detector(f"transnetv2/{tmp_path / 'broken.onnx'}")
    with pytest.raises(ModelError, match="no such model file"):
        load_shot_detector("transnetv2/missing.onnx")
    with pytest.raises(ModelError, match="not a TransNetV2"):
        load_shot_detector(f"transnetv2/{Path(module.__file__).with_name('shots.onnx')}")
