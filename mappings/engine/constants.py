"""Constants of a crosswalk in the type of the place where they stand."""

from __future__ import annotations

from typing import Any

from mappings.engine.conversion import converted
from mappings.engine.targets import Shape
from mappings.engine.values import Item
from mappings.schema.rights import rights_uri


def constant(value: Any, shape: Shape) -> Any:
    """`value` in the type of `shape`, abbreviations (`isil:`, `rs:`, `cc:`) written out; None where it does not fit."""
    if shape.type is bool:
        return value if isinstance(value, bool) else None
    if shape.type in (int, float):
        return shape.type(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    text = str(value)
    if text.startswith(("rs:", "cc:")):
        text = rights_uri(text) or text
    if text.startswith("isil:") and shape.name == "Institution":
        code = text.removeprefix("isil:")
        return shape.type(name=code, isil=code)
    made = converted(Item(text=text), shape)
    return made[0] if made else None


def as_list(value: Any, shape: Shape) -> Any:
    """One constant in a member that holds several."""
    return (value,) if shape.many and value is not None else value
