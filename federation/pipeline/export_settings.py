"""Under which names the exchange gives records on."""

from __future__ import annotations

import msgspec


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Under which names items are given on."""

    #: namespace of the identifiers; frozen at the first exported item
    authority: str
    #: address of the exchange, under which an item's own page is named; empty = none is named
    public_url: str = ""
