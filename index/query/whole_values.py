"""Values that are compared as a whole: codes, identifiers, what a record lies in, choices of a facet."""

from __future__ import annotations

import re

from index.fields import Name
from index.query.faults import Code
from index.query.model import Equals, QueryNode, Under
from mappings.schema.normal_forms import recognise

#: schemes whose identifiers are written in several ways, and known by their shape
SPELT_BY_SHAPE = frozenset({"ark", "doi", "isbn"})
#: what parts a code from what is below it
_PARTING = "/-.·:_ "
#: what asks for letters to differ, at the end of a value
FUZZY = re.compile(r"~\d*$")


def looked_up(name: Name, value: str) -> QueryNode:
    """The node of a look-up or facet that has this value."""
    if name.field == "ancestors":
        return Under(field="ancestors", value=value)
    return equal(name.field, value)


def below(code: str) -> str:
    """A code without what parts it from all below it."""
    return code.rstrip(f"{_PARTING}*")


def _above(value: str) -> str | None:
    """What stands before the end of a code that asks for all below it (`WA/HMM/*`); None where none does.

    No regular expression: one that tries each separator as the beginning of the end takes long over many of them.
    """
    bare = value.rstrip("*")
    code = bare.rstrip(_PARTING)
    return code if bare != value and code != bare else None


def equal(field: str, value: str) -> QueryNode:
    """A field that has this value; a code that ends in `/*` is that code and all below it."""
    if field == "identifier":
        return Equals(field=field, value=in_one_spelling(value))
    above = below(_above(value) or "") if field == "code" else ""
    if above:
        return Under(field="code_path", value=above)
    return Equals(field=field, value=value)


def in_one_spelling(value: str) -> str:
    """An identifier as the index holds it where its own shape says what it is: `978-7-101-00304-8` without hyphens."""
    found = recognise(value)
    return found.normalised if found and found.normalised and found.scheme in SPELT_BY_SHAPE else value


def unmasked(name: Name, value: str) -> tuple[str, Code | None]:
    """A value without masks that mean nothing in it, and the fault of having them; `?` stands in addresses."""
    if name.field == "code":
        return _code(value)
    bare = value.replace("*", "")
    if name.kind == "facet":
        bare = FUZZY.sub("", bare)
    return bare, "mask_in_value" if bare != value else None


def _code(value: str) -> tuple[str, Code | None]:
    above = _above(value) or ""
    if "*" not in value or ("*" not in above and below(above)):
        return value, None
    bare = below(value.replace("*", ""))
    if bare and "*" not in value.rstrip("*"):
        return f"{bare}/*", "mask_in_code"
    return bare, "mask_in_value"
