"""The registry of rights: what may be used, for what, where and until when. A plain file, `rights.toml`.

    [[item]]
    name = "Harbour at dawn"
    kind = "media"                      # media, font, music, data, model
    file = "media/harbour.jpg"          # its content is what counts: a copy under another name is the same item
    licence = "CC-BY-NC-4.0"            # SPDX
    holder = "Anna Brandt"
    purposes = ["show", "change"]       # what is allowed; without it, what the licence allows
    forbidden = ["train"]
    territories = ["DE", "AT"]          # without it, everywhere
    from = 2026-01-01
    until = 2027-12-31
    tdm = "reserved"                    # TDMRep: reserved or allowed
    odrl = "media/harbour.odrl.json"    # an ODRL policy, whose permissions and prohibitions count too

Reference:
    SPDX; W3C ODRL Information Model 2.2; W3C TDM Reservation Protocol.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rushlight.artifacts.use_decision import UseDecision, UseRule
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError
from rushlight.core.store import write_atomically
from rushlight.trust.fingerprints import Fingerprint, fingerprint, matches
from rushlight.trust.licences import PURPOSE_WORDS, PURPOSES, licence_allows

__all__ = ["Item", "Registry", "Use", "add_item", "day", "decide", "kept_fingerprint", "load_registry"]

_MOST_BYTES = 20_000_000
# ODRL 2.2 actions, and the purpose each of them means here.
_ODRL = {
    "use": PURPOSES, "play": ("show",), "display": ("show",), "present": ("show",), "stream": ("show",),
    "reproduce": ("show",), "distribute": ("show",), "derive": ("change",), "modify": ("change",),
    "commercialize": ("commercial",), "sell": ("commercial",), "index": ("mine",), "textToSpeech": ("change",),
    "aiTraining": ("train",), "train": ("train",), "mine": ("mine",),
}  # fmt: skip


class Item(BaseModel):
    """One thing that somebody has rights in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(min_length=1, max_length=200)
    kind: Literal["media", "font", "music", "data", "model"] = "media"
    file: str = ""
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    model: str = ""
    """Name of a model, such as `piper/anna.onnx`."""
    licence: str = ""
    holder: str = ""
    credit: str = ""
    purposes: tuple[Literal["show", "change", "commercial", "train", "mine"], ...] | None = None
    forbidden: tuple[Literal["show", "change", "commercial", "train", "mine"], ...] = ()
    territories: tuple[str, ...] = ()
    starts: date | None = Field(default=None, alias="from")
    until: date | None = None
    tdm: Literal["", "reserved", "allowed"] = ""
    odrl: str = ""


class Use(BaseModel):
    """What is to be done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Literal["show", "change", "commercial", "train", "mine"]
    territories: tuple[str, ...] = ()
    """Where; empty for everywhere."""
    on: date


class Registry(BaseModel):
    """All that is registered, and what holds for what is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unlisted: Literal["allow", "refuse"] = "allow"
    item: tuple[Item, ...] = ()


