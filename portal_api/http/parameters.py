"""Query parameters: a frozen record per route, read strictly.

A record's field is a parameter; its type and constraints are the parameter's. Tuples may be repeated, nothing else may.
The API refuses any fault (`ParametersInvalid`); a page keeps the rest and shows the message at the field.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeVar, get_origin

import msgspec

from portal_api.errors import ParameterFault
from portal_api.expected import expected_and_found, offered
from portal_api.http.marking import N_, Sentence

P = TypeVar("P", bound=msgspec.Struct)

#: the longest value that is looked at; a query's own limit is shorter
VALUE_LENGTH = 2_000
#: a number of a row, a page or a version, as databases keep it in four bytes; 0 = none
RowNumber = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Of a route that reads none."""


def read(given: Sequence[tuple[str, str]], kind: type[P]) -> tuple[P, tuple[ParameterFault, ...]]:
    """The record of `kind` that `given` states, and every fault; a faulty parameter keeps its default."""
    fields = _fields(kind)
    faults = [unknown(name, tuple(fields)) for name in dict.fromkeys(name for name, _ in given) if name not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        stated = [value for key, value in given if key == name and value != ""]
        if stated:
            _read_one(name, stated, field, values, faults)
    return kind(**values), tuple(faults)


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Name of a parameter -> its field; made once, as working out the types takes longer than reading a request."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _read_one(
    name: str,
    stated: list[str],
    field: msgspec.structs.FieldInfo,
    values: dict[str, Any],
    faults: list[ParameterFault],
) -> None:
    repeatable = get_origin(field.type) is tuple
    if not repeatable and len(stated) > 1:
        faults.append(_invalid(name, "is given more than once", N_("%(name)s can be given once only.")))
    elif any(len(value) > VALUE_LENGTH for value in stated):
        told = N_("%(name)s may have at most %(most)s characters.")
        faults.append(_invalid(name, f"is longer than {VALUE_LENGTH} characters", told))
    else:
        try:
            values[field.name] = msgspec.convert(stated if repeatable else stated[0], field.type, strict=False)
        except msgspec.ValidationError as error:
            given = stated[0] if len(stated) == 1 else stated
            said = expected_and_found(field.type, given, str(error).split(" - at ")[0])
            faults.append(_not_offered(name, said, offered(field.type)))


def unknown(name: str, offered: Sequence[str]) -> ParameterFault:
    """The fault of a parameter that does not exist; names the nearest that does."""
    near = difflib.get_close_matches(name, offered, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(offered)) or 'none'}"
    text = N_("%(name)s is not known here; did you mean %(near)s?") if near else N_("%(name)s is not known here.")
    return ParameterFault(
        parameter=name[:80],
        code="parameter-unknown",
        detail=f"{name[:80]} is not known; {hint}",
        said=Sentence(text=text, values={"name": name[:80], "near": "".join(near)}),
    )


def _not_offered(name: str, detail: str, words: tuple[str, ...]) -> ParameterFault:
    """The fault of a value that its parameter does not take; names those that it does, where they are a few words."""
    if not words:
        return _invalid(name, detail)
    text = N_("%(name)s cannot be used as it stands here; it may be: %(offered)s.")
    said = Sentence(text=text, values={"name": name, "offered": ", ".join(words)})
    return ParameterFault(parameter=name, code="parameter-invalid", detail=f"{name}: {detail}", said=said)


def _invalid(name: str, detail: str, text: str = N_("%(name)s cannot be used as it stands here.")) -> ParameterFault:
    said = Sentence(text=text, values={"name": name, "most": VALUE_LENGTH})
    return ParameterFault(parameter=name, code="parameter-invalid", detail=f"{name}: {detail}", said=said)


def as_pairs(parameters: msgspec.Struct) -> tuple[tuple[str, str], ...]:
    """`parameters` as name-value pairs, defaults left out, in the record's order."""
    pairs: list[tuple[str, str]] = []
    for field in _fields(type(parameters)).values():
        value = getattr(parameters, field.name)
        if value != field.default and value is not None:
            pairs.extend((field.encode_name, text) for text in _texts(value))
    return tuple(pairs)


def _texts(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def required(form: Mapping[str, str], *names: str) -> tuple[ParameterFault, ...]:
    """A fault for each of `names` that a form leaves empty."""
    return tuple(
        ParameterFault(parameter=name, code="field-missing", detail=f"{name} is needed")
        for name in names
        if not form.get(name, "").strip()
    )
