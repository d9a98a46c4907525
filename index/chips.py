"""What a query was understood to ask, as parts that can each be taken off or settled by another query.

A chip is nothing but a query text: whoever follows it asks a new question, and nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from index.query.canonical import all_of, canonical, printed
from index.query.model import All, And, Dates, Equals, Fuzzy, Not, Or, Pattern, Phrase, Prefix, QueryNode, Under, Words
from index.query.recognising import Reading
from index.results import Chip, ChipKind, ChipReading


def chips(tree: QueryNode, recognised: Iterable[Reading]) -> tuple[Chip, ...]:
    """The chips of a tree: what was recognised in its words, then its conditions."""
    return (*map(_recognised, recognised), *_conditions(tree))


def _recognised(each: Reading) -> Chip:
    only = _text(each.only) if each.only is not None else None
    readings = tuple(ChipReading(label=label, only=_text(tree)) for label, tree in each.readings)
    return Chip(kind=each.kind, label=each.text, without=_text(each.off), only=only, also=each.also, readings=readings)


def _conditions(tree: QueryNode) -> Iterator[Chip]:
    parts = tree.of if isinstance(tree, And) else (tree,)
    for place, part in enumerate(parts):
        if not isinstance(part, All) and not _is_plain(part):
            rest = all_of(parts[:place] + parts[place + 1 :])
            yield Chip(kind=_kind(part), label=printed(part), without=_text(rest))


def _is_plain(part: QueryNode) -> bool:
    return isinstance(part, Words) and part.field is None


def _text(tree: QueryNode) -> str:
    plain = canonical(tree)
    return "" if isinstance(plain, All) else printed(plain)


def _kind(part: QueryNode) -> ChipKind:
    match part:
        case Dates():
            return "dates"
        case Equals() | Under() | Words():
            return "field"
        case Phrase():
            return "phrase"
        case Not():
            return "not"
        case Or():
            return "or"
        case Prefix() | Pattern() | Fuzzy():
            return "mask"
        case _:
            return "part"
