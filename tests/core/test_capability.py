from pathlib import Path

import pytest

from rushlight.core.capability import CapabilityDefinitionError, find_capability, registry
from rushlight.core.errors import InputError, ModelError
from tests.core.sample_capabilities import count_words_capability, load_module


def test_the_signature_is_the_source_of_everything(tmp_path: Path) -> None:
    function = count_words_capability(tmp_path, "tally_signature")
    found = registry()["tally_signature"]
    assert found.function is function
    assert found.summary == "Count words into a file."
    assert [slot.artifact.kind() for slot in found.inputs] == ["Script"]
    assert set(found.parameters.model_json_schema()["properties"]) == {"gain", "label"}
    assert found.check({"gain": "0.5"}).model_dump() == {"gain": 0.5, "label": ""}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"gain": 3}, "gain: Input should be less than or equal to 2"),
        ({"volume": 1}, "volume"),
        ({"gain": "x"}, "gain"),
    ],
)
def test_bad_parameters_are_named(tmp_path: Path, given: dict[str, object], words: str) -> None:
    count_words_capability(tmp_path, "tally_bad")
    with pytest.raises(InputError, match=words):
        registry()["tally_bad"].check(given)


DECORATED = "@capability(version=1)\n"


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("no_doc", DECORATED + "def no_doc(s: Script, /) -> Script:\n    return s", "no docstring"),
        ("other_name", DECORATED + 'def this_name(s: Script, /) -> Script:\n    """D."""', "its file must be"),
        ("media_out", DECORATED + 'def media_out(s: Script, /) -> Audio:\n    """D."""', "provenance action"),
        ("no_type", DECORATED + 'def no_type(s, /) -> Script:\n    """D."""', "has no type"),
        ("not_artifact", DECORATED + 'def not_artifact(s: int, /) -> Script:\n    """D."""', "not an artifact"),
        ("either_way", DECORATED + 'def either_way(s: Script) -> Script:\n    """D."""', "positional-only"),
        (
            "returns_text",
            DECORATED + 'def returns_text(s: Script, /) -> str:\n    """D."""',
            "must return one artifact",
        ),
    ],
)
def test_registering_refuses_what_is_written_wrongly(tmp_path: Path, name: str, body: str, problem: str) -> None:
    with pytest.raises(CapabilityDefinitionError, match=problem):
        load_module(tmp_path, name, body)


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    count_words_capability(tmp_path, "tally_once")
    source = (tmp_path / "tally_once.py").read_text()
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "tally_once.py").write_text(source)
    import importlib.util

    spec = importlib.util.spec_from_file_location("another.tally_once", folder / "tally_once.py")
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(CapabilityDefinitionError, match="defined in"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def test_unknown_capabilities_say_so() -> None:
    with pytest.raises(ModelError, match="no capability named 'paint_sky'"):
        find_capability("paint-sky")


def test_built_in_capabilities_are_found_by_name() -> None:
    assert find_capability("caption-narration").area == "create"
