"""Values of a request as the index has them: holders by any of their names, kinds, levels and languages by theirs.

A value that its facet never has stays as it was written and finds nothing; it is told, with values that may have been
meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from index import centuries
from index.holders import holder_named, holders_near
from index.meanings.claims import Holders
from index.query.choices import chosen, near_values
from index.query.limits import leaves
from index.query.model import And, Equals, Not, Or, QueryNode
from index.request import FacetFilter, SearchRequest
from index.results import Notice

_HOLDER = "institution"
_NAMED = re.compile(r"(?<!\w)institution[:：]\s*", re.IGNORECASE)


def names_holders(request: SearchRequest, tree: QueryNode) -> bool:
    """Whether some value of an institution is asked for."""
    asked = any(isinstance(leaf, Equals) and leaf.field == _HOLDER for leaf in leaves(tree))
    return asked or any(choice.facet == _HOLDER for choice in request.filters)


def value_of(facet: str, value: str, holders: Holders) -> str | None:
    """The value that is asked for; None where the facet never has it. Without `holders` every institution may be."""
    if facet == _HOLDER:
        return holder_named(value, holders) if holders else value
    if facet == centuries.FACET:
        return value if centuries.number_of(value) is not None else None
    return chosen(facet, value)


def settled(request: SearchRequest, holders: Holders) -> SearchRequest:
    """The request with its filters' values as the index has them."""
    return replace(request, filters=tuple(_settled(choice, holders) for choice in request.filters))


def _settled(choice: FacetFilter, holders: Holders) -> FacetFilter:
    values = (value_of(choice.facet, value, holders) or value for value in choice.values)
    return replace(choice, values=tuple(dict.fromkeys(values)))


def with_holders(tree: QueryNode, holders: Holders) -> QueryNode:
    """The tree with every institution by its value."""
    match tree:
        case Equals(field=field, value=value) if field == _HOLDER:
            return replace(tree, value=value_of(field, value, holders) or value)
        case And(of=parts) | Or(of=parts):
            return replace(tree, of=tuple(with_holders(part, holders) for part in parts))
        case Not(of=part):
            return Not(of=with_holders(part, holders))
    return tree


def unknown_values(request: SearchRequest, tree: QueryNode, holders: Holders) -> Iterator[Notice]:
    """What is asked for and is no value: of filters, and institutions of the query; other fields told it when read."""
    for leaf in leaves(tree):
        if isinstance(leaf, Equals) and leaf.field == _HOLDER and value_of(_HOLDER, leaf.value, holders) is None:
            position = _position(request.text, leaf.value) if request.tree is None else None
            yield _notice(_HOLDER, leaf.value, holders, position)
    for choice in request.filters:
        for value in choice.values:
            if value_of(choice.facet, value, holders) is None:
                yield _notice(choice.facet, value, holders, None)


def _position(text: str, value: str) -> int | None:
    for found in _NAMED.finditer(text):
        start = found.end() + text.startswith(('"', "“"), found.end())
        if text.startswith(value, start):
            return start
    return None


def _notice(facet: str, value: str, holders: Holders, position: int | None) -> Notice:
    near = holders_near(value, holders) if facet == _HOLDER else near_values(facet, value)
    length = len(value) if position is not None else 0
    return Notice(position=position or 0, length=length, code="value_unknown", field=facet, value=value, near=near)
