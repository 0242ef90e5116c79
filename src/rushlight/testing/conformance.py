"""What every capability must keep to, checked on a real run. Third parties check theirs the same way:

from rushlight.testing import Samples, check_capability
check_capability(find_capability("detect_glitches"), Samples(create_project(tmp_path / "p")))
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from rushlight.core.artifact import Artifact
from rushlight.core.capability import Capability
from rushlight.core.errors import CancelledError, InputError
from rushlight.core.project import Project, Watcher, create_project
from rushlight.testing.samples import Samples

__all__ = ["check_capability"]


def check_capability(found: Capability, samples: Samples, **parameters: Any) -> Artifact:
    """Run a capability on samples and assert that it conforms.

    Parameters go through JSON unchanged; wrong ones are refused by name; the same call gives the same result; the
    record is complete; files lie in the store; cancelling stops it and keeps nothing.

    Returns:
        What it returned.

    Raises:
        AssertionError: it does not conform; the message says how.
    """
    checked = found.check(parameters)
    _parameters_round_trip(found, checked)
    _errors_are_typed(found, samples)
    inputs = tuple(_input(slot, samples, found.name) for slot in found.inputs)
    artifact: Artifact = samples.project.run(found.name, *inputs, **parameters)
    _record_is_complete(found, samples.project, artifact)
    again = _fresh(samples.project, "again")
    assert again.run(found.name, *inputs, **parameters).digest() == artifact.digest(), f"{found.name} is not repeatable"
    _cancel_works(found, samples.project, inputs, parameters)
    return artifact


def _input(slot: Any, samples: Samples, capability: str) -> Any:
    sample = samples.of(slot.artifact, capability, slot.name)
    return (sample,) if slot.many else sample


def _fresh(project: Project, name: str) -> Project:
    root = project.root.parent / f"{project.root.name}-{name}"
    number = 1
    while root.exists():
        number += 1
        root = project.root.parent / f"{project.root.name}-{name}-{number}"
    return create_project(root)


def _parameters_round_trip(found: Capability, checked: Any) -> None:
    text = checked.model_dump_json()
    assert found.parameters.model_validate_json(text) == checked, f"{found.name}: parameters change on the way"
    for name, field in found.parameters.model_json_schema().get("properties", {}).items():
        assert field.get("description"), f"{found.name}: --{name.replace('_', '-')} has no description"


def _errors_are_typed(found: Capability, samples: Samples) -> None:
    try:
        found.check({"no_such_parameter": 1})
    except InputError as error:
        assert "no_such_parameter" in str(error), f"{found.name}: the wrong parameter is not named"
    except ValidationError as error:
        raise AssertionError(f"{found.name}: a raw validation error reaches the user") from error
    else:
        raise AssertionError(f"{found.name} takes parameters it does not know")
    if any(not slot.optional and not slot.many for slot in found.inputs):
        try:
            samples.project.run(found.name)
        except InputError:
            return
        raise AssertionError(f"{found.name} runs without its input")


def _record_is_complete(found: Capability, project: Project, artifact: Artifact) -> None:
    record = project.ledger.made(digest=artifact.digest())
    assert record is not None, f"{found.name} left no record"
    assert set(record.parameters) == set(found.parameters.model_fields), f"{found.name}: parameters are missing"
    assert record.output_kind == found.returns.kind()
    assert record.asked_by
    assert set(found.metrics) <= set(record.figures), f"{found.name} promises {found.metrics}, gave {record.figures}"
    if found.returns.is_media:
        assert record.action, f"{found.name}: no provenance action"
        assert record.source_type, f"{found.name}: no source type"
        for file in artifact.files():
            assert project.store.holds(file), f"{found.name}: {file.path} is not kept"


def _cancel_works(found: Capability, project: Project, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> None:
    """Cancel at the first sign of progress; a capability too quick to report any simply finishes."""
    target = _fresh(project, "cancelled")
    target.watcher = Watcher(is_cancelled=lambda: True)
    try:
        target.run(found.name, *inputs, **parameters)
    except CancelledError:
        assert target.ledger.all() == [], f"{found.name} keeps a record of cancelled work"
        scratch = target.memory / "scratch"
        assert not scratch.exists() or not list(scratch.iterdir()), f"{found.name} leaves files of cancelled work"
