"""A query as rows of a form: field, relation, value; and back from rows to the query, in every notation.

A row is joined to those before it by "and" or "without", or by "or" to the row above it, with which it is then one
bracket: "without b, or c" is without b and without c. A row of marks alone is no condition. A query with other
brackets, masks or letters off has no rows: it is shown as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args
from urllib.parse import urlencode

import msgspec

from index.analysis.spans import pieces
from index.query.canonical import canonical, printed
from index.query.cql_printed import printed_cql
from index.query.model import All, And, Dates, Equals, Not, Or, Phrase, QueryNode, Starts, Under, Whole, Words
from index.query.syntax import parse
from portal_api.http.marking import N_

Join = Literal["and", "or", "not"]
#: rows of a form, and how many of them are empty where there is room
MOST_ROWS, SPARE_ROWS = 10, 2
_LONGEST = 200

JOINS: dict[Join, str] = {"and": N_("and"), "or": N_("or (one of these and the row above)"), "not": N_("without")}
#: what a row looks in; empty = any field
FIELDS = {
    "": N_("any field"),
    "title": N_("title"),
    "creator": N_("names: people and bodies who made it"),
    "subject": N_("subject"),
    "place": N_("place"),
    "description": N_("description"),
    "context": N_("titles of what it lies in"),
    "code": N_("reference code"),
    "identifier": N_("identifier"),
    "date": N_("date"),
    "level": N_("level, such as fonds, series, file, item"),
    "type": N_("type, such as Text, Image, Sound"),
    "language": N_("language, by its code: zho, eng"),
    "institution": N_("holder, by the name in its address"),
}
#: how a row's value stands in its field; each field has some of them
RELATIONS = {
    "words": N_("has these words"),
    "phrase": N_("has these words side by side"),
    "starts": N_("begins with"),
    "whole": N_("is exactly"),
    "under": N_("is this code, or lies below it"),
    "touches": N_("touches this time"),
    "within": N_("lies within this time"),
    "since": N_("not before"),
    "until": N_("not after"),
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One condition."""

    join: Join = "and"
    field: str = ""
    relation: str = "words"
    value: str = ""


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that was read otherwise than written, or not at all."""

    #: of a notice
    code: str
    piece: str


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A query, and how it is written in every notation."""

    rows: tuple[Row, ...]
    #: whether `rows` say all of it
    is_said: bool
    text: str
    cql: str
    notices: tuple[Passed, ...]
    page: str
    api: str


