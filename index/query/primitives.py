"""What a query comes to: the few forms that every engine knows. A backend turns them into its own dialect.

Fields are those of `index.fields`; texts are ready tokens. Prefix, Pattern and Fuzzy score as constants, which the
engines' own scores of them are not equal in. Nothing here can hold itself, so no collector of cycles looks at it: kept
queries may have a million pieces.
"""

from __future__ import annotations

import msgspec


class Term(msgspec.Struct, frozen=True, gc=False):
    """The field holds this token."""

    field: str
    text: str


class Terms(msgspec.Struct, frozen=True, gc=False):
    """The field holds one of these tokens; scores nothing."""

    field: str
    texts: tuple[str, ...]


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """The tokens side by side, in order, with at most `slop` others between them in all; two tokens or more."""

    field: str
    texts: tuple[str, ...]
    slop: int = 0


class Prefix(msgspec.Struct, frozen=True, gc=False):
    """A token that begins so."""

    field: str
    text: str


class Pattern(msgspec.Struct, frozen=True, gc=False):
    """A token of this form: `*` any characters, `?` one."""

    field: str
    text: str


class Fuzzy(msgspec.Struct, frozen=True, gc=False):
    """A token at most `edits` letters away; two neighbours that change places are one edit."""

    field: str
    text: str
    edits: int


class Range(msgspec.Struct, frozen=True, gc=False):
    """A whole number in the field lies between the bounds, inclusive; None = open."""

    field: str
    low: int | None = None
    high: int | None = None


class Bool(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All of `must`, at least `minimum` of `should`, none of `must_not`; scores of what matches add up."""

    must: tuple[Primitive, ...] = ()
    should: tuple[Primitive, ...] = ()
    must_not: tuple[Primitive, ...] = ()
    minimum: int = 0


class DisMax(msgspec.Struct, frozen=True, gc=False):
    """At least one; the best score, and a tenth of the others'."""

    of: tuple[Primitive, ...]
    tie: float = 0.1


class Boost(msgspec.Struct, frozen=True, gc=False):
    """The same matches, their score times `by`."""

    of: Primitive
    by: float


class Constant(msgspec.Struct, frozen=True, gc=False):
    """The same matches, all of one score."""

    of: Primitive
    score: float


class All(msgspec.Struct, frozen=True, gc=False):
    """Every document."""


class Nothing(msgspec.Struct, frozen=True, gc=False):
    """No document."""


Primitive = Term | Terms | Phrase | Prefix | Pattern | Fuzzy | Range | Bool | DisMax | Boost | Constant | All | Nothing


def filtered(of: Primitive) -> Constant:
    """A condition that narrows and does not rank."""
    return Constant(of, 0.0)


def any_of(parts: tuple[Primitive, ...]) -> Primitive:
    """At least one of the parts."""
    return parts[0] if len(parts) == 1 else Bool(should=parts, minimum=1)
