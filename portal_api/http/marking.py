"""Marks of words that are translated where they are shown, not where they stand."""

from __future__ import annotations

import msgspec


def N_(message: str) -> str:
    """`message` itself; the mark lets the catalogue find it."""
    return message


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of the catalogue, marked by `N_`, and what it speaks of."""

    text: str
    values: dict[str, str | int] = {}
