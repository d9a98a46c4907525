"""`quarantine` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.storage import feeds
from federation.storage.quarantine import Place, put
from harvester.oaipmh.page import Quarantined
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A paused feed with two records that could not be read."""
    lost = [
        Quarantined(identifier=identifier, reason="text_lost", offset=7, body=b"<record")
        for identifier in ("oai:peer:1", None)
    ]
    with open_store(tmp_path) as store:
        add_feed(store, "http://127.0.0.1:9/oai")
        with store.transaction() as tx:
            put(tx, Place(feed="k", run=1, page=3), lost)
    CliRunner().invoke(app, ["feed", "pause", "k", "--data", str(tmp_path)], catch_exceptions=False)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    wanted = ["quarantine", *arguments, "--data", str(folder)]
    return CliRunner().invoke(app, wanted, catch_exceptions=False).stdout


def test_it_is_listed_by_identifier_or_place(folder: Path) -> None:
    lines = [line.split("\t") for line in run(folder, "list", "--feed", "Peer").splitlines()]
    assert [line[:5] for line in lines] == [
        ["1", "Peer", "oai:peer:1", "text_lost", "open"],
        ["2", "Peer", "run 1, page 3, position 7", "text_lost", "open"],
    ]
    (known,) = map(json.loads, run(folder, "list", "--after", "1", "--json").splitlines())
    assert (known["id"], known["identifier"], known["size_bytes"], known["retry_at"]) == (2, None, 7, None)


def test_a_record_is_retried_with_the_next_harvest_and_the_feed_stays_paused(folder: Path) -> None:
    assert "due now" in run(folder, "retry", "1")
    with open_store(folder) as store, store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    assert (feed.state, feed.due_at is not None) == ("paused", True)


def test_what_is_acknowledged_is_listed_so(folder: Path) -> None:
    assert run(folder, "acknowledge", "2") == "record 2: acknowledged\n"
    assert run(folder, "list", "--state", "acknowledged").startswith("2\t")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry", "2"), "has no identifier"),
        (("retry", "9"), "no record 9"),
        (("acknowledge", "9"), "no record 9"),
        (("list", "--feed", "other"), "no feed is called 'other'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(RequestRefused, match=said):
        run(folder, *arguments)
