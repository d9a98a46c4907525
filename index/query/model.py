"""The query tree: what was asked, typed, free of any notation and of any engine.

Texts come from `index.query.syntax`, JSON from msgspec; both give these nodes. A field of None means every text column.
Canonical trees (`index.query.canonical`) are flattened, hold negation only inside `And`, and print and parse back to
themselves.
"""

from __future__ import annotations

from typing import Literal

import msgspec

#: overlap: the record's range touches the asked one; within: lies inside it
DateMode = Literal["overlap", "within"]


class Node(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    omit_defaults=True,
    tag_field="node",
    forbid_unknown_fields=True,
):
    """Base of every node; `node` names the kind in JSON."""


class All(Node, frozen=True, kw_only=True, tag="all"):
    """Every record."""


class Words(Node, frozen=True, kw_only=True, tag="words"):
    """Unquoted words, each of which has to stand somewhere (from five on, one in five may be missing)."""

    text: str
    field: str | None = None


class Phrase(Node, frozen=True, kw_only=True, tag="phrase"):
    """Words side by side; `slop` other words may stand between them in all."""

    text: str
    field: str | None = None
    slop: int = 0


class Starts(Node, frozen=True, kw_only=True, tag="starts"):
    """A value that begins with these words."""

    text: str
    field: str | None = None


class Whole(Node, frozen=True, kw_only=True, tag="whole"):
    """A value that is exactly these words."""

    text: str
    field: str | None = None


class Prefix(Node, frozen=True, kw_only=True, tag="prefix"):
    """A word that begins so: `regist*`."""

    text: str
    field: str | None = None


class Pattern(Node, frozen=True, kw_only=True, tag="pattern"):
    """A word with masks inside: `organi?ation`."""

    text: str
    field: str | None = None


class Fuzzy(Node, frozen=True, kw_only=True, tag="fuzzy"):
    """A word at most `edits` letters away: `regester~`."""

    text: str
    field: str | None = None
    edits: int = 1


class Equals(Node, frozen=True, kw_only=True, tag="equals"):
    """A look-up or facet field that has this value: `institution:GB-0074`."""

    field: str
    value: str


class Under(Node, frozen=True, kw_only=True, tag="under"):
    """Everything below a code or an ancestor: `code:WA/HMM/*`, `in:<id>`."""

    field: str
    value: str


class Dates(Node, frozen=True, kw_only=True, tag="dates"):
    """Material of a time; bounds are years or EDTF as typed, inclusive, None = open."""

    start: str | None = msgspec.field(default=None, name="from")
    end: str | None = msgspec.field(default=None, name="to")
    mode: DateMode = "overlap"


class Either(Node, frozen=True, kw_only=True, tag="either"):
    """The words, or what they were understood to mean."""

    text: str
    meaning: QueryNode


class And(Node, frozen=True, kw_only=True, tag="and"):
    """All of them; the only place where a `Not` stands in a canonical tree."""

    of: tuple[QueryNode, ...]


class Or(Node, frozen=True, kw_only=True, tag="or"):
    """At least one of them."""

    of: tuple[QueryNode, ...]


class Not(Node, frozen=True, kw_only=True, tag="not"):
    """None of it."""

    of: QueryNode


Leaf = All | Words | Phrase | Starts | Whole | Prefix | Pattern | Fuzzy | Equals | Under | Dates
QueryNode = Leaf | Either | And | Or | Not
