"""Tokens such that every bracket has its partner and every operator its terms; what had not is told.

Read so, a query has one meaning that no rule of precedence has to guess at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from index.query.faults import Code, Fault
from index.query.limits import DEEPEST
from index.query.tokens import MARKS, Token
from mappings.schema.folding import words

#: kinds of tokens with which a term ends, and begins
_ENDS, _UNITS = ("word", "quote", "close"), ("word", "quote", "open")


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that stand right, and what was amended for it."""

    tokens: tuple[Token, ...]
    faults: tuple[Fault, ...]


def settled(found: list[Token]) -> Settled:
    """The tokens without marks that say nothing, brackets in pairs, and operators without terms as words."""
    faults: list[Fault] = []
    kept = list(_saying(found, faults))
    paired = _paired(kept, faults)
    negating = list(_with_terms(paired, faults, ("not",)))
    joining = list(_with_terms(negating, faults, ("and", "or")))
    return Settled(tokens=tuple(joining), faults=tuple(faults))


def _fault(token: Token, code: Code) -> Fault:
    return Fault(position=token.start, length=token.end - token.start, code=code, found=token.text)


def _saying(found: list[Token], faults: list[Fault]) -> Iterator[Token]:
    """The tokens that are more than punctuation. A dash between words is no more; one that excludes nothing is told."""
    for token, following in zip_longest(found, found[1:]):
        if token.kind != "word" or words(token.text) or "*" in token.text or _marks(token, following):
            yield token
        elif token.text == "-" and (following is None or following.kind == "close"):
            faults.append(_fault(token, "operator_removed"))


def _marks(token: Token, following: Token | None) -> bool:
    joins = following is not None and following.kind == "quote" and following.start == token.end
    return joins and token.text in MARKS


def _paired(found: list[Token], faults: list[Fault]) -> list[Token]:
    kept: list[Token] = []
    #: brackets that are open; None stands for one too deep inside others
    openers: list[Token | None] = []
    for token in found:
        if token.kind == "open":
            _opened(token, kept, openers, faults)
        elif token.kind == "close":
            _closed(token, kept, openers, faults)
        else:
            kept.append(token)
    for opener in reversed(openers):
        if opener is not None:
            faults.append(Fault(position=opener.start, code="bracket_unclosed"))
            end = kept[-1].end
            _close(Token(kind="close", start=end, end=end, text=")"), kept)
    return kept


def _opened(token: Token, kept: list[Token], openers: list[Token | None], faults: list[Fault]) -> None:
    if len(openers) < DEEPEST:
        kept.append(token)
        openers.append(token)
        return
    if None not in openers:
        faults.append(_fault(token, "too_deep"))
    openers.append(None)


def _closed(token: Token, kept: list[Token], openers: list[Token | None], faults: list[Fault]) -> None:
    if not openers:
        faults.append(_fault(token, "bracket_unopened"))
        return
    opener = openers.pop()
    if opener is not None and not _close(token, kept):
        length = token.end - opener.start
        faults.append(Fault(position=opener.start, length=length, code="bracket_empty", found="()"))


def _close(token: Token, kept: list[Token]) -> bool:
    """Closes the bracket that was opened last; one with nothing inside falls away, and False is given."""
    if kept[-1].kind == "open":
        kept.pop()
        return False
    kept.append(token)
    return True


def _with_terms(found: list[Token], faults: list[Fault], kinds: tuple[str, ...]) -> Iterator[Token]:
    """Operators of these kinds where they have their terms; others are words, or nothing where they have no letter."""
    before: Token | None = None
    for token, following in zip_longest(found, found[1:]):
        kept: Token | None = token
        if token.kind in kinds and not _has_terms(token, before, following):
            kept = msgspec.structs.replace(token, kind="word") if words(token.text) else None
            faults.append(_fault(token, "operator_alone" if kept else "operator_removed"))
        if kept is not None:
            before = kept
            yield kept


def _has_terms(token: Token, before: Token | None, following: Token | None) -> bool:
    if following is None:
        return False
    if token.kind == "not":
        return following.kind in _UNITS
    return before is not None and before.kind in _ENDS and following.kind in (*_UNITS, "not")
