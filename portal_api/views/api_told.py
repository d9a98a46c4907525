"""The API as its page tells it, from the document of OpenAPI: resources, their operations, what each is asked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

#: of a schema: what values may be, apart from records of their own
_MOST_CHOICES = 12


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter."""

    name: str
    #: `query`, `path` or `header`
    place: str
    required: bool
    #: a type of JSON Schema, or the choices
    kind: str
    default: str = ""


class OperationView(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one address."""

    method: str
    path: str
    #: English
    summary: str
    #: scope of a key that opens it; empty where none does
    scope: str
    #: whether everybody may, without a key
    is_open: bool
    points: int
    asked: tuple[AskedView, ...]
    #: media types of what is sent
    bodies: tuple[str, ...]
    statuses: tuple[str, ...]


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """Operations of one resource."""

    name: str
    operations: tuple[OperationView, ...]


def api_told(document: Mapping[str, Any]) -> tuple[ResourceView, ...]:
    """Resources by name, each with its operations in the order of addresses."""
    found = sorted(_operations(document), key=lambda each: (each[0], each[1].path, each[1].method))
    return tuple(
        ResourceView(name=name, operations=tuple(operation for _, operation in group))
        for name, group in groupby(found, key=lambda each: each[0])
    )


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, OperationView]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield told["tags"][0], _operation(path, method, told)


def _operation(path: str, method: str, told: Mapping[str, Any]) -> OperationView:
    security = told["security"]
    scopes = [scope for each in security for scope in each.get("key", ())]
    return OperationView(
        method=method.upper(),
        path=path,
        summary=told["summary"],
        scope=scopes[0] if scopes else "",
        is_open={} in security,
        points=told["x-points"],
        asked=tuple(_asked(each) for each in told["parameters"]),
        bodies=tuple(told.get("requestBody", {}).get("content", ())),
        statuses=tuple(sorted(told["responses"])),
    )


def _asked(told: Mapping[str, Any]) -> AskedView:
    schema = told.get("schema", {})
    default = schema.get("default", "")
    return AskedView(
        name=told["name"],
        place=told["in"],
        required=told["required"],
        kind=_kind(schema),
        default="" if default in ("", None, []) else str(default).lower() if default in (True, False) else str(default),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    if choices := schema.get("enum"):
        return " | ".join(str(each) for each in choices[:_MOST_CHOICES] if each != "")
    if several := schema.get("anyOf"):
        return " | ".join(dict.fromkeys(_kind(each) for each in several if each.get("type") != "null"))
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))} …"
    return _bounded(schema.get("type", ""), [schema.get(name) for name in ("minimum", "maximum")])


def _bounded(kind: str, bounds: Sequence[int | None]) -> str:
    return kind if not any(each is not None for each in bounds) else f"{kind} {_text(bounds[0])}–{_text(bounds[1])}"


def _text(bound: int | None) -> str:
    return "" if bound is None else str(bound)
