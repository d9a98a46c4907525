"""A record as its repository gave it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from mappings.schema.issue import Issue

#: how a page's record could be read (harvesting, page ladder)
Quality = Literal["strict", "cleaned", "recovered", "quarantined"]


class RawRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Header and payload of one harvested record (OAI-PMH 2.0, 2.5); a tombstone is a record too."""

    #: key of the feed, random, outlives a change of address
    feed: str
    #: OAI identifier as sent
    identifier: str
    #: when the record changed at its source, as sent (not the date of the material)
    datestamp: str
    set_specs: tuple[str, ...] = ()
    deleted: bool = False
    #: hex SHA-256 of the bytes `<record>…</record>` in the page's own encoding, unrepaired
    payload_sha256: str
    #: the same element decoded, with repairs; empty for a quarantined record that cannot be read
    payload: str
    charset: str = "utf-8"
    #: prefix -> URI in scope at the record, so that `payload` can be parsed alone
    namespaces: dict[str, str] = {}
    #: metadata prefix or file format: `oai_dc`, `qdc`, `marc21` …
    format: str = "oai_dc"
    quality: Quality = "strict"
    repairs: tuple[Issue, ...] = ()
    #: number of the page in its run, and of the record on the page
    page: int = 0
    ordinal: int = 0
    #: when these bytes were first fetched
    harvested: datetime | None = None
    #: under which it was first harvested, where its repository calls it otherwise since; else empty
    first_identifier: str = ""

    @property
    def named(self) -> str:
        """The identifier that the exchange's own is made of: the first, however the repository calls it now."""
        return self.first_identifier or self.identifier
