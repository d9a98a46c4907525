"""One search clause of CQL, index relation term, as a node of the query tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from index.errors import CqlInvalid
from index.query.canonical import all_of
from index.query.cql_indexes import Index
from index.query.cql_tokens import Term
from index.query.model import And, Dates, Equals, Fuzzy, Not, Or, Phrase, QueryNode, Starts, Under, Whole, Words
from index.query.values import bounds_of, days_of, word_node
from mappings.schema.folding import words

#: words that a phrase with other words between may have, and how many others
_LOOSE_WORDS, MOST_SLOP = 4, 5


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """A relation with its modifiers, lower case."""

    name: str
    start: int
    modifiers: Mapping[str, str] = {}


def node_of(index: Index, relation: Relation, term: Term, start: int) -> QueryNode:
    """The node of a clause; raises CqlInvalid with the diagnostic that says what is not supported.

    start   where the term begins
    """
    if not term.text:
        raise CqlInvalid(start, "a term", '""', diagnostic=27, details=index.written)
    _check_modifiers(relation)
    kind = index.name.kind if index.name else "text"
    made: dict[str, Callable[[], QueryNode | None]] = {
        "text": lambda: _text(index.field, relation, term, start),
        "date": lambda: _date(relation, term, start),
        "lookup": lambda: _value(index, relation, term),
        "facet": lambda: _value(index, relation, term),
    }
    found = made[kind]()
    if found is None:
        said = f"a relation that {index.written} has"
        details = f"{index.written} {relation.name}"
        raise CqlInvalid(relation.start, said, relation.name, diagnostic=22, details=details)
    return found


def _check_modifiers(relation: Relation) -> None:
    known = {"adj": {"ax.slop"}, "=": {"fuzzy", "cql.fuzzy", "ax.edits"}}.get(relation.name, set())
    for name in relation.modifiers:
        if name not in known:
            offered = ", ".join(sorted(known)) or "none"
            raise CqlInvalid(relation.start, f"a modifier of {offered}", name, diagnostic=20, details=name)


def _text(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode | None:
    match relation.name:
        case "all":
            return Words(text=_searchable(term, start), field=field)
        case "any":
            return Or(of=tuple(Words(text=each, field=field) for each in _searchable(term, start).split()))
        case "adj":
            return _phrase(field, relation, term, start)
        case "==" | "exact" | "cql.exact":
            return Whole(text=_searchable(term, start), field=field)
        case "<>":
            return Not(of=Whole(text=_searchable(term, start), field=field))
        case "=" | "scr":
            return _chosen(field, relation, term, start)
    return None


def _searchable(term: Term, start: int) -> str:
    if not words(term.text):
        raise CqlInvalid(start, "letters or digits in the term", term.text, diagnostic=27, details=term.text)
    return term.text


def _phrase(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode:
    text = _searchable(term, start)
    slop = _number(relation, "ax.slop", 0, MOST_SLOP)
    return Phrase(text=text, field=field, slop=slop)


def _number(relation: Relation, name: str, usual: int, most: int) -> int:
    written = relation.modifiers.get(name, str(usual))
    if not written.isdecimal() or int(written) > most:
        said = f"a whole number up to {most}"
        raise CqlInvalid(relation.start, said, written, diagnostic=20, details=f"{name}={written}")
    return int(written)


def _chosen(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode:
    """The server's choice: anchors, masks and one letter off as they stand; a word; of several words a phrase."""
    if {"fuzzy", "cql.fuzzy"} & relation.modifiers.keys():
        return _fuzzy(field, relation, term, start)
    if term.masked:
        return _masked(field, term, start)
    text = _searchable(term, start)
    if term.first:
        return Whole(text=text, field=field) if term.last else Starts(text=text, field=field)
    if term.last:
        raise CqlInvalid(start, "an anchor at the beginning, or at both ends", "^", diagnostic=31, details="^")
    return Phrase(text=text, field=field) if " " in text else Words(text=text, field=field)


def _fuzzy(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode:
    text = _searchable(term, start)
    if len(text) < 4 or len(words(text)) != 1:
        said = "one word of four letters or more"
        raise CqlInvalid(start, said, text, diagnostic=24, details=f"fuzzy {text}")
    return Fuzzy(text=text, field=field, edits=2 if _number(relation, "ax.edits", 1, 2) == 2 else 1)


def _masked(field: str | None, term: Term, start: int) -> QueryNode:
    node, fault = word_node(term.text, field)
    if node is None or fault or " " in term.text:
        said = "one word with three letters before its first mask, two masks at most"
        raise CqlInvalid(start, said, term.text, diagnostic=29 if fault else 28, details=term.text)
    return node


def _value(index: Index, relation: Relation, term: Term) -> QueryNode | None:
    match relation.name:
        case "=" | "==" | "exact" | "cql.exact" | "scr":
            return _looked_up(index, term.text)
        case "any":
            return Or(of=tuple(_looked_up(index, each) for each in term.text.split()))
        case "all":
            return all_of(_looked_up(index, each) for each in term.text.split())
        case "<>":
            return Not(of=_looked_up(index, term.text))
    return None


def _looked_up(index: Index, value: str) -> QueryNode:
    field = index.field or ""
    if field == "ancestors":
        return Under(field="ancestors", value=value)
    if field == "code" and value.endswith("*"):
        return Under(field="code_path", value=value.rstrip("*").rstrip("/-.·:_ "))
    return Equals(field=field, value=value)


def _date(relation: Relation, term: Term, start: int) -> QueryNode | None:
    match relation.name:
        case "=" | "==" | "exact" | "scr":
            return _bounds(term.text, start)
        case "<" | "<=":
            return _bounds(f"..{term.text}", start)
        case ">" | ">=":
            return _bounds(f"{term.text}..", start)
        case "ax.overlaps":
            return _bounds(_pair(term.text), start)
        case "within":
            return msgspec.structs.replace(_bounds(_pair(term.text), start), mode="within")
        case "<>":
            return Not(of=_bounds(term.text, start))
    return None


def _pair(text: str) -> str:
    """`1800 1850` as CQL writes a range; what is one date stays one."""
    first, blank, last = text.partition(" ")
    is_pair = blank and ".." not in text and days_of(first) is not None and days_of(last) is not None
    return f"{first}..{last}" if is_pair and not re.search(r"\s", last) else text


def _bounds(written: str, start: int) -> Dates:
    bounds = bounds_of(written)
    if bounds is None:
        raise CqlInvalid(start, "a year, EDTF date or period", written, diagnostic=36, details=written.strip("."))
    return Dates(start=bounds.start, end=bounds.end)


def negated(node: QueryNode) -> QueryNode:
    """What is left after `not`: a double negation is none."""
    match node:
        case Not(of=inner):
            return inner
        case And(of=(Not(of=inner),)):
            return inner
    return Not(of=node)
