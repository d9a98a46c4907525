"""A request as it is understood: its tree, the dates that narrow it, and what was read otherwise than written."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.errors import BoundInvalid, QueryInvalid
from index.meanings.claims import NO_SOUNDS, Holders, Sounds
from index.query.canonical import printed
from index.query.limits import check_price, check_tree, leaves
from index.query.model import All, And, Dates, Equals, Not, Or, QueryNode, Under, Words
from index.query.recognising import Reading, readings, recognised
from index.query.syntax import parse
from index.query.values import days_of
from index.request import SearchRequest
from index.results import Notice, Understood
from index.valued import names_holders, unknown_values, with_holders


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched for."""

    tree: QueryNode
    #: of the request's date_from and date_to
    dates: Dates | None
    notices: tuple[Notice, ...]
    understood: tuple[Understood, ...]
    #: words are read as what they name too; strict readers get what they wrote
    recognises: bool = False
    #: half of the unquoted words suffice
    is_half: bool = False
    #: institutions that words may name
    holders: Holders = {}
    #: words that are looked for as what they spell
    sounds: Sounds = NO_SOUNDS

    @property
    def meant(self) -> QueryNode:
        """The tree that is searched: words with what they were understood to mean, holders by their values."""
        tree = with_holders(self.tree, self.holders)
        return recognised(tree, self.holders, self.sounds) if self.recognises else tree

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What words were understood to mean."""
        return tuple(readings(self.tree, self.holders, self.sounds)) if self.recognises else ()

    @property
    def scores(self) -> bool:
        """Whether hits have a rank: some text is asked for."""
        return asks_words(self.tree)


def understand(
    request: SearchRequest,
    holders: Callable[[], Holders] = dict,
    sounding: Callable[[QueryNode, Holders], Sounds] = lambda _tree, _holders: NO_SOUNDS,
) -> Asking:
    """Reads a request; raises QueryInvalid where its syntax is strict, or where it asks for too much.

    holders    the institutions that the reader may know of; asked for where words may name one
    sounding   which words are looked for as what they spell
    """
    if request.tree is not None:
        tree, notices = request.tree, tuple[Notice, ...]()
        check_tree(tree)
    else:
        parsed = parse(request.text, request.syntax)
        tree, notices = parsed.tree, parsed.notices
    check_price(request, tree)
    dates, unread = _dates(request)
    told = notices + unread
    lenient = request.tree is None and request.syntax == "lenient"
    has_words = lenient and any(isinstance(leaf, Words) for leaf in leaves(tree))
    known = holders() if has_words or names_holders(request, tree) else {}
    unknown = tuple(unknown_values(request, tree, known))
    if request.syntax == "strict" and request.tree is None:
        _refuse(unknown)
    told += unknown
    return Asking(
        tree=tree,
        dates=dates,
        notices=told,
        understood=tuple(_understood(request.text, each) for each in notices),
        recognises=lenient,
        holders=known,
        sounds=sounding(tree, known) if has_words else NO_SOUNDS,
    )


def _refuse(unknown: tuple[Notice, ...]) -> None:
    """Raises QueryInvalid for the first value of the query that its field never has; filters are told alone."""
    for each in unknown:
        if each.length:
            expected = f"a holder, such as {each.near[0]}" if each.near else "a holder by its short name, name or ISIL"
            raise QueryInvalid(each.position, expected, each.value, length=each.length, code=each.code)


def _understood(text: str, notice: Notice) -> Understood:
    part = text[notice.position : notice.position + notice.length]
    return Understood(kind="notice", position=notice.position, length=notice.length, text=part, meaning=notice.code)


def _dates(request: SearchRequest) -> tuple[Dates | None, tuple[Notice, ...]]:
    start, unread_start = _bound(request, "from", request.date_from)
    end, unread_end = _bound(request, "to", request.date_to)
    unread = unread_start + unread_end
    if start is None and end is None:
        return None, unread
    if start and end and (days_of(start) or (0, 0))[0] > (days_of(end) or (0, 0))[1]:
        start, end = end, start
        unread += (Notice(position=0, length=0, code="date_swapped"),)
    return Dates(start=start, end=end, mode=request.date_mode), unread


def _bound(request: SearchRequest, parameter: str, typed: str | None) -> tuple[str | None, tuple[Notice, ...]]:
    if not typed or not typed.strip():
        return None, ()
    if days_of(typed) is not None:
        return typed.strip(), ()
    if request.syntax == "strict":
        raise BoundInvalid(parameter, typed)
    return None, (Notice(position=0, length=0, code="date_unread"),)


def asks_words(node: QueryNode) -> bool:
    """Whether some text is asked for, so that hits have a rank."""
    match node:
        case And(of=parts) | Or(of=parts):
            return any(map(asks_words, parts))
        case All() | Dates() | Equals() | Under() | Not():
            return False
    return True


def canonical(asking: Asking) -> str:
    """The tree in the search box's own notation; nothing where everything is asked for."""
    return "" if asking.tree == All() else printed(asking.tree)
