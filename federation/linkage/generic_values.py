"""Identifiers that name no one thing: a series' ISBN on every volume, a template's number on every record."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

#: titles under this likeness, in percent, are of different things
UNLIKE = 72
#: an identifier with so many groups of unlike titles is generic
GROUPS = 3


def is_generic(titles: Iterable[str]) -> bool:
    """Whether the holders of an identifier speak of three or more unlike things; a function of them alone.

    titles   main titles of the holders, folded
    """
    groups: list[str] = []
    for title in sorted(set(titles)):
        if not any(_alike(title, known) for known in groups):
            groups.append(title)
            if len(groups) >= GROUPS:
                return True
    return False


def _alike(one: str, other: str) -> bool:
    if (one[:1] >= "\u0250") != (other[:1] >= "\u0250"):
        return True  # scripts that cannot be compared do not count
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other), _partial(one, other)) >= UNLIKE


def _partial(one: str, other: str) -> float:
    return float(fuzz.partial_ratio(one, other)) if min(len(one), len(other)) >= 16 else 0.0
