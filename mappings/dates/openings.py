"""Dates that are open at one end: before, after, since, until."""

from __future__ import annotations

import re
from collections.abc import Callable

from mappings.dates import part as parts
from mappings.dates.manner import Manner, behind
from mappings.dates.part import Part

_BEFORE = re.compile(
    r"(?:before|prior to|pre|earlier than|ante|avant|vor|inainte de|antes de|prima del|prima di|anterior a)[ -](?=\S)"
)
_UP_TO = re.compile(r"(?:not after|no later than|not later than|by|until|till|up to|to|-|through|bis|pana in) ?(?=\S)")
_AFTER = re.compile(r"(?:after|post|later than|dupa|nach|apres|despues de|dopo il|dopo)[ -](?=\S)")
_FROM_ON = re.compile(r"(?:not before|no earlier than|not earlier than|in or after) (?=\S)")
_SINCE = re.compile(r"(?:since|from|beginning in|beginning|b\.|born|fl\. from|seit|ab) (?=\S)")
_BACK_TO = re.compile(r"(?:d\.|died) (?=\S)")
_FLOURISHED = re.compile(r"(?:fl\.?|active|flourished|act\.) (?=\S)")
_STILL = re.compile(
    r" ?-+ ?(?:present|current|now|ongoing|today|date|今|至今)?|(?: on| onwards?| to (?:the )?present| and later| or later|至今|以来|\+)"
)
_FROM_UNKNOWN = re.compile(r"(?:\?+|unknown) ?- ?(?=\S)")
_OR_EARLIER = re.compile(r" or (?:earlier|before)")


def opened(text: str, manner: Manner, depth: int) -> Part | None:
    """`before 1900`, `after 1945`, `1945-`, `since 1945`."""
    for pattern, made in _OPENINGS:
        found = pattern.match(text)
        inner = manner.whole(text[found.end() :], manner, depth) if found else None
        if inner and ".." not in (inner.low, inner.high):
            return made(inner)
    if (found := behind(_OR_EARLIER, text)) and (inner := manner.whole(text[: found.start()], manner, depth)):
        return parts.open_before(inner) if inner.low != ".." else None
    found = behind(_STILL, text)
    inner = manner.whole(text[: found.start()], manner, depth) if found and found.group().strip() else None
    return parts.lasting(inner) if inner and ".." not in (inner.low, inner.high) else None


def from_unknown(text: str, manner: Manner, depth: int) -> Part | None:
    """`?-1923`: from no known beginning."""
    found = _FROM_UNKNOWN.match(text)
    inner = manner.whole(text[found.end() :], manner, depth) if found else None
    return parts.until(inner) if inner and ".." not in (inner.low, inner.high) else None


def _opened_before(found: Part) -> Part | None:
    earlier = parts.before(found)
    return earlier._replace(flags=found.flags) if earlier else None


def _opened_after(found: Part) -> Part | None:
    later = parts.after(found)
    return later._replace(flags=found.flags) if later else None


_OPENINGS: tuple[tuple[re.Pattern[str], Callable[[Part], Part | None]], ...] = (
    (_BEFORE, _opened_before),
    (_AFTER, _opened_after),
    (_FROM_ON, parts.open_after),
    (_UP_TO, parts.open_before),
    (_SINCE, parts.lasting),
    (_BACK_TO, parts.until),
    (_FLOURISHED, lambda found: found.flagged("active")),
)
