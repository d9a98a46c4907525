"""The provider over a linked store: records as the mapping stage leaves them, given on as the stages do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from lxml import etree

from federation.pipeline.enriching import enrich_batch
from federation.pipeline.export import STAGE, export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.record_export import records_batch
from federation.pipeline.unifying import Clusters
from federation.storage import feeds, institutions
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.linked import linked
from tests.peers.oai_clients import records_by_sickle
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, open_store, serving

OAI = "{http://www.openarchives.org/OAI/2.0/}"
SETTINGS = ExportSettings(authority=AUTHORITY)
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"


class Given:
    """A provider over a linked store, and the clock of both."""

    def __init__(self, store: Store, clock: Clock, url: str) -> None:
        self.store, self._clock, self.url = store, clock, url

    def put(self, *records: CatalogueRecord) -> None:
        """Records as the mapping stage leaves them, linked; what is offered does not know of it yet."""
        linked(self.store, records)

    def export(self) -> None:
        """What changed is offered; a second goes by."""
        while export_batch(self.store, Clusters(self.store, STAGE), SETTINGS).behind:
            pass
        while records_batch(self.store, SETTINGS).behind:
            pass
        while enrich_batch(self.store, SETTINGS).behind:
            pass
        self._clock.pass_seconds()

    async def texts(self, prefix: str, path: str = "") -> dict[str, str | None]:
        """What a foreign harvester finds at `/oai` or below it: item -> words of its metadata; None for a tombstone."""
        return await asyncio.to_thread(_texts, self.url + path, prefix)

    async def asked(self, path: str = "", headers: Mapping[str, str] = {}, **arguments: str) -> etree._Element:
        """The answer to one request, at `/oai` or below it."""
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(self.url + path, params=arguments) as answer,
        ):
            return etree.fromstring(await answer.read())


def _texts(url: str, prefix: str) -> dict[str, str | None]:
    return {
        each.header.identifier.rpartition(":")[2]: None if each.deleted else " ".join(each.xml.itertext())
        for each in records_by_sickle(url, prefix)
    }


@asynccontextmanager
async def giving(folder: Path) -> AsyncIterator[Given]:
    """An empty store with the licensed feeds `a` and `b` and the unlicensed `closed`."""
    clock = Clock()
    store = open_store(folder, clock)
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="a", name="A"))
        for key, licence in (("a", LICENCE), ("b", LICENCE), ("closed", None)):
            url = f"https://{key}.example/oai"
            feeds.add(tx, StoredFeed(key=key, name=key, institution="a", base_url=url, metadata_licence=licence))
    async with serving(store, folder) as url:
        yield Given(store, clock, url)
    store.close()