def rows_in(given: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows of a form that was sent: `join1`, `field1`, `relation1`, `value1` and so on; empty ones are left out."""
    found = (_row(given, number) for number in range(1, MOST_ROWS + 1))
    return tuple(row for row in found if row.value)


def _row(given: Mapping[str, str], number: int) -> Row:
    join, field, relation, value = (given.get(f"{name}{number}", "") for name in ("join", "field", "relation", "value"))
    field = field if field in FIELDS else ""
    fitting = _fitting(field)
    return Row(
        join=next((each for each in get_args(Join) if each == join), "and"),
        field=field,
        relation=relation if relation in fitting else fitting[0],
        value=" ".join(value.split())[:_LONGEST],
    )


def _fitting(field: str) -> tuple[str, ...]:
    """The relations of a field, the usual one first."""
    match field:
        case "date":
            return ("touches", "within", "since", "until")
        case "code":
            return ("under", "whole")
        case "identifier" | "level" | "type" | "language" | "institution":
            return ("whole",)
    return ("words", "phrase", "starts", "whole")


def tree_of(rows: Sequence[Row]) -> QueryNode:
    """The query that rows ask."""
    brackets: list[tuple[Join, list[QueryNode]]] = []
    for row in rows:
        if row.join == "or" and brackets:
            brackets[-1][1].append(_node(row))
        else:
            brackets.append((row.join, [_node(row)]))
    return canonical(And(of=tuple(_bracket(join, nodes) for join, nodes in brackets)))


def _bracket(join: Join, nodes: Sequence[QueryNode]) -> QueryNode:
    either = Or(of=tuple(nodes))
    return Not(of=either) if join == "not" else either


_TEXTS: Mapping[str, Callable[..., QueryNode]] = {"words": Words, "phrase": Phrase, "starts": Starts, "whole": Whole}
_RELATION_OF = {kind: relation for relation, kind in _TEXTS.items()}


def _is_marks(row: Row) -> bool:
    return not pieces(row.value)


def _node(row: Row) -> QueryNode:
    if _is_marks(row):
        return Words(text="")
    if row.field == "date":
        start, dots, end = (part.strip() for part in row.value.partition(".."))
        if row.relation in ("since", "until"):
            return Dates(start=row.value) if row.relation == "since" else Dates(end=row.value)
        bounds = (start or None, end or None) if dots else (row.value, row.value)
        return Dates(start=bounds[0], end=bounds[1], mode="within" if row.relation == "within" else "overlap")
    if row.relation == "under":
        return Under(field="code_path", value=row.value)
    if _fitting(row.field)[0] in ("whole", "under"):
        return Equals(field=row.field, value=row.value)
    return _TEXTS[row.relation](text=row.value, field=row.field or None)


def rows_of(tree: QueryNode) -> tuple[Row, ...] | None:
    """The rows that ask a query; None where rows cannot say it."""
    parts = tree.of if isinstance(tree, And) else () if isinstance(tree, All) else (tree,)
    found: list[Row | None] = []
    for part in parts:
        match part:
            case Or(of=either):
                found += _bracket_of(either, "and")
            case Not(of=Or(of=either)):
                found += _bracket_of(either, "not")
            case Not(of=denied):
                found.append(_row_of(denied, "not"))
            case _:
                found.append(_row_of(part, "and"))
    rows = tuple(row for row in found if row is not None)
    return rows if len(rows) == len(found) <= MOST_ROWS else None


def _bracket_of(either: Sequence[QueryNode], join: Join) -> list[Row | None]:
    return [_row_of(each, "or" if number else join) for number, each in enumerate(either)]


def _row_of(node: QueryNode, join: Join) -> Row | None:
    match node:
        case Phrase(slop=slop) if slop:
            return None
        case Words() | Phrase() | Starts() | Whole() if (node.field or "") in FIELDS:
            return Row(join=join, field=node.field or "", relation=_RELATION_OF[type(node)], value=node.text)
        case Under(field="code_path", value=value):
            return Row(join=join, field="code", relation="under", value=value)
        case Equals(field=field, value=value) if _fitting(field)[0] in ("whole", "under"):
            return Row(join=join, field=field, relation="whole", value=value)
        case Dates():
            return _dated(node, join)
    return None


def _dated(node: Dates, join: Join) -> Row | None:
    value = node.start if node.start == node.end else f"{node.start or ''}..{node.end or ''}"
    relation = "within" if node.mode == "within" else "touches"
    return Row(join=join, field="date", relation=relation, value=value) if value else None


def built(rows: Sequence[Row] | None, text: str) -> Built:
    """A query by its rows, or where there are none by its text."""
    asked = printed(tree_of(rows)) if rows else text
    read = parse(asked, "lenient")
    marks = (Passed(code="operator_removed", piece=row.value) for row in rows or () if _is_marks(row))
    passed = (Passed(code=each.code, piece=asked[each.position :][: each.length]) for each in read.notices)
    written = "" if isinstance(read.tree, All) else printed(read.tree)
    said = rows_of(read.tree)
    return Built(
        rows=tuple(rows) if rows else said or (),
        is_said=bool(rows) or said is not None,
        text=written,
        cql=printed_cql(read.tree),
        notices=(*marks, *passed),
        page=f"/search?{urlencode({'q': written or '*'})}",
        api=f"/api/v1/search?{urlencode({'q': written or '*'})}",
    )
