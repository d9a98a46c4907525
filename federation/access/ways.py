"""How a reader can see a thing: exactly one way first, then each holder's others.

    view_at_holder   digital and open, on the holder's own pages
    reading_room     open, and seen where it is kept
    ask              the holder decides
    closed_until     closed, with an end; once that is past, "ended, being reviewed", which opens nothing
    closed           closed; whoever may apply is told so

Total and pure; words are the templates'. Of a member whose content is not open no address of content is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from federation.access.conditions import closure_ended, content_class
from federation.access.policy import Viewer, acted_for
from mappings.schema.access import Access, Condition, Reason
from mappings.schema.record import Digital
from mappings.schema.unified import Member, Origin, Sourced, UnifiedRecord
from mappings.schema.withheld_content import CONTENT_ROLES

Kind = Literal["view_at_holder", "reading_room", "ask", "closed_until", "closed"]

#: the way that helps a reader most comes first
KINDS: tuple[Kind, ...] = ("view_at_holder", "reading_room", "ask", "closed_until", "closed")


class Way(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to one holder's material."""

    kind: Kind
    #: record id of the member
    record: str
    #: slug and name of the holder
    institution: str
    institution_name: str
    reference_code: str | None = None
    #: the content itself for `view_at_holder`, else the holder's own page
    url: str | None = None
    conditions: tuple[Condition, ...] = ()
    reason: Reason | None = None
    #: EDTF
    until: str | None = None
    closure_years: int | None = None
    #: the closure's stated end is past: it is being reviewed, and stays closed
    ended: bool = False
    #: somebody may apply although it is closed
    may_apply: bool = False
    department: str | None = None
    #: the holder's statement as given
    statement: str | None = None


class HolderWays(msgspec.Struct, frozen=True, kw_only=True):
    """What one holder offers besides the first way."""

    institution: str
    institution_name: str
    ways: tuple[Way, ...]


class WaysToSee(msgspec.Struct, frozen=True, kw_only=True):
    """All ways to see one thing."""

    primary: Way
    #: in the order of members; a holder with nothing left is absent
    rest: tuple[HolderWays, ...] = ()


def ways_to_see(unified: UnifiedRecord, reader: Viewer, now: datetime) -> WaysToSee:
    """The ways of `unified` for `reader`.

    unified   as the reader's audience sees it; members that are not in it give no way
    now       what ends of closures are compared with
    """
    own = acted_for(reader)
    found = [way for member in unified.members for way in _ways_of(member, unified, now, own=member.institution == own)]
    primary = min(found, key=lambda way: KINDS.index(way.kind))
    return WaysToSee(primary=primary, rest=tuple(_by_holder(way for way in found if way is not primary)))


def _by_holder(ways: Iterator[Way]) -> Iterator[HolderWays]:
    grouped: dict[str, list[Way]] = {}
    for way in ways:
        grouped.setdefault(way.institution, []).append(way)
    for slug, mine in grouped.items():
        ordered = sorted(mine, key=lambda way: KINDS.index(way.kind))
        yield HolderWays(institution=slug, institution_name=mine[0].institution_name, ways=tuple(ordered))


def _ways_of(member: Member, unified: UnifiedRecord, now: datetime, *, own: bool) -> Iterator[Way]:
    """The ways of one member; `own` where the reader acts for its institution."""
    content = content_class(member.access)
    if content == "open" or (own and content != "never"):
        yield from (_way("view_at_holder", member, now, url=url) for url in _content_of(member, unified))
        yield _way("reading_room", member, now)
    elif member.access.status == "closed":
        yield _way("closed_until" if _has_end(member.access) else "closed", member, now)
    elif content == "institution":
        yield _way("closed", member, now)
    else:
        yield _way("ask", member, now)


def _content_of(member: Member, unified: UnifiedRecord) -> list[str]:
    """Addresses of the member's own digital content, each once, in the order of the record."""
    stated = [reading for digital in unified.digital for reading in _readings(digital)]
    mine = [value for value, origins in stated if any(origin.record == member.record for origin in origins)]
    return list(dict.fromkeys(value.url for value in mine if value.role in CONTENT_ROLES))


def _readings(digital: Sourced[Digital]) -> list[tuple[Digital, tuple[Origin, ...]]]:
    return [(digital.value, digital.origins), *((other.value, other.origins) for other in digital.others)]


def _has_end(access: Access) -> bool:
    return access.until is not None or access.closure_years is not None


def _way(kind: Kind, member: Member, now: datetime, *, url: str | None = None) -> Way:
    access = member.access
    return Way(
        kind=kind,
        record=member.record,
        institution=member.institution,
        institution_name=member.institution_name,
        reference_code=member.reference_code,
        url=url or member.url,
        conditions=access.conditions,
        reason=access.reason,
        until=access.until,
        closure_years=access.closure_years,
        ended=closure_ended(access, now),
        may_apply=access.status == "closed" and access.requestable,
        department=access.department,
        statement=access.conditions_of_access,
    )
