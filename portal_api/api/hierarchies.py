"""`children` and `ancestors` of a record: where one institution's description stands, a page at a time."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from aiohttp import web

from mappings.schema.hierarchy import Ancestor
from mappings.schema.levels import Level
from mappings.schema.unified import UnifiedRecord
from portal_api.api.catalogue import answered
from portal_api.auth.requests import reader_of
from portal_api.errors import ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import strict
from portal_api.pages.public.things import described


class ChildrenParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on among the records below one."""

    #: the last record that was given
    after: str = ""
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100


class ChildLine(msgspec.Struct, frozen=True, kw_only=True):
    """A record directly below another."""

    id: str
    title: str
    level: Level
    dates: str
    reference_code: str | None


class Children(msgspec.Struct, frozen=True, kw_only=True):
    """Records directly below one, in the order of the archive."""

    id: str
    #: of all pages
    total: int
    children: tuple[ChildLine, ...]
    #: address of the page behind; null at the end
    next: str | None


class Ancestors(msgspec.Struct, frozen=True, kw_only=True):
    """The records above one, the outermost first; a hidden one is told by its id and level alone."""

    id: str
    ancestors: tuple[Ancestor, ...]


async def children(request: web.Request) -> web.Response:
    """What stands directly below a record."""
    asked = strict(request, ChildrenParameters)
    reader, catalogue, record = await reader_of(request), request.app[EXCHANGE].catalogue, await described(request)
    audience, size = reader.visibility.audience, asked.page_size
    below = await asyncio.to_thread(catalogue.below_behind, record.id, audience, asked.after, size)
    if below is None:
        detail = f"after: {asked.after[:80]} does not stand directly below this record"
        raise ParametersInvalid([ParameterFault(parameter="after", code="parameter-invalid", detail=detail)])
    address = f"/api/v1/records/{record.id}/children?after={below.goes_on}&page_size={size}" if below.goes_on else None
    lines = tuple(map(_line, below.records))
    found = Children(id=record.id, total=below.total, children=lines, next=address)
    return answered(request, found, private=reader.known)


async def ancestors(request: web.Request) -> web.Response:
    """The records above one."""
    strict(request, NoParameters)
    record = await described(request)
    at = record.members[0].hierarchy
    found = Ancestors(id=record.id, ancestors=at.path if at else ())
    return answered(request, found, private=(await reader_of(request)).known)


def _line(record: UnifiedRecord) -> ChildLine:
    member = record.members[0]
    return ChildLine(
        id=record.id,
        title=record.title.value.value,
        level=record.level.value,
        dates=member.dates,
        reference_code=member.reference_code,
    )
