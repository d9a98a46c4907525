"""A few hundred documents that thousands of queries are asked of: which of them fulfil a condition, a bit a document.

Words stand in dictionaries, phrases are found in the columns' own text; for what needs an automaton the embedded engine
is filled, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from operator import and_, or_

import tantivy

from index.conditions import Condition, Leaf
from index.document import IndexDocument
from index.embedded.dialect import spoken
from index.embedded.reader import guarded
from index.embedded.schema import in_memory
from index.embedded.writer import engine_document
from index.fields import exact, facet, stem
from index.query import primitives as p

_HEAP_BYTES = 15_000_000


class Batch:
    """Documents, ready to be asked."""

    def __init__(self, documents: Iterable[IndexDocument]) -> None:
        self._documents = tuple(documents)
        self._all = (1 << len(self._documents)) - 1
        self._tokens: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._numbers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._known: dict[Condition, int] = {}
        for place, document in enumerate(self._documents):
            self._take_in(1 << place, document)

    def _take_in(self, bit: int, document: IndexDocument) -> None:
        for field, token in _tokens(document):
            self._tokens[field][token] |= bit
        for field, numbers in document.numbers.items():
            self._numbers[field] += [(number, bit) for number in numbers]

    def clusters(self, wanted: Condition) -> frozenset[str]:
        """Clusters of the documents that fulfil a condition."""
        bits = self.matching(wanted)
        return frozenset(self._documents[place].cluster_id for place in _places(bits)) if bits else frozenset()

    def matching(self, wanted: Condition) -> int:
        """The documents that fulfil a condition, a bit each; what was found of a part is kept for the next query."""
        found = self._known.get(wanted)
        if found is None:
            found = self._known[wanted] = self._joined(wanted) if wanted.leaf is None else self._leaf(wanted.leaf)
        return found

    def _joined(self, wanted: Condition) -> int:
        parts = [self.matching(each) for each in wanted.of]
        if wanted.needed == len(parts):
            found = reduce(and_, parts, self._all)
        else:
            found = reduce(or_, parts, 0) if wanted.needed == 1 else self._several(parts, wanted.needed)
        return found & ~reduce(or_, map(self.matching, wanted.without), 0)

    def _several(self, parts: Sequence[int], needed: int) -> int:
        counted = (place for place in range(len(self._documents)) if sum(part >> place & 1 for part in parts) >= needed)
        return sum(1 << place for place in counted)

    def _leaf(self, leaf: Leaf) -> int:
        match leaf:
            case p.Term(field, text):
                return self._holding(field, text)
            case p.Terms(field, texts):
                return reduce(or_, (self._holding(field, text) for text in texts), 0)
            case p.Range(field, low, high):
                return self._between(field, low, high)
            case p.Phrase(field, texts, 0):
                return self._side_by_side(field, texts)
            case p.All():
                return self._all
            case p.Nothing():
                return 0
        return self._by_engine(leaf)

    def _holding(self, field: str, text: str) -> int:
        return self._tokens[field].get(text, 0)

    def _between(self, field: str, low: int | None, high: int | None) -> int:
        held = self._numbers[field]
        inside = (bit for number, bit in held if (low is None or low <= number) and (high is None or number <= high))
        return reduce(or_, inside, 0)

    def _side_by_side(self, field: str, texts: Sequence[str]) -> int:
        """Columns hold their tokens parted by single blanks."""
        column = field.removesuffix(".exact")
        sought = f" {' '.join(texts)} "
        held = reduce(and_, (self._holding(field, text) for text in texts), self._all)
        found = (place for place in _places(held) if sought in f" {self._documents[place].columns[column][0]} ")
        return sum(1 << place for place in found)

    def _by_engine(self, leaf: Leaf) -> int:
        hits = guarded(self._searcher.search, spoken(leaf), max(1, len(self._documents))).hits
        places = {document.doc_id: place for place, document in enumerate(self._documents)}
        found = (str(self._searcher.doc(address).get_first("doc_id")) for _, address in hits)
        return sum(1 << places[doc_id] for doc_id in found)

    @cached_property
    def _searcher(self) -> tantivy.Searcher:
        index = in_memory()
        writer = guarded(index.writer, _HEAP_BYTES, 1)
        for document in self._documents:
            guarded(writer.add_document, engine_document(document))
        guarded(writer.commit)
        guarded(index.reload)
        return index.searcher()


def _tokens(document: IndexDocument) -> Iterator[tuple[str, str]]:
    """Every field with each of its tokens."""
    for column, (words, stems) in document.columns.items():
        yield from ((exact(column), token) for token in set(words.split(" ")))
        yield from ((stem(column), token) for token in set(stems.split(" ")))
    for lookup, keys in document.lookups.items():
        yield from ((lookup, key) for key in keys)
    for key, values in document.facets.items():
        yield from ((facet(key), value) for value, _ in values)


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
