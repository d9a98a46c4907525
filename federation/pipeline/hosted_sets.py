"""The sets of a hosted feed: those that its own records name, written as a setSpec has to be (OAI-PMH 2.0, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from federation.storage.export_sets import NamedSet

_LEGAL = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
#: a legal setSpec that looks like an escaped one is escaped too, so that no two share a set
_ESCAPED = re.compile("![0-9A-F]{2}")
_UNRESERVED = "-_.~*'()"


def sets_of(set_specs: Iterable[str]) -> tuple[NamedSet, ...]:
    """The sets, each with those above it, and called as the records call them."""
    found: dict[str, NamedSet] = {}
    for stated in set_specs:
        parts = stated.split(":") if all(stated.split(":")) else [stated]
        written = [spec_of(part) for part in parts]
        for depth in range(1, len(parts) + 1):
            spec = ":".join(written[:depth])
            found[spec] = NamedSet(spec=spec, name=":".join(parts[:depth]))
    return tuple(found.values())


def spec_of(part: str) -> str:
    """A part of a setSpec, percent-encoded with `!` for `%` where it is not legal as it stands."""
    if _LEGAL.fullmatch(part) and not _ESCAPED.search(part):
        return part
    return quote(part, safe=_UNRESERVED).replace("%", "!")
