"""An outline as a TOML file that people edit, and back.

The file holds title, premise, logline, genre and tone, then a table for each character, beat and scene::

    [[scene]]
    id = "s03"
    beat = "b02"
    heading = "INT. KITCHEN - NIGHT"
    summary = "Anna finds the letter."
    characters = ["ANNA"]

Whatever a person changes or adds is marked theirs (`by = "person"`) when the file is read, and no writer replaces it.
Deleting that mark from an entry hands it back to the writer. A new entry needs no id.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

import tomli_w
from pydantic import ValidationError

from rushlight.artifacts.outline import Outline, PlotBeat, Role, ScenePlan
from rushlight.core.errors import InputError

__all__ = ["outline_to_toml", "toml_to_outline"]

Item = TypeVar("Item", Role, PlotBeat, ScenePlan)

_LONGEST = 2_000_000
_FORM = 1
_HEAD = """\
# An outline of Rushlight. Change what you like: what you change stays, and no writer replaces it.
# Delete the mark of a person (`by = …`) from an entry to hand it back to the writer. A new entry needs no id.

"""
_REQUIRED = frozenset({"id", "name", "beat", "heading", "summary"})
_PLAIN = ("title", "premise", "logline", "genre", "tone", "structure", "language", "writer")


def outline_to_toml(outline: Outline) -> str:
    """Write an outline as TOML; `toml_to_outline` gives back an equal one."""
    said: dict[str, Any] = {"form": _FORM} | {name: getattr(outline, name) for name in _PLAIN}
    if outline.logline_author == "person":
        said["logline_by"] = "person"
    said["notes"] = list(outline.notes)
    parts = [_HEAD + tomli_w.dumps({name: value for name, value in said.items() if value not in ([], "")})]
    if outline.world:
        parts.append("[world]\n" + tomli_w.dumps(outline.world))
    parts += ["[[character]]\n" + tomli_w.dumps(_entry(role, {})) for role in outline.characters]
    parts += ["[[beat]]\n" + tomli_w.dumps(_entry(beat, {})) for beat in outline.beats]
    parts += ["[[scene]]\n" + tomli_w.dumps(_entry(scene, {"beat_id": "beat"})) for scene in outline.scenes]
    return "\n".join(parts)


def _entry(item: Role | PlotBeat | ScenePlan, names: Mapping[str, str]) -> dict[str, Any]:
    entry = {names.get(name, name): value for name, value in item.model_dump().items()}
    author = entry.pop("author")
    entry = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in entry.items()
        if value not in ("", ()) or name in _REQUIRED
    }
    return entry | ({"by": "person"} if author == "person" else {})


def toml_to_outline(text: str, base: Outline) -> Outline:
    """Read an edited outline back.

    Args:
        text: the file.
        base: the outline it was written from: what differs from it is a person's.

    Returns:
        The outline; equal to `base` if nothing was edited.

    Raises:
        InputError: not TOML, an unknown or missing entry, a name given twice, a scene of no beat.
    """
    if len(text) > _LONGEST:
        raise InputError("This outline is too long to be one.", hint=f"An outline has at most {_LONGEST} characters.")
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            f"This outline is not valid TOML: {error}.", hint="Mend that line, or undo the change."
        ) from error
    if said.pop("form", _FORM) != _FORM:
        raise InputError("This outline has another form than this version reads.", hint="Use a newer Rushlight.")
    plain = {name: _words(said.pop(name, ""), name) for name in _PLAIN}
    marked = said.pop("logline_by", "") == "person"
    kept = base.logline_author == "person" and marked
    by_person = bool(plain["logline"]) and (kept or marked or plain["logline"] != base.logline)
    notes, world = said.pop("notes", []), said.pop("world", {})
    lists = {name: said.pop(name, []) for name in ("character", "beat", "scene")}
    if said:
        raise InputError(
            f"{next(iter(said))!r} says nothing known in an outline.",
            hint=f"Known are {', '.join(_PLAIN)}, character, beat and scene.",
        )
    if not isinstance(notes, list) or not isinstance(world, dict):
        raise InputError("`notes` is a list and `world` a table.", hint="Undo the change.")
    characters = _items(lists["character"], "character", Role, "name", base.characters)
    beats = _items(lists["beat"], "beat", PlotBeat, "id", base.beats)
    scenes = _items(lists["scene"], "scene", ScenePlan, "id", base.scenes)
    _check_beats(beats, scenes)
    return Outline(
        **{**plain, "language": plain["language"] or "en", "writer": plain["writer"] or base.writer},
        logline_author="person" if by_person else "writer",
        notes=tuple(_words(note, "notes") for note in notes),
        world={str(name): _words(value, f"world.{name}") for name, value in world.items()},
        characters=characters,
        beats=beats,
        scenes=scenes,
    )


def _words(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InputError("Words are wanted here.", where=where, hint="Put them between double quotes.")
    return value


def _items(entries: Any, kind: str, form: type[Item], key: str, base: tuple[Item, ...]) -> tuple[Item, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"Each {kind} is a table of its own.", where=kind, hint=f"Begin it with [[{kind}]].")
    before = {getattr(item, key): item for item in base}
    used = {entry.get(key) for entry in entries if isinstance(entry.get(key), str)} | set(before)
    found: list[Item] = []
    for number, entry in enumerate(entries, 1):
        where = f"{kind} {number}"
        entry = {("beat_id" if name == "beat" and kind == "scene" else name): value for name, value in entry.items()}
        by = entry.pop("by", "writer")
        if by not in ("writer", "person"):
            raise InputError("`by` is writer or person.", where=where, hint='Write by = "person".')
        if key == "id" and not entry.get("id"):
            entry["id"] = next(name for n in range(1, 10_000) if (name := f"{kind[0]}{n:02d}") not in used)
            used.add(entry["id"])
        try:
            item = form.model_validate(entry | {"author": by})
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            name = ".".join(map(str, fault["loc"])).replace("beat_id", "beat")
            raise InputError(
                f"{name}: {fault['msg']}.", where=where, hint="Undo the change, or add what is missing."
            ) from error
        name = getattr(item, key)
        if any(getattr(other, key) == name for other in found):
            raise InputError(f"There are two of {name!r}.", where=where, hint=f"Give one of them another {key}.")
        found.append(_settled(item, before.get(name)))
    return tuple(found)


def _settled(item: Item, old: Item | None) -> Item:
    """The item as a person's when its words are not those it had."""
    same = old is not None and item.model_copy(update={"author": old.author}) == old
    return item if same else item.model_copy(update={"author": "person"})


def _check_beats(beats: tuple[PlotBeat, ...], scenes: tuple[ScenePlan, ...]) -> None:
    known = {beat.id for beat in beats}
    for scene in scenes:
        if scene.beat_id and scene.beat_id not in known:
            raise InputError(
                f"Scene {scene.id} plays beat {scene.beat_id!r}, and there is none of this id.",
                hint=f"The beats are {', '.join(sorted(known)) or 'none'}.",
            )
