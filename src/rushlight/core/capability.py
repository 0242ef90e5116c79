"""Capabilities: one typed function in one file, and everything else is read off its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from rushlight.core.artifact import Artifact
from rushlight.core.errors import InputError, ModelError

__all__ = ["Capability", "CapabilityDefinitionError", "InputSlot", "capability", "find_capability", "registry"]

P = ParamSpec("P")
R = TypeVar("R", bound=Artifact)

AREAS = ("create", "edit", "audience", "trust")

_registry: dict[str, Capability] = {}


class CapabilityDefinitionError(TypeError):
    """A capability is written wrongly; its author sees this at import, a user never."""


@dataclass(frozen=True)
class InputSlot:
    """One positional argument: an artifact, possibly optional, possibly several."""

    name: str
    artifact: type[Artifact]
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Capability:
    """What is known of a capability: enough for an API, a command, a schema, a form, a cache key and a record."""

    name: str
    area: str
    version: int
    function: Callable[..., Artifact]
    summary: str
    inputs: tuple[InputSlot, ...]
    parameters: type[BaseModel]
    returns: type[Artifact]
    metrics: tuple[str, ...] = ()
    action: str = ""
    source_type: str = ""
    revision: Callable[[BaseModel], str] | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """Area and name as a person types them: `edit detect-shots`."""
        return f"{self.area} {self.name.replace('_', '-')}"

    def check(self, given: dict[str, Any]) -> BaseModel:
        """Validate parameters by name.

        Raises:
            InputError: an unknown parameter, a wrong type or a value out of range.
        """
        try:
            return self.parameters.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]) or "parameters"
            problem = first["msg"].removeprefix("Value error, ")
            raise InputError(
                f"{name}: {problem} (given: {first.get('input')!r}).",
                hint=f"See `rushlight {self.title} --help`.",
            ) from error

    def revision_of(self, parameters: BaseModel) -> str:
        """Which models, at which revision, these parameters would use; empty for code alone."""
        return self.revision(parameters) if self.revision else ""


def registry() -> dict[str, Capability]:
    """All capabilities imported so far, by name."""
    return dict(_registry)


def capability(
    *,
    version: int,
    metrics: tuple[str, ...] = (),
    action: str = "",
    source_type: str = "",
    revision: Callable[[Any], str] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as a capability; the function itself stays a plain function.

    Args:
        version: raise it whenever the same input would give another result.
        metrics: names of the quality figures it reports through `current_run().figure`.
        action: C2PA action of the media it returns, such as `c2pa.created` or `c2pa.edited`.
        source_type: IPTC digital source type of that media, such as `algorithmicMedia`.
        revision: from the validated parameters, the models they would use, for the cache key.

    Raises:
        CapabilityDefinitionError: no docstring, file and function named differently, an argument without a
            type, an input that is not an artifact, media without an action, or a name taken twice.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        found = _describe(function, version, metrics, action, source_type, revision)
        known = _registry.get(found.name)
        if known is not None and known.function.__module__ != function.__module__:
            raise CapabilityDefinitionError(
                f"{found.name} is defined in {function.__module__} and in {known.function.__module__}."
            )
        _registry[found.name] = found
        return function

    return register


def _describe(
    function: Callable[..., Artifact],
    version: int,
    metrics: tuple[str, ...],
    action: str,
    source_type: str,
    revision: Callable[[Any], str] | None,
) -> Capability:
    name = function.__name__
    where = f"{function.__module__}.{name}"
    if not (function.__doc__ or "").strip():
        raise CapabilityDefinitionError(f"{where} has no docstring.")
    file = Path(inspect.getfile(function)).stem
    if file != name:
        raise CapabilityDefinitionError(f"{where} stands in {file}.py; its file must be {name}.py.")
    if version < 1:
        raise CapabilityDefinitionError(f"{where}: versions count from 1.")
    hints = get_type_hints(function, include_extras=True)
    returns = hints.get("return")
    if not (isinstance(returns, type) and issubclass(returns, Artifact)):
        raise CapabilityDefinitionError(f"{where} must return one artifact, not {returns!r}.")
    if returns.is_media and not (action and source_type):
        raise CapabilityDefinitionError(
            f"{where} returns media ({returns.kind()}), so it must state a provenance action and source type."
        )
    inputs: list[InputSlot] = []
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise CapabilityDefinitionError(f"{where}: {parameter.name} has no type.")
        hint = hints[parameter.name]
        if parameter.kind is parameter.POSITIONAL_ONLY:
            inputs.append(_input_slot(where, parameter, hint))
        elif parameter.kind is parameter.KEYWORD_ONLY:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (hint, default)
        else:
            raise CapabilityDefinitionError(
                f"{where}: {parameter.name} must be positional-only (an artifact) or keyword-only (a parameter)."
            )
    parts = function.__module__.split(".")
    area = next((part for part in parts if part in AREAS), parts[0])
    model = create_model(name, __config__=ConfigDict(extra="forbid", frozen=True, validate_default=True), **fields)
    return Capability(
        name=name,
        area=area,
        version=version,
        function=function,
        summary=inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " "),
        inputs=tuple(inputs),
        parameters=model,
        returns=returns,
        metrics=metrics,
        action=action,
        source_type=source_type,
        revision=revision,
    )


def _input_slot(where: str, parameter: inspect.Parameter, hint: Any) -> InputSlot:
    many = get_origin(hint) is tuple
    choices = get_args(hint)
    optional = type(None) in choices
    candidates = [item for item in (choices or (hint,)) if item not in (type(None), Ellipsis)]
    artifact = candidates[0] if len(candidates) == 1 else None
    if not (isinstance(artifact, type) and issubclass(artifact, Artifact)):
        raise CapabilityDefinitionError(f"{where}: {parameter.name} is not an artifact but {hint!r}.")
    return InputSlot(parameter.name, artifact, optional, many)


def find_capability(name: str) -> Capability:
    """Look a capability up by name, importing its file (or a third party's entry point) if need be.

    Raises:
        ModelError: there is no such capability, or its file fails to import; the cause is shown.
    """
    name = name.replace("-", "_")
    if name in _registry:
        return _registry[name]
    from rushlight.core.index import capability_index

    module = capability_index().get(name)
    if module is None:
        for entry in entry_points(group="rushlight.capabilities", name=name):
            module = entry.module
    if module is None:
        raise ModelError(f"There is no capability named {name!r}.", hint="`rushlight --help` lists them.")
    try:
        import_module(module)
    except ImportError as error:
        raise ModelError(
            f"{name} cannot be loaded: {error}.", hint="`rushlight doctor` says what is missing."
        ) from error
    return _registry[name]
