"""For a search without hits: how to spell or what to leave out so that there are some, each proved by a count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import msgspec
from msgspec.structs import replace

from index.query.asked import asked_words
from index.query.canonical import all_of, printed, without_word
from index.query.limits import leaves
from index.query.model import And, Not, Or, Phrase, QueryNode, Words
from index.request import SearchRequest
from index.results import WayOut
from index.understanding import Asking
from mappings.schema.folding import fold, words

#: wider searches that are tried
_TRIED = 12
_SHOWN = 6
_SPELLINGS = 4
#: words that they may have together: each costs what its words cost
_MOST_WORDS = 150
#: words for which near ones are looked for
_LOOKED_UP = 16


#: known words near a folded one
Near = Callable[[str], Sequence[str]]


class Wider(msgspec.Struct, frozen=True, kw_only=True):
    """A wider search and how to name it."""

    kind: str
    drop: str
    label: str
    request: SearchRequest
    asking: Asking


def ways_out(
    request: SearchRequest,
    asking: Asking,
    *,
    count: Callable[[SearchRequest, Asking], int],
    near: Near,
) -> tuple[WayOut, ...]:
    """The wider searches that have hits: other spellings first, then in the order of what they give up.

    count   hits of a search under the same reader
    near    known words near a folded one
    """
    found: list[WayOut] = []
    asked = max(_size(asking.tree), 1)
    most = min(_TRIED, max(_MOST_WORDS // asked, 1))
    for tried, wider in enumerate(chain(respelt(request, asking, near), _wider(request, asking))):
        if tried == most or len(found) == _SHOWN:
            break
        hits = count(wider.request, wider.asking)
        if hits:
            text = request.text if wider.asking.tree == asking.tree else printed(wider.asking.tree)
            found.append(WayOut(kind=wider.kind, drop=wider.drop, label=wider.label, text=text, count=hits))
    return tuple(found)


def _size(tree: QueryNode) -> int:
    """Folded words of a tree."""
    return sum(len(words(getattr(leaf, "text", ""))) for leaf in leaves(tree))


def respelt(request: SearchRequest, asking: Asking, near: Near) -> Iterator[Wider]:
    """The search with words that may have been meant, all at once where several are unknown, then one by one."""
    unknown = {word: better for word in _typed(asking.tree)[:_LOOKED_UP] if (better := near(fold(word)))}
    chosen = [{word: better[0] for word, better in unknown.items()}] if len(unknown) > 1 else []
    chosen += [{word: each} for word, better in unknown.items() for each in better]
    for change in chosen[:_SPELLINGS]:
        tree = with_words(asking.tree, change)
        drop, label = " ".join(change), " ".join(change.values())
        yield Wider(kind="spelling", drop=drop, label=label, request=request, asking=replace(asking, tree=tree))


def _typed(tree: QueryNode) -> list[str]:
    found = [word for leaf in leaves(tree) if isinstance(leaf, Words) for word in leaf.text.split()]
    return list(dict.fromkeys(found))


def with_words(tree: QueryNode, change: Mapping[str, str]) -> QueryNode:
    """The tree with some of its unquoted words exchanged."""
    match tree:
        case Words(text=text):
            return replace(tree, text=" ".join(change.get(word, word) for word in text.split()))
        case And(of=parts) | Or(of=parts):
            return replace(tree, of=tuple(with_words(part, change) for part in parts))
        case _:
            return tree


def _wider(request: SearchRequest, asking: Asking) -> Iterator[Wider]:
    for facet in dict.fromkeys(each.facet for each in request.filters):
        kept = tuple(each for each in request.filters if each.facet != facet)
        values = [value for each in request.filters if each.facet == facet for value in each.values]
        yield Wider(
            kind="filter", drop=facet, label=", ".join(values), request=replace(request, filters=kept), asking=asking
        )
    if asking.dates is not None:
        label = printed(asking.dates).partition(":")[2].strip('"')
        yield Wider(kind="dates", drop="date", label=label, request=request, asking=replace(asking, dates=None))
    for kind, drop, tree in _smaller(asking.tree):
        yield Wider(kind=kind, drop=drop, label=drop, request=request, asking=replace(asking, tree=tree))


def _smaller(tree: QueryNode) -> Iterator[tuple[str, str, QueryNode]]:
    """Trees that ask for less: without a condition, without the quotes, without a word."""
    match tree:
        case And(of=parts):
            for place, part in enumerate(parts):
                kind = "operator" if isinstance(part, Not) else "word"
                rest = parts[:place] + parts[place + 1 :]
                if rest:
                    yield kind, printed(part), all_of(rest)
                for _, drop, smaller in _smaller(part):
                    yield "word", drop, all_of((*parts[:place], smaller, *parts[place + 1 :]))
        case Phrase(text=text, field=field):
            yield "operator", printed(tree), Words(text=text, field=field)
        case Words(text=text) if len(typed := text.split()) > 1:
            for word in dict.fromkeys(typed):
                smaller = without_word(tree, word)
                if asked_words(smaller.text) and asked_words(word):
                    yield "word", word, smaller
