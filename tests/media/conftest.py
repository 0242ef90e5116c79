"""Media made for the tests, small and short."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rushlight.media.ffmpeg import file_url, run_ffmpeg

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make a file with FFmpeg arguments, once in a session: `make("a.mp4", "-f", "lavfi", "-i", "testsrc", …)`."""
    folder = tmp_path_factory.mktemp("made")
    made: dict[tuple[str, ...], Path] = {}

    def build(name: str, *arguments: str | Path) -> Path:
        words = [file_url(word) if isinstance(word, Path) else word for word in arguments]
        key = (name, *words)
        if key not in made:
            path = folder / f"{len(made)}-{name}"
            run_ffmpeg([*words, "-y", file_url(path)])
            made[key] = path
        return made[key]

    return build


@pytest.fixture(scope="session")
def clip(make: Make) -> Path:
    """One second of a moving test picture, 64×48 at 25 frames a second, with a tone."""
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1"]
    return make("clip.mp4", *picture, *sound, "-pix_fmt", "yuv420p", "-g", "10", "-c:a", "aac")


@pytest.fixture(scope="session")
def open_fixtures() -> Path:
    """Real media, when it lies beside the checkout."""
    default = Path(__file__).parents[2].parent / "shared" / "fixtures"
    folder = Path(os.environ.get("RUSHLIGHT_FIXTURES", default))
    if not (folder / "video").is_dir():
        pytest.skip("no real media here: set RUSHLIGHT_FIXTURES to a folder of it")
    return folder
