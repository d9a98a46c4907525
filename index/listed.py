"""A hit as a line of a list that is taken away: in a table, or as an object of JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from index.display import hit_of
from index.document import display_of
from index.results import HitInstitution, SearchHit
from mappings.formats.table import guarded
from mappings.schema.unified import UnifiedRecord

#: of the table, in its order
COLUMNS = ("title", "dates", "level", "type", "creators", "institutions", "reference_codes", "address")


class ListedHit(msgspec.Struct, frozen=True, kw_only=True):
    """A hit with the address of its page, without what tells why it was found."""

    address: str
    id: str
    record: str | None
    title: str
    title_lang: str | None
    dates: str
    level: str
    type: str | None
    languages: tuple[str, ...]
    creators: tuple[str, ...]
    institutions: tuple[HitInstitution, ...]
    ancestors: tuple[str, ...]
    members: int
    status: str
    line: str
    online: bool


_TAKEN = tuple(name for name in ListedHit.__struct_fields__ if name != "address")


def listed(hit: SearchHit, page: str) -> ListedHit:
    """The hit as it is listed; `page` is the address of its page."""
    return ListedHit(address=page, **{name: getattr(hit, name) for name in _TAKEN})


def listed_record(unified: UnifiedRecord, page: str) -> ListedHit:
    """The record as it would be listed if a search had found it."""
    return listed(hit_of(display_of(unified)), page)


def cells(hit: ListedHit) -> list[str]:
    """The hit in the order of `COLUMNS`; cells that a spreadsheet would run are quoted."""
    holders = dict.fromkeys(holder.name for holder in hit.institutions)
    codes = dict.fromkeys(holder.reference_code for holder in hit.institutions if holder.reference_code)
    joined = "; ".join
    written = (
        hit.title,
        hit.dates,
        hit.level,
        hit.type or "",
        joined(hit.creators),
        joined(holders),
        joined(codes),
        hit.address,
    )
    return [guarded(each) for each in written]


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """Lines of the table."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


#: the heading; spreadsheets read UTF-8 where a byte order mark says so
HEADING = "\ufeff".encode() + table([COLUMNS])
