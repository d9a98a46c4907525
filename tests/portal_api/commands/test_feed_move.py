"""`feed move`: a person takes a repository at its word that it has gone elsewhere for good."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.storage import feeds
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed


def moved(folder: Path, *options: str) -> str:
    found = CliRunner().invoke(app, ["feed", "move", "Peer", *options, "--data", str(folder)], catch_exceptions=False)
    return found.output


def test_a_feed_is_asked_where_its_repository_has_gone(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        feed = add_feed(store, "http://127.0.0.1/oai")
    with pytest.raises(RequestRefused, match="gone elsewhere"):
        moved(tmp_path)
    with open_store(tmp_path) as store, store.transaction() as tx:
        feeds.learn(tx, feed.key, msgspec.structs.replace(feed.profile, moved_to="http://127.0.0.2/oai"))
    assert "http://127.0.0.2/oai" in moved(tmp_path)
    with open_store(tmp_path) as store, store.reading() as connection:
        found = feeds.get(connection, feed.key)
    assert found is not None
    assert found.base_url == "http://127.0.0.2/oai"


def test_an_address_that_is_declined_is_not_proposed_again_and_another_one_is(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        feed = add_feed(store, "http://127.0.0.1/oai")

        def learned(address: str) -> None:
            """As a run does that knows nothing of what a person said meanwhile."""
            with store.transaction() as tx:
                feeds.learn(tx, feed.key, msgspec.structs.replace(feed.profile, moved_to=address))

        learned("http://127.0.0.2/oai")
        assert "not proposed again" in moved(tmp_path, "--decline")
        learned("http://127.0.0.2/oai")
        with pytest.raises(RequestRefused, match="gone elsewhere"):
            moved(tmp_path)
        learned("http://127.0.0.3/oai")
        assert "http://127.0.0.3/oai" in moved(tmp_path)
