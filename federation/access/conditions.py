"""The two classes that a unit's `Access` comes to: who sees the line, and who may have the content.

    line      full, reduced or hidden
    content   open to anybody; on_request; for the institution's own people; or never

Neither depends on a clock: time opens nothing by itself. Whether a closure's end lies behind us is said by
`closure_ended`, for a reader to be told and for a person to act on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from mappings.dates.bounds import ordinal_key
from mappings.dates.edtf import bounds
from mappings.schema.access import HIDDEN_SECRECY_RANK, Access, Condition, Line

Content = Literal["open", "on_request", "institution", "never"]

#: conditions that stand between a reader and open content; the others say how an original is consulted
_HELD_BACK_BY: frozenset[Condition] = frozenset({"on_site", "registration", "permission", "fee"})


class Classes(msgspec.Struct, frozen=True, kw_only=True):
    """Both classes of one unit."""

    line: Line
    content: Content


def classes(access: Access) -> Classes:
    """Line and content of a unit."""
    return Classes(line=access.line, content=content_class(access))


def content_class(access: Access) -> Content:
    """Who may have the material; what is not known to be open is never open."""
    if _is_secret(access):
        return "institution"
    match access.status:
        case "open":
            return "on_request" if _is_held_back(access) else "open"
        case "closed":
            return "on_request" if access.requestable else "never"
        case _:
            return "on_request"


def closure_ended(access: Access, now: datetime) -> bool:
    """Whether the last day of the stated closure lies behind `now`; an end that cannot be read never does."""
    span = bounds(access.until) if access.until else None
    return span is not None and span.end is not None and ordinal_key(span.end) < ordinal_key(now.date().isoformat())


def _is_secret(access: Access) -> bool:
    ranked = access.secrecy is not None and access.secrecy.rank >= HIDDEN_SECRECY_RANK
    return ranked or access.line == "hidden" or (access.status != "open" and access.reason == "secrecy")


def _is_held_back(access: Access) -> bool:
    """Open in general, and yet not to be had without asking."""
    above_public = access.secrecy is not None and access.secrecy.rank > 0
    return above_public or not _HELD_BACK_BY.isdisjoint(access.conditions)
