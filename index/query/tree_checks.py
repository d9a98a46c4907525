"""What a tree that nobody typed may hold: what could have been typed, and nothing else.

Every fault names its member by a pointer (RFC 6901), what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from index.fields import NAMES
from index.query.faults import EXPECTED
from index.query.limits import LOOSE_WORDS, MOST_SLOP, Allowance
from index.query.model import (
    And,
    Dates,
    Either,
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
from index.query.tokens import CONTROLS
from index.query.values import Bounds, bounds_of, is_one_date, word_node
from index.query.whole_values import below
from mappings.schema.folding import words


class TreeFault(NamedTuple):
    """A member that cannot stand."""

    pointer: str
    expected: str
    found: str


def faults_of(tree: QueryNode) -> Iterator[TreeFault]:
    """The faults of a tree, in the order of its members."""
    allowance = Allowance()
    for pointer, node in _nodes(tree, ""):
        for fault in (*_controls(node), *_members(node)):
            yield fault._replace(pointer=pointer + fault.pointer)
        if not isinstance(node, And | Or | Not | Either) and (excess := allowance.excess(node)):
            yield TreeFault(pointer, str(excess), "more")


def _nodes(node: QueryNode, pointer: str) -> Iterator[tuple[str, QueryNode]]:
    yield pointer, node
    match node:
        case And(of=parts) | Or(of=parts):
            for number, part in enumerate(parts):
                yield from _nodes(part, f"{pointer}/of/{number}")
        case Not(of=part):
            yield from _nodes(part, f"{pointer}/of")
        case Either(meaning=part):
            yield from _nodes(part, f"{pointer}/meaning")


def _controls(node: QueryNode) -> Iterator[TreeFault]:
    for member in ("text", "value", "start", "end"):
        if found := CONTROLS.search(getattr(node, member, None) or ""):
            named = {"start": "from", "end": "to"}.get(member, member)
            yield TreeFault(f"/{named}", EXPECTED["control_removed"], f"U+{ord(found.group()):04X}")


def _members(node: QueryNode) -> Iterator[TreeFault]:
    match node:
        case And(of=()) | Or(of=()):
            yield TreeFault("/of", "one part or more", "[]")
        case Words(text=text, field=field) | Starts(text=text, field=field) | Whole(text=text, field=field):
            yield from _worded(text, field)
        case Phrase(text=text, field=field, slop=slop):
            yield from _worded(text, field)
            yield from _loose(text, slop)
        case Either(text=text):
            yield from _worded(text, None)
        case Prefix(text=text, field=field):
            yield from (*_fielded(field, "text"), *_masked(f"{text}*", text))
        case Pattern(text=text, field=field):
            yield from (*_fielded(field, "text"), *_masked(text, text))
        case Fuzzy(text=text, field=field, edits=edits):
            yield from (*_fielded(field, "text"), *_near(text, edits))
        case Equals(field=field, value=value):
            yield from (*_fielded(field, "lookup", "facet"), *_valued(value))
        case Under(field=field, value=value):
            yield from _under(field, value)
        case Dates(start=start, end=end):
            yield from _dated(start, end)


def _fielded(field: str | None, *kinds: str) -> Iterator[TreeFault]:
    offered = sorted({name.field for name in NAMES.values() if name.kind in kinds})
    if field is not None and field not in offered:
        yield TreeFault("/field", f"one of the fields {', '.join(offered)}", field)


def _worded(text: str, field: str | None) -> Iterator[TreeFault]:
    yield from _fielded(field, "text")
    if not words(text):
        yield TreeFault("/text", "a word", text or '""')


def _loose(text: str, slop: int) -> Iterator[TreeFault]:
    if not 0 <= slop <= MOST_SLOP:
        yield TreeFault("/slop", f"slop of 0 to {MOST_SLOP}", str(slop))
    elif slop and len(words(text)) not in LOOSE_WORDS:
        yield TreeFault("/slop", "slop of 0, or a phrase of 2 to 4 words", str(slop))


def _masked(written: str, text: str) -> Iterator[TreeFault]:
    has_mask = "*" in written or "?" in written
    if not (has_mask and words(text)) or word_node(written, None).fault is not None:
        yield TreeFault("/text", EXPECTED["mask_removed"], text or '""')


def _near(text: str, edits: int) -> Iterator[TreeFault]:
    read = word_node(f"{text}~{max(edits, 0)}", None)
    if not text or not isinstance(read.node, Fuzzy):
        yield TreeFault("/text", "one word of 4 letters or more", text or '""')
    elif read.node.edits != edits:
        yield TreeFault("/edits", "edits of 1 or 2, of 2 from 8 letters on", str(edits))


def _valued(value: str) -> Iterator[TreeFault]:
    if not value.strip():
        yield TreeFault("/value", "a value", f'"{value}"')


def _under(field: str, value: str) -> Iterator[TreeFault]:
    if field not in ("ancestors", "code_path"):
        yield TreeFault("/field", "one of the fields ancestors, code_path", field)
    if not (below(value) if field == "code_path" else value.strip()):
        yield TreeFault("/value", "a value", f'"{value}"')


def _dated(start: str | None, end: str | None) -> Iterator[TreeFault]:
    if start is None and end is None:
        yield TreeFault("", "from, to or both", "neither")
        return
    bounds = [(pointer, bound) for pointer, bound in (("/from", start), ("/to", end)) if bound is not None]
    unread = [(pointer, bound) for pointer, bound in bounds if not is_one_date(bound)]
    yield from (TreeFault(pointer, EXPECTED["date_unread"], bound or '""') for pointer, bound in unread)
    if not unread and start and end and start != end and bounds_of(f"{start}..{end}") != Bounds(start, end, False):
        yield TreeFault("/to", "a date that is not before the one of from", end)
