"""Where a description stands: the records above it, those beside it around its place, and those directly below."""

from __future__ import annotations

import msgspec

from mappings.schema.levels import Level
from mappings.schema.unified import Member, UnifiedRecord
from portal_api.exchange import Below, Catalogue

#: records that a page shows before and behind its own, and of those below
BESIDE, BELOW = 25, 100


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A record above."""

    id: str
    level: Level
    #: None where the reader may not know it
    title: str | None


class TreeView(msgspec.Struct, frozen=True, kw_only=True):
    """One institution's description in its hierarchy."""

    record: UnifiedRecord
    institution_name: str
    #: the outermost first
    above: tuple[Branch, ...]
    #: those of the same record above, it among them; nothing where it stands above all
    siblings: Below = Below()
    #: where the pages around begin; None where there are none
    earlier: int | None = None
    later: int | None = None
    #: those below, and where the pages around these begin
    below: Below = Below()
    below_earlier: int | None = None
    below_later: int | None = None


def tree_view(
    catalogue: Catalogue, record: UnifiedRecord, audience: str, *, first: int | None = None, after: int = 0
) -> TreeView:
    """The view of a description, which is a thing of one member.

    first   siblings that are left out; None = a window around its own place
    """
    member = record.members[0]
    below = catalogue.below(member.record, audience, after, BELOW)
    view = TreeView(
        record=record,
        institution_name=member.institution_name,
        above=_above(member),
        below=below,
        below_earlier=max(after - BELOW, 0) if after else None,
        below_later=after + BELOW if after + BELOW < below.total else None,
    )
    place = catalogue.place(member.record, audience)
    if place is None:
        return view
    start, size = max(place.before - BESIDE, 0) if first is None else first, 2 * BESIDE + 1
    return msgspec.structs.replace(
        view,
        siblings=catalogue.below(place.parent, audience, start, size),
        earlier=max(start - size, 0) if start else None,
        later=start + size if start + size < place.total else None,
    )


def _above(member: Member) -> tuple[Branch, ...]:
    path = member.hierarchy.path if member.hierarchy else ()
    return tuple(Branch(id=step.id, level=step.level, title=step.title) for step in path)
