"""How much one query may ask for: sizes of a tree, and the price of a request before any engine is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from index.errors import QueryInvalid
from index.query.model import And, Either, Fuzzy, Leaf, Not, Or, Pattern, Phrase, Prefix, QueryNode, Words
from index.request import SearchRequest
from mappings.schema.folding import words

#: of a typed query: characters, brackets inside each other, clauses, words, words with masks, phrases
LONGEST, DEEPEST, MOST_CLAUSES, MOST_WORDS, MOST_MASKS, MOST_PHRASES = 512, 8, 32, 75, 2, 8
#: other words between those of a phrase
MOST_SLOP = 5
#: nodes inside each other that so many brackets make: of each a choice, what holds together in it, and a negation
_DEEPEST_NODE = 3 * (DEEPEST + 1)
#: words of a phrase that others may stand between
LOOSE_WORDS = range(2, 5)
#: letters of a word before others may stand in their place, and before two may
FUZZY_LETTERS, TWICE_FUZZY_LETTERS = 4, 8
#: what a request may cost
DEAREST = 100.0
#: characters of scripts without spaces that count as one word
_CHARACTERS_A_WORD = 4


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a request costs, by what it asks for."""

    words: float = 0.0
    masks: float = 0.0
    facets: float = 0.0
    chosen: float = 0.0
    histogram: float = 0.0
    semantic: float = 0.0
    base: float = 1.0

    @property
    def total(self) -> float:
        """The whole price."""
        return float(sum(msgspec.structs.astuple(self)))

    def __str__(self) -> str:
        named = msgspec.structs.asdict(self).items()
        return f"{self.total:g} ({', '.join(f'{name} {cost:g}' for name, cost in named if cost)})"


def count_words(text: str) -> int:
    """Words as typed; of a run without spaces four characters are one."""
    return sum(map(_count_run, text.split()))


def _count_run(run: str) -> int:
    found = words(run)
    alone = sum(len(word) == 1 and not word.isascii() for word in found)
    return len(found) - alone + -(-alone // _CHARACTERS_A_WORD)


def leaves(node: QueryNode) -> Iterator[Leaf]:
    """Every leaf of a tree; of a choice its words."""
    match node:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from leaves(part)
        case Not(of=part):
            yield from leaves(part)
        case Either(text=text, meaning=meaning):
            yield Words(text=text)
            yield from leaves(meaning)
        case _:
            yield node


def price(request: SearchRequest, tree: QueryNode) -> Price:
    """What a request costs: 1, half a word, 5 a mask, 2 a facet and 2 more where one is chosen, 3 the histogram.

    Plain words by relevance cost 10 more where what means the same is wanted too.
    """
    found = list(leaves(tree))
    chosen = {each.facet for each in request.filters}
    return Price(
        words=sum(count_words(getattr(leaf, "text", "")) for leaf in found) / 2,
        masks=5.0 * sum(isinstance(leaf, Prefix | Pattern | Fuzzy) for leaf in found),
        facets=2.0 * len(set(request.facets)),
        chosen=2.0 * len(chosen & set(request.facets)),
        histogram=3.0 * request.histogram,
        semantic=10.0 * (_wants_meaning(request) and isinstance(tree, Words) and tree.field is None),
    )


def _wants_meaning(request: SearchRequest) -> bool:
    return request.tree is None and request.syntax == "lenient" and request.takes_meaning


def check_price(request: SearchRequest, tree: QueryNode) -> None:
    """Raises QueryInvalid, with the parts of the price, where a request costs too much."""
    asked = price(request, tree)
    if asked.total > DEAREST:
        raise QueryInvalid(0, f"a search that costs at most {DEAREST:g}", str(asked), code="too_dear")


def is_one_clause(before: QueryNode | None, leaf: QueryNode) -> bool:
    """Whether a leaf is one clause with what it stands beside: plain words of one field are."""
    return isinstance(before, Words) and isinstance(leaf, Words) and before.field == leaf.field


class Excess(NamedTuple):
    """What there may be at most of, and how much."""

    most: int
    what: str

    def __str__(self) -> str:
        return f"at most {self.most} {self.what}"


class Allowance:
    """How much one query may still ask for; leaves are counted in the order in which they were written."""

    def __init__(self) -> None:
        self._asked = dict.fromkeys(_MOST, 0)

    def excess(self, leaf: QueryNode, *, joins: bool = False) -> Excess | None:
        """What this leaf is too much of; one that is not is counted.

        joins   the leaf is one clause with the one before it
        """
        after = {what: self._asked[what] + count for what, count in _asked_by(leaf, joins).items()}
        for what, count in after.items():
            if count > _MOST[what]:
                return Excess(_MOST[what], what)
        self._asked = after
        return None


_MOST = {"clauses": MOST_CLAUSES, "words": MOST_WORDS, "words with masks": MOST_MASKS, "phrases": MOST_PHRASES}


def _asked_by(leaf: QueryNode, joins: bool) -> dict[str, int]:
    return {
        "clauses": int(not joins),
        "words": count_words(getattr(leaf, "text", "")),
        "words with masks": int(isinstance(leaf, Prefix | Pattern | Fuzzy)),
        "phrases": int(isinstance(leaf, Phrase)),
    }


def check_tree(tree: QueryNode) -> None:
    """Raises QueryInvalid where a tree that nobody typed is larger than one that can be typed."""
    check_depth(tree)
    allowance = Allowance()
    for leaf in leaves(tree):
        if excess := allowance.excess(leaf):
            raise QueryInvalid(0, str(excess), "more")
        _check_nearness(leaf)


def _check_nearness(leaf: QueryNode) -> None:
    """How far words may stand from each other, and letters from what was typed: as far as can be typed."""
    match leaf:
        case Phrase(slop=slop) if not 0 <= slop <= MOST_SLOP:
            raise QueryInvalid(0, f"slop of 0 to {MOST_SLOP}", str(slop))
        case Fuzzy(edits=edits) if edits not in (1, 2):
            raise QueryInvalid(0, "edits of 1 or 2", str(edits))
        case _:
            pass


def check_depth(tree: QueryNode) -> None:
    """Raises QueryInvalid where a tree has more inside each other than brackets that can be typed."""
    _check_depth(tree, 0)


def _check_depth(node: QueryNode, depth: int) -> None:
    if depth > _DEEPEST_NODE:
        raise QueryInvalid(0, f"at most {DEEPEST} brackets inside each other", "more")
    match node:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                _check_depth(part, depth + 1)
        case Not(of=part) | Either(meaning=part):
            _check_depth(part, depth + 1)
