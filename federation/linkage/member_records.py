"""A member of a cluster as `unify` receives it, and what of it an audience may see.

Which records are members is decided by `cluster`; which statement survives by `survivorship`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mappings.schema.access import Access
from mappings.schema.holding import Holding
from mappings.schema.record import CatalogueRecord, Rules, Title
from mappings.schema.withheld_content import withholds_content

INSTITUTION = "institution:"

#: pseudo-rule of the title that stands where the line hides the real one
REDUCED = "line:reduced"


class MemberRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One live record of a cluster with what is known about its feed."""

    record: CatalogueRecord
    rules: Rules
    #: slug and name of the institution whose feed gave the record
    institution: str
    institution_name: str
    feed: str
    #: ISO 8601 UTC of the first raw version
    first_seen: str | None
    #: `seq` of the record's last change
    seq: int
    #: of the feed: higher speaks first
    priority: int = 0


def own_audience(institution: str) -> str:
    """The audience of the people who act for one institution."""
    return INSTITUTION + institution


def is_visible(member: MemberRecord, audience: str) -> bool:
    """Whether the entry is one that the audience may know of at all."""
    return member.record.access.line != "hidden" or audience == own_audience(member.institution)


def visible(members: Iterable[MemberRecord], audience: str) -> list[MemberRecord]:
    """The members that the audience may know of, each cut to its line."""
    return [cut(member, audience) for member in members if is_visible(member, audience)]


def cut(member: MemberRecord, audience: str) -> MemberRecord:
    """The member without what a reduced line withholds; whole for its own institution."""
    if audience == own_audience(member.institution):
        return member
    if member.record.access.line == "full":
        return _without_content(member)
    return msgspec.structs.replace(member, record=_reduced(member.record), rules=_reduced_rules(member.rules))


def _without_content(member: MemberRecord) -> MemberRecord:
    """The member without its digital addresses where these lead to content that is restricted or closed."""
    record = member.record
    if not withholds_content(record):
        return member
    return msgspec.structs.replace(member, record=msgspec.structs.replace(record, digital=()))


def _reduced(record: CatalogueRecord) -> CatalogueRecord:
    """Reference code, level, dates, holder and reason; no title, no free text (access chapter, 1).

    The holder's own identifier may be made of the title's words, and goes with it.
    """
    return CatalogueRecord(
        id=record.id,
        source=msgspec.structs.replace(record.source, native_id=""),
        level=record.level,
        level_inferred=record.level_inferred,
        title=Title(value=_stand_in(record), supplied=True),
        dates=record.dates,
        holding=tuple(_reduced_holding(holding) for holding in record.holding),
        access=_reduced_access(record.access),
    )


def _stand_in(record: CatalogueRecord) -> str:
    code = next((holding.reference_code for holding in record.holding if holding.reference_code), None)
    return f"[{record.level}, {code}]" if code else f"[{record.level}]"


def _reduced_holding(holding: Holding) -> Holding:
    return msgspec.structs.replace(holding, containers=(), url=None)


def _reduced_access(access: Access) -> Access:
    return msgspec.structs.replace(access, conditions_of_access=None, secrecy=None, retention=None)


def _reduced_rules(rules: Rules) -> Rules:
    kept = ("/level", "/dates", "/holding", "/access")
    return {pointer: origin for pointer, origin in rules.items() if pointer.startswith(kept)} | {
        "/title/value": ((REDUCED, ""),)
    }
