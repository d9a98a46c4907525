"""One search clause of CQL, index relation term, as a node of the query tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from index.errors import CqlInvalid
from index.query.canonical import all_of
from index.query.cql_indexes import Index
from index.query.cql_tokens import Term
from index.query.limits import LOOSE_WORDS, MOST_SLOP
from index.query.model import And, Dates, Fuzzy, Not, Or, Phrase, QueryNode, Starts, Under, Whole, Words
from index.query.values import MASKS_OF_WORD, bounds_of, days_of, word_node
from index.query.whole_values import looked_up
from mappings.schema.folding import words

_MASK = re.compile(r"[*?]")


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """A relation with its modifiers, lower case and without the set `cql`."""

    name: str
    start: int
    modifiers: Mapping[str, str] = {}


def node_of(index: Index, relation: Relation, term: Term, start: int) -> QueryNode:
    """The node of a clause; raises CqlInvalid with the diagnostic that says what is not supported.

    start   where the term begins
    """
    if not term.text:
        raise CqlInvalid(start, "a term", '""', diagnostic=27, details=index.written)
    kind = index.name.kind if index.name else "text"
    _check_modifiers(kind, relation)
    made: dict[str, Callable[[], QueryNode | None]] = {
        "text": lambda: _text(index.field, relation, term, start),
        "date": lambda: _date(relation, term, start),
        "lookup": lambda: _value(index, relation, term, start),
        "facet": lambda: _value(index, relation, term, start),
    }
    found = made[kind]()
    if found is None:
        said = f"a relation that {index.written} has"
        details = f"{index.written} {relation.name}"
        raise CqlInvalid(relation.start, said, relation.name, diagnostic=22, details=details)
    return found


def _check_modifiers(kind: str, relation: Relation) -> None:
    known = {"adj": {"ax.slop"}, "=": {"fuzzy", "ax.edits"}}.get(relation.name, set()) if kind == "text" else set()
    for name, value in relation.modifiers.items():
        if name not in known or (name == "fuzzy" and value):
            offered = ", ".join(sorted(known)) or "none"
            raise CqlInvalid(relation.start, f"a modifier of {offered}", name, diagnostic=20, details=name)
    if "ax.edits" in relation.modifiers and "fuzzy" not in relation.modifiers:
        raise CqlInvalid(relation.start, "fuzzy beside ax.edits", "none", diagnostic=21, details="ax.edits")


def _text(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode | None:
    if relation.name not in ("=", "scr"):
        _check_anchors(term, start)
    match relation.name:
        case "all":
            return all_of(_each(field, term, start))
        case "any":
            return Or(of=_each(field, term, start))
        case "adj":
            return _phrase(field, relation, term, start)
        case "==" | "exact":
            return Whole(text=_unmasked(term, start), field=field)
        case "<>":
            return Not(of=Whole(text=_unmasked(term, start), field=field))
        case "=" | "scr":
            return _chosen(field, relation, term, start)
    return None


def _each(field: str | None, term: Term, start: int) -> tuple[QueryNode, ...]:
    """The words of a term one by one, masks as they stand."""
    _searchable(term, start)
    if not term.masked:
        return tuple(Words(text=each, field=field) for each in term.text.split() if words(each))
    return tuple(
        _masked(field, each, start) if _MASK.search(each) else Words(text=each, field=field)
        for each in term.sought.split()
    )


def _check_anchors(term: Term, start: int) -> None:
    if term.first or term.last or term.inside:
        said = "an anchor in a term of the relation ="
        raise CqlInvalid(start, said, "^", diagnostic=31, details="^")


def _searchable(term: Term, start: int) -> str:
    if not words(term.text):
        raise CqlInvalid(start, "letters or digits in the term", term.text, diagnostic=27, details=term.text)
    return term.text


def _unmasked(term: Term, start: int) -> str:
    if found := _MASK.search(term.sought):
        said = "a term without masks, or \\ before each"
        raise CqlInvalid(start, said, term.text, diagnostic=28, details=found.group())
    return _searchable(term, start)


def _phrase(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode:
    text = _unmasked(term, start)
    slop = _number(relation, "ax.slop", 0, MOST_SLOP)
    if slop and len(words(text)) not in LOOSE_WORDS:
        details = f"adj/ax.slop={slop} {text}"
        raise CqlInvalid(start, "two to four words", text, diagnostic=24, details=details)
    return Phrase(text=text, field=field, slop=slop)


def _number(relation: Relation, name: str, usual: int, most: int) -> int:
    written = relation.modifiers.get(name, str(usual))
    if not (written.isascii() and written.isdecimal() and int(written) <= most):
        said = f"a whole number up to {most}"
        raise CqlInvalid(relation.start, said, written, diagnostic=20, details=f"{name}={written}")
    return int(written)


def _chosen(field: str | None, relation: Relation, term: Term, start: int) -> QueryNode:
    """The server's choice: anchors, masks and letters off as they stand; a word; of several words a phrase."""
    if term.inside:
        raise CqlInvalid(start, "an anchor at the beginning, or at both ends", "^", diagnostic=32, details="^")
    if "fuzzy" in relation.modifiers:
        _check_anchors(term, start)
        return _fuzzy(field, relation, _unmasked(term, start), start)
    if term.masked and not (term.first or term.last):
        return _masked(field, term.sought, start)
    text = _unmasked(term, start)
    if term.first:
        return Whole(text=text, field=field) if term.last else Starts(text=text, field=field)
    if term.last:
        raise CqlInvalid(start, "an anchor at the beginning, or at both ends", "^", diagnostic=31, details="^")
    return Phrase(text=text, field=field) if len(text.split()) > 1 else Words(text=text, field=field)


