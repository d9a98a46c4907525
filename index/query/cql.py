"""CQL 1.2 (and what 2.0 has in common with it) as a query tree and back: the notation of SRU, read strictly.

Booleans have one precedence and are read from left to right; `not` is binary. What is not supported is refused with the
diagnostic that SRU has for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from index.errors import CqlInvalid
from index.query.canonical import brackets, canonical
from index.query.cql_clauses import Relation, negated, node_of
from index.query.cql_indexes import ALL_RECORDS, RESULT_SET, index_of, names_index
from index.query.cql_tokens import CqlToken, cql_tokens, term_of
from index.query.limits import DEEPEST, MOST_CLAUSES, MOST_MASKS, Allowance, check_tree, is_one_clause, leaves
from index.query.model import All, And, Either, Not, Or, QueryNode, Words
from index.query.tokens import CONTROLS
from index.request import Sort

#: characters of a query
LONGEST = 2_000
#: CQL needs more of them than the search box: its operators all bind alike
_MOST_BRACKETS = 3 * DEEPEST
_BOOLEANS = ("and", "or", "not", "prox")
_BOOLEANS_OF_OTHERS = ("xor", "nor", "nand", "near", "andnot", "ornot", "w", "n", "sentence", "paragraph")
#: modifier of `or`: what follows is what the words before were understood to mean, and ranks so
MEANING = "ax.meaning"
#: relations that are words; those with a set are ours
_NAMED = ("all", "any", "adj", "within", "exact", "scr", "encloses", "ax.overlaps")
_SET = "cql."
_SORTS: dict[tuple[str, str], Sort] = {
    ("dc.title", "ascending"): "title",
    ("dc.creator", "ascending"): "creator",
    ("ax.referenceCode", "ascending"): "code",
    ("dc.date", "ascending"): "date",
    ("dc.date", "descending"): "date_desc",
    ("rec.identifier", "ascending"): "id",
}


_BY_KEY = {(index.lower(), direction): sort for (index, direction), sort in _SORTS.items()}
#: indexes that `sortBy` knows
SORTED = frozenset(index for index, _ in _SORTS)
#: what `sortBy` may say besides a direction (the sort context set) -> the diagnostic that nothing of it is done
_UNSORTED = {"ignorecase": 89, "respectcase": 89, "missingomit": 90, "missingfail": 90, "missinglow": 90,
             "missinghigh": 90, "missingvalue": 90}  # fmt: skip
#: what a query asks too much of -> its diagnostic and the most there may be
_EXCESS = {"clauses": (38, MOST_CLAUSES - 1), "words with masks": (30, MOST_MASKS)}


class CqlQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query that was read."""

    tree: QueryNode
    #: of `sortBy`
    sort: Sort = "relevance"


