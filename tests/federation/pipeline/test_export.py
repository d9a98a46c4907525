"""Published clusters become export rows: what the public may see, under a licence, once a change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from federation.linkage.member_records import MemberRecord
from federation.linkage.survivorship import unify
from federation.pipeline.export import STAGE, export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.reexposing import reexposed
from federation.storage import cursors, export_lists, exports, feeds, institutions
from federation.storage.engine import Store, embedded_url
from federation.storage.export_lists import Listed, Stretch
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from index.ports import Change
from mappings.schema.record import Part
from mappings.schema.unified import Sourced, UnifiedRecord
from tests.federation.linkage.records import catalogue_record

SETTINGS = ExportSettings(authority="archive-exchange.example", public_url="https://exchange.example")
EVERYTHING = Stretch(format="oai_dc", since="", before="9999")


class Source:
    """Clusters that a test changes by hand (`index.ports.ChangeSource`)."""

    def __init__(self) -> None:
        self.log: list[Change] = []
        self.present: dict[str, UnifiedRecord] = {}

    def change(self, cluster_id: str, unified: UnifiedRecord | None) -> None:
        """A cluster looks like this from now on; None = it is gone."""
        self.log.append(Change(seq=len(self.log) + 1, cluster_id=cluster_id))
        self.present.pop(cluster_id, None)
        if unified is not None:
            self.present[cluster_id] = unified

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        return [change for change in self.log if change.seq > after][:limit]

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        return [self.present[id_] for id_ in cluster_ids if id_ in self.present]

    def last_seq(self) -> int:
        return len(self.log)

    def all_clusters(self, after_id: str, limit: int) -> Sequence[str]:
        return sorted(id_ for id_ in self.present if id_ > after_id)[:limit]


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path) -> Store:
    """A store with a licensed and an unlicensed feed."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    with store.transaction() as tx:
        institutions.put(tx, StoredInstitution(slug="a", name="A"))
        feeds.add(tx, _feed("open", "http://creativecommons.org/publicdomain/zero/1.0/"))
        feeds.add(tx, _feed("closed", None))
    return store


def _feed(key: str, licence: str | None) -> StoredFeed:
    url = f"https://{key}.example/oai"
    return StoredFeed(key=key, name=key, institution="a", base_url=url, metadata_licence=licence)


def cluster(name: str, *members: tuple[str, str], audience: str = "public") -> UnifiedRecord:
    """A cluster of (feed, title) members."""
    records = [
        MemberRecord(
            record=catalogue_record(f"{name}{number}", title, feed=feed, datestamp=f"202{number}-01-01"),
            rules={},
            institution="a",
            institution_name="A",
            feed=feed,
            first_seen="2026-01-01T00:00:00.000000Z",
            seq=number,
        )
        for number, (feed, title) in enumerate(members, 1)
    ]
    return unify(records, cluster_id=f"c-{name}", audience=audience, version=1)


def rows(store: Store) -> list[Listed]:
    with store.reading() as connection:
        return export_lists.rows(connection, EVERYTHING, after=0, limit=100)


def export_all(store: Store, source: Source, *, limit: int = 2) -> None:
    while export_batch(store, source, SETTINGS, limit=limit).behind:
        pass


def test_a_cluster_is_given_on_with_its_own_page(store: Store) -> None:
    source = Source()
    source.change("c-x", cluster("x", ("open", "Sky pilot")))
    export_all(store, source)
    (row,) = rows(store)
    assert row.item == "c-x"
    assert "<dc:title>Sky pilot</dc:title>" in row.body
    assert "https://exchange.example/r/c-x" in row.body


def test_a_feed_without_licence_is_not_given_on(store: Store) -> None:
    source = Source()
    source.change("c-x", cluster("x", ("closed", "Kept back")))
    source.change("c-y", cluster("y", ("closed", "Kept back quillwort"), ("open", "Given on")))
    export_all(store, source)
    (row,) = rows(store)
    assert (row.item, "Given on" in row.body, "quillwort" in row.body) == ("c-y", True, False)


