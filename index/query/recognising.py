"""Unquoted words that also name something: the words stay, and what they were understood to mean stands beside them.

A reading widens and lifts; it cannot lose a record that has the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from index.meanings.claims import NO_SOUNDS, Claim, ClaimKind, Holders, Sounds, one_of
from index.meanings.reading import Span, outside, spans_of
from index.query.asked import asked_words
from index.query.canonical import all_of
from index.query.model import And, Dates, Either, Equals, Or, Phrase, QueryNode, Under, Words

NO_HOLDERS: Holders = {}
#: a tree with something in the place of one of its texts
Within = Callable[[QueryNode], QueryNode]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a query that name something."""

    kind: ClaimKind
    #: as typed
    text: str
    #: other names that are looked for
    also: tuple[str, ...]
    #: the query with the words as what they name alone, where that is a condition, and with them as words alone
    only: QueryNode | None
    off: QueryNode
    #: of what may be one of several things: each, and the query with it alone
    readings: tuple[tuple[str, QueryNode], ...] = ()


def recognised(tree: QueryNode, holders: Holders = NO_HOLDERS, sounds: Sounds = NO_SOUNDS) -> QueryNode:
    """The tree in which unquoted words may mean what they name, and such as are in `sounds` what they spell."""
    match tree:
        case Words(field=None, text=text):
            return _either(text, holders, sounds)
        case And(of=parts) | Or(of=parts):
            return msgspec.structs.replace(tree, of=tuple(recognised(part, holders, sounds) for part in parts))
        case _:
            return tree


def readings(tree: QueryNode, holders: Holders = NO_HOLDERS, sounds: Sounds = NO_SOUNDS) -> Iterator[Reading]:
    """What of a tree was recognised, each with the queries that settle it."""
    for text, within in _texts(tree, lambda found: found):
        for span in spans_of(text, holders, sounds):
            yield _reading(span, within)


def _texts(tree: QueryNode, within: Within) -> Iterator[tuple[str, Within]]:
    """Unquoted texts of a tree, each with what makes the tree again of what stands in its place."""
    match tree:
        case Words(field=None, text=text):
            yield text, within
        case And(of=parts) | Or(of=parts):
            for place, part in enumerate(parts):
                yield from _texts(part, _in_place(tree, place, within))


def _in_place(tree: And | Or, place: int, within: Within) -> Within:
    before, after = tree.of[:place], tree.of[place + 1 :]
    return lambda found: within(msgspec.structs.replace(tree, of=(*before, found, *after)))


def _reading(span: Span, within: Within) -> Reading:
    def settled(node: QueryNode) -> QueryNode:
        return within(all_of((*_words(span.before), node, *_words(span.after))))

    conditions = [claim.only for claim in span.claims if claim.only is not None]
    return Reading(
        kind=span.claims[0].kind,
        text=span.text,
        also=tuple(name for claim in span.claims for name in claim.also),
        only=settled(conditions[0]) if conditions else None,
        off=settled(Phrase(text=span.text)),
        readings=tuple((label, settled(node)) for claim in span.claims for label, node in claim.readings),
    )


def _words(text: str) -> tuple[Words, ...]:
    return (Words(text=text),) if text else ()


def _either(text: str, holders: Holders, sounds: Sounds) -> QueryNode:
    """All the words; or the rest of them and, of each span, its words or what they mean."""
    spans = spans_of(text, holders, sounds)
    meant = [(span, meaning) for span in spans if (meaning := _meaning(span.claims)) is not None]
    rest = _telling(outside(text, [span for span, _ in meant]))
    match meant:
        case []:
            return Words(text=text)
        case [(_, meaning)] if not rest or isinstance(meaning, Dates | Equals | Under):
            return Either(text=text, meaning=all_of((*rest, meaning)))
    named = (Either(text=span.text, meaning=meaning) for span, meaning in meant)
    return Either(text=text, meaning=all_of((*rest, *named)))


def _telling(text: str) -> tuple[Words, ...]:
    """The words, where they are more than such as need not stand."""
    return () if all(each.optional for each in asked_words(text)) else _words(text)


def _meaning(claims: tuple[Claim, ...]) -> QueryNode | None:
    """Whatever of what the words name is looked for unasked."""
    found = [claim.meaning for claim in claims if claim.meaning is not None]
    parts = [part for each in found for part in (each.of if isinstance(each, Or) else (each,))]
    return one_of(parts) if parts else None
