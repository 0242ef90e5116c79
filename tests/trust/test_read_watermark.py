from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from rushlight.artifacts.watermark import MarkReading, ReadMark
from rushlight.core.errors import InputError
from rushlight.media.probe import probe
from rushlight.trust.read_watermark import read_watermark


def test_where_there_is_no_mark_none_is_reported_and_that_is_not_called_proof(picture: Path) -> None:
    reading = read_watermark(probe(picture))
    assert reading.found == ()
    assert reading.marks[0].where == "picture"
    assert "that does not say there is none" in reading.as_text()


def test_blank_and_tiny_pictures_have_no_mark(tmp_path: Path) -> None:
    for size in ((1, 1), (5, 900), (300, 200)):
        path = tmp_path / f"{size[0]}.png"
        Image.new("RGB", size, (9, 9, 9)).save(path)
        assert read_watermark(probe(path)).found == ()


def test_silence_has_no_mark(tmp_path: Path) -> None:
    import numpy as np

    from rushlight.media.encode import write_wav

    path = tmp_path / "silence.wav"
    write_wav(path, np.zeros((400_000, 1), np.float32), 48_000)
    reading = read_watermark(probe(path))
    assert [mark.where for mark in reading.marks] == ["sound"]
    assert reading.found == ()


def test_a_key_that_is_none_is_refused(picture: Path, tmp_path: Path) -> None:
    short = tmp_path / "key"
    short.write_bytes(b"short")
    for given in (str(short), str(tmp_path / "missing")):
        with pytest.raises(InputError, match="key"):
            read_watermark(probe(picture), key_file=given)


def test_the_surest_mark_comes_first_and_every_one_names_its_chance() -> None:
    marks = (
        ReadMark(where="picture", payload="0" * 16, false_positive_probability=1e-7, how="a"),
        ReadMark(where="sound", payload="1" * 16, false_positive_probability=1e-30, how="b"),
    )
    reading = MarkReading(title="film.mp4", file_sha256="0" * 64, marks=marks)
    assert [mark.where for mark in reading.found] == ["sound", "picture"]
    assert "1e-30" in reading.as_text()
    assert "by chance" in reading.as_text()


def test_a_learned_mark_is_compared_with_what_is_expected(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    shape = make.make_tensor("shape", onnx.TensorProto.INT64, [2], [1, -1])
    half = make.make_tensor("half", onnx.TensorProto.FLOAT, [1], [0.5])
    graph = make.make_graph(
        [make.make_node("Sub", ["picture", "half"], ["less"]), make.make_node("Reshape", ["less", "shape"], ["bits"])],
        "reader", [make.make_tensor_value_info("picture", onnx.TensorProto.FLOAT, [1, 3, 4, 4])],
        [make.make_tensor_value_info("bits", onnx.TensorProto.FLOAT, None)], [shape, half],
    )  # fmt: skip
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 13)], ir_version=8)
    (tmp_path / "reader.onnx").write_bytes(model.SerializeToString())
    path = tmp_path / "red.png"
    Image.new("RGB", (40, 40), (255, 0, 0)).save(path)
    media, network = probe(path), str(tmp_path / "reader.onnx")
    learned = read_watermark(media, model=network, expect="ffff00000000").marks[-1]
    assert learned.payload == "ffff00000000"
    assert learned.false_positive_probability == pytest.approx(2.0**-48)
    assert not read_watermark(media, model=network, expect="0000ffff0000").found
    with pytest.raises(InputError, match="compared with a payload"):
        read_watermark(media, model=network)
