"""Clusters are a function of the live records and of what people decided; order, restarts and history play no part."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from federation.errors import JudgementRefused
from federation.pipeline.ledger_check import verify
from federation.pipeline.unifying import Clusters, load_unified
from federation.storage.engine import Store, embedded_url
from federation.storage.linkage import clusters, feed_links, judgements
from federation.storage.linkage.clusters import Gone, Live, Moved, Unknown
from mappings.schema.access import PUBLIC
from mappings.schema.holding import Holding, Institution
from mappings.schema.identifiers import Identifier
from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, partition, put, state

ISBN = Identifier(scheme="isbn", value="9780684868189", normalised="9780684868189")


def book(
    number: int, title: str = "Almost strangers: a novel", *, year: str = "2000", **fields: object
) -> CatalogueRecord:
    fields = {"authors": ("Winer, Delsa",), "feed": f"feed-{number % 3}"} | fields
    return catalogue_record(number, title, year=year, **fields)  # type: ignore[arg-type]


def held_by(record: CatalogueRecord, slug: str) -> CatalogueRecord:
    holding = Holding(institution=Institution(name=slug, slug=slug))
    return msgspec.structs.replace(record, holding=(holding,))


def test_one_book_of_two_libraries_is_one_thing_named_after_the_first(store: Store) -> None:
    linked(store, [book(1), book(2), catalogue_record(3, "Weaving in the north", authors=("Dahl, Brita",))])
    assert partition(store) == {"c-r1": ["r1", "r2"], "c-r3": ["r3"]}


def test_a_name_given_out_leads_to_what_it_described(store: Store) -> None:
    linked(store, [book(1)])
    linked(store, [book(2)])
    with store.reading() as connection:
        assert clusters.resolve_name(connection, "c-r1") == Live("c-r1")
        assert clusters.resolve_name(connection, "c-r2") == Moved("c-r1")
        assert clusters.resolve_name(connection, "c-r9") == Unknown()
        assert clusters.resolve_name(connection, "r1") == Unknown()


def test_a_deleted_pivot_leaves_its_name_to_the_next_and_the_last_one_is_gone(store: Store) -> None:
    linked(store, [book(1), book(2)])
    put(store, [book(1)], gone=["r1"])
    link_all(store)
    assert partition(store) == {"c-r2": ["r2"]}
    with store.reading() as connection:
        assert clusters.resolve_name(connection, "c-r1") == Moved("c-r2")
    put(store, [book(2)], gone=["r2"])
    link_all(store)
    with store.reading() as connection:
        gone = clusters.resolve_name(connection, "c-r2")
    assert isinstance(gone, Gone)
    assert gone.institution == "a"


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_arrival_changes_no_cluster(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    records = _world(chance)
    found = []
    for run in ("one", "two"):
        store = Store(embedded_url(tmp_path / run))
        store.create_schema()
        linked(store, records, chance=chance)
        found.append((partition(store), state(store)))
        store.close()
    assert found[0] == found[1]


def _world(chance: random.Random) -> list[CatalogueRecord]:
    titles = ["Almost strangers: a novel", "Almost strangers", "Collected poems", "红楼梦之谜", "Weaving in the north"]
    records = []
    for number in range(1, 30):
        identifiers = (ISBN,) if chance.random() < 0.2 else ()
        line = "hidden" if chance.random() < 0.15 else "full"
        record = book(
            number,
            chance.choice(titles),
            year=str(chance.choice([1999, 2000, 2005])),
            authors=(chance.choice(["Winer, Delsa", "Dahl, Brita", "赵国栋"]),),
            identifiers=identifiers,
            line=line,
        )
        records.append(held_by(record, chance.choice("abc")))
    return records


@pytest.mark.parametrize("seed", range(6))
def test_what_is_deleted_and_returns_leaves_no_trace(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    records = _world(chance)
    linked(store, records)
    before, names = state(store), partition(store)
    away = chance.sample(records, 8)
    put(store, away, gone=[record.id for record in away])
    link_all(store)
    assert {record.id for record in away}.isdisjoint(name for group in partition(store).values() for name in group)
    put(store, away)
    link_all(store)
    assert (state(store), partition(store)) == (before, names)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_changed_and_changed_back_leaves_no_trace(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    records = _world(chance)
    linked(store, records)
    before, names = state(store), partition(store)
    other = [msgspec.structs.replace(each, title=records[0].title) for each in chance.sample(records, 8)]
    put(store, other)
    link_all(store)
    put(store, [record for record in records if record.id in {each.id for each in other}])
    link_all(store)
    assert (state(store), partition(store)) == (before, names)


def test_hidden_records_are_not_felt(tmp_path: Path) -> None:
    for seed in range(8):
        records = _world(random.Random(seed))
        public = [record for record in records if record.access.line == "full"]
        found = []
        for run, world in (("with", records), ("without", public)):
            store = Store(embedded_url(tmp_path / f"{run}{seed}"))
            store.create_schema()
            linked(store, world)
            found.append(_public(store))
            store.close()
        assert found[0] == found[1]


def _public(store: Store) -> dict[str, list[str]]:
    names = partition(store)
    with store.reading() as connection:
        seen = load_unified(connection, list(names), PUBLIC)
    return {name: [member.record for member in seen[name].members] for name in seen}


def test_a_hidden_record_joins_the_public_thing_for_its_own_people_alone(store: Store) -> None:
    linked(store, [book(1), held_by(book(2, line="hidden"), "b")])
    with store.reading() as connection:
        public = load_unified(connection, ["c-r1"], PUBLIC)["c-r1"]
        own = load_unified(connection, ["c-r1"], "institution:b")["c-r1"]
        assert clusters.resolve_name(connection, "c-r2") == Unknown()
        assert clusters.resolve_name(connection, "c-r2", "institution:b") == Moved("c-r1")
    assert [member.record for member in public.members] == ["r1"]
    assert [member.record for member in own.members] == ["r1", "r2"]
    assert [each.audience for each in Clusters(store).unified(["c-r1"])] == [PUBLIC, "institution:b"]


def test_a_persons_word_parts_and_joins_and_is_taken_back(store: Store) -> None:
    other = catalogue_record(3, "Weaving in the north", authors=("Dahl, Brita",))
    linked(store, [book(1), book(2), other])
    before = state(store)
    with store.transaction() as tx:
        apart = judgements.add(tx, "different", [["r1"], ["r2"]], who="ada")
        one = judgements.add(tx, "same", [["r1", "r3"]], who="ada")
    link_all(store)
    assert partition(store) == {"c-r1": ["r1", "r3"], "c-r2": ["r2"]}
    put(store, [book(1)], gone=["r1"])
    link_all(store)
    put(store, [book(1)])
    link_all(store)
    assert partition(store) == {"c-r1": ["r1", "r3"], "c-r2": ["r2"]}
    with store.transaction() as tx:
        judgements.revoke(tx, apart.id, who="ada")
        judgements.revoke(tx, one.id, who="ada")
    link_all(store)
    assert state(store) == before
    assert verify(store).whole


def test_a_word_against_a_word_is_refused(store: Store) -> None:
    linked(store, [book(1), book(2)])
    with store.transaction() as tx:
        judgements.add(tx, "different", [["r1"], ["r2"]], who="ada")
        with pytest.raises(JudgementRefused, match="revoke it first"):
            judgements.add(tx, "same", [["r1", "r2"]], who="bob")
        with pytest.raises(JudgementRefused, match="no record r7"):
            judgements.add(tx, "same", [["r1", "r7"]], who="bob")


def test_archival_units_and_objects_never_merge_by_likeness(store: Store) -> None:
    files = [catalogue_record(n, "Harbour Board: letters", level="file", year="1931", feed=f"f{n}") for n in (1, 2)]
    prints = [
        catalogue_record(n, "Self portrait", type="Image", authors=("Jones, George",), year="1850", feed=f"f{n}")
        for n in (3, 4)
    ]
    linked(store, [*files, *prints])
    assert len(partition(store)) == 4


def test_one_archival_record_by_two_routes_is_one(store: Store) -> None:
    origin = Identifier(scheme="oai", value="oai:x:1", normalised="oai:x:1")
    units = [
        catalogue_record(1, "Secretary: correspondence", level="file", identifiers=(origin,), feed="a"),
        catalogue_record(2, "Correspondence of the secretary", level="series", identifiers=(origin,), feed="b"),
    ]
    linked(store, units)
    assert partition(store) == {"c-r1": ["r1", "r2"]}


def test_an_identifier_on_unlike_things_joins_nothing_while_it_stands_on_them(store: Store) -> None:
    titles = ["Ships of the northern coast", "Ships of the northern coast and of the islands"]
    linked(store, [book(n, title, identifiers=(ISBN,), authors=(), year="") for n, title in enumerate(titles, 1)])
    joined = partition(store)
    others = [book(3, "A history of weaving", identifiers=(ISBN,)), book(4, "Poems", identifiers=(ISBN,))]
    linked(store, others)
    assert len(partition(store)) == 4
    put(store, others, gone=["r3", "r4"])
    link_all(store)
    assert partition(store) == joined == {"c-r1": ["r1", "r2"]}


def test_a_feed_that_holds_nothing_twice_is_never_joined_with_itself(store: Store) -> None:
    with store.transaction() as tx:
        feed_links.set_duplicate_free(tx, "f", duplicate_free=True)
    linked(store, [book(1, feed="f"), book(2, feed="f"), book(3, feed="g")])
    assert sorted(map(len, partition(store).values())) == [1, 2]
    with store.transaction() as tx:
        feed_links.set_duplicate_free(tx, "f", duplicate_free=False)
    link_all(store)
    assert partition(store) == {"c-r1": ["r1", "r2", "r3"]}


def test_what_nothing_changed_about_makes_no_change(store: Store) -> None:
    linked(store, [book(1), book(2)])
    before = Clusters(store).last_seq()
    linked(store, [catalogue_record(3, "Weaving in the north", authors=("Dahl, Brita",))])
    assert [change.cluster_id for change in Clusters(store).changes(before, 10)] == ["c-r3"]
