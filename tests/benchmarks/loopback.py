"""A whole list over HTTP on loopback: the client beside three others, and the harvest down to committed records.

The repository answers from another process, so that its work counts for nobody. The harvest holds what a feed's first
run costs: pages in the archive, records, tombstones, checkpoint and ledger, committed page by page.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web
from oaipmh_scythe import Scythe
from sickle import Sickle

from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, institutions, raw_records
from federation.storage.engine import Store, embedded_url
from harvester.egress import session
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.page import Page, parse_page
from harvester.oaipmh.requests import Arguments
from harvester.settings import Limits
from portal_api.clock import SystemClock
from tests.benchmarks.pages import DELETED_EVERY, document, pages
from tests.benchmarks.result import Result, measured

PAGE = 100
_LIST: Arguments = (("verb", "ListRecords"), ("metadataPrefix", "oai_dc"))
_NETWORKS = ("127.0.0.0/8",)
_IDENTIFY = document(
    "<Identify><repositoryName>Peer</repositoryName><baseURL>http://127.0.0.1/</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>peer@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity></Identify>"
)


def run(records: int) -> list[Result]:
    """Each client lists everything once; then a feed is harvested."""
    subjects: dict[str, Callable[[str], int]] = {
        "exchange": _exchange,
        "oaipmh-scythe": _scythe,
        "sickle": _sickle,
        "oaipmh 4": _oaipmh,
    }
    with _repository(records) as url:
        listed = [_measured("client", subject, read, url, records) for subject, read in subjects.items()]
        return [*listed, _measured("committed", "exchange", _committed, url, records)]


def _measured(name: str, subject: str, read: Callable[[str], int], url: str, records: int) -> Result:
    with measured() as taken:
        found = read(url)
    if found != records:
        raise AssertionError(f"{subject}: expected {records} records, found {found}")
    return taken.per_cpu_second(name, subject, records)


# --- the repository ---------------------------------------------------------------------------------------------------


@contextmanager
def _repository(records: int) -> Iterator[str]:
    """The base URL of a repository of `records` records in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(records, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/oai"
    finally:
        process.kill()
        process.join()


def _serve(records: int, told: Connection) -> None:
    sent = pages(records, PAGE, deleted_every=DELETED_EVERY)
    asyncio.run(_listen(sent, told))


async def _listen(sent: list[bytes], told: Connection) -> None:
    async def answer(request: web.Request) -> web.Response:
        asked = {**request.query, **await request.post()}
        if asked.get("verb") == "Identify":
            return web.Response(body=_IDENTIFY, content_type="text/xml")
        start = int(str(asked.get("resumptionToken", 0)))
        return web.Response(body=sent[start // PAGE], content_type="text/xml")

    app = web.Application()
    app.router.add_get("/oai", answer)
    app.router.add_post("/oai", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.send(runner.addresses[0][1])
    await asyncio.Event().wait()


# --- the subjects -----------------------------------------------------------------------------------------------------


async def _parse(body: bytes, feed: str, prefix: str, charset: str | None, learned: str | None) -> Page:
    return parse_page(body, feed=feed, metadata_prefix=prefix, http_charset=charset, learned_charset=learned)


def _exchange(url: str) -> int:
    return asyncio.run(_listed(Feed(key="f", base_url=url, metadata_prefix="oai_dc", networks=_NETWORKS)))


async def _listed(feed: Feed) -> int:
    clock, limits, arguments, count = SystemClock(), Limits(), _LIST, 0
    async with session(feed, user_agent="benchmark") as connections:
        while True:
            found = await fetch_page(feed, arguments, session=connections, parser=_parse, clock=clock, limits=limits)
            if not isinstance(found, Fetched):
                raise AssertionError(f"expected a page, found {found}")
            count += len(found.page.records)
            if not found.page.token:
                return count
            arguments = (("verb", "ListRecords"), ("resumptionToken", found.page.token))


def _scythe(url: str) -> int:
    with Scythe(url) as client:
        return sum(1 for _ in client.list_records(metadata_prefix="oai_dc"))


def _sickle(url: str) -> int:
    return sum(1 for _ in Sickle(url).ListRecords(metadataPrefix="oai_dc"))


def _oaipmh(url: str) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oaipmh.client import Client
        from oaipmh.metadata import MetadataRegistry, oai_dc_reader
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    return sum(1 for _ in Client(url, registry).listRecords(metadataPrefix="oai_dc"))


def _committed(url: str) -> int:
    """A feed's first run, with politeness off; what it keeps."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)), now=lambda: datetime.now(UTC))
        store.create_schema()
        feed = feeds.StoredFeed(
            key="f", name="f", institution="a", base_url=url, networks=_NETWORKS, min_interval_seconds=0.0
        )
        with store.transaction() as tx:
            institutions.put(tx, institutions.StoredInstitution(slug="a", name="Library A"))
            feeds.add(tx, feed)
        asyncio.run(harvest_feed(store, feed, parse=_parse, clock=SystemClock(), user_agent="benchmark"))
        with store.reading() as connection:
            held = raw_records.count(connection, feed.key)
        store.close()
        return held
