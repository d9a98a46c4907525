"""One process on SQLite and several on PostgreSQL make the same catalogue of the same repositories, byte for byte."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from federation.pipeline.lags import lags
from federation.storage import feeds, institutions
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from harvester.files.mapping import raw_records
from mappings.engine.library import compiled
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.trees import TREE, fonds, letter, series
from tests.mappings.engine.mapped_bytes import SAMPLES
from tests.mappings.engine.test_split import finding_aid
from tests.peers.courteous.repository import Item, Repository, serving
from tests.peers.postgresql import Server

DEADLINE_SECONDS = 180
#: what a record says that no clock moves
SAID = ("native_id", "institution", "audience", "alive", "rules", "output_hash", "crosswalk", "issues")


@dataclass(frozen=True)
class Described(Item):
    """A record with a description of any format."""

    body: str = ""

    def xml(self) -> str:
        """The record as it stands on a page."""
        return f"<record>{self.header()}<metadata>{self.body}</metadata></record>"


def museum() -> list[Item]:
    """The hand-checked LIDO records, under names of their own so that there are many."""
    found = list(raw_records(compiled("base/lido"), SAMPLES / "lido" / "records.xml", "f"))
    return [
        Described(f"oai:museum:{copy}:{raw.identifier}", "2026-02-01", "", body=raw.payload)
        for copy in range(20)
        for raw in found
    ]


def archive() -> list[Item]:
    """Finding aids whose units inherit closures, and count them from their own dates."""
    closed = "<accessrestrict><p>Closed for 20 years.</p></accessrestrict>"
    letters = "".join(
        f"<c><did><unittitle>Letters 书信 {number}</unittitle><unitdate>光绪{number % 30 + 1}年</unitdate></did></c>"
        for number in range(60)
    )
    aids = [finding_aid(f"<c level='series'><did><unittitle>Papers</unittitle></did>{closed}{letters}</c>")] * 12
    return [
        Described(f"oai:archive:{number}", "2026-02-01", "", body=raw.payload.partition("<metadata>")[2][:-20])
        for number, raw in enumerate(aids)
    ]


def tree() -> list[Item]:
    """Records that stand below one another, those below first."""
    letters = [letter(identifier=f"letter{number}", above=f"series{number % 8}") for number in range(120)]
    above = [series(identifier=f"series{number}", rights="" if number % 2 else "Closed.") for number in range(8)]
    return [*letters, *above, fonds("Access is closed until 2090.")]


REPOSITORIES = {
    "museum": (museum, "base/lido", ""),
    "archive": (archive, "base/ead3", ""),
    "tree": (tree, "peer", TREE),
}


def add_feeds(store: Store, addresses: dict[str, str]) -> None:
    with store.transaction() as tx:
        for key, address in addresses.items():
            _, crosswalk, text = REPOSITORIES[key]
            institutions.put(tx, institutions.StoredInstitution(slug=key, name=key.title()))
            feed = feeds.StoredFeed(
                key=key,
                name=key,
                institution=key,
                base_url=address,
                networks=("127.0.0.0/8",),
                crosswalk=crosswalk,
                crosswalk_text=text,
                min_interval_seconds=0.0,
                due_at=tx.now,
            )
            feeds.add(tx, feed)


async def work(folder: Path, **stated: str) -> None:
    """`work --until-idle` on the folder, which ends without a word of complaint."""
    words = ("work", "--until-idle", "--data", str(folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from portal_api.commands import main; main()", *words,
        env=os.environ | stated, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, errors.decode()) == (0, "")


def catalogue(store: Store) -> dict[str, tuple[object, ...]]:
    """All that stands in the catalogue, by id; times and numbers of commits aside."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(catalogue_record)).mappings().all()
    return {row["id"]: (timeless(row["record"]), *(row[name] for name in SAID)) for row in rows}


def timeless(text: str) -> bytes:
    record = msgspec.json.decode(text, type=CatalogueRecord)
    return msgspec.json.encode(
        msgspec.structs.replace(record, source=msgspec.structs.replace(record.source, harvested=None))
    )


@pytest.fixture
def scaled(postgresql: Server) -> Iterator[tuple[Store, str]]:
    """An empty PostgreSQL store and its address."""
    name = postgresql.create(postgresql.template)
    store = Store(postgresql.url(name))
    yield store, postgresql.url(name)
    store.close()
    postgresql.drop(name)


@pytest.mark.postgres
async def test_the_catalogue_is_the_same_bytes_embedded_and_scaled_out(
    embedded: Store, scaled: tuple[Store, str], tmp_path: Path
) -> None:
    store, url = scaled
    async with AsyncExitStack() as stack:
        addresses = {
            key: await stack.enter_async_context(serving(Repository(made())))
            for key, (made, *_) in REPOSITORIES.items()
        }
        for each in (embedded, store):
            add_feeds(each, addresses)
        await work(tmp_path, EXCHANGE_WORK__PROCESSES="1")
        shared = {"EXCHANGE_STORAGE__URL": url, "EXCHANGE_WORK__PROCESSES": "2"}
        async with asyncio.TaskGroup() as group:
            for name in ("one", "two"):
                group.create_task(work(tmp_path / name, **shared))
    assert lags(embedded).map == lags(store).map == 0
    one, many = catalogue(embedded), catalogue(store)
    assert len(one) == 100 + 12 * 62 + 129
    assert one == many