def load_registry(path: Path) -> Registry:
    """Read a registry.

    Raises:
        InputError: it cannot be read; the sentence names the entry.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("This registry is over 20 MB.", path=path, hint="Split it by project.")
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        found = Registry.model_validate(said)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"This is not valid TOML: {error}.", path=path, hint="Mend that line.") from error
    except OSError as error:
        raise InputError(f"This registry cannot be read ({error.strerror}).", path=path) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        raise InputError(
            f"{first['msg']}.", path=path, where=where, hint="See `rushlight trust rights --help`."
        ) from error  # fmt: skip
    for number, item in enumerate(found.item, 1):
        if not (item.file or item.sha256 or item.model):
            raise InputError("This item names no file, hash or model.", path=path, where=f"item {number}")
        if item.licence:
            licence_allows(item.licence, "show")
    return found


def add_item(path: Path, said: dict[str, Any]) -> None:
    """Add an item to a registry, leaving everything a person wrote in it as it is.

    Raises:
        InputError: the item makes no sense; nothing is written.
    """
    before = (
        path.read_text(encoding="utf-8") if path.is_file() else "# What may be used, for what, where, until when.\n"
    )
    plain = {key: _plain(value) for key, value in said.items()}
    after = f"{before.rstrip()}\n\n{tomli_w.dumps({'item': [plain]})}"
    beside = path.with_name(f".writing-{path.name}")
    try:
        write_atomically(beside, after)
        load_registry(beside)
    finally:
        beside.unlink(missing_ok=True)
    write_atomically(path, after)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def decide(
    registry: Registry,
    root: Path,
    use: Use,
    *,
    file: Path | None = None,
    model: str = "",
    take: Callable[[Path], Fingerprint] = fingerprint,
) -> UseDecision:
    """Whether a file or a model may be used so, by every item of the registry that it is.

    Args:
        registry: what is registered.
        root: folder that paths in the registry are relative to.
        use: what is to be done.
        file: what is to be used; told by its content, then by how it looks or sounds, never by its name.
        model: name of a model that is to be used.
        take: how fingerprints are taken; a project keeps them.

    Raises:
        InputError: an item's file or policy cannot be read.
    """
    rules = []
    for item, found_by in _items(registry, root, file, model, take):
        allowed, reason = _allows(item, root, use)
        rules.append(UseRule(name=item.name, found_by=found_by, allowed=allowed, reason=reason, credit=item.credit))
    subject = model or (file.name if file else "")
    if not rules:
        allowed = registry.unlisted == "allow"
        reason = "It is not registered." if allowed else "It is not registered, and nothing unregistered may be used."
        rules = [UseRule(name="unlisted", found_by="name", allowed=allowed, reason=reason)]
    return UseDecision(
        allowed=all(rule.allowed for rule in rules), subject=subject, purpose=use.purpose, rules=tuple(rules)
    )


def _items(
    registry: Registry, root: Path, file: Path | None, model: str, take: Callable[[Path], Fingerprint]
) -> Iterable[tuple[Item, str]]:
    """The items that a file or model is, and what told."""
    mine: Fingerprint | None = None
    for item in registry.item:
        if model and item.model == model:
            yield item, "name"
        if file is None or not (item.file or item.sha256):
            continue
        mine = mine or take(file)
        if item.sha256 and item.sha256 == mine.sha256:
            yield item, "content"
            continue
        place = root / item.file
        if item.file and place.is_file() and (how := matches(mine, take(place))):
            yield item, how


def _allows(item: Item, root: Path, use: Use) -> tuple[bool, str]:
    """Whether one item allows a use, and the reason in a sentence."""
    done = PURPOSE_WORDS[use.purpose]
    if item.starts and use.on < item.starts:
        return False, f"It may be used from {item.starts} on."
    if item.until and use.on > item.until:
        return False, f"Its term ended on {item.until}."
    if item.territories:
        outside = [place for place in use.territories or ("the world",) if place not in item.territories]
        if outside:
            return False, f"It may be used in {', '.join(item.territories)}, not in {', '.join(outside)}."
    if use.purpose in item.forbidden:
        return False, f"Its holder does not allow it to be {done}."
    if use.purpose in ("mine", "train") and item.tdm == "reserved":
        return False, "Its holder reserves text and data mining (TDMRep)."
    permitted, prohibited = _policy(str(root / item.odrl)) if item.odrl else ((), ())
    if use.purpose in prohibited:
        return False, "Its ODRL policy prohibits this."
    if item.purposes is not None:
        if use.purpose in item.purposes:
            return True, f"Its holder allows it to be {done}."
        return False, f"It may be {' and '.join(PURPOSE_WORDS[one] for one in item.purposes) or 'kept'}, not {done}."
    if use.purpose in permitted:
        return True, "Its ODRL policy permits this."
    if use.purpose == "mine" and item.tdm == "allowed":
        return True, "Its holder allows text and data mining (TDMRep)."
    if permitted:
        return False, "Its ODRL policy does not permit this."
    known = licence_allows(item.licence, use.purpose) if item.licence else None
    if known is None:
        said = f"of {item.licence} nothing is known" if item.licence else "no licence is given"
        return False, f"No purpose is registered, and {said}."
    if known:
        return True, f"{item.licence} allows it."
    return False, f"{item.licence} does not allow it to be {done}."


@cache
def _policy(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Purposes that an ODRL policy permits and prohibits; rules with constraints it cannot judge permit nothing."""
    try:
        data = Path(path).read_bytes()
        if len(data) > _MOST_BYTES:
            raise ValueError("too large")
        said = json.loads(data)
        if not isinstance(said, dict):
            raise TypeError("no policy")
        permitted = _purposes(said.get("permission", []), unless_bound=True)
        return permitted, _purposes(said.get("prohibition", []), unless_bound=False)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("This ODRL policy cannot be read.", path=path, hint="Give ODRL 2.2 as JSON-LD.") from error


def _purposes(rules: Any, *, unless_bound: bool) -> tuple[str, ...]:
    found: list[str] = []
    for rule in rules if isinstance(rules, list) else [rules]:
        if unless_bound and (rule.get("constraint") or rule.get("duty")):
            continue
        actions = rule.get("action", [])
        for action in actions if isinstance(actions, list) else [actions]:
            name = action.get("@id", action.get("rdf:value", "")) if isinstance(action, dict) else str(action)
            if isinstance(name, dict):
                name = name.get("@id", "")
            found += _ODRL.get(str(name).rpartition("/")[2].rpartition(":")[2], ())
    return tuple(dict.fromkeys(found))


def kept_fingerprint(folder: Path) -> Callable[[Path], Fingerprint]:
    """Fingerprints that are taken once for each content and kept in a folder."""

    def take(path: Path) -> Fingerprint:
        sha256 = file_sha256(path)
        kept = folder / f"{sha256}.json"
        try:
            return Fingerprint.from_dict(json.loads(kept.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError):
            made = fingerprint(path)
            write_atomically(kept, json.dumps(made.as_dict()))
            return made

    return take


def day(text: str) -> date:
    """A day as typed: 2026-11-25; empty for today.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(text) if text else datetime.now().astimezone().date()
    except ValueError as error:
        raise InputError(f"{text!r} is no day.", hint="Write 2026-11-25.") from error
