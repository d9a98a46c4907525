"""Marks of words that are translated where they are shown, not where they stand."""

from __future__ import annotations


def N_(message: str) -> str:
    """`message` itself; the mark lets the catalogue find it."""
    return message
