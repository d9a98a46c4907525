"""A fetch whose transaction clashes is kept once: what came before the clash, and what it cost."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from federation.storage import absences, uploads
from federation.storage.engine import Store
from federation.storage.fetches import StoredFetch
from federation.storage.transactions import Transaction
from federation.storage.uploads import Upload
from harvester.checkpoint import Checkpoint
from harvester.cost import Meter
from harvester.fetching.pieces import Brought, Memory, Piece, Place, Unchanged
from tests.federation.pipeline.test_fetching import add_feed, file, last_run, record, verdict
from tests.peers.files import FileServer, serving_file


class Clashing:
    """A job whose first word at the end of a transaction of one kind is a clash."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.said: list[str] = []

    def kept(self, tx: Transaction) -> None:
        self._say("kept")

    def closed(self, tx: Transaction) -> None:
        self._say("closed")

    def _say(self, kind: str) -> None:
        self.said.append(kind)
        if kind == self._kind and self.said.count(kind) == 1:
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("", None, busy)


def nothing(tx: Transaction, upload: Upload) -> None:
    """No job follows."""


@pytest.mark.parametrize("brought", [False, True])
async def test_a_clash_at_the_end_repeats_nothing_that_was_kept_before_it(store: Store, brought: bool) -> None:
    server = FileServer(file(record(1), record(2)))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body = file(record(1))
        await verdict(store, feed)
    with store.reading() as connection:
        assert absences.of_feed(connection, "k").absent == 1
    settled: list[Checkpoint] = []
    step = Clashing("closed")
    with store.reading() as connection:
        last = uploads.last_applied(connection, "k")
    assert last is not None
    keeping = StoredFetch(store, feed, nothing, settled.append, step, manner=last.manner)
    if brought:
        keeping.keep(Piece(body=server.body, place=Place(pieces=1), anew=True))
        step.said.clear()
        assert keeping.brought(Brought(memory=Memory(), mode="replace", name="n", claim=None)) == 0
    else:
        keeping.unchanged(Unchanged(memory=Memory(), still_whole=True, said=True))
    assert (len(settled), step.said) == (1, ["kept", "closed", "closed"])


def test_what_a_fetch_cost_is_kept_once_where_its_transaction_clashes(store: Store) -> None:
    meter = Meter()
    keeping = StoredFetch(store, add_feed(store, "url", "http://x"), nothing, print, Clashing("kept"), meter=meter)
    meter.spent(requests=1, cpu_seconds=0.5)
    keeping.keep(Piece(body=b"x", place=Place(pieces=1), anew=True))
    cost = last_run(store).cost
    assert (cost.requests, cost.cpu_seconds) == (1, 0.5)
    assert meter.worked_seconds == 0.5
