"""The registry of transforms: what each takes, gives and does on failure.

A transform is written as a builder: it receives its checked arguments and the tables once, when a crosswalk is
compiled, and returns the function that runs on values. The transforms themselves stand in `text_transforms`,
`code_transforms`, `agent_transforms` and `typed_transforms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from mappings.engine.kinds import about, unstated
from mappings.engine.patterns import PatternRefused, pattern
from mappings.engine.rules import Call
from mappings.engine.tables import Tables
from mappings.errors import Fault
from mappings.said import Said, Telling, said

Takes = Literal["text", "texts"]
Style = Literal["map", "flat", "whole", "typed"]
ParameterType = Literal["text", "texts", "number", "pattern", "table"]
Scalar = str | int | float | bool | None


class Made(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a typed transform made of one value, and the codes of what was odd."""

    values: tuple[Any, ...] = ()
    codes: tuple[str, ...] = ()
    #: what was odd is a reason to refuse the unit
    reject: bool = False


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter; without a default it must be given."""

    name: str
    type: ParameterType = "text"
    default: Scalar = None
    needed: bool = False
    #: the words that are allowed, empty = any
    words: tuple[str, ...] = ()


class Arguments:
    """The checked arguments of one call."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def text(self, name: str) -> str:
        """A text argument, empty where absent."""
        value = self._given.get(name)
        return "" if value is None else str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text is a list of one."""
        value = self._given.get(name)
        if value is None:
            return ()
        return tuple(str(part) for part in value) if isinstance(value, tuple) else (str(value),)

    def number(self, name: str) -> int | None:
        """A number, None where absent."""
        value = self._given.get(name)
        return value if isinstance(value, int) else None


class ArgumentWrong(Telling, ValueError):
    """Arguments that are fine one by one and do not go together, as a builder says."""


class TransformTaken(ValueError):
    """A package calls its transform as another is called: a crosswalk would mean what happens to be installed."""


#: (str) -> str | None for text to text, (str) -> texts, (items) -> items, or (item) -> Made
Function = Callable[[Any], Any]
Builder = Callable[[Arguments, Tables], Function]


class Transform(msgspec.Struct, frozen=True, kw_only=True):
    """What is published of a transform."""

    name: str
    takes: Takes
    #: how the function is called: text to text, text to texts, all items at once, or one item to `Made`
    style: Style
    #: `text`, `texts`, or the name of a struct of the schema
    gives: str
    parameters: tuple[Parameter, ...]
    #: what becomes of a value that it cannot take
    failure: Literal["drop", "keep", "reject"]
    #: issue of a failure, empty where a failure is no news
    code: str
    summary: str
    build: Builder


REGISTRY: dict[str, Transform] = {}


def transform(
    name: str,
    *parameters: Parameter,
    takes: Takes = "text",
    gives: str = "text",
    failure: Literal["drop", "keep", "reject"] = "drop",
    code: str = "",
    style: Style | None = None,
) -> Callable[[Builder], Builder]:
    """Registers the builder that follows; its docstring is the transform's summary."""

    def register(build: Builder) -> Builder:
        taken = REGISTRY.get(name)
        if taken is not None and taken.build.__module__ != build.__module__:
            raise TransformTaken(f"{name} is of {taken.build.__module__}; {build.__module__} calls its own so")
        REGISTRY[name] = Transform(
            name=name,
            takes=takes,
            style=style or _style(takes, gives),
            gives=gives,
            parameters=parameters,
            failure=failure,
            code=code,
            summary=(build.__doc__ or "").strip(),
            build=build,
        )
        return build

    return register


def _style(takes: Takes, gives: str) -> Style:
    if takes == "texts":
        return "whole"
    return {"text": "map", "texts": "flat"}.get(gives, "typed")  # type: ignore[return-value]


def bind(call: Call, known: Transform, tables: Tables) -> tuple[Arguments, list[Fault]]:
    """The arguments of `call` by name, and what is wrong with them."""
    faults: list[Fault] = []
    given = dict(call.arguments)
    if "" in given:
        if known.parameters:
            given[known.parameters[0].name] = given.pop("")
        else:
            faults.append(call.place.fault("argument_wrong", said("%(name)s takes no argument", name=call.name)))
            given.pop("")
    names = {parameter.name: parameter for parameter in known.parameters}
    for name in [name for name in given if name not in names]:
        hint = said("it takes %(names)s", names=", ".join(names)) if names else None
        why = said("%(transform)s has no parameter %(name)s", transform=call.name, name=name)
        faults.append(call.place.fault("argument_wrong", why, hint))
    for parameter in known.parameters:
        value = given.setdefault(parameter.name, parameter.default)
        faults += [call.place.fault(code, about(call.name, why)) for code, why in _judged(parameter, value, tables)]
    return Arguments(given), faults


def _judged(parameter: Parameter, value: Any, tables: Tables) -> Sequence[tuple[str, Said]]:
    """(code, why) of what is wrong with one argument."""
    name = parameter.name
    if value is None:
        return [("argument_wrong", said("%(name)s is missing", name=name))] if parameter.needed else []
    if isinstance(value, tuple) and parameter.type != "texts":
        return [("argument_wrong", said("%(name)s is one value", name=name))]
    match parameter.type:
        case "texts" if parameter.needed and (value in ((), "") or (isinstance(value, tuple) and "" in value)):
            return [("argument_wrong", said("%(name)s is one text or several, none of them empty", name=name))]
        case "number" if not isinstance(value, int) or isinstance(value, bool):
            return [("argument_wrong", said("%(name)s is a number", name=name))]
        case "table" if str(value) not in tables:
            return [("table_missing", unstated(name, value))]
        case "pattern":
            try:
                pattern(str(value))
            except PatternRefused as refused:
                return [("pattern_refused", about(name, refused.why))]
    if parameter.words and value not in parameter.words:
        words = ", ".join(parameter.words)
        return [("argument_wrong", said("%(name)s is one of %(words)s", name=name, words=words))]
    return []
