"""JSON out of what a model says: asked for by schema, dug out of chatter, checked field by field, asked for again.

A form is a frozen pydantic model. Its schema goes to the engine, but no engine is believed to keep it: constrained
decoders let bounds pass, and others let everything pass. What can be read in one way only is put right (`"3"` for 3,
one thing for a list of one); numbers beyond their bounds are drawn to them; the rest is asked for again, by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rushlight.core.errors import ModelError
from rushlight.models.text import Message, TextModel

__all__ = ["ask_for", "clean_words", "read_json", "schema_of"]

Form = TypeVar("Form", bound=BaseModel)

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_UNOPENED_THOUGHT = re.compile(r"\A.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
# Controls, surrogates, marks that turn or hide text: nothing a line of film needs, and much to hide things in.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_DEEPEST = 40
_SHOWN_BACK = 3000


def clean_words(text: str) -> str:
    """A text without unseen characters, in composed white space; line feeds stay."""
    text = _TAGS.sub("", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\t", " ")))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def schema_of(form: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a form: no references, every field required, nothing beyond them."""
    schema = form.model_json_schema()
    closed: dict[str, Any] = _closed(schema, schema.get("$defs", {}))
    return closed


def _closed(node: Any, known: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_closed(item, known) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _closed(known[node["$ref"].rpartition("/")[2]], known)
    if "properties" in node:
        fields = {name: _closed(item, known) for name, item in node["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    kept = {"type", "enum", "const", "items", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}
    kept |= {"description", "pattern"}
    return {name: _closed(item, known) for name, item in node.items() if name in kept}


def ask_for(
    model: TextModel,
    messages: Sequence[Message],
    form: type[Form],
    *,
    seed: int,
    temperature: float = 0.7,
    most_tokens: int = 2000,
    repairs: int = 2,
) -> Form:
    """Ask a model until its answer fits a form.

    Args:
        model: whom to ask.
        messages: the conversation; the form's schema is added to the last one in words.
        form: what the answer has to be.
        seed: of the first try; later ones take the next.
        temperature: how freely the model chooses.
        most_tokens: of one answer.
        repairs: how often it is asked again, each time told what is wrong.

    Raises:
        ModelError: no try gave a usable answer; the message names the first field at fault.
        LimitError: the budget is used up.
    """
    schema = schema_of(form)
    told = f"\n\nAnswer with one JSON object and nothing else. Its schema:\n{json.dumps(schema, ensure_ascii=False)}"
    asked = [*messages[:-1], Message(messages[-1].role, messages[-1].text + told)]
    talk, problems = asked, ["it said nothing"]
    for attempt in range(repairs + 1):
        answer = model.answer(talk, schema, seed=seed + attempt, temperature=temperature, most_tokens=most_tokens)
        fitted, problems = _fit(model.without_secrets(answer.text), schema, form, last=attempt == repairs)
        if fitted is not None:
            return fitted
        listed = "\n".join(f"- {problem}" for problem in problems[:12])
        cut = "" if answer.whole else "Your answer was cut off; be shorter.\n"
        talk = [
            *asked,
            Message("assistant", answer.text[:_SHOWN_BACK] or "(nothing)"),
            Message(
                "user", f"{cut}This cannot be used:\n{listed}\nGive the whole JSON object again, with these mended."
            ),
        ]
    raise ModelError(
        f"{model.name} gave no usable answer in {repairs + 1} tries ({problems[0]}).",
        hint="Try again with another seed, or use a larger model.",
    )


def _fit(text: str, schema: dict[str, Any], form: type[Form], *, last: bool) -> tuple[Form | None, list[str]]:
    try:
        value = read_json(text, tuple(schema["properties"]))
    except ValueError as error:
        return None, [str(error)]
    problems: list[str] = []
    fitted = _fitted(value, schema, "", problems, last)
    if problems:
        return None, problems
    try:
        return form.model_validate(fitted), []
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        return None, [f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}" for fault in faults]


# --- reading ----------------------------------------------------------------------------------------------------


def read_json(text: str, fields: tuple[str, ...] = ()) -> dict[str, Any]:
    """The JSON object in a text, with thoughts, fences and chatter around it, perhaps cut off.

    Args:
        text: what a model said.
        fields: names the object should have; of several objects, the one with most of them is taken.

    Raises:
        ValueError: there is none; the message is one short phrase.
    """
    text = _THOUGHT.sub(" ", text)
    text = _UNOPENED_THOUGHT.sub("", text)
    best: tuple[int, int] = (-1, -1)
    found: dict[str, Any] | None = None
    at = text.find("{")
    tried = 0
    while at >= 0 and tried < 50:
        tried += 1
        piece, end = _object_at(text, at)
        value = _parsed(piece)
        if isinstance(value, dict):
            names = {name.casefold() for name in value if isinstance(name, str)}
            rank = (sum(field.casefold() in names for field in fields), len(piece))
            if rank > best:
                best, found = rank, value
            at = text.find("{", end)
        else:
            at = text.find("{", at + 1)
    if found is None:
        raise ValueError("there is no JSON object in it" if text.strip() else "it is empty")
    return found


def _object_at(text: str, start: int) -> tuple[str, int]:
    """The object that begins here, closed where it was cut off, and where it ends in the text."""
    stack: list[str] = []
    safe: tuple[int, str] | None = None
    at, quoted = start, False
    while at < len(text):
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "{[":
            if len(stack) >= _DEEPEST:
                return "", at + 1
            stack.append("}" if char == "{" else "]")
        elif char in "}]":
            if not stack or stack.pop() != char:
                return "", at + 1
            if not stack:
                return text[start : at + 1], at + 1
            if "}" not in stack[1:]:
                safe = (at + 1, "".join(reversed(stack)))
        elif char == "," and "}" not in stack[1:]:
            safe = (at, "".join(reversed(stack)))
        at += 1
    # Cut off: what was complete before is kept, an item in the making is not.
    return (text[start : safe[0]] + safe[1] if safe else ""), len(text)


def _parsed(piece: str) -> Any:
    def no_constant(name: str) -> None:
        raise ValueError(name)

    for attempt in (piece, re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda m: m.group(1) or "", piece)):
        try:
            return json.loads(attempt, parse_constant=no_constant, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


# --- fitting ----------------------------------------------------------------------------------------------------


def _fitted(value: Any, schema: dict[str, Any], place: str, problems: list[str], last: bool) -> Any:
    """The value in the form of a schema; what cannot be settled is added to the problems, named by its place."""
    kind = schema.get("type")
    if kind == "object":
        return _fitted_object(value, schema, place, problems, last)
    if kind == "array":
        return _fitted_list(value, schema, place, problems, last)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind in ("integer", "number"):
        return _fitted_number(value, schema, place, problems)
    if kind == "boolean":
        words = {"true": True, "false": False, "yes": True, "no": False}
        value = words.get(value.strip().lower(), value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            problems.append(f"{place}: must be true or false")
        return value
    return _fitted_words(value, schema, place, problems, last)


def _fitted_object(value: Any, schema: dict[str, Any], place: str, problems: list[str], last: bool) -> Any:
    fields = schema["properties"]
    if len(fields) == 1 and not isinstance(value, dict):
        # A list of bare words where objects of one field are wanted can mean one thing only.
        value = {next(iter(fields)): value}
    if not isinstance(value, dict):
        problems.append(f"{place or 'answer'}: must be an object with {', '.join(fields)}")
        return None
    named = {name.strip().casefold(): item for name, item in value.items() if isinstance(name, str)}
    fitted = {}
    for name, item in fields.items():
        inner = f"{place}.{name}" if place else name
        if name.casefold() in named and named[name.casefold()] is not None:
            fitted[name] = _fitted(named[name.casefold()], item, inner, problems, last)
        else:
            problems.append(f"{inner}: is missing")
    return fitted


def _fitted_list(value: Any, schema: dict[str, Any], place: str, problems: list[str], last: bool) -> Any:
    items = value if isinstance(value, list) else [value]
    items = items[: schema.get("maxItems", len(items))]
    fitted = []
    for number, item in enumerate(items):
        faults: list[str] = []
        made = _fitted(item, schema["items"], f"{place}[{number}]", faults, last)
        if not faults:
            fitted.append(made)
        elif not last:
            problems += faults
        # At the last try an item beyond mending is left out, if enough others stay.
    if len(fitted) < schema.get("minItems", 0):
        problems.append(f"{place}: needs at least {schema['minItems']}")
    return fitted


def _fitted_number(value: Any, schema: dict[str, Any], place: str, problems: list[str]) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,15}(\.\d{1,15})?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e15:
        problems.append(f"{place}: must be a number")
        return value
    if schema["type"] == "integer":
        if value != int(value):
            problems.append(f"{place}: must be a whole number")
            return value
        value = int(value)
    return min(max(value, schema.get("minimum", value)), schema.get("maximum", value))


def _fitted_words(value: Any, schema: dict[str, Any], place: str, problems: list[str], last: bool) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        problems.append(f"{place}: must be words")
        return value
    value = clean_words(value)
    if choices := schema.get("enum"):
        same = [choice for choice in choices if choice.casefold() == value.casefold().strip(" .")]
        if not same:
            problems.append(f"{place}: must be one of {', '.join(choices)}")
        return same[0] if same else value
    longest = schema.get("maxLength")
    if longest is not None and len(value) > longest:
        if not last:
            problems.append(f"{place}: must be at most {longest} characters, not {len(value)}")
        value = _shortened(value, longest)
    if len(value) < schema.get("minLength", 0):
        problems.append(f"{place}: must not be empty")
    return value


def _shortened(text: str, longest: int) -> str:
    """Cut at the last sentence that fits, else at the last word."""
    cut = text[: longest - 1]
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s|$)", cut)]
    if ends and ends[-1] > longest // 2:
        return cut[: ends[-1]]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;: ") + "…"
