"""What people type, as a query tree: words, "phrases", field:value, OR, NOT, -, brackets, masks, fuzzy~, dates.

Lenient reading never fails and says by notices what it read otherwise; strict reading refuses the first of these. Own
descent, linear in the input; positions are code points of what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from index.errors import QueryInvalid
from index.fields import Name
from index.query.canonical import canonical
from index.query.faults import Fault
from index.query.model import All, And, Not, Or, QueryNode
from index.query.reading import Most, Reading
from index.query.sayable import excess_of
from index.query.terms import field_of, term
from index.query.tokens import Token
from index.request import Syntax
from index.results import Notice


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """The tree, and what of the text was read otherwise than written."""

    tree: QueryNode
    notices: tuple[Notice, ...] = ()


def parse(text: str, syntax: Syntax = "lenient") -> Parsed:
    """The tree of a typed query; an empty one asks for everything.

    raises   QueryInvalid under strict syntax
    """
    reading, tree = _read(text)
    faults = sorted(reading.faults, key=lambda fault: fault.position)
    if faults and syntax == "strict":
        first = faults[0]
        raise QueryInvalid(first.position, first.right, first.found, length=first.length, code=first.code)
    return Parsed(tree=tree, notices=tuple(map(_notice, faults)))


def _read(text: str) -> tuple[Reading, QueryNode]:
    """The reading of a text and its tree, of the first leaves where all of them are too many to be written again."""
    found = reading, tree = _of_leaves(text, None)
    excess = excess_of(tree)
    if excess is None:
        return found
    fitting, leaves = 0, reading.leaves
    while fitting + 1 < leaves:
        middle = (fitting + leaves) // 2
        too_many = excess_of(_of_leaves(text, Most(middle, excess))[1])
        fitting, leaves = (fitting, middle) if too_many else (middle, leaves)
    return _of_leaves(text, Most(fitting, excess))


def _of_leaves(text: str, most: Most | None) -> tuple[Reading, QueryNode]:
    reading = Reading(text, most)
    return reading, canonical(_whole(reading))


def _notice(fault: Fault) -> Notice:
    return Notice(position=fault.position, length=fault.length, code=fault.code, near=fault.near)


def _whole(reading: Reading) -> QueryNode:
    found = _any_of(reading, None)
    if found is None and reading.text.strip():
        whole = Fault(position=0, length=len(reading.text), code="no_words", found=reading.text[:20])
        reading.faults.append(whole)
    return found or All()


def _any_of(reading: Reading, name: Name | None) -> QueryNode | None:
    """`and {OR and}`, up to a closing bracket.

    name   the field whose bracket is read
    """
    found = [_all_of(reading, name)]
    while (token := reading.ahead) is not None and token.kind == "or":
        reading.take()
        found.append(_all_of(reading, name))
    parts = tuple(each for each in found if each is not None)
    return Or(of=parts) if len(parts) > 1 else next(iter(parts), None)


def _all_of(reading: Reading, name: Name | None) -> QueryNode | None:
    parts: list[QueryNode] = []
    while (token := reading.ahead) is not None and token.kind not in ("or", "close"):
        found = None if reading.take().kind == "and" else _item(reading, token, name, parts)
        if found is not None:
            parts.append(found)
    if len(parts) == 1 and not isinstance(parts[0], Not):
        return parts[0]
    return And(of=tuple(parts)) if parts else None


def _item(reading: Reading, token: Token, name: Name | None, before: Sequence[QueryNode]) -> QueryNode | None:
    if token.kind != "not":
        return _unit(reading, token, name, before)
    found = _unit(reading, reading.take(), name, ())
    return None if found is None else Not(of=found)


def _unit(reading: Reading, token: Token, name: Name | None, before: Sequence[QueryNode]) -> QueryNode | None:
    if token.kind == "open":
        return _bracket(reading, name)
    following, known = reading.joined(token), field_of(token)
    if known is not None and token.text.endswith(":") and following is not None and following.kind == "open":
        reading.take()
        return _bracket(reading, known)
    return reading.allowed(token, term(reading, token, name), before[-1] if before else None)


def _bracket(reading: Reading, name: Name | None) -> QueryNode | None:
    found = _any_of(reading, name)
    reading.take()
    return found
