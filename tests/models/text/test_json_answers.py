"""JSON out of chatter, and fields put right or asked for again."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from rushlight.core.errors import ModelError
from rushlight.models.text import Answer, Message
from rushlight.models.text.json_answers import ask_for, clean_words, read_json, schema_of


class Part(BaseModel):
    text: str = Field(min_length=1, max_length=40)
    sentences: list[int] = Field(min_length=1, max_length=3)


class Form(BaseModel):
    kind: Literal["hook", "close"] = "hook"
    level: int = Field(default=1, ge=1, le=5)
    sure: bool = True
    parts: list[Part] = Field(min_length=1, max_length=3)


class Parrot:
    """A model that says what it is given to say, one thing after another."""

    name, revision, repeatable = "parrot", "1", True

    def __init__(self, *sayings: str) -> None:
        self.sayings = list(sayings)
        self.heard: list[list[Message]] = []

    def answer(self, messages: Any, schema: Any, **_: Any) -> Answer:
        self.heard.append(list(messages))
        return Answer(self.sayings.pop(0) if len(self.sayings) > 1 else self.sayings[0])

    def without_secrets(self, text: str) -> str:
        return text

    def report(self) -> None:
        pass


GOOD = {"kind": "hook", "level": 2, "sure": True, "parts": [{"text": "One.", "sentences": [1]}]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure:\n```json\n{"a": [1, 2,],}\n```\nDone {b}', {"a": [1, 2]}),
        ('<think>{"a": 9}</think>{"a": 1}', {"a": 1}),
        ('{"a": 9}</think>{"a": 1}', {"a": 1}),
        ('{"a": "an \\"odd\\" , } brace"}', {"a": 'an "odd" , } brace'}),
        ('{"b": 2} and then {"a": 1, "b": 3}', {"a": 1, "b": 3}),
        ('{"a": [{"b": 1}, {"b": 2}, {"b": ', {"a": [{"b": 1}, {"b": 2}]}),
        ('{"a": [{"b": 1}, {"b": "half a wo', {"a": [{"b": 1}]}),
        ('{"b": 1, "a": "half a wo', {"b": 1}),
        ('{"a": "comma,}"}', {"a": "comma,}"}),
    ],
)
def test_objects_are_found(text: str, found: object) -> None:
    assert read_json(text, ("a", "b")) == found


@pytest.mark.parametrize(
    "text", ["", "no", "{", "[1]", '{"a": NaN}', "{" * 5000, "<think>never ends {}", '{"a": 1' + "0" * 9000]
)
def test_what_is_no_object_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"no JSON object|empty"):
        read_json(text)


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:\\ab1 <>think/', max_size=80))
def test_nothing_else_than_an_object_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(read_json(text), dict)
    except ValueError as error:
        assert str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["kind", "level", "sure", "parts", "Parts"]), json_values, max_size=5))
def test_any_answer_gives_a_form_in_bounds_or_one_error(value: dict[str, object]) -> None:
    try:
        form = ask_for(Parrot(json.dumps(value)), [Message("user", "?")], Form, seed=0, repairs=1)
    except ModelError as error:
        assert "\n" not in error.message
        return
    assert 1 <= form.level <= 5
    assert 1 <= len(form.parts) <= 3
    assert all(1 <= len(part.text) <= 40 for part in form.parts)


@settings(deadline=None)
@given(st.integers(0, 200))
def test_a_cut_answer_is_never_read_as_something_it_did_not_say(cut: int) -> None:
    parts = [{"text": f"Part {n}, so.", "sentences": [n, n + 1]} for n in range(4)]
    whole = {"level": 2, "parts": parts, "kind": "hook"}
    text = json.dumps(whole)[:cut]
    try:
        found = read_json(text)
    except ValueError:
        return
    for name, value in found.items():
        if name == "parts":
            assert value == parts[: len(value)]
        else:
            assert value == whole[name]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"level": "3"}, {"level": 3}),
        ({"level": 4.0}, {"level": 4}),
        ({"level": 99}, {"level": 5}),
        ({"kind": "CLOSE."}, {"kind": "close"}),
        ({"sure": "yes"}, {"sure": True}),
        ({"parts": {"text": "One.", "sentences": 4}}, {"parts": [{"text": "One.", "sentences": [4]}]}),
        ({"parts": GOOD["parts"] * 9}, {"parts": GOOD["parts"] * 3}),  # type: ignore[operator]
        ({"more": 1}, {}),
    ],
)
def test_what_can_mean_one_thing_is_put_right(change: dict[str, object], expected: dict[str, object]) -> None:
    model = Parrot(json.dumps({**GOOD, **change}))
    assert ask_for(model, [Message("user", "?")], Form, seed=0).model_dump() == {**GOOD, **expected}
    assert len(model.heard) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"level": "several"}, "level: must be a number"),
        ({"level": 2.5}, "level: must be a whole number"),
        ({"level": True}, "level: must be a number"),
        ({"level": None}, "level: is missing"),
        ({"kind": "middle"}, "kind: must be one of hook, close"),
        ({"parts": []}, "parts: needs at least 1"),
        ({"parts": [{"text": "x" * 41, "sentences": [1]}]}, "parts[0].text: must be at most 40 characters, not 41"),
        ({"parts": [{"text": "", "sentences": [1]}]}, "parts[0].text: must not be empty"),
    ],
)
def test_the_rest_is_asked_for_again_by_name(change: dict[str, object], named: str) -> None:
    model = Parrot(json.dumps({**GOOD, **change}), json.dumps(GOOD))
    assert ask_for(model, [Message("user", "?")], Form, seed=0).model_dump() == GOOD
    assert named in model.heard[1][-1].text


def test_at_the_last_try_what_is_whole_is_kept() -> None:
    parts = [
        {"text": "One.", "sentences": [1]},
        {"text": 7, "sentences": "x"},
        {"text": "A long word " * 9, "sentences": [2]},
    ]
    form = ask_for(Parrot(json.dumps({**GOOD, "parts": parts})), [Message("user", "?")], Form, seed=0)
    assert [part.text for part in form.parts] == ["One.", "A long word A long word A long word A…"]


def test_schemas_have_no_references_and_are_closed() -> None:
    schema = schema_of(Form)
    assert "$ref" not in json.dumps(schema)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["kind", "level", "sure", "parts"]
    assert schema["properties"]["parts"]["items"]["properties"]["text"]["maxLength"] == 40


def test_unseen_characters_are_taken_out() -> None:
    assert clean_words("a\u202eb\u200b \ud800c\x00\td\r\n  e\U000e0041 ") == "ab c d\ne"