def _fuzzy(field: str | None, relation: Relation, text: str, start: int) -> QueryNode:
    edits = _number(relation, "ax.edits", 1, 2)
    node = word_node(f"{text}~{edits}", field).node
    if not isinstance(node, Fuzzy) or node.edits != edits:
        said = "one word of four letters or more, of eight where two may differ"
        raise CqlInvalid(start, said, text, diagnostic=24, details=f"fuzzy {text}")
    return node


def _masked(field: str | None, text: str, start: int) -> QueryNode:
    """A word with masks; `*` alone is every record."""
    node, fault = word_node(text, field)
    if node is not None and fault is None and " " not in text:
        return node
    diagnostic = 28 if " " in text else 30 if len(_MASK.findall(text)) > MASKS_OF_WORD else 29
    details = str(MASKS_OF_WORD) if diagnostic == 30 else text
    said = "one word with three letters before its first mask, two masks at most"
    raise CqlInvalid(start, said, text, diagnostic=diagnostic, details=details)


def _value(index: Index, relation: Relation, term: Term, start: int) -> QueryNode | None:
    _check_anchors(term, start)
    match relation.name:
        case "=" | "==" | "exact" | "scr":
            return _looked_up(index, term, start)
        case "any":
            return Or(of=_values(index, term, start))
        case "all":
            return all_of(_values(index, term, start))
        case "<>":
            return Not(of=_looked_up(index, term, start))
    return None


def _values(index: Index, term: Term, start: int) -> tuple[QueryNode, ...]:
    _unmasked_value(term, start)
    return tuple(_equal(index, each) for each in term.text.split())


def _looked_up(index: Index, term: Term, start: int) -> QueryNode:
    """A value; a code that ends in `/*` is everything below it."""
    node = _equal(index, term.text)
    is_below = isinstance(node, Under) and term.sought.endswith("*") and not _MASK.search(term.sought[:-1])
    if not is_below:
        _unmasked_value(term, start)
    return node


def _unmasked_value(term: Term, start: int) -> None:
    if found := _MASK.search(term.sought):
        said = "a whole value, with \\ before what masks nothing"
        raise CqlInvalid(start, said, term.text, diagnostic=28, details=found.group())


def _equal(index: Index, value: str) -> QueryNode:
    return looked_up(index.name, value) if index.name else Words(text=value)


def _date(relation: Relation, term: Term, start: int) -> QueryNode | None:
    _check_anchors(term, start)
    match relation.name:
        case "=" | "==" | "exact" | "scr":
            return _bounds(term.text, start)
        case "<" | "<=" | ">" | ">=":
            return _bounds(f"{relation.name}{term.text}", start)
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
        raise CqlInvalid(start, "a year, EDTF date or period", written, diagnostic=36, details=written)
    if bounds.swapped:
        raise CqlInvalid(start, "the earlier date first", written, diagnostic=36, details=written)
    return Dates(start=bounds.start, end=bounds.end)


def negated(node: QueryNode) -> QueryNode:
    """What is left after `not`: a double negation is none."""
    match node:
        case Not(of=inner):
            return inner
        case And(of=(Not(of=inner),)):
            return inner
    return Not(of=node)
