"""Doubt around a date: circa, question marks, and the brackets of what a cataloguer supplied."""

from __future__ import annotations

import re

from mappings.dates import part as parts
from mappings.dates.manner import Manner, behind
from mappings.dates.part import Part

_CIRCA = re.compile(
    r"(?:(?:ca|cca|circa|about|abt|approximately|approx|around|roughly|vers|verso il|verso|environ|um|etwa|hacia|around the|"
    r"estimated|est|aprox|aproximativ)\b\.?|c\.|c (?=\d)|~|±)[ ,]*(?:the )?(?=\S)"
)
_BARE_C = re.compile(r"c(?=[12]\d{3})")
_CIRCA_BEHIND = re.compile(r"[ ,(\[]+(?:ca|c|circa|approx|approximate|approximately|estimated|about)\b\.?[)\]]?")
_DOUBT = re.compile(r"(?:possibly|probably|perhaps|presumably|maybe|prob\.|poss\.|probabil|\?)[ ,]*(?=\S)")
_DOUBT_BEHIND = re.compile(r"[ ,]*(?:\?+|\(\?\)|\[\?\]|[(\[]?(?:probably|uncertain|presumed|possibly)[)\]]?)")
_WHOLE_BRACKETS = re.compile(r"\[([^\[\]]*)\]?|([^\[\]]*)\]|\(([^()]*)\)|<([^<>]*)>?")


def circa(text: str, manner: Manner, depth: int) -> Part | None:
    """`c. 1830`, `1830 approx.`"""
    before, after = _CIRCA.match(text), behind(_CIRCA_BEHIND, text)
    if not before and not after:
        return _bare_c(text, manner, depth)
    rest = text[before.end() :] if before else text[: after.start()] if after else text
    found = manner.whole(rest, manner, depth)
    return parts.qualified(found, "~") if found else None


def _bare_c(text: str, manner: Manner, depth: int) -> Part | None:
    found = _BARE_C.match(text)
    if found is None:
        return None
    inner = manner.whole(text[found.end() :], manner, depth)
    if inner is None:
        return None
    return parts.qualified(inner, "~") if manner.c == "circa" else inner._replace(kind="copyright")


def doubt(text: str, manner: Manner, depth: int) -> Part | None:
    """`1830?`, `probably 1830`."""
    before, after = _DOUBT.match(text), behind(_DOUBT_BEHIND, text)
    if not before and not after:
        return None
    found = manner.whole(text[before.end() :] if before else text[: after.start()] if after else text, manner, depth)
    return parts.qualified(found, "?") if found else None


def brackets(text: str, manner: Manner, depth: int) -> Part | None:
    """`[1923]`: supplied by the cataloguer; round brackets say nothing."""
    found = _WHOLE_BRACKETS.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    inner = manner.whole(next(filter(None, found.groups())), manner, depth)
    return inner.flagged("inferred") if inner and text[0] not in "(<" else inner


def supplied_digits(text: str, manner: Manner, depth: int) -> Part | None:
    """`19[23]`, `[19]23`: part of the date is the cataloguer's."""
    if not re.fullmatch(r"[\d?-]*\[[\d?-]+\][\d?-]*", text):
        return None
    inner = manner.whole(text.replace("[", "").replace("]", ""), manner, depth)
    return inner.flagged("inferred") if inner else None