def parse_cql(text: str) -> CqlQuery:
    """The tree of a CQL query; raises CqlInvalid with place and diagnostic, QueryInvalid where it asks too much."""
    if len(text) > LONGEST:
        raise CqlInvalid(
            LONGEST, f"at most {LONGEST} characters", text[LONGEST:][:10], diagnostic=12, details=str(LONGEST)
        )
    if control := CONTROLS.search(text):
        found = f"U+{ord(control.group()):04X}"
        raise CqlInvalid(control.start(), "no control character", found, diagnostic=10, details=found)
    reader = _Reader(text)
    tree = canonical(reader.whole())
    check_tree(tree)
    if brackets(tree) > DEEPEST:
        said = f"at most {DEEPEST} brackets inside each other"
        raise CqlInvalid(0, said, "more", diagnostic=13, details=str(DEEPEST))
    return CqlQuery(tree=tree, sort=reader.sort)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = cql_tokens(text)
        self.place = self.depth = 0
        self.sort: Sort = "relevance"
        self.allowance = Allowance()

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
                raise self.fault(operator, "and, or or not", 39)
            meaning = self.names_a_meaning(operator)
            right = self.clause()
            tree = _meant(tree, right) if meaning else _joined(operator.text.lower(), tree, right)
        return tree

    def names_a_meaning(self, operator: CqlToken) -> bool:
        """Whether a boolean is `or/ax.meaning`: no other has a modifier here."""
        named = False
        for modifier, value in self.modifiers():
            if modifier.text.lower() != MEANING or value or named or not operator.says("or"):
                raise self.fault(modifier, f"no modifier of a boolean but or/{MEANING}", 46)
            named = True
        return named

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
            found = node_of(index_of("cql.serverChoice", start), Relation(name="=", start=start), term_of(token), start)
        else:
            found = self.compared(token, relation)
        return self.allowed(token, found)

    def allowed(self, token: CqlToken, found: QueryNode) -> QueryNode:
        before: QueryNode | None = None
        for leaf in leaves(found):
            if isinstance(leaf, All):
                continue  # written before `not`, where it says nothing
            excess = self.allowance.excess(leaf, joins=isinstance(found, And) and is_one_clause(before, leaf))
            before = leaf
            if excess:
                diagnostic, most = _EXCESS.get(excess.what, (10, excess.most))
                raise CqlInvalid(token.start, str(excess), token.text, diagnostic=diagnostic, details=str(most))
        return found

    def bracket(self, opener: CqlToken) -> QueryNode:
        self.depth += 1
        if self.depth > _MOST_BRACKETS:
            raise self.fault(opener, f"at most {_MOST_BRACKETS} brackets inside each other", 13)
        tree = self.clauses()
        if self.take().kind != "close":
            raise self.fault(opener, ") for this bracket", 13)
        self.depth -= 1
        return tree

    def relation(self) -> Relation | None:
        token = self.ahead
        named = token.text.lower().removeprefix(_SET)
        if token.kind == "sign" or (token.kind == "word" and named in _NAMED):
            self.take()
        elif token.is_term and not token.says(*_BOOLEANS, "sortby"):
            raise self.fault(token, "a relation or a boolean", self.unknown(token))
        else:
            return None
        modifiers: dict[str, str] = {}
        for modifier, value in self.modifiers():
            name = modifier.text.lower().removeprefix(_SET)
            if name in modifiers:
                raise self.fault(modifier, "each modifier once", 21)
            modifiers[name] = value
        return Relation(name=named, start=token.start, modifiers=modifiers)

    def unknown(self, token: CqlToken) -> int:
        """The diagnostic of a word between two terms: behind an index a relation, or a boolean that others have."""
        if not self.tokens[self.place + 1].is_term:
            return 10
        before = self.tokens[self.place - 1].text
        if "." in before or names_index(before):
            return 19
        return 37 if token.says(*_BOOLEANS_OF_OTHERS) else 10

    def modifiers(self) -> Iterator[tuple[CqlToken, str]]:
        """Modifiers as they are written, each with its value."""
        while self.ahead.kind == "stroke":
            self.take()
            name = self.take()
            if not name.is_term:
                raise self.fault(name, "the name of a modifier")
            yield name, self.modifier_value()

    def modifier_value(self) -> str:
        if self.ahead.kind != "sign" or self.ahead.text != "=":
            return ""
        self.take()
        value = self.take()
        if not value.is_term:
            raise self.fault(value, "the value of the modifier")
        return value.text

    def compared(self, index: CqlToken, relation: Relation) -> QueryNode:
        term = self.take()
        if not term.is_term:
            raise self.fault(term, "a term behind the relation")
        if index.text.lower() == RESULT_SET.lower():
            raise CqlInvalid(index.start, "a query of its own", index.text, diagnostic=50, details=term.text)
        if relation.name == "encloses":
            raise CqlInvalid(relation.start, "another relation", "encloses", diagnostic=19, details="encloses")
        if index.text.lower() == ALL_RECORDS.lower():
            return All()  # whatever relation and term are (CQL context set 1.2)
        return node_of(index_of(index.text, index.start), relation, term_of(term), term.start)

    def sorted_by(self) -> None:
        """`sortBy` with one key: another order inside the first is not kept."""
        index = self.take()
        if not index.is_term:
            raise self.fault(index, "an index to sort by")
        direction = self.direction()
        name = index.text.lower()
        full = name if "." in name else f"dc.{name}"
        sort = _BY_KEY.get((full, direction or "ascending"))
        if sort is None:
            offered = ", ".join(f"{each}/sort.{way}" for each, way in _SORTS)
            raise self.fault(index, f"one of {offered}", 80)
        if self.ahead.is_term:
            raise CqlInvalid(self.ahead.start, "one key to sort by", self.ahead.text, diagnostic=82, details="1")
        self.sort = sort

    def direction(self) -> str:
        """The direction of a key; raises CqlInvalid for anything else that its modifiers say."""
        direction = ""
        for modifier, value in self.modifiers():
            name = modifier.text.lower().removeprefix("sort.")
            if name not in ("ascending", "descending"):
                raise self.fault(modifier, "sort.ascending or sort.descending", _UNSORTED.get(name, 80))
            if value or direction:
                raise self.fault(modifier, "one direction", 88)
            direction = name
        return direction


def _joined(operator: str, left: QueryNode, right: QueryNode) -> QueryNode:
    match operator:
        case "or":
            return Or(of=(_alone(left), _alone(right)))
        case "and":
            return _all_of(left, right)
        case _:
            return _all_of(left, negated(right))


def _meant(left: QueryNode, right: QueryNode) -> QueryNode:
    """Words, or what they were understood to mean; what is more than words is a plain choice."""
    asked = canonical(left)
    if isinstance(asked, Words) and asked.field is None:
        return Either(text=asked.text, meaning=right)
    return _joined("or", left, right)


def _alone(part: QueryNode) -> QueryNode:
    return And(of=(part,)) if isinstance(part, Not) else part


def _all_of(left: QueryNode, right: QueryNode) -> QueryNode:
    """Both; every record beside something else says nothing."""
    flat: list[QueryNode] = []
    for part in (left, right):
        flat += part.of if isinstance(part, And) else (part,)
    kept = tuple(part for part in flat if not isinstance(part, All))
    return And(of=kept) if kept else All()
