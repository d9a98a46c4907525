"""CQL 1.2 (and what 2.0 has in common with it) as a query tree and back: the notation of SRU, read strictly.

Booleans have one precedence and are read from left to right; `not` is binary. What is not supported is refused with the
diagnostic that SRU has for it.
"""

from __future__ import annotations

import msgspec

from index.errors import CqlInvalid
from index.query.canonical import canonical
from index.query.cql_clauses import Relation, negated, node_of
from index.query.cql_indexes import ALL_RECORDS, index_of
from index.query.cql_tokens import CqlToken, cql_tokens, term_of
from index.query.limits import DEEPEST, check_tree
from index.query.model import All, And, Not, Or, QueryNode
from index.request import Sort

#: characters of a query
LONGEST = 2_000
_BOOLEANS = ("and", "or", "not", "prox")
#: relations that are words; those with a set are ours
_NAMED = ("all", "any", "adj", "within", "exact", "scr", "encloses", "ax.overlaps", "cql.exact")
_SORTS: dict[tuple[str, str], Sort] = {
    ("dc.title", "ascending"): "title",
    ("dc.date", "ascending"): "date",
    ("dc.date", "descending"): "date_desc",
}


class CqlQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query that was read."""

    tree: QueryNode
    #: of `sortBy`
    sort: Sort = "relevance"


def parse_cql(text: str) -> CqlQuery:
    """The tree of a CQL query; raises CqlInvalid with place and diagnostic, QueryInvalid where it asks too much."""
    if len(text) > LONGEST:
        raise CqlInvalid(LONGEST, f"at most {LONGEST} characters", text[LONGEST:][:10], diagnostic=10, details="length")
    reader = _Reader(text)
    tree = canonical(reader.whole())
    check_tree(tree)
    return CqlQuery(tree=tree, sort=reader.sort)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = cql_tokens(text)
        self.place = self.depth = 0
        self.sort: Sort = "relevance"

    @property
    def ahead(self) -> CqlToken:
        return self.tokens[self.place]

    def take(self) -> CqlToken:
        token = self.ahead
        self.place += token.kind != "end"
        return token

    def fault(self, token: CqlToken, expected: str, diagnostic: int = 10) -> CqlInvalid:
        return CqlInvalid(token.start, expected, token.text, diagnostic=diagnostic, details=token.text)

    def whole(self) -> QueryNode:
        tree = self.clauses()
        if self.ahead.says("sortby"):
            self.take()
            self.sorted_by()
        if self.ahead.kind != "end":
            raise self.fault(self.ahead, "and, or, not, sortBy or the end", 13 if self.ahead.kind == "close" else 10)
        return tree

    def clauses(self) -> QueryNode:
        if self.ahead.kind == "sign" and self.ahead.text == ">":
            raise self.fault(self.ahead, "no assignment of a prefix", 48)
        tree = self.clause()
        while self.ahead.says(*_BOOLEANS):
            operator = self.take()
            if operator.says("prox"):
                raise self.fault(operator, "and, or or not", 37)
            if self.ahead.kind == "stroke":
                raise self.fault(self.tokens[self.place + 1], "no modifier of a boolean", 46)
            tree = _joined(operator.text.lower(), tree, self.clause())
        return tree

    def clause(self) -> QueryNode:
        token = self.take()
        if token.kind == "open":
            return self.bracket(token)
        if not token.is_term:
            raise self.fault(token, "a term, an index or a bracket")
        if token.says(*_BOOLEANS, "sortby"):
            raise self.fault(token, "a term before an operator")
        relation = self.relation()
        if relation is None:
            start = token.start
            return node_of(index_of("cql.serverChoice", start), Relation(name="=", start=start), term_of(token), start)
        return self.compared(token, relation)

    def bracket(self, opener: CqlToken) -> QueryNode:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault(opener, f"at most {DEEPEST} brackets inside each other", 13)
        tree = self.clauses()
        if self.take().kind != "close":
            raise self.fault(opener, ") for this bracket", 13)
        self.depth -= 1
        return tree

    def relation(self) -> Relation | None:
        token = self.ahead
        if token.kind == "sign" or token.says(*_NAMED):
            self.take()
        elif token.is_term and not token.says(*_BOOLEANS, "sortby"):
            raise self.fault(token, "a relation or a boolean", 19 if self.tokens[self.place + 1].is_term else 10)
        else:
            return None
        return Relation(name=token.text.lower(), start=token.start, modifiers=self.modifiers())

    def modifiers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.ahead.kind == "stroke":
            self.take()
            name = self.take()
            if not name.is_term:
                raise self.fault(name, "the name of a modifier")
            found[name.text.lower()] = self.modifier_value()
        return found

    def modifier_value(self) -> str:
        if self.ahead.kind != "sign" or self.ahead.text != "=":
            return ""
        self.take()
        return self.take().text

    def compared(self, index: CqlToken, relation: Relation) -> QueryNode:
        term = self.take()
        if not term.is_term:
            raise self.fault(term, "a term behind the relation")
        if relation.name == "encloses":
            raise CqlInvalid(relation.start, "another relation", "encloses", diagnostic=19, details="encloses")
        if index.text.lower() == ALL_RECORDS.lower():
            return All()
        return node_of(index_of(index.text, index.start), relation, term_of(term), term.start)

    def sorted_by(self) -> None:
        index = self.take()
        directions = self.modifiers()
        name = index.text.lower()
        full = name if "." in name else f"dc.{name}"
        direction = next(iter(directions), "sort.ascending").removeprefix("sort.")
        if (full, direction) not in _SORTS:
            offered = ", ".join(f"{each}/sort.{way}" for each, way in _SORTS)
            raise CqlInvalid(index.start, f"one of {offered}", index.text, diagnostic=80, details=index.text)
        self.sort = _SORTS[full, direction]


def _joined(operator: str, left: QueryNode, right: QueryNode) -> QueryNode:
    match operator:
        case "or":
            return Or(of=(_alone(left), _alone(right)))
        case "and":
            return _all_of(left, right)
        case _:
            return _all_of(left, negated(right))


def _alone(part: QueryNode) -> QueryNode:
    return And(of=(part,)) if isinstance(part, Not) else part


def _all_of(left: QueryNode, right: QueryNode) -> QueryNode:
    """Both; every record beside something else says nothing."""
    flat: list[QueryNode] = []
    for part in (left, right):
        flat += part.of if isinstance(part, And) else (part,)
    kept = tuple(part for part in flat if not isinstance(part, All))
    return And(of=kept) if kept else All()
