"""A file's records named by the wrong column get the right names: old addresses lead on, and the next file fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life, withholding
from federation.pipeline.ledger_check import verify
from federation.storage import aliases, catalogue_records, feeds, institutions, raw_records, withheld
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from federation.storage.linkage.clusters import Moved, name_of
from mappings.schema.ids import record_id
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_rekeying import rekeyed
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.test_uploads import apply, check, live, report
from tests.federation.pipeline.versions import feed_of, hashes, tried

HEAD = "序号,档号,题名,责任者,日期,开放状态"
ROWS = ("1,A-1,请示,甲,2003,开放", "2,A-2,决算,甲,2003,控制", "3,A-3,批复,甲,2003,开放")
TEXT = "crosswalk: town\nversion: 1\nextends: base/dat22@1\ninput: {{format: table, key: [{}]}}\nrules: []\n"
OLD = [record_id("k", name) for name in "123"]
NEW = [record_id("k", f"A-{name}") for name in "123"]


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def filled(store: Store, *rows: str, key_field: str = "", text: str = TEXT.format("序号")) -> None:
    feed = feeds.StoredFeed(
        key="k", name="Town", institution="town", source="upload", crosswalk="town", crosswalk_text=text,
        key_field=key_field,
    )  # fmt: skip
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feed)
    apply(store, table(*(rows or ROWS)), "replace")
    settle(store)


def settle(store: Store) -> None:
    map_all(store)
    link_all(store)


def drafted(store: Store, text: str = TEXT.format("档号")) -> int:
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
        found = crosswalk_life.save(
            tx, feed_of(store), draft.number, text, "ada", seen=draft.sha256, message="the wrong column"
        )
    return found.number


def refused(store: Store, number: int) -> str:
    with pytest.raises(RequestRefused) as caught:
        rekeyed(store, number)
    return caught.value.reason


def test_every_record_gets_the_name_of_the_right_column_and_old_addresses_lead_on(store: Store) -> None:
    filled(store)
    assert sorted(hashes(store)) == sorted(OLD)
    number = drafted(store)
    found = tried(store, number)
    assert [(gate.code, gate.number, gate.stops) for gate in found.gates] == [("ids_changed", 3, False)]
    assert {cell.field: cell.same for cell in found.matrix}["title"] == 3
    assert rekeyed(store, number) == dict(zip(OLD, NEW, strict=True))
    assert live(store) == ["A-1", "A-2", "A-3"]
    settle(store)
    assert sorted(hashes(store)) == sorted(NEW)
    with store.reading() as connection:
        for old, new in zip(OLD, NEW, strict=True):
            former = catalogue_records.get(connection, old)
            assert former is not None
            assert (former.alive, aliases.renamed(connection, old)) == (False, new)
        assert clusters.resolve_name(connection, name_of(OLD[0])) == Moved(name_of(NEW[0]))
    assert verify(store).whole


def test_the_next_file_is_read_by_the_right_column(store: Store) -> None:
    filled(store)
    number = drafted(store)
    tried(store, number)
    rekeyed(store, number)
    settle(store)
    again = report(check(store, table(*ROWS, "4,A-4,函,甲,2003,开放"), "replace"))
    assert (again.new, again.unchanged, again.gone) == (1, 3, 0)


def test_names_that_change_places_are_not_mixed_up(store: Store) -> None:
    filled(store, "1,2,请示,甲,2003,开放", "2,3,决算,甲,2003,开放", "3,1,批复,甲,2003,开放")
    titles = titles_of(store)
    number = drafted(store)
    tried(store, number)
    renamed = rekeyed(store, number)
    settle(store)
    assert {renamed[old]: title for old, title in titles.items()} == titles_of(store)
    assert verify(store).whole


def titles_of(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        rows = catalogue_records.get_many(connection, list(hashes(store)))
    return {name: row.record.title.value for name, row in rows.items() if row.record is not None}


def test_no_other_way_changes_the_column(store: Store) -> None:
    filled(store)
    number = drafted(store)
    tried(store, number)
    with store.transaction() as tx, pytest.raises(RequestRefused) as caught:
        crosswalk_life.activate(tx, feed_of(store), number)
    assert caught.value.reason == "ids_change"


@pytest.mark.parametrize(
    "rows",
    [
        (*ROWS, "4,,函,甲,2003,开放"),
        (*ROWS, "4,A-1,函,甲,2003,开放"),
    ],
)
def test_a_record_without_a_name_of_its_own_stops_it(store: Store, rows: tuple[str, ...]) -> None:
    filled(store, *rows)
    number = drafted(store)
    tried(store, number)
    assert refused(store, number) == "ids_unmatched"
    assert live(store) == ["1", "2", "3", "4"]


def test_the_name_of_a_record_that_is_gone_is_not_given_again(store: Store) -> None:
    filled(store, "A-1,B-1,请示,甲,2003,开放", "2,A-1,决算,甲,2003,开放")
    apply(store, table("2,A-1,决算,甲,2003,开放"), "replace", released=True)
    settle(store)
    number = drafted(store)
    tried(store, number)
    assert refused(store, number) == "ids_unmatched"


def test_a_version_takes_the_place_of_the_feeds_own_key_field(store: Store) -> None:
    filled(store, key_field="序号", text="crosswalk: town\nversion: 1\nextends: base/dat22@1\nrules: []\n")
    same = drafted(store, "crosswalk: town\nversion: 1\nextends: base/dat22@1\ntests: []\nrules: []\n")
    assert tried(store, same).gates == ()
    number = drafted(store)
    tried(store, number)
    rekeyed(store, number)
    settle(store)
    assert (feed_of(store).key_field, sorted(hashes(store))) == ("", sorted(NEW))


def test_what_it_would_open_is_stopped_by_place(store: Store) -> None:
    filled(store)
    opening = TEXT.format("档号").replace("rules: []", "drop: [controlled, controlled_entry]\nrules: []")
    gates = {gate.code for gate in tried(store, drafted(store, opening)).stops}
    assert "access_loosened" in gates


def test_what_is_withheld_stays_so_under_its_new_name(store: Store) -> None:
    filled(store)
    with store.transaction() as tx:
        withholding.withhold(tx, OLD[0], "a request")
    number = drafted(store)
    tried(store, number)
    rekeyed(store, number)
    settle(store)
    assert sorted(hashes(store)) == sorted(NEW[1:])
    with store.reading() as connection:
        assert [row.record_id for row in withheld.listed(connection, "k")] == [NEW[0]]
    with store.transaction() as tx:
        withholding.release(tx, store, NEW[0])
    assert sorted(hashes(store)) == sorted(NEW)
    with store.reading() as connection:
        assert aliases.renamed(connection, OLD[0]) == NEW[0]


def test_objects_are_named_by_another_path(embedded: Store, tmp_path: Path) -> None:
    text = "crosswalk: town\nversion: 1\nextends: base/json@1\ninput: {{format: json, key: [{}]}}\nrules: []\n"
    feed = feeds.StoredFeed(
        key="k", name="Town", institution="town", source="upload", crosswalk="town", crosswalk_text=text.format("/row")
    )
    with embedded.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feed)
    apply(embedded, b'[{"row": 1, "no": "X.1", "title": "Bowl"}, {"row": 2, "no": "X.2", "title": "Cup"}]')
    settle(embedded)
    number = drafted(embedded, text.format("/no"))
    tried(embedded, number)
    rekeyed(embedded, number)
    settle(embedded)
    with embedded.reading() as connection:
        assert raw_records.called(connection, "k") == {"X.1", "X.2"}
    assert sorted(hashes(embedded)) == sorted(record_id("k", name) for name in ("X.1", "X.2"))
