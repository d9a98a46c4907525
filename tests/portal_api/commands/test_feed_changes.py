"""What a command changes of a feed leaves alone what somebody else changes of it meanwhile."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from federation.ledger.entry import SYSTEM
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.transactions import Transaction
from portal_api.wiring import open_store
from tests.portal_api.commands.test_feed import folder as folder
from tests.portal_api.commands.test_feed import run


@pytest.mark.parametrize(
    "command",
    [
        ("credentials", "Peer", "--none"),
        ("settings", "Peer", "--look-back", "3"),
        ("rules", "Peer", "--records", "5"),
        ("friend", "Peer", "--no-more"),
    ],
    ids=lambda command: command[0],
)
def test_a_feed_that_is_paused_meanwhile_stays_paused(
    folder: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Store.transaction

    def paused_before(store: Store, *, actor: str = SYSTEM) -> AbstractContextManager[Transaction]:
        """Another process pauses the feed just before the command's transaction begins."""
        with begin(store) as tx:
            tx.connection.execute(feeds.feed.update().values(state="paused", due_at=None))
        return begin(store, actor=actor)

    monkeypatch.setattr(Store, "transaction", paused_before)
    assert run(folder, *command)[0] == 0
    monkeypatch.undo()
    with open_store(folder) as store, store.reading() as connection:
        feed = feeds.get(connection, "Peer")
    assert feed is not None
    assert (feed.state, feed.due_at) == ("paused", None)


@pytest.mark.parametrize("command", ["pause", "credentials", "settings", "rules", "friend", "run"])
def test_a_retired_feed_is_refused(folder: Path, command: str) -> None:
    assert run(folder, "retire", "Peer", "--yes")[0] == 0
    assert run(folder, command, "Peer") == (1, "feed_retired")
