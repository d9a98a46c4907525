"""A real `archive-exchange work` process that is killed while it works, and all that a store says in the end."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import sqlalchemy as sa

from federation.pipeline.ledger_check import verify
from federation.pipeline.unifying import Clusters
from federation.storage import cursors, exports, feeds, institutions, jobs, outcomes
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from federation.storage.raw_records import raw_record
from index.generations import current
from index.verifying import verify as verify_index
from mappings.schema.record import CatalogueRecord
from tests.peers.courteous.repository import Item

#: what ends in seconds on a machine that is free, ends in these on one that is not
DEADLINE_SECONDS = 300
#: where a process is killed: while it has a job of this kind in hand
KINDS = ("harvest.slice", "map", "key", "link", "publish", "export")

_DC = (
    '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>Okoro, Ada</dc:creator>'
    "<dc:date>1987</dc:date><dc:type>Text</dc:type><dc:identifier>ISBN {isbn}</dc:identifier></oai_dc:dc></metadata>"
)


@dataclass(frozen=True)
class Book(Item):
    """A record of a book that other repositories hold too."""

    isbn: str = ""

    def xml(self) -> str:
        """The record as it stands on a page."""
        status = ' status="deleted"' if self.deleted else ""
        header = f"<identifier>{self.identifier}</identifier><datestamp>{self.datestamp}</datestamp>"
        body = "" if self.deleted else _DC.format(title=self.title, isbn=self.isbn)
        return f"<record><header{status}>{header}</header>{body}</record>"


def book(place: str, number: int, *, round_number: int = 0, deleted: bool = False) -> Book:
    """The record of `place` for one book; what is told in a later round differs from what was told before."""
    stamp = f"2026-02-{round_number:02}" if round_number else "2020-01-01"
    note = f", printing {round_number}" if round_number else ""
    title = f"A history of bridge number {number}{note}"
    return Book(f"oai:{place}:{number}", stamp, title, deleted, isbn=_isbn(number))


def _isbn(number: int) -> str:
    body = f"978{number:09}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    return f"{body}{check}"


def grown(place: str, records: Sequence[Item], round_number: int) -> list[Item]:
    """The repository after one more round: ten new records, five changed ones, one deleted."""
    kept = {item.identifier: item for item in records}
    first = len(records)
    told = [book(place, number, round_number=round_number) for number in (*range(first, first + 10), *range(5))]
    gone = book(place, 10 + round_number, round_number=round_number, deleted=True)
    return list((kept | {item.identifier: item for item in (*told, gone)}).values())


def add_feeds(store: Store, addresses: dict[str, str]) -> None:
    """Place -> base URL; each a feed of an institution of its own, which may be given on."""
    with store.transaction() as tx:
        for place, address in addresses.items():
            institutions.put(tx, institutions.StoredInstitution(slug=place, name=place.title()))
            feed = feeds.StoredFeed(
                key=place,
                name=place,
                institution=place,
                base_url=address,
                networks=("127.0.0.0/8",),
                metadata_licence="https://creativecommons.org/publicdomain/zero/1.0/",
                min_interval_seconds=0.0,
                due_at=tx.now,
            )
            feeds.add(tx, feed)


def make_due(store: Store) -> None:
    """Every feed is to be harvested now."""
    with store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(due_at=tx.now))


async def start(folder: Path, *, until_idle: bool = True) -> asyncio.subprocess.Process:
    """`work` on the folder, which ends once nothing is left to do or goes on."""
    code = "from portal_api.commands import main; main()"
    words = ("work", *(("--until-idle",) if until_idle else ()), "--data", str(folder))
    environment = os.environ | {"EXCHANGE_WORK__PROCESSES": "1"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *words, env=environment, stderr=asyncio.subprocess.PIPE
    )


async def killed_at(store: Store, process: asyncio.subprocess.Process, kind: str, chance: random.Random) -> bool:
    """Kills the process a moment after it took a job of this kind; False where it ended before."""
    while process.returncode is None and not has_in_hand(store, process.pid, kind):  # noqa: ASYNC110
        await asyncio.sleep(0.003)
    await asyncio.sleep(chance.uniform(0.0, 0.1))
    return await kill(process)


async def kill(process: asyncio.subprocess.Process) -> bool:
    """Kills the process; False where it ended before."""
    if process.returncode is None:
        process.kill()
    return await process.wait() == -signal.SIGKILL


def has_in_hand(store: Store, pid: int, kind: str) -> bool:
    with store.reading() as connection:
        query = sa.select(jobs.job.c.owner).where(jobs.job.c.state == "leased", jobs.job.c.kind == kind)
        return any(f" {pid} " in owner for owner in connection.execute(query).scalars())


async def finished(process: asyncio.subprocess.Process) -> None:
    """Waits until the process ends by itself, without a word of complaint."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        _, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")


def check(store: Store) -> None:
    """What holds after every commit: each record is accounted for, and the ledger tells of every row."""
    with store.reading() as connection:
        assert outcomes.accounts(connection, cursors.get(connection, "map")).exact
    assert verify(store).findings == ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All that a store says in the end; times, numbers and names aside."""

    raw: dict[str, tuple[str, bool]]
    catalogue: dict[str, str]
    partition: frozenset[frozenset[str]]
    documents: int
    exported: Counter[str]


def standing(store: Store, folder: Path) -> Standing:
    """Reads a store at rest; its index must hold exactly what its clusters give."""
    generation = current(folder / "index")
    assert generation is not None
    indexed = verify_index(generation, Clusters(store))
    assert indexed.whole
    with store.reading() as connection:
        return Standing(
            raw=_raw(connection),
            catalogue=_catalogue(connection),
            partition=_partition(connection),
            documents=indexed.documents,
            exported=_exported(connection),
        )


def _raw(connection: sa.Connection) -> dict[str, tuple[str, bool]]:
    columns = (raw_record.c.identifier, raw_record.c.payload_sha256, raw_record.c.deleted)
    rows = connection.execute(sa.select(*columns)).all()
    assert len({row.identifier for row in rows}) == len(rows)
    return {row.identifier: (row.payload_sha256, row.deleted) for row in rows}


def _catalogue(connection: sa.Connection) -> dict[str, str]:
    columns = (catalogue_record.c.id, catalogue_record.c.record)
    rows = connection.execute(sa.select(*columns).where(catalogue_record.c.alive))
    return {row.id: _timeless(row.record) for row in rows}


def _timeless(text: str) -> str:
    record = msgspec.json.decode(text, type=CatalogueRecord)
    source = msgspec.structs.replace(record.source, harvested=None)
    return msgspec.json.encode(msgspec.structs.replace(record, source=source)).decode()


def _partition(connection: sa.Connection) -> frozenset[frozenset[str]]:
    found = clusters.members(connection, clusters.living(connection, "", 100_000))
    return frozenset(frozenset(members) for members in found.values())


def _exported(connection: sa.Connection) -> Counter[str]:
    body = exports.export_body.c
    rows = connection.execute(sa.select(body.item, body.format, body.body).where(~body.deleted)).all()
    assert len({(row.item, row.format) for row in rows}) == len(rows)
    return Counter(f"{row.format} {row.body}" for row in rows)
