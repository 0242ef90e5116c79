"""A C2PA manifest definition made of an origin.

Reference:
    C2PA specification 2.2, "Actions"; CAWG training and data mining assertion 1.1.
"""

from __future__ import annotations

import uuid
from typing import Any

from rushlight import __version__
from rushlight.artifacts.credentials import Act, Origin
from rushlight.core.errors import InputError
from rushlight.trust.source_types import source_type_uri

__all__ = ["ingredient_ids", "manifest_definition"]

# Actions of C2PA 2.2 that may follow the first.
ACTIONS = frozenset(
    f"c2pa.{name}"
    for name in (
        "addedText", "adjustedColor", "changedSpeed", "converted", "cropped", "deleted", "drawing", "dubbed", "edited",
        "edited.metadata", "enhanced", "filtered", "orientation", "placed", "published", "redacted", "removed",
        "repackaged", "resized", "resized.proportional", "transcoded", "translated", "trimmed", "watermarked",
        "watermarked.bound", "watermarked.unbound", "color_adjustments",
    )
)  # fmt: skip
MARK = "org.rushlight.mark.1"
"""Name of the mark of `embed_watermark` in soft bindings."""
_MINING = ("ai_generative_training", "ai_inference", "ai_training", "data_mining")


def ingredient_ids(origin: Origin) -> list[str]:
    """A name for each ingredient, by which actions refer to it."""
    return [f"ingredient-{number}" for number in range(1, len(origin.ingredients) + 1)]


def manifest_definition(
    origin: Origin, *, training: str, layout: list[dict[str, Any]] | None = None, media_type: str = ""
) -> dict[str, Any]:
    """What is handed to the library to sign.

    Args:
        origin: where the file comes from.
        training: `allowed`, `notAllowed` or `constrained`: what may be learned from it.
        layout: boxes of an MP4, which the signature would else leave open to change.
        media_type: of the file.

    Raises:
        InputError: an act has an action or source type that C2PA does not know.
    """
    names = ingredient_ids(origin)
    first: dict[str, Any] = {"action": f"c2pa.{origin.made}"}
    parents = [name for name, one in zip(names, origin.ingredients, strict=True) if one.relation == "parentOf"]
    if origin.made == "created":
        first["digitalSourceType"] = source_type_uri(origin.source_type)
        if parents:
            raise InputError("What was created has no parent.", hint="Say it was opened, or name components only.")
    else:
        if len(parents) != 1:
            raise InputError("What was opened has exactly one parent.", hint="Name the file that was opened.")
        first["parameters"] = {"ingredientIds": parents}
    first["softwareAgent"] = {"name": "Rushlight", "version": __version__}
    parts = [name for name, one in zip(names, origin.ingredients, strict=True) if one.relation == "componentOf"]
    placed = [{"action": "c2pa.placed", "parameters": {"ingredientIds": [name]}} for name in parts]
    actions = [first, *placed, *(_action(act) for act in origin.acts)]
    assertions: list[dict[str, Any]] = [
        {
            "label": "c2pa.actions.v2",
            "data": {"actions": actions, "allActionsIncluded": origin.complete},
            "created": True,
        },
        {
            "label": "cawg.training-mining",
            "data": {"entries": {f"cawg.{name}": {"use": training} for name in _MINING}},
            "created": True,
        },
    ]
    if origin.mark:
        block = {"scope": {}, "value": origin.mark}
        assertions.append({"label": "c2pa.soft-binding", "data": {"alg": MARK, "blocks": [block]}, "created": True})
    if layout is not None:
        assertions.append({"label": "org.rushlight.layout", "data": {"boxes": layout}, "created": True})
    return {
        "title": origin.title[:200],
        "format": media_type,
        "instance_id": f"xmp:iid:{uuid.uuid4()}",
        "claim_generator_info": [{"name": "Rushlight", "version": __version__}],
        "assertions": assertions,
    }


def _action(act: Act) -> dict[str, Any]:
    if act.action not in ACTIONS:
        raise InputError(f"{act.action!r} is not an action that C2PA knows.", hint="Use c2pa.edited.")
    said: dict[str, Any] = {"action": act.action}
    if act.source_type:
        said["digitalSourceType"] = source_type_uri(act.source_type)
    if act.when:
        said["when"] = act.when
    if act.by:
        said["softwareAgent"] = {"name": act.by[:200]}
    if act.what:
        said["description"] = act.what[:300]
    if act.record:
        said["parameters"] = {"org.rushlight.record": act.record}
    return said
