"""A query tree as CQL, from which `index.query.cql` reads it back the same."""

from __future__ import annotations

import re

from index.query.cql_indexes import ALL_RECORDS, index_name
from index.query.cql_tokens import quoted
from index.query.model import (
    All,
    And,
    Dates,
    Either,
    Equals,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)

_EVERYTHING = f"{ALL_RECORDS} = 1"
#: in a masked word
_ESCAPED, _ESCAPE = re.compile(r'([\\"^])'), r"\\\1"


def printed_cql(node: QueryNode) -> str:
    """The tree as CQL; words with a meaning are the one or the other, and rank so by the modifier."""
    match node:
        case All():
            return _EVERYTHING
        case And(of=parts):
            return _all_of(parts)
        case Or(of=parts):
            return " or ".join(_inside(part) for part in parts)
        case Not(of=part):
            return f"{_EVERYTHING} not {_inside(part)}"
        case Either(text=text, meaning=meaning):
            return f"{printed_cql(Words(text=text))} or/ax.meaning {_inside(meaning)}"
        case Dates(start=None, end=None):
            return _EVERYTHING
        case Dates():
            return f"dc.date {_dates(node)}"
        case Equals(field=field, value=value):
            return f"{index_name(field)} == {quoted(value)}"
        case Under(field="code_path", value=value):
            return f'{index_name("code")} = "{quoted(value)[1:-1]}/*"'
        case Under(value=value):
            return f"{index_name('ancestors')} == {quoted(value)}"
        case _:
            return f"{index_name(node.field)} {_compared(node)}"


def _all_of(parts: tuple[QueryNode, ...]) -> str:
    kept = tuple(part for part in parts if not isinstance(part, All))
    wanted = kept or (All(),)
    first, *rest = wanted
    written = [printed_cql(first) if isinstance(first, Not) else _inside(first)]
    for part in rest:
        written.append(f"not {_inside(part.of)}" if isinstance(part, Not) else f"and {_inside(part)}")
    return " ".join(written)


def _inside(part: QueryNode) -> str:
    text = printed_cql(part)
    return f"({text})" if isinstance(part, And | Or | Not | Either) else text


def _compared(node: Words | Phrase | Starts | Whole | Prefix | Pattern | Fuzzy) -> str:
    match node:
        case Words(text=text):
            return f"all {quoted(text)}"
        case Phrase(text=text, slop=slop):
            return f"adj{f'/ax.slop={slop}' if slop else ''} {quoted(text)}"
        case Starts(text=text):
            return f'= "^{quoted(text)[1:]}'
        case Whole(text=text):
            return f"== {quoted(text)}"
        case Prefix(text=text):
            return f'= {quoted(text)[:-1]}*"'
        case Pattern(text=text):
            return f'= "{_ESCAPED.sub(_ESCAPE, text)}"'
        case Fuzzy(text=text, edits=edits):
            return f"=/fuzzy{'/ax.edits=2' if edits == 2 else ''} {quoted(text)}"


def _dates(dates: Dates) -> str:
    start, end = dates.start or "", dates.end or ""
    if dates.mode == "within":
        return f"within {quoted(start if start == end else f'{start}..{end}')}"
    if start == end:
        return f"= {quoted(start)}"
    if not start:
        return f"<= {quoted(end)}"
    return f"ax.overlaps {quoted(f'{start}..{end}')}" if end else f">= {quoted(start)}"
