"""A search without hits, relaxed step by step: other spellings, characters of equal sound, half of the words.

A step is taken only where the search as it was asked finds nothing, and the answer names it; each is judged by what the
same reader finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import msgspec
from msgspec.structs import replace

from index.display import unpack
from index.engine import Engine
from index.fields import SEARCHED, exact
from index.query import primitives as p
from index.query.canonical import printed
from index.query.compile import narrowing, side_by_side, sought
from index.query.limits import leaves
from index.query.model import And, QueryNode, Words
from index.request import SearchRequest
from index.results import RelaxingStep
from index.sounds import is_run, sounding_alike
from index.spelling import COLUMNS
from index.understanding import Asking
from index.ways_out import Near, respelt, with_words
from mappings.schema.folding import fold, words

#: of fewer words half is one
_FEWEST_WORDS = 3
#: things that are read for what they have in place of a run
_LOOKED_AT = 20
#: runs of characters that are tried
_RUNS = 4


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A wider search."""

    step: RelaxingStep
    asking: Asking
    #: what is searched, in the box's notation; of `half` what was asked
    text: str


def steps(engine: Engine, request: SearchRequest, asking: Asking, near: Near) -> Iterator[Step]:
    """The ladder, narrowest first; `near` gives known words near a folded one."""
    for wider in respelt(request, asking, near):
        yield Step(step="spelling", asking=wider.asking, text=printed(wider.asking.tree))
    for tree in _sounding(engine, request, asking.tree):
        yield Step(step="sound", asking=replace(asking, tree=tree), text=printed(tree))
    if _can_be_halved(asking.meant):
        yield Step(step="half", asking=replace(asking, is_half=True), text=printed(asking.tree))


def _can_be_halved(tree: QueryNode) -> bool:
    parts = tree.of if isinstance(tree, And) else (tree,)
    return any(sum(1 for _ in sought(part)) >= _FEWEST_WORDS and not _is_code(part) for part in parts)


def _is_code(node: QueryNode) -> bool:
    """Whether it is one word of several parts, such as WA/HMM/CM: half of a code is another thing's."""
    return isinstance(node, Words) and len(node.text.split()) == 1 and node.text.isascii()


def _sounding(engine: Engine, request: SearchRequest, tree: QueryNode) -> Iterator[QueryNode]:
    """The tree with one run of Chinese characters, which stands nowhere, as one that sounds alike and does."""
    typed = [word for leaf in leaves(tree) if isinstance(leaf, Words) for word in leaf.text.split()]
    runs = ((word, fold(word)) for word in dict.fromkeys(typed))
    for word, run in islice(((word, run) for word, run in runs if is_run(run)), _RUNS):
        if found := _standing(engine, request, run):
            yield with_words(tree, {word: found})


def _standing(engine: Engine, request: SearchRequest, run: str) -> str:
    """The commonest run that sounds like one which stands nowhere; empty where there is none."""
    alike = tuple(dict.fromkeys(sounding_alike(run)))
    base = narrowing(SearchRequest(visibility=request.visibility))
    if not alike or engine.count(p.Bool(must=(p.filtered(_anywhere((run,), tuple(SEARCHED))), *base))):
        return ""
    hits = engine.top(p.Bool(must=(_anywhere(alike, COLUMNS), *base)), "relevance", 0, _LOOKED_AT)
    texts = [f" {' '.join(words(shown.text))} " for hit in hits.displays for shown in unpack(hit).texts]
    often = Counter({each: sum(f" {' '.join(each)} " in text for text in texts) for each in alike})
    (best, times), *_ = often.most_common(1)
    return best if times else ""


def _anywhere(runs: tuple[str, ...], columns: tuple[str, ...]) -> p.Primitive:
    return p.any_of(tuple(side_by_side(exact(column), tuple(run)) for run in runs for column in columns))
