"""A portal over a small catalogue: two libraries with one book, Chinese titles, something closed, something hidden."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from federation.pipeline import publish
from federation.storage import institutions
from federation.storage.engine import Now, utc_now
from mappings.schema.access import Access
from mappings.schema.holding import Holding, Institution
from mappings.schema.record import CatalogueRecord
from portal_api.config import HttpSection, Settings
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.portal_api.staff import Browser, Portal, portal_over

#: words that stand in the hidden record and nowhere else
SECRET = "quincunxial"


def records() -> list[CatalogueRecord]:
    """The catalogue."""
    book = {"authors": ("Winer, Delsa",), "year": "2000"}
    hidden = catalogue_record(7, f"The {SECRET} ledger", line="hidden")
    closed = msgspec.structs.replace(
        catalogue_record(6, "Letters of a living person", level="file"),
        access=Access(status="closed", line="reduced", until="2090", reason="privacy"),
    )
    return [
        held_by(catalogue_record(1, "Almost strangers: a novel", feed="a", **book), "a"),  # type: ignore[arg-type]
        held_by(catalogue_record(2, "Almost strangers : a novel", feed="b", **book), "b"),  # type: ignore[arg-type]
        held_by(catalogue_record(3, "红楼梦之谜", feed="a", authors=("赵国栋",), year="1998"), "a"),
        held_by(catalogue_record(4, "<script>alert(1)</script> & more", feed="a"), "a"),
        held_by(catalogue_record(5, "Weaving in the north", feed="b", year="1850"), "b"),
        held_by(closed, "a"),
        held_by(hidden, "b"),
    ]


def public_records() -> list[CatalogueRecord]:
    """The catalogue without what is hidden."""
    return [record for record in records() if record.access.line != "hidden"]


def held_by(record: CatalogueRecord, slug: str) -> CatalogueRecord:
    return msgspec.structs.replace(record, holding=(Holding(institution=Institution(name=slug.upper(), slug=slug)),))


@asynccontextmanager
async def catalogue_portal(
    folder: Path,
    held: Sequence[CatalogueRecord] | None = None,
    *,
    now: Now = utc_now,
    trusted_proxies: tuple[str, ...] = (),
    searches_at_once: int = 0,
) -> AsyncIterator[Portal]:
    """The portal, its index made."""
    http = HttpSection(
        harvester_networks=("127.0.0.1",), trusted_proxies=trusted_proxies, searches_at_once=searches_at_once
    )
    settings = Settings(http=http)
    async with portal_over(folder, now=now, settings=settings) as portal:
        linked(portal.store, list(held) if held is not None else records())
        with portal.store.transaction() as tx:
            for slug, name in (("a", "Library A"), ("b", "Library B 图书馆")):
                institutions.put(tx, institutions.StoredInstitution(slug=slug, name=name))
        while publish.publish(portal.store, folder / "index").behind:
            pass
        publish.forget()
        yield portal


async def found(browser: Browser, address: str) -> Any:
    """The JSON at an address that answers."""
    answer = await browser.get(address)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)