def test_what_rests_on_licensed_members_alone_names_only_them() -> None:
    whole = cluster("y", ("closed", "Kept back"), ("open", "Given on"))
    narrow = reexposed(whole, {"ry2"})
    assert narrow is not None
    assert [member.feed for member in narrow.members] == ["open"]
    assert narrow.title.value.value == "Given on"
    assert {origin.record for holding in narrow.holding for origin in holding.origins} == {"ry2"}
    assert reexposed(whole, {"ry1", "ry2"}) is whole
    assert reexposed(whole, set()) is None


def test_a_cluster_that_the_public_no_longer_sees_leaves_a_tombstone(store: Store) -> None:
    source = Source()
    source.change("c-x", cluster("x", ("open", "Sky pilot")))
    export_all(store, source)
    source.change("c-x", None)
    export_all(store, source)
    (row,) = rows(store)
    assert (row.item, row.deleted, row.body) == ("c-x", True, "")


def _formats(store: Store, item: str) -> dict[str, bool]:
    """The formats an item stands in, and whether as a tombstone."""
    with store.reading() as connection:
        return {prefix: row.deleted for prefix, row in export_lists.formats_of(connection, item, "9999").items()}


def _with(unified: UnifiedRecord, **fields: object) -> UnifiedRecord:
    return msgspec.structs.replace(unified, **fields)


def _as_series(unified: UnifiedRecord) -> UnifiedRecord:
    return _with(unified, level=msgspec.structs.replace(unified.level, value="series"))


def test_an_item_stands_in_every_format_that_can_say_it(store: Store) -> None:
    source = Source()
    source.change("c-x", cluster("x", ("open", "Sky pilot")))
    source.change("c-y", _as_series(cluster("y", ("open", "Letters"))))
    export_all(store, source)
    assert _formats(store, "c-x") == dict.fromkeys(("oai_dc", "oai_qdc", "mods", "marc21"), False)
    assert _formats(store, "c-y") == dict.fromkeys(("oai_dc", "oai_qdc", "mods", "ead3"), False)


def test_a_format_that_no_longer_fits_keeps_a_tombstone(store: Store) -> None:
    source = Source()
    item = cluster("x", ("open", "Sky pilot"))
    source.change("c-x", item)
    export_all(store, source)
    source.change("c-x", _as_series(item))
    export_all(store, source)
    assert _formats(store, "c-x") == {
        "oai_dc": False,
        "oai_qdc": False,
        "mods": False,
        "ead3": False,
        "marc21": True,
    }
    source.change("c-x", None)
    export_all(store, source)
    every = ("oai_dc", "oai_qdc", "mods", "ead3", "marc21")
    assert _formats(store, "c-x") == dict.fromkeys(every, True)


def test_what_one_format_alone_can_say_moves_the_datestamp_too(store: Store) -> None:
    source = Source()
    plain = cluster("x", ("open", "Sky pilot"))
    source.change("c-x", plain)
    export_all(store, source)
    (before,) = rows(store)
    source.change("c-x", plain)
    export_all(store, source)
    assert rows(store) == [before]
    part = Sourced(value=Part(type="volume", number="2"), origins=plain.title.origins)
    source.change("c-x", _with(plain, part=(part,)))
    export_all(store, source)
    (after,) = rows(store)
    assert after.body == before.body
    assert after.seq > before.seq


def test_what_was_never_public_leaves_nothing(store: Store) -> None:
    source = Source()
    source.change("c-x", cluster("x", ("open", "Hidden"), audience="institution:a"))
    source.change("c-x", None)
    export_all(store, source)
    assert rows(store) == []


def test_every_change_is_taken_in_once_in_order(store: Store) -> None:
    source = Source()
    for number in range(7):
        source.change(f"c-{number}", cluster(str(number), ("open", f"Title {number}")))
    export_all(store, source, limit=3)
    assert [row.item for row in rows(store)] == [f"c-{number}" for number in range(7)]
    with store.reading() as connection:
        assert cursors.get(connection, STAGE) == 7
        assert exports.frozen_authority(connection) == SETTINGS.authority
    before = rows(store)
    source.change("c-3", source.present["c-3"])
    export_all(store, source)
    assert rows(store) == before
