"""Names of agents as linkage compares them: family and initial, folded, in either order of writing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from mappings.schema.folding import fold_umlauts, words

#: particles that belong to the family name and do not tell families apart
_PARTICLES = frozenset(
    ["van", "von", "de", "der", "den", "del", "della", "di", "da", "la", "le", "du", "of", "al", "el"]
)
_AFTER = frozenset(["jr", "sr", "ii", "iii", "iv"])
_NOT_NAME = re.compile(r"\(.*?\)|\[.*?\]|\d.*$")


class Name(NamedTuple):
    """A name in comparable form; `initial` is empty where none is known, and of names in Han."""

    family: str
    initial: str


@lru_cache(maxsize=50_000)
def name_of(text: str) -> Name | None:
    """`Müller, Anna`, `Anna Mueller` and `A. Müller` as one family with one initial; None where no letter is left."""
    plain = _NOT_NAME.sub("", text.replace("\ufe20", "").replace("\ufe21", ""))
    if _is_han(plain):
        return Name("".join(words(plain)), "")
    last, comma, first = plain.partition(",")
    if comma and first.strip():
        return _made(_parts(last), _parts(first.split(",")[0]))
    parts = [part for part in _parts(last) if part not in _AFTER]
    return _made(parts[-1:], parts[:-1])


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s.\-']+", fold_umlauts(text)) if any(c.isalnum() for c in part)]


def _made(family: list[str], given: list[str]) -> Name | None:
    kept = [part for part in family if part not in _PARTICLES] or family
    if not kept:
        return None
    initial = next((part[0] for part in given if part not in _PARTICLES), "")
    return Name("".join(c for part in kept for c in part if c.isalnum()), initial)


def _is_han(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(unicodedata.name(c, "").startswith("CJK") for c in letters)
