"""Small signed files, and keys of the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from rushlight.artifacts import Document, Origin, SignedFile
from rushlight.core.artifact import FileRef
from rushlight.core.run import Run, running
from rushlight.media.encode import write_wav
from rushlight.trust.keys import KeyFolder
from rushlight.trust.sign_credentials import sign_credentials


@pytest.fixture(scope="session")
def identity() -> KeyFolder:
    """The keys all tests sign with."""
    folder = KeyFolder()
    if not folder.exists:
        folder.make("Test House")
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 64 × 48."""
    path = tmp_path / "harbour.png"
    y, x = np.mgrid[0:48, 0:64]
    Image.fromarray(np.stack([x * 3, y * 4, 255 - x], axis=-1).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A second of a tone."""
    path = tmp_path / "tone.wav"
    samples = 0.2 * np.sin(np.arange(48_000) * 440 * 2 * np.pi / 48_000)
    write_wav(path, samples[:, None].astype(np.float32), 48_000)
    return path


@pytest.fixture
def sign(identity: KeyFolder, tmp_path: Path) -> Callable[..., SignedFile]:
    """Sign a file, as created by hand unless an origin is given."""

    def run(path: Path, origin: Origin | None = None, **parameters: str) -> SignedFile:
        if origin is None:
            parameters.setdefault("source_type", "digitalCreation")
        with running(Run(scratch=tmp_path / "signed")):
            return sign_credentials(Document(file=FileRef.of(path)), origin, **parameters)  # type: ignore[arg-type]

    return run


@cache
def _scene(seed: int, size: int) -> np.ndarray:
    """Leaves of many sizes over each other, with the noise of a camera."""
    rng = np.random.default_rng(seed)
    picture = np.full((size * 2, size * 2), 120.0)
    for _ in range(900):
        radius = int(4 + 60 * rng.random() ** 3)
        centre = (int(rng.integers(size * 2)), int(rng.integers(size * 2)))
        cv2.circle(picture, centre, radius, float(rng.uniform(20, 235)), -1, cv2.LINE_AA)
    picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA) + rng.normal(0, 1.5, (size, size))
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def scene() -> Callable[[int, int], np.ndarray]:
    """Makes pictures of drawn leaves: a seed and a side in pixels give luma."""
    return _scene
