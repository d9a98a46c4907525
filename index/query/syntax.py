"""What people type, as a query tree: words, "phrases", field:value, OR, NOT, -, brackets, masks, fuzzy~, dates.

Lenient reading never fails and says by notices what it read otherwise; strict reading raises QueryInvalid. Own
descent, linear in the input; positions are code points of what was typed.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NoReturn

import msgspec

from index.errors import QueryInvalid
from index.fields import NAMES, Name
from index.query.canonical import canonical
from index.query.limits import (
    DEEPEST,
    LONGEST,
    MOST_CLAUSES,
    MOST_MASKS,
    MOST_PHRASES,
    MOST_WORDS,
    count_words,
)
from index.query.model import (
    All,
    And,
    Dates,
    Equals,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)
from index.query.tokens import Token, tokens
from index.query.values import bounds_of, word_node
from index.request import Syntax
from index.results import Notice
from mappings.schema.folding import fold, words


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """The tree, and what of the text was read otherwise than written."""

    tree: QueryNode
    notices: tuple[Notice, ...] = ()


def parse(text: str, syntax: Syntax = "lenient") -> Parsed:
    """The tree of a typed query; an empty one asks for everything.

    raises   QueryInvalid under strict syntax
    """
    reader = _Reader(text, syntax)
    tree = reader.whole()
    return Parsed(tree=canonical(tree), notices=tuple(reader.notices))


class _Reader:
    def __init__(self, text: str, syntax: Syntax) -> None:
        self.syntax = syntax
        self.notices: list[Notice] = []
        self.place = self.depth = self.clauses = self.words = self.masks = self.phrases = 0
        if len(text) > LONGEST:
            self.fault(LONGEST, "at most 512 characters", text[LONGEST : LONGEST + 10], "query_cut")
        self.text = text[:LONGEST]
        self.tokens = tokens(self.text)
        for token in self.tokens:
            if token.kind == "quote" and not token.closed:
                self.fault(token.start, 'a closing "', "", "quote_unclosed")

    def fault(self, position: int, expected: str, found: str, code: str, length: int = 1) -> None:
        if self.syntax == "strict":
            self.refuse(position, expected, found)
        self.notices.append(Notice(position=position, length=length, code=code))

    def refuse(self, position: int, expected: str, found: str) -> NoReturn:
        raise QueryInvalid(position, expected, found)

    def peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def whole(self) -> QueryNode:
        parts: list[QueryNode] = []
        while (token := self.peek()) is not None:
            if token.kind == "close":
                self.fault(token.start, "a term", ")", "bracket_unopened")
                self.place += 1
                continue
            found = self.either_of()
            if found is not None:
                parts.append(found)
        return _all_of(parts) or All()

    def either_of(self) -> QueryNode | None:
        """`and {OR and}`, up to a closing bracket."""
        found = [self.all_together()]
        while (token := self.peek()) is not None and token.kind == "or":
            self.place += 1
            following = self.all_together()
            if found[-1] is None or following is None:
                self.fault(token.start, "a term", token.text, "operator_alone", len(token.text))
            found.append(following)
        parts = tuple(each for each in found if each is not None)
        if len(parts) < 2:
            return parts[0] if parts else None
        return Or(of=parts)

    def all_together(self) -> QueryNode | None:
        parts: list[QueryNode] = []
        while (token := self.peek()) is not None and token.kind not in ("or", "close"):
            if token.kind == "and":
                self.place += 1
                continue
            found = self.item(token)
            if found is not None and self.clauses < MOST_CLAUSES:
                self.clauses += 1
                parts.append(found)
            elif found is not None:
                self.fault(token.start, "at most 32 clauses", token.text, "clauses_cut", len(token.text))
        return _all_of(parts)

    def item(self, token: Token) -> QueryNode | None:
        if token.kind != "not":
            return self.unit()
        self.place += 1
        following = self.peek()
        if following is None or following.kind in ("or", "and", "close", "not"):
            self.fault(token.start, "a term", token.text, "operator_alone", len(token.text))
            return None
        found = self.unit()
        return None if found is None else Not(of=found)

    def unit(self) -> QueryNode | None:
        token = self.tokens[self.place]
        self.place += 1
        match token.kind:
            case "open":
                return self.bracket(token)
            case "quote":
                return self.quoted(token, None, "")
            case _:
                return self.word(token)

    def bracket(self, opener: Token) -> QueryNode | None:
        if self.depth >= DEEPEST:
            self.fault(opener.start, "at most 8 brackets inside each other", "(", "too_deep")
            return None
        self.depth += 1
        found = self.either_of()
        self.depth -= 1
        closing = self.peek()
        if closing is not None and closing.kind == "close":
            self.place += 1
        else:
            self.fault(opener.start, ")", "", "bracket_unclosed")
        if found is None:
            self.fault(opener.start, "a term", "()", "bracket_empty")
        return found

    def quoted(self, token: Token, field: str | None, mark: str) -> QueryNode | None:
        if self.too_much(token, Phrase(text=token.text)):
            return None
        if not words(token.text):
            self.fault(token.start, "words between the quotes", token.text, "quote_empty")
            return None
        if mark == "^":
            return Starts(text=token.text, field=field)
        if mark == "=":
            return Whole(text=token.text, field=field)
        return Phrase(text=token.text, field=field, slop=token.slop)

    def word(self, token: Token) -> QueryNode | None:
        name, colon, value = token.text.partition(":")
        known = NAMES.get(fold(name)) if colon else None
        if known is not None:
            return self.named(token, known, value)
        if colon and self.syntax == "strict" and name.isalpha() and not value.startswith("//"):
            self.refuse(token.start, _field_like(name), name)
        return self.plain(token, token.text, None)

    def plain(self, token: Token, value: str, field: str | None) -> QueryNode | None:
        node, fault = word_node(value, field)
        if self.too_much(token, node):
            return None
        if fault:
            self.fault(token.start, "3 letters before a mask", value, fault, len(token.text))
        return node

    def too_much(self, token: Token, node: QueryNode | None) -> bool:
        """Counts a leaf; one that is too many is left out and said."""
        text = getattr(node, "text", "")
        self.words += count_words(text)
        self.masks += isinstance(node, Prefix | Pattern | Fuzzy)
        self.phrases += isinstance(node, Phrase)
        asked = (
            (self.words, MOST_WORDS, "words"),
            (self.masks, MOST_MASKS, "words with masks"),
            (self.phrases, MOST_PHRASES, "phrases"),
        )
        for count, most, what in asked:
            if count > most and text:
                self.fault(token.start, f"at most {most} {what}", token.text, "query_cut", len(token.text))
                return True
        return False

    def named(self, token: Token, name: Name, value: str) -> QueryNode | None:
        following = self.peek()
        joined = following is not None and following.start == token.start + len(token.text)
        mark = value if value in ("^", "=") else ""
        if following is not None and joined and following.kind == "quote" and value in ("", "^", "="):
            self.place += 1
            if name.kind == "text":
                return self.quoted(following, name.field, mark)
            return self.valued(following, name, following.text)
        if following is not None and joined and following.kind == "open" and not value:
            self.place += 1
            return _within(self.bracket(following), name)
        if not value:
            self.fault(token.start, "a value behind the colon", "", "value_missing", len(token.text))
            return self.plain(token, token.text, None)
        return self.valued(token, name, value)

    def valued(self, token: Token, name: Name, value: str) -> QueryNode | None:
        match name.kind:
            case "text":
                return self.plain(token, value, name.field)
            case "date":
                return self.dated(token, name, value)
            case _:
                return _looked_up(name, value)

    def dated(self, token: Token, name: Name, value: str) -> QueryNode | None:
        bounds = bounds_of(value)
        if bounds is None:
            self.fault(token.start, "a year, EDTF date or period", value, "date_unread", len(token.text))
            return self.plain(token, value, None)
        if bounds.swapped:
            self.fault(token.start, "the earlier date first", value, "date_swapped", len(token.text))
        mode = "within" if name.field == "within" else "overlap"
        return Dates(start=bounds.start, end=bounds.end, mode=mode)  # type: ignore[arg-type]


def _field_like(name: str) -> str:
    near = get_close_matches(fold(name), NAMES, n=1, cutoff=0.5)
    return f"a field's name, such as {near[0]}" if near else "a field's name"


def _looked_up(name: Name, value: str) -> QueryNode:
    if name.field == "ancestors":
        return Under(field="ancestors", value=value)
    if name.field == "code" and value.endswith("*"):
        return Under(field="code_path", value=value.rstrip("*").rstrip("/-.·:_ "))
    return Equals(field=name.field, value=value)


def _within(node: QueryNode | None, name: Name) -> QueryNode | None:
    """A bracket's content as sought in one field."""
    match node:
        case And(of=parts) | Or(of=parts):
            inner = tuple(each for each in (_within(part, name) for part in parts) if each is not None)
            return type(node)(of=inner)
        case Not(of=part):
            kept = _within(part, name)
            return None if kept is None else Not(of=kept)
        case Words(text=text) if name.kind in ("lookup", "facet"):
            return _all_of([_looked_up(name, each) for each in text.split()])
        case Phrase(text=text) if name.kind in ("lookup", "facet"):
            return _looked_up(name, text)
        case None | All() | Dates() | Equals() | Under():
            return node
        case _ if name.kind == "text" and hasattr(node, "field"):
            return msgspec.structs.replace(node, field=name.field)
        case _:
            return node


def _all_of(parts: list[QueryNode]) -> QueryNode | None:
    """Parts that all have to hold; unquoted words of one field side by side become one node."""
    joined: list[QueryNode] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Words) and isinstance(last, Words) and last.field == part.field:
            joined[-1] = Words(text=f"{last.text} {part.text}", field=part.field)
        elif isinstance(part, And):
            joined.extend(part.of)
        else:
            joined.append(part)
    if len(joined) == 1 and not isinstance(joined[0], Not):
        return joined[0]
    return And(of=tuple(joined)) if joined else None
