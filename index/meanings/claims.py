"""A claim: words that name something, what they then ask for, and whether a search goes after it unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from index.query.asked import asked_words
from index.query.model import Equals, Or, Phrase, QueryNode, Words
from mappings.schema.folding import words

#: what words may name
ClaimKind = Literal[
    "code", "identifier", "date", "place", "type", "level", "language", "institution", "synonym", "pinyin"
]  # fmt: skip
#: institutions that the reader may know of: folded name -> value of the facet
Holders = Mapping[str, str]
#: words as typed that the index knows: Latin ones that are looked for as the Chinese ones that they spell, and codes
Sounds = frozenset[str]
NO_SOUNDS: Sounds = frozenset()


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What some words name."""

    kind: ClaimKind
    #: what is looked for beside the words; None where it is only offered
    meaning: QueryNode | None
    #: the condition for it alone; None where there is none
    only: QueryNode | None = None
    #: other names that are looked for
    also: tuple[str, ...] = ()
    #: of what may be one of several things: each, and the condition for it alone
    readings: tuple[tuple[str, QueryNode], ...] = ()


def key_of(text: str) -> str:
    """What names are compared by: their folded words."""
    return " ".join(words(text))


def name_node(name: str) -> QueryNode:
    """A name anywhere: a word, or words side by side; a word with a capital has no other forms (`named_words`)."""
    return Words(text=name) if len(asked_words(name)) == 1 and " " not in name else Phrase(text=name)


def one_of(nodes: Iterable[QueryNode]) -> QueryNode:
    """At least one of the nodes; there is one or more."""
    found = tuple(dict.fromkeys(nodes))
    return found[0] if len(found) == 1 else Or(of=found)


def valued(field: str, values: Iterable[str]) -> QueryNode:
    """The condition that a facet has one of these values."""
    return one_of(Equals(field=field, value=value) for value in values)
