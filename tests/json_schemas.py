"""Holds a value against a JSON Schema of the kind that OpenAPI documents of the house have (2020-12, a part of it).

Stricter than the standard asks: what an object's schema does not name may not stand in it, and a keyword that this does
not know is a fault, so that nothing is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
#: of an object, of an array, of any value
_KNOWN = {"properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems"} | {
    "title", "description", "default", "type", "anyOf", "enum", "const", "$ref", "format", "minimum", "maximum",
    "discriminator",
}  # fmt: skip


def faults(value: Any, schema: Mapping[str, Any], components: Mapping[str, Any], at: str = "") -> list[str]:
    """Where `value` is not as `schema` says; components by their names."""
    return list(_faults(value, schema, components, at or "/"))


def _faults(value: Any, schema: Mapping[str, Any], known: Mapping[str, Any], at: str) -> Iterator[str]:
    if unknown := set(schema) - _KNOWN:
        yield f"{at}: keywords {sorted(unknown)}"
    if "$ref" in schema:
        yield from _faults(value, known[schema["$ref"].rpartition("/")[2]], known, at)
    if "anyOf" in schema and all(faults(value, each, known, at) for each in schema["anyOf"]):
        yield f"{at}: {value!r} is none of {schema['anyOf']}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    if value not in schema.get("enum", [value]) or schema.get("const", value) != value:
        yield f"{at}: {value!r} is none of {schema.get('enum', schema.get('const'))}"
    if schema.get("format") == "date-time":
        datetime.fromisoformat(value)
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"
    if isinstance(value, dict) and schema.get("type") == "object":
        yield from _object(value, schema, known, at)
    if isinstance(value, list):
        yield from _array(value, schema, known, at)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _object(value: Mapping[str, Any], schema: Mapping[str, Any], known: Mapping[str, Any], at: str) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", "properties" not in schema)
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        if name in properties:
            yield from _faults(each, properties[name], known, f"{at}{name}/")
        elif isinstance(others, dict):
            yield from _faults(each, others, known, f"{at}{name}/")
        elif not others:
            yield f"{at}: {name} is not named"


def _array(value: list[Any], schema: Mapping[str, Any], known: Mapping[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{at}: {len(value)} items"
    leading = schema.get("prefixItems", [])
    for number, each in enumerate(value):
        item = leading[number] if number < len(leading) else schema.get("items", {})
        if item is False:
            yield f"{at}{number}: is too many"
        else:
            yield from _faults(each, item, known, f"{at}{number}/")
