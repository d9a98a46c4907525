"""Where a search is had as a list, and how long a list a reader may have."""

from __future__ import annotations

import msgspec

from portal_api.reader import Reader
from portal_api.settings import PortalSettings
from portal_api.views.search import SearchParameters, address, plain


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """Where a search is had as a list."""

    csv: str
    json_lines: str
    #: of the form that has it written to a file, in other formats too
    other: str
    #: hits that this reader's lists may have
    most: int


def most_listed(reader: Reader, settings: PortalSettings) -> int:
    """How many hits a list of this reader may have."""
    if reader.key:
        return settings.export_key
    return settings.export_account if reader.known else settings.export_anonymous


def lists_of(parameters: SearchParameters, most: int) -> Lists:
    """The addresses of this search's lists."""
    asked = plain(parameters)
    csv, json_lines = (address(f"/search.{suffix}", asked, page=1, semantic="auto") for suffix in ("csv", "jsonl"))
    other = address("/exports/new", asked, page=1, ui="", semantic="auto")
    return Lists(csv=csv, json_lines=json_lines, other=other, most=most)
