"""How much one query may ask for: sizes of a tree, and the price of a request before any engine is called."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from index.errors import QueryInvalid
from index.query.model import And, Either, Fuzzy, Leaf, Not, Or, Pattern, Phrase, Prefix, QueryNode, Words
from index.request import SearchRequest
from mappings.schema.folding import words

#: of a typed query: characters, brackets inside each other, clauses, words, words with masks, phrases
LONGEST, DEEPEST, MOST_CLAUSES, MOST_WORDS, MOST_MASKS, MOST_PHRASES = 512, 8, 32, 75, 2, 8
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
    base: float = 1.0

    @property
    def total(self) -> float:
        """The whole price."""
        return float(sum(msgspec.structs.astuple(self)))

    def __str__(self) -> str:
        named = msgspec.structs.asdict(self).items()
        return f"{self.total:g} ({', '.join(f'{name} {cost:g}' for name, cost in named if cost)})"


def count_words(text: str) -> int:
    """Words as typed; four characters of a script without spaces are one."""
    found = words(text)
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
    """What a request costs: 1, half a word, 5 a mask, 2 a facet and 2 more where one is chosen, 3 the histogram."""
    found = list(leaves(tree))
    chosen = {each.facet for each in request.filters}
    return Price(
        words=sum(count_words(getattr(leaf, "text", "")) for leaf in found) / 2,
        masks=5.0 * sum(isinstance(leaf, Prefix | Pattern | Fuzzy) for leaf in found),
        facets=2.0 * len(set(request.facets)),
        chosen=2.0 * len(chosen & set(request.facets)),
        histogram=3.0 * request.histogram,
    )


def check_price(request: SearchRequest, tree: QueryNode) -> None:
    """Raises QueryInvalid, with the parts of the price, where a request costs too much."""
    asked = price(request, tree)
    if asked.total > DEAREST:
        raise QueryInvalid(0, f"a search that costs at most {DEAREST:g}", str(asked))


def check_tree(tree: QueryNode) -> None:
    """Raises QueryInvalid where a tree that nobody typed is larger than one that can be typed."""
    _check_depth(tree, 0)
    found = list(leaves(tree))
    asked = (
        (len(found), MOST_CLAUSES, "clauses"),
        (sum(count_words(getattr(leaf, "text", "")) for leaf in found), MOST_WORDS, "words"),
        (sum(isinstance(leaf, Prefix | Pattern | Fuzzy) for leaf in found), MOST_MASKS, "words with masks"),
        (sum(isinstance(leaf, Phrase) for leaf in found), MOST_PHRASES, "phrases"),
    )
    for count, most, what in asked:
        if count > most:
            raise QueryInvalid(0, f"at most {most} {what}", str(count))


def _check_depth(node: QueryNode, depth: int) -> None:
    if depth > 2 * DEEPEST:
        raise QueryInvalid(0, f"at most {DEEPEST} brackets inside each other", "more")
    match node:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                _check_depth(part, depth + 1)
        case Not(of=part) | Either(meaning=part):
            _check_depth(part, depth + 1)
