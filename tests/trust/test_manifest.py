from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts import Act, Ingredient, Origin
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.trust.manifest import manifest_definition


def actions(origin: Origin) -> list[dict]:
    return manifest_definition(origin, training="notAllowed")["assertions"][0]["data"]["actions"]


def test_what_was_opened_names_its_one_parent(picture: Path) -> None:
    file = FileRef.of(picture)
    parent = Ingredient(title="a", relation="parentOf", file=file)
    part = Ingredient(title="b", relation="componentOf", file=file)
    made = actions(Origin(title="x", made="opened", source_type="", ingredients=(parent, part)))
    assert [one["action"] for one in made] == ["c2pa.opened", "c2pa.placed"]
    assert made[0]["parameters"] == {"ingredientIds": ["ingredient-1"]}
    assert made[1]["parameters"] == {"ingredientIds": ["ingredient-2"]}
    assert "digitalSourceType" not in made[0]
    for wrong in ((), (parent, parent)):
        with pytest.raises(InputError, match="exactly one parent"):
            actions(Origin(title="x", made="opened", source_type="", ingredients=wrong))
    with pytest.raises(InputError, match="no parent"):
        actions(Origin(title="x", made="created", source_type="composite", ingredients=(parent,)))


def test_what_is_not_known_whole_says_so() -> None:
    origin = Origin(title="x", made="created", source_type="composite", complete=False, missing=("gone.jpg",))
    assert manifest_definition(origin, training="allowed")["assertions"][0]["data"]["allActionsIncluded"] is False


def test_no_name_of_a_person_gets_in() -> None:
    act = Act(action="c2pa.edited", source_type="humanEdits", what="x changed by a person")
    made = actions(Origin(title="x", made="created", source_type="composite", acts=(act,)))
    assert "softwareAgent" not in made[1]
    assert made[1]["description"] == "x changed by a person"


def test_a_mark_is_named_as_soft_binding() -> None:
    origin = Origin(title="film.mp4", made="created", source_type="digitalCapture", mark="00c0ffee12345678")
    made = {one["label"]: one["data"] for one in manifest_definition(origin, training="notAllowed")["assertions"]}
    assert made["c2pa.soft-binding"]["blocks"][0]["value"] == "00c0ffee12345678"
    plain = manifest_definition(origin.model_copy(update={"mark": ""}), training="notAllowed")["assertions"]
    assert "c2pa.soft-binding" not in {one["label"] for one in plain}
