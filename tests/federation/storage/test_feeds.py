"""Feeds have names that are theirs alone, until they are retired."""

from __future__ import annotations

import json

import msgspec
import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import feeds, institutions
from federation.storage.engine import Store
from federation.storage.ledger import ledger_entry


def add(store: Store, key: str, name: str = "Peer", institution: str = "peer") -> feeds.StoredFeed:
    wanted = feeds.StoredFeed(key=key, name=name, institution=institution, base_url="http://peer.example/oai")
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=institution, name=institution))
        feeds.add(tx, wanted)
    return wanted


def retire(store: Store, feed: feeds.StoredFeed) -> None:
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="retired"))


def names(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        return {feed.key: feed.name for feed in feeds.everyone(connection)}


def test_the_name_of_a_retired_feed_can_be_given_again(store: Store) -> None:
    for key in ("a", "b", "c"):
        retire(store, add(store, key))
    add(store, "d")
    assert names(store) == {"a": "Peer [a]", "b": "Peer [b]", "c": "Peer [c]", "d": "Peer"}
    with store.reading() as connection:
        found = [feeds.get(connection, name) for name in ("Peer", "a", "Peer [b]")]
    assert [each and (each.key, each.state) for each in found] == [("d", "active"), ("a", "retired"), ("b", "retired")]


def test_a_feed_is_retired_once_and_renamed_after_that(store: Store) -> None:
    retire(store, add(store, "a"))
    add(store, "b")
    with store.reading() as connection:
        bodies = connection.execute(sa.select(ledger_entry.c.body).order_by(ledger_entry.c.index)).scalars()
        said = [(entry["act"], entry["object"]) for entry in map(json.loads, bodies)]
    acts = [act for act, named in said if named == "feed:a"]
    assert acts == ["feed.added", "feed.retired", "feed.changed"]


def test_a_feed_that_lives_keeps_its_name(store: Store) -> None:
    add(store, "a")
    with pytest.raises(RequestRefused, match="already called 'Peer'"):
        add(store, "b")
    with pytest.raises(RequestRefused, match="already called 'a'"):
        add(store, "b", name="a")


def test_nobody_takes_a_name_from_another_institution(store: Store) -> None:
    retire(store, add(store, "a"))
    with pytest.raises(RequestRefused, match="already called 'Peer'"):
        add(store, "b", institution="other")
    assert names(store) == {"a": "Peer"}
