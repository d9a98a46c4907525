"""The state of reading one typed query: its tokens, how far they are read, and what was not as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from index.query.faults import Code, Fault
from index.query.limits import LONGEST, Allowance, is_one_clause
from index.query.model import QueryNode
from index.query.settling import settled
from index.query.tokens import CONTROLS, Token, tokens

#: reading a date costs a quarter of a millisecond where it is none
_RUNS = 40


class Most(NamedTuple):
    """How many leaves are read, and what those behind them would be too much of."""

    leaves: int
    excess: str


class Reading:
    """Tokens that are read one by one, and the faults met on the way."""

    def __init__(self, text: str, most: Most | None = None) -> None:
        self.text = text[:LONGEST]
        typed = tokens(self.text)
        read = settled(typed)
        self.tokens, self.place = read.tokens, 0
        #: runs of words that may still be tried as one date
        self.runs_left = _RUNS
        self.faults = [*_unread(self.text, typed), *read.faults]
        #: leaves that were read
        self.leaves = 0
        self._most = most
        self._allowance = Allowance()
        if len(text) > LONGEST:
            self._cut(LONGEST, len(text), f"at most {LONGEST} characters", text[LONGEST : LONGEST + 10])

    @property
    def ahead(self) -> Token | None:
        """The token that is read next; None at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> Token:
        """Goes on behind the next token."""
        self.place += 1
        return self.tokens[self.place - 1]

    def joined(self, token: Token) -> Token | None:
        """The next token, where no blank parts it from this one."""
        following = self.ahead
        return following if following is not None and following.start == token.end else None

    def fault(self, token: Token, code: Code, expected: str = "", near: tuple[str, ...] = ()) -> None:
        """Tells a fault of a token."""
        found = self.text[token.start : token.end]
        length = token.end - token.start
        self.faults.append(
            Fault(position=token.start, length=length, code=code, expected=expected, found=found, near=near)
        )

    def allowed(self, token: Token, leaf: QueryNode | None, before: QueryNode | None) -> QueryNode | None:
        """The leaf of a token; one that is too many is left out and told.

        before   what it stands beside; plain words of one field are one clause
        """
        if leaf is None:
            return None
        excess = self._excess(leaf, before)
        if excess is None:
            self.leaves += 1
            return leaf
        self._cut(token.start, token.end, excess, token.text)
        return None

    def _excess(self, leaf: QueryNode, before: QueryNode | None) -> str | None:
        if self._most is not None and self.leaves >= self._most.leaves:
            return self._most.excess
        excess = self._allowance.excess(leaf, joins=is_one_clause(before, leaf))
        return str(excess) if excess else None

    def _cut(self, start: int, end: int, expected: str, found: str) -> None:
        """What is too much, told once: from the first piece to the last."""
        if told := next((each for each in self.faults if each.code == "query_cut"), None):
            self.faults.remove(told)
            start, expected, found = told.position, told.expected, told.found
        self.faults.append(Fault(position=start, length=end - start, code="query_cut", expected=expected, found=found))


def _unread(text: str, typed: list[Token]) -> Iterator[Fault]:
    for control in CONTROLS.finditer(text):
        yield Fault(position=control.start(), code="control_removed", found=f"U+{ord(control.group()):04X}")
    for token in typed:
        if token.kind == "quote" and not token.closed:
            yield Fault(position=token.start, code="quote_unclosed")
