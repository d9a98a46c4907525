"""Independent OAI-PMH clients, each as one function: base URL in, every record of a format out.

They are imported with their own warnings silenced: their code is not ours to mend.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oaipmh.client
    import oaipmh.metadata
    import oaipmh_scythe
    import sickle


class Seen(msgspec.Struct, frozen=True, order=True):
    """A record as a client saw it."""

    identifier: str
    datestamp: str
    deleted: bool


Client = Callable[[str, str], list[Seen]]


def records_by_sickle(
    base_url: str, prefix: str = "oai_dc", *, auth: tuple[str, str] | None = None, **window: str
) -> list[sickle.models.Record]:
    """Every record by sickle 0.7 with its metadata.

    auth     user and password of HTTP Basic
    window   `from`, `until` and `set`
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(sickle.Sickle(base_url, auth=auth).ListRecords(metadataPrefix=prefix, **window))
        except sickle.oaiexceptions.NoRecordsMatch:
            return []


def read_by_sickle(base_url: str, prefix: str = "oai_dc", **window: str) -> list[Seen]:
    """Every record by sickle 0.7; `window` holds `from`, `until` and `set`."""
    records = records_by_sickle(base_url, prefix, **window)
    return [Seen(r.header.identifier, r.header.datestamp, bool(r.deleted)) for r in records]


def sets_by_sickle(base_url: str, *, auth: tuple[str, str] | None = None) -> dict[str, str]:
    """setSpec -> setName of every set, by sickle 0.7."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {each.setSpec: each.setName for each in sickle.Sickle(base_url, auth=auth).ListSets()}


def read_by_scythe(base_url: str, prefix: str = "oai_dc", **window: str) -> list[Seen]:
    """Every record by oaipmh-scythe 0.16; `window` holds `from`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with oaipmh_scythe.Scythe(base_url) as client:
            records = list(client.list_records(metadata_prefix=prefix, from_=window.get("from")))
    return [Seen(r.header.identifier, r.header.datestamp, bool(r.deleted)) for r in records]


def read_by_oaipmh(base_url: str, prefix: str = "oai_dc", **window: str) -> list[Seen]:
    """Every record by oaipmh 4; `window` holds `from`."""
    registry = oaipmh.metadata.MetadataRegistry()
    registry.registerReader(prefix, oaipmh.metadata.oai_dc_reader)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        since = {"from_": datetime.strptime(window["from"], "%Y-%m-%dT%H:%M:%SZ")} if window else {}  # noqa: DTZ007
        records = list(oaipmh.client.Client(base_url, registry).listRecords(metadataPrefix=prefix, **since))
    return [
        Seen(header.identifier(), header.datestamp().strftime("%Y-%m-%dT%H:%M:%SZ"), bool(header.isDeleted()))
        for header, _, _ in records
    ]


class Windowed(Protocol):
    """A client that can be told a window."""

    def __call__(self, base_url: str, **window: str) -> list[Seen]:
        """Every oai_dc record of the window; `window` holds `from`."""


WINDOWED: dict[str, Windowed] = {"sickle": read_by_sickle, "scythe": read_by_scythe, "oaipmh": read_by_oaipmh}
CLIENTS: dict[str, Client] = {"sickle": read_by_sickle, "scythe": read_by_scythe, "oaipmh": read_by_oaipmh}
