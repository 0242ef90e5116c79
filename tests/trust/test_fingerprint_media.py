from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from rushlight.media.probe import probe
from rushlight.trust.fingerprint_media import fingerprint_media
from rushlight.trust.similarity.prints import unpack
from tests.trust.test_fingerprints import tune

Scene = Callable[[int, int], np.ndarray]


def test_a_print_of_a_picture_can_be_compared_by_others(tmp_path: Path, scene: Scene) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.repeat(scene(3, 320)[..., None], 3, axis=2)).save(path)
    made = fingerprint_media(probe(path))
    coded = path.with_suffix(".jpg")
    Image.open(path).save(coded, quality=60)
    other = fingerprint_media(probe(coded))
    bits = int(made.picture_hashes[0], 16) ^ int(other.picture_hashes[0], 16)
    assert bits.bit_count() <= 31
    assert made.points == len(unpack(made.print.path.read_bytes()).frames[0].points.places) > 50
    assert made.as_text().startswith("a.png: 1 picture with")


def test_a_print_of_a_sound_has_its_length(tmp_path: Path) -> None:
    made = fingerprint_media(probe(tune(tmp_path / "a.wav", 1, seconds=6)))
    assert made.picture_hashes == ()
    assert 5 < made.sound_seconds < 6
