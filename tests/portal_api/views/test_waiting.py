"""What waits for a person is found wherever it stands, in as many look-ups for a thousand feeds as for one."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import OPERATOR
from federation.settings import Approval
from federation.storage import crosswalks, feeds, institutions, uploads
from federation.storage.crosswalks import State, Version
from federation.storage.engine import Store
from federation.storage.uploads import upload
from portal_api.reader import Grant, Reader
from portal_api.views.waiting import Waiting, waiting

ADA = Reader(account="ada", grants=(Grant(role="harvest_admin", institution="town"),))
FEEDS = 300


def filled(store: Store, count: int = FEEDS) -> None:
    """Feeds of files of two institutions, whose names go against their keys."""
    with store.transaction(actor=OPERATOR) as tx:
        for slug in ("town", "hill"):
            institutions.put(tx, institutions.StoredInstitution(slug=slug, name=slug.title()))
            for number in range(count):
                name = f"{slug} {count - number:03}"
                feeds.add(tx, feeds.StoredFeed(key=f"{slug}{number:03}", name=name, institution=slug, source="upload"))


def files(store: Store, feed: str, *states: uploads.State) -> list[int]:
    """Files of a feed, as they came, that stand so."""
    made = [
        uploads.receive(store, feed, feed[:4], f"{feed}.{place}", "add", [f"{feed} {place}".encode()], actor="ada").id
        for place in range(len(states))
    ]
    with store.transaction() as tx:
        for number, state in zip(made, states, strict=True):
            tx.connection.execute(upload.update().where(upload.c.id == number).values(state=state))
    return made


def version(store: Store, feed: str, number: int, state: State, *authors: str) -> None:
    with store.transaction() as tx:
        made = Version(
            feed=feed,
            number=number,
            name="own",
            text="rules: []",
            label="own@1",
            state=state,
            authors=authors,
            created_at=tx.now,
            changed_at=tx.now,
        )
        crosswalks.add(tx, made)


def told(store: Store, approval: Approval = "gates") -> tuple[Waiting, int]:
    """What waits for Ada, and in how many look-ups that was found."""
    asked: list[object] = []
    with store.reading() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        return waiting(connection, ADA, approval), len(asked)


def test_a_checked_file_waits_however_many_newer_ones_its_feed_has(store: Store) -> None:
    filled(store, 1)
    first, *_ = files(store, "town000", "checked", *["refused"] * 20, "applied", "received")
    found, _ = told(store)
    assert [(each.id, each.name, each.feed_name) for each in found.files] == [(first, "town000.0", "town 001")]


def test_files_come_by_the_names_of_their_feeds_the_newest_first_and_none_of_others(store: Store) -> None:
    filled(store, 2)
    one, other = files(store, "town000", "checked", "checked"), files(store, "town001", "checked")
    files(store, "hill000", "checked")
    found, _ = told(store)
    # town001 is called `town 001`, town000 `town 002`
    assert [each.id for each in found.files] == [*other, *reversed(one)]


def test_nothing_waits_in_a_retired_feed_or_one_that_is_harvested(store: Store) -> None:
    filled(store, 3)
    for number in range(3):
        files(store, f"town00{number}", "checked")
        version(store, f"town00{number}", 1, "awaiting", "bob")
    with store.transaction() as tx:
        retired, harvested = feeds.get(tx.connection, "town000"), feeds.get(tx.connection, "town001")
        assert retired is not None
        assert harvested is not None
        feeds.change(tx, msgspec.structs.replace(retired, state="retired"))
        feeds.change(tx, msgspec.structs.replace(harvested, source="oai", base_url="http://x/oai"))
    found, _ = told(store)
    assert [each.name for each in found.files] == ["town002.0"]
    assert [each.feed for each in found.versions] == ["town002", "town001"]


def test_versions_wait_by_their_state_those_first_that_the_reader_may_sign(store: Store) -> None:
    filled(store, 3)
    version(store, "town000", 1, "tried", "bob")
    version(store, "town001", 1, "tried", "ada")
    version(store, "town002", 1, "draft", "bob")
    version(store, "town002", 2, "awaiting", "bob")
    version(store, "hill000", 1, "awaiting", "bob")
    gates, _ = told(store)
    assert [(each.feed, each.number, each.is_mine) for each in gates.versions] == [("town002", 2, False)]
    signed, _ = told(store, "second")
    assert [(each.feed, each.feed_name, each.is_mine) for each in signed.versions] == [
        ("town000", "town 003", True), ("town002", "town 001", False), ("town001", "town 002", False)
    ]  # fmt: skip


def test_look_ups_do_not_grow_with_the_feeds(store: Store) -> None:
    filled(store)
    files(store, "town299", "checked")
    version(store, "town007", 1, "tried", "bob")
    found, asked = told(store, "second")
    assert (len(found.files), len(found.versions)) == (1, 1)
    assert asked <= 3
