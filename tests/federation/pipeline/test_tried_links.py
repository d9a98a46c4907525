"""What a dry run says of clusters is what becomes of them, and nothing is written to find it out."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from federation.pipeline.keying import features_in
from federation.pipeline.link_reading import Other
from federation.pipeline.tried_links import ClusterMoves, TriedLinks, tried_groups
from federation.storage import catalogue_records
from federation.storage.engine import Store
from federation.storage.linkage import keyed
from mappings.schema.access import PUBLIC, Access
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.linked import link_all, linked, partition, put, state
from tests.federation.pipeline.test_linking import book, held_by
from tests.federation.pipeline.versions import activated, drafted, filled, rule, tried

TITLES = ("Almost strangers: a novel", "Almost strangers", "Collected poems", "Weaving in the north")
ONE_BOOK = rule(3, "title", "Collected poems of a river") + rule(4, "title", "Collected poems of a river") + (
    '  - {id: isbn, from: "header:identifier", when: {one_of: ["oai:peer:3", "oai:peer:4"]}, '
    'do: [replace: {pattern: "^.*$", with: "9780684868189"}, identifier: {scheme: isbn}], to: "identifiers[]"}\n'
)  # fmt: skip


def hidden_record(record: CatalogueRecord) -> CatalogueRecord:
    return replace(record, access=Access(line="hidden"))


def any_book(chance: random.Random, number: int) -> CatalogueRecord:
    made = book(number, chance.choice(TITLES), year=chance.choice(("2000", "2001")))
    if chance.random() < 0.15:
        return held_by(hidden_record(made), chance.choice("ab"))
    return made


@pytest.mark.parametrize("seed", range(16))
def test_the_groups_that_are_foretold_are_those_that_come(embedded: Store, seed: int) -> None:
    chance = random.Random(seed)
    linked(embedded, [any_book(chance, number) for number in range(1, 25)])
    changed = [any_book(chance, number) for number in chance.sample(range(1, 28), 8)]
    gone = [record.id for record in changed if chance.random() < 0.2 and int(record.id[1:]) < 25]
    before = state(embedded)
    with embedded.reading() as connection:
        moment, groups = tried_groups(connection, {int(each.id[1:]): other(each, gone) for each in changed})
        names = {rid: found.record_id for rid, found in moment.states.items()}
    assert state(embedded) == before
    put(embedded, [each for each in changed if each.id not in gone or int(each.id[1:]) < 25], gone=gone)
    link_all(embedded)
    found = {frozenset(members) for members in partition(embedded).values()}
    assert {frozenset(names[rid] for rid in group) for group in groups} <= found


def other(record: CatalogueRecord, gone: list[str]) -> Other:
    institution = record.holding[0].institution.slug or "a"
    audience = f"institution:{institution}" if record.access.line == "hidden" else PUBLIC
    features = b"" if record.id in gone else keyed.packed(features_in(record, audience, institution))
    return Other(record_id=record.id, audience=audience, features=features)


async def test_a_dry_run_names_what_would_be_joined_and_what_would_fall_apart(store: Store) -> None:
    await filled(store)
    link_all(store)
    joining = drafted(store, ONE_BOOK)
    report = tried(store, joining.number)
    assert (report.relinked, report.clusters.joined, report.clusters.split) == (2, 1, 0)
    (example,) = report.clusters.examples
    assert (example.kind, [[each.title for each in part] for part in example.parts]) == (
        "joined", [["Title 3"], ["Title 4"]],
    )  # fmt: skip
    activated(store, joining.number)
    link_all(store)
    assert max(len(members) for members in partition(store).values()) == 2
    parting = tried(store, 1)
    assert (parting.clusters.joined, parting.clusters.split) == (0, 1)


async def test_what_changes_nothing_that_joins_records_asks_nothing(store: Store) -> None:
    await filled(store)
    link_all(store)
    noted = drafted(store, '  - {id: note, const: Seen, to: "descriptions[]"}\n')
    assert tried(store, noted.number).clusters == ClusterMoves()


@pytest.mark.parametrize("hidden", [False, True])
def test_hidden_records_of_others_are_neither_counted_nor_named(embedded: Store, hidden: bool) -> None:
    theirs = held_by(hidden_record(book(1)) if hidden else book(1), "b")
    linked(embedded, [theirs, book(2, "Weaving in the north")])
    links = TriedLinks("a")
    with embedded.reading() as connection:
        (row,) = catalogue_records.standing(connection, "feed-2", [book(2).source.native_id])[book(2).source.native_id]
        links.add(row, row.decoded(), book(2))
        moves = links.moves(connection)
    assert (len(links), moves.joined, len(moves.examples)) == (1, int(not hidden), int(not hidden))
