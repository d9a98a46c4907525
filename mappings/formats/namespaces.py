"""Namespaces of a fragment: what was declared around it is declared on it, so that it can be parsed alone."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

#: two namespaces that are this alike are the same one misspelt
_ALIKE = 0.8
_START = re.compile(r"\s*<([^\s/>]+)([^>]*)>")


def declared(payload: str, namespaces: dict[str, str]) -> str:
    """`payload` with the namespaces in scope declared on its first element, unless it declares them itself."""
    if not namespaces:
        return payload
    start = _START.match(payload)
    if start is None:
        return payload
    attributes = start[2]
    missing = (
        _declarations(tuple(namespaces.items()))
        if "xmlns" not in attributes
        else "".join(
            _declaration(prefix, uri)
            for prefix, uri in namespaces.items()
            if not re.search(rf"\sxmlns{':' + re.escape(prefix) if prefix else ''}\s*=", attributes)
        )
    )
    return payload[: start.end(1)] + missing + payload[start.end(1) :]


@lru_cache(maxsize=256)
def _declarations(namespaces: tuple[tuple[str, str], ...]) -> str:
    return "".join(_declaration(prefix, uri) for prefix, uri in namespaces)


def _declaration(prefix: str, uri: str) -> str:
    escaped = uri.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f' xmlns:{prefix}="{escaped}"' if prefix else f' xmlns="{escaped}"'


@lru_cache(maxsize=256)
def alike(one: str, other: str) -> bool:
    """Whether one namespace may be the other, misspelt."""
    matcher = SequenceMatcher(None, one.lower(), other.lower())
    # lengths alone tell most apart: how long the one may be is for a stranger to say
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
