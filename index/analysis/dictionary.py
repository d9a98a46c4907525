"""Han parted into words by a dictionary; queries and vectors are, documents hold one character a word."""

from __future__ import annotations

from collections.abc import Iterator


def han_words(run: str) -> Iterator[str]:
    """The words of a run of folded Han, which is to say in simplified characters; joined they are the run."""
    import rjieba  # its dictionary takes a while to load, and most queries hold no Han

    yield from rjieba.cut(run)
