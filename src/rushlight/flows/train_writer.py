"""The job `models train writer`: from a folder of screenplays to a house writer."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rushlight.artifacts.screenplay import Screenplay
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError, ModelError, RushlightError
from rushlight.create.read_screenplay import load_screenplay
from rushlight.create.storytellers.house import house_folder
from rushlight.flows.allow_use import require_training_rights

if TYPE_CHECKING:
    from rushlight.models.house_writer.folder import WriterCard

__all__ = ["Corpus", "read_corpus", "train_house_writer"]

_SUFFIXES = frozenset((".fountain", ".spmd", ".fdx", ".txt"))
_MOST_FILES = 2000
_MOST_BYTES = 200_000_000


@dataclass
class Corpus:
    """The screenplays of a folder, and what could not be used."""

    screenplays: list[Screenplay] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Path within the folder to SHA-256."""
    skipped: list[str] = field(default_factory=list)
    """A sentence for each file that is no screenplay."""


def read_corpus(folder: Path) -> Corpus:
    """Read every screenplay in a folder and the folders in it.

    Raises:
        InputError: there is no such folder, nothing in it can be read, or it holds too much.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"This corpus {what}.", path=folder, hint="Give a folder of screenplays (.fountain, .fdx).")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    if len(paths) > _MOST_FILES or sum(path.stat().st_size for path in paths) > _MOST_BYTES:
        raise InputError(
            f"This corpus has more than {_MOST_FILES:,} files or {_MOST_BYTES // 1_000_000} MB.",
            path=folder,
            hint="A house writer learns a style from some dozens of scripts; choose them.",
        )
    corpus = Corpus()
    for path in paths:
        try:
            screenplay = load_screenplay(path)
        except RushlightError as error:
            corpus.skipped.append(str(error))
            continue
        if not any(scene.index for scene in screenplay.scenes()):
            corpus.skipped.append(f"{path}: There is no scene heading in it.")
            continue
        digest = file_sha256(path)
        if digest not in corpus.files.values():  # The same script twice would be learnt by heart.
            corpus.screenplays.append(screenplay)
            corpus.files[str(path.relative_to(folder))] = digest
    if not corpus.screenplays:
        raise InputError(
            "There is no screenplay in this corpus.",
            path=folder,
            hint="Put .fountain or .fdx files with scenes into it.",
        )
    return corpus


def train_house_writer(
    folder: Path,
    name: str,
    *,
    seed: int = 0,
    steps: int = 0,
    device: str = "auto",
    replace: bool = False,
    on_progress: Callable[[float, str], None] = lambda done, what: None,
) -> tuple[WriterCard, Corpus]:
    """Train a house writer and keep it under a name; it can then be named as `house/NAME`.

    Nothing is kept until it is whole; an earlier writer of that name stays until then.

    Raises:
        InputError: the corpus cannot be used, the name is taken, or it is none.
        ModelError: what training needs is not installed.
    """
    target = house_folder(name)
    if target.exists() and not replace:
        raise InputError(
            f"There is a house writer named {name} already.",
            path=target,
            hint="Choose another --name, or --replace it.",
        )
    corpus = read_corpus(folder)
    require_training_rights(folder, corpus.files)
    try:
        from rushlight.models.house_writer.folder import save_writer
        from rushlight.models.house_writer.training import Recipe, train_writer
        from rushlight.models.house_writer.vocabulary import scenes_of
    except ImportError as error:
        raise ModelError(
            f"Training needs {error.name}, which is not installed.", hint="Run `pip install 'rushlight[learning]'`."
        ) from error
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise InputError(f"{device!r} is no device.", hint="Give auto, cpu or cuda.")
    recipe = Recipe(seed=seed, steps=steps, device=device)
    scenes = scenes_of(corpus.screenplays)
    trained = train_writer(scenes, recipe, on_progress)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".writing-{os.getpid()}-", dir=target.parent))
    try:
        card = save_writer(trained, beside, name=name, recipe=recipe, corpus=corpus.files, scenes=scenes)
        if target.exists():
            shutil.rmtree(target)
        beside.replace(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return card, corpus
